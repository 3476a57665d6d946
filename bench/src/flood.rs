//! Many connections that send as fast as they are answered, and what it takes the server.

use crate::client::Connection;
use crate::clock;
use crate::event::Request;
use crate::figures::Durations;
use crate::lab::Lab;
use crate::process;
use crate::watch;
use anyhow::Result;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// What is sent.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// Connections.
    pub connections: usize,
    /// Events of a request.
    pub events: usize,
    /// Alerts that all events go to, which are open; 0: each event opens one of its own.
    pub duplicates_of: u64,
    /// For how long.
    pub lasts: Duration,
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Events that were acknowledged.
    pub events: u64,
    /// How long it took.
    pub lasted: Duration,
    /// From a request to its answer.
    pub answers: Durations,
    /// Answers that were no 2xx, by status.
    pub refused: BTreeMap<u16, u64>,
    /// Time on processors: of the server, and of the whole machine with the load generator and the database.
    pub cpu: (Duration, Duration),
    /// Memory of the server when 100,000 alerts were open, and the most it ever held, in MB.
    pub memory_mb: (Option<f64>, f64),
    /// From an event of a source without a flood to its page, while the flood lasted.
    pub pages: Durations,
    /// Events whose page did not come within ten seconds after the flood.
    pub pages_missing: usize,
    /// From the end of the flood until every first page was decided.
    pub drained: Duration,
}

/// What the connections share; they are on one thread.
#[derive(Debug, Default)]
struct Shared {
    next: Cell<u64>,
    acknowledged: Cell<u64>,
}

/// Numbers of events that are not the flood's.
pub const WATCH_FROM: u64 = 900_000_000_000;

/// Floods a server. Runs on a `LocalSet`.
pub async fn flood(lab: &Lab, plan: Plan) -> Result<Outcome> {
    let shared = Rc::new(Shared::default());
    if plan.duplicates_of > 0 {
        open_alerts(lab, plan.duplicates_of).await?;
    }
    let ends = clock::now() + plan.lasts;
    let (cpu, machine, started) = (process::cpu_of(lab.pid)?, process::cpu_of_machine()?, clock::now());
    let watching = tokio::task::spawn_local(watch::watch(lab.node.address(), lab.quiet.clone(), ends));
    let mut senders = JoinSet::new();
    for nth in 0..plan.connections {
        let connection = Connection::open(lab.node.address()).await?;
        let keys: Vec<String> =
            if plan.events == 1 { vec![lab.busy[nth % lab.busy.len()].clone()] } else { lab.busy.clone() };
        senders.spawn_local(send(shared.clone(), connection, Request::new(&keys, plan.events), plan, nth as u64, ends));
    }
    let memory = watch_memory(lab.pid, &shared, ends).await?;
    let mut outcome = Outcome::default();
    while let Some(sender) = senders.join_next().await {
        let (answers, refused) = sender??;
        outcome.answers.extend(answers);
        refused.into_iter().for_each(|(status, count)| *outcome.refused.entry(status).or_default() += count);
    }
    outcome.lasted = started.elapsed();
    outcome.events = shared.acknowledged.get();
    outcome.cpu = (process::cpu_of(lab.pid)? - cpu, process::cpu_of_machine()? - machine);
    outcome.drained = watch::drain(lab.node.address()).await?;
    (outcome.pages, outcome.pages_missing) = watch::lateness(&lab.hook, watching.await??).await;
    outcome.memory_mb = (memory, process::memory_mb(lab.pid, "VmHWM:")?);
    Ok(outcome)
}

/// Opens the alerts that duplicates go to: each of one source, so that the same sender's events find it.
async fn open_alerts(lab: &Lab, count: u64) -> Result<()> {
    let mut connection = Connection::open(lab.node.address()).await?;
    for first in (0..count).step_by(lab.busy.len()) {
        let mut request = Request::new(&lab.busy, lab.busy.len());
        connection.send(request.numbered(|nth| first + nth as u64)).await?;
    }
    watch::drain(lab.node.address()).await?;
    Ok(())
}

async fn send(
    shared: Rc<Shared>,
    mut connection: Connection,
    mut request: Request,
    plan: Plan,
    nth: u64,
    ends: Instant,
) -> Result<(Durations, BTreeMap<u16, u64>)> {
    let (mut answers, mut refused) = (Durations::default(), BTreeMap::new());
    loop {
        let asked = clock::now();
        if asked >= ends {
            return Ok((answers, refused));
        }
        let first = shared.next.replace(shared.next.get() + plan.events as u64);
        let bytes = match plan.duplicates_of {
            0 => request.numbered(|i| first + i as u64),
            // Source `nth` has the alerts whose number leaves `nth` when divided by the number of sources.
            alerts => request.numbered(|_| duplicate(first, nth, alerts)),
        };
        let status = connection.send(bytes).await?;
        answers.push(asked.elapsed());
        match status {
            200..300 => shared.acknowledged.set(shared.acknowledged.get() + plan.events as u64),
            other => *refused.entry(other).or_default() += 1,
        }
    }
}

/// The number of an open alert of the source that this sender sends for.
fn duplicate(turn: u64, nth: u64, alerts: u64) -> u64 {
    let sources = 20;
    (turn % (alerts / sources)) * sources + nth % sources
}

/// Memory of the server when 100,000 alerts were open; none when there were never so many.
async fn watch_memory(pid: u32, shared: &Shared, ends: Instant) -> Result<Option<f64>> {
    let mut memory = None;
    while clock::now() < ends {
        clock::sleep(Duration::from_millis(50)).await;
        if memory.is_none() && shared.acknowledged.get() >= 100_000 {
            memory = Some(process::memory_mb(pid, "VmRSS:")?);
        }
    }
    Ok(memory)
}
