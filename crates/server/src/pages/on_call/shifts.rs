//! The shifts of somebody, over all schedules.

use super::super::schedules::merged;
use crate::app::App;
use crate::error::ApiError;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use watchbell_core::ids::{ScheduleId, UserId};
use watchbell_core::schedule::{Because, Duty, Span, shifts};
use watchbell_store::schedules;
use watchbell_store::scope::Scope;
use watchbell_ui::pages::on_call::MyShift;

/// Days that are listed.
const LISTED_DAYS: i64 = 28;
/// Days in which the ends of a shift are looked for.
const LOOKED_AT_DAYS: i64 = 60;
/// Shifts that are listed.
const LISTED_MAX: usize = 100;

fn around(now: Timestamp) -> Span {
    let days = SignedDuration::from_hours(24 * LOOKED_AT_DAYS);
    Span::new(now - days, now + days)
}

/// Shifts that run or begin within four weeks, by time.
pub(super) async fn of_user(
    app: &App,
    scope: &Scope,
    user: UserId,
    named: &BTreeMap<ScheduleId, String>,
) -> Result<Vec<MyShift>, ApiError> {
    let now = app.clock.now();
    let (span, last) = (around(now), now + SignedDuration::from_hours(24 * LISTED_DAYS));
    let ids: Vec<ScheduleId> = named.keys().copied().collect();
    let mut found = Vec::new();
    for (schedule, prepared) in schedules::prepared(&app.db, scope, &ids, span).await? {
        let Some(name) = named.get(&schedule) else { continue };
        let own = merged(shifts(&prepared, span)).into_iter().filter(|shift| shift.duty == Duty::User(user));
        let near = own.filter(|shift| shift.span.until > now && shift.span.from < last);
        found.extend(near.map(|shift| MyShift {
            schedule,
            name: name.clone(),
            span: shift.span,
            no_end: shift.span.until == span.until,
            exception: matches!(shift.because, Because::Override(_) | Because::Temporary(_)),
            away: String::new(),
        }));
    }
    found.sort_by_key(|shift| (shift.span.from, shift.schedule));
    found.truncate(LISTED_MAX);
    Ok(found)
}
