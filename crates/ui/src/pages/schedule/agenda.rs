//! The shifts of a chart as a list: what a phone shows first, and what a screen reader reads.

use super::chart::{Bar, Who};
use super::{ScheduleView, cover_href};
use crate::components::{icon, panel};
use crate::time::{length, plural};
use maud::{Markup, html};

/// Shifts that are listed at most.
const LISTED_MAX: usize = 100;

/// The panel.
pub(super) fn shifts(view: &ScheduleView) -> Markup {
    let bars = view.chart.rows.first().map_or(&[][..], |row| &row.bars);
    let left_out = bars.len().saturating_sub(LISTED_MAX);
    panel(
        "shifts",
        "Shifts",
        html! { span.muted.small-text { (view.chart.when.zone_name()) } },
        html! {
            (names(view))
            ol.agenda { @for bar in bars.iter().take(LISTED_MAX) { (shift(view, bar)) } }
            @if left_out > 0 { p.muted.inside { (plural(left_out as i64, "more shift", "more shifts")) ": show a shorter span to see them." } }
        },
    )
}

/// Named days and changes of the clocks.
fn names(view: &ScheduleView) -> Markup {
    let chart = &view.chart;
    let changes = super::clock_changes(chart.span, &chart.when.zone);
    html! {
        @if !chart.holidays.is_empty() || !changes.is_empty() {
            ul.agenda.notes {
                @for (date, name) in &chart.holidays { li { (icon("calendar")) "Holiday: " (name) span.when { (date.strftime("%a %-d %b").to_string()) } } }
                @for (at, words) in &changes { li { (icon("clock")) (words) span.when { (chart.when.day_time(*at)) } } }
            }
        }
    }
}

fn shift(view: &ScheduleView, bar: &Bar) -> Markup {
    let when = &view.chart.when;
    html! {
        li.is-gap[bar.who == Who::Nobody].over[bar.span.until <= when.now].here[bar.span.holds(when.now)] {
            @match &bar.who {
                Who::Person(person) => (person.inline()),
                Who::Attended(why) => span.person { (icon("eye")) "Not paged by rule" @if !why.is_empty() { ": " (why) } },
                Who::Nobody => span.person { (icon("triangle-alert")) "Nobody is on call" },
            }
            @if bar.span.holds(when.now) { span.count { "now" } }
            @if bar.exception { span.count { "override" } }
            @if !bar.away.is_empty() { span.bad { "away: " (bar.away) } }
            span.when { (when.span(bar.span)) span.muted { " · " (length(bar.span)) } }
            @if bar.who == Who::Nobody && view.may.take && bar.span.until > when.now { a.link href=(cover_href(view, bar.span)) { "Cover this gap" } }
        }
    }
}
