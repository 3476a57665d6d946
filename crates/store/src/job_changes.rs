//! What else may become of a job: put off with something new to remember, moved into a pool, brought forward with its pool.

use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::jobs::Job;
use crate::value::timestamp;
use jiff::{SignedDuration, Timestamp};
use watchbell_core::ids::OrgId;
use watchbell_core::limits;

sql! {
    RETRY_WITH {
        both: "UPDATE job SET leased = false, attempt = attempt + 1, visible_at = CASE WHEN again THEN CAST($6 AS BIGINT) ELSE CAST($3 AS BIGINT) END,
            payload = $5, last_error = $4, again = false WHERE id = $1 AND generation = $2"
    }
    COME_BACK {
        both: "UPDATE job SET leased = false, attempt = 0, visible_at = CASE WHEN again THEN CAST($5 AS BIGINT) ELSE CAST($3 AS BIGINT) END,
            payload = $4, last_error = NULL, again = false WHERE id = $1 AND generation = $2"
    }
    REMEMBER { both: "UPDATE job SET payload = $3 WHERE id = $1 AND generation = $2" }
    RENEW { both: "UPDATE job SET visible_at = $3 WHERE id = $1 AND generation = $2 AND leased" }
    JOIN_POOL {
        both: "UPDATE job SET leased = false, pool = $3, pool_max = $4, visible_at = $5 WHERE id = $1 AND generation = $2 AND pool IS NULL"
    }
    NEXT_DUE_AFTER { both: "SELECT min(visible_at) FROM job WHERE gave_up_at IS NULL AND visible_at > $1" }
    WAKE_POOL { both: "UPDATE job SET visible_at = $3 WHERE org_id = $1 AND pool = $2 AND NOT leased AND visible_at > $3 AND gave_up_at IS NULL" }
    FORGET_ONCE { both: "DELETE FROM job WHERE org_id = $1 AND once_key = $2 AND NOT leased AND gave_up_at IS NULL" }
}

/// Puts a job off with the error that made it fail and what it is to remember. When it was asked for again meanwhile, it comes
/// back at once. `false`: the lease was lost.
pub async fn retry_with(
    tx: &mut Tx,
    job: &Job,
    at: Timestamp,
    error: &str,
    payload: &impl serde::Serialize,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let payload = crate::stored::to_json(payload)?;
    Ok(tx.exec(RETRY_WITH, crate::args![job.id, job.generation, at, error, payload, now]).await? > 0)
}

/// Has a job that went well come back with what it is to remember: its failures are forgotten. When it was asked for again meanwhile,
/// it comes back at once. `false`: the lease was lost.
pub async fn come_back(
    tx: &mut Tx,
    job: &Job,
    at: Timestamp,
    payload: &impl serde::Serialize,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let payload = crate::stored::to_json(payload)?;
    Ok(tx.exec(COME_BACK, crate::args![job.id, job.generation, at, payload, now]).await? > 0)
}

/// Changes what a leased job remembers. `false`: the lease was lost.
pub async fn remember(tx: &mut Tx, job: &Job, payload: &impl serde::Serialize) -> Result<bool, StoreError> {
    let payload = crate::stored::to_json(payload)?;
    Ok(tx.exec(REMEMBER, crate::args![job.id, job.generation, payload]).await? > 0)
}

/// Takes a lease for as long again: a job that is done in chunks does so with each. `false`: it was lost.
pub async fn renew(tx: &mut Tx, job: &Job, now: Timestamp) -> Result<bool, StoreError> {
    let until = now + SignedDuration::from_secs(limits::JOB_LEASE_S);
    Ok(tx.exec(RENEW, crate::args![job.id, job.generation, until]).await? > 0)
}

/// Gives a leased job back and lets it wait for its turn in a pool. `false`: it is in one already.
pub async fn join_pool(tx: &mut Tx, job: &Job, pool: &str, max: i64, now: Timestamp) -> Result<bool, StoreError> {
    Ok(tx.exec(JOIN_POOL, crate::args![job.id, job.generation, pool, max, now]).await? > 0)
}

/// When the next job is due behind a time. What is due already waits for an earlier one of its lane, or for a place in its pool.
pub async fn next_due_after(db: &Db, after: Timestamp) -> Result<Option<Timestamp>, StoreError> {
    let row: Option<(Option<i64>,)> = db.one(NEXT_DUE_AFTER, crate::args![after]).await?;
    Ok(row.and_then(|(at,)| at).map(timestamp))
}

/// Brings forward what waits in a pool.
pub async fn wake_pool(tx: &mut Tx, org: OrgId, pool: &str, now: Timestamp) -> Result<u64, StoreError> {
    tx.exec(WAKE_POOL, crate::args![org, pool, now]).await
}

/// Forgets the job of a key, where it waits.
pub async fn forget_once(tx: &mut Tx, org: OrgId, once_key: &str) -> Result<(), StoreError> {
    tx.exec(FORGET_ONCE, crate::args![org, once_key]).await.map(|_| ())
}
