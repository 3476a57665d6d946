//! Schedules: who is on call when. A plan is a list of versions; an edit takes effect now or later, and the past stays as it was.

pub(crate) mod exceptions;
pub mod load;
pub(crate) mod parts;
pub mod people;
mod plans;
pub(crate) mod versions;

use crate::args;
use crate::audit::{self, subject};
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::escalations;
use crate::page::Page;
use crate::policies;
use crate::reader::Reader;
use crate::reminders;
use crate::scope::Scope;
use crate::value::timestamp;
use jiff::Timestamp;
use serde::Serialize;
use watchbell_core::escalation::Target;
use watchbell_core::ids::{CalendarId, OrgId, ScheduleId, TeamId, UserId};
use watchbell_core::schedule::{Plan, Span, Version};
use watchbell_core::text::fold;

pub use exceptions::{overrides, temporaries};
pub use load::{load, prepared};
pub use people::{replace_user, uses_of_user};
pub use plans::{preview, refuse_gaps};

const NOUN: &str = "schedule";

macro_rules! columns {
    () => {
        "id, name, version, created_at, updated_at"
    };
}

sql! {
    INSERT { both: "INSERT INTO schedule (org_id, name, name_folded, version, created_at, updated_at) VALUES ($1, $2, $3, 1, $4, $4) RETURNING id" }
    BY_ID { both: concat!("SELECT ", columns!(), " FROM schedule WHERE org_id = $1 AND id = $2 AND deleted_at IS NULL") }
    BY_NAME { both: concat!("SELECT ", columns!(), " FROM schedule WHERE org_id = $1 AND name_folded = $2 AND deleted_at IS NULL") }
    LOCK {
        sqlite: "SELECT version FROM schedule WHERE org_id = $1 AND id = $2 AND deleted_at IS NULL",
        postgres: "SELECT version FROM schedule WHERE org_id = $1 AND id = $2 AND deleted_at IS NULL FOR UPDATE",
    }
    LOCK_MANY {
        sqlite: "SELECT id FROM schedule WHERE org_id = $1 AND id IN (SELECT value FROM json_each($2)) AND deleted_at IS NULL ORDER BY id",
        postgres: "SELECT id FROM schedule WHERE org_id = $1 AND id = ANY($2) AND deleted_at IS NULL ORDER BY id FOR SHARE",
    }
    LIST { both: concat!("SELECT ", columns!(), " FROM schedule WHERE org_id = $1 AND deleted_at IS NULL ORDER BY id LIMIT $2 OFFSET $3") }
    MANY {
        sqlite: concat!("SELECT ", columns!(), " FROM schedule WHERE org_id = $1 AND id IN (SELECT value FROM json_each($2)) ORDER BY id"),
        postgres: concat!("SELECT ", columns!(), " FROM schedule WHERE org_id = $1 AND id = ANY($2) ORDER BY id"),
    }
    ALL_IDS { both: "SELECT id FROM schedule WHERE org_id = $1 AND deleted_at IS NULL ORDER BY id" }
    UPDATE { both: "UPDATE schedule SET name = $3, name_folded = $4, version = version + 1, updated_at = $5 WHERE org_id = $1 AND id = $2" }
    DELETE { both: "UPDATE schedule SET deleted_at = $3, updated_at = $3, version = version + 1 WHERE org_id = $1 AND id = $2" }
}

/// A schedule with the plan that is in force, and those that are to come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Schedule {
    /// Which.
    pub id: ScheduleId,
    /// Its name, unique without case.
    pub name: String,
    /// Counts its changes, from 1: who changes it says which they saw.
    pub version: i64,
    /// The plan that is in force.
    pub current: Version,
    /// The plans that are to come, by time.
    pub upcoming: Vec<Version>,
    /// Who is told of its gaps, by id.
    pub owners: Vec<UserId>,
    /// The teams that it belongs to, by id.
    pub teams: Vec<TeamId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// What a schedule is made of, parsed and validated at the edge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScheduleIn {
    /// Its name.
    pub name: String,
    /// IANA name of its zone.
    pub zone: String,
    /// Whose holidays count.
    pub calendar: Option<CalendarId>,
    /// Who is on call when.
    pub plan: Plan,
    /// Its owners; as they are where there is no list.
    pub owners: Option<Vec<UserId>>,
    /// Its teams; as they are where there is no list.
    pub teams: Option<Vec<TeamId>>,
}

impl ScheduleIn {
    /// As a version that is in force from a moment on.
    pub fn version(&self, from: Timestamp) -> Version {
        Version { from, zone: self.zone.clone(), calendar: self.calendar, plan: self.plan.clone() }
    }
}

impl From<Schedule> for ScheduleIn {
    fn from(schedule: Schedule) -> Self {
        let Version { zone, calendar, plan, .. } = schedule.current;
        Self { name: schedule.name, zone, calendar, plan, owners: None, teams: None }
    }
}

/// How a change takes effect.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Edit {
    /// From when on; now where there is none.
    pub from: Option<Timestamp>,
    /// The version that was seen; a schedule that changed meanwhile is not changed.
    pub seen: Option<i64>,
    /// Whether whoever has the turn then keeps it, though people were added or moved.
    pub keeps_turn: bool,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    name: String,
    version: i64,
    created_at: i64,
    updated_at: i64,
}

/// Makes a schedule whose plan is in force from now on. Errors: `Taken` (name), `Refused` (somebody or something that does not exist).
pub async fn create(db: &Db, scope: &Scope, new: ScheduleIn, now: Timestamp) -> Result<Schedule, StoreError> {
    let scope = scope.clone();
    db.write(move |tx| {
        Box::pin(async move {
            plans::validate(&new.version(now))?;
            check(tx, scope.org, &new).await?;
            let id =
                ScheduleId(tx.insert(INSERT, args![scope.org, &new.name, fold(&new.name), now]).await.map_err(taken)?);
            versions::put(tx, scope.org, id, &new.version(now), now).await?;
            set_parts(tx, scope.org, id, &new).await?;
            let schedule = find(tx, scope.org, id, now).await?;
            audit::created(tx, &scope, subject(NOUN, id), &schedule, now).await?;
            changed(tx, &scope, id, now).await?;
            Ok(schedule)
        })
    })
    .await
}

/// People before the schedule: whoever deletes a person holds that person first as well.
async fn check(tx: &mut Tx, org: OrgId, new: &ScheduleIn) -> Result<(), StoreError> {
    let (field, people) = match &new.plan {
        Plan::Recurring { .. } => ("scheduleLayers", load::people_of(&new.plan)),
        Plan::Static { .. } => ("shifts", load::people_of(&new.plan)),
    };
    let owners = new.owners.iter().flatten().copied();
    parts::check_people(tx, org, field, people).await?;
    parts::check_people(tx, org, "owners", owners).await?;
    parts::check_teams(tx, org, new.teams.as_deref().unwrap_or_default()).await?;
    parts::check_calendar(tx, org, new.calendar).await
}

async fn set_parts(tx: &mut Tx, org: OrgId, id: ScheduleId, new: &ScheduleIn) -> Result<(), StoreError> {
    if let Some(owners) = &new.owners {
        parts::set_owners(tx, org, id, owners).await?;
    }
    if let Some(teams) = &new.teams {
        parts::set_teams(tx, org, id, teams).await?;
    }
    Ok(())
}

fn taken(error: StoreError) -> StoreError {
    error.taken("schedule_name", NOUN, "name").taken("schedule.name_folded", NOUN, "name")
}

/// A schedule. Errors: `NotFound`.
pub async fn get(db: &Db, scope: &Scope, id: ScheduleId, now: Timestamp) -> Result<Schedule, StoreError> {
    let row: Option<Row> = db.one(BY_ID, args![scope.org, id]).await?;
    one(&mut db.into(), scope.org, row, now).await?.ok_or_else(|| StoreError::not_found(NOUN, id))
}

/// The schedule of this name.
pub async fn find_by_name(db: &Db, scope: &Scope, name: &str, now: Timestamp) -> Result<Option<Schedule>, StoreError> {
    let row: Option<Row> = db.one(BY_NAME, args![scope.org, fold(name)]).await?;
    one(&mut db.into(), scope.org, row, now).await
}

/// Schedules by id.
pub async fn list(db: &Db, scope: &Scope, page: Page, now: Timestamp) -> Result<Vec<Schedule>, StoreError> {
    let rows: Vec<Row> = db.all(LIST, args![scope.org, page.max_results, page.start_index]).await?;
    assemble(&mut db.into(), scope.org, rows, now).await
}

/// Those of `ids` that ever existed, deleted ones too: policies name them.
pub async fn get_many(db: &Db, scope: &Scope, ids: &[ScheduleId], now: Timestamp) -> Result<Vec<Schedule>, StoreError> {
    let rows: Vec<Row> = db.all(MANY, args![scope.org, parts::numbers(ids)]).await?;
    assemble(&mut db.into(), scope.org, rows, now).await
}

/// The ids of all schedules, in order.
pub async fn ids(reader: impl Into<Reader<'_>>, scope: &Scope) -> Result<Vec<ScheduleId>, StoreError> {
    let rows: Vec<(i64,)> = reader.into().all(ALL_IDS, args![scope.org]).await?;
    Ok(rows.into_iter().map(|(id,)| ScheduleId(id)).collect())
}

async fn one(
    reader: &mut Reader<'_>,
    org: OrgId,
    row: Option<Row>,
    now: Timestamp,
) -> Result<Option<Schedule>, StoreError> {
    Ok(assemble(reader, org, row.into_iter().collect(), now).await?.pop())
}

/// Rows with their plans, owners and teams; a schedule without a readable plan is left out, see [`versions::in_force`].
async fn assemble(
    reader: &mut Reader<'_>,
    org: OrgId,
    rows: Vec<Row>,
    now: Timestamp,
) -> Result<Vec<Schedule>, StoreError> {
    let ids: Vec<ScheduleId> = rows.iter().map(|row| ScheduleId(row.id)).collect();
    let mut plans = versions::in_force(reader, org, &ids, Span::new(now, Timestamp::MAX)).await?;
    let mut owners = parts::owners(reader, org, &ids).await?;
    let mut teams = parts::teams(reader, org, &ids).await?;
    let schedule = |row: Row| {
        let id = ScheduleId(row.id);
        let mut plans = plans.remove(&id)?.into_iter();
        Some(Schedule {
            id,
            name: row.name,
            version: row.version,
            current: plans.next()?,
            upcoming: plans.collect(),
            owners: owners.remove(&id).unwrap_or_default(),
            teams: teams.remove(&id).unwrap_or_default(),
            created_at: timestamp(row.created_at),
            updated_at: timestamp(row.updated_at),
        })
    };
    Ok(rows.into_iter().filter_map(schedule).collect())
}

/// Replaces what a schedule is made of, from now or from a later moment on; plans that were to come then or later are dropped.
/// Errors: `NotFound`, `Taken`, `Refused`, `Conflict` (it changed since it was seen).
pub async fn update(
    db: &Db,
    scope: &Scope,
    id: ScheduleId,
    new: ScheduleIn,
    edit: Edit,
    now: Timestamp,
) -> Result<Schedule, StoreError> {
    let scope = scope.clone();
    db.write(move |tx| Box::pin(async move { update_in(tx, &scope, id, new, edit, now).await })).await
}

async fn update_in(
    tx: &mut Tx,
    scope: &Scope,
    id: ScheduleId,
    new: ScheduleIn,
    edit: Edit,
    now: Timestamp,
) -> Result<Schedule, StoreError> {
    let from = edit.from.unwrap_or(now);
    if from < now {
        return Err(StoreError::Refused("effectiveFrom: lies in the past, which is never changed".into()));
    }
    check(tx, scope.org, &new).await?;
    let version = lock(tx, scope.org, id).await?;
    if edit.seen.is_some_and(|seen| seen != version) {
        return Err(StoreError::Conflict(NOUN));
    }
    let before = find(tx, scope.org, id, now).await?;
    let version = plans::next_version_in(tx, scope, &before, (&new, edit), now).await?;
    put_plan(tx, scope.org, &before, (version, edit), now).await?;
    set_parts(tx, scope.org, id, &new).await?;
    tx.exec(UPDATE, args![scope.org, id, &new.name, fold(&new.name), now]).await.map_err(taken)?;
    let after = find(tx, scope.org, id, now).await?;
    audit::updated(tx, scope, subject(NOUN, id), (&before, &after), now).await?;
    changed(tx, scope, id, now).await?;
    Ok(after)
}

/// What follows from a change of who is on call: alerts that are escalating look again, and its reminders are planned anew.
pub(crate) async fn changed(
    tx: &mut Tx,
    scope: &Scope,
    schedule: ScheduleId,
    now: Timestamp,
) -> Result<(), StoreError> {
    reminders::replan(tx, scope.org, schedule, now).await?;
    escalations::schedule_changed(tx, scope, schedule, now).await
}

/// A plan that would change nothing makes no version of its own: renaming a schedule leaves its plan, and those to come, alone.
/// Whoever names the moment from which it counts takes back what was planned for then or later.
async fn put_plan(
    tx: &mut Tx,
    org: OrgId,
    before: &Schedule,
    (version, edit): (Version, Edit),
    now: Timestamp,
) -> Result<(), StoreError> {
    let is_same = Version { from: version.from, ..before.current.clone() } == version;
    match is_same && (before.upcoming.is_empty() || edit.from.is_none()) {
        true => Ok(()),
        false => versions::put(tx, org, before.id, &version, now).await,
    }
}

/// Gives a schedule another name. Errors: `NotFound`, `Taken`.
pub async fn rename(
    db: &Db,
    scope: &Scope,
    id: ScheduleId,
    name: String,
    now: Timestamp,
) -> Result<Schedule, StoreError> {
    let scope = scope.clone();
    db.write(move |tx| {
        Box::pin(async move {
            lock(tx, scope.org, id).await?;
            let before = find(tx, scope.org, id, now).await?;
            tx.exec(UPDATE, args![scope.org, id, &name, fold(&name), now]).await.map_err(taken)?;
            let after = find(tx, scope.org, id, now).await?;
            audit::updated(tx, &scope, subject(NOUN, id), (&before, &after), now).await?;
            Ok(after)
        })
    })
    .await
}

/// Deletes a schedule; alerts that run by an old version of a policy still ask it. Errors: `NotFound`, `InUse` (a policy asks it).
pub async fn delete(db: &Db, scope: &Scope, id: ScheduleId, now: Timestamp) -> Result<(), StoreError> {
    let scope = scope.clone();
    db.write(move |tx| {
        Box::pin(async move {
            lock(tx, scope.org, id).await?;
            let schedule = find(tx, scope.org, id, now).await?;
            let policies = policies::names_that_target(tx, scope.org, Target::Schedule(id)).await?;
            if !policies.is_empty() {
                let list = policies.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ");
                let what = format!("the escalation policies {list} page by this schedule: take it out there first");
                return Err(StoreError::InUse { what });
            }
            tx.exec(DELETE, args![scope.org, id, now]).await?;
            audit::deleted(tx, &scope, subject(NOUN, id), &schedule, now).await
        })
    })
    .await
}

/// Holds a schedule against other changes until the unit ends; its version. Errors: `NotFound`.
pub(crate) async fn lock(tx: &mut Tx, org: OrgId, id: ScheduleId) -> Result<i64, StoreError> {
    let row: Option<(i64,)> = tx.one(LOCK, args![org, id]).await?;
    row.map(|(version,)| version).ok_or_else(|| StoreError::not_found(NOUN, id))
}

/// Those of `ids` that do not exist; the others cannot be deleted until the unit ends.
pub async fn missing(tx: &mut Tx, org: OrgId, ids: &[ScheduleId]) -> Result<Vec<ScheduleId>, StoreError> {
    let found: Vec<(i64,)> = tx.all(LOCK_MANY, args![org, parts::numbers(ids)]).await?;
    Ok(ids.iter().copied().filter(|id| !found.contains(&(id.0,))).collect())
}

pub(crate) async fn find(tx: &mut Tx, org: OrgId, id: ScheduleId, now: Timestamp) -> Result<Schedule, StoreError> {
    let row: Option<Row> = tx.one(BY_ID, args![org, id]).await?;
    one(&mut tx.into(), org, row, now).await?.ok_or_else(|| StoreError::not_found(NOUN, id))
}
