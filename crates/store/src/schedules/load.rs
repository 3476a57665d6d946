//! THE way from rows to who is on call: paging, pages, feeds and API all load by it.

use super::versions;
use crate::args;
use crate::error::StoreError;
use crate::reader::Reader;
use crate::scope::Scope;
use std::collections::{BTreeMap, BTreeSet};
use watchbell_core::ids::{CalendarId, OrgId, ScheduleId};
use watchbell_core::schedule::{Holidays, Plan, Prepared, Schedule, Span, Version};

use super::{overrides, parts, temporaries};

/// Schedules as the rules see them within a span: the versions in force, and the overrides and temporary schedules that touch it.
/// Deleted schedules too: alerts that run by an old version of a policy still ask them. Those that do not exist are left out.
pub async fn load(
    reader: impl Into<Reader<'_>>,
    scope: &Scope,
    ids: &[ScheduleId],
    span: Span,
) -> Result<BTreeMap<ScheduleId, Schedule>, StoreError> {
    load_from(&mut reader.into(), scope.org, ids, span).await
}

/// [`load`] by a reader that reads more.
pub(crate) async fn load_from(
    reader: &mut Reader<'_>,
    org: OrgId,
    ids: &[ScheduleId],
    span: Span,
) -> Result<BTreeMap<ScheduleId, Schedule>, StoreError> {
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let versions = versions::in_force(reader, org, ids, span).await?;
    let mut overrides = overrides::touching(reader, org, ids, span).await?;
    let mut temporaries = temporaries::touching(reader, org, ids, span).await?;
    let with_exceptions = |(id, versions): (ScheduleId, Vec<Version>)| {
        let overrides = overrides.remove(&id).unwrap_or_default();
        let temporaries = temporaries.remove(&id).unwrap_or_default();
        (id, Schedule { versions, temporaries, overrides })
    };
    Ok(versions.into_iter().map(with_exceptions).collect())
}

/// [`load`], made ready for questions, with the holidays of their calendars.
pub async fn prepared(
    reader: impl Into<Reader<'_>>,
    scope: &Scope,
    ids: &[ScheduleId],
    span: Span,
) -> Result<BTreeMap<ScheduleId, Prepared>, StoreError> {
    let mut reader = reader.into();
    let schedules = load_from(&mut reader, scope.org, ids, span).await?;
    prepare(&mut reader, scope.org, schedules).await
}

/// [`prepared`], as if there were no overrides.
pub async fn without_overrides(
    reader: impl Into<Reader<'_>>,
    scope: &Scope,
    ids: &[ScheduleId],
    span: Span,
) -> Result<BTreeMap<ScheduleId, Prepared>, StoreError> {
    let mut reader = reader.into();
    let mut schedules = load_from(&mut reader, scope.org, ids, span).await?;
    schedules.values_mut().for_each(|schedule| schedule.overrides.clear());
    prepare(&mut reader, scope.org, schedules).await
}

async fn prepare(
    reader: &mut Reader<'_>,
    org: OrgId,
    schedules: BTreeMap<ScheduleId, Schedule>,
) -> Result<BTreeMap<ScheduleId, Prepared>, StoreError> {
    let holidays = holidays(reader, org, schedules.values().flat_map(|schedule| &schedule.versions)).await?;
    let ready = |(id, schedule): (ScheduleId, Schedule)| match Prepared::new(&schedule, &holidays) {
        Ok(prepared) => Some((id, prepared)),
        Err(error) => {
            tracing::error!(schedule = %id, %error, "a schedule cannot be asked: nobody is on call by it");
            None
        }
    };
    Ok(schedules.into_iter().filter_map(ready).collect())
}

/// The holidays of the calendars that versions name: all of them, because which turns were skipped depends on the past.
pub async fn holidays(
    reader: &mut Reader<'_>,
    org: OrgId,
    versions: impl Iterator<Item = &Version>,
) -> Result<BTreeMap<CalendarId, Holidays>, StoreError> {
    holidays_of(reader, org, &versions.filter_map(|version| version.calendar).collect()).await
}

/// The days of calendars; one without any is missing.
pub async fn holidays_of(
    reader: &mut Reader<'_>,
    org: OrgId,
    calendars: &BTreeSet<CalendarId>,
) -> Result<BTreeMap<CalendarId, Holidays>, StoreError> {
    if calendars.is_empty() {
        return Ok(BTreeMap::new());
    }
    let ids: Vec<i64> = calendars.iter().map(|id| id.0).collect();
    let rows: Vec<(i64, String, String)> = reader.all(parts::HOLIDAYS, args![org, ids]).await?;
    let mut found: BTreeMap<CalendarId, Holidays> = BTreeMap::new();
    for (calendar, day, name) in rows {
        match day.parse() {
            Ok(day) => drop(found.entry(CalendarId(calendar)).or_default().insert(day, name)),
            Err(error) => tracing::error!(calendar, day, %error, "a holiday cannot be read"),
        }
    }
    Ok(found)
}

/// The people that a plan names, each once.
pub fn people_of(plan: &Plan) -> BTreeSet<watchbell_core::ids::UserId> {
    match plan {
        Plan::Recurring { layers } => layers.iter().flat_map(|layer| layer.users.iter().copied()).collect(),
        Plan::Static { shifts, .. } => shifts.iter().map(|shift| shift.user).collect(),
    }
}
