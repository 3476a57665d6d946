//! What an alert's change writes to its ticket. One job each, in order per ticket; repeated safely, since it looks before it writes
//! a note. Gives up visibly when Autotask refuses.

use super::health::Trouble;
use super::source::TicketSource;
use super::writing::{self, Done, Failed};
use super::{CALLS_MAX, calls, pool_of};
use crate::app::App;
use crate::engine::run::JobError;
use crate::engine::upkeep::payload;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;
use watchbell_core::alert::{Alert, Assignee, Noted, Status, TicketNews, WriteBackOrder};
use watchbell_core::autotask::{AlertHappening, Happened};
use watchbell_core::ids::AlertId;
use watchbell_core::timeline::{Actor, Entry};
use watchbell_store::jobs::{self, Job};
use watchbell_store::scope::Scope;
use watchbell_store::users::User;
use watchbell_store::{StoreError, alerts, doors, job_changes, policies, tickets, users};

/// One run of the job.
pub(super) struct Run {
    pub(super) source: TicketSource,
    pub(super) alert: Alert,
    pub(super) ticket: i64,
    pub(super) happening: AlertHappening,
    /// The user who did it, where it was one.
    pub(super) user: Option<User>,
    /// What a try before this one has done about the note.
    pub(super) noted: Option<Noted>,
    /// Whether the note is this order's own: to complete the ticket of an alert that is over needs none of its own.
    pub(super) has_own_note: bool,
}

/// Writes to a ticket what happened to its alert.
pub(in crate::engine) async fn write_back(app: &App, job: &Job) -> Result<(), JobError> {
    let (order, now): (WriteBackOrder, _) = (payload(job)?, app.clock.now());
    if let Some(at) = order.not_before.filter(|at| *at > now) {
        return put_off(app, job, at).await;
    }
    let Some(run) = load(app, job, order.clone()).await? else {
        return end(app, job, order, Vec::new(), End::Done).await;
    };
    let (pool, waiting) = (pool_of(&run.source.connector), job.clone());
    let joined = app
        .db
        .write(move |tx| Box::pin(async move { job_changes::join_pool(tx, &waiting, &pool, CALLS_MAX, now).await }));
    if joined.await? {
        return Ok(());
    }
    let done = writing::write(app, &run).await;
    let not_before = done.wrote_in_vain.then(|| app.clock.now() + back_off(job.attempt));
    let order = WriteBackOrder { noted: done.noted.or(order.noted), not_before, ..order };
    let (said, how) = ended(done, app.clock.now())?;
    let how = match (how, order.not_before) {
        (End::Again(at, why), Some(not_before)) => End::Again(at.max(not_before), why),
        (how, _) => how,
    };
    if let End::GivenUp(error) = &how {
        tracing::error!(alert = %run.alert.id, ticket = run.ticket, error, "writing to a ticket was given up");
    }
    end(app, job, order, said, how).await
}

/// How long a write that failed waits: doubling to a minute. Reads that go well meanwhile say nothing about it, and a try each second
/// would use up the calls of the hour.
fn back_off(attempt: i64) -> SignedDuration {
    SignedDuration::from_secs(1 << attempt.clamp(0, 6)).min(SignedDuration::from_secs(60))
}

/// It was woken with the others that wait for the account.
async fn put_off(app: &App, job: &Job, at: Timestamp) -> Result<(), JobError> {
    let job = job.clone();
    let why = "the last write failed";
    let put_off = app.db.write(move |tx| Box::pin(async move { jobs::put_off(tx, &job, at, why).await }));
    put_off.await.map(|_| ()).map_err(JobError::from)
}

/// What may have to be written; none where the source writes nothing of it, or the alert, its source or its ticket is gone.
async fn load(app: &App, job: &Job, order: WriteBackOrder) -> Result<Option<Run>, StoreError> {
    let scope = doors::system(job.org);
    let alert = match alerts::get(&app.db, &scope, AlertId(job.subject)).await {
        Ok(alert) => alert,
        Err(StoreError::NotFound { .. }) => return Ok(None),
        Err(error) => return Err(error),
    };
    let Some(ticket) = alert.content.ticket.as_ref().map(|ticket| ticket.id) else { return Ok(None) };
    if order.news == TicketNews::Repeated && alert.status == Status::Resolved {
        return Ok(None);
    }
    let Some(source) = TicketSource::of_alert(app, job.org, &alert).await? else { return Ok(None) };
    let who = who(app, &scope, &order.by).await?.seen_by(&source, &order.by);
    let (user, noted, ordered_at) = (who.user.clone(), order.noted, order.at);
    let happening = happening(app, &scope, (who, order, job.due_at), &alert).await?;
    let happening = AlertHappening { superseded: is_superseded(app, &source, ticket, alert.id).await?, ..happening };
    let is_told = source.rules.write_back.concern(&happening);
    let has_own_note = ordered_at == Some(happening.at);
    Ok(is_told.then_some(Run { source, alert, ticket, happening, user, noted, has_own_note }))
}

/// Whether a ticket has opened another alert since this one.
async fn is_superseded(app: &App, source: &TicketSource, ticket: i64, alert: AlertId) -> Result<bool, StoreError> {
    let known = tickets::get_many(&app.db, &source.scope, source.id(), vec![ticket]).await?.pop();
    Ok(known.and_then(|known| known.alert).is_some_and(|latest| latest > alert))
}

/// Who did something to an alert.
struct Who {
    name: String,
    /// Whether the ticket did it, which then says so itself.
    through_ticket: bool,
    user: Option<User>,
}

impl Who {
    /// Where an alert action made the ticket, the alert's source is another tool: what it says is told.
    fn seen_by(self, source: &TicketSource, by: &Actor) -> Self {
        match (&source.action, by) {
            (None, _) => self,
            (Some(_), Actor::Source { .. }) => {
                Self { name: source.source.name.clone(), through_ticket: false, user: None }
            }
            (Some(_), _) => Self { through_ticket: false, ..self },
        }
    }
}

async fn who(app: &App, scope: &Scope, by: &Actor) -> Result<Who, StoreError> {
    let named = |name: &str, through_ticket| Who { name: name.to_owned(), through_ticket, user: None };
    Ok(match by {
        Actor::User { id } => match found(users::get(&app.db, scope, *id).await)? {
            Some(user) => Who { name: user.name(), through_ticket: false, user: Some(user) },
            None => named("a former user", false),
        },
        Actor::Outside { name } => named(name, true),
        Actor::Source { .. } => named("Autotask", true),
        Actor::System => named("Watchbell", false),
        Actor::CommandLine => named("an administrator", false),
    })
}

/// Something that may be gone.
pub(super) fn found<T>(got: Result<T, StoreError>) -> Result<Option<T>, StoreError> {
    match got {
        Ok(found) => Ok(Some(found)),
        Err(StoreError::NotFound { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

async fn happening(
    app: &App,
    scope: &Scope,
    (who, order, due_at): (Who, WriteBackOrder, Timestamp),
    alert: &Alert,
) -> Result<AlertHappening, StoreError> {
    let WriteBackOrder { news, at, .. } = order;
    let at = match &news {
        // An alert that is over and whose ticket is completed later has its note already.
        TicketNews::Resolved { .. } => alert.resolved_at.or(at),
        TicketNews::Accepted => at.or(alert.accepted_at),
        _ => at,
    };
    let at = at.unwrap_or(due_at);
    let calls = match &news {
        TicketNews::Accepted => calls::until(app, scope, alert, (at, &calls::accepted_by(alert))).await?,
        TicketNews::Unanswered => calls::until(app, scope, alert, (at, &BTreeSet::new())).await?,
        _ => Vec::new(),
    };
    let what = match news {
        TicketNews::Accepted => Happened::Accepted,
        TicketNews::Resolved { complete, resolution } => Happened::Resolved { complete, resolution },
        TicketNews::Commented { text } => Happened::Commented { text },
        TicketNews::Reassigned { to } => Happened::Reassigned { to: name_of(app, scope, to).await? },
        TicketNews::Escalated => Happened::Escalated,
        TicketNews::Unanswered => Happened::Unanswered,
        TicketNews::Repeated => Happened::Repeated { count: alert.event_count },
    };
    let (alert, through_ticket) = (alert.id, who.through_ticket);
    Ok(AlertHappening { alert, what, by: who.name, at, through_ticket, superseded: false, calls })
}

async fn name_of(app: &App, scope: &Scope, to: Assignee) -> Result<String, StoreError> {
    Ok(match to {
        Assignee::User(id) => {
            found(users::get(&app.db, scope, id).await)?.map_or_else(|| "a former user".into(), |user| user.name())
        }
        Assignee::Policy { id, .. } => {
            let policy = found(policies::get(&app.db, scope, id).await)?;
            policy.map_or_else(|| "a policy that was deleted".into(), |policy| format!("the policy {}", policy.name))
        }
    })
}

/// How a run ends, beside what it says of itself in the timeline.
enum End {
    /// All is written.
    Done,
    /// It is tried again then, for this reason.
    Again(Timestamp, String),
    /// Autotask refuses it: the job stays visible with the error in full, and can be tried again by hand.
    GivenUp(String),
}

/// What the timeline is told of a run, and how it ends.
fn ended(done: Done, now: Timestamp) -> Result<(Vec<Entry>, End), StoreError> {
    let Done { mut said, failed, .. } = done;
    Ok(match failed {
        None => (said, End::Done),
        Some(Failed::Trouble(Trouble::Store(error))) => return Err(error),
        Some(Failed::Trouble(trouble)) => (said, End::Again(trouble.again_at(now), trouble.why())),
        Some(Failed::Refused { what, error }) => {
            said.push(Entry::WriteBackFailed { what, error: error.clone() });
            (said, End::GivenUp(error))
        }
    })
}

async fn end(app: &App, job: &Job, order: WriteBackOrder, said: Vec<Entry>, end: End) -> Result<(), JobError> {
    let (held, now, alert, is_news) = (job.clone(), app.clock.now(), AlertId(job.subject), !said.is_empty());
    let write = app.db.write(move |tx| {
        Box::pin(async move {
            if !matches!(end, End::Done) {
                job_changes::remember(tx, &held, &order).await?;
            }
            let is_ours = match &end {
                End::Done => jobs::finish(tx, &held, now).await?,
                End::Again(at, why) => jobs::retry(tx, &held, *at, why).await?,
                End::GivenUp(error) => jobs::give_up(tx, &held, now, error).await?,
            };
            for entry in said.into_iter().filter(|_| is_ours) {
                tickets::log_write_back(tx, &doors::system(held.org), alert, entry, now).await?;
            }
            Ok(())
        })
    });
    write.await?;
    if is_news {
        app.bus.changed(job.org, alert.0);
    }
    Ok(())
}
