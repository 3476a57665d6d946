//! Entries that escalation and delivery write, in words.

use super::super::delivery::{channel_icon, channel_name};
use super::entry::unasked;
use super::{Line, Names};
use maud::{Markup, html};
use watchbell_core::provider::Reported;
use watchbell_core::timeline::Entry;

/// What became of levels.
pub(super) fn level_line(entry: &Entry, names: &Names) -> Line {
    let level_name =
        |level: i64| if level < 0 { "The person it was given to".to_owned() } else { format!("Level {}", level + 1) };
    let again = |pass: i64| html! { @if pass > 1 { ", pass " (pass) } };
    match entry {
        Entry::LevelStarted { pass, level, users, unreachable } => (
            "route",
            "",
            html! {
                (level_name(*level)) " called" (again(*pass)) ": " (names.people(users))
                @if !unreachable.is_empty() { p.sub.bad { "Cannot be paged, no usable contact: " (names.people(unreachable)) } }
            },
        ),
        Entry::NotPagedByRule { pass, level, reason, .. } => {
            ("eye", "", html! { (level_name(*level)) (again(*pass)) " is not paged by rule: " (reason) })
        }
        Entry::HandedOver { level, users, unreachable, .. } => (
            "route",
            "",
            html! {
                "Hand-over while " (level_name(*level)) " was unanswered, called as well: " (names.people(users))
                @if !unreachable.is_empty() { p.sub.bad { "Cannot be paged, no usable contact: " (names.people(unreachable)) } }
            },
        ),
        Entry::LevelEmpty { pass, level, unreachable, gaps } => (
            "ban",
            "is-bad",
            html! {
                (level_name(*level)) " has nobody who can be paged" (again(*pass)) ": the next level was called at once"
                @if !gaps.is_empty() { p.sub { "Nobody is on call in its schedules" } }
                @if !unreachable.is_empty() { p.sub { "No usable contact: " (names.people(unreachable)) } }
            },
        ),
        Entry::LevelUnreachable { pass, level } => (
            "ban",
            "is-bad",
            html! { (level_name(*level)) " could not be reached" (again(*pass)) ": the next level was called at once" },
        ),
        other => unasked(other),
    }
}

/// What became of messages.
pub(super) fn message_line(entry: &Entry, which: Option<Markup>) -> Line {
    match entry {
        Entry::Reported { state, said, via, .. } => reported(*state, said, via.as_deref(), which),
        Entry::Answered { channel, said } => {
            (channel_icon(*channel), "is-good", html! { "Answered by " (channel_name(*channel)) ": " (said) })
        }
        Entry::DeliveryFailed { attempt, error, again, via, .. } => (
            "circle-x",
            "is-bad",
            html! {
                "Try " (attempt) @if let Some(via) = via { " by " (via) } " failed" @if *again { ", tried again" } @else { ", gave up" } ": " (error)
                @if let Some(which) = which { p.sub { (which) } }
            },
        ),
        Entry::PossiblyTwice { .. } => (
            "info",
            "is-wait",
            html! {
                "Sent once more after an interruption: possibly twice" @if let Some(which) = which { p.sub { (which) } }
            },
        ),
        other => unasked(other),
    }
}

/// What the other side told of a message.
fn reported(state: Reported, said: &str, via: Option<&str>, which: Option<Markup>) -> Line {
    let (icon, class, words) = match state {
        Reported::Queued => ("info", "is-wait", "On its way"),
        Reported::Ringing => ("phone", "is-wait", "The phone rings"),
        Reported::Delivered => ("circle-check", "is-good", "Arrived"),
        Reported::Machine => ("circle-x", "is-bad", "An answering machine picked up"),
        Reported::Read => ("circle-check", "is-good", "Answered"),
        Reported::Ended => ("phone", "is-muted", "The call ended"),
        Reported::Unanswered => ("circle-x", "is-bad", "Nobody picked up"),
        Reported::Busy => ("circle-x", "is-bad", "Engaged, or declined"),
        Reported::Undelivered => ("circle-x", "is-bad", "Did not arrive"),
        Reported::Refused => ("circle-x", "is-bad", "Refused"),
        Reported::TakenBack => ("info", "is-muted", "Taken back"),
    };
    let text = html! {
        (words) @if let Some(via) = via { " (" (via) ")" } @if !said.is_empty() { ": " (said) }
        @if let Some(which) = which { p.sub { (which) } }
    };
    (icon, class, text)
}
