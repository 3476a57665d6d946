//! Jobs that only touch the database: summaries, silent alerts, retention. Each ends in the transaction of its effect.

use super::run::JobError;
use crate::app::App;
use futures_util::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;
use watchbell_core::ids::{AlertId, CoverRequestId, ScheduleId};
use watchbell_core::user::Channel;
use watchbell_store::jobs::{self, Job};
use watchbell_store::{
    StoreError, Tx, alerts, bundles, cover_requests, doors, events, hand_overs, holds, job_changes, reminders,
    retention,
};

/// Makes one summary of what waits for a contact; comes back later where the last one is too young.
pub(super) async fn summarize(app: &App, job: &Job) -> Result<(), JobError> {
    let (source, channel): (i64, Channel) = payload(job)?;
    let (job, now) = (job.clone(), app.clock.now());
    let write = app.db.write(move |tx| {
        Box::pin(async move {
            if !jobs::is_held(tx, &job).await? {
                return Ok(false);
            }
            match bundles::summarize(tx, job.org, (source, job.subject, channel), now).await? {
                Some(later) => jobs::retry(tx, &job, later, "").await,
                None => jobs::finish(tx, &job, now).await,
            }
        })
    });
    write.await.map(|_| ()).map_err(JobError::from)
}

/// Resolves an alert that was silent for as long as its source says.
pub(super) async fn auto_resolve(app: &App, job: &Job) -> Result<(), JobError> {
    let after_s: i64 = payload(job)?;
    let (job, now) = (job.clone(), app.clock.now());
    let alert = AlertId(job.subject);
    let org = job.org;
    let write = app.db.write(move |tx| {
        Box::pin(async move {
            if jobs::finish(tx, &job, now).await? {
                alerts::auto_resolve(tx, &doors::system(job.org), alert, after_s, now).await?;
            }
            Ok(())
        })
    });
    write.await?;
    app.bus.changed(org, alert.0);
    Ok(())
}

/// Wakes the alerts whose running level asks a schedule that was changed. Done again after a crash it wakes them once more.
pub(super) async fn schedule_changed(app: &App, job: &Job) -> Result<(), JobError> {
    let scope = doors::system(job.org);
    let places = hand_overs::places(&app.db, &scope, ScheduleId(job.subject), app.clock.now()).await?;
    let places: Arc<[String]> = places.into();
    in_chunks(app, job, move |tx, after, now| {
        let (scope, places) = (scope.clone(), places.clone());
        Box::pin(async move { hand_overs::wake_some(tx, &scope, &places, after, now).await })
    })
    .await
}

/// Does a job chunk by chunk, each behind the last row of the one before, until there are no more. However long it takes, the lease
/// holds: each chunk takes it anew, and where it was lost the one that has it now does the rest.
async fn in_chunks<F>(app: &App, job: &Job, chunk: F) -> Result<(), JobError>
where
    F: for<'t> Fn(&'t mut Tx, i64, Timestamp) -> BoxFuture<'t, Result<Option<i64>, StoreError>>,
    F: Clone + Send + Sync + 'static,
{
    let mut after = Some(0);
    while let Some(last) = after {
        let (job, chunk, now) = (job.clone(), chunk.clone(), app.clock.now());
        let write = app.db.write(move |tx| {
            Box::pin(async move {
                if !jobs::is_held(tx, &job).await? {
                    return Ok(None);
                }
                let next = chunk(tx, last, now).await?;
                let holds = match next {
                    Some(_) => job_changes::renew(tx, &job, now).await?,
                    None => jobs::finish(tx, &job, now).await?,
                };
                Ok(next.filter(|_| holds))
            })
        });
        after = write.await?;
    }
    Ok(())
}

/// Ends a cover request that nobody answered, and says so.
pub(super) async fn expire_cover(app: &App, job: &Job) -> Result<(), JobError> {
    let (job, now) = (job.clone(), app.clock.now());
    let write = app.db.write(move |tx| {
        Box::pin(async move {
            if jobs::finish(tx, &job, now).await? {
                cover_requests::expire(tx, &doors::system(job.org), CoverRequestId(job.subject), now).await?;
            }
            Ok(())
        })
    });
    write.await.map_err(JobError::from)
}

/// Has alerts that wait for a border looked at again: it was moved.
pub(super) async fn recheck_holds(app: &App, job: &Job) -> Result<(), JobError> {
    let scope = doors::system(job.org);
    in_chunks(app, job, move |tx, after, now| {
        let scope = scope.clone();
        Box::pin(async move { holds::recheck(tx, &scope, after, now).await })
    })
    .await
}

/// Cuts the events of a busy alert.
pub(super) async fn trim_events(app: &App, job: &Job) -> Result<(), JobError> {
    let now = app.clock.now();
    loop {
        let job = job.clone();
        let more = app.db.write(move |tx| {
            Box::pin(async move {
                let more = events::trim_alert(tx, &doors::system(job.org), AlertId(job.subject)).await?;
                if !more {
                    jobs::finish(tx, &job, now).await?;
                }
                Ok(more)
            })
        });
        if !more.await? {
            return Ok(());
        }
    }
}

/// Deletes a chunk of what is older than its retention, and comes back: at once while there is more, else in an hour.
pub(super) async fn clean_up(app: &App, job: &Job) -> Result<(), JobError> {
    let (job, now) = (job.clone(), app.clock.now());
    let write = app.db.write(move |tx| {
        Box::pin(async move {
            let more = retention::clean_up(tx, &doors::system(job.org), now).await?;
            let next = if more { now } else { now + SignedDuration::from_hours(1) };
            jobs::retry(tx, &job, next, "").await
        })
    });
    write.await.map(|_| ()).map_err(JobError::from)
}

/// Sends the reminders of a schedule that are due, and comes back for the next one, within the hour.
pub(super) async fn remind_shifts(app: &App, job: &Job) -> Result<(), JobError> {
    let (job, now) = (job.clone(), app.clock.now());
    let write = app.db.write(move |tx| {
        Box::pin(async move {
            if !jobs::is_held(tx, &job).await? {
                return Ok(false);
            }
            match reminders::remind(tx, &doors::system(job.org), ScheduleId(job.subject), now).await? {
                Some(next) => job_changes::retry_with(tx, &job, next, "", &serde_json::json!({}), now).await,
                None => jobs::finish(tx, &job, now).await,
            }
        })
    });
    write.await.map(|_| ()).map_err(JobError::from)
}

/// Ends a job that has nothing more to do.
pub(super) async fn finish(app: &App, job: &Job) -> Result<(), JobError> {
    let (job, now) = (job.clone(), app.clock.now());
    let write = app.db.write(move |tx| Box::pin(async move { jobs::finish(tx, &job, now).await }));
    write.await.map(|_| ()).map_err(JobError::from)
}

/// What a job was asked to remember.
pub(super) fn payload<T: serde::de::DeserializeOwned>(job: &Job) -> Result<T, JobError> {
    serde_json::from_str(&job.payload).map_err(|error| JobError::from(StoreError::unreadable("job", error)))
}
