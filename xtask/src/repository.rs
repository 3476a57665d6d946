//! What the checks look at: the files of the working tree, the packages, the policy. Read once, so that checks are pure.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::packages::Package;
use crate::policy::Policy;

/// The repository as the checks see it; tests build one by hand.
#[derive(Debug, Default)]
pub struct Repository {
    /// Where it lies on this machine.
    pub root: PathBuf,
    /// Every text file that git knows or would add: path relative to `root` -> content.
    pub files: BTreeMap<String, String>,
    /// Paths of all files, binary ones too.
    pub paths: Vec<String>,
    /// All packages of the lock file that a supported platform builds, ours included.
    pub packages: Vec<Package>,
    /// `deny.toml`.
    pub policy: Policy,
}

impl Repository {
    /// Reads the repository that this program was built from.
    pub fn read() -> Result<Self> {
        let root =
            Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("xtask lies in the repository")?.to_path_buf();
        let paths = list_files(&root)?;
        let files = paths.iter().filter_map(|path| Some((path.clone(), read_text(&root.join(path))?))).collect();
        let policy = Policy::parse(&std::fs::read_to_string(root.join("deny.toml")).context("deny.toml")?)?;
        let packages = Package::list(&root, &policy.targets)?;
        Ok(Self { root, files, paths, packages, policy })
    }

    /// The files whose path ends so.
    pub fn ending(&self, suffix: &str) -> impl Iterator<Item = (&str, &str)> {
        self.files
            .iter()
            .filter(move |(path, _)| path.ends_with(suffix))
            .map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// Our own packages.
    pub fn own_packages(&self) -> impl Iterator<Item = &Package> {
        self.packages.iter().filter(|package| package.source.is_none())
    }
}

/// Files that git tracks or would add; what it ignores is not ours.
fn list_files(root: &Path) -> Result<Vec<String>> {
    let listed = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root)
        .output()
        .context("git is needed to list the files")?;
    ensure!(listed.status.success(), "git ls-files: {}", String::from_utf8_lossy(&listed.stderr));
    let names = String::from_utf8(listed.stdout).context("a file name is not UTF-8")?;
    Ok(names.split('\0').filter(|name| root.join(name).is_file()).map(str::to_owned).collect())
}

/// `None` for a file that is not text.
fn read_text(path: &Path) -> Option<String> {
    String::from_utf8(std::fs::read(path).ok()?).ok().filter(|text| !text.contains('\0'))
}
