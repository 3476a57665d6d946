//! Overrides: somebody, or nobody, for a span, on top of the plan. What lies before now is never changed: one that has begun and is
//! edited or deleted ends now, and the rest is a new one.

use super::parts;
use crate::args;
use crate::audit::{self, subject};
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::page::Page;
use crate::reader::Reader;
use crate::scope::Scope;
use crate::value::timestamp;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use std::collections::BTreeMap;
use watchbell_core::ids::{OrgId, OverrideId, ScheduleId, UserId};
use watchbell_core::limits::{EXCEPTION_DAYS_MAX, SCHEDULE_EXCEPTIONS_MAX};
use watchbell_core::schedule::{self, Span};

const NOUN: &str = "override";

macro_rules! columns {
    () => {
        "id, schedule_id, user_id, from_at, until_at, reason, created_by, created_at"
    };
}

sql! {
    INSERT { both: "INSERT INTO schedule_override (org_id, schedule_id, user_id, from_at, until_at, reason, created_by, created_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id" }
    BY_ID { both: concat!("SELECT ", columns!(), " FROM schedule_override WHERE org_id = $1 AND schedule_id = $2 AND id = $3") }
    SAME { both: "SELECT id FROM schedule_override WHERE org_id = $1 AND schedule_id = $2 AND from_at <= $3 AND until_at >= $4 \
        AND (user_id = $5 OR (user_id IS NULL AND $5 IS NULL)) \
        AND id = (SELECT MAX(id) FROM schedule_override WHERE org_id = $1 AND schedule_id = $2 AND from_at < $4 AND until_at > $3)" }
    COUNT { both: "SELECT COUNT(*) FROM schedule_override WHERE org_id = $1 AND schedule_id = $2 AND until_at > $3" }
    LIST { both: concat!("SELECT ", columns!(), " FROM schedule_override WHERE org_id = $1 AND schedule_id = $2 AND until_at > $3 AND from_at < $4 \
        ORDER BY from_at, id LIMIT $5 OFFSET $6") }
    TOUCHING {
        sqlite: "SELECT id, schedule_id, user_id, from_at, until_at FROM schedule_override WHERE org_id = $1 \
            AND schedule_id IN (SELECT value FROM json_each($2)) AND until_at > $3 AND from_at < $4 ORDER BY schedule_id, id",
        postgres: "SELECT id, schedule_id, user_id, from_at, until_at FROM schedule_override WHERE org_id = $1 \
            AND schedule_id = ANY($2) AND until_at > $3 AND from_at < $4 ORDER BY schedule_id, id",
    }
    CHANGE { both: "UPDATE schedule_override SET user_id = $4, from_at = $5, until_at = $6, reason = $7 WHERE org_id = $1 AND schedule_id = $2 AND id = $3" }
    END { both: "UPDATE schedule_override SET until_at = $4 WHERE org_id = $1 AND schedule_id = $2 AND id = $3" }
    DELETE { both: "DELETE FROM schedule_override WHERE org_id = $1 AND schedule_id = $2 AND id = $3" }
}

/// Somebody, or nobody, for a span.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Override {
    /// Which; of two for the same instant the later one wins.
    pub id: OverrideId,
    /// Of which schedule.
    pub schedule: ScheduleId,
    /// Who; nobody where there is none.
    pub user: Option<UserId>,
    /// When.
    pub span: Span,
    /// Why.
    pub reason: Option<String>,
    /// Who made it.
    pub created_by: Option<UserId>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// What an override is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OverrideIn {
    /// Who; nobody where there is none.
    pub user: Option<UserId>,
    /// When; what of it lies before now does not count.
    pub span: Span,
    /// Why.
    pub reason: Option<String>,
}

#[derive(sqlx::FromRow)]
pub(super) struct Row {
    id: i64,
    schedule_id: i64,
    user_id: Option<i64>,
    from_at: i64,
    until_at: i64,
    reason: Option<String>,
    created_by: Option<i64>,
    created_at: i64,
}

impl From<Row> for Override {
    fn from(row: Row) -> Self {
        Self {
            id: OverrideId(row.id),
            schedule: ScheduleId(row.schedule_id),
            user: row.user_id.map(UserId),
            span: Span::new(timestamp(row.from_at), timestamp(row.until_at)),
            reason: row.reason,
            created_by: row.created_by.map(UserId),
            created_at: timestamp(row.created_at),
        }
    }
}

/// The part of an exception's span that can still be written. Errors: `Refused` (ends before it starts, is over, too long).
pub(crate) fn writable(span: Span, now: Timestamp) -> Result<Span, StoreError> {
    if span.is_empty() {
        return Err(StoreError::Refused("end: must come after start".into()));
    }
    if span.until <= now {
        return Err(StoreError::Refused("end: lies in the past, which is never changed".into()));
    }
    let span = Span::new(span.from.max(now), span.until);
    if span.until.duration_since(span.from) > SignedDuration::from_hours(24 * EXCEPTION_DAYS_MAX) {
        return Err(StoreError::Refused(format!("end: must come at most {EXCEPTION_DAYS_MAX} days after start")));
    }
    Ok(span)
}

/// Makes an override. Errors: `NotFound` (schedule), `Refused` (the span, the person, too many), `InUse` (it is so already).
pub async fn create(
    db: &Db,
    scope: &Scope,
    schedule: ScheduleId,
    new: OverrideIn,
    now: Timestamp,
) -> Result<Override, StoreError> {
    let scope = scope.clone();
    db.write(move |tx| Box::pin(async move { create_in(tx, &scope, schedule, new, now).await })).await
}

/// [`create`] as part of a unit.
pub async fn create_in(
    tx: &mut Tx,
    scope: &Scope,
    schedule: ScheduleId,
    new: OverrideIn,
    now: Timestamp,
) -> Result<Override, StoreError> {
    let span = writable(new.span, now)?;
    parts::check_people(tx, scope.org, "user", new.user).await?;
    super::lock(tx, scope.org, schedule).await?;
    refuse_same(tx, scope.org, schedule, new.user, span).await?;
    refuse_too_many(tx, scope.org, schedule, now).await?;
    let made = insert(tx, scope, schedule, OverrideIn { span, ..new }, now).await?;
    audit::created(tx, scope, subject(NOUN, made.id), &made, now).await?;
    super::changed(tx, scope, schedule, now).await?;
    Ok(made)
}

/// Whoever asks for what is so already is told: two people who take the same shift at the same moment do not both believe it theirs.
async fn refuse_same(
    tx: &mut Tx,
    org: OrgId,
    schedule: ScheduleId,
    user: Option<UserId>,
    span: Span,
) -> Result<(), StoreError> {
    let same: Option<(i64,)> = tx.one(SAME, args![org, schedule, span.from, span.until, user]).await?;
    match same {
        None => Ok(()),
        Some((id,)) => Err(StoreError::InUse {
            what: format!("override {id} says the same already: the same person has all of this span"),
        }),
    }
}

async fn refuse_too_many(tx: &mut Tx, org: OrgId, schedule: ScheduleId, now: Timestamp) -> Result<(), StoreError> {
    let count: Option<(i64,)> = tx.one(COUNT, args![org, schedule, now]).await?;
    match count.is_some_and(|(count,)| count >= SCHEDULE_EXCEPTIONS_MAX) {
        false => Ok(()),
        true => Err(StoreError::Refused(format!(
            "a schedule may have at most {SCHEDULE_EXCEPTIONS_MAX} overrides that are not over: change its plan instead"
        ))),
    }
}

async fn insert(
    tx: &mut Tx,
    scope: &Scope,
    schedule: ScheduleId,
    new: OverrideIn,
    now: Timestamp,
) -> Result<Override, StoreError> {
    let by = scope.actor.user();
    let args = args![scope.org, schedule, new.user, new.span.from, new.span.until, new.reason, by, now];
    let id = OverrideId(tx.insert(INSERT, args).await?);
    find(tx, scope.org, schedule, id).await
}

/// Somebody takes on-call from now on, for some time.
pub async fn take(
    db: &Db,
    scope: &Scope,
    schedule: ScheduleId,
    user: UserId,
    length: SignedDuration,
    now: Timestamp,
) -> Result<Override, StoreError> {
    let new = OverrideIn { user: Some(user), span: Span::new(now, now + length), reason: None };
    create(db, scope, schedule, new, now).await
}

/// Changes an override; of one that has begun, what is left of it becomes a new one, which is returned.
/// Errors: `NotFound`, `Refused` (the span, the person, it is over).
pub async fn edit(
    db: &Db,
    scope: &Scope,
    schedule: ScheduleId,
    id: OverrideId,
    new: OverrideIn,
    now: Timestamp,
) -> Result<Override, StoreError> {
    let scope = scope.clone();
    db.write(move |tx| {
        Box::pin(async move {
            let span = writable(new.span, now)?;
            parts::check_people(tx, scope.org, "user", new.user).await?;
            let before = hold(tx, scope.org, schedule, id, now).await?;
            let after = rewrite(tx, &scope, &before, OverrideIn { span, ..new }, now).await?;
            audit::updated(tx, &scope, subject(NOUN, id), (&before, &after), now).await?;
            super::changed(tx, &scope, schedule, now).await?;
            Ok(after)
        })
    })
    .await
}

async fn rewrite(
    tx: &mut Tx,
    scope: &Scope,
    before: &Override,
    new: OverrideIn,
    now: Timestamp,
) -> Result<Override, StoreError> {
    let (org, schedule, id) = (scope.org, before.schedule, before.id);
    if before.span.from < now {
        tx.exec(END, args![org, schedule, id, now]).await?;
        return insert(tx, scope, schedule, new, now).await;
    }
    tx.exec(CHANGE, args![org, schedule, id, new.user, new.span.from, new.span.until, new.reason]).await?;
    find(tx, org, schedule, id).await
}

/// Takes an override back; one that has begun ends now. Errors: `NotFound`, `Refused` (it is over).
pub async fn delete(
    db: &Db,
    scope: &Scope,
    schedule: ScheduleId,
    id: OverrideId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let scope = scope.clone();
    db.write(move |tx| {
        Box::pin(async move {
            let before = hold(tx, scope.org, schedule, id, now).await?;
            match before.span.from < now {
                true => tx.exec(END, args![scope.org, schedule, id, now]).await?,
                false => tx.exec(DELETE, args![scope.org, schedule, id]).await?,
            };
            audit::deleted(tx, &scope, subject(NOUN, id), &before, now).await?;
            super::changed(tx, &scope, schedule, now).await
        })
    })
    .await
}

/// Gives the rest of an override to somebody else, as part of a unit that holds the schedule.
pub(super) async fn hand_over(
    tx: &mut Tx,
    scope: &Scope,
    before: &Override,
    user: UserId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let span = Span::new(before.span.from.max(now), before.span.until);
    let new = OverrideIn { user: Some(user), span, reason: before.reason.clone() };
    let after = rewrite(tx, scope, before, new, now).await?;
    audit::updated(tx, scope, subject(NOUN, before.id), (before, &after), now).await
}

/// An override of a schedule that is held until the unit ends. Errors: `NotFound`, `Refused` (it is over).
async fn hold(
    tx: &mut Tx,
    org: OrgId,
    schedule: ScheduleId,
    id: OverrideId,
    now: Timestamp,
) -> Result<Override, StoreError> {
    super::lock(tx, org, schedule).await?;
    let found = find(tx, org, schedule, id).await?;
    match found.span.until <= now {
        true => Err(StoreError::Refused("this override is over, and the past is never changed".into())),
        false => Ok(found),
    }
}

/// An override. Errors: `NotFound`.
pub async fn get(db: &Db, scope: &Scope, schedule: ScheduleId, id: OverrideId) -> Result<Override, StoreError> {
    let row: Option<Row> = db.one(BY_ID, args![scope.org, schedule, id]).await?;
    row.map(Override::from).ok_or_else(|| StoreError::not_found(NOUN, id))
}

async fn find(tx: &mut Tx, org: OrgId, schedule: ScheduleId, id: OverrideId) -> Result<Override, StoreError> {
    let row: Option<Row> = tx.one(BY_ID, args![org, schedule, id]).await?;
    row.map(Override::from).ok_or_else(|| StoreError::not_found(NOUN, id))
}

/// The overrides of a schedule that touch a span, by their start.
pub async fn list(
    db: &Db,
    scope: &Scope,
    schedule: ScheduleId,
    span: Span,
    page: Page,
) -> Result<Vec<Override>, StoreError> {
    let args = args![scope.org, schedule, span.from, span.until, page.max_results, page.start_index];
    let rows: Vec<Row> = db.all(LIST, args).await?;
    Ok(rows.into_iter().map(Override::from).collect())
}

/// Those of schedules that touch a span, as the rules see them, by id.
pub(super) async fn touching(
    reader: &mut Reader<'_>,
    org: OrgId,
    ids: &[ScheduleId],
    span: Span,
) -> Result<BTreeMap<ScheduleId, Vec<schedule::Override>>, StoreError> {
    let rows: Vec<(i64, i64, Option<i64>, i64, i64)> =
        reader.all(TOUCHING, args![org, parts::numbers(ids), span.from, span.until]).await?;
    let mut found: BTreeMap<ScheduleId, Vec<schedule::Override>> = BTreeMap::new();
    for (id, schedule, user, from, until) in rows {
        let span = Span::new(timestamp(from), timestamp(until));
        let known = schedule::Override { id: OverrideId(id), user: user.map(UserId), span };
        found.entry(ScheduleId(schedule)).or_default().push(known);
    }
    Ok(found)
}
