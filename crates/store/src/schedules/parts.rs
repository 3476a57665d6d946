//! What a schedule refers to: people, teams, a calendar. Each has to exist, and stays until the unit ends.

use crate::args;
use crate::db::Tx;
use crate::error::StoreError;
use crate::reader::Reader;
use crate::teams;
use crate::users;
use std::collections::{BTreeMap, BTreeSet};
use watchbell_core::ids::{CalendarId, OrgId, ScheduleId, TeamId, UserId};

sql! {
    OWNERS {
        sqlite: "SELECT schedule_id, user_id FROM schedule_owner WHERE org_id = $1 AND schedule_id IN (SELECT value FROM json_each($2)) ORDER BY schedule_id, user_id",
        postgres: "SELECT schedule_id, user_id FROM schedule_owner WHERE org_id = $1 AND schedule_id = ANY($2) ORDER BY schedule_id, user_id",
    }
    TEAMS {
        sqlite: "SELECT schedule_id, team_id FROM schedule_team WHERE org_id = $1 AND schedule_id IN (SELECT value FROM json_each($2)) ORDER BY schedule_id, team_id",
        postgres: "SELECT schedule_id, team_id FROM schedule_team WHERE org_id = $1 AND schedule_id = ANY($2) ORDER BY schedule_id, team_id",
    }
    CLEAR_OWNERS { both: "DELETE FROM schedule_owner WHERE org_id = $1 AND schedule_id = $2" }
    CLEAR_TEAMS { both: "DELETE FROM schedule_team WHERE org_id = $1 AND schedule_id = $2" }
    ADD_OWNER { both: "INSERT INTO schedule_owner (org_id, schedule_id, user_id) VALUES ($1, $2, $3)" }
    ADD_TEAM { both: "INSERT INTO schedule_team (org_id, schedule_id, team_id) VALUES ($1, $2, $3)" }
    LOCK_CALENDAR {
        sqlite: "SELECT id FROM holiday_calendar WHERE org_id = $1 AND id = $2",
        postgres: "SELECT id FROM holiday_calendar WHERE org_id = $1 AND id = $2 FOR SHARE",
    }
    HOLIDAYS_OF {
        sqlite: "SELECT calendar_id, day, name FROM holiday WHERE org_id = $1 AND calendar_id IN (SELECT value FROM json_each($2))",
        postgres: "SELECT calendar_id, day, name FROM holiday WHERE org_id = $1 AND calendar_id = ANY($2)",
    }
}

/// The holidays of calendars.
pub(super) const HOLIDAYS: crate::Sql = HOLIDAYS_OF;

/// The owners of schedules, by id.
pub(super) async fn owners(
    reader: &mut Reader<'_>,
    org: OrgId,
    ids: &[ScheduleId],
) -> Result<BTreeMap<ScheduleId, Vec<UserId>>, StoreError> {
    let rows: Vec<(i64, i64)> = reader.all(OWNERS, args![org, numbers(ids)]).await?;
    Ok(gather(rows, UserId))
}

/// The teams of schedules, by id.
pub(super) async fn teams(
    reader: &mut Reader<'_>,
    org: OrgId,
    ids: &[ScheduleId],
) -> Result<BTreeMap<ScheduleId, Vec<TeamId>>, StoreError> {
    let rows: Vec<(i64, i64)> = reader.all(TEAMS, args![org, numbers(ids)]).await?;
    Ok(gather(rows, TeamId))
}

pub(super) fn numbers(ids: &[ScheduleId]) -> Vec<i64> {
    ids.iter().map(|id| id.0).collect()
}

fn gather<T>(rows: Vec<(i64, i64)>, id: fn(i64) -> T) -> BTreeMap<ScheduleId, Vec<T>> {
    let mut found: BTreeMap<ScheduleId, Vec<T>> = BTreeMap::new();
    rows.into_iter().for_each(|(schedule, other)| found.entry(ScheduleId(schedule)).or_default().push(id(other)));
    found
}

/// Replaces the owners.
pub(super) async fn set_owners(tx: &mut Tx, org: OrgId, id: ScheduleId, owners: &[UserId]) -> Result<(), StoreError> {
    tx.exec(CLEAR_OWNERS, args![org, id]).await?;
    for owner in owners.iter().collect::<BTreeSet<_>>() {
        tx.exec(ADD_OWNER, args![org, id, *owner]).await?;
    }
    Ok(())
}

/// Replaces the teams.
pub(super) async fn set_teams(tx: &mut Tx, org: OrgId, id: ScheduleId, teams: &[TeamId]) -> Result<(), StoreError> {
    tx.exec(CLEAR_TEAMS, args![org, id]).await?;
    for team in teams.iter().collect::<BTreeSet<_>>() {
        tx.exec(ADD_TEAM, args![org, id, *team]).await?;
    }
    Ok(())
}

/// Errors: `Refused`, naming the field and the person who does not exist.
pub(crate) async fn check_people(
    tx: &mut Tx,
    org: OrgId,
    field: &str,
    people: impl IntoIterator<Item = UserId>,
) -> Result<(), StoreError> {
    let wanted: Vec<UserId> = people.into_iter().collect::<BTreeSet<_>>().into_iter().collect();
    match users::missing(tx, org, &wanted).await?.first() {
        None => Ok(()),
        Some(id) => Err(StoreError::Refused(format!("{field}: user {id} does not exist"))),
    }
}

/// Errors: `Refused`, naming the team that does not exist.
pub(super) async fn check_teams(tx: &mut Tx, org: OrgId, ids: &[TeamId]) -> Result<(), StoreError> {
    match teams::missing(tx, org, ids).await?.first() {
        None => Ok(()),
        Some(id) => Err(StoreError::Refused(format!("teams: team {id} does not exist"))),
    }
}

/// Errors: `Refused`, where the calendar does not exist.
pub(super) async fn check_calendar(tx: &mut Tx, org: OrgId, calendar: Option<CalendarId>) -> Result<(), StoreError> {
    let Some(calendar) = calendar else { return Ok(()) };
    let found: Option<(i64,)> = tx.one(LOCK_CALENDAR, args![org, calendar]).await?;
    found
        .map(|_| ())
        .ok_or_else(|| StoreError::Refused(format!("calendar: holiday calendar {calendar} does not exist")))
}
