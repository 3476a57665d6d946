//! What people see of jobs: those that gave up, with a way to try them again, and what waits although it is due.

use crate::db::Db;
use crate::error::StoreError;
use crate::scope::Scope;
use crate::value::timestamp;
use jiff::Timestamp;
use watchbell_core::ids::JobId;

sql! {
    GAVE_UP { both: "SELECT id, kind, subject_id, gave_up_at, last_error FROM job WHERE org_id = $1 AND gave_up_at IS NOT NULL ORDER BY gave_up_at DESC, id DESC LIMIT $2" }
    /// A job that gave up has nothing to add where the same was asked for anew.
    SUPERSEDED {
        both: "DELETE FROM job WHERE org_id = $1 AND id = $2 AND gave_up_at IS NOT NULL AND EXISTS (
            SELECT 1 FROM job AS live WHERE live.org_id = job.org_id AND live.once_key = job.once_key AND live.gave_up_at IS NULL)"
    }
    RETRY_BY_HAND {
        both: "UPDATE job SET gave_up_at = NULL, leased = false, attempt = 0, visible_at = $3, due_at = $3 WHERE org_id = $1 AND id = $2 AND gave_up_at IS NOT NULL"
    }
    BACKLOG { both: "SELECT kind, count(*) AS waiting, min(visible_at) AS oldest FROM job WHERE gave_up_at IS NULL AND visible_at <= $1 GROUP BY kind ORDER BY kind" }
}

/// A job that gave up, for the page that shows it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct GivenUp {
    /// Which.
    pub id: i64,
    /// What.
    pub kind: String,
    /// Of what.
    pub subject_id: i64,
    /// When, in microseconds.
    pub gave_up_at: i64,
    /// The error in full.
    pub last_error: Option<String>,
}

/// Jobs that gave up, the latest first.
pub async fn list_given_up(db: &Db, scope: &Scope, max: i64) -> Result<Vec<GivenUp>, StoreError> {
    db.all(GAVE_UP, crate::args![scope.org, max]).await
}

/// Tries a job again that gave up. Errors: there is none.
pub async fn retry_by_hand(db: &Db, scope: &Scope, id: JobId, now: Timestamp) -> Result<(), StoreError> {
    let org = scope.org;
    let retry = db.write(move |tx| {
        Box::pin(async move {
            let superseded = tx.exec(SUPERSEDED, crate::args![org, id]).await?;
            Ok(superseded + tx.exec(RETRY_BY_HAND, crate::args![org, id, now]).await?)
        })
    });
    let changed = retry.await?;
    if changed == 0 { Err(StoreError::not_found("job that gave up", id)) } else { Ok(()) }
}

/// What waits although it is due: kind, how many, since when. For `/metrics` and readiness.
pub async fn backlog(db: &Db, now: Timestamp) -> Result<Vec<(String, i64, Timestamp)>, StoreError> {
    let rows: Vec<(String, i64, i64)> = db.all(BACKLOG, crate::args![now]).await?;
    Ok(rows.into_iter().map(|(kind, waiting, oldest)| (kind, waiting, timestamp(oldest))).collect())
}
