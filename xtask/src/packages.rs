//! The packages of the workspace and of its lock file, as `cargo metadata` tells them.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

/// One package in one version.
#[derive(Debug, Clone, Default)]
pub struct Package {
    pub name: String,
    pub version: String,
    /// The SPDX expression of its manifest.
    pub license: Option<String>,
    /// Where it comes from; `None` for our own.
    pub source: Option<String>,
    /// What its manifest asks for.
    pub dependencies: Vec<Dependency>,
    /// `name version` of the packages that were chosen for it.
    pub chosen: Vec<String>,
}

/// A line of a manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dependency {
    pub name: String,
    pub kind: Kind,
}

/// When a dependency is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Normal,
    Build,
    Dev,
}

impl Package {
    /// All packages that one of the platforms builds. Downloads what is missing, changes no lock file.
    pub fn list(root: &Path, targets: &[String]) -> Result<Vec<Self>> {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["metadata", "--format-version", "1", "--locked"]).current_dir(root);
        for target in targets {
            cargo.args(["--filter-platform", target]);
        }
        let told = cargo.output().context("cargo metadata")?;
        ensure!(told.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&told.stderr));
        Ok(Self::parse(&serde_json::from_slice(&told.stdout)?))
    }

    fn parse(metadata: &Value) -> Vec<Self> {
        let packages = items(&metadata["packages"]);
        let name_of = |id: &Value| packages.iter().find(|package| package["id"] == *id).map(full_name);
        let chosen_of = |id: &Value| {
            let node = items(&metadata["resolve"]["nodes"]).iter().find(|node| node["id"] == *id);
            node.map(|node| items(&node["dependencies"]).iter().filter_map(name_of).collect()).unwrap_or_default()
        };
        packages
            .iter()
            .map(|package| Self {
                name: text(&package["name"]),
                version: text(&package["version"]),
                license: package["license"].as_str().map(str::to_owned),
                source: package["source"].as_str().map(str::to_owned),
                dependencies: items(&package["dependencies"]).iter().map(Dependency::parse).collect(),
                chosen: chosen_of(&package["id"]),
            })
            .collect()
    }

    /// `name version`, as a lock file would say it.
    pub fn full_name(&self) -> String {
        format!("{} {}", self.name, self.version)
    }
}

impl Dependency {
    fn parse(line: &Value) -> Self {
        let kind = match line["kind"].as_str() {
            Some("dev") => Kind::Dev,
            Some("build") => Kind::Build,
            _ => Kind::Normal,
        };
        Self { name: text(&line["name"]), kind }
    }
}

fn items(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn full_name(package: &Value) -> String {
    format!("{} {}", text(&package["name"]), text(&package["version"]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_becomes_packages() {
        let metadata = serde_json::json!({
            "packages": [
                { "id": "a#1", "name": "a", "version": "1.0.0", "license": "MIT", "source": null,
                  "dependencies": [{ "name": "b", "kind": null }, { "name": "c", "kind": "dev" }] },
                { "id": "b#2", "name": "b", "version": "2.0.0", "license": null, "source": "git+x", "dependencies": [] },
            ],
            "resolve": { "nodes": [{ "id": "a#1", "dependencies": ["b#2"] }] },
        });
        let packages = Package::parse(&metadata);
        assert_eq!(packages[0].chosen, ["b 2.0.0"]);
        assert_eq!(packages[0].dependencies[1], Dependency { name: "c".into(), kind: Kind::Dev });
        assert_eq!(packages[1].source.as_deref(), Some("git+x"));
    }
}
