//! Somebody's account was deleted: their alerts find somebody else.

use super::run::JobError;
use super::upkeep::payload;
use crate::app::App;
use jiff::{SignedDuration, Timestamp};
use watchbell_core::ids::{AlertId, UserId};
use watchbell_store::jobs::{self, Job};
use watchbell_store::leaving::{self, Left};
use watchbell_store::{StoreError, doors, job_changes};

/// Alerts that one run sees to: it ends well within its lease.
const ALERTS_MAX: i64 = 200;

/// How long levels wait for who takes their place in a rota, in seconds: that change is followed by a job of its own.
const SUCCESSOR_WAIT_S: i64 = 5;

/// Sees to some alerts, and comes back while there are more. Done again it finds nothing to do.
pub(super) async fn person_left(app: &App, job: &Job) -> Result<(), JobError> {
    let (mut left, now): (Left, Timestamp) = (payload(job)?, app.clock.now());
    let next = see_to_some(app, job, &mut left, now).await?;
    let job = job.clone();
    let write = app.db.write(move |tx| {
        Box::pin(async move {
            match next {
                Some(at) => job_changes::retry_with(tx, &job, at, "", &left, now).await,
                None => jobs::finish(tx, &job, now).await,
            }
        })
    });
    write.await.map(|_| ()).map_err(JobError::from)
}

/// When it goes on; `None`: all is seen to.
async fn see_to_some(app: &App, job: &Job, left: &mut Left, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
    let (scope, user) = (doors::system(job.org), UserId(job.subject));
    let accepted = leaving::accepted(&app.db, &scope, user, left.after, ALERTS_MAX).await?;
    for alert in &accepted {
        let done = leaving::give_back(&app.db, &scope, *alert, (user, left.name.clone()), now).await;
        follow(app, job, *alert, done)?;
    }
    if let Some(last) = accepted.last() {
        left.after = last.0;
        return Ok(Some(now));
    }
    let wait_until = job.due_at + SignedDuration::from_secs(SUCCESSOR_WAIT_S);
    if left.pages.is_empty() || now < wait_until {
        return Ok(Some(wait_until).filter(|_| !left.pages.is_empty()));
    }
    let some = usize::try_from(ALERTS_MAX).unwrap_or(usize::MAX).min(left.pages.len());
    for page in left.pages.drain(..some) {
        let done = leaving::page_lost(&app.db, &scope, page, now).await;
        follow(app, job, AlertId(page.0), done)?;
    }
    Ok((!left.pages.is_empty()).then_some(now))
}

/// An alert that cannot be read holds the others back no longer than it takes to say so.
fn follow(app: &App, job: &Job, alert: AlertId, done: Result<(), StoreError>) -> Result<(), StoreError> {
    match done {
        Ok(()) => app.bus.changed(job.org, alert.0),
        Err(error) if error.is_transient() => return Err(error),
        Err(error) => tracing::error!(%alert, %error, "an alert of somebody who left cannot be seen to"),
    }
    Ok(())
}
