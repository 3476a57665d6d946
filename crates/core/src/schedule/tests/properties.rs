//! What holds of every schedule.

use super::samples::of_layers;
use crate::ids::{CalendarId, OverrideId, TemporaryScheduleId, UserId};
use crate::schedule::{
    Because, Duty, HolidayRule, Holidays, Layer, Override, Plan, Prepared, Restriction, Rotation, RotationUnit,
    Schedule, Span, StaticShift, Temporary, Version, WeekTime, on_call, shift_at, shifts,
};
use jiff::civil::{DateTime, Time, Weekday, date};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// Zones whose clocks change by an hour, by half an hour, over midnight, by a whole day, or not at all.
const ZONES: [&str; 9] = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Sydney",
    "Australia/Lord_Howe",
    "America/St_Johns",
    "Pacific/Apia",
    "Atlantic/Azores",
    "America/Havana",
];
/// 2010-10-01: St John's still changes at 00:01 then, and Samoa leaves a day out a year later.
const SINCE_S: i64 = 1_285_891_200;
const DAY_S: i64 = 86_400;

pub fn instants() -> impl Strategy<Value = Timestamp> {
    (0..900 * DAY_S, 0..1_000_000_i64)
        .prop_map(|(second, micros)| Timestamp::from_microsecond((SINCE_S + second) * 1_000_000 + micros).unwrap())
}

/// Wall times that often lie where clocks change.
fn minutes_of_day() -> impl Strategy<Value = i64> {
    prop_oneof![0..180_i64, 1_400..1_440_i64, 0..1_440_i64, (0..48_i64).prop_map(|half| half * 30)]
}

fn times() -> impl Strategy<Value = Time> {
    minutes_of_day().prop_map(|minute| Time::new((minute / 60) as i8, (minute % 60) as i8, 0, 0).unwrap())
}

fn civil_times() -> impl Strategy<Value = DateTime> {
    (0..600_i64, times()).prop_map(|(days, time)| {
        date(2010, 6, 1).checked_add(SignedDuration::from_hours(24 * days)).unwrap().to_datetime(time)
    })
}

fn week_times() -> impl Strategy<Value = WeekTime> {
    (0..7_i8, times()).prop_map(|(day, time)| WeekTime { day: Weekday::from_monday_zero_offset(day).unwrap(), time })
}

fn restrictions() -> impl Strategy<Value = Restriction> {
    prop_oneof![
        (times(), times()).prop_map(|(from, until)| Restriction::Day { from, until }),
        (week_times(), week_times()).prop_map(|(from, until)| Restriction::Week { from, until }),
    ]
}

fn rotations() -> impl Strategy<Value = Rotation> {
    let counts = prop_oneof![1..4_i64, 1..30_i64];
    (prop::sample::select(RotationUnit::ALL), counts).prop_map(|(unit, count)| Rotation { unit, count })
}

fn layers() -> impl Strategy<Value = Layer> {
    let times = (civil_times(), prop::option::weighted(0.3, civil_times()));
    let zone = prop::option::weighted(0.3, prop::sample::select(&ZONES[..]));
    let rules =
        (prop::collection::vec(restrictions(), 0..4), any::<bool>(), prop::sample::select(HolidayRule::ALL), zone);
    let users = prop::collection::vec((1..9_i64).prop_map(UserId), 1..6);
    (times, rules, users, rotations(), prop::bool::weighted(0.15)).prop_map(
        |(times, rules, users, rotation, attended)| Layer {
            name: "Layer".into(),
            zone: rules.3.map(str::to_owned),
            starts_on: times.0,
            ends_on: times.1,
            users: if attended { Vec::new() } else { users },
            rotation,
            restrictions: rules.0,
            keeps_turns: rules.1,
            holidays: rules.2,
            attended: attended.then(|| "watched".into()),
        },
    )
}

pub fn spans() -> impl Strategy<Value = Span> {
    (instants(), 1..40 * DAY_S).prop_map(|(from, seconds)| Span::new(from, from + SignedDuration::from_secs(seconds)))
}

fn static_shifts() -> impl Strategy<Value = Vec<StaticShift>> {
    prop::collection::vec((spans(), 1..9_i64).prop_map(|(span, user)| StaticShift { user: UserId(user), span }), 0..5)
}

pub fn plans() -> impl Strategy<Value = Plan> {
    prop_oneof![
        4 => prop::collection::vec(layers(), 1..4).prop_map(|layers| Plan::Recurring { layers }),
        1 => static_shifts().prop_map(|shifts| Plan::Static { shifts, default_shift_s: DAY_S, allows_gaps: true }),
    ]
}

fn versions() -> impl Strategy<Value = Version> {
    let calendar = prop::option::of(Just(CalendarId(1)));
    (instants(), prop::sample::select(&ZONES[..]), calendar, plans()).prop_map(|(from, zone, calendar, plan)| Version {
        from,
        zone: zone.into(),
        calendar,
        plan,
    })
}

pub fn schedules() -> impl Strategy<Value = Schedule> {
    let overrides = prop::collection::vec((spans(), prop::option::of(1..9_i64)), 0..5);
    let temporaries = prop::collection::vec((spans(), static_shifts()), 0..3);
    (prop::collection::vec(versions(), 1..4), overrides, temporaries).prop_map(
        |(mut versions, overrides, temporaries)| {
            versions.sort_by_key(|version| version.from);
            let overrides = (1..).zip(overrides).map(|(id, (span, user))| Override {
                id: OverrideId(id),
                user: user.map(UserId),
                span,
            });
            let temporaries = (1..).zip(temporaries).map(|(id, (span, shifts))| Temporary {
                id: TemporaryScheduleId(id),
                span,
                shifts,
            });
            Schedule { versions, temporaries: temporaries.collect(), overrides: overrides.collect() }
        },
    )
}

/// Holidays alone, two in a row, and a week of them.
fn calendars() -> BTreeMap<CalendarId, Holidays> {
    let days = (0..900).filter(|nth| nth % 17 == 0 || nth % 60 < 2 || nth % 365 < 7);
    let day = |nth: i64| date(2010, 6, 1).checked_add(SignedDuration::from_hours(24 * nth)).unwrap();
    BTreeMap::from([(CalendarId(1), days.map(|nth| (day(nth), "Holiday".to_owned())).collect())])
}

pub fn ready(schedule: &Schedule) -> Prepared {
    Prepared::new(schedule, &calendars()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn somebody_is_on_call_at_every_instant_of_a_layer_that_is_always_on(
        layer in layers(), zone in prop::sample::select(&ZONES[..]), days in 1..400_i64, at in instants(),
    ) {
        let always = Layer { zone: None, restrictions: Vec::new(), holidays: HolidayRule::Any, ends_on: None, attended: None, users: vec![UserId(1), UserId(2)], ..layer };
        let schedule = ready(&of_layers(zone, vec![always.clone()]));
        let since = crate::schedule::Zone::named(zone).unwrap().start_at(always.starts_on);
        prop_assert!(at < since || on_call(&schedule, at).0.user().is_some());
        let before = since - SignedDuration::from_micros(1);
        prop_assert_eq!(on_call(&schedule, before), (Duty::Nobody, Because::Gap));
        let span = Span::new(since, since + SignedDuration::from_hours(24 * days));
        prop_assert!(shifts(&schedule, span).iter().all(|shift| shift.duty.user().is_some()));
    }

    #[test]
    fn shifts_tile_the_asked_span(schedule in schedules(), span in spans()) {
        let shifts = shifts(&ready(&schedule), span);
        prop_assert_eq!(shifts.first().map(|first| first.span.from), Some(span.from));
        prop_assert_eq!(shifts.last().map(|last| last.span.until), Some(span.until));
        prop_assert!(shifts.iter().all(|shift| !shift.span.is_empty()));
        for pair in shifts.windows(2) {
            prop_assert_eq!(pair[0].span.until, pair[1].span.from);
            let same = (pair[0].duty, pair[0].because) == (pair[1].duty, pair[1].because);
            prop_assert!(!same || schedule.versions.len() > 1, "{:?}", pair);
        }
    }

    #[test]
    fn walking_by_shifts_equals_asking(schedule in schedules(), span in spans(), asked in prop::collection::vec(0.0..1.0_f64, 20)) {
        let schedule = ready(&schedule);
        let shifts = shifts(&schedule, span);
        let edges = shifts.iter().flat_map(|shift| [shift.span.from, shift.span.until - SignedDuration::from_micros(1)]);
        let length = (span.until - span.from).total(jiff::Unit::Microsecond).unwrap();
        let random = asked.iter().map(|part| span.from + SignedDuration::from_micros((length * part) as i64));
        for at in edges.chain(random) {
            let shift = shifts.iter().find(|shift| shift.span.holds(at)).unwrap();
            prop_assert_eq!(shift.duty, on_call(&schedule, at).0, "at {}", at);
        }
    }

    #[test]
    fn a_shift_is_the_same_however_one_comes_to_it(schedule in schedules(), span in spans(), part in 0.0..1.0_f64) {
        let schedule = ready(&schedule);
        let length = (span.until - span.from).total(jiff::Unit::Microsecond).unwrap();
        let at = span.from + SignedDuration::from_micros((length * part) as i64);
        let walked = shifts(&schedule, span).into_iter().find(|shift| shift.span.holds(at)).unwrap();
        prop_assert_eq!((walked.span, walked.duty), { let shift = shift_at(&schedule, at, span); (shift.span, shift.duty) });
    }

    #[test]
    fn asking_for_a_part_gives_a_part(schedule in schedules(), one in spans(), other in spans()) {
        let (schedule, all) = (ready(&schedule), Span::new(one.from.min(other.from), one.until.max(other.until)));
        let of_all = shifts(&schedule, all);
        for shift in shifts(&schedule, one) {
            let whole = of_all.iter().find(|whole| whole.span.holds(shift.span.from)).unwrap();
            prop_assert_eq!(whole.duty, shift.duty);
            prop_assert_eq!(whole.span.overlap(&one), Some(shift.span));
        }
    }
}
