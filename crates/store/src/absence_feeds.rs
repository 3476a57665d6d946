//! Where a person's absences are read from each day. The address is sealed: whoever has it reads the person's calendar.

use crate::absences::{self, Read};
use crate::args;
use crate::audit::{self, subject};
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::job_changes;
use crate::jobs::{self, JobKind, NewJob};
use crate::scope::Scope;
use crate::seal::Place;
use crate::value::timestamp;
use jiff::Timestamp;
use serde::Serialize;
use std::collections::BTreeSet;
use watchbell_core::ids::{OrgId, UserId};

const NOUN: &str = "absence feed";

/// Where the address is sealed.
pub const SEALED: Place = Place { table: "absence_feed", column: "sealed" };

sql! {
    PUT { both: "INSERT INTO absence_feed (org_id, user_id, sealed, updated_at) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (org_id, user_id) DO UPDATE SET sealed = excluded.sealed, error = NULL, updated_at = excluded.updated_at" }
    GET { both: "SELECT read_at, error, updated_at FROM absence_feed WHERE org_id = $1 AND user_id = $2" }
    ADDRESS { both: "SELECT sealed FROM absence_feed WHERE org_id = $1 AND user_id = $2" }
    READ { both: "UPDATE absence_feed SET read_at = COALESCE($3, read_at), error = $4 WHERE org_id = $1 AND user_id = $2" }
    DELETE { both: "DELETE FROM absence_feed WHERE org_id = $1 AND user_id = $2" }
}

/// What is known of the reading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AbsenceFeed {
    /// When it was last read.
    pub read_at: Option<Timestamp>,
    /// Why it could not be read the last time, or what of it was not understood.
    pub error: Option<String>,
    /// When the address was entered.
    pub updated_at: Timestamp,
}

/// Enters the address, sealed at [`SEALED`]; it is read at once.
pub async fn put(
    db: &Db,
    scope: &Scope,
    user: UserId,
    sealed: Vec<u8>,
    now: Timestamp,
) -> Result<AbsenceFeed, StoreError> {
    let scope = scope.clone();
    db.write(move |tx| {
        Box::pin(async move {
            tx.exec(PUT, args![scope.org, user, sealed, now]).await?;
            job_changes::forget_once(tx, scope.org, &once_key(user)).await?;
            jobs::ask(tx, vec![NewJob::new(scope.org, JobKind::ReadAbsences, user.0, now).once(once_key(user))])
                .await?;
            let feed = AbsenceFeed { read_at: None, error: None, updated_at: now };
            audit::created(tx, &scope, subject(NOUN, user), &feed, now).await?;
            Ok(feed)
        })
    })
    .await
}

/// What is known of a person's calendar, where there is one.
pub async fn get(db: &Db, scope: &Scope, user: UserId) -> Result<Option<AbsenceFeed>, StoreError> {
    let row: Option<(Option<i64>, Option<String>, i64)> = db.one(GET, args![scope.org, user]).await?;
    Ok(row.map(|(read_at, error, updated_at)| AbsenceFeed {
        read_at: read_at.map(timestamp),
        error,
        updated_at: timestamp(updated_at),
    }))
}

/// The sealed address; open it at [`SEALED`].
pub async fn address(db: &Db, scope: &Scope, user: UserId) -> Result<Option<Vec<u8>>, StoreError> {
    let row: Option<(Vec<u8>,)> = db.one(ADDRESS, args![scope.org, user]).await?;
    Ok(row.map(|(sealed,)| sealed))
}

/// Forgets the address, and what was read from it and is not over. Errors: `NotFound`.
pub async fn delete(db: &Db, scope: &Scope, user: UserId, now: Timestamp) -> Result<(), StoreError> {
    let scope = scope.clone();
    db.write(move |tx| {
        Box::pin(async move {
            if tx.exec(DELETE, args![scope.org, user]).await? == 0 {
                return Err(StoreError::not_found(NOUN, user));
            }
            job_changes::forget_once(tx, scope.org, &once_key(user)).await?;
            absences::replace_read(tx, scope.org, user, now, BTreeSet::new(), now).await?;
            audit::deleted(tx, &scope, subject(NOUN, user), &user, now).await
        })
    })
    .await
}

/// Keeps what was read from an address, where it still is the person's: what has not ended at `since` is replaced.
pub async fn keep_read(
    tx: &mut Tx,
    org: OrgId,
    user: UserId,
    (address, since): (&[u8], Timestamp),
    read: BTreeSet<Read>,
    note: Option<&str>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let row: Option<(Vec<u8>,)> = tx.one(ADDRESS, args![org, user]).await?;
    if row.is_some_and(|(sealed,)| sealed == address) {
        absences::replace_read(tx, org, user, since, read, now).await?;
        tx.exec(READ, args![org, user, Some(now), note.map(str::to_owned)]).await?;
    }
    Ok(())
}

/// Notes why the address could not be read.
pub async fn note_unread(tx: &mut Tx, org: OrgId, user: UserId, error: &str) -> Result<(), StoreError> {
    tx.exec(READ, args![org, user, None::<Timestamp>, Some(error.to_owned())]).await.map(|_| ())
}

fn once_key(user: UserId) -> String {
    format!("absences:{user}")
}
