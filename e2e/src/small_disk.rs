//! A disk that can be full: a small file system in memory, mounted for one test. Only root may mount.

use anyhow::{Result, ensure};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use watchbell_testkit::environment::skip;

/// A mounted disk; it is unmounted when this is dropped.
#[derive(Debug)]
pub struct SmallDisk {
    place: PathBuf,
}

impl SmallDisk {
    /// A disk of so many megabytes; `None` says loudly that this user cannot mount one.
    pub fn mount(name: &str, megabytes: usize) -> Result<Option<Self>> {
        let place = std::env::temp_dir().join(format!("watchbell-disk-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&place)?;
        let size = format!("size={megabytes}m,mode=0755");
        let mounted =
            Command::new("mount").args(["-t", "tmpfs", "-o", &size, "watchbell-small-disk"]).arg(&place).output()?;
        if !mounted.status.success() {
            std::fs::remove_dir(&place)?;
            skip(&format!(
                "a full disk: no disk can be mounted here ({})",
                String::from_utf8_lossy(&mounted.stderr).trim()
            ))?;
            return Ok(None);
        }
        Ok(Some(Self { place }))
    }

    /// Where it is.
    pub fn place(&self) -> &Path {
        &self.place
    }

    /// A directory on it that belongs to a user.
    pub fn directory_of(&self, user: &str) -> Result<PathBuf> {
        let directory = self.place.join(user);
        std::fs::create_dir(&directory)?;
        let owned = Command::new("chown").arg(user).arg(&directory).status()?;
        ensure!(owned.success(), "{} cannot be given to {user}", directory.display());
        Ok(directory)
    }

    /// Takes all the space that is left.
    pub fn fill(&self) -> Result<()> {
        let mut ballast = std::fs::File::create(self.ballast())?;
        let mut chunk = vec![0; 64 * 1024];
        while chunk.len() >= 512 {
            if ballast.write_all(&chunk).is_err() {
                chunk.truncate(chunk.len() / 2);
            }
        }
        Ok(())
    }

    /// Gives it back.
    pub fn free(&self) -> Result<()> {
        Ok(std::fs::remove_file(self.ballast())?)
    }

    fn ballast(&self) -> PathBuf {
        self.place.join("ballast")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: a process that was just killed may still hold it. What cannot be undone here is gone at the next boot.
        let _ = Command::new("umount").arg("--lazy").arg(&self.place).status();
        let _ = std::fs::remove_dir(&self.place);
    }
}
