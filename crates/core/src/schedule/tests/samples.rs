//! Schedules for tests, written as people say them.

use crate::ids::UserId;
use crate::schedule::restriction::weekday;
use crate::schedule::{
    HolidayRule, Layer, Plan, Prepared, Restriction, Rotation, RotationUnit, Schedule, Span, Version, WeekTime,
};
use jiff::Timestamp;
use jiff::civil::{DateTime, Time};
use std::collections::BTreeMap;

/// A layer that is always on.
pub fn layer(starts_on: &str, users: &[i64], unit: RotationUnit, count: i64) -> Layer {
    Layer {
        name: "Layer".into(),
        zone: None,
        starts_on: civil(starts_on),
        ends_on: None,
        users: users.iter().copied().map(UserId).collect(),
        rotation: Rotation { unit, count },
        restrictions: Vec::new(),
        keeps_turns: false,
        holidays: HolidayRule::Any,
        attended: None,
    }
}

/// A schedule that has been in force for ever.
pub fn of_layers(zone: &str, layers: Vec<Layer>) -> Schedule {
    let version = Version { from: Timestamp::MIN, zone: zone.into(), calendar: None, plan: Plan::Recurring { layers } };
    Schedule { versions: vec![version], temporaries: Vec::new(), overrides: Vec::new() }
}

/// It, ready.
pub fn ready(schedule: &Schedule) -> Prepared {
    Prepared::new(schedule, &BTreeMap::new()).unwrap()
}

/// "08:00-17:00" of each day.
pub fn each_day(window: &str) -> Restriction {
    let (from, until) = window.split_once('-').unwrap();
    Restriction::Day { from: time(from), until: time(until) }
}

/// "MONDAY 08:00" until "FRIDAY 17:00" of each week.
pub fn each_week(from: &str, until: &str) -> Restriction {
    Restriction::Week { from: week_time(from), until: week_time(until) }
}

pub fn civil(text: &str) -> DateTime {
    text.parse().unwrap()
}

pub fn time(text: &str) -> Time {
    text.parse().unwrap()
}

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub fn span(from: &str, until: &str) -> Span {
    Span::new(at(from), at(until))
}

fn week_time(text: &str) -> WeekTime {
    let (day, clock) = text.split_once(' ').unwrap();
    WeekTime { day: weekday::parse(day).unwrap(), time: time(clock) }
}
