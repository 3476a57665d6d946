//! The chart of a schedule: one SVG made by the server, x in percent, colours from the style sheet, so that it fits every width
//! and theme without script. What it shows stands as text beside it.

use super::axis::{self, Axis};
use crate::person::Person;
use crate::time::{When, length};
use jiff::Timestamp;
use jiff::civil::Date;
use maud::{Markup, html};
use watchbell_core::schedule::Span;

/// Who has a shift, as it is printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// This person.
    Person(Person),
    /// Nobody, on purpose: why.
    Attended(String),
    /// Nobody: a gap.
    Nobody,
}

impl Who {
    /// In words.
    pub fn name(&self) -> &str {
        match self {
            Who::Person(person) => &person.name,
            Who::Attended(_) => "Not paged by rule",
            Who::Nobody => "Nobody",
        }
    }
}

/// One shift.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    /// When.
    pub span: Span,
    /// Who.
    pub who: Who,
    /// Whether an override or a temporary schedule says so: its edge is dashed.
    pub exception: bool,
    /// Why this person cannot be counted on ("Holiday"); empty where all is well.
    pub away: String,
}

/// What a row shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowKind {
    /// Who is on call in the end: gaps are drawn, and it is the highest.
    Final,
    /// Overrides: a drag on it makes one.
    Overrides,
    /// Temporary schedules, a layer, or static shifts.
    Plan,
    /// Somebody's absences.
    Away,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// What it shows.
    pub kind: RowKind,
    /// Its name.
    pub name: String,
    /// Where its name leads.
    pub href: Option<String>,
    /// By time; what is outside the chart is cut.
    pub bars: Vec<Bar>,
}

/// A chart.
#[derive(Debug, Clone)]
pub struct Chart {
    /// Its id in the page.
    pub id: String,
    /// Whose.
    pub name: String,
    /// What it shows.
    pub span: Span,
    /// Now, and the zone of its days.
    pub when: When,
    /// From top to bottom.
    pub rows: Vec<Row>,
    /// Named days: public holidays.
    pub holidays: Vec<(Date, String)>,
    /// Whether a drag on the row of overrides opens the dialog of that id.
    pub drag_opens: Option<&'static str>,
}

/// Height of a row.
const fn height(kind: RowKind) -> i64 {
    match kind {
        RowKind::Final => 56,
        RowKind::Overrides | RowKind::Plan | RowKind::Away => 44,
    }
}

/// Narrowest width of the chart in pixels (58 rem): what fits there fits everywhere.
const WIDTH_MIN: f64 = 928.0;

/// The place of a moment on the chart, in percent.
pub(super) fn percent(span: Span, at: Timestamp) -> f64 {
    let of = |from: Timestamp, until: Timestamp| (until.as_second() - from.as_second()) as f64;
    let at = at.clamp(span.from, span.until.max(span.from));
    of(span.from, at) / of(span.from, span.until).max(1.0) * 100.0
}

/// The chart with the names of its rows beside it, in a region that scrolls sideways.
pub fn chart(chart: &Chart) -> Markup {
    let axis = Axis::of(chart);
    html! {
        div.tl {
            ul.tl-labels.noted[axis.has_notes()] aria-hidden=[chart.rows.iter().all(|row| row.href.is_none()).then_some("true")] {
                @for row in &chart.rows {
                    li.final[row.kind == RowKind::Final] { @match &row.href { Some(href) => a href=(href) { (row.name) }, None => span { (row.name) } } }
                }
            }
            div.tl-scroll tabindex="0" role="region" aria-label={ "Chart of " (chart.name) ", scrolls sideways" } {
                @match chart.drag_opens {
                    Some(dialog) => override-drag data-dialog=(dialog) data-from=(chart.span.from.as_second()) data-until=(chart.span.until.as_second())
                        data-zone=(chart.when.zone.iana_name().unwrap_or("UTC")) { (svg(chart, &axis)) },
                    None => (svg(chart, &axis)),
                }
            }
        }
    }
}

fn svg(chart: &Chart, axis: &Axis) -> Markup {
    let (top, id) = (axis.height(), &chart.id);
    let total = top + chart.rows.iter().map(|row| height(row.kind)).sum::<i64>();
    let tops = chart.rows.iter().scan(top, |next, row| {
        let here = *next;
        *next += height(row.kind);
        Some((here, row))
    });
    html! {
        svg.chart height=(total) role="img" aria-labelledby={ (id) "-title " (id) "-text" } {
            title #{ (id) "-title" } { "Who is on call: " (chart.name) ", " (chart.when.span(chart.span)) }
            desc #{ (id) "-text" } { "The same shifts are listed as text on this page." }
            defs {
                pattern #{ (id) "-hatch" } width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)" {
                    rect.hatch-ground width="8" height="8" {}
                    rect.hatch-line width="3.5" height="8" {}
                }
            }
            (axis::draw(chart, axis, total))
            @for (y, row) in tops { (draw_row(chart, row, y)) }
            (now_line(chart, total))
        }
    }
}

fn draw_row(chart: &Chart, row: &Row, y: i64) -> Markup {
    html! {
        line.rowline x1="0" x2="100%" y1=(y) y2=(y) {}
        @if row.kind == RowKind::Overrides && chart.drag_opens.is_some() {
            rect.drop x="0" y=(y) width="100%" height=(height(row.kind)) { title { "Drag to make an override" } }
        }
        @for bar in &row.bars { (draw_bar(chart, row, bar, y)) }
    }
}

fn draw_bar(chart: &Chart, row: &Row, bar: &Bar, y: i64) -> Markup {
    let Some(span) = bar.span.overlap(&chart.span) else { return html! {} };
    let (x, width) = (percent(chart.span, span.from), percent(chart.span, span.until) - percent(chart.span, span.from));
    let high = height(row.kind);
    let class = match (&bar.who, row.kind) {
        (_, RowKind::Away) => "away",
        (Who::Person(_), _) => "person",
        (Who::Attended(_), _) => "attended",
        (Who::Nobody, _) => "gap",
    };
    let hue = if let Who::Person(person) = &bar.who { person.hue() } else { "h0".into() };
    let fill = (class == "gap").then(|| format!("url(#{}-hatch)", chart.id));
    html! {
        svg.shift.(class).(hue).exception[bar.exception].conflict[!bar.away.is_empty() && row.kind == RowKind::Final] x=(share(x)) y=(y + 7) width=(share(width)) height=(high - 14) {
            title { (row.name) ": " (bar_words(bar)) ", " (chart.when.span(bar.span)) " (" (length(bar.span)) ")" }
            rect width="100%" height=(high - 14) rx="6" fill=[fill] {}
            text x="8" y=((high - 14) / 2 + 4) { (label(bar, row.kind, width)) }
        }
    }
}

fn bar_words(bar: &Bar) -> String {
    match (&bar.who, bar.away.is_empty()) {
        (Who::Attended(why), _) if !why.is_empty() => format!("not paged by rule: {why}"),
        (Who::Nobody, _) => "nobody is on call".into(),
        (who, true) => who.name().to_owned(),
        (who, false) => format!("{}, away: {}", who.name(), bar.away),
    }
}

/// The longest form of a name that fits: the whole, the first word, the initials, or nothing.
fn label(bar: &Bar, kind: RowKind, width: f64) -> String {
    let fits = |text: &str| text.chars().count() as f64 * 7.0 + 14.0 <= width / 100.0 * WIDTH_MIN;
    let forms: Vec<String> = match &bar.who {
        _ if kind == RowKind::Away => vec![bar.away.clone(), "Away".into()],
        Who::Person(person) => {
            let first = person.name.split_whitespace().next().unwrap_or_default().to_owned();
            vec![person.name.clone(), first, person.initials()]
        }
        Who::Attended(why) => vec![format!("Not paged by rule: {why}"), "Not paged by rule".into(), "Not paged".into()],
        Who::Nobody => vec!["Gap".into()],
    };
    forms.into_iter().find(|form| fits(form)).unwrap_or_default()
}

fn now_line(chart: &Chart, total: i64) -> Markup {
    let x = share(percent(chart.span, chart.when.now));
    html! {
        @if chart.span.holds(chart.when.now) {
            g.now { title { "Now" } line x1=(x) x2=(x) y1="26" y2=(total) {} circle cx=(x) cy="26" r="4" {} }
        }
    }
}

/// A share as an attribute.
pub(super) fn share(percent: f64) -> String {
    format!("{percent:.3}%")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use watchbell_core::ids::UserId;

    fn bar(who: Who) -> Bar {
        let at: Timestamp = "2026-11-23T00:00Z".parse().unwrap();
        Bar { span: Span::new(at, at), who, exception: false, away: String::new() }
    }

    #[test]
    fn the_longest_form_of_a_name_that_fits_is_printed() {
        let ann = bar(Who::Person(Person::new(UserId(1), "Annegret Lee")));
        let labels = [14.0, 9.0, 4.0, 1.0].map(|width| label(&ann, RowKind::Final, width));
        assert_eq!(labels, ["Annegret Lee", "Annegret", "AL", ""]);
        assert_eq!(label(&bar(Who::Nobody), RowKind::Final, 4.0), "Gap");
    }

    #[test]
    fn a_moment_outside_the_chart_is_at_its_edge() {
        let span = Span::new("2026-11-23T00:00Z".parse().unwrap(), "2026-11-24T00:00Z".parse().unwrap());
        let places = ["2026-11-22T00:00Z", "2026-11-23T06:00Z", "2026-11-30T00:00Z"];
        assert_eq!(places.map(|at| share(percent(span, at.parse().unwrap()))), ["0.000%", "25.000%", "100.000%"]);
    }
}
