//! One job: what it does, and what happens when it fails.

use super::{afterwards, auditor, autotask, fallback, feeds, gaps, leaving, polling, send, tell, tell_owner, upkeep};
use crate::app::App;
use jiff::{SignedDuration, Timestamp};
use watchbell_store::deliveries::Ended;
use watchbell_store::jobs::{self, Job, JobKind};
use watchbell_store::{Db, StoreError};

/// What a job has to say for itself.
#[derive(Debug)]
pub(super) enum JobError {
    /// Try again: now and then, for as long as it takes.
    Again(String),
    /// Give up: it stays visible with this error until a person tries it again.
    GiveUp(String),
}

impl From<StoreError> for JobError {
    fn from(error: StoreError) -> Self {
        JobError::Again(error.to_string())
    }
}

/// Waits between the tries of a job that failed on our side, in seconds: doubling to a minute, for as long as it takes.
const BACK_OFF_S: [i64; 7] = [1, 2, 4, 8, 16, 32, 60];

/// Does a job that is leased until a time. Its effect and its end are one transaction inside; here is what happens when it fails.
/// What became of a message is returned instead: it is recorded with others.
pub(super) async fn run(app: &App, job: Job, until: Timestamp) -> Option<Ended> {
    let done = match job.kind {
        JobKind::Notify => match send::notify(app, &job, until).await {
            Ok(ended) => return ended,
            Err(error) => Err(error),
        },
        JobKind::Summarize => upkeep::summarize(app, &job).await,
        JobKind::Tell => tell::tell(app, &job).await,
        JobKind::AutoResolve => upkeep::auto_resolve(app, &job).await,
        JobKind::TellFallback => fallback::tell(app, &job).await,
        JobKind::ScheduleChanged => upkeep::schedule_changed(app, &job).await,
        JobKind::RecheckHolds => upkeep::recheck_holds(app, &job).await,
        JobKind::PersonLeft => leaving::person_left(app, &job).await,
        JobKind::TrimEvents => upkeep::trim_events(app, &job).await,
        JobKind::ExpireCover => upkeep::expire_cover(app, &job).await,
        JobKind::CleanUp => upkeep::clean_up(app, &job).await,
        JobKind::ReadHolidays => feeds::read_holidays(app, &job).await,
        JobKind::ReadAbsences => feeds::read_absences(app, &job).await,
        JobKind::WatchGaps => gaps::watch(app, &job).await,
        JobKind::TellOfGaps => gaps::tell_owner(app, &job).await,
        JobKind::Reconcile => auditor::audit(app, &job).await,
        JobKind::Ping => auditor::ping(app, &job).await,
        JobKind::RemindShifts => upkeep::remind_shifts(app, &job).await,
        // Stepped in one transaction of its own, never claimed.
        JobKind::Escalate => Ok(()),
        // On the heap: what reads a ticket and acts on it is deep, and a thread's stack is small.
        JobKind::FetchTicket => Box::pin(autotask::fetch(app, &job)).await,
        JobKind::Poll => Box::pin(autotask::poll(app, &job)).await,
        JobKind::KeepWebhooks => Box::pin(autotask::keep_webhooks(app, &job)).await,
        JobKind::WriteBack => Box::pin(autotask::write_back(app, &job)).await,
        JobKind::RunAction => Box::pin(autotask::run_action(app, &job)).await,
        JobKind::WatchTickets => Box::pin(autotask::watch_tickets(app, &job)).await,
        JobKind::TellOwner => tell_owner::tell_owner(app, &job).await,
        JobKind::AskDelivery => afterwards::ask_delivery(app, &job).await,
        JobKind::LateReport => afterwards::late_report(app, &job).await,
        JobKind::TakeBack => afterwards::take_back(app, &job).await,
        JobKind::Answer => afterwards::answer(app, &job).await,
        JobKind::PollAnswers => polling::poll(app, &job).await,
    };
    note(app, job, done).await;
    None
}

/// Records what became of a message, by itself.
pub(super) async fn finish(app: &App, ended: Ended) {
    let job = ended.job.clone();
    let done = send::finish(app, ended).await;
    note(app, job, done).await;
}

/// Notes what a job that failed has to say.
async fn note(app: &App, job: Job, done: Result<(), JobError>) {
    let now = app.clock.now();
    let noted = match done {
        Ok(()) => Ok(()),
        Err(JobError::Again(error)) => {
            tracing::warn!(job = %job.id, kind = job.kind.as_str(), subject = job.subject, attempt = job.attempt, error, "a job failed; it is tried again");
            try_again(&app.db, job, error, now).await
        }
        Err(JobError::GiveUp(error)) => {
            tracing::error!(job = %job.id, kind = job.kind.as_str(), subject = job.subject, error, "a job gave up");
            give_up(&app.db, job, error, now).await
        }
    };
    if let Err(error) = noted {
        // The lease ends by itself, and the job is done again then.
        tracing::error!(%error, "a job's failure could not be noted");
    }
}

async fn try_again(db: &Db, job: Job, error: String, now: Timestamp) -> Result<(), StoreError> {
    let step = usize::try_from(job.attempt).unwrap_or(usize::MAX).min(BACK_OFF_S.len() - 1);
    let at = now + SignedDuration::from_secs(BACK_OFF_S[step]);
    db.write(move |tx| Box::pin(async move { jobs::retry(tx, &job, at, &error).await.map(|_| ()) })).await
}

async fn give_up(db: &Db, job: Job, error: String, now: Timestamp) -> Result<(), StoreError> {
    db.write(move |tx| Box::pin(async move { jobs::give_up(tx, &job, now, &error).await.map(|_| ()) })).await
}
