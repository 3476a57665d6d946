//! Temporary schedules: shifts that replace the plan for a span. What lies before now is never changed, as with overrides.

use super::{overrides, parts};
use crate::args;
use crate::audit::{self, subject};
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::page::Page;
use crate::reader::Reader;
use crate::scope::Scope;
use crate::stored;
use crate::value::timestamp;
use jiff::Timestamp;
use serde::Serialize;
use std::collections::BTreeMap;
use watchbell_core::ids::{OrgId, ScheduleId, TemporaryScheduleId, UserId};
use watchbell_core::limits::{SCHEDULE_EXCEPTIONS_MAX, TEMPORARY_SHIFTS_MAX};
use watchbell_core::schedule::{Span, StaticShift, Temporary};

const NOUN: &str = "temporary schedule";

macro_rules! columns {
    () => {
        "id, schedule_id, from_at, until_at, shifts, created_by, created_at"
    };
}

sql! {
    INSERT { both: "INSERT INTO temporary_schedule (org_id, schedule_id, from_at, until_at, shifts, created_by, created_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id" }
    BY_ID { both: concat!("SELECT ", columns!(), " FROM temporary_schedule WHERE org_id = $1 AND schedule_id = $2 AND id = $3") }
    COUNT { both: "SELECT COUNT(*) FROM temporary_schedule WHERE org_id = $1 AND schedule_id = $2 AND until_at > $3" }
    LIST { both: concat!("SELECT ", columns!(), " FROM temporary_schedule WHERE org_id = $1 AND schedule_id = $2 AND until_at > $3 AND from_at < $4 \
        ORDER BY from_at, id LIMIT $5 OFFSET $6") }
    TOUCHING {
        sqlite: concat!("SELECT ", columns!(), " FROM temporary_schedule WHERE org_id = $1 \
            AND schedule_id IN (SELECT value FROM json_each($2)) AND until_at > $3 AND from_at < $4 ORDER BY schedule_id, id"),
        postgres: concat!("SELECT ", columns!(), " FROM temporary_schedule WHERE org_id = $1 \
            AND schedule_id = ANY($2) AND until_at > $3 AND from_at < $4 ORDER BY schedule_id, id"),
    }
    CHANGE { both: "UPDATE temporary_schedule SET from_at = $4, until_at = $5, shifts = $6 WHERE org_id = $1 AND schedule_id = $2 AND id = $3" }
    DELETE { both: "DELETE FROM temporary_schedule WHERE org_id = $1 AND schedule_id = $2 AND id = $3" }
}

/// Shifts that replace the plan for a span.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TemporarySchedule {
    /// Which; of two for the same instant the later one wins.
    pub id: TemporaryScheduleId,
    /// Of which schedule.
    pub schedule: ScheduleId,
    /// When.
    pub span: Span,
    /// By time, within the span.
    pub shifts: Vec<StaticShift>,
    /// Who made it.
    pub created_by: Option<UserId>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// What a temporary schedule is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemporaryIn {
    /// When; what of it lies before now does not count.
    pub span: Span,
    /// Within the span; none overlaps another.
    pub shifts: Vec<StaticShift>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    schedule_id: i64,
    from_at: i64,
    until_at: i64,
    shifts: String,
    created_by: Option<i64>,
    created_at: i64,
}

impl Row {
    fn read(self) -> Result<TemporarySchedule, StoreError> {
        Ok(TemporarySchedule {
            id: TemporaryScheduleId(self.id),
            schedule: ScheduleId(self.schedule_id),
            span: Span::new(timestamp(self.from_at), timestamp(self.until_at)),
            shifts: stored::json(NOUN, &self.shifts)?,
            created_by: self.created_by.map(UserId),
            created_at: timestamp(self.created_at),
        })
    }
}

/// The part that can still be written, with its shifts by time and cut to it.
/// Errors: `Refused` (the span, a shift outside it, overlapping shifts, too many).
fn writable(new: TemporaryIn, now: Timestamp) -> Result<TemporaryIn, StoreError> {
    let mut shifts = new.shifts;
    if shifts.len() > TEMPORARY_SHIFTS_MAX {
        return Err(StoreError::Refused(format!("shifts: may be at most {TEMPORARY_SHIFTS_MAX}")));
    }
    shifts.sort_by_key(|shift| shift.span.from);
    for (nth, shift) in shifts.iter().enumerate() {
        let refused = |why: &str| Err(StoreError::Refused(format!("shifts[{nth}]: {why}")));
        if shift.span.is_empty() {
            return refused("end: must come after start");
        }
        if shift.span.from < new.span.from || shift.span.until > new.span.until {
            return refused("must lie within the temporary schedule");
        }
        if nth > 0 && shifts[nth - 1].span.until > shift.span.from {
            return refused("overlaps the one before it");
        }
    }
    let span = overrides::writable(new.span, now)?;
    Ok(TemporaryIn { span, shifts: cut(shifts, span) })
}

fn cut(shifts: Vec<StaticShift>, span: Span) -> Vec<StaticShift> {
    let within = |shift: StaticShift| shift.span.overlap(&span).map(|span| StaticShift { span, ..shift });
    shifts.into_iter().filter_map(within).collect()
}

/// Makes a temporary schedule. Errors: `NotFound` (schedule), `Refused` (the span, the shifts, a person, too many).
pub async fn create(
    db: &Db,
    scope: &Scope,
    schedule: ScheduleId,
    new: TemporaryIn,
    now: Timestamp,
) -> Result<TemporarySchedule, StoreError> {
    let scope = scope.clone();
    db.write(move |tx| {
        Box::pin(async move {
            let new = writable(new, now)?;
            parts::check_people(tx, scope.org, "shifts", new.shifts.iter().map(|shift| shift.user)).await?;
            super::lock(tx, scope.org, schedule).await?;
            let count: Option<(i64,)> = tx.one(COUNT, args![scope.org, schedule, now]).await?;
            if count.is_some_and(|(count,)| count >= SCHEDULE_EXCEPTIONS_MAX) {
                return Err(StoreError::Refused(format!(
                    "a schedule may have at most {SCHEDULE_EXCEPTIONS_MAX} temporary schedules that are not over"
                )));
            }
            let made = insert(tx, &scope, schedule, new, now).await?;
            audit::created(tx, &scope, subject(NOUN, made.id), &made, now).await?;
            super::changed(tx, &scope, schedule, now).await?;
            Ok(made)
        })
    })
    .await
}

async fn insert(
    tx: &mut Tx,
    scope: &Scope,
    schedule: ScheduleId,
    new: TemporaryIn,
    now: Timestamp,
) -> Result<TemporarySchedule, StoreError> {
    let (by, shifts) = (scope.actor.user(), stored::to_json(&new.shifts)?);
    let args = args![scope.org, schedule, new.span.from, new.span.until, shifts, by, now];
    let id = TemporaryScheduleId(tx.insert(INSERT, args).await?);
    find(tx, scope.org, schedule, id).await
}

/// Changes a temporary schedule; of one that has begun, what is left of it becomes a new one, which is returned.
/// Errors: `NotFound`, `Refused` (the span, the shifts, a person, it is over).
pub async fn edit(
    db: &Db,
    scope: &Scope,
    schedule: ScheduleId,
    id: TemporaryScheduleId,
    new: TemporaryIn,
    now: Timestamp,
) -> Result<TemporarySchedule, StoreError> {
    let scope = scope.clone();
    db.write(move |tx| {
        Box::pin(async move {
            let new = writable(new, now)?;
            parts::check_people(tx, scope.org, "shifts", new.shifts.iter().map(|shift| shift.user)).await?;
            let before = hold(tx, scope.org, schedule, id, now).await?;
            let after = rewrite(tx, &scope, &before, new, now).await?;
            audit::updated(tx, &scope, subject(NOUN, id), (&before, &after), now).await?;
            super::changed(tx, &scope, schedule, now).await?;
            Ok(after)
        })
    })
    .await
}

pub(super) async fn rewrite(
    tx: &mut Tx,
    scope: &Scope,
    before: &TemporarySchedule,
    new: TemporaryIn,
    now: Timestamp,
) -> Result<TemporarySchedule, StoreError> {
    if before.span.from < now {
        end(tx, scope.org, before, now).await?;
        return insert(tx, scope, before.schedule, new, now).await;
    }
    change(tx, scope.org, before, new).await?;
    find(tx, scope.org, before.schedule, before.id).await
}

async fn end(tx: &mut Tx, org: OrgId, before: &TemporarySchedule, now: Timestamp) -> Result<(), StoreError> {
    let span = Span::new(before.span.from, now);
    change(tx, org, before, TemporaryIn { span, shifts: cut(before.shifts.clone(), span) }).await
}

async fn change(tx: &mut Tx, org: OrgId, of: &TemporarySchedule, new: TemporaryIn) -> Result<(), StoreError> {
    let shifts = stored::to_json(&new.shifts)?;
    tx.exec(CHANGE, args![org, of.schedule, of.id, new.span.from, new.span.until, shifts]).await?;
    Ok(())
}

/// Takes a temporary schedule back; one that has begun ends now. Errors: `NotFound`, `Refused` (it is over).
pub async fn delete(
    db: &Db,
    scope: &Scope,
    schedule: ScheduleId,
    id: TemporaryScheduleId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let scope = scope.clone();
    db.write(move |tx| {
        Box::pin(async move {
            let before = hold(tx, scope.org, schedule, id, now).await?;
            match before.span.from < now {
                true => end(tx, scope.org, &before, now).await?,
                false => drop(tx.exec(DELETE, args![scope.org, schedule, id]).await?),
            }
            audit::deleted(tx, &scope, subject(NOUN, id), &before, now).await?;
            super::changed(tx, &scope, schedule, now).await
        })
    })
    .await
}

/// Gives somebody's shifts that are not over to somebody else, as part of a unit that holds the schedule.
pub(super) async fn hand_over(
    tx: &mut Tx,
    scope: &Scope,
    before: &TemporarySchedule,
    (from, to): (UserId, UserId),
    now: Timestamp,
) -> Result<(), StoreError> {
    let span = Span::new(before.span.from.max(now), before.span.until);
    let mut shifts = cut(before.shifts.clone(), span);
    shifts.iter_mut().filter(|shift| shift.user == from).for_each(|shift| shift.user = to);
    let after = rewrite(tx, scope, before, TemporaryIn { span, shifts }, now).await?;
    audit::updated(tx, scope, subject(NOUN, before.id), (before, &after), now).await
}

async fn hold(
    tx: &mut Tx,
    org: OrgId,
    schedule: ScheduleId,
    id: TemporaryScheduleId,
    now: Timestamp,
) -> Result<TemporarySchedule, StoreError> {
    super::lock(tx, org, schedule).await?;
    let found = find(tx, org, schedule, id).await?;
    match found.span.until <= now {
        true => Err(StoreError::Refused("this temporary schedule is over, and the past is never changed".into())),
        false => Ok(found),
    }
}

async fn find(
    tx: &mut Tx,
    org: OrgId,
    schedule: ScheduleId,
    id: TemporaryScheduleId,
) -> Result<TemporarySchedule, StoreError> {
    let row: Option<Row> = tx.one(BY_ID, args![org, schedule, id]).await?;
    row.ok_or_else(|| StoreError::not_found(NOUN, id))?.read()
}

/// A temporary schedule. Errors: `NotFound`.
pub async fn get(
    db: &Db,
    scope: &Scope,
    schedule: ScheduleId,
    id: TemporaryScheduleId,
) -> Result<TemporarySchedule, StoreError> {
    let row: Option<Row> = db.one(BY_ID, args![scope.org, schedule, id]).await?;
    row.ok_or_else(|| StoreError::not_found(NOUN, id))?.read()
}

/// The temporary schedules of a schedule that touch a span, by their start.
pub async fn list(
    db: &Db,
    scope: &Scope,
    schedule: ScheduleId,
    span: Span,
    page: Page,
) -> Result<Vec<TemporarySchedule>, StoreError> {
    let args = args![scope.org, schedule, span.from, span.until, page.max_results, page.start_index];
    let rows: Vec<Row> = db.all(LIST, args).await?;
    rows.into_iter().map(Row::read).collect()
}

/// Those of schedules that touch a span, whole, by schedule and id.
pub(super) async fn all_touching(
    reader: &mut Reader<'_>,
    org: OrgId,
    ids: &[ScheduleId],
    span: Span,
) -> Result<Vec<TemporarySchedule>, StoreError> {
    let rows: Vec<Row> = reader.all(TOUCHING, args![org, parts::numbers(ids), span.from, span.until]).await?;
    rows.into_iter().map(Row::read).collect()
}

/// Those of schedules that touch a span, as the rules see them, by id.
pub(super) async fn touching(
    reader: &mut Reader<'_>,
    org: OrgId,
    ids: &[ScheduleId],
    span: Span,
) -> Result<BTreeMap<ScheduleId, Vec<Temporary>>, StoreError> {
    let mut found: BTreeMap<ScheduleId, Vec<Temporary>> = BTreeMap::new();
    for known in all_touching(reader, org, ids, span).await? {
        let TemporarySchedule { id, schedule, span, shifts, .. } = known;
        found.entry(schedule).or_default().push(Temporary { id, span, shifts });
    }
    Ok(found)
}
