//! Many alerts whose next steps are due at the same instant: a maintenance window ends, and all that is still open pages.

use crate::client::Connection;
use crate::clock;
use crate::event::{MARK, Request};
use crate::figures::Durations;
use crate::hook::Hook;
use crate::lab::Lab;
use crate::{process, watch};
use anyhow::{Result, ensure};
use jiff::Timestamp;
use serde_json::json;
use std::time::{Duration, Instant};

/// Open alerts.
pub const ALERTS: u64 = 10_000;
/// Sources that they come from, and people who are called: one alert of each pair, so that all pages go out singly.
const SOURCES: u64 = 1_000;
const PEOPLE: u64 = ALERTS / SOURCES;
/// Alerts of a request.
const BATCH: usize = 50;
/// In which they have to be open.
const OPENED_IN: Duration = Duration::from_secs(60);

/// What came of it.
#[derive(Debug)]
pub struct Outcome {
    /// From the instant to each page.
    pub late: Durations,
    /// Alerts whose page did not come.
    pub missing: usize,
    /// The most memory that the server held, in MB.
    pub memory_mb: f64,
}

/// Opens the alerts within a window, and watches what its end does.
pub async fn measure(lab: &Lab) -> Result<Outcome> {
    let called = Hook::start().await?;
    let sources = fill(lab, &called).await?;
    let ends = maintain(lab).await?;
    open(lab, &sources).await?;
    watch::drain(lab.node.address()).await?;
    ensure!(clock::now() < ends, "{ALERTS} alerts were not opened in {} s", OPENED_IN.as_secs());
    clock::sleep(ends.saturating_duration_since(clock::now())).await;
    ensure!(called.arrivals().pages.is_empty(), "somebody was paged during the maintenance");
    // Before that nothing is due, and it would look as if all were done.
    clock::sleep(Duration::from_millis(100)).await;
    watch::drain(lab.node.address()).await?;
    let (late, missing) = watch::lateness(&called, (0..ALERTS).map(|number| (number, ends)).collect()).await;
    Ok(Outcome { late, missing, memory_mb: process::memory_mb(lab.pid, "VmHWM:")? })
}

/// People with a policy each, and sources; the keys of the sources.
async fn fill(lab: &Lab, called: &Hook) -> Result<Vec<String>> {
    let second = lab.seed.person("second", &format!("{}/second", lab.hook.url())).await?;
    for nth in 0..PEOPLE {
        let person = lab.seed.person(&format!("called{nth}"), &format!("{}/{nth}", called.url())).await?;
        lab.seed.routed_policy(&routing_key(nth), person, 60, second).await?;
    }
    let own = lab.seed.policy("their own", second).await?;
    lab.sources("in maintenance", own, SOURCES).await
}

fn routing_key(person: u64) -> String {
    format!("to-{person}")
}

/// A maintenance window over all that is sent here; when it ends.
async fn maintain(lab: &Lab) -> Result<Instant> {
    let word = MARK.trim();
    let (now, wall) = (clock::now(), clock::wall());
    let end: Timestamp = wall + OPENED_IN;
    let window =
        json!({"summary": "Move of the centre", "start": wall, "end": end, "words": [word], "pageAtEnd": true});
    lab.seed.post("/api/maintenance-windows", window).await?;
    Ok(now + OPENED_IN)
}

async fn open(lab: &Lab, sources: &[String]) -> Result<()> {
    let mut connection = Connection::open(lab.node.address()).await?;
    for first in (0..ALERTS).step_by(BATCH) {
        let begin = usize::try_from(first % SOURCES)?;
        let mut request = Request::routed(&sources[begin..begin + BATCH], BATCH, &routing_key(first / SOURCES));
        connection.deliver(request.numbered(|nth| first + nth as u64)).await?;
    }
    Ok(())
}
