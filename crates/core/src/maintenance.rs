//! Maintenance: spans in which nobody is paged for what they cover. Once, or again and again in civil time.

use crate::alert::Alert;
use crate::ids::SourceId;
use crate::schedule::{NotReady, Span, Zone};
use crate::text::fold;
use crate::user::words;
use jiff::civil::{Date, DateTime};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

words! {
    /// What a repetition counts in.
    RepeatUnit {
        /// Days.
        Days = "DAYS",
        /// Weeks.
        Weeks = "WEEKS",
        /// Months: on the same day of the month, or on its last one where there is no such day.
        Months = "MONTHS",
        /// Months: on the same weekday, as in "the second Tuesday"; a fifth one is the last.
        MonthsByWeekday = "MONTHS_BY_WEEKDAY",
    }
}

/// How a window comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repeat {
    /// Of what.
    pub unit: RepeatUnit,
    /// Every so many, from 1.
    pub count: i64,
    /// The last day on which one may begin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
}

impl Repeat {
    /// The least time from one begin to the next.
    pub fn shortest(&self) -> SignedDuration {
        let days = match self.unit {
            RepeatUnit::Days => 1,
            RepeatUnit::Weeks => 7,
            RepeatUnit::Months | RepeatUnit::MonthsByWeekday => 28,
        };
        // Where the clocks go forward a day is an hour shorter.
        SignedDuration::from_hours(24i64.saturating_mul(days).saturating_mul(self.count.max(1)) - 1)
    }
}

/// Which alerts a window covers: each kind that names anything has to fit, by one of its names. None named: none covered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Covers {
    /// Of these sources.
    pub sources: Vec<SourceId>,
    /// Of these client companies.
    pub customers: Vec<String>,
    /// About these devices: by a label, or named in the summary or the key.
    pub configuration_items: Vec<String>,
    /// With one of these words in the summary.
    pub words: Vec<String>,
}

/// Labels that name the device of an alert, folded and without blanks.
const DEVICE_LABELS: [&str; 6] = ["configurationitem", "ci", "device", "host", "hostname", "computer"];

impl Covers {
    /// Whether it names nothing.
    pub fn is_empty(&self) -> bool {
        self.sources.is_empty()
            && self.customers.is_empty()
            && self.configuration_items.is_empty()
            && self.words.is_empty()
    }

    /// Whether whole sources are covered, whatever their alerts say.
    pub fn is_of_sources_only(&self) -> bool {
        !self.sources.is_empty()
            && self.customers.is_empty()
            && self.configuration_items.is_empty()
            && self.words.is_empty()
    }

    /// Whether it covers an alert.
    pub fn hold(&self, alert: &Alert) -> bool {
        let fits =
            |names: &[String], fits: &dyn Fn(&str) -> bool| names.is_empty() || names.iter().any(|name| fits(name));
        let customer = alert.content.customer.as_deref().map(fold);
        !self.is_empty()
            && (self.sources.is_empty() || self.sources.contains(&alert.source))
            && fits(&self.customers, &|name| customer.as_deref() == Some(fold(name).as_str()))
            && fits(&self.configuration_items, &|name| is_about(alert, name))
            && fits(&self.words, &|word| has_words(&alert.summary, word))
    }
}

fn is_about(alert: &Alert, device: &str) -> bool {
    let names = |label: &str| DEVICE_LABELS.contains(&fold(label).replace([' ', '_', '-'], "").as_str());
    let labelled = alert.content.labels.iter().any(|(label, value)| names(label) && fold(value) == fold(device));
    labelled || has_words(&alert.summary, device) || alert.key.as_deref().is_some_and(|key| has_words(key, device))
}

/// Whether a text has words in a row, whole and without case: `db1` is not in `db10`.
fn has_words(text: &str, words: &str) -> bool {
    let (text, words) = (fold(text), fold(words));
    let is_edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
    !words.is_empty()
        && text.match_indices(&words).any(|(at, found)| {
            is_edge(text[..at].chars().next_back()) && is_edge(text[at + found.len()..].chars().next())
        })
}

impl Window {
    /// When somebody ended it early, as far as it still counts: one that is moved or made longer afterwards opens anew.
    pub fn still_ended(&self, first: Span) -> Option<Timestamp> {
        self.ended_at.filter(|_| self.first == first)
    }
}

/// A maintenance window as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// IANA name of the zone in which it comes back.
    pub zone: String,
    /// The first time.
    pub first: Span,
    /// How it comes back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeat: Option<Repeat>,
    /// What it covers.
    pub covers: Covers,
    /// Whether alerts that are still open at the end page then.
    pub pages_at_end: bool,
    /// When somebody ended it early: the time that ran then was over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
}

/// A window that can be asked when it is open.
#[derive(Debug, Clone)]
pub struct Occurrences<'a> {
    window: &'a Window,
    zone: Zone,
    start: DateTime,
    end: DateTime,
}

impl<'a> Occurrences<'a> {
    /// Makes it ready. Errors: a zone that is not known.
    pub fn of(window: &'a Window) -> Result<Self, NotReady> {
        let zone = Zone::named(&window.zone).ok_or_else(|| NotReady::Zone(window.zone.clone()))?;
        let civil = |at: Timestamp| zone.inner().to_datetime(at);
        let (start, end) = (civil(window.first.from), civil(window.first.until));
        Ok(Self { window, zone, start, end })
    }

    /// The time that is open at an instant.
    pub fn open_at(&self, at: Timestamp) -> Option<Span> {
        let near = self.nth_near(at);
        (near - 1..=near + 1).filter_map(|nth| self.nth(nth)).find(|span| span.holds(at))
    }

    /// The first time that begins after an instant.
    pub fn next_after(&self, at: Timestamp) -> Option<Span> {
        let near = self.nth_near(at).max(1);
        (near - 1..=near + 2).filter_map(|nth| self.nth(nth)).find(|span| span.from > at)
    }

    /// The times that share something with a span, at most so many.
    pub fn within(&self, span: Span, max: usize) -> Vec<Span> {
        let first = (self.nth_near(span.from) - 1).max(0);
        let times = (first..).map_while(|nth| self.raw(nth).filter(|time| time.from < span.until).map(|_| nth));
        times.filter_map(|nth| self.nth(nth)).filter(|time| time.overlap(&span).is_some()).take(max).collect()
    }

    /// When the last time is over; `None`: it comes back for ever.
    pub fn over_at(&self) -> Option<Timestamp> {
        let Some(repeat) = &self.window.repeat else {
            return self.nth(0).map(|span| span.until).or(self.window.ended_at);
        };
        let last = repeat.until?;
        let near = self.nth_of(last);
        let ends = (near - 1..=near + 1).rev().find_map(|nth| self.raw(nth));
        Some(ends.map_or(self.window.first.until, |span| self.cut(span).map_or(span.from, |cut| cut.until)))
    }

    /// The time of a number, from 0, as it was, or will be, in force.
    fn nth(&self, nth: i64) -> Option<Span> {
        self.raw(nth).and_then(|span| self.cut(span))
    }

    /// What is left of a time that somebody ended early.
    fn cut(&self, span: Span) -> Option<Span> {
        let ended = self.window.ended_at.filter(|at| span.from <= *at && *at < span.until);
        let cut = Span::new(span.from, ended.unwrap_or(span.until));
        (!cut.is_empty()).then_some(cut)
    }

    fn raw(&self, nth: i64) -> Option<Span> {
        if nth == 0 {
            return Some(self.window.first);
        }
        let repeat = self.window.repeat.filter(|_| nth > 0)?;
        let date = nth_date(self.start.date(), &repeat, nth)?;
        if repeat.until.is_some_and(|last| date > last) {
            return None;
        }
        let days = self.start.date().until(self.end.date()).ok()?.get_days();
        let end = date.checked_add(jiff::Span::new().days(days)).ok()?;
        let span = Span::new(
            self.zone.start_at(date.to_datetime(self.start.time())),
            self.zone.end_at(end.to_datetime(self.end.time())),
        );
        (!span.is_empty()).then_some(span)
    }

    /// The number of the time whose begin is about then.
    fn nth_near(&self, at: Timestamp) -> i64 {
        self.nth_of(self.zone.day_at(at))
    }

    fn nth_of(&self, day: Date) -> i64 {
        let Some(repeat) = &self.window.repeat else { return 0 };
        let start = self.start.date();
        let (passed, each) = match repeat.unit {
            RepeatUnit::Days => (days_between(start, day), 1),
            RepeatUnit::Weeks => (days_between(start, day), 7),
            RepeatUnit::Months | RepeatUnit::MonthsByWeekday => (months_of(day) - months_of(start), 1),
        };
        passed.div_euclid(repeat.count.max(1).saturating_mul(each)).max(0)
    }
}

fn days_between(from: Date, to: Date) -> i64 {
    from.until(to).map_or(0, |span| i64::from(span.get_days()))
}

fn months_of(day: Date) -> i64 {
    i64::from(day.year()) * 12 + i64::from(day.month()) - 1
}

/// The day on which the time of a number begins.
fn nth_date(first: Date, repeat: &Repeat, nth: i64) -> Option<Date> {
    let steps = nth.checked_mul(repeat.count.max(1))?;
    match repeat.unit {
        RepeatUnit::Days => first.checked_add(jiff::Span::new().try_days(steps).ok()?).ok(),
        RepeatUnit::Weeks => first.checked_add(jiff::Span::new().try_weeks(steps).ok()?).ok(),
        RepeatUnit::Months => first.checked_add(jiff::Span::new().try_months(steps).ok()?).ok(),
        RepeatUnit::MonthsByWeekday => {
            let month = first.first_of_month().checked_add(jiff::Span::new().try_months(steps).ok()?).ok()?;
            let week = (first.day() - 1) / 7 + 1;
            let of_month = |week| month.nth_weekday_of_month(week, first.weekday()).ok();
            of_month(week).or_else(|| of_month(-1))
        }
    }
}

#[cfg(test)]
mod tests;
