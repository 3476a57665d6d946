//! The ingest loop: takes what queued up while the last commit ran, and commits it at once.

use std::sync::Arc;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, mpsc, oneshot};
use watchbell_core::limits;
use watchbell_store::ingest::{self, FirstLevel, Incoming, Ingested};
use watchbell_store::{Db, StoreError};

use crate::bus::Bus;
use crate::clock::Clock;
use crate::engine::gate::Gate;

/// Why an event was not taken.
#[derive(Debug)]
pub enum IngestError {
    /// Too many wait: try again in a second.
    Full,
    /// What the database said.
    Store(StoreError),
}

type Outcome = Result<Vec<Ingested>, StoreError>;

#[derive(Debug)]
struct Waiting {
    incoming: Vec<Incoming>,
    outcome: oneshot::Sender<Outcome>,
    weight: usize,
    /// Its place in the queue, until it is committed.
    room: OwnedSemaphorePermit,
}

/// The way of events to their commit. Cheap to clone.
#[derive(Debug, Clone)]
pub struct IngestQueue {
    waiting: mpsc::Sender<Waiting>,
    room: Arc<Semaphore>,
}

/// The other end, for [`run`].
#[derive(Debug)]
pub struct IngestReceiver {
    waiting: mpsc::Receiver<Waiting>,
}

impl IngestQueue {
    /// A queue and its other end.
    pub fn new() -> (Self, IngestReceiver) {
        let (sender, receiver) = mpsc::channel(limits::INGEST_QUEUE_MAX);
        (
            Self { waiting: sender, room: Arc::new(Semaphore::new(limits::INGEST_QUEUE_MAX)) },
            IngestReceiver { waiting: receiver },
        )
    }

    /// Hands events over and returns when they are on disk, all or none. Errors: the queue is full, or what the database said.
    pub async fn take(&self, incoming: Vec<Incoming>) -> Result<Vec<Ingested>, IngestError> {
        let (outcome, done) = oneshot::channel();
        let weight = weight(&incoming);
        let permits = u32::try_from(weight).map_err(|_| IngestError::Full)?;
        let room = self.room.clone().try_acquire_many_owned(permits).map_err(|_| IngestError::Full)?;
        self.waiting.try_send(Waiting { incoming, outcome, weight, room }).map_err(|refused| match refused {
            mpsc::error::TrySendError::Full(_) => IngestError::Full,
            mpsc::error::TrySendError::Closed(_) => IngestError::Store(closed()),
        })?;
        done.await.unwrap_or_else(|_| Err(closed())).map_err(IngestError::Store)
    }

    /// How many events wait.
    pub fn depth(&self) -> usize {
        limits::INGEST_QUEUE_MAX.saturating_sub(self.room.available_permits())
    }
}

/// How much room events take: one each, a large one more, so that the queue and a commit are limited in bytes too.
fn weight(incoming: &[Incoming]) -> usize {
    incoming.iter().map(|one| one.body.len().div_ceil(limits::INGEST_EVENT_BYTES).max(1)).sum()
}

fn closed() -> StoreError {
    StoreError::Unavailable("the server is stopping".into())
}

/// How many turns a commit waits for more at most.
const TURNS_MAX: usize = 8;

/// What the loop needs of the app: not the app itself, which holds a sender.
#[derive(Debug)]
pub struct Committer {
    /// Where to.
    pub db: Db,
    /// Product time.
    pub clock: Clock,
    /// Rung when there is something to do at once.
    pub wake: Arc<Notify>,
    /// Tells live pages which alerts changed.
    pub bus: Bus,
    /// Whether alerts may start their first level with their commit.
    pub gate: Gate,
}

/// Commits what comes, until every sender is gone.
pub async fn run(mut queue: IngestReceiver, to: Committer) {
    while let Some(first) = queue.waiting.recv().await {
        let batch = gather(&mut queue, first).await;
        commit(&to, batch).await;
    }
}

/// What else has come. Connections that are ready are let in first, for as long as each turn brings more: under load a commit
/// costs as much for few events as for many, and a lone event waits for one turn only.
async fn gather(queue: &mut IngestReceiver, first: Waiting) -> Vec<Waiting> {
    let mut weight = first.weight;
    let mut batch = vec![first];
    for turn in 0..=TURNS_MAX {
        let before = batch.len();
        while weight < limits::INGEST_BATCH_MAX
            && let Ok(next) = queue.waiting.try_recv()
        {
            weight += next.weight;
            batch.push(next);
        }
        let is_last = turn > 0 && batch.len() == before || turn == TURNS_MAX;
        if is_last || weight >= limits::INGEST_BATCH_MAX {
            break;
        }
        tokio::task::yield_now().await;
    }
    batch
}

async fn commit(to: &Committer, batch: Vec<Waiting>) {
    let (groups, senders): (Vec<Vec<Incoming>>, Vec<_>) =
        batch.into_iter().map(|w| (w.incoming, (w.outcome, w.room))).unzip();
    let orgs: Vec<_> = groups.iter().map(|group| group.first().map(|event| event.source.org)).collect();
    let first = if to.gate.is_open() { FirstLevel::AtOnce } else { FirstLevel::ByJob };
    let done = ingest::commit_batch(&to.db, groups, first, to.clock.now()).await;
    if done.is_due {
        to.wake.notify_one();
    }
    for ((outcome, (sender, _room)), org) in done.outcomes.into_iter().zip(senders).zip(orgs) {
        if let (Ok(ingested), Some(org)) = (&outcome, org) {
            metrics::counter!("watchbell_events_total").increment(ingested.len() as u64);
            ingested.iter().filter_map(|one| one.alert).for_each(|alert| to.bus.changed(org, alert.0));
        }
        // A caller that hung up gets no answer; its events are on disk all the same.
        let _ = sender.send(outcome);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use futures_util::FutureExt as _;
    use watchbell_core::alert::Priority;
    use watchbell_core::grouping::Grouping;
    use watchbell_core::ids::{OrgId, PolicyId, SourceId};
    use watchbell_store::events::Verdict;
    use watchbell_store::ingest::{IngestSource, Parsed};

    fn events(count: usize, bytes: usize) -> Vec<Incoming> {
        let source = Arc::new(IngestSource {
            org: OrgId(1),
            id: SourceId(1),
            policy: PolicyId(1),
            grouping: Grouping::ByKey,
            grouping_window_s: None,
            opening: Priority::High.into(),
            by_person: false,
            auto_resolve_s: None,
        });
        let parsed = Parsed::LeftOut { verdict: Verdict::NotPaged, reason: String::new() };
        vec![Incoming { source, parsed, content_type: None, body: vec![0; bytes] }; count]
    }

    /// How many requests fit into a queue that nobody empties.
    fn fitting(count: usize, bytes: usize) -> usize {
        let (queue, _receiver) = IngestQueue::new();
        let fits = |_: &usize| queue.take(events(count, bytes)).now_or_never().is_none();
        let fitted = (0..).take_while(fits).count();
        assert!(queue.depth() <= limits::INGEST_QUEUE_MAX);
        fitted
    }

    #[test]
    fn the_queue_is_limited_in_events_and_in_bytes() {
        assert_eq!(fitting(1, 300), limits::INGEST_QUEUE_MAX);
        assert_eq!(fitting(limits::EVENT_BATCH_MAX, 300), limits::INGEST_QUEUE_MAX / limits::EVENT_BATCH_MAX);
        let heavy = limits::EVENT_BODY_BYTES_MAX;
        assert_eq!(fitting(16, heavy), limits::INGEST_QUEUE_MAX * limits::INGEST_EVENT_BYTES / (16 * heavy));
    }
}
