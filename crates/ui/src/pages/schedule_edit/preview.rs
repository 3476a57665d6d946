//! Who would be on call: the chart of the form as it stands, and the shifts that change. Also the answer to each change of the form.

use crate::components::icon;
use crate::pages::schedule::chart::{Chart, Who, chart};
use crate::time::{When, length, plural};
use maud::{Markup, html};
use watchbell_core::schedule::Span;

/// A span whose person changes.
#[derive(Debug, Clone)]
pub struct ChangedShift {
    /// When.
    pub span: Span,
    /// Who has it now.
    pub before: Who,
    /// Who would have it.
    pub after: Who,
}

/// What would be.
#[derive(Debug, Clone)]
pub struct PreviewView {
    /// The chart; `None` while the form cannot be read: what is wrong stands in `wrong`.
    pub chart: Option<Chart>,
    /// Why there is none.
    pub wrong: Vec<String>,
    /// What nobody would cover.
    pub gaps: Vec<Span>,
    /// Who changes; `None` for a new schedule.
    pub changed: Option<Vec<ChangedShift>>,
    /// Changed shifts beyond those listed.
    pub left_out: usize,
}

/// Gaps that are listed.
const GAPS_LISTED: usize = 5;

/// The panel.
pub fn preview(view: &PreviewView) -> Markup {
    html! {
        section.panel #preview aria-labelledby="preview-title" {
            header { h2 #preview-title { "Preview" } @if let Some(chart) = &view.chart { span.muted.small-text { "Four weeks, times in " (chart.when.zone_name()) } } }
            @match &view.chart {
                None => div.inside { p.muted { "Appears as soon as the form is complete." } ul.stack.tight { @for text in &view.wrong { li.wait { (icon("circle-alert")) " " (text) } } } },
                Some(shown) => {
                    (chart(shown))
                    (gaps(view, &shown.when))
                    @if let Some(changed) = &view.changed { (who_changes(changed, view.left_out, &shown.when)) }
                },
            }
        }
    }
}

fn gaps(view: &PreviewView, when: &When) -> Markup {
    html! {
        @if !view.gaps.is_empty() {
            ul.agenda {
                @for gap in view.gaps.iter().take(GAPS_LISTED) { li.is-gap { (icon("triangle-alert")) "Nobody is on call" span.when { (when.span(*gap)) " · " (length(*gap)) } } }
                @if view.gaps.len() > GAPS_LISTED { li.is-gap { (plural((view.gaps.len() - GAPS_LISTED) as i64, "more gap", "more gaps")) } }
            }
        } @else { p.inside.ok { (icon("circle-check")) " Every hour of these four weeks is covered." } }
    }
}

fn who_changes(changed: &[ChangedShift], left_out: usize, when: &When) -> Markup {
    html! {
        div.inside {
            h3 { "Who changes" }
            @if changed.is_empty() { p.muted { "Nobody: the same people are on call at the same times." } }
        }
        @if !changed.is_empty() {
            ol.agenda {
                @for shift in changed {
                    li {
                        span.when-first { (when.span(shift.span)) }
                        span.change { span.muted { (shift.before.name()) } span aria-hidden="true" { " → " } span.sr { " becomes " } b.bad[shift.after == Who::Nobody] { (shift.after.name()) } }
                    }
                }
                @if left_out > 0 { li.muted { (plural(left_out as i64, "more change", "more changes")) } }
            }
        }
    }
}
