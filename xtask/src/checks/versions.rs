//! One version of each crate; a second one only where `deny.toml` puts up with it.

use std::collections::BTreeMap;

use anyhow::Result;

use crate::finding::Finding;
use crate::packages::Package;
use crate::repository::Repository;

/// See the module.
pub fn check(repository: &Repository) -> Result<Vec<Finding>> {
    let mut by_name: BTreeMap<&str, Vec<&Package>> = BTreeMap::new();
    for package in &repository.packages {
        by_name.entry(&package.name).or_default().push(package);
    }
    by_name.retain(|_, versions| versions.len() > 1);
    let mut findings: Vec<_> = by_name.values().filter_map(|versions| check_versions(repository, versions)).collect();
    findings.extend(find_stale_skips(repository, &by_name));
    Ok(findings)
}

fn check_versions(repository: &Repository, versions: &[&Package]) -> Option<Finding> {
    let skipped =
        |package: &&&Package| repository.policy.skipped.iter().any(|skip| skip.covers(&package.name, &package.version));
    let counted: Vec<_> = versions.iter().filter(|package| !skipped(package)).collect();
    let told: Vec<_> =
        counted.iter().map(|package| format!("{} (for {})", package.version, users(repository, package))).collect();
    let name = &versions.first()?.name;
    (counted.len() > 1).then(|| Finding::of("Cargo.lock", format!("{name} comes in {}", told.join(" and "))))
}

fn users(repository: &Repository, package: &Package) -> String {
    let wanted = package.full_name();
    let users = repository.packages.iter().filter(|user| user.chosen.contains(&wanted));
    users.map(|user| user.name.as_str()).collect::<Vec<_>>().join(", ")
}

fn find_stale_skips(repository: &Repository, doubled: &BTreeMap<&str, Vec<&Package>>) -> Vec<Finding> {
    let needed = |name: &str, covers: &dyn Fn(&Package) -> bool| {
        doubled.get(name).is_some_and(|all| all.iter().any(|p| covers(p)))
    };
    let skips = repository.policy.skipped.iter();
    skips
        .filter(|skip| !needed(&skip.name, &|package| skip.covers(&package.name, &package.version)))
        .map(|skip| Finding::of("deny.toml", format!("skip {}@{} is no longer needed", skip.name, skip.version)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{Policy, Skipped};

    fn findings(versions: &[&str], skipped: &[&str]) -> usize {
        let package =
            |version: &&str| Package { name: "rand".into(), version: (*version).into(), ..Package::default() };
        let skip = |version: &&str| Skipped { name: "rand".into(), version: (*version).into() };
        let policy = Policy { skipped: skipped.iter().map(skip).collect(), ..Policy::default() };
        let repository =
            Repository { packages: versions.iter().map(package).collect(), policy, ..Repository::default() };
        check(&repository).expect("versions").len()
    }

    #[test]
    fn a_second_version_needs_a_skip() {
        assert_eq!(findings(&["0.9.5"], &[]), 0);
        assert_eq!(findings(&["0.9.5", "0.10.1"], &[]), 1);
        assert_eq!(findings(&["0.9.5", "0.10.1"], &["0.9"]), 0);
    }

    #[test]
    fn a_skip_that_is_not_needed_is_found() {
        assert_eq!(findings(&["0.10.1"], &["0.9"]), 1);
        assert_eq!(findings(&["0.9.5", "0.10.1"], &["0.9", "0.8"]), 1);
    }
}
