//! When people are away: entered, or read from their calendar.

use crate::args;
use crate::audit::{self, subject};
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::page::Page;
use crate::reader::Reader;
use crate::scope::Scope;
use crate::value::{Rows, timestamp};
use jiff::Timestamp;
use serde::Serialize;
use std::collections::BTreeSet;
use watchbell_core::ids::{AbsenceId, OrgId, UserId};
use watchbell_core::limits::ABSENCES_MAX;
use watchbell_core::schedule::Span;

const NOUN: &str = "absence";

macro_rules! columns {
    () => {
        "id, user_id, from_at, until_at, reason, feed_uid, created_at"
    };
}

sql! {
    INSERT { both: "INSERT INTO absence (org_id, user_id, from_at, until_at, reason, created_at) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id" }
    INSERT_READ {
        sqlite: "INSERT INTO absence (org_id, user_id, from_at, until_at, reason, feed_uid, created_at) \
            SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6 FROM json_each($1)",
        postgres: "INSERT INTO absence (org_id, user_id, from_at, until_at, reason, feed_uid, created_at) \
            SELECT * FROM UNNEST($1::BIGINT[], $2::BIGINT[], $3::BIGINT[], $4::BIGINT[], $5::TEXT[], $6::TEXT[], $7::BIGINT[])",
    }
    BY_ID { both: concat!("SELECT ", columns!(), " FROM absence WHERE org_id = $1 AND user_id = $2 AND id = $3") }
    OF_USER { both: concat!("SELECT ", columns!(), " FROM absence WHERE org_id = $1 AND user_id = $2 AND until_at > $3 ORDER BY from_at, id LIMIT $4 OFFSET $5") }
    TOUCHING {
        sqlite: concat!("SELECT ", columns!(), " FROM absence WHERE org_id = $1 AND user_id IN (SELECT value FROM json_each($2)) AND until_at > $3 AND from_at < $4 ORDER BY from_at, id"),
        postgres: concat!("SELECT ", columns!(), " FROM absence WHERE org_id = $1 AND user_id = ANY($2) AND until_at > $3 AND from_at < $4 ORDER BY from_at, id"),
    }
    READ_ONES { both: concat!("SELECT ", columns!(), " FROM absence WHERE org_id = $1 AND user_id = $2 AND feed_uid IS NOT NULL AND until_at > $3 ORDER BY id") }
    COUNT { both: "SELECT COUNT(*) FROM absence WHERE org_id = $1 AND user_id = $2" }
    UPDATE { both: "UPDATE absence SET from_at = $3, until_at = $4, reason = $5 WHERE org_id = $1 AND id = $2" }
    DELETE { both: "DELETE FROM absence WHERE org_id = $1 AND id = $2" }
    DELETE_MANY {
        sqlite: "DELETE FROM absence WHERE org_id = $1 AND id IN (SELECT value FROM json_each($2))",
        postgres: "DELETE FROM absence WHERE org_id = $1 AND id = ANY($2)",
    }
}

/// When a person is away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Absence {
    /// Which.
    pub id: AbsenceId,
    /// Who.
    pub user: UserId,
    /// When.
    pub span: Span,
    /// Why, in the person's words.
    pub reason: String,
    /// The event of the calendar that it was read from; none of one that was entered.
    pub feed_uid: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// What an absence is made of, parsed at the edge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AbsenceIn {
    /// When.
    pub span: Span,
    /// Why.
    pub reason: String,
}

/// An absence as a calendar says it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Read {
    /// The event.
    pub uid: String,
    /// When it begins.
    pub from: Timestamp,
    /// When it ends.
    pub until: Timestamp,
    /// What it is called.
    pub reason: String,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    user_id: i64,
    from_at: i64,
    until_at: i64,
    reason: String,
    feed_uid: Option<String>,
    created_at: i64,
}

impl From<Row> for Absence {
    fn from(row: Row) -> Self {
        Self {
            id: AbsenceId(row.id),
            user: UserId(row.user_id),
            span: Span::new(timestamp(row.from_at), timestamp(row.until_at)),
            reason: row.reason,
            feed_uid: row.feed_uid,
            created_at: timestamp(row.created_at),
        }
    }
}

/// Enters an absence. Errors: `Refused` (too many).
pub async fn create(
    db: &Db,
    scope: &Scope,
    user: UserId,
    new: AbsenceIn,
    now: Timestamp,
) -> Result<Absence, StoreError> {
    let scope = scope.clone();
    db.write(move |tx| {
        Box::pin(async move {
            let count: Option<(i64,)> = tx.one(COUNT, args![scope.org, user]).await?;
            if count.is_some_and(|(count,)| count >= ABSENCES_MAX) {
                return Err(StoreError::Refused(format!("a person may have at most {ABSENCES_MAX} absences")));
            }
            let (from, until) = (new.span.from, new.span.until);
            let id = AbsenceId(tx.insert(INSERT, args![scope.org, user, from, until, new.reason, now]).await?);
            let absence = find(tx, scope.org, user, id).await?;
            audit::created(tx, &scope, subject(NOUN, id), &absence, now).await?;
            Ok(absence)
        })
    })
    .await
}

/// The absences of a person that have not ended at a time, by their start.
pub async fn list(
    db: &Db,
    scope: &Scope,
    user: UserId,
    since: Timestamp,
    page: Page,
) -> Result<Vec<Absence>, StoreError> {
    let rows: Vec<Row> = db.all(OF_USER, args![scope.org, user, since, page.max_results, page.start_index]).await?;
    Ok(rows.into_iter().map(Absence::from).collect())
}

/// The absences of people that have time in a span, by their start.
pub async fn touching(
    reader: impl Into<Reader<'_>>,
    scope: &Scope,
    users: &[UserId],
    span: Span,
) -> Result<Vec<Absence>, StoreError> {
    let users: Vec<i64> = users.iter().map(|user| user.0).collect();
    let rows: Vec<Row> = reader.into().all(TOUCHING, args![scope.org, users, span.from, span.until]).await?;
    Ok(rows.into_iter().map(Absence::from).collect())
}

/// An absence. Errors: `NotFound`.
pub async fn get(db: &Db, scope: &Scope, user: UserId, id: AbsenceId) -> Result<Absence, StoreError> {
    let row: Option<Row> = db.one(BY_ID, args![scope.org, user, id]).await?;
    row.map(Absence::from).ok_or_else(|| StoreError::not_found(NOUN, id))
}

/// Changes one that was entered. Errors: `NotFound`, `Refused` (it comes from the person's calendar).
pub async fn update(
    db: &Db,
    scope: &Scope,
    user: UserId,
    id: AbsenceId,
    new: AbsenceIn,
    now: Timestamp,
) -> Result<Absence, StoreError> {
    let scope = scope.clone();
    db.write(move |tx| {
        Box::pin(async move {
            let before = entered(tx, scope.org, user, id).await?;
            tx.exec(UPDATE, args![scope.org, id, new.span.from, new.span.until, new.reason]).await?;
            let after = find(tx, scope.org, user, id).await?;
            audit::updated(tx, &scope, subject(NOUN, id), (&before, &after), now).await?;
            Ok(after)
        })
    })
    .await
}

/// Deletes one that was entered. Errors: as [`update`].
pub async fn delete(db: &Db, scope: &Scope, user: UserId, id: AbsenceId, now: Timestamp) -> Result<(), StoreError> {
    let scope = scope.clone();
    db.write(move |tx| {
        Box::pin(async move {
            let absence = entered(tx, scope.org, user, id).await?;
            tx.exec(DELETE, args![scope.org, id]).await?;
            audit::deleted(tx, &scope, subject(NOUN, id), &absence, now).await
        })
    })
    .await
}

/// Replaces what was read from a person's calendar and has not ended at a time; what is the same stays the same absence.
pub(crate) async fn replace_read(
    tx: &mut Tx,
    org: OrgId,
    user: UserId,
    since: Timestamp,
    read: BTreeSet<Read>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let rows: Vec<Row> = tx.all(READ_ONES, args![org, user, since]).await?;
    let mut new = read;
    let mut gone = Vec::new();
    for absence in rows.into_iter().map(Absence::from) {
        let uid = absence.feed_uid.unwrap_or_default();
        let known = Read { uid, from: absence.span.from, until: absence.span.until, reason: absence.reason };
        if !new.remove(&known) {
            gone.push(absence.id.0);
        }
    }
    tx.exec(DELETE_MANY, args![org, gone]).await?;
    let mut rows = Rows::default();
    new.into_iter().for_each(|one| rows.push(args![org, user, one.from, one.until, one.reason, one.uid, now]));
    tx.exec_many(INSERT_READ, rows).await.map(|_| ())
}

async fn entered(tx: &mut Tx, org: OrgId, user: UserId, id: AbsenceId) -> Result<Absence, StoreError> {
    let absence = find(tx, org, user, id).await?;
    match absence.feed_uid {
        None => Ok(absence),
        Some(_) => Err(StoreError::Refused("this absence comes from the person's calendar: change it there".into())),
    }
}

async fn find(tx: &mut Tx, org: OrgId, user: UserId, id: AbsenceId) -> Result<Absence, StoreError> {
    let row: Option<Row> = tx.one(BY_ID, args![org, user, id]).await?;
    row.map(Absence::from).ok_or_else(|| StoreError::not_found(NOUN, id))
}
