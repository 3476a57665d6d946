//! What a new plan comes to, before and when it is stored: what is wrong with it, where it leaves gaps, who changes.

use super::load::{self, holidays};
use super::{Edit, ScheduleIn, versions};
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::reader::Reader;
use crate::scope::Scope;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use watchbell_core::ids::{OrgId, ScheduleId};
use watchbell_core::schedule::{self, Changed, Duty, Fault, Plan, Prepared, Schedule, Span, Version};

/// Days in which gaps of layers are looked for: every combination of weekdays and month ends comes up.
const GAP_DAYS: i64 = 92;

/// Errors: `Refused`, naming the first field that is wrong.
pub(super) fn validate(version: &Version) -> Result<(), StoreError> {
    schedule::faults(version).first().map_or(Ok(()), |fault| Err(refused(fault)))
}

fn refused(fault: &Fault) -> StoreError {
    StoreError::Refused(fault.to_string())
}

fn unready(error: schedule::NotReady) -> StoreError {
    StoreError::Refused(format!("timezone: {error}"))
}

/// The version that an edit makes, where `before` are those in force now or later.
pub(super) async fn next_version(
    reader: &mut Reader<'_>,
    org: OrgId,
    before: &[Version],
    new: &ScheduleIn,
    edit: Edit,
    now: Timestamp,
) -> Result<Version, StoreError> {
    let version = new.version(edit.from.unwrap_or(now));
    validate(&version)?;
    let in_force = before.iter().rev().find(|known| known.from <= version.from);
    let Some(in_force) = in_force.filter(|_| edit.keeps_turn) else { return Ok(version) };
    let calendars = holidays(reader, org, std::iter::once(&version)).await?;
    let of_new = version.calendar.and_then(|id| calendars.get(&id)).cloned().unwrap_or_default();
    Ok(schedule::keep_turns(in_force, version, &of_new))
}

/// [`next_version`], of a schedule that is held.
pub(super) async fn next_version_in(
    tx: &mut Tx,
    scope: &Scope,
    before: &super::Schedule,
    (new, edit): (&ScheduleIn, Edit),
    now: Timestamp,
) -> Result<Version, StoreError> {
    let known: Vec<Version> = std::iter::once(&before.current).chain(&before.upcoming).cloned().collect();
    next_version(&mut tx.into(), scope.org, &known, new, edit, now).await
}

/// Who would be on call instead of whom until then, if a schedule was edited so. Errors: `NotFound`, `Refused`.
pub async fn preview(
    db: &Db,
    scope: &Scope,
    id: ScheduleId,
    new: &ScheduleIn,
    edit: Edit,
    (now, until): (Timestamp, Timestamp),
) -> Result<Vec<Changed>, StoreError> {
    let (span, mut reader) = (Span::new(now, until), Reader::from(db));
    let found = load::load(db, scope, &[id], span).await?.remove(&id);
    let before = found.ok_or_else(|| StoreError::not_found(super::NOUN, id))?;
    let ahead = versions::in_force(&mut reader, scope.org, &[id], Span::new(now, Timestamp::MAX)).await?;
    let known = ahead.get(&id).map_or(&[][..], Vec::as_slice);
    let version = next_version(&mut reader, scope.org, known, new, edit, now).await?;
    let edited = schedule::edit(&before.versions, version, now);
    let versions =
        edited.map_err(|faults| faults.first().map_or_else(|| StoreError::not_found(super::NOUN, id), refused))?;
    let after = Schedule { versions, ..before.clone() };
    let calendars = holidays(&mut reader, scope.org, before.versions.iter().chain(&after.versions)).await?;
    let before = Prepared::new(&before, &calendars).map_err(unready)?;
    let after = Prepared::new(&after, &calendars).map_err(unready)?;
    Ok(schedule::changed(&before, &after, span))
}

/// Errors: `Refused`, naming the first time in which nobody would be on call.
pub async fn refuse_gaps(db: &Db, scope: &Scope, new: &ScheduleIn, from: Timestamp) -> Result<(), StoreError> {
    let version = new.version(from);
    validate(&version)?;
    let zone = TimeZone::get(&new.zone).unwrap_or(TimeZone::UTC);
    let span = looked_at(&new.plan, from, &zone);
    let calendars = holidays(&mut db.into(), scope.org, std::iter::once(&version)).await?;
    let alone = Schedule { versions: vec![version], temporaries: Vec::new(), overrides: Vec::new() };
    let ready = Prepared::new(&alone, &calendars).map_err(unready)?;
    let gap = schedule::shifts(&ready, span).into_iter().find(|shift| shift.duty == Duty::Nobody);
    let Some(gap) = gap.filter(|gap| !gap.span.is_empty()) else { return Ok(()) };
    let shown = |at: Timestamp| at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string();
    Err(StoreError::Refused(format!(
        "{}: nobody is on call from {} until {} ({}): close the gap, or leave out abort-on-gaps",
        match &new.plan {
            Plan::Recurring { .. } => "scheduleLayers",
            Plan::Static { .. } => "shifts",
        },
        shown(gap.span.from),
        shown(gap.span.until),
        new.zone
    )))
}

/// From the first duty on; until the last shift's end, or for as long as it takes that layers repeat themselves.
fn looked_at(plan: &Plan, from: Timestamp, zone: &TimeZone) -> Span {
    let (first, last) = match plan {
        Plan::Static { shifts, .. } => {
            let first = shifts.iter().map(|shift| shift.span.from).min();
            (first, shifts.iter().map(|shift| shift.span.until).max())
        }
        Plan::Recurring { layers } => {
            let own = |name: &String| TimeZone::get(name).unwrap_or(TimeZone::UTC);
            let starts = layers.iter().filter_map(|layer| {
                layer.starts_on.to_zoned(layer.zone.as_ref().map_or_else(|| zone.clone(), own)).ok()
            });
            (starts.map(|start| start.timestamp()).min(), None)
        }
    };
    let from = first.map_or(from, |first| first.max(from));
    let days = SignedDuration::from_hours(24 * GAP_DAYS);
    Span::new(from, last.unwrap_or_else(|| from.saturating_add(days).unwrap_or(Timestamp::MAX)))
}
