//! Tests of schedules: the table of cases, edits, and properties of any schedule.

mod cases;
mod edits;
mod properties;
pub(super) mod samples;
