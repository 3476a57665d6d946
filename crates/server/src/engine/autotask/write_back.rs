//! What an alert's change writes to its ticket. One job each, in order per ticket; repeated safely, since it looks before it writes
//! a note. Gives up visibly when Autotask refuses.

use super::account::Account;
use super::health::Trouble;
use super::remembered::Remembered;
use super::source::TicketSource;
use super::{CALLS_MAX, pool_of, tenant, words};
use crate::app::App;
use crate::engine::run::JobError;
use crate::engine::upkeep::payload;
use jiff::Timestamp;
use watchbell_connect::actions::autotask as actions;
use watchbell_connect::sources::autotask as rows;
use watchbell_core::alert::{Alert, Update, WriteBackOrder};
use watchbell_core::autotask::{AlertHappening, OwnEdit, Writing, plan_write_back};
use watchbell_core::ids::AlertId;
use watchbell_core::timeline::{Actor, Entry};
use watchbell_store::jobs::{self, Job};
use watchbell_store::scope::Scope;
use watchbell_store::{StoreError, alerts, doors, job_changes, tickets, users};

/// What could not be written, and why.
enum Failed {
    /// Autotask refuses it, and would refuse it again.
    Refused { what: String, error: String },
    /// It is tried again.
    Trouble(Trouble),
}

impl From<Trouble> for Failed {
    fn from(trouble: Trouble) -> Self {
        Failed::Trouble(trouble)
    }
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        Failed::Trouble(Trouble::Store(error))
    }
}

/// One run of the job.
struct Run {
    job: Job,
    scope: Scope,
    source: TicketSource,
    alert: Alert,
    ticket: i64,
    happening: AlertHappening,
}

/// Writes to a ticket what happened to its alert.
pub(in crate::engine) async fn write_back(app: &App, job: &Job) -> Result<(), JobError> {
    let order: WriteBackOrder = payload(job)?;
    let Some(run) = load(app, job, &order).await? else { return finish(app, job, Vec::new()).await };
    let now = app.clock.now();
    let (pool, waiting) = (pool_of(&run.source.connector), job.clone());
    let joined = app
        .db
        .write(move |tx| Box::pin(async move { job_changes::join_pool(tx, &waiting, &pool, CALLS_MAX, now).await }));
    if joined.await? {
        return Ok(());
    }
    match write(app, &run).await {
        Ok(written) => {
            finish(app, job, written.into_iter().map(|what| (run.alert.id, Entry::WrittenBack { what })).collect())
                .await
        }
        Err(Failed::Refused { what, error }) => give_up(app, &run, what, error).await,
        Err(Failed::Trouble(Trouble::Store(error))) => Err(error.into()),
        Err(Failed::Trouble(trouble)) => put_off(app, job, trouble.again_at(app.clock.now()), &trouble.why()).await,
    }
}

/// What is to be written; none where the alert, its source or its ticket is gone, or the ticket says it by itself.
async fn load(app: &App, job: &Job, order: &WriteBackOrder) -> Result<Option<Run>, StoreError> {
    let scope = doors::system(job.org);
    let alert = match alerts::get(&app.db, &scope, AlertId(job.subject)).await {
        Ok(alert) => alert,
        Err(StoreError::NotFound { .. }) => return Ok(None),
        Err(error) => return Err(error),
    };
    let Some(ticket) = alert.content.ticket.as_ref().map(|ticket| ticket.id) else { return Ok(None) };
    let Some(source) = TicketSource::load(app, job.org, alert.source).await? else { return Ok(None) };
    let Some(happening) = happening(app, &scope, job, order, &alert).await? else { return Ok(None) };
    Ok(Some(Run { job: job.clone(), scope, source, alert, ticket, happening }))
}

async fn happening(
    app: &App,
    scope: &Scope,
    job: &Job,
    order: &WriteBackOrder,
    alert: &Alert,
) -> Result<Option<AlertHappening>, StoreError> {
    let (by, through_ticket) = match &order.by {
        Actor::User { id } => (name_of(app, scope, *id).await?, false),
        Actor::Outside { name } => (name.clone(), true),
        Actor::Source { .. } => ("Autotask".to_owned(), true),
        Actor::System => ("Watchbell".to_owned(), false),
        Actor::CommandLine => ("an administrator".to_owned(), false),
    };
    let alert_id = alert.id;
    Ok(match order.update {
        Update::Accepted => {
            let at = alert.accepted_at.unwrap_or(job.due_at);
            Some(AlertHappening::Accepted { alert: alert_id, by, at, through_ticket })
        }
        Update::Resolved => {
            let at = alert.resolved_at.unwrap_or(job.due_at);
            Some(AlertHappening::Resolved { alert: alert_id, by, at, through_ticket, complete: order.complete })
        }
        Update::Escalated | Update::Told | Update::Untouched | Update::Woken => None,
    })
}

async fn name_of(app: &App, scope: &Scope, id: watchbell_core::ids::UserId) -> Result<String, StoreError> {
    match users::get(&app.db, scope, id).await {
        Ok(user) => Ok(format!("{} {}", user.first_name, user.last_name)),
        Err(StoreError::NotFound { .. }) => Ok("a former user".to_owned()),
        Err(error) => Err(error),
    }
}

/// Looks at the ticket and its notes, and writes what is missing. What was written, in words.
async fn write(app: &App, run: &Run) -> Result<Vec<String>, Failed> {
    let account = Account::open(app, &run.source.scope, &run.source.connector).await?;
    let Some(row) = account
        .ask_tickets(account.client.get::<autotask::Ticket>(run.ticket))
        .await
        .map_err(refused("read the ticket"))?
    else {
        return Ok(Vec::new());
    };
    let notes = account.ask(account.client.notes(run.ticket)).await.map_err(refused("read its notes"))?;
    let texts: Vec<&str> = notes.items.iter().filter_map(|note| note.description.as_deref()).collect();
    let rules = &run.source.rules;
    let plan = plan_write_back(&rules.write_back, &rules.statuses, &rows::to_ticket(&row), &texts, &run.happening);
    carry_out(app, &account, run, plan).await
}

async fn carry_out(app: &App, account: &Account, run: &Run, plan: Writing) -> Result<Vec<String>, Failed> {
    let mut written = Vec::new();
    if let Some(note) = &plan.note {
        account.ask(actions::write_note(&account.client, run.ticket, note)).await.map_err(refused("write a note"))?;
        written.push("a note".to_owned());
    }
    if let Some(status) = plan.status {
        let what = format!("the status {}", words::say_status(status, &run.source.rules));
        // Before the write: its callout may be here before its answer.
        remember_edit(app, account, run, status).await?;
        let doing = format!("set {what}");
        account.ask(actions::write_status(&account.client, run.ticket, status)).await.map_err(refused(&doing))?;
        written.push(what);
    }
    Ok(written)
}

/// A refusal of one request is final; anything else is tried again. An answer that cannot be read says nothing about the write.
fn refused(what: &str) -> impl FnOnce(Trouble) -> Failed {
    let what = what.to_owned();
    move |trouble| match trouble {
        Trouble::Refused(error) if error.is_permanent() => Failed::Refused { what, error: error.to_string() },
        other => Failed::Trouble(other),
    }
}

/// Remembers our own edit, to recognise it when it comes back as a change.
async fn remember_edit(app: &App, account: &Account, run: &Run, status: i64) -> Result<(), StoreError> {
    let now = app.clock.now();
    let edit = OwnEdit { resource: tenant::own_resource(account).await?, status, at: now };
    let (scope, source, ticket) = (run.source.scope.clone(), run.source.id(), run.ticket);
    let write = app.db.write(move |tx| {
        Box::pin(async move {
            let Some(row) = tickets::lock_many(tx, &scope, source, vec![ticket]).await?.pop() else { return Ok(()) };
            let mut known = Remembered::read(&row)?;
            known.copy.add_own_edit(edit, now);
            let again = known.to_row(&known.snapshot.verdict, row.seen_at)?;
            tickets::put(tx, &scope, source, again).await
        })
    });
    write.await
}

async fn finish(app: &App, job: &Job, entries: Vec<(AlertId, Entry)>) -> Result<(), JobError> {
    let (job, now, org) = (job.clone(), app.clock.now(), job.org);
    let changed: Vec<AlertId> = entries.iter().map(|(alert, _)| *alert).collect();
    let write = app.db.write(move |tx| {
        Box::pin(async move {
            if jobs::finish(tx, &job, now).await? {
                for (alert, entry) in entries {
                    tickets::log_write_back(tx, &doors::system(job.org), alert, entry, now).await?;
                }
            }
            Ok(())
        })
    });
    write.await?;
    changed.into_iter().for_each(|alert| app.bus.changed(org, alert.0));
    Ok(())
}

async fn put_off(app: &App, job: &Job, at: Timestamp, why: &str) -> Result<(), JobError> {
    let (job, why) = (job.clone(), why.to_owned());
    let write = app.db.write(move |tx| Box::pin(async move { jobs::retry(tx, &job, at, &why).await }));
    write.await.map(|_| ()).map_err(JobError::from)
}

/// The job stays visible with the error in full, and can be tried again by hand; the alert says so.
async fn give_up(app: &App, run: &Run, what: String, error: String) -> Result<(), JobError> {
    tracing::error!(alert = %run.alert.id, ticket = run.ticket, error, "writing to a ticket was given up");
    let (job, scope, alert, now) = (run.job.clone(), run.scope.clone(), run.alert.id, app.clock.now());
    let write = app.db.write(move |tx| {
        Box::pin(async move {
            if jobs::give_up(tx, &job, now, &error).await? {
                tickets::log_write_back(tx, &scope, alert, Entry::WriteBackFailed { what, error }, now).await?;
            }
            Ok(())
        })
    });
    write.await?;
    app.bus.changed(run.scope.org, run.alert.id.0);
    Ok(())
}
