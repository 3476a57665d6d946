//! The end of a job, or of a try: in the transaction that records its effect, and only while the lease holds.

use super::Job;
use crate::db::Tx;
use crate::error::StoreError;
use crate::value::Rows;
use jiff::Timestamp;
use std::collections::BTreeSet;
use watchbell_core::ids::JobId;

sql! {
    FINISH {
        sqlite: "DELETE FROM job WHERE id IN (SELECT j.id FROM jsonb_each($1) AS v CROSS JOIN job AS j ON j.id = v.value ->> 0 WHERE j.generation = v.value ->> 1 AND NOT j.again) RETURNING id",
        postgres: "DELETE FROM job USING UNNEST($1::bigint[], $2::bigint[]) AS v (id, generation) WHERE job.id = v.id AND job.generation = v.generation AND NOT job.again RETURNING job.id",
    }
    RUN_AGAIN {
        both: "UPDATE job SET again = false, leased = false, attempt = 0, due_at = $3, visible_at = $3 WHERE id = $1 AND generation = $2 AND again"
    }
    RETRY {
        both: "UPDATE job SET leased = false, again = false, attempt = attempt + 1, visible_at = $3, last_error = $4 WHERE id = $1 AND generation = $2"
    }
    /// No failure: it was not tried.
    PUT_OFF { both: "UPDATE job SET leased = false, again = false, visible_at = $3, last_error = $4 WHERE id = $1 AND generation = $2" }
    GIVE_UP {
        both: "UPDATE job SET leased = false, attempt = attempt + 1, gave_up_at = $3, last_error = $4 WHERE id = $1 AND generation = $2"
    }
    HELD { both: "SELECT id FROM job WHERE id = $1 AND generation = $2" }
    DELETE_MANY { sqlite: "DELETE FROM job WHERE id IN (SELECT value FROM json_each($1))", postgres: "DELETE FROM job WHERE id = ANY($1)" }
    /// Postpones escalations whose rows could not be stepped, so that they do not stand in the way of others.
    POSTPONE_MANY {
        sqlite: "UPDATE job SET visible_at = $2, attempt = attempt + 1, last_error = $3 WHERE id IN (SELECT value FROM json_each($1))",
        postgres: "UPDATE job SET visible_at = $2, attempt = attempt + 1, last_error = $3 WHERE id = ANY($1)",
    }
}

/// Ends a job in the transaction of its effect. `false`: the lease was lost, so nothing may be written.
pub async fn finish(tx: &mut Tx, job: &Job, now: Timestamp) -> Result<bool, StoreError> {
    Ok(finish_many(tx, &[job], now).await?.contains(&job.id))
}

/// Ends jobs in the transaction of their effects; those whose lease held, and whose effects may be written. One that was asked for
/// again meanwhile runs once more.
pub async fn finish_many(tx: &mut Tx, jobs: &[&Job], now: Timestamp) -> Result<BTreeSet<JobId>, StoreError> {
    let mut rows = Rows::default();
    jobs.iter().for_each(|job| rows.push(crate::args![job.id, job.generation]));
    let ended: Vec<(i64,)> = tx.all_many(FINISH, rows).await?;
    let mut ended: BTreeSet<JobId> = ended.into_iter().map(|(id,)| JobId(id)).collect();
    for job in jobs {
        if !ended.contains(&job.id) && tx.exec(RUN_AGAIN, crate::args![job.id, job.generation, now]).await? > 0 {
            ended.insert(job.id);
        }
    }
    Ok(ended)
}

/// Whether the lease still holds.
pub async fn is_held(tx: &mut Tx, job: &Job) -> Result<bool, StoreError> {
    Ok(tx.one::<(i64,)>(HELD, crate::args![job.id, job.generation]).await?.is_some())
}

/// Puts a job off, with the error that made it fail. `false`: the lease was lost.
pub async fn retry(tx: &mut Tx, job: &Job, at: Timestamp, error: &str) -> Result<bool, StoreError> {
    Ok(tx.exec(RETRY, crate::args![job.id, job.generation, at, error]).await? > 0)
}

/// Puts a job off that could not begin yet, with what it waits for: that is no failure, and counts as no try. `false`: the lease was
/// lost.
pub async fn put_off(tx: &mut Tx, job: &Job, at: Timestamp, why: &str) -> Result<bool, StoreError> {
    Ok(tx.exec(PUT_OFF, crate::args![job.id, job.generation, at, why]).await? > 0)
}

/// Gives a job up; it stays visible with its error. Where it was asked for again meanwhile it runs once more. `false`: the lease was lost.
pub async fn give_up(tx: &mut Tx, job: &Job, now: Timestamp, error: &str) -> Result<bool, StoreError> {
    if tx.exec(RUN_AGAIN, crate::args![job.id, job.generation, now]).await? > 0 {
        return Ok(true);
    }
    Ok(tx.exec(GIVE_UP, crate::args![job.id, job.generation, now, error]).await? > 0)
}

/// Deletes jobs whose effect this transaction records.
pub async fn delete_many(tx: &mut Tx, ids: Vec<i64>) -> Result<(), StoreError> {
    tx.exec(DELETE_MANY, crate::args![ids]).await.map(|_| ())
}

/// Puts several jobs off.
pub async fn postpone_many(tx: &mut Tx, ids: Vec<i64>, at: Timestamp, error: &str) -> Result<(), StoreError> {
    tx.exec(POSTPONE_MANY, crate::args![ids, at, error]).await.map(|_| ())
}
