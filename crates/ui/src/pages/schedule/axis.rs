//! The axis of a chart: days or hours, weekends, named days, and the moments at which the clocks change.

use super::chart::{Chart, percent, share};
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use maud::{Markup, html};
use watchbell_core::schedule::Span;

/// Days that a chart draws at most.
const DAYS_MAX: usize = 62;

/// One day of a chart.
struct Day {
    date: Date,
    span: Span,
}

/// What stands above and behind the rows.
pub(super) struct Axis {
    days: Vec<Day>,
    changes: Vec<(Timestamp, String)>,
    holidays: Vec<(Span, String)>,
}

impl Axis {
    /// Of a chart.
    pub(super) fn of(chart: &Chart) -> Self {
        let days = days(chart.span, &chart.when.zone);
        let named = |(date, name): &(Date, String)| {
            days.iter().find(|day| day.date == *date).map(|day| (day.span, name.clone()))
        };
        Self {
            holidays: chart.holidays.iter().filter_map(named).collect(),
            changes: clock_changes(chart.span, &chart.when.zone),
            days,
        }
    }

    /// Whether there is a line for names below the days.
    pub(super) fn has_notes(&self) -> bool {
        !self.changes.is_empty() || !self.holidays.is_empty()
    }

    /// How far the name of a day may reach: until the next name.
    fn room(&self, span: Span, end: Timestamp) -> Span {
        let holidays = self.holidays.iter().map(|(next, _)| next.from);
        let next = self.changes.iter().map(|(at, _)| *at).chain(holidays).filter(|at| *at > span.from).min();
        Span::new(span.from, next.unwrap_or(end))
    }

    /// Height above the rows.
    pub(super) fn height(&self) -> i64 {
        if self.has_notes() { 56 } else { 36 }
    }
}

/// The civil days that share an instant with a span.
fn days(span: Span, zone: &TimeZone) -> Vec<Day> {
    let first = span.from.to_zoned(zone.clone()).date();
    let day = |date: Date| {
        let start = |date: Date| date.to_zoned(zone.clone()).ok().map(|day| day.timestamp());
        Some(Day { date, span: Span::new(start(date)?, start(date.tomorrow().ok()?)?) })
    };
    first.series(1.day()).take(DAYS_MAX).map_while(day).take_while(|day| day.span.from < span.until).collect()
}

/// When the clocks change within a span, and how far.
pub fn clock_changes(span: Span, zone: &TimeZone) -> Vec<(Timestamp, String)> {
    let offset = |at: Timestamp| zone.to_offset(at).seconds();
    let within = zone.following(span.from).take_while(|change| change.timestamp() < span.until);
    let words = |at: Timestamp| {
        let minutes = (offset(at) - offset(at - 1.second())) / 60;
        let by = if minutes % 60 == 0 { format!("{} h", minutes.abs() / 60) } else { format!("{} min", minutes.abs()) };
        (minutes != 0).then(|| (at, format!("Clocks go {} {by}", if minutes > 0 { "forward" } else { "back" })))
    };
    within.map(|change| change.timestamp()).filter_map(words).take(DAYS_MAX).collect()
}

/// Everything behind the rows.
pub(super) fn draw(chart: &Chart, axis: &Axis, total: i64) -> Markup {
    let place = |at: Timestamp| share(percent(chart.span, at));
    let width = |span: Span| share(percent(chart.span, span.until) - percent(chart.span, span.from));
    html! {
        @for day in axis.days.iter().filter(|day| matches!(day.date.weekday(), Weekday::Saturday | Weekday::Sunday)) {
            rect.weekend x=(place(day.span.from)) y="0" width=(width(day.span)) height=(total) {}
        }
        @for (span, name) in &axis.holidays {
            rect.holiday x=(place(span.from)) y="0" width=(width(*span)) height=(total) {}
            svg x=(place(span.from)) y="34" width=(width(axis.room(*span, chart.span.until))) height="20" { title { "Holiday: " (name) } text.note x="4" y="14" { (name) } }
        }
        @for day in &axis.days { line.grid x1=(place(day.span.from)) x2=(place(day.span.from)) y1="28" y2=(total) {} }
        (labels(chart, axis))
        @for (at, words) in &axis.changes {
            g.clocks {
                title { (words) ", " (chart.when.day_time(*at)) }
                line x1=(place(*at)) x2=(place(*at)) y1="34" y2=(total) {}
                text.note x=(place(*at)) dx="4" y="48" { (words) }
            }
        }
    }
}

/// Hours for two days, each day for two weeks, each Monday for more.
fn labels(chart: &Chart, axis: &Axis) -> Markup {
    let today = chart.when.now.to_zoned(chart.when.zone.clone()).date();
    let place = |at: Timestamp| share(percent(chart.span, at));
    let count = axis.days.len();
    let is_named = |nth: usize, day: &Day| match count {
        ..=16 => true,
        _ => {
            day.date.weekday() == Weekday::Monday
                || nth == 0 && !axis.days.iter().take(4).any(|day| day.date.weekday() == Weekday::Monday)
        }
    };
    let format = if count <= 8 || count > 16 { "%a %-d %b" } else { "%a %-d" };
    html! {
        @for (nth, day) in axis.days.iter().enumerate() {
            @if is_named(nth, day) && day.span.until > chart.span.from {
                text.day.today[day.date == today] x=(place(day.span.from)) dx="6" y="20" { (day.date.strftime(format).to_string()) }
            }
            @if count <= 2 { (hours(chart, day)) }
        }
    }
}

/// Each third hour of a day, as the clock on the wall says it.
fn hours(chart: &Chart, day: &Day) -> Markup {
    let hour =
        |hour: i8| day.date.at(hour, 0, 0, 0).to_zoned(chart.when.zone.clone()).ok().map(|at| (hour, at.timestamp()));
    html! {
        @for (hour, at) in (1..8).map(|third| third * 3).filter_map(hour) {
            line.grid.hour x1=(share(percent(chart.span, at))) x2=(share(percent(chart.span, at))) y1="28" y2="100%" {}
            text.day x=(share(percent(chart.span, at))) dx="6" y="20" { (format!("{hour:02}:00")) }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_clocks_of_a_zone_change_when_it_says_so() {
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        let span = |from: &str, until: &str| Span::new(from.parse().unwrap(), until.parse().unwrap());
        let spring = clock_changes(span("2027-03-20T00:00Z", "2027-04-03T00:00Z"), &berlin);
        assert_eq!(spring, [("2027-03-28T01:00Z".parse().unwrap(), "Clocks go forward 1 h".to_owned())]);
        let autumn = clock_changes(span("2026-10-20T00:00Z", "2026-11-03T00:00Z"), &berlin);
        assert_eq!(autumn, [("2026-10-25T01:00Z".parse().unwrap(), "Clocks go back 1 h".to_owned())]);
        assert!(clock_changes(span("2026-11-03T00:00Z", "2026-12-03T00:00Z"), &berlin).is_empty());
    }

    #[test]
    fn days_tile_a_span_over_a_change_of_the_clocks() {
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        let found =
            days(Span::new("2026-10-23T22:00Z".parse().unwrap(), "2026-10-26T23:00Z".parse().unwrap()), &berlin);
        assert_eq!(found.len(), 3);
        assert!(found.windows(2).all(|pair| pair[0].span.until == pair[1].span.from));
    }
}
