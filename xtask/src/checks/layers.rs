//! Dependencies go one way: `core <- store, connect, ui <- server <- watchbell`; outside crates have their homes.

use anyhow::Result;

use crate::finding::Finding;
use crate::packages::{Dependency, Kind, Package};
use crate::repository::Repository;

/// Which of our packages each of our packages may use. A new package needs a row here, and with it a thought.
const MAY_USE: [(&str, &[&str]); 12] = [
    ("autotask", &[]),
    ("watchbell-core", &[]),
    ("watchbell-store", &["watchbell-core"]),
    ("watchbell-connect", &["watchbell-core", "autotask"]),
    ("watchbell-ui", &["watchbell-core"]),
    ("watchbell-server", &["watchbell-core", "watchbell-store", "watchbell-connect", "watchbell-ui", "autotask"]),
    // The stand-ins share the wire types with the client, and nothing with what they test.
    ("watchbell-sim", &["autotask"]),
    ("watchbell", &["watchbell-core", "watchbell-store", "watchbell-connect", "watchbell-server", "watchbell-sim"]),
    (
        "watchbell-testkit",
        &["watchbell-core", "watchbell-store", "watchbell-connect", "watchbell-server", "watchbell-sim", "autotask"],
    ),
    ("watchbell-e2e", &["watchbell-testkit", "watchbell-core", "watchbell-sim", "autotask"]),
    ("watchbell-bench", &["watchbell-core", "watchbell-testkit", "watchbell-sim"]),
    ("xtask", &[]),
];

/// What tests of a package may use besides: the testkit and the stand-ins.
const TESTS_MAY_USE: [&str; 2] = ["watchbell-testkit", "watchbell-sim"];

/// Outside crates that live in a few packages only, and why.
const HOMES: [(&str, &[&str], &str); 8] = [
    ("sqlx", &["watchbell-store", "watchbell-testkit"], "SQL lives in the store"),
    (
        "reqwest",
        &["autotask", "watchbell-connect", "watchbell-sim", "watchbell-testkit", "watchbell-bench", "watchbell-e2e"],
        "HTTP goes out through connect::http",
    ),
    ("axum", &["watchbell-server", "watchbell-sim"], "only the server and the stand-ins answer HTTP"),
    ("lettre", &["watchbell-connect"], "mail is a channel"),
    ("chacha20poly1305", &["watchbell-store"], "secrets are sealed in the store"),
    ("argon2", &["watchbell-server"], "passwords are the server's"),
    ("getrandom", &["watchbell-server"], "randomness comes from the server's Ids"),
    ("figment", &["watchbell-server"], "settings are read in one place"),
];

/// What would make the rules impure.
const NOT_IN_CORE: [&str; 9] =
    ["tokio", "sqlx", "reqwest", "axum", "getrandom", "rand", "tracing", "figment", "futures-util"];

/// See the module.
pub fn check(repository: &Repository) -> Result<Vec<Finding>> {
    Ok(repository.own_packages().flat_map(check_package).collect())
}

fn check_package(package: &Package) -> Vec<Finding> {
    let Some((_, allowed)) = MAY_USE.iter().find(|(name, _)| *name == package.name) else {
        return vec![found(package, "has no row in xtask/src/checks/layers.rs: say what it may use".into())];
    };
    let wrong = |line: &&Dependency| !may_use(&package.name, allowed, line);
    package.dependencies.iter().filter(wrong).map(|line| found(package, why_not(line))).collect()
}

fn may_use(package: &str, allowed: &[&str], line: &Dependency) -> bool {
    let name = line.name.as_str();
    let in_tests = line.kind == Kind::Dev;
    if MAY_USE.iter().any(|(ours, _)| *ours == name) {
        return allowed.contains(&name) || (in_tests && TESTS_MAY_USE.contains(&name));
    }
    if package == "watchbell-core" && !in_tests && NOT_IN_CORE.contains(&name) {
        return false;
    }
    let home = HOMES.iter().find(|(outside, _, _)| *outside == name);
    home.is_none_or(|(_, homes, _)| homes.contains(&package) || (in_tests && name != "sqlx"))
}

fn why_not(line: &Dependency) -> String {
    let reason =
        HOMES.iter().find(|(outside, _, _)| *outside == line.name).map_or("dependencies go one way", |(_, _, why)| why);
    format!("must not depend on {}: {reason}", line.name)
}

fn found(package: &Package, text: String) -> Finding {
    Finding::of(&format!("package {}", package.name), text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(package: &str, uses: &str, kind: Kind) -> usize {
        let dependencies = vec![Dependency { name: uses.into(), kind }];
        check_package(&Package { name: package.into(), dependencies, ..Package::default() }).len()
    }

    #[test]
    fn dependencies_go_one_way() {
        let cases = [
            ("watchbell-server", "watchbell-store", Kind::Normal, 0),
            ("watchbell-store", "watchbell-server", Kind::Normal, 1),
            ("watchbell-core", "watchbell-store", Kind::Normal, 1),
            ("autotask", "watchbell-core", Kind::Normal, 1),
            ("watchbell-sim", "watchbell-server", Kind::Normal, 1),
            ("watchbell-sim", "watchbell-server", Kind::Dev, 1),
            ("watchbell-server", "watchbell-testkit", Kind::Normal, 1),
            ("watchbell-server", "watchbell-testkit", Kind::Dev, 0),
            ("a-new-one", "serde", Kind::Normal, 1),
        ];
        for (package, uses, kind, expected) in cases {
            assert_eq!(findings(package, uses, kind), expected, "{package} -> {uses} ({kind:?})");
        }
    }

    #[test]
    fn outside_crates_stay_at_home() {
        let cases = [
            ("watchbell-store", "sqlx", Kind::Normal, 0),
            ("watchbell-server", "sqlx", Kind::Normal, 1),
            ("watchbell-server", "sqlx", Kind::Dev, 1),
            ("watchbell-server", "reqwest", Kind::Normal, 1),
            ("watchbell-server", "reqwest", Kind::Dev, 0),
            ("watchbell-core", "tokio", Kind::Normal, 1),
            ("watchbell-core", "serde", Kind::Normal, 0),
        ];
        for (package, uses, kind, expected) in cases {
            assert_eq!(findings(package, uses, kind), expected, "{package} -> {uses} ({kind:?})");
        }
    }
}
