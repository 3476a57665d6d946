//! Many open alerts whose escalations run: how late their next steps are while events come in.

use crate::client::Connection;
use crate::clock;
use crate::event::Request;
use crate::figures::Durations;
use crate::hook::Hook;
use crate::lab::Lab;
use crate::{process, watch};
use anyhow::Result;
use std::collections::HashMap;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// Open alerts.
pub const ALERTS: u64 = 100_000;
/// Their next steps are spread over so many minutes.
pub const MINUTES: u64 = 15;
/// Sources that they come from, and people of the second level: two pages of each pair go out singly within three minutes.
const SOURCES: u64 = 1_000;
const PEOPLE: u64 = 10;
/// In which they are opened.
const OPENED_IN: Duration = Duration::from_secs(60);
/// Events that come in meanwhile, a second, and the connections that send them.
pub const EVENTS_PER_SECOND: u64 = 500;
const CONNECTIONS: u64 = 10;

/// What came of it.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Steps that were due while it was watched.
    pub due: usize,
    /// From the moment a step was due to its page, of those that went out singly.
    pub late: Durations,
    /// Summaries that stood for the others.
    pub summaries: usize,
    /// Events that were taken meanwhile.
    pub events: u64,
    /// What was due and not done at the end took so long.
    pub drained: Duration,
    /// The most memory that the server held, in MB.
    pub memory_mb: f64,
}

/// Opens the alerts, then watches their steps for so long. Runs on a `LocalSet`.
pub async fn measure(lab: &Lab, lasts: Duration) -> Result<Outcome> {
    let second = Hook::start().await?;
    let sources = fill(lab, &second).await?;
    let due = open(lab, &sources).await?;
    watch::drain(lab.node.address()).await?;
    let (begins, ends) = (clock::now(), clock::now() + lasts);
    let events = pour(lab, ends).await?;
    let mut outcome = Outcome { events, drained: watch::drain(lab.node.address()).await?, ..Outcome::default() };
    let arrivals = second.arrivals();
    for (number, due) in due.iter().filter(|(_, due)| **due > begins && **due < ends) {
        outcome.due += 1;
        if let Some(came) = arrivals.pages.get(number) {
            outcome.late.push(came.saturating_duration_since(*due));
        }
    }
    outcome.summaries = arrivals.summaries;
    outcome.memory_mb = process::memory_mb(lab.pid, "VmHWM:")?;
    Ok(outcome)
}

/// People, a policy for each minute and person, and sources; the keys of the sources.
async fn fill(lab: &Lab, second: &Hook) -> Result<Vec<String>> {
    let first = lab.seed.person("first", &format!("{}/first", lab.hook.url())).await?;
    for person in 0..PEOPLE {
        let called = lab.seed.person(&format!("second{person}"), &format!("{}/{person}", second.url())).await?;
        for minutes in 1..=MINUTES {
            lab.seed.routed_policy(&routing_key(minutes, person), first, minutes, called).await?;
        }
    }
    let own = lab.seed.policy("their own", first).await?;
    let mut keys = Vec::new();
    for nth in 0..SOURCES {
        keys.push(lab.seed.source(&format!("one of the crowd {nth}"), own).await?);
    }
    Ok(keys)
}

fn routing_key(minutes: u64, person: u64) -> String {
    format!("after-{minutes}-to-{person}")
}

/// Opens the alerts evenly; when the second level of each is due.
async fn open(lab: &Lab, sources: &[String]) -> Result<HashMap<u64, Instant>> {
    let mut connection = Connection::open(lab.node.address()).await?;
    let mut due = HashMap::new();
    let started = clock::now();
    let batch = 50;
    for first in (0..ALERTS).step_by(batch) {
        let (round, begin) = (first / SOURCES, usize::try_from(first % SOURCES)?);
        let person = round % PEOPLE;
        let minutes = 1 + (round / PEOPLE * 3 + person) % MINUTES;
        let keys = &sources[begin..begin + batch];
        let mut request = Request::routed(keys, batch, &routing_key(minutes, person));
        connection.send(request.numbered(|nth| first + nth as u64)).await?;
        let at = clock::now() + Duration::from_secs(minutes * 60);
        (first..first + batch as u64).for_each(|number| {
            due.insert(number, at);
        });
        pace(started, first + batch as u64, ALERTS, OPENED_IN).await;
    }
    Ok(due)
}

/// Sends new events of the busy sources at an even rate over several connections; how many. Runs on a `LocalSet`.
async fn pour(lab: &Lab, ends: Instant) -> Result<u64> {
    let started = clock::now();
    let mut senders = JoinSet::new();
    for nth in 0..CONNECTIONS {
        let connection = Connection::open(lab.node.address()).await?;
        let key = lab.busy[usize::try_from(nth)? % lab.busy.len()].clone();
        senders.spawn_local(drip(connection, Request::new(&[key], 1), nth, started, ends));
    }
    let mut sent = 0;
    while let Some(done) = senders.join_next().await {
        sent += done??;
    }
    Ok(sent)
}

async fn drip(
    mut connection: Connection,
    mut request: Request,
    nth: u64,
    started: Instant,
    ends: Instant,
) -> Result<u64> {
    let mut sent = 0;
    while clock::now() < ends {
        connection.send(request.numbered(|_| ALERTS + sent * CONNECTIONS + nth)).await?;
        sent += 1;
        pace(started, sent, EVENTS_PER_SECOND / CONNECTIONS, Duration::from_secs(1)).await;
    }
    Ok(sent)
}

/// Waits until the `done`th of so many in so long is to be sent.
async fn pace(started: Instant, done: u64, of: u64, within: Duration) {
    let at = within.mul_f64(done as f64 / of as f64);
    let ahead = at.saturating_sub(started.elapsed());
    if ahead > Duration::from_millis(1) {
        clock::sleep(ahead).await;
    }
}
