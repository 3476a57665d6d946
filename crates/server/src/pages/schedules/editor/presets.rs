//! Starting points, filled in for whoever makes the schedule: they are the first person, and it starts where its rhythm did last.

use super::layers::field;
use jiff::ToSpan as _;
use jiff::civil::{Date, DateTime, Weekday};
use watchbell_ui::Form;
use watchbell_ui::pages::schedule_edit::presets::Preset;
use watchbell_ui::pages::schedule_edit::{WEEKDAYS, WEEKEND};
use watchbell_ui::time::When;

/// A layer that is filled in: name, start, count and unit, windows of (first day, from, last day, until).
type Filled<'a> = (&'a str, DateTime, (&'a str, &'a str), &'a [[&'a str; 4]]);

/// The form of a starting point.
pub(super) fn form(preset: Preset, when: &When, own: String) -> Form {
    let today = when.now.to_zoned(when.zone.clone()).date();
    let monday = last(today, Weekday::Monday);
    let zone = match preset {
        Preset::FollowTheSun => "Europe/Berlin",
        _ => when.zone.iana_name().unwrap_or("UTC"),
    };
    let kind = if preset == Preset::ByHand { "STATIC" } else { "RECURRING" };
    let form = Form::of([("zone", zone), ("type", kind), ("default_h", "12"), ("owner", own.as_str())]);
    match preset {
        Preset::Weekly => layers(form, &own, &[("All week", monday.at(9, 0, 0, 0), ("1", "WEEKS"), &[])]),
        Preset::OnePerson => layers(form, &own, &[("Always", today.at(0, 0, 0, 0), ("1", "WEEKS"), &[])]),
        Preset::WeekdaysWeekend => layers(form, &own, &weekdays_weekend(today)),
        Preset::FollowTheSun => follow_the_sun(form, &own, monday),
        Preset::AfterHours => after_hours(form, &own, monday),
        Preset::ByHand => form.with("shift.0.user", own).with("shift.0.from", field(today.at(17, 0, 0, 0))),
    }
}

/// The last such day before a day, so that its turn has begun, whatever the hour.
fn last(day: Date, wanted: Weekday) -> Date {
    let yesterday = day.saturating_sub(1.day());
    yesterday.saturating_sub(i64::from(wanted.until(yesterday.weekday())).days())
}

/// The week from Monday 08:00 until Friday 17:00, the weekend in between.
fn weekdays_weekend(today: Date) -> [Filled<'static>; 2] {
    let monday = last(today, Weekday::Monday).at(8, 0, 0, 0);
    let friday = last(today, Weekday::Friday).at(17, 0, 0, 0);
    [
        ("Weekdays", monday, ("1", "WEEKS"), &[["MONDAY", "08:00", "FRIDAY", "17:00"]]),
        ("Weekends", friday, ("1", "WEEKS"), &[["FRIDAY", "17:00", "MONDAY", "08:00"]]),
    ]
}

/// Offices of follow-the-sun, each with its zone.
const OFFICES: [(&str, &str); 3] =
    [("Sydney", "Australia/Sydney"), ("Berlin", "Europe/Berlin"), ("New York", "America/New_York")];

/// Office hours in each place, on its own clock, and wide enough to meet also in the weeks in which one place has changed its clocks
/// and another has not. Where two offices are open, the lower layer has it.
fn follow_the_sun(form: Form, own: &str, monday: Date) -> Form {
    let hours: &[[&str; 4]] = &[["", "08:00", "", "18:00"]];
    let office = |(name, _)| (name, monday.at(0, 0, 0, 0), ("1", "WEEKS"), hours);
    let form = layers(form, own, &OFFICES.map(office));
    OFFICES.iter().enumerate().fold(form, |form, (nth, (_, zone))| form.with(format!("layer.{nth}.zone"), *zone))
}

/// The dispatchers on working days, which are nobody's; somebody for the rest.
fn after_hours(form: Form, own: &str, monday: Date) -> Form {
    let from = monday.at(8, 0, 0, 0);
    let rest: &[[&str; 4]] = &[[WEEKDAYS, "17:00", "", "08:00"], [WEEKEND, "08:00", "", "08:00"]];
    let form = layers(form, own, &[("After hours", from, ("1", "WEEKS"), rest)]);
    let form = layer(form, 1, &("Working hours", from, ("1", "WEEKS"), &[[WEEKDAYS, "08:00", "", "17:00"]]));
    form.with("layer.1.attended", "the dispatchers watch the board")
}

fn layers(form: Form, own: &str, all: &[Filled<'_>]) -> Form {
    let one = |form: Form, (nth, filled): (usize, &Filled<'_>)| {
        layer(form, nth, filled).with(format!("layer.{nth}.user.0"), own)
    };
    all.iter().enumerate().fold(form, one)
}

fn layer(form: Form, nth: usize, (name, from, (count, unit), windows): &Filled<'_>) -> Form {
    let field_name = |part: &str| format!("layer.{nth}.{part}");
    let form = form
        .with(field_name("name"), *name)
        .with(field_name("starts_on"), field(*from))
        .with(field_name("count"), *count)
        .with(field_name("unit"), *unit);
    windows.iter().enumerate().fold(form, |form, (row, window)| {
        let parts = ["from_day", "from_time", "until_day", "until_time"];
        parts
            .iter()
            .zip(window)
            .fold(form, |form, (part, value)| form.with(format!("layer.{nth}.restriction.{row}.{part}"), *value))
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::pages::reader::Reader;
    use std::collections::BTreeMap;
    use watchbell_core::schedule::{Duty, Prepared, Schedule, Span, shifts};

    #[test]
    fn each_starting_point_covers_every_hour_from_now_on() {
        let zone = jiff::tz::TimeZone::get("Europe/Berlin").unwrap();
        for (day, hour) in (20..28).flat_map(|day| ["04", "08", "17", "23"].map(|hour| (day, hour))) {
            let now = format!("2026-10-{day}T{hour}:00Z").parse().unwrap();
            let when = When { now, zone: zone.clone() };
            for preset in Preset::ALL.into_iter().filter(|preset| *preset != Preset::ByHand) {
                let mut reader = Reader { form: form(preset, &when, "7".into()).with("name", "x") };
                let entry = super::super::entry::read(&mut reader, now).unwrap();
                let version = entry.schedule.version(now);
                let schedule = Schedule { versions: vec![version], temporaries: Vec::new(), overrides: Vec::new() };
                let prepared = Prepared::new(&schedule, &BTreeMap::new()).unwrap();
                let weeks = Span::new(now, now + jiff::SignedDuration::from_hours(24 * 60));
                let gap = shifts(&prepared, weeks).into_iter().find(|shift| shift.duty == Duty::Nobody);
                assert_eq!(gap, None, "{preset:?} on {day} at {hour}");
            }
        }
    }
}
