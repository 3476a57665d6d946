//! Whose turn it is. With `keeps_turns`, turns in which the layer counts at no time are skipped; how many those are is counted once
//! per week's pattern, and holidays are the exceptions, so that a question of any year costs the same.

use super::free_days::FreeDays;
use super::plan::{HolidayRule, Layer};
use super::rotation::Rotation;
use super::week::{WEEK, Week};
use super::zone::{DAY, wall};

/// The turns of a layer, in wall time: what a change of the clocks swallows still is a turn.
#[derive(Debug, Clone)]
pub(super) struct Turns {
    rotation: Rotation,
    starts_on: i64,
    skipping: Option<Skipping>,
}

/// Which turns count.
#[derive(Debug, Clone)]
struct Skipping {
    /// How many turns count before each turn of a cycle, and in a whole cycle: the weekly pattern alone.
    cycle: Vec<i64>,
    /// Turns of which holidays change that, by number: for those never on holidays, the turns they take away; for those on holidays
    /// only, the turns that count at all (and the cycle has none).
    exceptions: Vec<i64>,
    /// What one exception adds.
    each: i64,
}

impl Turns {
    pub fn new(layer: &Layer, week: &Week, free_days: &FreeDays) -> Self {
        let plain = Self { rotation: layer.rotation, starts_on: wall(layer.starts_on), skipping: None };
        let skips = layer.keeps_turns && !(week.is_always() && layer.holidays == HolidayRule::Any);
        let skipping = skips.then(|| Skipping::new(&plain, layer.holidays, week, free_days));
        Self { skipping, ..plain }
    }

    /// The wall time at which a turn begins.
    pub fn boundary(&self, turn: i64) -> i64 {
        self.rotation.boundary(self.starts_on, turn)
    }

    /// The turn that a wall time lies in.
    pub fn turn(&self, wall: i64) -> i64 {
        self.rotation.turn(self.starts_on, wall)
    }

    /// Whose turn it is, by place among `people`.
    pub fn person(&self, turn: i64, people: usize) -> usize {
        let before = self.skipping.as_ref().map_or(turn, |skipping| skipping.before(turn));
        let people = i64::try_from(people).unwrap_or(i64::MAX).max(1);
        usize::try_from(before.rem_euclid(people)).unwrap_or(0)
    }
}

impl Skipping {
    fn new(turns: &Turns, rule: HolidayRule, week: &Week, free_days: &FreeDays) -> Self {
        let (each, cycle) = match rule {
            HolidayRule::Any => return Self { cycle: cycle(turns, week), exceptions: Vec::new(), each: 0 },
            HolidayRule::Never => (-1, cycle(turns, week)),
            HolidayRule::Only => (1, vec![0, 0]),
        };
        let differs = |turn: &i64| {
            let span = (turns.boundary(*turn), turns.boundary(turn + 1));
            match rule {
                HolidayRule::Only => free_days.some_day_in(span, |day| counts(week, day)),
                HolidayRule::Any | HolidayRule::Never => counts(week, span) && !counts_without(week, free_days, span),
            }
        };
        let mut exceptions: Vec<i64> =
            free_days.iter().flat_map(|day| turns.of_day(day)).filter(|turn| *turn >= 0).collect();
        exceptions.dedup();
        exceptions.retain(differs);
        Self { cycle, exceptions, each }
    }

    /// How many turns before this one count.
    fn before(&self, turn: i64) -> i64 {
        let Some((whole, parts)) = self.cycle.split_last() else { return turn };
        let length = i64::try_from(parts.len()).unwrap_or(1).max(1);
        let part = usize::try_from(turn.rem_euclid(length)).ok().and_then(|nth| parts.get(nth)).copied().unwrap_or(0);
        let exceptions = self.exceptions.partition_point(|exception| *exception < turn);
        turn.div_euclid(length) * whole + part + self.each * i64::try_from(exceptions).unwrap_or(0)
    }
}

impl Turns {
    /// The turns that a day has time in.
    fn of_day(&self, day: i64) -> std::ops::RangeInclusive<i64> {
        self.turn(day * DAY)..=self.turn(day * DAY + DAY - 1)
    }
}

/// How many turns count before each turn of the cycle in which turns and weeks meet again, and in all of it. A month always has some.
fn cycle(turns: &Turns, week: &Week) -> Vec<i64> {
    let Some(length) = turns.rotation.seconds() else { return vec![0, 1] };
    let of_cycle = WEEK / greatest_common_divisor(WEEK, length);
    let mut before = vec![0];
    for turn in 0..of_cycle {
        let counted = i64::from(counts(week, (turns.boundary(turn), turns.boundary(turn + 1))));
        before.push(before.last().copied().unwrap_or(0) + counted);
    }
    before
}

/// Whether a window has time in a span of wall time.
fn counts(week: &Week, span: (i64, i64)) -> bool {
    week.windows_from(span.0).take_while(|window| window.0 < span.1).any(|window| window.1 > span.0)
}

/// Whether a window has time in a span of wall time that is no holiday.
fn counts_without(week: &Week, free_days: &FreeDays, span: (i64, i64)) -> bool {
    let windows = week.windows_from(span.0).take_while(|window| window.0 < span.1);
    windows.map(|window| (window.0.max(span.0), window.1.min(span.1))).any(|window| free_days.leave_some_of(window))
}

fn greatest_common_divisor(a: i64, b: i64) -> i64 {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}
