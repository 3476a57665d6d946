//! The job that reads a ticket and acts on it. Repeated safely: the decision asks the snapshot. Never gives up while Autotask
//! cannot be read; a ticket that is gone ends it.

use super::account::{Account, CALL_TIMEOUT};
use super::act::Acted;
use super::health::Trouble;
use super::order::FetchOrder;
use super::sight::{self, Errand};
use super::source::TicketSource;
use super::{CALLS_MAX, gone, pool_of, tenant, unread};
use crate::app::App;
use crate::engine::run::JobError;
use crate::engine::upkeep::{finish, payload};
use autotask::TicketRef;
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;
use std::time::Duration;
use watchbell_core::autotask::{Way, Which};
use watchbell_core::ids::SourceId;
use watchbell_store::events::{self, Verdict, Waiting};
use watchbell_store::jobs::{self, Job};
use watchbell_store::{StoreError, doors, job_changes};

/// Somebody waits for the alert: a call must end in time for it, but gets this much.
const CALL_TIMEOUT_MIN: Duration = Duration::from_millis(1_500);

/// Everything about one run of the job.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) job: Job,
    pub(super) order: FetchOrder,
    pub(super) ticket: TicketRef,
    pub(super) subject: String,
    /// The callouts that wait; none where others read the ticket meanwhile.
    pub(super) waiting: Option<Waiting>,
    pub(super) began: Timestamp,
}

impl Run {
    /// When the first callout came.
    pub(super) fn received_at(&self) -> Timestamp {
        self.waiting.map_or(self.job.due_at, |waiting| waiting.first)
    }

    /// When an alert is due without the ticket having been read.
    fn deadline(&self, source: &TicketSource) -> Timestamp {
        let wait = SignedDuration::from_secs(source.rules.unreadable_after_s.into());
        self.received_at().saturating_add(wait).unwrap_or(Timestamp::MAX)
    }

    /// Whether nothing but a webhook named the ticket, and the source opens for those only that a workflow rule picks.
    pub(super) fn is_not_picked(&self, source: &TicketSource) -> bool {
        let by_rule = source.rules.which == Which::PickedByWorkflowRule;
        by_rule && self.waiting.is_some_and(|waiting| waiting.by_webhook_only)
    }

    fn way(&self, source: &TicketSource) -> Way {
        match self.order.merged {
            true => Way::MergeDestination,
            false if self.order.look || self.is_not_picked(source) => Way::Poll,
            false => Way::Callout { received_at: self.waiting.map_or(self.job.due_at, |waiting| waiting.last) },
        }
    }
}

/// Reads the ticket of an order and acts on it.
pub(in crate::engine) async fn fetch(app: &App, job: &Job) -> Result<(), JobError> {
    let order: FetchOrder = payload(job)?;
    if order.look {
        return look(app, job, order).await;
    }
    let (subject, id) = (order.subject(), SourceId(job.subject));
    let Some(ticket) = order.ticket() else { return end(app, job, &subject, "the order names no ticket").await };
    let Some(source) = TicketSource::load(app, job.org, id).await? else {
        return end(app, job, &subject, "the alert source was deleted, or has no Autotask account").await;
    };
    if !source.source.active {
        return end(app, job, &subject, "the alert source is switched off").await;
    }
    let began = app.clock.now();
    let waiting = events::find_waiting(&app.db, &source.scope, id, &subject).await?;
    let run = Run { job: job.clone(), order, ticket, subject, waiting, began };
    match read_and_act(app, source, &run).await? {
        Ok(()) => Ok(()),
        Err((source, trouble)) if run.is_not_picked(&source) => unread::put_off(app, &run, &trouble).await,
        Err((source, trouble)) => unread::wait(app, &source, &run, &trouble).await,
    }
}

/// Reads a ticket as the poll does. Where that fails nothing follows but what would have followed without the look.
async fn look(app: &App, job: &Job, order: FetchOrder) -> Result<(), JobError> {
    let Some(ticket) = order.ticket() else { return finish(app, job).await };
    let Some(source) = TicketSource::load(app, job.org, SourceId(job.subject)).await? else {
        return finish(app, job).await;
    };
    if !source.source.active {
        return finish(app, job).await;
    }
    let (waiting, pool, now) = (job.clone(), pool_of(&source.connector), app.clock.now());
    let joined = app
        .db
        .write(move |tx| Box::pin(async move { job_changes::join_pool(tx, &waiting, &pool, CALLS_MAX, now).await }));
    if joined.await? {
        return Ok(());
    }
    let order = FetchOrder { acted: true, ..order };
    let run = Run { job: job.clone(), subject: order.subject(), order, ticket, waiting: None, began: now };
    match read_and_act(app, source, &run).await? {
        Ok(()) => Ok(()),
        Err((_, trouble)) => {
            tracing::warn!(job = %job.id, why = trouble.why(), "a ticket could not be looked at");
            finish(app, job).await
        }
    }
}

type Outcome = Result<(), (TicketSource, Trouble)>;

async fn read_and_act(app: &App, mut source: TicketSource, run: &Run) -> Result<Outcome, JobError> {
    let deadline = run.deadline(&source);
    if run.order.last_failure_is_known(&run.job) && run.began >= deadline {
        // The alert goes before another try, which may take its time.
        return match Account::open(app, &source.scope, &source.connector).await {
            Err(Trouble::Store(error)) => Err(error.into()),
            Err(trouble) => Ok(Err((source, trouble))),
            Ok(_) => {
                let why = "Autotask could not be read for too long.".to_owned();
                Ok(Err((source, Trouble::Away { why, again_at: run.began })))
            }
        };
    }
    let row = match read(app, &mut source, run, deadline).await {
        Ok(read) => read,
        Err(Trouble::Store(error)) => return Err(error.into()),
        Err(trouble) => return Ok(Err((source, trouble))),
    };
    let (account, row) = row;
    let source = Arc::new(source);
    let Some(row) = row else {
        return if run.order.look { finish(app, &run.job).await } else { gone::note(app, &source, run).await }.map(Ok);
    };
    let subject = Some(run.subject.clone()).filter(|_| !run.order.look);
    let errand = Errand { way: run.way(&source), subject, job: Some(run.job.clone()) };
    match Box::pin(sight::see(&account, &source, &row, errand)).await {
        Ok(Acted::Done(verdict)) => {
            tracing::info!(source = %source.id(), ticket = row.id, ?verdict, "a ticket was read");
            Ok(Ok(()))
        }
        Ok(Acted::NeedsText | Acted::LeaseLost) => Ok(Ok(())),
        Err(Trouble::Store(error)) => Err(error.into()),
        Err(trouble) => Ok(Err((Arc::unwrap_or_clone(source), trouble))),
    }
}

/// The ticket as it is now, with the tenant's picklists taken over.
async fn read(
    app: &App,
    source: &mut TicketSource,
    run: &Run,
    deadline: Timestamp,
) -> Result<(Account, Option<autotask::Ticket>), Trouble> {
    let account = Account::open(app, &source.scope, &source.connector).await?;
    let left = Duration::try_from(deadline.duration_since(run.began)).unwrap_or(CALL_TIMEOUT_MIN);
    let timeout = if run.order.acted { CALL_TIMEOUT } else { left.clamp(CALL_TIMEOUT_MIN, CALL_TIMEOUT) };
    let row = account.ticket(&run.ticket, timeout).await?;
    if row.is_some()
        && let Some(lists) = tenant::lists(&account).await?
    {
        source.adopt(app, lists).await?;
    }
    Ok((account, row))
}

impl FetchOrder {
    /// Whether an earlier try failed and nothing was done about it yet.
    fn last_failure_is_known(&self, job: &Job) -> bool {
        job.attempt > 0 && !self.acted && self.gone == 0
    }
}

/// Ends an order that cannot be carried out; its callouts keep the reason.
async fn end(app: &App, job: &Job, subject: &str, why: &'static str) -> Result<(), JobError> {
    let (job, subject, now) = (job.clone(), subject.to_owned(), app.clock.now());
    let write = app.db.write(move |tx| {
        Box::pin(async move {
            if jobs::finish(tx, &job, now).await? {
                let scope = doors::source(job.org, SourceId(job.subject));
                let settled = (Verdict::NotPaged, Some(why), None);
                events::settle(tx, &scope, SourceId(job.subject), &subject, settled, now).await?;
            }
            Ok::<_, StoreError>(())
        })
    });
    write.await.map_err(JobError::from)
}
