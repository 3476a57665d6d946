//! The job of an alert action. Repeated safely: the ticket carries a mark that is looked for before another is made.

use super::super::health::Trouble;
use super::super::write_back::found;
use super::super::{CALLS_MAX, pool_of};
use super::{Failed, make};
use crate::app::App;
use crate::engine::run::JobError;
use crate::engine::upkeep::{finish, payload};
use jiff::Timestamp;
use watchbell_core::alert::Alert;
use watchbell_core::alert_action::{explain_refusal, holds};
use watchbell_core::ids::AlertId;
use watchbell_core::timeline::Entry;
use watchbell_store::alert_actions::{self, ActionOrder, AlertAction};
use watchbell_store::jobs::{self, Job};
use watchbell_store::scope::Scope;
use watchbell_store::{StoreError, alerts, doors, job_changes, sources, tickets};

/// One run of the job.
pub(super) struct Run {
    pub(super) scope: Scope,
    pub(super) job: Job,
    pub(super) order: ActionOrder,
    pub(super) alert: Alert,
    pub(super) action: AlertAction,
    /// The name of the alert's source.
    pub(super) source_name: String,
}

/// Lets an alert action act upon an alert.
pub(in crate::engine) async fn run_action(app: &App, job: &Job) -> Result<(), JobError> {
    let order: ActionOrder = payload(job)?;
    let Some(run) = load(app, job, order).await? else { return finish(app, job).await };
    let (pool, waiting, now) = (pool_of(&run.action.connector), job.clone(), app.clock.now());
    let joined = app
        .db
        .write(move |tx| Box::pin(async move { job_changes::join_pool(tx, &waiting, &pool, CALLS_MAX, now).await }));
    if joined.await? {
        return Ok(());
    }
    let now = app.clock.now();
    match Box::pin(make::make(app, &run)).await {
        Ok(()) => {
            app.bus.changed(run.scope.org, run.alert.id.0);
            app.wake.notify_one();
            Ok(())
        }
        Err(Failed::LeaseLost) => Ok(()),
        Err(Failed::Wait(wait, why)) => again(app, job, now + wait, why.to_owned()).await,
        Err(Failed::Trouble(Trouble::Store(error))) => Err(error.into()),
        Err(Failed::Trouble(Trouble::Refused(error))) if error.is_permanent() => {
            give_up(app, &run, explain_refusal(&error.to_string(), &run.action.name)).await
        }
        Err(Failed::Trouble(trouble)) => again(app, job, trouble.again_at(app.clock.now()), trouble.why()).await,
        Err(Failed::Refused(why)) => give_up(app, &run, why).await,
    }
}

/// What is to be done; none where the alert or the action is gone, the alert has its ticket, or the conditions leave it out.
async fn load(app: &App, job: &Job, order: ActionOrder) -> Result<Option<Run>, StoreError> {
    let scope = doors::system(job.org);
    let Some(alert) = found(alerts::get(&app.db, &scope, AlertId(job.subject)).await)? else { return Ok(None) };
    let Some(action) = found(alert_actions::get(&app.db, &scope, &order.action).await)? else { return Ok(None) };
    let is_wanted = order.by_hand || holds(action.rules.conditions.as_ref(), &alert);
    if alert.content.ticket.is_some() || !is_wanted {
        return Ok(None);
    }
    let source = found(sources::get(&app.db, &scope, alert.source).await)?;
    let source_name = source.map_or_else(|| "a deleted source".to_owned(), |source| source.name);
    Ok(Some(Run { scope, job: job.clone(), order, alert, action, source_name }))
}

async fn again(app: &App, job: &Job, at: Timestamp, why: String) -> Result<(), JobError> {
    let held = job.clone();
    let write = app.db.write(move |tx| Box::pin(async move { jobs::retry(tx, &held, at, &why).await.map(|_| ()) }));
    write.await.map_err(JobError::from)
}

/// The job stays visible with the error in full, and can be tried again by hand; the alert says it too.
async fn give_up(app: &App, run: &Run, error: String) -> Result<(), JobError> {
    tracing::error!(alert = %run.alert.id, action = %run.action.id, error, "no ticket was made of an alert");
    let (held, now, alert) = (run.job.clone(), app.clock.now(), run.alert.id);
    let what = format!("make it, by the alert action \"{}\"", run.action.name);
    let write = app.db.write(move |tx| {
        Box::pin(async move {
            let entry = Entry::WriteBackFailed { what, error: error.clone() };
            tickets::log_write_back(tx, &doors::system(held.org), alert, entry, now).await?;
            match jobs::give_up(tx, &held, now, &error).await? {
                true => Ok(()),
                false => Err(StoreError::Conflict("job")),
            }
        })
    });
    match write.await {
        // Another node does it.
        Err(StoreError::Conflict(_)) => Ok(()),
        done => {
            app.bus.changed(run.scope.org, alert.0);
            done.map_err(JobError::from)
        }
    }
}
