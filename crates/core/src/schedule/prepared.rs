//! A schedule made ready for questions: its zone is looked up, and what would be counted anew each time is counted once.

use super::{Because, Duty, Schedule, Shift, Span};
use crate::ids::CalendarId;
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::BTreeMap;

/// The holidays of a calendar: the day, and its name.
pub type Holidays = BTreeMap<Date, String>;

/// Why a schedule cannot be asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotReady {
    /// The zone is not in the zone database.
    #[error("time zone {0:?} is not known")]
    Zone(String),
}

/// A schedule that can be asked.
#[derive(Debug, Clone)]
pub struct Prepared {}

impl Prepared {
    /// Makes it ready. A calendar that is not among `calendars` has no holidays.
    pub fn new(_schedule: &Schedule, _calendars: &BTreeMap<CalendarId, Holidays>) -> Result<Self, NotReady> {
        Ok(Self {})
    }
}

/// Who is on call at an instant, and because of what. THE function: paging, chart, header, feed and API all ask it.
pub fn on_call(_schedule: &Prepared, _at: Timestamp) -> (Duty, Because) {
    (Duty::Nobody, Because::Gap)
}

/// The whole shift that an instant lies in, looked at no further than `within`.
pub fn shift_at(schedule: &Prepared, at: Timestamp, within: Span) -> Shift {
    let (duty, because) = on_call(schedule, at);
    Shift { span: within, duty, because }
}

/// Who is on call in a span: shifts by time that tile it, gaps too. A hand-over to the same person by another turn is a shift of its own.
pub fn shifts(schedule: &Prepared, span: Span) -> Vec<Shift> {
    vec![shift_at(schedule, span.from, span)]
}
