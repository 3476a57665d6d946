//! One event: as it stands, and written out.

use super::line::Line;
use super::moment::Moment;
use super::repeat::Rule;
use jiff::civil::{Date, DateTime};
use jiff::{SignedDuration, Timestamp};
use watchbell_core::schedule::{Span, Zone};

/// When an event is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Whole days, until just before the second one.
    Days {
        /// The first.
        from: Date,
        /// The first after it.
        until: Date,
    },
    /// A span.
    Time(Span),
}

/// One occurrence of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The same at each reading; of a repeated event with the day.
    pub uid: String,
    /// What it is called.
    pub summary: String,
    /// When it is.
    pub when: When,
}

/// What a calendar holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feed {
    /// By time.
    pub events: Vec<Event>,
    /// Events that repeat by a rule that is not understood: their first occurrence counts.
    pub not_understood: usize,
}

/// An event as it stands.
#[derive(Debug, Default)]
pub(super) struct Raw {
    pub uid: String,
    summary: String,
    start: Option<Moment>,
    end: Option<Moment>,
    length: Option<SignedDuration>,
    rule: Option<String>,
    left_out: Vec<DateTime>,
    pub instead_of: Option<Moment>,
    cancelled: bool,
}

impl When {
    /// Its first day.
    pub fn first_day(&self, zone: &Zone) -> Date {
        match self {
            When::Days { from, .. } => *from,
            When::Time(span) => zone.day_at(span.from),
        }
    }

    /// As a span: days from midnight to midnight of a zone.
    pub fn span(&self, zone: &Zone) -> Span {
        let midnight = |day: Date| zone.start_at(day.to_datetime(jiff::civil::Time::midnight()));
        match self {
            When::Days { from, until } => Span::new(midnight(*from), midnight(*until)),
            When::Time(span) => *span,
        }
    }
}

impl Raw {
    /// Takes what a line says.
    pub fn take(&mut self, line: &Line, zone: &Zone) {
        match line.name.as_str() {
            "UID" => self.uid = line.value.trim().to_owned(),
            "SUMMARY" => self.summary = line.text(),
            "DTSTART" => self.start = Moment::of(line, zone),
            "DTEND" => self.end = Moment::of(line, zone),
            "DURATION" => self.length = length(line.value.trim()),
            "RRULE" => self.rule = Some(line.value.trim().to_ascii_uppercase()),
            "EXDATE" => self.left_out.extend(Moment::all_of(line, zone).into_iter().map(|moment| moment.civil)),
            "RECURRENCE-ID" => self.instead_of = Moment::of(line, zone),
            "STATUS" => self.cancelled = line.value.trim().eq_ignore_ascii_case("CANCELLED"),
            _ => {}
        }
    }

    /// Adds its occurrences that have time within days; `moved` ones stand as events of their own.
    pub fn write_out(&self, feed: &mut Feed, moved: &[DateTime], zone: &Zone, within: (Date, Date)) {
        let Some(start) = self.start.as_ref().filter(|_| !self.cancelled) else { return };
        let rule = self.rule.as_deref().filter(|_| self.instead_of.is_none());
        let understood = rule.map(|text| Rule::parse(text, start));
        feed.not_understood += usize::from(matches!(understood, Some(None)));
        let days = match understood.flatten() {
            Some(rule) => rule.days(start.civil.date(), within.1),
            None => vec![start.civil.date()],
        };
        let repeats = rule.is_some() || self.instead_of.is_some();
        let moved = if self.instead_of.is_some() { &[] } else { moved };
        let occurrences = days.into_iter().map(|day| start.on(day));
        let kept = occurrences.filter(|one| !self.left_out.contains(&one.civil) && !moved.contains(&one.civil));
        let events = kept.filter_map(|one| self.event(start, &one, zone, repeats));
        feed.events.extend(events.filter(|event| has_time(&event.when, zone, within)));
    }

    /// The occurrence that starts at a moment.
    fn event(&self, start: &Moment, one: &Moment, zone: &Zone, repeats: bool) -> Option<Event> {
        let when = match &start.zone {
            None => When::Days { from: one.civil.date(), until: one.civil.date().checked_add(self.days(start)).ok()? },
            Some(_) => When::Time(Span::new(one.instant(zone), self.end_of(start, one, zone)?)),
        };
        let uid = if repeats { format!("{}/{}", self.uid, one.civil) } else { self.uid.clone() };
        Some(Event { uid, summary: self.summary.clone(), when })
    }

    /// How many days an event of whole days takes: one where nothing is said.
    fn days(&self, start: &Moment) -> SignedDuration {
        let said = self.end.as_ref().map(|end| end.civil.duration_since(start.civil)).or(self.length);
        SignedDuration::from_hours(24 * said.map_or(1, |length| length.as_hours() / 24).max(1))
    }

    /// The end of an occurrence: as long after it as the end stands after the start, by the clock on the wall.
    fn end_of(&self, start: &Moment, one: &Moment, zone: &Zone) -> Option<Timestamp> {
        match (&self.end, self.length) {
            (Some(end), _) => {
                let later = one.civil.checked_add(end.civil.duration_since(start.civil)).ok()?;
                Some(end.zone.as_ref().unwrap_or(zone).end_at(later))
            }
            (None, Some(length)) => one.instant(zone).checked_add(length).ok(),
            (None, None) => Some(one.instant(zone)),
        }
    }
}

fn has_time(when: &When, zone: &Zone, within: (Date, Date)) -> bool {
    let asked = When::Days { from: within.0, until: within.1 }.span(zone);
    let span = when.span(zone);
    !span.is_empty() && asked.overlap(&span).is_some()
}

/// `P1W`, `P2DT3H`; days are 24 hours here.
fn length(text: &str) -> Option<SignedDuration> {
    let span: jiff::Span = text.trim_start_matches('+').parse().ok()?;
    span.to_duration(jiff::SpanRelativeTo::days_are_24_hours()).ok().filter(SignedDuration::is_positive)
}
