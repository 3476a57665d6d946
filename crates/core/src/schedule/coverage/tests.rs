//! Coverage of small rotas, counted by hand.

use super::*;
use crate::ids::{AbsenceId, OverrideId, ScheduleId, UserId};
use crate::schedule::tests::samples::{at, each_day, each_week, layer, of_layers, ready, span};
use crate::schedule::{Layer, Override, RotationUnit, Schedule, Zone};
use jiff::civil::date;

fn utc() -> Zones {
    Zones::one(Zone::named("UTC").unwrap())
}

fn weekdays(users: &[i64], window: &str) -> Layer {
    let (from, until) = window.split_once('-').unwrap();
    let days = ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY"];
    let of_day = |pair: &[&str]| {
        let end = if from < until { pair[0] } else { pair[1] };
        each_week(&format!("{} {from}", pair[0]), &format!("{end} {until}"))
    };
    Layer {
        restrictions: days.windows(2).map(of_day).collect(),
        ..layer("2026-01-05T00:00", users, RotationUnit::Weeks, 1)
    }
}

#[test]
fn two_shifts_on_weekdays_and_no_weekend_score_86() {
    // QUAL-02: five of seven days are covered (71), the hours lie evenly (100), and the mean is 86.
    let schedule =
        ready(&of_layers("UTC", vec![weekdays(&[1, 2, 3, 4], "00:00-12:00"), weekdays(&[5, 6, 7, 8], "12:00-00:00")]));
    let found = coverage(&schedule, span("2026-01-05T00:00Z", "2026-03-02T00:00Z"), &utc());
    assert_eq!(found.score, Score { covered: 71, balanced: 100, total: 86 });
    assert_eq!(100 - found.score.covered, 29);
    assert_eq!(found.gaps.len(), 8);
    assert_eq!(found.gaps[0], span("2026-01-10T00:00Z", "2026-01-12T00:00Z"));
}

#[test]
fn attended_time_is_no_gap_and_carried_by_nobody() {
    let watched = Layer { users: Vec::new(), attended: Some("the board".into()), ..weekdays(&[], "08:00-18:00") };
    let schedule = ready(&of_layers("UTC", vec![weekdays(&[1], "00:00-12:00"), watched]));
    let found = coverage(&schedule, span("2026-01-05T00:00Z", "2026-01-06T00:00Z"), &utc());
    assert_eq!(found.attended, [span("2026-01-05T08:00Z", "2026-01-05T18:00Z")]);
    assert_eq!(found.gaps, [span("2026-01-05T18:00Z", "2026-01-06T00:00Z")]);
    assert_eq!(found.shares, [Share { user: UserId(1), seconds: 8 * 3_600, nights: 1, weekends: 0 }]);
    let hidden = Hidden {
        span: span("2026-01-05T08:00Z", "2026-01-05T12:00Z"),
        user: UserId(1),
        layer: 0,
        by: Duty::Attended,
        by_layer: 1,
    };
    assert_eq!(found.hidden, [hidden]);
}

#[test]
fn an_uneven_rota_scores_less() {
    let daily = ready(&of_layers("UTC", vec![layer("2026-01-05T00:00", &[1, 1, 1, 2], RotationUnit::Days, 1)]));
    let found = coverage(&daily, span("2026-01-05T00:00Z", "2026-01-09T00:00Z"), &utc());
    assert_eq!(found.score, Score { covered: 100, balanced: 75, total: 88 });
    let nobody = ready(&of_layers("UTC", Vec::new()));
    assert_eq!(
        coverage(&nobody, span("2026-01-05T00:00Z", "2026-01-09T00:00Z"), &utc()).score,
        Score { covered: 0, balanced: 0, total: 0 }
    );
}

#[test]
fn nights_in_a_row_are_counted_in_the_zone_of_the_person() {
    let nights = Layer {
        restrictions: vec![each_day("22:00-06:00")],
        ..layer("2026-01-05T12:00", &[1, 1, 2], RotationUnit::Days, 1)
    };
    let schedule = ready(&of_layers("Europe/Berlin", vec![nights]));
    let asked = span("2026-01-05T00:00Z", "2026-01-11T00:00Z");
    let berlin = Zones::one(Zone::named("Europe/Berlin").unwrap());
    let run = |day| NightRun { user: UserId(1), first: date(2026, 1, day), nights: 2 };
    assert_eq!(coverage(&schedule, asked, &berlin).night_runs, [run(5), run(8)]);
    let mut mixed = berlin.clone();
    mixed.of.insert(UserId(1), Zone::named("Australia/Sydney").unwrap());
    let found = coverage(&schedule, asked, &mixed);
    assert_eq!(found.night_runs, []);
    assert_eq!(found.shares.iter().map(|share| share.nights).collect::<Vec<_>>(), [0, 1]);
}

#[test]
fn a_night_is_whose_half_of_it_is() {
    let schedule = |hour: &str| {
        ready(&of_layers("UTC", vec![layer(&format!("2026-01-05T{hour}"), &[1, 2], RotationUnit::Days, 1)]))
    };
    let nights = |hour| {
        coverage(&schedule(hour), span("2026-01-05T00:00Z", "2026-01-07T12:00Z"), &utc())
            .shares
            .iter()
            .map(|share| share.nights)
            .collect::<Vec<_>>()
    };
    assert_eq!(nights("12:00"), [1, 1]);
    assert_eq!(nights("02:00"), [3, 2], "four hours are enough, so a night can be of two people");
    assert_eq!(nights("02:01"), [1, 1]);
}

#[test]
fn weekends_are_counted_once_however_much_of_them() {
    let weekly = ready(&of_layers("UTC", vec![layer("2026-01-09T17:00", &[1, 2], RotationUnit::Weeks, 1)]));
    let found = coverage(&weekly, span("2026-01-09T17:00Z", "2026-02-06T17:00Z"), &utc());
    assert_eq!(found.shares.iter().map(|share| share.weekends).collect::<Vec<_>>(), [2, 2]);
    let until_saturday = coverage(&weekly, span("2026-01-09T17:00Z", "2026-01-10T00:00Z"), &utc());
    assert_eq!(until_saturday.shares[0].weekends, 0);
}

#[test]
fn the_same_layer_twice_hides_nobody() {
    let one = || layer("2026-01-05T00:00", &[1, 2], RotationUnit::Days, 1);
    let other = Layer { restrictions: vec![each_day("08:00-12:00")], users: vec![UserId(3)], ..one() };
    let schedule = ready(&of_layers("UTC", vec![one(), one(), other]));
    let found = hidden(&schedule, span("2026-01-05T00:00Z", "2026-01-06T00:00Z"));
    let by_third = |layer| Hidden {
        span: span("2026-01-05T08:00Z", "2026-01-05T12:00Z"),
        user: UserId(1),
        layer,
        by: Duty::User(UserId(3)),
        by_layer: 2,
    };
    assert_eq!(found, [by_third(0), by_third(1)]);
}

#[test]
fn who_is_away_while_on_call_is_a_conflict() {
    let schedule = ready(&of_layers("UTC", vec![layer("2026-01-05T09:00", &[1, 2], RotationUnit::Days, 1)]));
    let shifts = shifts(&schedule, span("2026-01-05T09:00Z", "2026-01-09T09:00Z"));
    let absence = Absence { id: AbsenceId(7), user: UserId(2), span: span("2026-01-06T00:00Z", "2026-01-07T00:00Z") };
    let shift = span("2026-01-06T09:00Z", "2026-01-07T09:00Z");
    let conflict = Conflict {
        user: UserId(2),
        span: span("2026-01-06T09:00Z", "2026-01-07T00:00Z"),
        shift,
        absence: AbsenceId(7),
    };
    assert_eq!(conflicts(&shifts, &[absence]), [conflict]);
    assert_eq!(conflicts(&shifts, &[Absence { user: UserId(3), ..absence }]), []);
}

#[test]
fn on_call_in_two_schedules_at_once_is_seen() {
    let asked = span("2026-01-05T00:00Z", "2026-01-07T00:00Z");
    let of = |users: &[i64], hour: &str| {
        shifts(
            &ready(&of_layers("UTC", vec![layer(&format!("2026-01-05T{hour}"), users, RotationUnit::Days, 1)])),
            asked,
        )
    };
    let found = twice(&[
        (ScheduleId(1), of(&[1, 2], "00:00")),
        (ScheduleId(2), of(&[2, 1], "12:00")),
        (ScheduleId(3), of(&[3], "00:00")),
    ]);
    let both = |user, from, until| Twice {
        user: UserId(user),
        span: span(from, until),
        schedules: [ScheduleId(1), ScheduleId(2)],
    };
    assert_eq!(found, [both(2, "2026-01-06T00:00Z", "2026-01-06T12:00Z")]);
}

#[test]
fn nobody_by_an_override_is_a_gap() {
    let always = of_layers("UTC", vec![layer("2026-01-05T00:00", &[1], RotationUnit::Days, 1)]);
    let nobody = Override { id: OverrideId(1), user: None, span: span("2026-01-05T10:00Z", "2026-01-05T11:00Z") };
    let schedule = ready(&Schedule { overrides: vec![nobody.clone()], ..always });
    let found = coverage(&schedule, span("2026-01-05T00:00Z", "2026-01-06T00:00Z"), &utc());
    assert_eq!(found.gaps, [nobody.span]);
    assert!(found.gaps[0].holds(at("2026-01-05T10:59Z")));
}
