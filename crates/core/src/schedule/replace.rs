//! A person who leaves: somebody else has their shifts from a moment on, or the others of each order. Never is there a silent hole.

use super::edit::keep_turns;
use super::prepared::{Holidays, NotReady};
use super::{Changed, Duty, Fault, Override, Plan, Prepared, Schedule, Span, StaticShift, Version, changed};
use crate::ids::{CalendarId, UserId};
use crate::limits::REPLACEMENT_LOOKED_AT_DAYS;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

/// Whether a person is in a schedule at a moment or later.
pub fn is_in(schedule: &Schedule, user: UserId, since: Timestamp) -> bool {
    let in_force = schedule.versions.iter().rev().find(|version| version.from <= since).map(|version| version.from);
    let versions = schedule.versions.iter().filter(|version| version.from > since || Some(version.from) == in_force);
    versions.flat_map(|version| people_of(&version.plan, since)).any(|one| one == user)
        || schedule.overrides.iter().any(|one| one.user == Some(user) && one.span.until > since)
        || schedule
            .temporaries
            .iter()
            .flat_map(|one| &one.shifts)
            .any(|shift| shift.user == user && shift.span.until > since)
}

/// The people of a plan; of shifts entered by hand, of those that have not ended.
fn people_of(plan: &Plan, since: Timestamp) -> Vec<UserId> {
    match plan {
        Plan::Recurring { layers } => layers.iter().flat_map(|layer| layer.users.iter().copied()).collect(),
        Plan::Static { shifts, .. } => {
            shifts.iter().filter(|shift| shift.span.until > since).map(|shift| shift.user).collect()
        }
    }
}

/// The schedule without a person from a moment on. With `by`, that person has the shifts; without, orders go on without the person,
/// their overrides and shifts entered by hand are gone. Who has the turn keeps it. Errors: a fault for each layer and each span that
/// would be left to nobody; name somebody.
pub fn without_user(
    schedule: &Schedule,
    user: UserId,
    by: Option<UserId>,
    since: Timestamp,
    calendars: &BTreeMap<CalendarId, Holidays>,
) -> Result<Schedule, Vec<Fault>> {
    let mut after = schedule.clone();
    after.versions = versions_without(&schedule.versions, user, by, since, calendars)?;
    after.overrides = schedule.overrides.iter().flat_map(|one| override_without(one, user, by, since)).collect();
    for temporary in &mut after.temporaries {
        temporary.shifts = shifts_without(&temporary.shifts, user, by, since);
    }
    match holes(schedule, &after, since, calendars) {
        Ok(holes) if holes.is_empty() => Ok(after),
        Ok(holes) => Err(holes),
        Err(NotReady::Zone(name)) => Err(vec![Fault::new("timezone", format!("{name:?} is no time zone"))]),
    }
}

/// What becomes of an override: of the person's own, what has passed stays, and the rest is somebody else's or none.
fn override_without(one: &Override, user: UserId, by: Option<UserId>, since: Timestamp) -> Vec<Override> {
    if one.user != Some(user) || one.span.until <= since {
        return vec![one.clone()];
    }
    let [past, rest] = cut_at(one.span, since);
    let past = Override { span: past, ..one.clone() };
    let rest = by.map(|by| Override { span: rest, user: Some(by), ..one.clone() });
    std::iter::once(past).chain(rest).filter(|one| !one.span.is_empty()).collect()
}

/// A span before and after a moment; one of the two may be empty.
fn cut_at(span: Span, at: Timestamp) -> [Span; 2] {
    [Span::new(span.from, span.until.min(at)), Span::new(span.from.max(at), span.until)]
}

fn versions_without(
    versions: &[Version],
    user: UserId,
    by: Option<UserId>,
    since: Timestamp,
    calendars: &BTreeMap<CalendarId, Holidays>,
) -> Result<Vec<Version>, Vec<Fault>> {
    let none = Holidays::new();
    let in_force = versions.iter().filter(|version| version.from <= since).max_by_key(|version| version.from);
    let later = versions.iter().filter(|version| version.from > since);
    let mut all: Vec<Version> = versions.iter().filter(|version| version.from < since).cloned().collect();
    for version in in_force.into_iter().chain(later) {
        let plan = plan_without(&version.plan, user, by, since)?;
        let changed = Version { from: version.from.max(since), plan, ..version.clone() };
        if changed.plan == version.plan && all.last() == Some(version) {
            continue;
        }
        let holidays = version.calendar.and_then(|id| calendars.get(&id)).unwrap_or(&none);
        all.push(if by.is_none() { keep_turns(version, changed, holidays) } else { changed });
    }
    Ok(all)
}

fn plan_without(plan: &Plan, user: UserId, by: Option<UserId>, since: Timestamp) -> Result<Plan, Vec<Fault>> {
    let (mut plan, mut found) = (plan.clone(), Vec::new());
    match &mut plan {
        Plan::Static { shifts, .. } => *shifts = shifts_without(shifts, user, by, since),
        Plan::Recurring { layers } => {
            for (nth, layer) in layers.iter_mut().enumerate().filter(|(_, layer)| layer.users.contains(&user)) {
                layer.users = layer.users.iter().filter_map(|one| if *one == user { by } else { Some(*one) }).collect();
                if layer.users.is_empty() {
                    let why = format!("nobody is left in {:?}: name who takes the place", layer.name);
                    found.push(Fault::new(format!("scheduleLayers[{nth}].users"), why));
                }
            }
        }
    }
    if found.is_empty() { Ok(plan) } else { Err(found) }
}

fn shifts_without(shifts: &[StaticShift], user: UserId, by: Option<UserId>, since: Timestamp) -> Vec<StaticShift> {
    shifts.iter().flat_map(|shift| shift_without(*shift, user, by, since)).collect()
}

fn shift_without(shift: StaticShift, user: UserId, by: Option<UserId>, since: Timestamp) -> Vec<StaticShift> {
    if shift.user != user || shift.span.until <= since {
        return vec![shift];
    }
    let [past, rest] = cut_at(shift.span, since);
    let rest = by.map(|by| StaticShift { user: by, span: rest });
    std::iter::once(StaticShift { span: past, ..shift }).chain(rest).filter(|one| !one.span.is_empty()).collect()
}

/// Spans that somebody had and nobody would have.
fn holes(
    before: &Schedule,
    after: &Schedule,
    since: Timestamp,
    calendars: &BTreeMap<CalendarId, Holidays>,
) -> Result<Vec<Fault>, NotReady> {
    let until = since.saturating_add(SignedDuration::from_hours(24 * REPLACEMENT_LOOKED_AT_DAYS)).unwrap_or(since);
    let (before, after) = (Prepared::new(before, calendars)?, Prepared::new(after, calendars)?);
    let lost = |change: &Changed| change.from.user().is_some() && change.to == Duty::Nobody;
    let lost = changed(&before, &after, Span::new(since, until)).into_iter().filter(lost);
    let say = |hole: Changed| {
        format!("nobody would be on call from {} until {}: name who takes over", hole.span.from, hole.span.until)
    };
    Ok(lost.map(|hole| Fault::new("shifts", say(hole))).collect())
}
