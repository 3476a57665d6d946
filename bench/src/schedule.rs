//! How long schedules take to answer, by themselves: no server, no database.

use crate::clock;
use crate::report::Report;
use anyhow::{Context as _, Result};
use jiff::civil::{Time, Weekday, date};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::Duration;
use watchbell_core::ids::UserId;
use watchbell_core::schedule::{
    HolidayRule, Layer, Plan, Prepared, Restriction, Rotation, RotationUnit, Schedule, Span, Version, WeekTime,
    on_call, shifts,
};

const ROUNDS: usize = 200;

/// Asks a schedule of five layers with twenty users.
pub fn measure(report: &mut Report) -> Result<()> {
    let schedule = schedule();
    let ready = Prepared::new(&schedule, &BTreeMap::new())?;
    let from: Timestamp = "2026-01-01T00:00:00Z".parse().context("a time")?;
    let instants: Vec<Timestamp> = (0..10_000).map(|nth| from + SignedDuration::from_secs(nth * 3_457)).collect();
    let asked = median(|| {
        for at in &instants {
            black_box(on_call(&ready, *at));
        }
    });
    let year = Span::new(from, from + SignedDuration::from_hours(24 * 400));
    let walked = median(|| drop(black_box(shifts(&ready, year))));
    let prepared = median(|| drop(black_box(Prepared::new(&schedule, &BTreeMap::new()))));
    let one = asked.as_secs_f64() * 1e6 / instants.len() as f64;
    report.row("who is on call at an instant, 5 layers with 20 users", format!("{one:.2} us"), "below 5 us");
    let count = shifts(&ready, year).len();
    let walked = format!("{:.2} ms ({count} shifts)", walked.as_secs_f64() * 1e3);
    report.row("- shifts of 400 days", walked, "below 3 ms");
    report.row("- making it ready", format!("{:.2} us", prepared.as_secs_f64() * 1e6), "");
    Ok(())
}

/// The median of many rounds.
fn median(work: impl Fn()) -> Duration {
    let mut rounds: Vec<Duration> = (0..ROUNDS)
        .map(|_| {
            let begun = clock::now();
            work();
            begun.elapsed()
        })
        .collect();
    rounds.sort();
    rounds[ROUNDS / 2]
}

/// Five layers with twenty users: a weekly one, two daily ones, nights by twelve hours, weekends by two weeks.
fn schedule() -> Schedule {
    let layer = |unit, count, restrictions| Layer {
        name: "Layer".into(),
        starts_on: date(2025, 1, 6).at(8, 0, 0, 0),
        ends_on: None,
        users: (1..=20).map(UserId).collect(),
        rotation: Rotation { unit, count },
        restrictions,
        keeps_turns: true,
        holidays: HolidayRule::Any,
        attended: None,
        zone: None,
    };
    let hour = |hour: i8| Time::constant(hour, 0, 0, 0);
    let each_day = |from, until| vec![Restriction::Day { from: hour(from), until: hour(until) }];
    let at = |day, clock| WeekTime { day, time: hour(clock) };
    let weekend = vec![Restriction::Week { from: at(Weekday::Friday, 17), until: at(Weekday::Monday, 8) }];
    let layers = vec![
        layer(RotationUnit::Weeks, 1, Vec::new()),
        layer(RotationUnit::Days, 1, each_day(8, 18)),
        layer(RotationUnit::Days, 1, each_day(18, 22)),
        layer(RotationUnit::Hours, 12, each_day(22, 8)),
        layer(RotationUnit::Weeks, 2, weekend),
    ];
    let version = Version {
        from: Timestamp::MIN,
        zone: "Europe/Berlin".into(),
        calendar: None,
        plan: Plan::Recurring { layers },
    };
    Schedule { versions: vec![version], temporaries: Vec::new(), overrides: Vec::new() }
}
