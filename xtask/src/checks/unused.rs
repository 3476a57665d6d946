//! Dependencies that no code names: each costs every build, and every reader who wonders.

use anyhow::{Context, Result};
use toml::{Table, Value};

use crate::finding::Finding;
use crate::repository::Repository;
use crate::source_text::{code_of, names};

const TABLES: [&str; 3] = ["dependencies", "dev-dependencies", "build-dependencies"];

/// See the module.
pub fn check(repository: &Repository) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    let mut used_by_members = Vec::new();
    for (path, text) in repository.ending("/Cargo.toml") {
        let wanted = dependencies(path, text)?;
        findings.extend(unnamed(repository, path, &wanted));
        used_by_members.extend(wanted);
    }
    findings.extend(unused_by_members(repository, &used_by_members)?);
    Ok(findings)
}

/// The dependencies of a manifest, whatever their kind.
fn dependencies(path: &str, text: &str) -> Result<Vec<String>> {
    let manifest: Table = text.parse().with_context(|| path.to_owned())?;
    let tables = TABLES.into_iter().filter_map(|table| manifest.get(table)?.as_table());
    Ok(tables.flat_map(|table| table.keys().cloned()).collect())
}

fn unnamed(repository: &Repository, manifest: &str, wanted: &[String]) -> Vec<Finding> {
    let folder = manifest.trim_end_matches("Cargo.toml");
    let sources: Vec<_> = repository.ending(".rs").filter(|(path, _)| path.starts_with(folder)).collect();
    let is_named = |ident: &str| sources.iter().any(|(_, text)| text.lines().any(|line| names(&code_of(line), ident)));
    let unused = wanted.iter().filter(|name| !is_named(&name.replace('-', "_")));
    unused.map(|name| Finding::of(manifest, format!("{name} is not used by its code"))).collect()
}

/// Versions that the workspace names and no package takes.
fn unused_by_members(repository: &Repository, used: &[String]) -> Result<Vec<Finding>> {
    let Some(text) = repository.files.get("Cargo.toml") else { return Ok(Vec::new()) };
    let manifest: Table = text.parse().context("Cargo.toml")?;
    let named = manifest.get("workspace").and_then(|workspace| workspace.get("dependencies")).and_then(Value::as_table);
    let unused = named.into_iter().flat_map(Table::keys).filter(|name| !used.contains(name));
    Ok(unused.map(|name| Finding::of("Cargo.toml", format!("{name} is used by no package"))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(code: &str) -> Vec<String> {
        let files = [
            ("Cargo.toml", "[workspace.dependencies]\nserde-json = '1'\ntokio = '1'"),
            ("a/Cargo.toml", "[dependencies]\nserde-json.workspace = true"),
            ("a/src/lib.rs", code),
            ("b/src/lib.rs", "use serde_json::Value;"),
        ];
        let files = files.map(|(path, text)| (path.to_owned(), text.to_owned()));
        let found = check(&Repository { files: files.into(), ..Repository::default() }).expect("manifests");
        found.into_iter().map(|finding| finding.path).collect()
    }

    #[test]
    fn what_nobody_names_is_found() {
        assert_eq!(findings("use serde_json::Value;"), ["Cargo.toml"]);
        assert_eq!(findings("// serde_json"), ["a/Cargo.toml", "Cargo.toml"]);
    }
}
