//! Edits: the past stays, faults are said, whoever has the turn keeps it, nobody leaves a silent hole.

use super::properties::{instants, plans, schedules, spans};
use super::samples::{at, civil, each_day, layer, of_layers, ready, span};
use crate::ids::{CalendarId, OverrideId, TemporaryScheduleId, UserId};
use crate::schedule::{
    Changed, Duty, Fault, HolidayRule, Holidays, Layer, Override, Plan, Prepared, Rotation, RotationUnit, Schedule,
    Span, StaticShift, Temporary, Version, changed, edit, faults, is_in, keep_turns, on_call, shifts, without_user,
};
use jiff::Timestamp;
use proptest::prelude::*;
use std::collections::BTreeMap;

fn version(from: &str, layers: Vec<Layer>) -> Version {
    Version { from: at(from), ..of_layers("UTC", layers).versions.remove(0) }
}

fn daily(users: &[i64]) -> Layer {
    layer("2026-01-05T09:00", users, RotationUnit::Days, 1)
}

fn of_shifts(list: &[(i64, &str, &str)], allows_gaps: bool) -> Version {
    let shifts =
        list.iter().map(|(user, from, until)| StaticShift { user: UserId(*user), span: span(from, until) }).collect();
    let plan = Plan::Static { shifts, default_shift_s: 86_400, allows_gaps };
    Version { from: at("2026-01-01T00:00Z"), zone: "Europe/Berlin".into(), calendar: None, plan }
}

fn said(faults: &[Fault]) -> Vec<String> {
    faults.iter().map(Fault::to_string).collect()
}

#[test]
fn an_edit_replaces_what_comes_later_and_keeps_what_was() {
    let versions = [version("2026-01-01T00:00Z", vec![daily(&[1])]), version("2026-03-01T00:00Z", vec![daily(&[2])])];
    let new = version("2026-02-01T00:00Z", vec![daily(&[3])]);
    let edited = edit(&versions, new.clone(), at("2026-01-15T00:00Z")).unwrap();
    assert_eq!(edited, [versions[0].clone(), new]);
}

#[test]
fn an_edit_that_changes_nothing_only_takes_later_ones_away() {
    let versions = [version("2026-01-01T00:00Z", vec![daily(&[1])]), version("2026-03-01T00:00Z", vec![daily(&[2])])];
    let same = version("2026-02-01T00:00Z", vec![daily(&[1])]);
    assert_eq!(edit(&versions, same, at("2026-01-15T00:00Z")).unwrap(), [versions[0].clone()]);
}

#[test]
fn the_past_is_not_edited() {
    let new = version("2026-02-01T00:00Z", vec![daily(&[3])]);
    let refused = edit(&[], new.clone(), at("2026-02-01T00:00:01Z")).unwrap_err();
    assert_eq!(said(&refused), ["from: must not lie in the past: who was on call stays as it was"]);
    assert!(edit(&[], new, at("2026-02-01T00:00Z")).is_ok());
}

#[test]
fn what_was_recorded_wins_over_the_new_plan() {
    // SHIFT-07: alice has had it since 07:00; at 08:00 a plan begins that would have given it to her from 08:00.
    let before = version("2018-01-01T00:00Z", vec![layer("2018-01-01T07:00", &[1], RotationUnit::Days, 1)]);
    let mut from_eight = layer("2017-12-01T00:00", &[1], RotationUnit::Days, 366);
    from_eight.restrictions = vec![super::samples::each_day("08:00-10:00")];
    let new = version("2018-01-01T08:00Z", vec![from_eight]);
    let versions = edit(&[before], new, at("2018-01-01T08:00Z")).unwrap();
    let schedule = ready(&Schedule { versions, temporaries: Vec::new(), overrides: Vec::new() });
    let found = shifts(&schedule, span("2018-01-01T07:00Z", "2018-01-01T09:00Z"));
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].span, found[0].duty), (span("2018-01-01T07:00Z", "2018-01-01T09:00Z"), Duty::User(UserId(1))));
}

#[test]
fn the_rest_of_a_temporary_schedule_begins_where_it_is_cut() {
    // TEMP-02
    let shift = |user, from, until| StaticShift { user: UserId(user), span: span(from, until) };
    let shifts =
        vec![shift(1, "2026-01-05T12:00Z", "2026-01-05T18:00Z"), shift(2, "2026-01-05T12:00Z", "2026-01-05T15:00Z")];
    let temporary =
        Temporary { id: TemporaryScheduleId(1), span: span("2026-01-05T10:00Z", "2026-01-05T20:00Z"), shifts };
    let rest = temporary.rest(at("2026-01-05T16:00Z")).unwrap();
    assert_eq!(rest.span, span("2026-01-05T16:00Z", "2026-01-05T20:00Z"));
    assert_eq!(rest.shifts, [shift(1, "2026-01-05T16:00Z", "2026-01-05T18:00Z")]);
    assert_eq!(temporary.rest(at("2026-01-05T20:00Z")), None);
}

#[test]
fn whoever_has_the_turn_keeps_it() {
    // ROTE-05: the second of three is on call, the first one is removed.
    let before = version("2026-01-01T00:00Z", vec![daily(&[1, 2, 3])]);
    for (users, then) in
        [(&[2, 3][..], [2, 3, 2]), (&[1, 2, 3, 4], [2, 3, 4]), (&[3, 2, 1], [2, 1, 3]), (&[1, 3], [3, 1, 3])]
    {
        let after = keep_turns(&before, version("2026-01-06T12:00Z", vec![daily(users)]), &Holidays::new());
        let schedule =
            ready(&Schedule { versions: vec![before.clone(), after], temporaries: Vec::new(), overrides: Vec::new() });
        for (day, user) in (6..).zip(then) {
            let now = at(&format!("2026-01-{day:02}T13:00Z"));
            assert_eq!(on_call(&schedule, now).0, Duty::User(UserId(user)), "{users:?} on day {day}");
        }
    }
}

#[test]
fn the_third_time_of_a_person_in_an_order_stays_the_third() {
    let before = version("2026-01-01T00:00Z", vec![daily(&[1, 2, 1, 3, 1, 4])]);
    let after =
        keep_turns(&before, version("2026-01-09T12:00Z", vec![daily(&[1, 2, 1, 3, 1, 4, 5])]), &Holidays::new());
    let schedule = ready(&Schedule { versions: vec![after], temporaries: Vec::new(), overrides: Vec::new() });
    let next: Vec<_> = (9..13).map(|day| on_call(&schedule, at(&format!("2026-01-{day:02}T13:00Z"))).0).collect();
    assert_eq!(next, [1, 4, 5, 1].map(|id| Duty::User(UserId(id))));
}

#[test]
fn a_preview_says_who_changes() {
    let before = ready(&of_layers("UTC", vec![daily(&[1, 2])]));
    let after = ready(&of_layers("UTC", vec![daily(&[1, 3])]));
    let (day, next) = (span("2026-01-06T09:00Z", "2026-01-07T09:00Z"), span("2026-01-08T09:00Z", "2026-01-09T00:00Z"));
    let change = |span| Changed { span, from: Duty::User(UserId(2)), to: Duty::User(UserId(3)) };
    assert_eq!(changed(&before, &after, span("2026-01-05T00:00Z", "2026-01-09T00:00Z")), [change(day), change(next)]);
    assert_eq!(changed(&before, &before, span("2026-01-05T00:00Z", "2026-01-09T00:00Z")), []);
}

#[test]
fn bad_layers_are_refused_where_they_are() {
    let sample = || daily(&[1]);
    let attended = || Layer { users: Vec::new(), attended: Some("the board is watched".into()), ..sample() };
    let rotation = |unit, count| Layer { rotation: Rotation { unit, count }, ..sample() };
    let table = [
        (
            Layer { users: Vec::new(), ..sample() },
            Some("users: the layer has no users: add at least one, or mark it as attended"),
        ),
        (attended(), None),
        (
            Layer { attended: Some(" ".into()), ..attended() },
            Some("users: an attended layer needs its reason: who watches instead"),
        ),
        (
            Layer { users: vec![UserId(1)], ..attended() },
            Some("users: must be empty, because the layer is attended: nobody of it is paged"),
        ),
        (rotation(RotationUnit::Days, 0), Some("rotation: must be 1 to 366 days, and is 0")),
        // EDGE-16
        (rotation(RotationUnit::Weeks, -100), Some("rotation: must be 1 to 52 weeks, and is -100")),
        (rotation(RotationUnit::Weeks, 52), None),
        (rotation(RotationUnit::Hours, 8_784), None),
        (rotation(RotationUnit::Hours, 8_785), Some("rotation: must be 1 to 8784 hours, and is 8785")),
        (rotation(RotationUnit::Months, 13), Some("rotation: must be 1 to 12 months, and is 13")),
        (
            Layer { ends_on: Some(civil("2026-01-05T09:00")), ..sample() },
            Some("endsOn: must come after startsOn (2026-01-05T09:00:00)"),
        ),
        (
            Layer { starts_on: civil("1969-12-31T09:00"), ..sample() },
            Some("startsOn: must lie in the years 1970 to 2200"),
        ),
        (Layer { users: vec![UserId(1); 200], ..sample() }, None),
        (Layer { users: vec![UserId(1); 201], ..sample() }, Some("users: must be at most 200 users, and are 201")),
        (Layer { restrictions: vec![super::samples::each_day("08:00-17:00"); 100], ..sample() }, None),
        (
            Layer { restrictions: vec![super::samples::each_day("08:00-17:00"); 101], ..sample() },
            Some("restrictions: must be at most 100 restrictions, and are 101"),
        ),
        (Layer { name: "x".repeat(256), ..sample() }, Some("name: must have at most 255 characters")),
    ];
    for (bad, expected) in table {
        let expected: Vec<String> = expected.map(|text| format!("scheduleLayers[1].{text}")).into_iter().collect();
        assert_eq!(said(&faults(&version("2026-01-01T00:00Z", vec![sample(), bad]))), expected);
    }
    let many = |count| version("2026-01-01T00:00Z", vec![sample(); count]);
    assert_eq!(faults(&many(50)), []);
    assert_eq!(said(&faults(&many(51))), ["scheduleLayers: must be at most 50 layers, and are 51"]);
    let nowhere = Version { zone: "Europe/Atlantis".into(), ..many(1) };
    assert_eq!(
        said(&faults(&nowhere)),
        ["timezone: \"Europe/Atlantis\" is no time zone; an IANA name such as Europe/Berlin is"]
    );
}

#[test]
fn bad_shifts_are_refused_and_both_are_named() {
    let overlapping = of_shifts(
        &[(1, "2026-01-05T08:00Z", "2026-01-06T08:00Z"), (2, "2026-01-06T07:00Z", "2026-01-07T08:00Z")],
        true,
    );
    let why = "shifts[1]: (2026-01-06 08:00 to 2026-01-07 09:00) overlaps shifts[0] (2026-01-05 09:00 to 2026-01-06 09:00): \
        one person at a time is on call; shorten one of the two";
    assert_eq!(said(&faults(&overlapping)), [why]);
    let apart = |allows_gaps| {
        of_shifts(
            &[(1, "2026-01-05T08:00Z", "2026-01-05T09:00Z"), (2, "2026-01-05T10:00Z", "2026-01-05T11:00Z")],
            allows_gaps,
        )
    };
    assert_eq!(faults(&apart(true)), []);
    let why = "shifts[1]: nobody is on call from 2026-01-05 10:00 to 2026-01-05 11:00 before it: gaps are not allowed here; close it, or allow gaps";
    assert_eq!(said(&faults(&apart(false))), [why]);
    let backwards = of_shifts(&[(1, "2026-01-05T08:00Z", "2026-01-05T08:00Z")], true);
    assert_eq!(said(&faults(&backwards)), ["shifts[0]: the end must come after the start"]);
    let endless = of_shifts(&[(1, "2026-01-05T08:00Z", "2027-01-06T08:01Z")], true);
    assert_eq!(said(&faults(&endless)), ["shifts[0]: must last at most 366 days"]);
    let mut at_once = apart(true);
    at_once.plan = Plan::Static { shifts: Vec::new(), default_shift_s: 0, allows_gaps: true };
    assert_eq!(said(&faults(&at_once)), ["defaultShiftDuration: must be a minute to 366 days"]);
}

#[test]
fn a_person_who_leaves_is_replaced_or_dropped_but_leaves_no_hole() {
    let since = at("2026-01-07T12:00Z");
    let schedule = of_layers("UTC", vec![daily(&[1, 2, 3])]);
    assert!(is_in(&schedule, UserId(2), since) && !is_in(&schedule, UserId(4), since));
    let days = |schedule: &Schedule| {
        (6..10)
            .map(|day| on_call(&ready(schedule), at(&format!("2026-01-{day:02}T13:00Z"))).0.user().unwrap().0)
            .collect::<Vec<_>>()
    };
    assert_eq!(days(&schedule), [2, 3, 1, 2]);
    let replaced = without_user(&schedule, UserId(2), Some(UserId(4)), since, &BTreeMap::new()).unwrap();
    assert_eq!(days(&replaced), [2, 3, 1, 4]);
    let dropped = without_user(&schedule, UserId(2), None, since, &BTreeMap::new()).unwrap();
    assert_eq!(days(&dropped), [2, 3, 1, 3]);
    assert!(!is_in(&dropped, UserId(2), since) && is_in(&dropped, UserId(2), at("2026-01-07T11:00Z")));
    let alone = of_layers("UTC", vec![daily(&[2])]);
    let refused = without_user(&alone, UserId(2), None, since, &BTreeMap::new()).unwrap_err();
    assert_eq!(said(&refused), ["scheduleLayers[0].users: nobody is left in \"Layer\": name who takes the place"]);
}

#[test]
fn exceptions_of_a_person_who_leaves_go_or_are_handed_on() {
    let since = at("2026-01-07T12:00Z");
    let one =
        |id, user, from, until| Override { id: OverrideId(id), user: Some(UserId(user)), span: span(from, until) };
    let overrides =
        vec![one(1, 2, "2026-01-07T10:00Z", "2026-01-07T14:00Z"), one(2, 1, "2026-01-07T11:00Z", "2026-01-07T11:30Z")];
    let schedule = Schedule { overrides, ..of_layers("UTC", vec![daily(&[1, 3])]) };
    let dropped = without_user(&schedule, UserId(2), None, since, &BTreeMap::new()).unwrap();
    assert_eq!(dropped.overrides, [one(1, 2, "2026-01-07T10:00Z", "2026-01-07T12:00Z"), schedule.overrides[1].clone()]);
    let replaced = without_user(&schedule, UserId(2), Some(UserId(9)), since, &BTreeMap::new()).unwrap();
    assert_eq!(replaced.overrides[1], one(1, 9, "2026-01-07T12:00Z", "2026-01-07T14:00Z"));
}

#[test]
fn a_shift_entered_by_hand_that_would_go_is_a_hole() {
    let shifts = of_shifts(&[(2, "2026-01-05T08:00Z", "2026-01-09T08:00Z")], true);
    let schedule = Schedule { versions: vec![shifts], temporaries: Vec::new(), overrides: Vec::new() };
    let refused = without_user(&schedule, UserId(2), None, at("2026-01-07T12:00Z"), &BTreeMap::new()).unwrap_err();
    let why =
        "shifts: nobody would be on call from 2026-01-07T12:00:00Z until 2026-01-09T08:00:00Z: name who takes over";
    assert_eq!(said(&refused), [why]);
}

proptest! {
    #[test]
    fn an_edit_leaves_the_past_equal(schedule in schedules(), from in instants(), plan in plans(), asked in spans(), keeps in any::<bool>()) {
        let new = Version { from, zone: "America/St_Johns".into(), calendar: None, plan };
        prop_assume!(faults(&new).is_empty());
        let in_force = schedule.versions.iter().rev().find(|version| version.from <= from);
        let new = match in_force.filter(|_| keeps) {
            Some(before) => keep_turns(before, new, &Holidays::new()),
            None => new,
        };
        let versions = edit(&schedule.versions, new, from).unwrap();
        let edited = Schedule { versions, ..schedule.clone() };
        let past = Span::new(asked.from, asked.until.min(from));
        let (was, is) = (super::properties::ready(&schedule), super::properties::ready(&edited));
        prop_assert_eq!(shifts(&was, past), shifts(&is, past));
        prop_assert_eq!(changed(&was, &is, Span::new(Timestamp::MIN, from)), vec![]);
    }

    #[test]
    fn a_person_who_leaves_is_gone_and_the_past_is_equal(schedule in schedules(), since in instants(), asked in spans(), by in prop::option::of(Just(UserId(99)))) {
        let none = BTreeMap::new();
        let Ok(after) = without_user(&schedule, UserId(1), by, since, &none) else { return Ok(()) };
        prop_assert!(!is_in(&after, UserId(1), since));
        let (was, is) = (ready(&schedule), ready(&after));
        let past = Span::new(asked.from, asked.until.min(since));
        let duties = |schedule, span| shifts(schedule, span).into_iter().map(|shift| (shift.span, shift.duty)).collect::<Vec<_>>();
        prop_assert_eq!(duties(&was, past), duties(&is, past));
        let next = Span::new(since, since + jiff::SignedDuration::from_hours(24 * 60));
        let lost = changed(&was, &is, next).into_iter().filter(|change| change.from.user().is_some());
        prop_assert!(lost.into_iter().all(|change| change.to != Duty::Nobody));
    }
}

#[test]
fn a_layer_with_a_zone_of_its_own_hands_over_on_its_own_clock() {
    let office = |zone: &str, user| Layer {
        zone: Some(zone.into()),
        restrictions: vec![each_day("08:00-18:00")],
        ..layer("2026-01-05T00:00", &[user], RotationUnit::Weeks, 1)
    };
    let mut layers = vec![office("Australia/Sydney", 1), office("America/New_York", 2)];
    layers.push(Layer {
        restrictions: vec![each_day("08:00-09:00")],
        ..layer("2026-01-05T00:00", &[3], RotationUnit::Weeks, 1)
    });
    let schedule = ready(&of_layers("Europe/Berlin", layers));
    let who = |text: &str| on_call(&schedule, at(text)).0.user().map(|user| user.0);
    // Sydney is 11 hours ahead in January and 10 in July; New York 5 and 4 behind; Berlin, the schedule's zone, 1 and 2 ahead.
    assert_eq!(
        [who("2026-01-12T20:59Z"), who("2026-01-12T21:00Z"), who("2026-01-13T06:59Z"), who("2026-01-13T07:00Z")],
        [Some(2), Some(2), Some(1), Some(3)]
    );
    assert_eq!(
        [who("2026-07-13T21:59Z"), who("2026-07-13T22:00Z"), who("2026-07-14T05:59Z"), who("2026-07-14T06:00Z")],
        [Some(2), Some(1), Some(1), Some(3)]
    );
    assert_eq!(
        [who("2026-01-12T12:59Z"), who("2026-01-12T13:00Z"), who("2026-07-13T12:00Z")],
        [None, Some(2), Some(2)]
    );
    let asked = span("2026-07-13T00:00Z", "2026-07-14T00:00Z");
    assert!(shifts(&schedule, asked).iter().all(|shift| shift.duty == on_call(&schedule, shift.span.from).0));
}

#[test]
fn whose_turn_it_is_and_what_is_a_holiday_is_read_in_the_zone_of_the_layer() {
    let turns = |users: &[i64]| Layer {
        zone: Some("Australia/Sydney".into()),
        ..layer("2026-01-05T00:00", users, RotationUnit::Days, 1)
    };
    // In UTC it is still the 6th, in Sydney the 7th: Carl's day, the third.
    let after = version("2026-01-06T14:00Z", vec![turns(&[3, 4, 1, 2])]);
    let kept = keep_turns(&version("2026-01-01T00:00Z", vec![turns(&[1, 2, 3])]), after, &Holidays::new());
    let schedule = ready(&Schedule { versions: vec![kept], temporaries: Vec::new(), overrides: Vec::new() });
    assert_eq!(on_call(&schedule, at("2026-01-06T14:00Z")).0, Duty::User(UserId(3)));
    let mars = Layer { zone: Some("Mars/Base".into()), ..daily(&[1]) };
    let said = said(&faults(&version("2026-01-01T00:00Z", vec![daily(&[1]), mars])));
    assert_eq!(
        said,
        ["scheduleLayers[1].timezone: \"Mars/Base\" is no time zone; an IANA name such as Europe/Berlin is"]
    );

    let calendar = CalendarId(1);
    let free = Layer { holidays: HolidayRule::Never, ..turns(&[1]) };
    let mut schedule = of_layers("UTC", vec![free]);
    schedule.versions[0].calendar = Some(calendar);
    let days = BTreeMap::from([(calendar, Holidays::from([(civil("2026-01-07T00:00").date(), "x".to_owned())]))]);
    let ready = Prepared::new(&schedule, &days).unwrap();
    let free = shifts(&ready, span("2026-01-06T00:00Z", "2026-01-08T00:00Z"))
        .into_iter()
        .find(|shift| shift.duty == Duty::Nobody);
    assert_eq!(free.unwrap().span, span("2026-01-06T13:00Z", "2026-01-07T13:00Z"), "Sydney's day");
}
