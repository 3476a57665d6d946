//! A layer made ready: when it counts, and whose turn it is.

use super::Duty;
use super::free_days::FreeDays;
use super::plan::{HolidayRule, Layer};
use super::prepared::NotReady;
use super::spans::{Seconds, both, push_joined, without};
use super::turns::Turns;
use super::week::Week;
use super::zone::{DAY, Reading, Zone, wall};
use crate::ids::UserId;

/// A layer that can be asked.
#[derive(Debug, Clone)]
pub(super) struct ReadyLayer {
    /// That of its own; none where its times are in the schedule's.
    pub zone: Option<Zone>,
    starts_on: i64,
    ends_on: i64,
    users: Vec<UserId>,
    attended: bool,
    week: Week,
    holidays: HolidayRule,
    free_days: FreeDays,
    turns: Turns,
}

/// A stretch of one turn in which the layer counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Run {
    pub span: Seconds,
    pub duty: Duty,
    pub turn: i64,
}

impl ReadyLayer {
    /// Errors: a zone that is not known.
    pub fn new(layer: &Layer, free_days: &FreeDays) -> Result<Self, NotReady> {
        let week = Week::new(&layer.restrictions);
        let known = |name: &String| Zone::named(name).ok_or_else(|| NotReady::Zone(name.clone()));
        Ok(Self {
            zone: layer.zone.as_ref().map(known).transpose()?,
            starts_on: wall(layer.starts_on),
            ends_on: layer.ends_on.map_or(i64::MAX, wall),
            users: layer.users.clone(),
            attended: layer.attended.is_some(),
            turns: Turns::new(layer, &week, free_days),
            holidays: layer.holidays,
            free_days: if layer.holidays == HolidayRule::Any { FreeDays::default() } else { free_days.clone() },
            week,
        })
    }

    /// Who has the turn, if the layer counts.
    pub fn at(&self, now: Reading) -> Option<(Duty, i64)> {
        self.counts(now).then(|| self.turn(self.turns.turn(now.begun)))?
    }

    /// All stretches of a span, by time.
    pub fn runs(&self, zone: &Zone, span: Seconds) -> Vec<Run> {
        let ends_on = if self.ends_on == i64::MAX { span.1 } else { zone.last(self.ends_on) };
        let alive = (span.0.max(zone.first(self.starts_on)), span.1.min(ends_on));
        if alive.0 >= alive.1 {
            return Vec::new();
        }
        self.cut_into_turns(zone, &self.counted(zone, alive))
    }

    fn counts(&self, now: Reading) -> bool {
        let alive = self.starts_on <= now.begun && now.ended < self.ends_on;
        alive && now.ended < self.week.latest(now.begun).1 && self.counts_on_day(now.begun)
    }

    fn counts_on_day(&self, wall: i64) -> bool {
        match self.holidays {
            HolidayRule::Any => true,
            HolidayRule::Never => !self.free_days.holds(wall),
            HolidayRule::Only => self.free_days.holds(wall),
        }
    }

    /// The time that counts, turns aside.
    fn counted(&self, zone: &Zone, span: Seconds) -> Vec<Seconds> {
        let windows = self.windows(zone, span);
        match self.holidays {
            HolidayRule::Any => windows,
            HolidayRule::Never => without(&windows, &self.free_spans(zone, span)),
            HolidayRule::Only => both(&windows, &self.free_spans(zone, span)),
        }
    }

    fn windows(&self, zone: &Zone, span: Seconds) -> Vec<Seconds> {
        if self.week.is_always() {
            return vec![span];
        }
        let mut found = Vec::new();
        for window in self.week.windows_from(begun(zone, span.0)) {
            let from = zone.first(window.0);
            if from >= span.1 {
                break;
            }
            let window = (from.max(span.0), zone.last(window.1).min(span.1));
            if window.0 < window.1 {
                push_joined(&mut found, window);
            }
        }
        found
    }

    fn free_spans(&self, zone: &Zone, span: Seconds) -> Vec<Seconds> {
        let walls = (begun(zone, span.0), begun(zone, span.1) + 1);
        let mut found = Vec::new();
        for day in self.free_days.days_in(walls) {
            push_joined(&mut found, (zone.first(day.0), zone.first(day.0 + DAY)));
        }
        found
    }

    fn cut_into_turns(&self, zone: &Zone, counted: &[Seconds]) -> Vec<Run> {
        let mut runs = Vec::with_capacity(counted.len());
        let mut handed_over = (i64::MIN, i64::MIN);
        for &(mut from, until) in counted {
            while from < until {
                if handed_over.0 <= from {
                    let turn = self.turns.turn(begun(zone, from));
                    handed_over = (self.next_boundary(zone, turn, from), turn);
                }
                let next = handed_over.0.min(until);
                runs.extend(self.turn(handed_over.1).map(|(duty, turn)| Run { span: (from, next), duty, turn }));
                from = next;
            }
        }
        runs
    }

    /// When a turn that has begun ends: later than `from` in any case, so that a walk gets on.
    fn next_boundary(&self, zone: &Zone, turn: i64, from: i64) -> i64 {
        match self.attended {
            true => i64::MAX,
            false => zone.first(self.turns.boundary(turn + 1)).max(from + 1),
        }
    }

    fn turn(&self, turn: i64) -> Option<(Duty, i64)> {
        if self.attended {
            return Some((Duty::Attended, 0));
        }
        self.users.get(self.turns.person(turn, self.users.len())).map(|user| (Duty::User(*user), turn))
    }
}

fn begun(zone: &Zone, second: i64) -> i64 {
    zone.read(super::zone::instant(second)).begun
}
