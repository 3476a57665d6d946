//! A calendar in iCal's words (RFC 5545). Escaping and line lengths are the library's business.

use super::zone;
use ics::components::Property;
use ics::properties::{CalScale, Description, Method, Summary, Transp, URL};
use ics::{Event, ICalendar, escape_text, parameters};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use watchbell_core::schedule::Span;

/// How often programs should look again, as ISO 8601 duration.
const LOOK_AGAIN: &str = "PT1H";

/// Shifts, and the zone in which they are told.
#[derive(Debug)]
pub struct Calendar {
    /// What programs call it.
    pub name: String,
    /// The zone.
    pub zone: TimeZone,
    /// What it covers.
    pub span: Span,
    /// By their start.
    pub entries: Vec<Entry>,
}

/// One shift.
#[derive(Debug)]
pub struct Entry {
    /// The same each time it is read.
    pub uid: String,
    /// When it was last changed.
    pub changed_at: Timestamp,
    /// When.
    pub span: Span,
    /// In a line.
    pub summary: String,
    /// In a sentence.
    pub description: String,
    /// Where it is looked at.
    pub url: String,
}

impl std::fmt::Display for Calendar {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut calendar = ICalendar::new("2.0", "-//Watchbell//On call//EN");
        calendar.push(CalScale::new("GREGORIAN"));
        calendar.push(Method::new("PUBLISH"));
        calendar.push(Property::new("X-WR-CALNAME", escape_text(self.name.as_str())));
        calendar.push(Property::new("X-PUBLISHED-TTL", LOOK_AGAIN));
        if let Some(name) = self.zone.iana_name().filter(|name| *name != "UTC") {
            calendar.push(Property::new("X-WR-TIMEZONE", name.to_owned()));
            calendar.add_timezone(zone::definition(&self.zone, name, self.covered()));
        }
        self.entries.iter().for_each(|entry| calendar.add_event(self.event(entry)));
        write!(f, "{calendar}")
    }
}

impl Calendar {
    /// What is told, from the first start to the last end.
    fn covered(&self) -> Span {
        let from = self.entries.first().map_or(self.span.from, |entry| entry.span.from.min(self.span.from));
        let until = self.entries.iter().map(|entry| entry.span.until).max();
        Span::new(from, until.unwrap_or(self.span.until).max(self.span.until))
    }

    fn event(&self, entry: &Entry) -> Event<'static> {
        let mut event = Event::new(entry.uid.clone(), zone::utc(entry.changed_at));
        event.push(self.moment("DTSTART", entry.span.from));
        event.push(self.moment("DTEND", entry.span.until));
        event.push(Summary::new(escape_text(entry.summary.clone())));
        event.push(Description::new(escape_text(entry.description.clone())));
        // Somebody who is on call can still meet people.
        event.push(Transp::transparent());
        event.push(URL::new(entry.url.clone()));
        event
    }

    fn moment(&self, key: &'static str, at: Timestamp) -> Property<'static> {
        let told = zone::told(at, &self.zone);
        let mut property = Property::new(key, told.text);
        if let Some(zone) = told.zone {
            property.append(parameters!("TZID" => zone));
        }
        property
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn calendar(zone: &str, spans: &[(&str, &str)]) -> String {
        let entry = |(from, until): &(&str, &str)| Entry {
            uid: format!("shift-{from}@watchbell"),
            changed_at: Timestamp::UNIX_EPOCH,
            span: Span::new(from.parse().unwrap(), until.parse().unwrap()),
            summary: "Ann, Bob; and \\ all\nof them".into(),
            description: "d".repeat(200),
            url: "https://bell.example.com/schedules/1".into(),
        };
        let entries: Vec<Entry> = spans.iter().map(entry).collect();
        let span = Span::new("2026-01-01T00:00:00Z".parse().unwrap(), "2026-12-31T00:00:00Z".parse().unwrap());
        Calendar { name: "Support, nights".into(), zone: TimeZone::get(zone).unwrap(), span, entries }.to_string()
    }

    #[test]
    fn texts_are_escaped_and_lines_are_folded() {
        let text = calendar("UTC", &[("2026-01-05T08:00:00Z", "2026-01-06T08:00:00Z")]);
        assert!(text.contains("X-WR-CALNAME:Support\\, nights\r\n"), "{text}");
        assert!(text.contains("SUMMARY:Ann\\, Bob\\; and \\\\ all\\nof them\r\n"), "{text}");
        assert!(text.contains("DTSTART:20260105T080000Z\r\nDTEND:20260106T080000Z\r\n"), "{text}");
        assert!(!text.contains("VTIMEZONE"), "UTC needs none");
        // A line that goes on begins with a blank, which the library does not count.
        assert!(text.split("\r\n").all(|line| line.len() <= 76), "{text}");
    }

    #[test]
    fn times_are_told_in_the_zone_which_comes_with_it() {
        let text = calendar("Europe/Berlin", &[("2026-03-28T08:00:00Z", "2026-03-29T07:00:00Z")]);
        assert!(
            text.contains("DTSTART;TZID=Europe/Berlin:20260328T090000\r\nDTEND;TZID=Europe/Berlin:20260329T090000\r\n"),
            "{text}"
        );
        let summer = "BEGIN:DAYLIGHT\r\nDTSTART:20260329T020000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nTZNAME:CEST\r\nEND:DAYLIGHT";
        let winter = "BEGIN:STANDARD\r\nDTSTART:20261025T030000\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nTZNAME:CET\r\nEND:STANDARD";
        assert!(text.contains(summer) && text.contains(winter), "{text}");
        assert!(text.contains("BEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:+0100"), "{text}");
    }

    #[test]
    fn an_hour_that_comes_twice_is_told_in_utc() {
        let text = calendar("Europe/Berlin", &[("2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z")]);
        assert!(text.contains("DTSTART:20261025T003000Z\r\nDTEND:20261025T013000Z\r\n"), "{text}");
    }
}
