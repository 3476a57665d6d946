//! Failed log-ins by account and address, in the database, so that every node throttles alike.
//! An attempt is counted before the password is looked at: attempts at the same moment gain nothing.

use crate::args;
use crate::db::Db;
use crate::error::StoreError;
use crate::scope::Scope;
use crate::value::timestamp;
use jiff::{SignedDuration, Timestamp};

sql! {
    GET { both: "SELECT failures, last_at FROM login_attempt WHERE org_id = $1 AND subject = $2" }
    COUNT { both: "INSERT INTO login_attempt (org_id, subject, failures, last_at) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (org_id, subject) DO UPDATE SET failures = CASE WHEN $3 = 1 THEN 1 ELSE login_attempt.failures + 1 END, last_at = excluded.last_at" }
    UNCOUNT { both: "UPDATE login_attempt SET failures = failures - 1 WHERE org_id = $1 AND subject = $2 AND failures > 0" }
    FORGET { both: "DELETE FROM login_attempt WHERE org_id = $1 AND subject = $2" }
    DELETE_OLD { both: "DELETE FROM login_attempt WHERE org_id = $1 AND last_at < $2" }
}

/// Who tries: the account, the address, or both.
#[derive(Debug, Clone)]
pub struct Subject {
    /// What is counted, such as `address 203.0.113.7`.
    pub name: String,
    /// How long to wait after this many failures in a row, in seconds; 0 lets the next attempt in.
    pub wait_s: fn(i64) -> i64,
}

/// Failures are forgotten after this time without another one, in seconds.
pub const MEMORY_S: i64 = 3_600;

/// Counts an attempt of all subjects, unless one of them has to wait: then nothing is counted, and this is when it may try again.
pub async fn begin(
    db: &Db,
    scope: &Scope,
    subjects: Vec<Subject>,
    now: Timestamp,
) -> Result<Option<Timestamp>, StoreError> {
    let org = scope.org;
    db.write(move |tx| {
        Box::pin(async move {
            let mut counts = Vec::with_capacity(subjects.len());
            for subject in &subjects {
                let row: Option<(i64, i64)> = tx.one(GET, args![org, &subject.name]).await?;
                let (failures, last) = row.map_or((0, Timestamp::MIN), |(failures, last)| (failures, timestamp(last)));
                let remembered = after(last, MEMORY_S) > now;
                let until = after(last, (subject.wait_s)(failures));
                if remembered && until > now {
                    return Ok(Some(until));
                }
                counts.push(if remembered { failures + 1 } else { 1 });
            }
            for (subject, count) in subjects.iter().zip(counts) {
                tx.exec(COUNT, args![org, &subject.name, count, now]).await?;
            }
            Ok(None)
        })
    })
    .await
}

fn after(at: Timestamp, seconds: i64) -> Timestamp {
    at.saturating_add(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MAX)
}

/// The attempt succeeded: the failures of `forget` are forgotten, that one attempt of `uncount` is taken back.
pub async fn succeeded(db: &Db, scope: &Scope, forget: Vec<String>, uncount: Vec<String>) -> Result<(), StoreError> {
    let org = scope.org;
    db.write(move |tx| {
        Box::pin(async move {
            for subject in forget {
                tx.exec(FORGET, args![org, subject]).await?;
            }
            for subject in uncount {
                tx.exec(UNCOUNT, args![org, subject]).await?;
            }
            Ok(())
        })
    })
    .await
}

/// Deletes what is forgotten anyway; how many went.
pub async fn clean_up(db: &Db, scope: &Scope, now: Timestamp) -> Result<u64, StoreError> {
    let (org, before) = (scope.org, after(now, -MEMORY_S));
    db.write(move |tx| Box::pin(async move { tx.exec(DELETE_OLD, args![org, before]).await })).await
}
