//! How often a layer hands over.

use super::zone::{DAY, civil, wall};
use crate::user::words;
use jiff::civil::Date;

words! {
    /// What a rotation counts in.
    RotationUnit {
        /// Hours of the clock on the wall: 24 of them are a day, also where the clocks change.
        Hours = "HOURS",
        /// Days.
        Days = "DAYS",
        /// Weeks.
        Weeks = "WEEKS",
        /// Months; a day that a month does not have is its last one, counted from the start each time.
        Months = "MONTHS",
    }
}

/// A hand-over every so many units, counted in civil time from the layer's start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Rotation {
    /// Of what.
    pub unit: RotationUnit,
    /// How many, from 1.
    pub count: i64,
}

/// Seconds of an hour of the wall's clock.
const HOUR: i64 = 3_600;

impl Rotation {
    /// The wall time at which a turn begins, counted from the layer's start; turns before it have numbers below 0.
    pub(super) fn boundary(self, starts_on: i64, turn: i64) -> i64 {
        match self.seconds() {
            Some(length) => starts_on.saturating_add(turn.saturating_mul(length)),
            None => months_later(starts_on, turn.saturating_mul(self.count.max(1))),
        }
    }

    /// The turn that a wall time lies in.
    pub(super) fn turn(self, starts_on: i64, wall: i64) -> i64 {
        match self.seconds() {
            Some(length) => (wall - starts_on).div_euclid(length),
            None => {
                let guess = (month(wall) - month(starts_on)).div_euclid(self.count.max(1));
                if self.boundary(starts_on, guess) > wall { guess - 1 } else { guess }
            }
        }
    }

    /// Its length in seconds of the wall's clock; months have none.
    pub(super) fn seconds(self) -> Option<i64> {
        let unit = match self.unit {
            RotationUnit::Hours => HOUR,
            RotationUnit::Days => DAY,
            RotationUnit::Weeks => 7 * DAY,
            RotationUnit::Months => return None,
        };
        Some(unit.saturating_mul(self.count.max(1)))
    }
}

/// Months since the year 0.
fn month(wall: i64) -> i64 {
    let date = civil(wall).date();
    i64::from(date.year()) * 12 + i64::from(date.month()) - 1
}

/// The same day and time some months later, or the last day of a month that is too short.
fn months_later(starts_on: i64, months: i64) -> i64 {
    let start = civil(starts_on);
    let month = month(starts_on).saturating_add(months);
    let first = i16::try_from(month.div_euclid(12)).ok().zip(i8::try_from(month.rem_euclid(12) + 1).ok());
    match first.and_then(|(year, month)| Date::new(year, month, 1).ok()) {
        Some(first) => {
            wall(first.to_datetime(start.time())) + i64::from(start.day().min(first.days_in_month()) - 1) * DAY
        }
        None => starts_on.saturating_add(months.saturating_mul(28 * DAY)),
    }
}
