//! The engine: does all that is due. Load, ask the pure rules, store; the network is touched only by a job.

mod afterwards;
mod auditor;
pub mod autotask;
pub(crate) mod carry;
pub(crate) mod clock_check;
mod direct;
mod fallback;
mod feeds;
mod gaps;
pub mod gate;
pub(crate) mod hold;
pub mod ingest;
mod leaving;
mod news;
pub mod nudge;
pub(crate) mod page;
mod places;
pub(crate) mod polling;
mod run;
mod running;
mod said;
pub(crate) mod send;
mod tell;
pub(crate) mod tell_owner;
mod upkeep;
pub(crate) mod wording;

use crate::app::App;
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;

pub(crate) use page::{message_of, updated};
use watchbell_core::limits;
use watchbell_store::jobs::{Job, JobKind};
use watchbell_store::{StoreError, deliveries, escalations, job_changes, jobs};

/// Nothing is looked at more often than this without being woken, in milliseconds.
const IDLE_MS: i64 = 1_000;

/// Runs the engine of a node until `stop` rings. One that ends by a fault of the program is started anew, with what is in the
/// database: a node that takes events and pages nobody would be worse than none.
pub async fn run(app: App, stop: Arc<tokio::sync::Notify>) {
    while let Err(error) = tokio::spawn(Engine::new(app.clone()).run(stop.clone())).await {
        tracing::error!(%error, "the engine ended by a fault; it starts anew");
        metrics::counter!("watchbell_engine_errors_total").increment(1);
        app.clock.sleep_until(app.clock.now() + SignedDuration::from_millis(IDLE_MS)).await;
    }
}

/// The loop that does what is due on this node.
#[derive(Debug)]
pub struct Engine {
    app: App,
    running: running::Running,
    nudge: nudge::Nudge,
    clock_check: clock_check::ClockCheck,
    hold_check: hold::HoldCheck,
    standing_check: auditor::StandingCheck,
    looked_at: Timestamp,
}

impl Engine {
    /// An engine of an app; it does nothing before it is run.
    pub fn new(app: App) -> Self {
        Self {
            looked_at: Timestamp::MIN,
            running: running::Running::new(app.clone()),
            app,
            nudge: nudge::Nudge::default(),
            clock_check: clock_check::ClockCheck::default(),
            hold_check: hold::HoldCheck::default(),
            standing_check: auditor::StandingCheck::default(),
        }
    }

    /// Does what is due until `stop` rings, then finishes what is in hand.
    pub async fn run(mut self, stop: Arc<tokio::sync::Notify>) {
        loop {
            let busy = self.pass().await;
            tokio::select! {
                () = stop.notified() => break,
                () = self.pause(busy) => {}
            }
        }
        self.running.finish().await;
    }

    /// Does all that is due now, and what follows from it, until nothing is due or running. For tests, with a clock that stands.
    pub async fn run_until_idle(&mut self) {
        loop {
            let busy = self.pass().await;
            let waited = self.running.finish().await;
            if !busy && !waited {
                break;
            }
        }
    }

    /// Waits until there may be something to do: woken, a job done, the next due time, or a second gone. What was due at the last look
    /// and is not begun waits for another job, not for a time.
    async fn pause(&mut self, busy: bool) {
        if busy {
            self.running.take_ended();
            return tokio::task::yield_now().await;
        }
        let soon = self.app.clock.now() + SignedDuration::from_millis(IDLE_MS);
        let next = job_changes::next_due_after(&self.app.db, self.looked_at).await.ok().flatten().unwrap_or(soon);
        tokio::select! {
            () = self.app.wake.notified() => {}
            () = self.running.one_ended() => {}
            () = self.app.clock.sleep_until(next.min(soon)) => {}
        }
    }

    /// One round: records what was sent, leases jobs, steps escalations, starts what follows. `true`: there may be more at once.
    async fn pass(&mut self) -> bool {
        let now = self.app.clock.now();
        self.looked_at = now;
        self.running.record().await;
        match self.round(now).await {
            Ok(busy) => busy,
            Err(error) => {
                tracing::error!(%error, "the engine could not read or write; it tries again in a second");
                metrics::counter!("watchbell_engine_errors_total").increment(1);
                false
            }
        }
    }

    async fn round(&mut self, now: Timestamp) -> Result<bool, StoreError> {
        let pages = self.may_page(now).await;
        self.app.gate.set(matches!(pages, Ok(true)));
        if !pages? {
            return Ok(false);
        }
        self.standing_check.look(&self.app, now).await;
        // One that fails does not keep the other from being tried: pages that are planned go out while a level cannot start.
        // Messages first: those of new alerts were planned with them.
        let (claimed, stepped) = (self.claim(now).await, self.step(now).await);
        if self.running.free().is_full_somewhere() {
            self.nudge.tell(&self.app, now).await;
        }
        Ok(stepped? | claimed?)
    }

    async fn may_page(&mut self, now: Timestamp) -> Result<bool, StoreError> {
        self.clock_check.follow_set_back(&self.app, now).await?;
        Ok(!self.clock_check.is_apart(&self.app, now).await? && !self.hold_check.is_held(&self.app, now).await?)
    }

    /// Steps escalations that are due; `true`: there may be more.
    async fn step(&mut self, now: Timestamp) -> Result<bool, StoreError> {
        let stepped = escalations::step_due(&self.app.db, now, &self.running.free()).await?;
        let is_busy = stepped.is_due || stepped.jobs >= limits::ESCALATION_BATCH_MAX;
        stepped.alerts.iter().for_each(|(org, alert)| self.app.bus.changed(*org, *alert));
        stepped.sends.into_iter().for_each(|send| self.running.start(send.job, send.place, now));
        Ok(is_busy)
    }

    /// Leases what is due and starts it; `true`: there may be more.
    async fn claim(&mut self, now: Timestamp) -> Result<bool, StoreError> {
        let room = self.running.free();
        if room.is_none() {
            return Ok(false);
        }
        let claimed = jobs::claim(&self.app.db, now, &room).await?;
        let found = !claimed.is_empty();
        let (sends, others): (Vec<Job>, Vec<Job>) = claimed.into_iter().partition(|job| job.kind == JobKind::Notify);
        for job in others {
            let place = job.kind.place();
            self.running.start(job, place, now);
        }
        if !sends.is_empty() {
            let sends = deliveries::begin(&self.app.db, sends, now).await?;
            sends.into_iter().for_each(|send| self.running.start(send.job, send.place, now));
        }
        Ok(found)
    }
}
