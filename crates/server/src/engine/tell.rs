//! Telling those who asked to be told that an alert was accepted, resolved or escalated, and the responder what the source says.

use super::run::JobError;
use super::upkeep::payload;
use crate::app::App;
use watchbell_core::alert::Update;
use watchbell_core::ids::AlertId;
use watchbell_core::timeline::Actor;
use watchbell_store::jobs::{self, Job};
use watchbell_store::{doors, notices};

/// Plans the notices; a repetition plans nothing twice, because the job ends in the same transaction.
pub(super) async fn tell(app: &App, job: &Job) -> Result<(), JobError> {
    let (update, by): (Update, Actor) = payload(job)?;
    let (job, now) = (job.clone(), app.clock.now());
    let write = app.db.write(move |tx| {
        Box::pin(async move {
            if jobs::finish(tx, &job, now).await? {
                notices::plan(tx, &doors::system(job.org), AlertId(job.subject), update, &by, now).await?;
            }
            Ok(())
        })
    });
    write.await.map_err(JobError::from)
}
