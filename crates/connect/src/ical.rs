//! Calendars of others as iCalendar text (RFC 5545): public holidays, absences. Read into days and spans; what repeats is written out
//! within the asked years. Every Rust crate for this brings a second library of time, and of the format only a little is needed.

mod event;
mod fetch;
mod line;
mod moment;
mod repeat;

pub use event::{Event, Feed, When};
pub use fetch::{FetchError, fetch};

use event::Raw;
use jiff::civil::Date;
use line::lines;
use std::collections::BTreeMap;
use watchbell_core::limits::ICAL_EVENTS_MAX;
use watchbell_core::schedule::Zone;

/// Why a text cannot be read as a calendar.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IcalError {
    /// It is something else: a web page that asks for a login, most often.
    #[error("this is no iCalendar text: it does not begin with BEGIN:VCALENDAR (is a login needed at this address?)")]
    NotACalendar,
    /// More events than are read.
    #[error("the calendar has more than {ICAL_EVENTS_MAX} events")]
    TooMany,
}

/// Reads a calendar: its events that have time from a day until another, by time. Times without a zone are those of `zone`.
/// Cancelled events are left out, and of rules that are not understood the first occurrence counts.
pub fn read(bytes: &[u8], zone: &Zone, within: (Date, Date)) -> Result<Feed, IcalError> {
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if !text.get(..15).is_some_and(|begin| begin.eq_ignore_ascii_case("BEGIN:VCALENDAR")) {
        return Err(IcalError::NotACalendar);
    }
    let raws = raw_events(text, zone);
    let moved = moved_ones(&raws);
    let mut feed = Feed { events: Vec::new(), not_understood: 0 };
    for raw in &raws {
        raw.write_out(&mut feed, moved.get(&raw.uid).map(Vec::as_slice).unwrap_or_default(), zone, within);
        if feed.events.len() > ICAL_EVENTS_MAX {
            return Err(IcalError::TooMany);
        }
    }
    feed.events
        .sort_by(|one, other| (one.when.first_day(zone), &one.uid).cmp(&(other.when.first_day(zone), &other.uid)));
    Ok(feed)
}

/// The events as they stand. What is nested in one (alarms) says nothing of it.
fn raw_events(text: &str, zone: &Zone) -> Vec<Raw> {
    let (mut found, mut open, mut nested) = (Vec::new(), None::<Raw>, 0_usize);
    for line in lines(text) {
        let event = line.value.trim().eq_ignore_ascii_case("VEVENT");
        match (line.name.as_str(), open.as_mut()) {
            ("BEGIN", None) if event => open = Some(Raw::default()),
            ("BEGIN", Some(_)) => nested += 1,
            ("END", Some(_)) if nested > 0 => nested -= 1,
            ("END", Some(_)) => found.extend(open.take()),
            (_, Some(raw)) if nested == 0 => raw.take(&line, zone),
            _ => {}
        }
    }
    found
}

/// Occurrences of repeated events that stand as events of their own.
fn moved_ones(raws: &[Raw]) -> BTreeMap<String, Vec<jiff::civil::DateTime>> {
    let mut moved: BTreeMap<String, Vec<jiff::civil::DateTime>> = BTreeMap::new();
    for raw in raws {
        if let Some(moment) = &raw.instead_of {
            moved.entry(raw.uid.clone()).or_default().push(moment.civil);
        }
    }
    moved
}

#[cfg(test)]
mod tests;
