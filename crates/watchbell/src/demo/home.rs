//! The directory of the demonstration: one a port, private, removed at the end; what a killed one left is removed at the next start.

use anyhow::{Context as _, bail};
use std::fs::{DirBuilder, File};
use std::path::{Path, PathBuf};

/// The directory.
#[derive(Debug)]
pub(crate) struct Home(PathBuf);

impl Home {
    /// Makes it. Errors: another demonstration runs with this port, or the directory is somebody else's.
    pub(crate) fn make(port: u16) -> anyhow::Result<Self> {
        let directory = std::env::temp_dir().join(format!("watchbell-demo-{port}"));
        if directory.exists() {
            clear(&directory)?;
        }
        let mut builder = DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&directory).with_context(|| format!("{} cannot be made", directory.display()))?;
        Ok(Self(directory))
    }

    /// Where Watchbell keeps its data.
    pub(crate) fn data_dir(&self) -> PathBuf {
        self.0.join("data")
    }

    /// Where the API key is kept for those who want to call the API.
    pub(crate) fn key_file(&self) -> PathBuf {
        self.0.join("api-key")
    }

    /// Removes it.
    pub(crate) fn remove(self) -> anyhow::Result<()> {
        std::fs::remove_dir_all(&self.0).with_context(|| format!("{} cannot be removed", self.0.display()))
    }
}

fn clear(directory: &Path) -> anyhow::Result<()> {
    let is_in_use = File::open(directory.join("data/lock")).is_ok_and(|lock| lock.try_lock().is_err());
    if is_in_use {
        bail!("a demo runs with this port already; end it, or give this one another --listen");
    }
    std::fs::remove_dir_all(directory)
        .with_context(|| format!("what an earlier demo left in {} cannot be removed", directory.display()))
}
