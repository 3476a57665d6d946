//! A clock that was set back: what was due soon would be due late by as much. Only where one node is alone with its database; nodes
//! that share one are held to its clock.

use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::value::timestamp;
use jiff::{SignedDuration, Timestamp};

sql! {
    /// When something was written last: an event, or a line of a timeline. Numbers grow with time.
    LAST_WRITTEN {
        both: "SELECT max(at) FROM (SELECT * FROM (SELECT received_at AS at FROM event ORDER BY id DESC LIMIT 1) AS heard
            UNION ALL SELECT * FROM (SELECT at FROM alert_log ORDER BY id DESC LIMIT 1) AS told) AS written"
    }
    JOBS { both: "UPDATE job SET visible_at = visible_at - $1 WHERE visible_at > $2 AND gave_up_at IS NULL" }
    /// What waits for a moment of the calendar (a hand-over, the end of a snooze, a hold) stays: its job finds nothing due and waits on.
    STEPS { both: "UPDATE alert SET next_step_at = next_step_at - $1 WHERE status <> 'RESOLVED' AND held IS NULL AND next_step_at > $2" }
    /// How long a ticket that was sent is looked for counts from then.
    TICKETS { both: "UPDATE action_ticket SET posted_at = posted_at - $1 WHERE posted_at > $2" }
    MESSAGES { both: "UPDATE notification SET due_at = due_at - $1 WHERE state IN ('PLANNED', 'SENDING') AND due_at > $2" }
}

/// When something was written last, by the clock of then.
pub async fn last_written(db: &Db) -> Result<Option<Timestamp>, StoreError> {
    let row: Option<(Option<i64>,)> = db.one(LAST_WRITTEN, Vec::new()).await?;
    Ok(row.and_then(|(at,)| at).map(timestamp))
}

/// Moves what is due later than `now` by as much as the clock was set back; how many jobs.
pub async fn follow(db: &Db, by: SignedDuration, now: Timestamp) -> Result<u64, StoreError> {
    let by_us = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
    db.write(move |tx| Box::pin(move_all(tx, by_us, now))).await
}

async fn move_all(tx: &mut Tx, by_us: i64, now: Timestamp) -> Result<u64, StoreError> {
    tx.exec(STEPS, crate::args![by_us, now]).await?;
    tx.exec(TICKETS, crate::args![by_us, now]).await?;
    tx.exec(MESSAGES, crate::args![by_us, now]).await?;
    tx.exec(JOBS, crate::args![by_us, now]).await
}
