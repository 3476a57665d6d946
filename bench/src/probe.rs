//! How fast the disk makes a small append durable: the floor under every commit.

use crate::clock;
use anyhow::Result;
use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

/// How long is measured.
const LASTS: Duration = Duration::from_secs(2);

/// Appends of 512 bytes with fdatasync, one after the other, a second.
pub fn appends_per_second(directory: &Path) -> Result<f64> {
    let path = directory.join(format!("watchbell-probe-{}", std::process::id()));
    let mut file = std::fs::File::create(&path)?;
    let (started, mut appends) = (clock::now(), 0_u32);
    while started.elapsed() < LASTS {
        file.write_all(&[0x55; 512])?;
        file.sync_data()?;
        appends += 1;
    }
    let rate = f64::from(appends) / started.elapsed().as_secs_f64();
    std::fs::remove_file(path)?;
    Ok(rate)
}
