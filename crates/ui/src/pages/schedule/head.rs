//! Who is on call now: the first thing that a schedule says.

use super::chart::Who;
use crate::components::icon;
use crate::time::When;
use jiff::Timestamp;
use maud::{Markup, html};

/// Who is on call now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnDuty {
    /// Who.
    pub who: Who,
    /// Because of what: "layer Nights", "override".
    pub because: String,
    /// Until when; `None` where no end is in sight.
    pub until: Option<Timestamp>,
    /// Who comes then.
    pub next: Option<Who>,
}

/// The card.
pub(super) fn duty(duty: &OnDuty, when: &When) -> Markup {
    html! {
        section.duty.empty-duty[duty.who == Who::Nobody] aria-label="Now" {
            @match &duty.who { Who::Person(person) => (person.avatar()), Who::Attended(_) => (icon("eye")), Who::Nobody => (icon("triangle-alert")) }
            div {
                @match &duty.who {
                    Who::Person(person) => p.who { b { (person.name) } " is on call" },
                    Who::Attended(why) => p.who { b { "Not paged by rule" } @if !why.is_empty() { ": " (why) } },
                    Who::Nobody => p.who { b { "Nobody is on call" } },
                }
                p.sub { (until(duty, when)) @if !duty.because.is_empty() { span.muted { " · " (duty.because) } } }
            }
        }
    }
}

/// "until Mon 09:00, then Ann Lee".
fn until(duty: &OnDuty, when: &When) -> Markup {
    html! {
        @match duty.until {
            None => "No end in sight",
            Some(at) => {
                "Until " time datetime=(at) title=(when.full(at)) { (when.day_time(at)) }
                @match &duty.next {
                    Some(Who::Person(person)) => { ", then " (person.name) },
                    Some(Who::Attended(_)) => ", then nobody is paged, by rule",
                    Some(Who::Nobody) => { ", then " span.bad { "nobody" } },
                    None => {}
                }
            }
        }
    }
}
