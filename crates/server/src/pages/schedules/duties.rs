//! Shifts as pages print them: who, because of what, until when, and who then.

use super::Names;
use jiff::{SignedDuration, Timestamp};
use watchbell_core::schedule::{Because, Duty, Layer, Plan, Prepared, Schedule, Shift, Span, shifts};
use watchbell_ui::pages::schedule::OnDuty;
use watchbell_ui::pages::schedule::chart::{Bar, Who};

/// How far ahead the end of a shift is looked for, in days.
const AHEAD_DAYS: i64 = 35;

/// What is looked at to say who is on call now, and who then.
pub(super) fn ahead(now: Timestamp) -> Span {
    Span::new(now, now + SignedDuration::from_hours(24 * AHEAD_DAYS))
}

/// The layer that says so.
fn layer_of<'a>(schedule: &'a Schedule, shift: &Shift) -> Option<&'a Layer> {
    let Because::Layer { layer, .. } = shift.because else { return None };
    let version = schedule.versions.iter().rev().find(|version| version.from <= shift.span.from);
    match &version.or(schedule.versions.first())?.plan {
        Plan::Recurring { layers } => layers.get(layer),
        Plan::Static { .. } => None,
    }
}

/// Who has a shift.
pub(super) fn who(schedule: &Schedule, names: &Names, shift: &Shift) -> Who {
    match shift.duty {
        Duty::User(user) => Who::Person(names.person(user)),
        Duty::Attended => {
            Who::Attended(layer_of(schedule, shift).and_then(|layer| layer.attended.clone()).unwrap_or_default())
        }
        Duty::Nobody => Who::Nobody,
    }
}

/// Because of what, in words.
fn duty_words(schedule: &Schedule, shift: &Shift) -> String {
    match shift.because {
        Because::Layer { .. } => {
            layer_of(schedule, shift).map_or_else(String::new, |layer| format!("layer {}", layer.name))
        }
        Because::Static { .. } => "a shift of the plan".into(),
        Because::Temporary(_) => "a temporary schedule".into(),
        Because::Override(_) => "an override".into(),
        Because::Gap => String::new(),
    }
}

fn is_exception(shift: &Shift) -> bool {
    matches!(shift.because, Because::Override(_) | Because::Temporary(_))
}

/// Shifts without hand-overs of somebody to themselves.
pub(in super::super) fn merged(shifts: Vec<Shift>) -> Vec<Shift> {
    let mut calm: Vec<Shift> = Vec::with_capacity(shifts.len());
    for shift in shifts {
        match calm.last_mut() {
            Some(last) if last.duty == shift.duty && is_exception(last) == is_exception(&shift) => {
                last.span.until = shift.span.until;
            }
            _ => calm.push(shift),
        }
    }
    calm
}

/// A shift on a chart.
pub(super) fn bar(schedule: &Schedule, names: &Names, shift: &Shift) -> Bar {
    Bar { span: shift.span, who: who(schedule, names, shift), exception: is_exception(shift), away: String::new() }
}

/// Who is on call now, until when, and who then.
pub(super) fn on_duty(schedule: &Schedule, prepared: &Prepared, names: &Names, now: Timestamp) -> OnDuty {
    let within = ahead(now);
    let ahead = shifts(prepared, within);
    let Some(first) = ahead.first() else {
        return OnDuty { who: Who::Nobody, because: String::new(), until: None, next: None };
    };
    let next = ahead.iter().find(|shift| shift.duty != first.duty);
    OnDuty {
        who: who(schedule, names, first),
        because: duty_words(schedule, first),
        until: next.map(|shift| shift.span.from),
        next: next.map(|shift| who(schedule, names, shift)),
    }
}

/// The parts of a span that nobody covers.
pub(super) fn gaps(prepared: &Prepared, span: Span) -> Vec<Span> {
    merged(shifts(prepared, span))
        .into_iter()
        .filter(|shift| shift.duty == Duty::Nobody)
        .map(|shift| shift.span)
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use watchbell_core::ids::{OverrideId, UserId};

    fn shift(from: &str, until: &str, user: i64, because: Because) -> Shift {
        let span = Span::new(from.parse().unwrap(), until.parse().unwrap());
        Shift { span, duty: Duty::User(UserId(user)), because }
    }

    #[test]
    fn a_hand_over_to_the_same_person_is_no_end() {
        let turn = |turn| Because::Layer { layer: 0, turn };
        let all = vec![
            shift("2026-11-23T00:00Z", "2026-11-24T00:00Z", 1, turn(0)),
            shift("2026-11-24T00:00Z", "2026-11-25T00:00Z", 1, turn(1)),
            shift("2026-11-25T00:00Z", "2026-11-26T00:00Z", 1, Because::Override(OverrideId(1))),
            shift("2026-11-26T00:00Z", "2026-11-27T00:00Z", 2, turn(2)),
        ];
        let calm = merged(all);
        assert_eq!(calm.len(), 3);
        assert_eq!(calm[0].span.until, calm[1].span.from);
    }
}
