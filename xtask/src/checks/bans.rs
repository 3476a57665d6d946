//! Crates that `deny.toml` bans are not in the lock file.

use anyhow::Result;

use crate::finding::Finding;
use crate::repository::Repository;

/// See the module.
pub fn check(repository: &Repository) -> Result<Vec<Finding>> {
    let banned = &repository.policy.banned;
    let reason = |name: &str| banned.iter().find(|(crate_name, _)| crate_name == name).map(|(_, reason)| reason);
    let found = repository.packages.iter().filter_map(|package| Some((package, reason(&package.name)?)));
    Ok(found
        .map(|(package, why)| Finding::of("Cargo.lock", format!("{} is banned: {why}", package.full_name())))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packages::Package;
    use crate::policy::Policy;

    #[test]
    fn a_banned_crate_is_found_by_its_whole_name() {
        let packages =
            ["openssl", "openssl-probe"].map(|name| Package { name: name.into(), ..Package::default() }).to_vec();
        let policy = Policy { banned: vec![("openssl".into(), "one TLS".into())], ..Policy::default() };
        let findings = check(&Repository { packages, policy, ..Repository::default() }).expect("bans");
        assert_eq!(findings.len(), 1);
        assert!(findings[0].text.contains("one TLS"));
    }
}
