//! The shifts of somebody, over all schedules.

use super::super::schedules::merged;
use crate::app::App;
use crate::error::ApiError;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use watchbell_core::ids::{ScheduleId, UserId};
use watchbell_core::schedule::{Because, Duty, Prepared, Shift, Span, shifts};
use watchbell_store::absences;
use watchbell_store::scope::Scope;
use watchbell_ui::pages::on_call::MyShift;

/// Days that are listed.
const LISTED_DAYS: i64 = 28;
/// Days in which the ends of a shift are looked for.
const LOOKED_AT_DAYS: i64 = 60;
/// Shifts that are listed.
const LISTED_MAX: usize = 100;

/// What is looked at.
pub(super) fn around(now: Timestamp) -> Span {
    let days = SignedDuration::from_hours(24 * LOOKED_AT_DAYS);
    Span::new(now - days, now + days)
}

/// Shifts that run or begin within four weeks, by time.
pub(super) async fn of_user(
    app: &App,
    scope: &Scope,
    user: UserId,
    (named, ready): (&BTreeMap<ScheduleId, String>, &BTreeMap<ScheduleId, Prepared>),
) -> Result<Vec<MyShift>, ApiError> {
    let now = app.clock.now();
    let last = now + SignedDuration::from_hours(24 * LISTED_DAYS);
    let mut found: Vec<MyShift> = named
        .iter()
        .filter_map(|(id, name)| Some((*id, name, ready.get(id)?)))
        .flat_map(|(id, name, prepared)| of_schedule((id, name), prepared, user, Span::new(now, last)))
        .collect();
    found.sort_by_key(|shift| (shift.span.from, shift.schedule));
    found.truncate(LISTED_MAX);
    let away = absences::touching(&app.db, scope, &[user], Span::new(now, last)).await?;
    for shift in &mut found {
        let of = away.iter().find(|one| one.span.overlap(&shift.span).is_some());
        shift.away = of
            .map(|one| if one.reason.is_empty() { "absent".to_owned() } else { one.reason.clone() })
            .unwrap_or_default();
    }
    Ok(found)
}

/// Those of one schedule that have time in `listed`.
fn of_schedule((schedule, name): (ScheduleId, &str), prepared: &Prepared, user: UserId, listed: Span) -> Vec<MyShift> {
    let span = around(listed.from);
    let own = merged(shifts(prepared, span)).into_iter().filter(|shift| shift.duty == Duty::User(user));
    let near = own.filter(|shift| shift.span.until > listed.from && shift.span.from < listed.until);
    let shown = |shift: Shift| MyShift {
        schedule,
        name: name.to_owned(),
        span: shift.span,
        no_end: shift.span.until == span.until,
        exception: matches!(shift.because, Because::Override(_) | Because::Temporary(_)),
        away: String::new(),
    };
    near.map(shown).collect()
}
