//! Watching a flood from beside it: how late pages of others become, and when all is done.

use crate::client::Connection;
use crate::clock;
use crate::event::Request;
use crate::figures::Durations;
use crate::flood::WATCH_FROM;
use crate::hook::Hook;
use anyhow::Result;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// Between two events of quiet sources.
const EVERY: Duration = Duration::from_millis(250);
/// A page that takes longer counts as missing.
const PATIENCE: Duration = Duration::from_secs(10);
/// Work that stands between an event and its page.
const BEFORE_PAGES: [&str; 2] = ["kind=\"escalate\"", "kind=\"notify\""];

/// Sends an event now and then for each quiet source twice: its page goes out singly. When each was sent.
pub async fn watch(address: SocketAddr, quiet: Vec<String>, ends: Instant) -> Result<Vec<(u64, Instant)>> {
    let mut connection = Connection::open(address).await?;
    let mut sent = Vec::new();
    for (nth, key) in quiet.iter().chain(&quiet).enumerate() {
        clock::sleep(EVERY).await;
        if clock::now() >= ends {
            break;
        }
        let number = WATCH_FROM + nth as u64;
        sent.push((number, clock::now()));
        connection.send(Request::new(std::slice::from_ref(key), 1).numbered(|_| number)).await?;
    }
    Ok(sent)
}

/// From each event to its page, and how many pages did not come.
pub async fn lateness(hook: &Hook, sent: Vec<(u64, Instant)>) -> (Durations, usize) {
    let waiting = clock::now();
    let missing = || sent.iter().filter(|(number, _)| !hook.arrivals().pages.contains_key(number)).count();
    while missing() > 0 && waiting.elapsed() < PATIENCE {
        clock::sleep(Duration::from_millis(20)).await;
    }
    let mut pages = Durations::default();
    for (number, at) in &sent {
        if let Some(came) = hook.arrivals().pages.get(number) {
            pages.push(came.duration_since(*at));
        }
    }
    let missing = sent.len() - pages.len();
    (pages, missing)
}

/// Waits until no first page is left to be decided or sent; how long that took.
pub async fn drain(address: SocketAddr) -> Result<Duration> {
    let started = clock::now();
    let mut connection = Connection::open(address).await?;
    loop {
        let metrics = connection.get("/metrics").await?;
        let due = |line: &&str| {
            line.starts_with("watchbell_jobs_due{")
                && BEFORE_PAGES.iter().any(|kind| line.contains(kind))
                && !line.ends_with(" 0")
        };
        if !metrics.lines().any(|line| due(&line)) {
            return Ok(started.elapsed());
        }
        clock::sleep(Duration::from_millis(100)).await;
    }
}
