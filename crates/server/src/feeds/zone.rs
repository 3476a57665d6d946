//! Time zones in iCal's words: the changes of a zone within a span, each by itself, so that no rule has to be guessed.

use ics::properties::TzName;
use ics::{Daylight, Standard, TimeZone as Definition};
use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use watchbell_core::schedule::Span;

/// A moment in iCal's words.
#[derive(Debug)]
pub struct Told {
    /// The moment.
    pub text: String,
    /// The zone whose clocks it is on; UTC, where there is none.
    pub zone: Option<String>,
}

/// A moment in UTC.
pub fn utc(at: Timestamp) -> String {
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// A moment on the clocks of a zone; in UTC where they show it twice: programs do not agree which of the two it is.
pub fn told(at: Timestamp, zone: &TimeZone) -> Told {
    let local = at.to_zoned(zone.clone()).datetime();
    let is_clear = !zone.to_ambiguous_timestamp(local).is_ambiguous();
    match zone.iana_name().filter(|name| is_clear && *name != "UTC") {
        Some(name) => Told { text: local.strftime("%Y%m%dT%H%M%S").to_string(), zone: Some(name.to_owned()) },
        None => Told { text: utc(at), zone: None },
    }
}

/// What a zone's clocks do in a span.
pub fn definition(zone: &TimeZone, name: &str, span: Span) -> Definition<'static> {
    let at_first = zone.to_offset(span.from);
    let first = Standard::new("19700101T000000", show(at_first), show(at_first));
    let mut definition = Definition::standard(name.to_owned(), first);
    let mut before = at_first;
    for change in zone.following(span.from).take_while(|change| change.timestamp() < span.until) {
        // A change is told on the clocks that it changes.
        let start = before.to_datetime(change.timestamp()).strftime("%Y%m%dT%H%M%S").to_string();
        let (from, to, word) = (show(before), show(change.offset()), change.abbreviation().to_string());
        match change.dst().is_dst() {
            true => definition.add_daylight(named(Daylight::new(start, from, to), word, Daylight::push)),
            false => definition.add_standard(named(Standard::new(start, from, to), word, Standard::push)),
        }
        before = change.offset();
    }
    definition
}

fn named<T>(mut observance: T, word: String, push: fn(&mut T, TzName<'static>)) -> T {
    push(&mut observance, TzName::new(word));
    observance
}

/// `+0100`, with seconds where there are some.
fn show(offset: Offset) -> String {
    let seconds = offset.seconds();
    let (sign, seconds) = (if seconds < 0 { '-' } else { '+' }, seconds.abs());
    let rest = match seconds % 60 {
        0 => String::new(),
        rest => format!("{rest:02}"),
    };
    format!("{sign}{:02}{:02}{rest}", seconds / 3_600, seconds / 60 % 60)
}
