//! Who is on call, at the top of every page: gaps first and red, so that nobody learns of one from an alert.

use crate::components::icon;
use crate::pages::schedule::OnDuty;
use crate::pages::schedule::chart::Who;
use crate::routes;
use crate::time::{When, plural};
use maud::{Markup, html};
use watchbell_core::ids::ScheduleId;

/// Who one schedule has on call now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnCallNow {
    /// Which.
    pub schedule: ScheduleId,
    /// Its name.
    pub name: String,
    /// Who, until when, and who then.
    pub duty: OnDuty,
}

/// Schedules that are shown; those with gaps come first.
const SHOWN_MAX: usize = 6;

/// The strip; nothing where there is no schedule.
pub fn strip(all: &[OnCallNow], when: &When) -> Markup {
    strip_as(all, when, None)
}

/// The same for the stream: it takes the place of the one on the page.
pub fn live_strip(all: &[OnCallNow], when: &When) -> Markup {
    strip_as(all, when, Some("true"))
}

fn strip_as(all: &[OnCallNow], when: &When, replaces: Option<&str>) -> Markup {
    if all.is_empty() {
        return html! {};
    }
    let (gaps, rest): (Vec<&OnCallNow>, Vec<&OnCallNow>) = all.iter().partition(|one| one.duty.who == Who::Nobody);
    let left_out = all.len().saturating_sub(SHOWN_MAX.max(gaps.len()));
    let shown = gaps.iter().chain(&rest).take(SHOWN_MAX.max(gaps.len()));
    html! {
        nav.oncall #oncall aria-label="Who is on call" hx-swap-oob=[replaces] {
            ul {
                @for one in shown { (entry(one, when)) }
                @if left_out > 0 { li.rest { a href=(routes::SCHEDULES) { (plural(left_out as i64, "more schedule", "more schedules")) } } }
            }
        }
    }
}

fn entry(one: &OnCallNow, when: &When) -> Markup {
    let duty = &one.duty;
    let until = duty.until.map(|at| when.day_time(at));
    let why = match &duty.who {
        Who::Attended(why) if !why.is_empty() => Some(why.as_str()),
        _ => None,
    };
    html! {
        li.gap[duty.who == Who::Nobody] {
            a href=(routes::schedule(one.schedule)) title=[why] {
                @match &duty.who { Who::Person(person) => (person.avatar_small()), Who::Attended(_) => (icon("eye")), Who::Nobody => (icon("triangle-alert")) }
                span.words {
                    @match &duty.who {
                        Who::Nobody => { b { "Nobody is on call: " (one.name) } },
                        who => { b { (who.name()) } " " span.sched { (one.name) } },
                    }
                    span.sub {
                        @match &until { Some(until) => { "until " (until) }, None => "no end in sight" }
                        @if until.is_some() { @if let Some(next) = &duty.next { ", then " (next_word(next)) } }
                    }
                }
            }
        }
    }
}

fn next_word(next: &Who) -> &str {
    match next {
        Who::Person(person) => &person.name,
        Who::Attended(_) => "not paged by rule",
        Who::Nobody => "nobody",
    }
}
