//! Every package takes its versions and lints from the workspace, and has at most one binary of integration tests.

use anyhow::{Context, Result};
use toml::{Table, Value};

use crate::finding::Finding;
use crate::repository::Repository;

/// See the module.
pub fn check(repository: &Repository) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for (path, text) in repository.ending("/Cargo.toml") {
        let manifest: Table = text.parse().with_context(|| path.to_owned())?;
        if manifest.contains_key("workspace") {
            continue; // the fuzz targets are a workspace of their own
        }
        findings.extend(check_lints(path, &manifest));
        findings.extend(check_versions(path, &manifest));
        findings.extend(check_tests(repository, path));
    }
    Ok(findings)
}

fn check_lints(path: &str, manifest: &Table) -> Option<Finding> {
    let inherited = manifest.get("lints").and_then(|lints| lints.get("workspace")) == Some(&Value::Boolean(true));
    (!inherited).then(|| Finding::of(path, "needs `[lints] workspace = true`"))
}

fn check_versions(path: &str, manifest: &Table) -> Vec<Finding> {
    let tables = ["dependencies", "dev-dependencies", "build-dependencies"].map(|name| manifest.get(name));
    let lines = tables.into_iter().flatten().filter_map(Value::as_table).flatten();
    lines
        .filter(|(_, line)| line.get("workspace") != Some(&Value::Boolean(true)))
        .map(|(name, _)| {
            Finding::of(path, format!("{name}: take the version from the workspace (`{name}.workspace = true`)"))
        })
        .collect()
}

/// Each file in `tests/` is linked as a program of its own: slow, and its helpers are compiled again.
fn check_tests(repository: &Repository, manifest: &str) -> Option<Finding> {
    let folder = format!("{}/tests/", manifest.trim_end_matches("/Cargo.toml"));
    let programs = repository
        .files
        .keys()
        .filter(|path| path.strip_prefix(&folder).is_some_and(|file| file.ends_with(".rs") && !file.contains('/')));
    let count = programs.count();
    (count > 1).then(|| Finding::of(&folder, format!("{count} test programs: make one, with a module for each file")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(files: &[(&str, &str)]) -> Vec<String> {
        let files = files.iter().map(|(path, text)| ((*path).into(), (*text).into())).collect();
        let repository = Repository { files, ..Repository::default() };
        check(&repository).expect("manifests").into_iter().map(|finding| finding.text).collect()
    }

    const GOOD: &str = "[lints]\nworkspace = true\n[dependencies]\nserde.workspace = true";

    #[test]
    fn a_good_manifest_has_no_findings() {
        assert!(findings(&[("a/Cargo.toml", GOOD), ("a/tests/it.rs", ""), ("a/tests/it/part.rs", "")]).is_empty());
    }

    #[test]
    fn a_version_of_its_own_is_found() {
        assert_eq!(
            findings(&[("a/Cargo.toml", "[lints]\nworkspace = true\n[dev-dependencies]\nserde = '1'")]).len(),
            1
        );
    }

    #[test]
    fn missing_lints_are_found() {
        assert_eq!(findings(&[("a/Cargo.toml", "[dependencies]")]).len(), 1);
    }

    #[test]
    fn a_second_test_program_is_found() {
        assert_eq!(findings(&[("a/Cargo.toml", GOOD), ("a/tests/x.rs", ""), ("a/tests/y.rs", "")]).len(), 1);
    }
}
