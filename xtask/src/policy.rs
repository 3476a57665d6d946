//! `deny.toml`: which licences, crates and double versions are allowed. One file for these checks and for cargo-deny.

use anyhow::{Context, Result};
use toml::Value;

/// The parts of `deny.toml` that the checks hold.
#[derive(Debug, Default)]
pub struct Policy {
    /// Platforms whose dependencies count.
    pub targets: Vec<String>,
    /// SPDX identifiers, with an exception where one is allowed (`Apache-2.0 WITH LLVM-exception`).
    pub licences: Vec<String>,
    /// Crates that must not be there, with the reason.
    pub banned: Vec<(String, String)>,
    /// Second versions that are put up with.
    pub skipped: Vec<Skipped>,
}

/// `name@version`, where the version may be cut short (`syn@2`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    pub name: String,
    pub version: String,
}

impl Policy {
    /// Reads the text of `deny.toml`.
    pub fn parse(text: &str) -> Result<Self> {
        let policy: Value = text.parse().context("deny.toml")?;
        Ok(Self {
            targets: strings(&policy, "graph", "targets"),
            licences: strings(&policy, "licenses", "allow"),
            banned: entries(&policy, "deny"),
            skipped: entries(&policy, "skip")
                .into_iter()
                .map(|(name, _)| Skipped::parse(&name))
                .collect::<Result<_>>()?,
        })
    }
}

impl Skipped {
    fn parse(text: &str) -> Result<Self> {
        let (name, version) =
            text.split_once('@').with_context(|| format!("deny.toml: skip {text} names no version"))?;
        Ok(Self { name: name.into(), version: version.into() })
    }

    /// Whether it means this version: `1.2` means `1.2.3`, not `1.20.0`.
    pub fn covers(&self, name: &str, version: &str) -> bool {
        let rest = version.strip_prefix(self.version.as_str());
        self.name == name && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    }
}

fn list<'a>(policy: &'a Value, table: &str, key: &str) -> &'a [Value] {
    policy.get(table).and_then(|table| table.get(key)).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn strings(policy: &Value, table: &str, key: &str) -> Vec<String> {
    list(policy, table, key).iter().filter_map(|item| item.as_str().map(str::to_owned)).collect()
}

/// `{ crate = .., reason = .. }` of `[bans]`.
fn entries(policy: &Value, key: &str) -> Vec<(String, String)> {
    let field = |entry: &Value, name| entry.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    list(policy, "bans", key).iter().map(|entry| (field(entry, "crate"), field(entry, "reason"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_version_covers_its_patches_only() {
        let skipped = Skipped::parse("rand@0.9").expect("an entry");
        assert!(skipped.covers("rand", "0.9.5"));
        assert!(!skipped.covers("rand", "0.90.0"));
        assert!(!skipped.covers("rand_core", "0.9.5"));
    }

    #[test]
    fn a_skip_without_a_version_is_refused() {
        assert!(Policy::parse("[bans]\nskip = [{ crate = 'rand' }]").is_err());
    }
}
