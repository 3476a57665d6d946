//! What a process and the machine have used, from Linux's /proc.

use anyhow::{Context as _, Result};
use std::time::Duration;

/// Ticks of a second in /proc; a constant of the interface (USER_HZ).
const TICKS_PER_SECOND: u64 = 100;

/// Time on processors of a process, in user space and in the kernel.
pub fn cpu_of(pid: u32) -> Result<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // After the name, which stands in parentheses and may hold anything.
    let (_, fields) = stat.rsplit_once(')').context("/proc/PID/stat")?;
    let mut times = fields.split_whitespace().skip(11).take(2).map(str::parse::<u64>);
    let (user, kernel) = (times.next().context("utime")??, times.next().context("stime")??);
    Ok(Duration::from_millis((user + kernel) * 1_000 / TICKS_PER_SECOND))
}

/// Time on processors of everything that runs on this machine.
pub fn cpu_of_machine() -> Result<Duration> {
    let stat = std::fs::read_to_string("/proc/stat")?;
    let fields: Vec<u64> = stat
        .lines()
        .next()
        .unwrap_or_default()
        .split_whitespace()
        .skip(1)
        .filter_map(|field| field.parse().ok())
        .collect();
    // user, nice, system, then idle and iowait, then irq, softirq, steal.
    let busy = fields.iter().take(3).chain(fields.iter().skip(5).take(2)).sum::<u64>();
    Ok(Duration::from_millis(busy * 1_000 / TICKS_PER_SECOND))
}

/// Memory that a process holds now (`VmRSS`) or held at most (`VmHWM`), in MB.
pub fn memory_mb(pid: u32, field: &str) -> Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find(|line| line.starts_with(field)).with_context(|| field.to_owned())?;
    let kilobytes: f64 = line.split_whitespace().nth(1).context("a number")?.parse()?;
    Ok(kilobytes / 1_024.0)
}

/// Processes that ran or waited to run in the last minute, on average.
pub fn load_average() -> Result<f64> {
    let load = std::fs::read_to_string("/proc/loadavg")?;
    Ok(load.split_whitespace().next().context("/proc/loadavg")?.parse()?)
}
