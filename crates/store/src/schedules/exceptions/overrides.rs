//! Overrides: somebody, or nobody, for a span, on top of the plan.

use super::super::parts;
use super::passing_on::{Past, pass_on};
use super::{Exception, Statements, left, writable};
use crate::args;
use crate::cover_requests;
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::page::Page;
use crate::reader::Reader;
use crate::scope::Scope;
use crate::value::{Value, timestamp};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use std::collections::BTreeMap;
use watchbell_core::ids::{OrgId, OverrideId, ScheduleId, UserId};
use watchbell_core::schedule::{self, Because, Span};

pub use super::{delete, edit, get};

macro_rules! columns {
    () => {
        "id, schedule_id, user_id, from_at, until_at, reason, created_by, created_at"
    };
}

sql! {
    INSERT { both: "INSERT INTO schedule_override (org_id, schedule_id, from_at, until_at, created_by, created_at, user_id, reason) \
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
    CHANGE { both: "UPDATE schedule_override SET from_at = $4, until_at = $5, user_id = $6, reason = $7 WHERE org_id = $1 AND schedule_id = $2 AND id = $3" }
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

/// As it is in the database.
#[derive(Debug, sqlx::FromRow)]
pub struct Row {
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

impl Exception for OverrideId {
    const NOUN: &'static str = "override";
    const TOO_MANY: &'static str = "overrides that are not over: change its plan instead";
    const STATEMENTS: Statements =
        Statements { insert: INSERT, change: CHANGE, delete: DELETE, by_id: BY_ID, count: COUNT };
    type Row = Row;
    type Known = Override;
    type New = OverrideIn;

    fn numbered(id: i64) -> Self {
        Self(id)
    }

    fn read(row: Row) -> Result<Override, StoreError> {
        Ok(row.into())
    }

    fn because(self) -> Because {
        Because::Override(self)
    }

    fn place(known: &Override) -> (ScheduleId, Self, Span) {
        (known.schedule, known.id, known.span)
    }

    fn within(known: &Override, span: Span) -> OverrideIn {
        OverrideIn { user: known.user, span, reason: known.reason.clone() }
    }

    fn writable(new: OverrideIn, now: Timestamp) -> Result<OverrideIn, StoreError> {
        Ok(OverrideIn { span: writable(new.span, now)?, ..new })
    }

    fn people(new: &OverrideIn) -> (&'static str, Vec<UserId>) {
        ("user", new.user.into_iter().collect())
    }

    fn values(new: OverrideIn) -> Result<(Span, Vec<Value>), StoreError> {
        Ok((new.span, args![new.user, new.reason]))
    }

    /// Whoever asked for cover hears that they have not got it any more.
    async fn tell_of_loss(
        tx: &mut Tx,
        scope: &Scope,
        before: &Override,
        after: Option<&Override>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let left = Span::new(before.span.from.max(now), before.span.until);
        let holds = |after: &Override| after.user == before.user && after.span.overlap(&left) == Some(left);
        match before.user.filter(|_| !after.is_some_and(holds)) {
            Some(user) => cover_requests::given_back(tx, scope, (before.schedule, user), left, now).await,
            None => Ok(()),
        }
    }

    /// Whoever asks for what is so already is told: two people who take the same shift at the same moment do not both believe it theirs.
    async fn refuse_same(tx: &mut Tx, org: OrgId, schedule: ScheduleId, new: &OverrideIn) -> Result<(), StoreError> {
        let (from, until) = (new.span.from, new.span.until);
        let same: Option<(i64,)> = tx.one(SAME, args![org, schedule, from, until, new.user]).await?;
        match same {
            None => Ok(()),
            Some((id,)) => Err(StoreError::InUse {
                what: format!("override {id} says the same already: the same person has all of this span"),
            }),
        }
    }
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
    super::create_in::<OverrideId>(tx, scope, schedule, new, now).await
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

/// Gives the rest of an override to somebody else, as part of a unit that holds the schedule.
pub(in crate::schedules) async fn hand_over(
    tx: &mut Tx,
    scope: &Scope,
    before: &Override,
    user: UserId,
    past: &Past,
    now: Timestamp,
) -> Result<(), StoreError> {
    let new = OverrideIn { user: Some(user), ..left::<OverrideId>(before, now) };
    pass_on::<OverrideId>(tx, scope, before, new, past, now).await
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
pub(in crate::schedules) async fn touching(
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
