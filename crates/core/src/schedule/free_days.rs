//! Public holidays as days since 1970 of wall time.

use super::prepared::Holidays;
use super::zone::{DAY, wall};
use jiff::civil::Time;

/// Holidays, sorted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct FreeDays(Vec<i64>);

impl FreeDays {
    pub fn new(holidays: &Holidays) -> Self {
        Self(holidays.keys().map(|day| wall(day.to_datetime(Time::midnight())).div_euclid(DAY)).collect())
    }

    pub fn iter(&self) -> impl Iterator<Item = i64> {
        self.0.iter().copied()
    }

    /// Whether the day of a wall time is one.
    pub fn holds(&self, wall: i64) -> bool {
        self.0.binary_search(&wall.div_euclid(DAY)).is_ok()
    }

    /// The days that have time in a span of wall time.
    pub fn days_in(&self, span: (i64, i64)) -> impl Iterator<Item = (i64, i64)> {
        let from = self.0.partition_point(|day| *day < span.0.div_euclid(DAY));
        self.0[from..].iter().map(|day| (day * DAY, day * DAY + DAY)).take_while(move |day| day.0 < span.1)
    }

    /// Whether some of the days has, within a span, what is asked for.
    pub fn some_day_in(&self, span: (i64, i64), has: impl Fn((i64, i64)) -> bool) -> bool {
        self.days_in(span).any(|day| has((day.0.max(span.0), day.1.min(span.1))))
    }

    /// Whether a span of wall time has time outside them.
    pub fn leave_some_of(&self, span: (i64, i64)) -> bool {
        let reached =
            self.days_in(span).fold(span.0, |reached, day| if day.0 <= reached { reached.max(day.1) } else { reached });
        span.0 < span.1 && reached < span.1
    }
}
