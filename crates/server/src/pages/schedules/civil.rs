//! Civil times of forms: fields for dates have no zone, so each form names the one it was shown in.

use super::super::reader::Reader;
use jiff::Timestamp;
use jiff::civil::DateTime;
use watchbell_core::schedule::{Span, Zone};

/// The zone of a form.
#[derive(Debug, Clone)]
pub(in super::super) struct Civil {
    name: String,
    zone: Zone,
}

impl Civil {
    /// Of a name; UTC where the name is not known.
    pub(in super::super) fn named(name: &str) -> Option<Self> {
        let zone = Zone::named(name.trim()).or_else(|| Zone::named("UTC"))?;
        Some(Self { name: zone.inner().iana_name().unwrap_or("UTC").to_owned(), zone })
    }

    /// Of a name that is known.
    pub(in super::super) fn known(name: &str) -> Option<Self> {
        Zone::named(name).and_then(|_| Self::named(name))
    }

    /// The zone that a form says it was shown in.
    pub(in super::super) fn of_form(reader: &mut Reader) -> Option<Self> {
        let named = Self::known(reader.form.value("zone"));
        if named.is_none() {
            reader.form.error("zone", "Is no time zone; an IANA name such as Europe/Berlin is.");
        }
        named
    }

    /// IANA name of the zone.
    pub(in super::super) fn name(&self) -> &str {
        &self.name
    }

    /// A moment as a field for dates shows it.
    pub(in super::super) fn field(&self, at: Timestamp) -> String {
        self.zone.inner().to_datetime(at).strftime("%Y-%m-%dT%H:%M").to_string()
    }

    /// A span of two fields.
    pub(in super::super) fn span(&self, reader: &mut Reader, from: &str, until: &str) -> Option<Span> {
        let (first, last) = (civil(reader, from), civil(reader, until));
        let span = Span::new(self.zone.start_at(first?), self.zone.end_at(last?));
        if span.is_empty() {
            reader.form.error(until, "Must come after the start.");
            return None;
        }
        Some(span)
    }

    /// A moment of a field at which something starts.
    pub(in super::super) fn start(&self, reader: &mut Reader, name: &str) -> Option<Timestamp> {
        civil(reader, name).map(|at| self.zone.start_at(at))
    }
}

/// A civil time of a field.
pub(super) fn civil(reader: &mut Reader, name: &str) -> Option<DateTime> {
    let found = parse(reader.form.value(name));
    if found.is_none() {
        reader.form.error(name, "Must be a date and a time.");
    }
    found
}

/// `2026-11-23T09:00`, as browsers send it; with a blank, as people type it.
pub(super) fn parse(text: &str) -> Option<DateTime> {
    let found: DateTime = text.trim().replace(' ', "T").parse().ok()?;
    (1970..2200).contains(&found.year()).then_some(found)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use watchbell_ui::Form;

    #[test]
    fn the_hour_that_comes_twice_is_covered_twice() {
        let berlin = Civil::named("Europe/Berlin").unwrap();
        let mut reader = Reader { form: Form::of([("from", "2026-10-25T02:30"), ("until", "2026-10-25T02:45")]) };
        let span = berlin.span(&mut reader, "from", "until").unwrap();
        assert_eq!(span.until.duration_since(span.from).as_mins(), 75);
        assert_eq!(berlin.field(span.from), "2026-10-25T02:30");
    }

    #[test]
    fn what_is_no_time_is_said_beside_its_field() {
        let utc = Civil::named("UTC").unwrap();
        let mut reader = Reader { form: Form::of([("from", "soon"), ("until", "2026-10-25T02:45")]) };
        assert!(utc.span(&mut reader, "from", "until").is_none() && reader.form.error_of("from").is_some());
        let mut reader = Reader { form: Form::of([("from", "2026-10-25T09:00"), ("until", "2026-10-25T09:00")]) };
        assert!(utc.span(&mut reader, "from", "until").is_none() && reader.form.error_of("until").is_some());
        assert!(parse("0001-01-01T00:00").is_none() && parse("2026-13-01T00:00").is_none());
    }
}
