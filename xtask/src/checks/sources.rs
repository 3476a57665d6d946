//! Dependencies come from crates.io only: no git repository, no other registry, no path outside the workspace.

use anyhow::Result;

use crate::finding::Finding;
use crate::repository::Repository;

/// How cargo names crates.io in a lock file, also where a mirror delivers.
const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// See the module.
pub fn check(repository: &Repository) -> Result<Vec<Finding>> {
    let foreign = repository.packages.iter().filter_map(|package| {
        let source = package.source.as_deref().filter(|source| *source != CRATES_IO)?;
        Some(Finding::of("Cargo.lock", format!("{} comes from {source}, not from crates.io", package.full_name())))
    });
    Ok(foreign.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packages::Package;

    #[test]
    fn another_source_is_found() {
        let sources =
            [None, Some(CRATES_IO), Some("git+https://example.org/x"), Some("registry+https://example.org/index")];
        let packages =
            sources.map(|source| Package { source: source.map(String::from), ..Package::default() }).to_vec();
        assert_eq!(check(&Repository { packages, ..Repository::default() }).expect("sources").len(), 2);
    }
}
