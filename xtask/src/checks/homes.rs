//! What `clippy.toml` forbids is named only in its home: the clock, randomness, the environment, HTTP out, dynamic SQL.
//!
//! Clippy sees each call but believes every `#[expect]`; this check reads the same list and looks at where the file lies.

use anyhow::{Context, Result};
use toml::Value;

use crate::finding::Finding;
use crate::repository::Repository;
use crate::source_text::{code_of, names};

/// Where forbidden things may be: files of this name below this folder (`/tests/`: below any folder of that name).
struct Home {
    /// Paths of `clippy.toml` that begin so.
    of: &'static [&'static str],
    places: &'static [(&'static str, &'static str)],
}

/// The first home whose prefix fits counts.
const HOMES: [Home; 6] = [
    Home {
        of: &["jiff::", "std::time::", "tokio::time::Instant"],
        places: &[
            ("crates/server/src/", "clock.rs"),
            ("crates/sim/src/", "clock.rs"),
            ("crates/testkit/src/", "clock.rs"),
            ("bench/", "clock.rs"),
            ("e2e/", "clock.rs"),
            ("/tests/", "clock.rs"),
            ("/examples/", "clock.rs"),
        ],
    },
    Home {
        of: &["tokio::time::", "std::thread::sleep"],
        places: &[
            ("crates/connect/src/", "deadline.rs"),
            ("crates/server/src/", "clock.rs"),
            ("crates/sim/src/", "clock.rs"),
            ("crates/testkit/src/", "clock.rs"),
            ("bench/", "clock.rs"),
            ("e2e/", "clock.rs"),
            ("/tests/", "clock.rs"),
            ("/examples/", "clock.rs"),
        ],
    },
    Home {
        of: &["getrandom::", "rand::"],
        places: &[("crates/server/src/", "ids.rs"), ("crates/sim/src/", "ids.rs"), ("crates/testkit/src/", "ids.rs")],
    },
    Home {
        of: &["std::env::"],
        places: &[
            ("crates/server/src/", "config.rs"),
            ("crates/testkit/src/", "environment.rs"),
            ("e2e/", "environment.rs"),
        ],
    },
    Home {
        of: &["reqwest::"],
        places: &[
            ("crates/connect/src/", "http.rs"),
            ("crates/autotask/tests/", "server.rs"),
            ("/tests/", "http.rs"),
            ("crates/sim/src/", "http.rs"),
            ("crates/testkit/src/", "http.rs"),
            ("bench/", "http.rs"),
            ("e2e/", "http.rs"),
        ],
    },
    Home {
        of: &["sqlx::"],
        places: &[
            ("crates/store/src/", "filters.rs"),
            ("crates/testkit/src/", "databases.rs"),
            ("crates/store/tests/", "plans.rs"),
        ],
    },
];

/// Forbidden everywhere: a queue without a limit.
const HOMELESS: [&str; 3] = ["tokio::sync::", "std::sync::", "futures_util::"];

/// One entry of `clippy.toml`.
struct Rule {
    /// What is looked for: the last two segments of the path, as code names it (`Instant::now`).
    needle: String,
    reason: String,
    home: Option<&'static Home>,
}

/// See the module.
pub fn check(repository: &Repository) -> Result<Vec<Finding>> {
    let rules = read_rules(repository.files.get("clippy.toml").context("clippy.toml is missing")?)?;
    let sources = repository.ending(".rs").filter(|(path, _)| !path.starts_with("xtask/"));
    Ok(sources.flat_map(|(path, text)| check_source(path, text, &rules)).collect())
}

fn read_rules(text: &str) -> Result<Vec<Rule>> {
    let clippy: Value = text.parse().context("clippy.toml")?;
    let entries = ["disallowed-methods", "disallowed-types"].map(|key| clippy.get(key).and_then(Value::as_array));
    let mut rules: Vec<Rule> = entries.into_iter().flatten().flatten().map(read_rule).collect::<Result<_>>()?;
    rules.sort_by(|a, b| a.needle.cmp(&b.needle));
    rules.dedup_by(|a, b| a.needle == b.needle); // `Instant::now` is std's and tokio's
    Ok(rules)
}

fn read_rule(entry: &Value) -> Result<Rule> {
    let field =
        |name| entry.get(name).and_then(Value::as_str).with_context(|| format!("clippy.toml: {entry} has no {name}"));
    let path = field("path")?;
    let home = HOMES.iter().find(|home| home.of.iter().any(|prefix| path.starts_with(prefix)));
    let known = home.is_some() || HOMELESS.iter().any(|prefix| path.starts_with(prefix));
    anyhow::ensure!(known, "clippy.toml forbids {path}: say in xtask/src/checks/homes.rs where it may be");
    Ok(Rule { needle: needle_of(path), reason: field("reason")?.to_owned(), home })
}

/// Looked for as a whole, since others have the same short name: tokio's `mpsc::channel` (with a limit), our own `Client`.
const AMBIGUOUS: [&str; 2] = ["std::sync::", "reqwest::"];

fn needle_of(path: &str) -> String {
    let is_ambiguous = AMBIGUOUS.iter().any(|prefix| path.starts_with(prefix));
    let parent = path.rsplitn(3, "::").nth(2).filter(|_| !is_ambiguous);
    parent.map_or(path, |parent| &path[parent.len() + 2..]).to_owned()
}

fn check_source(path: &str, text: &str, rules: &[Rule]) -> Vec<Finding> {
    let strangers: Vec<_> = rules.iter().filter(|rule| !rule.home.is_some_and(|home| home.has(path))).collect();
    let may_expect = strangers.len() < rules.len();
    let mut findings = Vec::new();
    for (line, code) in text.lines().map(code_of).enumerate() {
        for rule in strangers.iter().filter(|rule| names(&code, &rule.needle)) {
            findings.push(Finding::at(path, line + 1, format!("{} outside its home: {}", rule.needle, rule.reason)));
        }
        if !may_expect && code.contains("clippy::disallowed_") {
            findings.push(Finding::at(path, line + 1, "this file is no home of anything that clippy.toml forbids"));
        }
    }
    findings
}

impl Home {
    fn has(&self, path: &str) -> bool {
        let lies_in = |folder: &str| path.starts_with(folder) || (folder.starts_with('/') && path.contains(folder));
        self.places.iter().any(|(folder, file)| lies_in(folder) && path.rsplit('/').next() == Some(file))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLIPPY: &str = "
        disallowed-methods = [
          { path = 'std::time::Instant::now', reason = 'time is an argument' },
          { path = 'tokio::time::sleep', reason = 'wait for a condition' },
          { path = 'tokio::sync::mpsc::unbounded_channel', reason = 'no limit' },
        ]
        disallowed-types = [{ path = 'sqlx::QueryBuilder', reason = 'constants' }]";

    fn findings(path: &str, line: &str) -> usize {
        let files = [("clippy.toml".to_owned(), CLIPPY.to_owned()), (path.to_owned(), line.to_owned())];
        check(&Repository { files: files.into(), ..Repository::default() }).expect("rules").len()
    }

    #[test]
    fn forbidden_things_stay_at_home() {
        let cases = [
            ("crates/core/src/alert.rs", "let now = Instant::now();", 1),
            ("crates/server/src/clock.rs", "let now = std::time::Instant::now();", 0),
            ("crates/core/src/clock.rs", "let now = Instant::now();", 1),
            ("crates/server/src/engine.rs", "tokio::time::sleep(s).await", 1),
            ("crates/connect/tests/it/clock.rs", "tokio::time::sleep(s).await", 0),
            ("crates/connect/tests/it/mail.rs", "tokio::time::sleep(s).await", 1),
            ("crates/server/src/engine.rs", "// tokio::time::sleep(s).await", 0),
            ("crates/connect/src/http/deadline.rs", "tokio::time::sleep(s).await", 0),
            ("crates/connect/src/http/deadline.rs", "Instant::now()", 1),
            ("crates/server/src/clock.rs", "let (a, b) = mpsc::unbounded_channel();", 1),
            ("crates/store/src/alerts.rs", "use sqlx::QueryBuilder;", 1),
            ("crates/store/src/filters.rs", "use sqlx::QueryBuilder;", 0),
        ];
        for (path, line, expected) in cases {
            assert_eq!(findings(path, line), expected, "{path}: {line}");
        }
    }

    #[test]
    fn an_exception_outside_the_homes_is_found() {
        let line = "#[expect(clippy::disallowed_methods, reason = \"just here\")]";
        assert_eq!(findings("crates/server/src/engine.rs", line), 1);
        assert_eq!(findings("crates/server/src/clock.rs", line), 0);
    }

    #[test]
    fn a_new_rule_needs_a_home() {
        assert!(read_rules("disallowed-methods = [{ path = 'std::fs::read', reason = 'x' }]").is_err());
    }

    #[test]
    fn the_real_list_is_understood() {
        let rules = read_rules(include_str!("../../../clippy.toml")).expect("rules");
        assert!(rules.iter().any(|rule| rule.needle == "Timestamp::now" && rule.home.is_some()));
    }
}
