//! Tests of schedules: the table of cases, and properties of any schedule.

mod properties;
#[allow(dead_code)] // the table of cases comes next
mod samples;
