//! Entries in words: what people, sources and Watchbell did.

use super::super::alert_row::{not_paged, without_name};
use super::super::delivery::Delivery;
use super::step::{level_line, message_line};
use super::{Line, Names};
use crate::time::{When, duration};
use maud::html;
use watchbell_core::alert::Priority;
use watchbell_core::timeline::{Actor, Entry};

/// The line of an entry. `delivery`: the message that it is about.
pub(super) fn entry_line(entry: &Entry, by: &Actor, delivery: Option<&Delivery>, names: &Names, when: &When) -> Line {
    let who = names.actor(by);
    match entry {
        Entry::Opened { .. }
        | Entry::Accepted
        | Entry::AcceptedPartly { .. }
        | Entry::Snoozed { .. }
        | Entry::Unaccepted { .. }
        | Entry::Resolved { .. }
        | Entry::TooLate { .. }
        | Entry::EscalatedNow
        | Entry::Raised => decision_line(entry, by, names, when),
        Entry::LeftTo { .. }
        | Entry::ReassignedToUser { .. }
        | Entry::ReassignedToPolicy { .. }
        | Entry::ResponderAdded { .. }
        | Entry::ResponderRemoved { .. } => given_line(entry, &who, names),
        Entry::Comment { .. }
        | Entry::Told { .. }
        | Entry::TicketMade { .. }
        | Entry::TicketTouched
        | Entry::WrittenBack { .. }
        | Entry::LeftAsItIs { .. }
        | Entry::WriteBackFailed { .. } => ticket_line(entry, &who),
        Entry::Held { .. }
        | Entry::Woken { .. }
        | Entry::AskedResponder { .. }
        | Entry::TextFailed { .. }
        | Entry::FallbackTold { .. }
        | Entry::EscalationEnded
        | Entry::NobodyNotified => own_line(entry, when),
        Entry::LevelStarted { .. }
        | Entry::NotPagedByRule { .. }
        | Entry::HandedOver { .. }
        | Entry::LevelEmpty { .. }
        | Entry::LevelUnreachable { .. } => level_line(entry, names),
        Entry::Reported { .. }
        | Entry::Answered { .. }
        | Entry::DeliveryFailed { .. }
        | Entry::PossiblyTwice { .. } => message_line(entry, delivery.map(|delivery| delivery.sentence(when))),
    }
}

/// What a function is not asked for.
pub(super) fn unasked(entry: &Entry) -> Line {
    ("info", "", html! { (format!("{entry:?}")) })
}

/// The name as the tool says it, which its reasons end with.
fn outside_name(by: &Actor) -> Option<&str> {
    match by {
        Actor::Outside { name } => Some(name),
        _ => None,
    }
}

/// What people and sources decided.
fn decision_line(entry: &Entry, by: &Actor, names: &Names, when: &When) -> Line {
    let who = names.actor(by);
    match entry {
        Entry::Opened { priority, policy } => (
            "zap",
            "",
            html! {
                "Opened by " (who) " as " @match priority { Priority::High => "Pages", Priority::Low => "Quiet" } ", escalation policy " (names.policy(*policy))
            },
        ),
        Entry::Accepted => ("eye", "is-good", html! { "Accepted by " (who) ": escalation stopped" }),
        Entry::AcceptedPartly { count, needed } => {
            ("eye", "is-wait", html! { "Accepted by " (who) " (" (count) " of " (needed) "): escalation goes on" })
        }
        Entry::Snoozed { until, pages } => {
            ("moon", "", html! { "Snoozed by " (who) " until " (when.short(*until)) @if *pages { ": it pages then" } })
        }
        Entry::Unaccepted { reason } => ("bell", "is-wait", html! { "Pending again: " (reason) }),
        Entry::Resolved { reason } => (
            "check",
            "is-good",
            html! { "Resolved by " (who) @if let Some(reason) = reason { ": " (without_name(reason, outside_name(by))) } },
        ),
        Entry::TooLate { what } => {
            ("info", "", html! { "Asked by " (who) " to " (what) ", too late: the alert was resolved" })
        }
        Entry::EscalatedNow => ("chevrons-up", "", html! { "Next level called by " (who) }),
        Entry::Raised => ("chevrons-up", "is-wait", html! { "Raised to Pages by " (who) ": escalation starts" }),
        other => unasked(other),
    }
}

/// Who has it, or is asked to help.
fn given_line(entry: &Entry, who: &str, names: &Names) -> Line {
    match entry {
        Entry::LeftTo { user, name } => (
            "user-round",
            "is-wait",
            html! { (name) " has no account any more: " (names.user(*user)) ", who accepted it too, has it" },
        ),
        Entry::ReassignedToUser { user } => ("user-plus", "", html! { "Given to " (names.user(*user)) " by " (who) }),
        Entry::ReassignedToPolicy { policy } => {
            ("route", "", html! { "Given to the policy " (names.policy(*policy)) " by " (who) })
        }
        Entry::ResponderAdded { user } => {
            ("user-plus", "", html! { (names.user(*user)) " added as responder by " (who) })
        }
        Entry::ResponderRemoved { user } => {
            ("user-round", "", html! { (names.user(*user)) " removed as responder by " (who) })
        }
        other => unasked(other),
    }
}

/// What was said, and what was done at the ticket.
fn ticket_line(entry: &Entry, who: &str) -> Line {
    match entry {
        Entry::Comment { text, author } => {
            ("message-square", "", html! { "Comment by " (author.as_deref().unwrap_or(who)) p.said { (text) } })
        }
        Entry::Told { text } => ("message-square", "", html! { "Told by " (who) p.said { (text) } }),
        Entry::TicketMade { number, company, found_by, action } => (
            "ticket",
            "is-good",
            html! { "Ticket " (number) " made for " (company) @if !found_by.is_empty() { " (" (found_by) ")" } ", by the alert action " (action) },
        ),
        Entry::TicketTouched => ("ticket", "is-good", html! { (who) " works on the ticket" }),
        Entry::WrittenBack { what } => ("ticket", "is-good", html! { "Written to the ticket: " (what) }),
        Entry::LeftAsItIs { what } => ("ticket", "", html! { "Left on the ticket as it is: " (what) }),
        Entry::WriteBackFailed { what, error } => {
            ("circle-x", "is-bad", html! { "Not written to the ticket: " (what) p.said { (error) } })
        }
        other => unasked(other),
    }
}

/// What Watchbell did by itself.
fn own_line(entry: &Entry, when: &When) -> Line {
    match entry {
        Entry::Held { hold } => (
            "clock",
            "is-wait",
            html! { (not_paged(hold, when)) @if !hold.pages_then { p.sub { "Nor then: so the window says." } } },
        ),
        Entry::Woken { pages } => (
            "bell",
            "is-wait",
            html! { "The snooze is over" @if *pages { ": it pages" } @else { ": the responder is told" } },
        ),
        Entry::AskedResponder { after_s } => (
            "hourglass",
            "is-wait",
            html! { "Accepted, and nothing was done for " (duration(*after_s)) ": the responder is asked" },
        ),
        Entry::TextFailed { form, language, problem } => (
            "message-square",
            "is-bad",
            html! {
                "The text " b { (form) } " in " (language.name()) " (Settings, Texts) does not work: the message went out in Watchbell's own words"
                p.said { (problem) }
            },
        ),
        Entry::FallbackTold { to } => ("mail", "is-wait", html! { "The fallback contact " (to) " was told" }),
        Entry::EscalationEnded => ("hourglass", "is-wait", html! { "Escalation ended: all levels were called" }),
        Entry::NobodyNotified => ("bell-off", "is-nobody", html! { "Nobody was notified" }),
        other => unasked(other),
    }
}
