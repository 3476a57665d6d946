//! How a schedule is shared out: hours, nights and weekends of each person, and nights back to back.

use crate::components::{icon, panel};
use crate::person::Person;
use crate::time::{When, plural};
use jiff::civil::Date;
use maud::{Markup, html};
use watchbell_core::schedule::Span;

/// What somebody has of the span.
#[derive(Debug, Clone)]
pub struct ShareRow {
    /// Who.
    pub person: Person,
    /// Seconds on call.
    pub seconds: i64,
    /// Nights.
    pub nights: i64,
    /// Weekends.
    pub weekends: i64,
}

/// The figures.
#[derive(Debug, Clone)]
pub struct CoverageView {
    /// Of what.
    pub span: Span,
    /// Most hours first.
    pub shares: Vec<ShareRow>,
    /// Nights one after the other: who, from which evening on, how many.
    pub back_to_back: Vec<(Person, Date, i64)>,
    /// Where a lower layer hides somebody: whom, in favour of whom, and when.
    pub hidden: Vec<(Person, String, Span)>,
    /// How much of the time is covered, and how evenly it is shared, in percent each.
    pub covered: i64,
    /// See `covered`.
    pub balanced: i64,
}

/// Lines of a list.
const LISTED_MAX: usize = 8;

/// The panel.
pub(super) fn coverage(view: &CoverageView, when: &When) -> Markup {
    panel(
        "coverage",
        "How it is shared out",
        html! { span.muted.small-text { "Covered " (view.covered) " %, even " (view.balanced) " %" } },
        html! {
            @if view.shares.is_empty() { p.inside.muted { "Nobody is on call in this span." } } @else { (table(view)) }
            (nights(view))
            (hidden(view, when))
        },
    )
}

fn nights(view: &CoverageView) -> Markup {
    html! {
        @if !view.back_to_back.is_empty() {
            ul.agenda.notes {
                @for (person, first, nights) in view.back_to_back.iter().take(LISTED_MAX) {
                    li { (icon("clock")) (person.name) " has " (nights) " nights one after the other" span.when { "from " (first.strftime("%a %-d %b").to_string()) } }
                }
            }
        }
    }
}

fn hidden(view: &CoverageView, when: &When) -> Markup {
    html! {
        @if !view.hidden.is_empty() {
            details {
                summary { "Two layers at once, the lower one counts: " (plural(view.hidden.len() as i64, "time", "times")) }
                ul.agenda.notes {
                    @for (person, by, span) in view.hidden.iter().take(LISTED_MAX) { li { (icon("info")) (by) " instead of " (person.name) span.when { (when.span(*span)) } } }
                }
            }
        }
    }
}

fn table(view: &CoverageView) -> Markup {
    let most = view.shares.iter().map(|share| share.seconds).max().unwrap_or(1).max(1);
    html! {
        div.table-scroll tabindex="0" role="region" aria-label="Share of each person, scrolls sideways" {
            table.table.shares {
                thead { tr { th scope="col" { "Who" } th.num scope="col" { "Hours" } th.num scope="col" { "Nights" } th.num scope="col" { "Weekends" } th scope="col" { span.sr { "Compared" } } } }
                tbody {
                    @for share in &view.shares {
                        tr {
                            th scope="row" { (share.person.inline()) }
                            td.num { (hours(share.seconds)) }
                            td.num { (share.nights) }
                            td.num { (share.weekends) }
                            td { meter min="0" max=(most) value=(share.seconds) aria-label={ "Hours of " (share.person.name) " beside the most" } {} }
                        }
                    }
                }
            }
        }
    }
}

/// Hours with a half where there is one.
fn hours(seconds: i64) -> String {
    let halves = (seconds + 900) / 1_800;
    if halves % 2 == 0 { (halves / 2).to_string() } else { format!("{}.5", halves / 2) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_rounded_to_halves() {
        assert_eq!([0, 1_700, 3_600, 5_400, 604_800].map(hours), ["0", "0.5", "1", "1.5", "168"]);
    }
}
