//! The table of cases: `tests-data/schedule_cases.json`. Each id of its list is tested by a row, tested by a test of its name, or not ours
//! for the reason that stands there.

use super::samples::{at, civil, each_day, each_week, of_layers, ready};
use crate::ids::{OverrideId, UserId};
use crate::schedule::rotation::{Rotation, RotationUnit};
use crate::schedule::turns::Turns;
use crate::schedule::week::Week;
use crate::schedule::zone::{instant, wall};
use crate::schedule::{
    Duty, HolidayRule, Layer, Override, Prepared, Restriction, Schedule, Span, Zone, on_call, shift_at, shifts,
};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    #[serde(rename = "about")]
    _about: String,
    ids: Vec<String>,
    boundaries: Vec<Boundaries>,
    turns: Vec<Turn>,
    chains: Vec<Chain>,
    walls: Vec<Wall>,
    windows: Vec<Windows>,
    plans: Vec<PlanCase>,
    /// Tested by a test that says the id.
    elsewhere: Vec<String>,
    /// Not ours, and why.
    not_ours: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Rota {
    zone: String,
    starts_on: String,
    unit: RotationUnit,
    count: i64,
}

#[derive(Deserialize)]
struct Boundaries {
    id: String,
    #[serde(flatten)]
    rota: Rota,
    from: String,
    until: String,
    boundaries: Vec<String>,
}

#[derive(Deserialize)]
struct Turn {
    id: String,
    #[serde(flatten)]
    rota: Rota,
    at: String,
    start: Option<String>,
    end: Option<String>,
    hours: Option<i64>,
}

#[derive(Deserialize)]
struct Chain {
    id: String,
    #[serde(flatten)]
    rota: Rota,
    first: String,
    ends: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wall {
    id: String,
    zone: String,
    civil: String,
    end: bool,
    instant: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Windows {
    id: String,
    zone: String,
    windows: Vec<String>,
    at: String,
    on: Option<bool>,
    starts: Option<String>,
    ends: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PlanCase {
    id: String,
    zone: String,
    layers: Vec<LayerCase>,
    #[serde(default)]
    overrides: Vec<ShiftCase>,
    #[serde(default)]
    on_call: BTreeMap<String, Option<i64>>,
    #[serde(default)]
    shifts: Vec<ShiftCase>,
    shift_at: Option<ShiftAt>,
    #[serde(rename = "note")]
    _note: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LayerCase {
    starts_on: String,
    ends_on: Option<String>,
    users: Vec<i64>,
    unit: RotationUnit,
    count: i64,
    #[serde(default)]
    windows: Vec<String>,
    #[serde(default)]
    keeps_turns: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ShiftCase {
    from: String,
    until: String,
    user: Option<i64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ShiftAt {
    at: String,
    from: String,
    until: String,
    user: i64,
}

fn cases() -> Cases {
    serde_json::from_str(include_str!("../../../tests-data/schedule_cases.json")).unwrap()
}

impl Rota {
    fn zone(&self) -> Zone {
        Zone::named(&self.zone).unwrap()
    }

    fn turns(&self) -> Turns {
        Turns::new(&self.layer(), &Week::new(&[]), &Default::default())
    }

    fn layer(&self) -> Layer {
        let rotation = Rotation { unit: self.unit, count: self.count };
        Layer { rotation, ..super::samples::layer(&self.starts_on, &[1, 2], self.unit, self.count) }
    }

    /// The turn of an instant, before the start too.
    fn turn(&self, zone: &Zone, at: Timestamp) -> Span {
        let turns = self.turns();
        let turn = turns.turn(zone.read(at).begun);
        let boundary = |turn| instant(zone.first(turns.boundary(turn)));
        Span::new(boundary(turn), boundary(turn + 1))
    }

    fn instant(&self, text: &str) -> Timestamp {
        text.parse().unwrap_or_else(|_| self.zone().start_at(civil(text)))
    }
}

#[test]
fn each_case_is_tested_or_says_why_not() {
    let cases = cases();
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    seen.extend(cases.boundaries.iter().map(|case| case.id.as_str()));
    seen.extend(cases.turns.iter().map(|case| case.id.as_str()));
    seen.extend(cases.chains.iter().map(|case| case.id.as_str()));
    seen.extend(cases.walls.iter().map(|case| case.id.as_str()));
    seen.extend(cases.windows.iter().map(|case| case.id.as_str()));
    seen.extend(cases.plans.iter().map(|case| case.id.as_str()));
    seen.extend(cases.elsewhere.iter().map(String::as_str));
    let left_out: BTreeSet<&str> = cases.not_ours.keys().map(String::as_str).collect();
    assert!(left_out.is_disjoint(&seen));
    assert!(cases.not_ours.values().all(|reason| reason.len() > 10));
    let all: BTreeSet<&str> = cases.ids.iter().map(String::as_str).collect();
    assert_eq!(all.len(), 170);
    assert_eq!(seen.union(&left_out).copied().collect::<BTreeSet<_>>(), all);
    let source = [include_str!("cases.rs"), include_str!("edits.rs"), include_str!("../coverage/tests.rs")].concat();
    for id in &cases.elsewhere {
        assert!(source.contains(id.as_str()), "{id}");
    }
}

#[test]
fn turns_begin_where_the_table_says() {
    for case in cases().boundaries {
        let (zone, known) = (case.rota.zone(), case.boundaries.iter().map(|text| at(text)).collect::<Vec<_>>());
        let (mut now, until) = (case.rota.instant(&case.from), case.rota.instant(&case.until));
        let long = until.duration_since(now) > SignedDuration::from_hours(240);
        assert_eq!(case.rota.turn(&zone, now), Span::new(known[0], known[1]), "{}", case.id);
        let mut seen = BTreeSet::new();
        while now <= until {
            let turn = case.rota.turn(&zone, now);
            assert!(turn.holds(now), "{}: {now}", case.id);
            seen.extend([turn.from, turn.until]);
            now += SignedDuration::from_secs(if long { 900 } else { 30 });
        }
        assert_eq!(seen.into_iter().collect::<Vec<_>>(), known, "{}", case.id);
    }
}

#[test]
fn a_turn_has_the_ends_and_the_length_of_the_table() {
    for case in cases().turns {
        let turn = case.rota.turn(&case.rota.zone(), case.rota.instant(&case.at));
        let said = |text: &Option<String>| text.as_deref().map(|text| case.rota.instant(text));
        assert_eq!(said(&case.start).unwrap_or(turn.from), turn.from, "{}", case.id);
        assert_eq!(said(&case.end).unwrap_or(turn.until), turn.until, "{}", case.id);
        let hours = turn.until.duration_since(turn.from).as_hours();
        assert_eq!(case.hours.unwrap_or(hours), hours, "{}", case.id);
    }
}

#[test]
fn the_end_of_a_turn_begins_the_next_one() {
    for case in cases().chains {
        let mut now = at(&case.first);
        for end in &case.ends {
            now = case.rota.turn(&case.rota.zone(), now).until;
            assert_eq!(now, at(end), "{}", case.id);
        }
    }
}

#[test]
fn civil_times_are_the_instants_of_the_table() {
    for case in cases().walls {
        let (zone, civil) = (Zone::named(&case.zone).unwrap(), civil(&case.civil));
        let found = if case.end { zone.end_at(civil) } else { zone.start_at(civil) };
        assert_eq!(found, at(&case.instant), "{}", case.id);
    }
}

#[test]
fn windows_are_on_when_the_table_says() {
    for case in cases().windows {
        let mut layer = super::samples::layer("2017-01-01T00:00", &[1], RotationUnit::Months, 1_200);
        layer.restrictions = case.windows.iter().map(|text| window(text)).collect();
        let (schedule, now) = (ready(&of_layers(&case.zone, vec![layer])), at(&case.at));
        let on = on_call(&schedule, now).0.user().is_some();
        assert_eq!(case.on.unwrap_or(on), on, "{}", case.id);
        let fortnight = Span::new(now, now + SignedDuration::from_hours(14 * 24));
        let next = shifts(&schedule, fortnight).into_iter().find(|shift| shift.duty.user().is_some());
        let around = Span::new(Timestamp::MIN, Timestamp::MAX);
        let whole = next.map(|next| shift_at(&schedule, next.span.from, around).span);
        if let Some(starts) = &case.starts {
            assert_eq!(whole.unwrap().from, at(starts), "{}", case.id);
        }
        if let Some(ends) = &case.ends {
            assert_eq!(whole.unwrap().until, at(ends), "{}", case.id);
        }
    }
}

#[test]
fn rotas_say_who_is_on_call_as_in_the_table() {
    for case in cases().plans {
        let schedule = case.ready();
        let user = |user: Option<i64>| user.map_or(Duty::Nobody, |id| Duty::User(UserId(id)));
        for (time, expected) in &case.on_call {
            assert_eq!(on_call(&schedule, at(time)).0, user(*expected), "{} at {time}", case.id);
        }
        if let (Some(first), Some(last)) = (case.shifts.first(), case.shifts.last()) {
            let found = shifts(&schedule, Span::new(at(&first.from), at(&last.until)));
            let found: Vec<_> = found.into_iter().map(|shift| (shift.span, shift.duty)).collect();
            let expected: Vec<_> = case.shifts.iter().map(|shift| (shift.span(), user(shift.user))).collect();
            assert_eq!(found, expected, "{}", case.id);
        }
        if let Some(one) = &case.shift_at {
            let found = shift_at(&schedule, at(&one.at), Span::new(Timestamp::MIN, Timestamp::MAX));
            let expected = (Span::new(at(&one.from), at(&one.until)), user(Some(one.user)));
            assert_eq!((found.span, found.duty), expected, "{}", case.id);
        }
    }
}

#[test]
fn walls_and_civil_times_are_the_same() {
    for text in ["1969-12-31T23:59:59", "1970-01-01T00:00", "2024-02-29T12:30"] {
        assert_eq!(crate::schedule::zone::civil(wall(civil(text))), civil(text));
    }
}

impl PlanCase {
    fn ready(&self) -> Prepared {
        let layers = self.layers.iter().map(LayerCase::layer).collect();
        let overrides = (1..).zip(&self.overrides).map(|(id, one)| Override {
            id: OverrideId(id),
            user: one.user.map(UserId),
            span: one.span(),
        });
        ready(&Schedule { overrides: overrides.collect(), ..of_layers(&self.zone, layers) })
    }
}

impl LayerCase {
    fn layer(&self) -> Layer {
        Layer {
            ends_on: self.ends_on.as_deref().map(civil),
            restrictions: self.windows.iter().map(|text| window(text)).collect(),
            keeps_turns: self.keeps_turns,
            holidays: HolidayRule::Any,
            ..super::samples::layer(&self.starts_on, &self.users, self.unit, self.count)
        }
    }
}

impl ShiftCase {
    fn span(&self) -> Span {
        Span::new(at(&self.from), at(&self.until))
    }
}

/// "08:00-17:00" of each day, "FRIDAY 17:00-MONDAY 08:00" of each week.
fn window(text: &str) -> Restriction {
    match text.split_once('-') {
        Some((from, until)) if from.contains(' ') => each_week(from, until),
        _ => each_day(text),
    }
}
