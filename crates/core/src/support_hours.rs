//! When a customer is entitled to support: a week of spans in a zone, days that are exceptions, and public holidays.
//! A day's exceptions and holidays decide from midnight to midnight; a span that crosses midnight belongs, on each of its two
//! days, to that day.

use crate::ids::CalendarId;
use crate::limits;
use crate::schedule::{Holidays, NotReady, Span, Zone};
use crate::user::words;
use jiff::civil::{Date, Time, Weekday};
use jiff::{Timestamp, ToSpan as _};
use serde::{Deserialize, Serialize};

words! {
    /// What an exception makes of its days.
    SupportStatus {
        /// Support hours all day.
        During = "DURING",
        /// None all day.
        Outside = "OUTSIDE",
    }
}

/// A part of a day. One that ends before it starts, or where it starts, goes on into the next day: 08:00 to 08:00 is 24 hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DaySpan {
    /// Its start.
    pub from: Time,
    /// Its end, exclusive.
    pub until: Time,
}

/// Days on which the week does not count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exception {
    /// Its name ("Company outing").
    pub name: String,
    /// The first day.
    pub start: Date,
    /// The last day.
    pub end: Date,
    /// What holds instead.
    pub status: SupportStatus,
}

/// Support hours as they are stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupportHours {
    /// IANA name of the zone.
    pub zone: String,
    /// From Monday to Sunday.
    pub days: [Vec<DaySpan>; 7],
    /// The first that holds a day decides it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exceptions: Vec<Exception>,
    /// Whose holidays are outside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendar: Option<CalendarId>,
}

/// Support hours that can be asked.
#[derive(Debug, Clone)]
pub struct Hours {
    zone: Zone,
    days: [Vec<DaySpan>; 7],
    exceptions: Vec<Exception>,
    holidays: Holidays,
}

/// What a civil day is.
enum Day {
    Whole,
    Nothing,
    Week,
}

impl Hours {
    /// Makes them ready. Errors: a zone that is not known.
    pub fn new(hours: &SupportHours, holidays: Holidays) -> Result<Self, NotReady> {
        let zone = Zone::named(&hours.zone).ok_or_else(|| NotReady::Zone(hours.zone.clone()))?;
        Ok(Self { zone, days: hours.days.clone(), exceptions: hours.exceptions.clone(), holidays })
    }

    /// Whether an instant lies within them.
    pub fn is_during(&self, at: Timestamp) -> bool {
        let day = self.zone.day_at(at);
        // The hour that autumn repeats may belong to the day before.
        [day.yesterday().ok(), Some(day)]
            .into_iter()
            .flatten()
            .any(|day| self.spans_of(day).iter().any(|s| s.holds(at)))
    }

    /// The first instant after this one at which they begin or end; `None` where none comes within a year.
    pub fn next_border(&self, after: Timestamp) -> Option<Timestamp> {
        let during = self.is_during(after);
        let first = self.zone.day_at(after).yesterday().ok()?;
        let mut covered_until = after;
        for span in first.series(1.day()).take(limits::SUPPORT_HOURS_DAYS_AHEAD).flat_map(|day| self.spans_of(day)) {
            if span.until <= covered_until {
                continue;
            }
            match (during, span.from > covered_until) {
                (true, true) => return Some(covered_until),
                (true, false) => covered_until = span.until,
                (false, _) => return Some(span.from),
            }
        }
        // Ended by the end of the days that were looked at: as good as never.
        let is_end = during && covered_until > after && !self.is_during(covered_until);
        is_end.then_some(covered_until)
    }

    /// What is within them in a span, joined, by time.
    pub fn within(&self, span: Span) -> Vec<Span> {
        let mut joined: Vec<Span> = Vec::new();
        let Ok(first) = self.zone.day_at(span.from).yesterday() else { return joined };
        let last = self.zone.day_at(span.until);
        let days = first.series(1.day()).take_while(|day| *day <= last).take(limits::SUPPORT_HOURS_DAYS_AHEAD);
        for part in days.flat_map(|day| self.spans_of(day)).filter_map(|part| part.overlap(&span)) {
            match joined.last_mut() {
                Some(before) if before.until >= part.from => before.until = before.until.max(part.until),
                _ => joined.push(part),
            }
        }
        joined
    }

    /// The zone that they are meant in.
    pub fn zone(&self) -> &Zone {
        &self.zone
    }

    /// The name of what makes a day an exception, and what holds then.
    pub fn exception_of(&self, day: Date) -> Option<(&str, SupportStatus)> {
        let exception = self.exceptions.iter().find(|exception| exception.start <= day && day <= exception.end);
        match exception {
            Some(exception) => Some((&exception.name, exception.status)),
            None => self.holidays.get(&day).map(|name| (name.as_str(), SupportStatus::Outside)),
        }
    }

    fn kind_of(&self, day: Date) -> Day {
        match self.exception_of(day) {
            Some((_, SupportStatus::During)) => Day::Whole,
            Some((_, SupportStatus::Outside)) => Day::Nothing,
            None => Day::Week,
        }
    }

    /// The spans of a civil day, by their start: its own up to midnight, and what yesterday's go on for.
    fn spans_of(&self, day: Date) -> Vec<Span> {
        let mut spans: Vec<Span> = match self.kind_of(day) {
            Day::Nothing => Vec::new(),
            Day::Whole => self.span(day, Time::midnight(), None).into_iter().collect(),
            Day::Week => self.week_spans(day),
        };
        spans.retain(|span| !span.is_empty());
        spans.sort_by_key(|span| span.from);
        spans
    }

    fn week_spans(&self, day: Date) -> Vec<Span> {
        let over_midnight = |span: &&DaySpan| span.until <= span.from;
        let own = self
            .of_weekday(day.weekday())
            .iter()
            .filter_map(|span| self.span(day, span.from, (!over_midnight(&span)).then_some(span.until)));
        let yesterdays = self.of_weekday(day.weekday().previous()).iter().filter(over_midnight);
        own.chain(yesterdays.filter_map(|span| self.span(day, Time::midnight(), Some(span.until)))).collect()
    }

    fn of_weekday(&self, day: Weekday) -> &[DaySpan] {
        usize::try_from(day.to_monday_zero_offset()).ok().and_then(|nth| self.days.get(nth)).map_or(&[], Vec::as_slice)
    }

    /// A part of a civil day as instants; without an end it goes on until midnight.
    fn span(&self, day: Date, from: Time, until: Option<Time>) -> Option<Span> {
        let end = match until {
            Some(until) => self.zone.end_at(day.to_datetime(until)),
            // Whoever goes on after midnight begins there with the first of two midnights.
            None => self.zone.end_at(day.tomorrow().ok()?.to_datetime(Time::midnight())),
        };
        Some(Span::new(self.zone.start_at(day.to_datetime(from)), end))
    }
}

#[cfg(test)]
mod tests;
