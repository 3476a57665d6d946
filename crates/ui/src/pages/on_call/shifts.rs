//! Shifts of the viewer: what runs, and what comes.

use super::OnCallView;
use crate::components::{empty, icon, panel};
use crate::routes;
use crate::shell::Shell;
use crate::time::length;
use maud::{Markup, html};
use watchbell_core::ids::ScheduleId;
use watchbell_core::schedule::Span;

/// One shift.
#[derive(Debug, Clone)]
pub struct MyShift {
    /// Of which schedule.
    pub schedule: ScheduleId,
    /// Its name.
    pub name: String,
    /// When.
    pub span: Span,
    /// Whether it goes on beyond what was looked at.
    pub no_end: bool,
    /// Whether an override or a temporary schedule says so.
    pub exception: bool,
    /// Why the viewer is away then; empty where they are not.
    pub away: String,
}

/// Am I on call?
pub(super) fn now(shell: &Shell, view: &OnCallView) -> Markup {
    let when = &shell.when;
    let next = view.shifts.iter().find(|shift| shift.span.from > when.now);
    html! {
        section.duty.on[!view.now.is_empty()] aria-label="Now" {
            (icon(if view.now.is_empty() { "bell-off" } else { "bell-ring" }))
            div {
                @if view.now.is_empty() { p.who { b { "You are not on call" } } }
                @for shift in &view.now {
                    p.who { b { "You are on call: " a href=(routes::schedule(shift.schedule)) { (shift.name) } } }
                    p.sub { @if shift.no_end { "No end in sight" } @else { "Until " (when.day_time(shift.span.until)) ", " (when.zone_name()) } }
                }
                @match next {
                    Some(shift) => p.sub { "Next: " (shift.name) ", " (when.span(shift.span)) },
                    None => p.sub { "No further shift in the next four weeks" },
                }
            }
        }
    }
}

/// The list.
pub(super) fn shifts(shell: &Shell, view: &OnCallView) -> Markup {
    let when = &shell.when;
    panel(
        "shifts",
        "My shifts, next four weeks",
        html! { span.muted.small-text { (when.zone_name()) } },
        html! {
            @if view.shifts.is_empty() { (empty("calendar", "No shifts", "Nobody has put you on call in the next four weeks.", Some((routes::SCHEDULES, "See the schedules")))) }
            ol.agenda {
                @for shift in &view.shifts {
                    li.here[shift.span.holds(when.now)] {
                        a.link href=(routes::schedule(shift.schedule)) { (shift.name) }
                        @if shift.span.holds(when.now) { span.count { "now" } }
                        @if shift.exception { span.count { "override" } }
                        @if !shift.away.is_empty() { span.bad { "you are away: " (shift.away) } }
                        span.when {
                            @if shift.no_end { "from " (when.day_time(shift.span.from)) ", no end in sight" }
                            @else { (when.span(shift.span)) span.muted { " · " (length(shift.span)) } }
                        }
                        @if view.may_take { a.link href=(cover_href(shift)) { "Get cover" span.sr { " for " (when.span(shift.span)) } } }
                    }
                }
            }
        },
    )
}

/// The cover form, filled in for a shift.
fn cover_href(shift: &MyShift) -> String {
    let (from, until) = (shift.span.from.as_second(), shift.span.until.as_second());
    format!("{}?schedule={}&from={from}&until={until}#cover", routes::ON_CALL, shift.schedule)
}
