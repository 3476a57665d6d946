//! Temporary schedules: shifts that replace the plan for a span.

use super::super::parts;
use super::passing_on::{Past, pass_on};
use super::{Exception, Statements, create_in, left, writable};
use crate::args;
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::page::Page;
use crate::reader::Reader;
use crate::scope::Scope;
use crate::stored;
use crate::value::{Value, timestamp};
use jiff::Timestamp;
use serde::Serialize;
use std::collections::BTreeMap;
use watchbell_core::ids::{OrgId, ScheduleId, TemporaryScheduleId, UserId};
use watchbell_core::limits::TEMPORARY_SHIFTS_MAX;
use watchbell_core::schedule::{Because, Span, StaticShift, Temporary};

pub use super::{delete, edit, get};

const NOUN: &str = "temporary schedule";

macro_rules! columns {
    () => {
        "id, schedule_id, from_at, until_at, shifts, created_by, created_at"
    };
}

sql! {
    INSERT { both: "INSERT INTO temporary_schedule (org_id, schedule_id, from_at, until_at, created_by, created_at, shifts) \
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

/// As it is in the database.
#[derive(Debug, sqlx::FromRow)]
pub struct Row {
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

/// Whether shifts, by time, may stand in a span.
fn check(shifts: &[StaticShift], span: Span) -> Result<(), StoreError> {
    if shifts.len() > TEMPORARY_SHIFTS_MAX {
        return Err(StoreError::Refused(format!("shifts: may be at most {TEMPORARY_SHIFTS_MAX}")));
    }
    for (nth, shift) in shifts.iter().enumerate() {
        let refused = |why: &str| Err(StoreError::Refused(format!("shifts[{nth}]: {why}")));
        if shift.span.is_empty() {
            return refused("end: must come after start");
        }
        if shift.span.from < span.from || shift.span.until > span.until {
            return refused("must lie within the temporary schedule");
        }
        if nth > 0 && shifts[nth - 1].span.until > shift.span.from {
            return refused("overlaps the one before it");
        }
    }
    Ok(())
}

fn cut(shifts: Vec<StaticShift>, span: Span) -> Vec<StaticShift> {
    let within = |shift: StaticShift| shift.span.overlap(&span).map(|span| StaticShift { span, ..shift });
    shifts.into_iter().filter_map(within).collect()
}

impl Exception for TemporaryScheduleId {
    const NOUN: &'static str = NOUN;
    const TOO_MANY: &'static str = "temporary schedules that are not over";
    const STATEMENTS: Statements =
        Statements { insert: INSERT, change: CHANGE, delete: DELETE, by_id: BY_ID, count: COUNT };
    type Row = Row;
    type Known = TemporarySchedule;
    type New = TemporaryIn;

    fn numbered(id: i64) -> Self {
        Self(id)
    }

    fn read(row: Row) -> Result<TemporarySchedule, StoreError> {
        row.read()
    }

    fn because(self) -> Because {
        Because::Temporary(self)
    }

    fn place(known: &TemporarySchedule) -> (ScheduleId, Self, Span) {
        (known.schedule, known.id, known.span)
    }

    fn within(known: &TemporarySchedule, span: Span) -> TemporaryIn {
        TemporaryIn { span, shifts: cut(known.shifts.clone(), span) }
    }

    /// With its shifts by time and cut to it. Errors: `Refused` (the span, a shift outside it, overlapping shifts, too many).
    fn writable(new: TemporaryIn, now: Timestamp) -> Result<TemporaryIn, StoreError> {
        let mut shifts = new.shifts;
        shifts.sort_by_key(|shift| shift.span.from);
        check(&shifts, new.span)?;
        let span = writable(new.span, now)?;
        Ok(TemporaryIn { span, shifts: cut(shifts, span) })
    }

    fn people(new: &TemporaryIn) -> (&'static str, Vec<UserId>) {
        ("shifts", new.shifts.iter().map(|shift| shift.user).collect())
    }

    fn values(new: TemporaryIn) -> Result<(Span, Vec<Value>), StoreError> {
        Ok((new.span, args![stored::to_json(&new.shifts)?]))
    }

    /// Nobody asks for a whole rota twice at the same moment.
    /// Nobody asks for cover by one.
    async fn tell_of_loss(
        _: &mut Tx,
        _: &Scope,
        _: &TemporarySchedule,
        _: Option<&TemporarySchedule>,
        _: Timestamp,
    ) -> Result<(), StoreError> {
        Ok(())
    }

    async fn refuse_same(_: &mut Tx, _: OrgId, _: ScheduleId, _: &TemporaryIn) -> Result<(), StoreError> {
        Ok(())
    }
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
    db.write(move |tx| Box::pin(async move { create_in::<TemporaryScheduleId>(tx, &scope, schedule, new, now).await }))
        .await
}

/// Gives somebody's shifts that are not over to somebody else, as part of a unit that holds the schedule.
pub(in crate::schedules) async fn hand_over(
    tx: &mut Tx,
    scope: &Scope,
    before: &TemporarySchedule,
    (from, to): (UserId, UserId),
    past: &Past,
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut new = left::<TemporaryScheduleId>(before, now);
    new.shifts.iter_mut().filter(|shift| shift.user == from).for_each(|shift| shift.user = to);
    pass_on::<TemporaryScheduleId>(tx, scope, before, new, past, now).await
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
pub(in crate::schedules) async fn all_touching(
    reader: &mut Reader<'_>,
    org: OrgId,
    ids: &[ScheduleId],
    span: Span,
) -> Result<Vec<TemporarySchedule>, StoreError> {
    let rows: Vec<Row> = reader.all(TOUCHING, args![org, parts::numbers(ids), span.from, span.until]).await?;
    rows.into_iter().map(Row::read).collect()
}

/// Those of schedules that touch a span, as the rules see them, by id.
pub(in crate::schedules) async fn touching(
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
