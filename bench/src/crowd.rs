//! Many open alerts whose escalations run: how late their next steps are while events come in.

use crate::client::Connection;
use crate::clock;
use crate::event::Request;
use crate::figures::Durations;
use crate::hook::Hook;
use crate::lab::Lab;
use crate::{process, watch};
use anyhow::Result;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// Open alerts.
pub const ALERTS: u64 = 100_000;
/// Their next steps are spread over so many minutes.
pub const MINUTES: u64 = 15;
/// Sources that they come from, and people of the second level. Each pair has a step every three minutes, so that all pages go out
/// singly: it is known of each when it came.
const SOURCES: u64 = 1_000;
const PEOPLE: u64 = 20;
/// Alerts of each source that one person is called for.
const ROUNDS_EACH: u64 = ALERTS / SOURCES / PEOPLE;
/// Alerts of a request.
const BATCH: usize = 50;
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
    /// From the moment a step was due to its page.
    pub late: Durations,
    /// Steps whose page did not come by itself.
    pub missing: usize,
    /// Summaries, which stand for several pages.
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
    let drained = watch::drain(lab.node.address()).await?;
    let due: Vec<(u64, Instant)> = due.into_iter().filter(|(_, due)| *due > begins && *due < ends).collect();
    let count = due.len();
    let (late, missing) = watch::lateness(&second, due).await;
    let (summaries, memory_mb) = (second.arrivals().summaries, process::memory_mb(lab.pid, "VmHWM:")?);
    Ok(Outcome { due: count, late, missing, summaries, events, drained, memory_mb })
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
    lab.sources("one of the crowd", own, SOURCES).await
}

fn routing_key(minutes: u64, person: u64) -> String {
    format!("after-{minutes}-to-{person}")
}

/// Opens the alerts evenly; when the second level of each is due, counted from before it was sent: rather too early than too late.
async fn open(lab: &Lab, sources: &[String]) -> Result<Vec<(u64, Instant)>> {
    let mut connection = Connection::open(lab.node.address()).await?;
    let mut due = Vec::new();
    let started = clock::now();
    for first in (0..ALERTS).step_by(BATCH) {
        let (minutes, person) = of_batch(first);
        let begin = usize::try_from(first % SOURCES)?;
        let mut request = Request::routed(&sources[begin..begin + BATCH], BATCH, &routing_key(minutes, person));
        let at = clock::now() + Duration::from_secs(minutes * 60);
        connection.deliver(request.numbered(|nth| first + nth as u64)).await?;
        let last = first + BATCH as u64;
        due.extend((first..last).map(|number| (number, at)));
        pace(started, last, ALERTS, OPENED_IN).await;
    }
    Ok(due)
}

/// Minutes and person of the alerts from a number on. A round has an alert of each source, a person has five rounds, and theirs are
/// three minutes apart; which three minutes differs between sources, so that each minute has as many.
fn of_batch(first: u64) -> (u64, u64) {
    let (round, part) = (first / SOURCES, first % SOURCES / BATCH as u64);
    let person = round / ROUNDS_EACH;
    (1 + (round % ROUNDS_EACH * 3 + (person + part) % 3) % MINUTES, person)
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
        connection.deliver(request.numbered(|_| ALERTS + sent * CONNECTIONS + nth)).await?;
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn steps_are_spread_evenly_and_no_pair_has_two_within_three_minutes() {
        let (mut of_minute, mut of_pair) = (BTreeMap::new(), BTreeMap::new());
        for first in (0..ALERTS).step_by(BATCH) {
            let (minutes, person) = of_batch(first);
            *of_minute.entry(minutes).or_insert(0) += BATCH as u64;
            of_pair.entry((first % SOURCES, person)).or_insert_with(Vec::new).push(minutes);
        }
        let even = ALERTS / MINUTES;
        assert_eq!(of_minute.len() as u64, MINUTES);
        assert!(of_minute.values().all(|alerts| alerts.abs_diff(even) < even / 50), "{of_minute:?}");
        assert!(of_pair.keys().all(|(_, person)| *person < PEOPLE));
        assert!(of_pair.values().all(|minutes| minutes.windows(2).all(|two| two[1] == two[0] + 3)), "{of_pair:?}");
    }
}
