//! What this node has in hand: jobs in their places, and messages that have ended on the network and wait to be recorded together.

use super::places::Places;
use super::{run, send};
use crate::app::App;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;
use tokio::sync::OwnedSemaphorePermit;
use tokio::task::{JoinError, JoinSet};
use watchbell_core::limits;
use watchbell_store::deliveries::{self, Ended};
use watchbell_store::jobs::Job;
use watchbell_store::room::{Place, Room};

/// The jobs of a node.
#[derive(Debug)]
pub(super) struct Running {
    app: App,
    tasks: JoinSet<Option<Waiting>>,
    ended: Vec<Waiting>,
    places: Places,
}

/// A message that is not recorded yet; it keeps its place until then, so that no more wait than there are places.
#[derive(Debug)]
struct Waiting {
    ended: Ended,
    place: Option<OwnedSemaphorePermit>,
}

impl Running {
    /// Nothing yet.
    pub(super) fn new(app: App) -> Self {
        Self { app, tasks: JoinSet::new(), ended: Vec::new(), places: Places::default() }
    }

    /// The places that are free now.
    pub(super) fn free(&self) -> Room {
        self.places.free(&self.app)
    }

    /// Starts a job that was leased at `now`.
    pub(super) fn start(&mut self, job: Job, place: Place, now: Timestamp) {
        let (app, place) = (self.app.clone(), self.places.take(place));
        let until = now + SignedDuration::from_secs(limits::JOB_LEASE_S);
        self.tasks.spawn(async move { run::run(&app, job, until).await.map(|ended| Waiting { ended, place }) });
    }

    /// Waits until a job has ended, and takes all that have; for ever where none runs.
    pub(super) async fn one_ended(&mut self) {
        match self.tasks.join_next().await {
            Some(done) => self.take(done),
            None => std::future::pending().await,
        }
        self.take_ended();
    }

    /// Takes what has ended by now.
    pub(super) fn take_ended(&mut self) {
        while let Some(done) = self.tasks.try_join_next() {
            self.take(done);
        }
    }

    fn take(&mut self, done: Result<Option<Waiting>, JoinError>) {
        match done {
            Ok(waiting) => self.ended.extend(waiting),
            // The job's lease ends by itself, and it is done again then.
            Err(error) => tracing::error!(%error, "a job did not end by itself"),
        }
    }

    /// Records the messages that have ended: the plain ones in one unit, each other one by itself.
    pub(super) async fn record(&mut self) {
        let waiting = std::mem::take(&mut self.ended);
        if waiting.is_empty() {
            return;
        }
        let ended = waiting.iter().map(|one| one.ended.clone()).collect();
        let recorded = deliveries::finish_plain(&self.app.db, ended).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "messages could not be recorded together; each is recorded by itself");
            BTreeSet::new()
        });
        for Waiting { ended, place } in waiting {
            if recorded.contains(&ended.job.id) {
                send::changed(&self.app, &ended);
                continue;
            }
            let app = self.app.clone();
            self.tasks.spawn(async move {
                run::finish(&app, ended).await;
                drop(place);
                None
            });
        }
    }

    /// Waits until all jobs in hand have ended and are recorded. `true`: there were some.
    pub(super) async fn finish(&mut self) -> bool {
        let some = !self.tasks.is_empty() || !self.ended.is_empty();
        while !self.tasks.is_empty() || !self.ended.is_empty() {
            while let Some(done) = self.tasks.join_next().await {
                self.take(done);
            }
            self.record().await;
        }
        some
    }
}
