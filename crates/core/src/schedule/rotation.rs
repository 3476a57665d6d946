//! How often a layer hands over.

use crate::user::words;

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
