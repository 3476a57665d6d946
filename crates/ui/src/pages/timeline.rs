//! The timeline of an alert: events, decisions and deliveries in one list. The entries are typed; the sentences are made here.

use super::alert_row::{not_paged, without_name};
use super::delivery::{Delivery, channel_icon, channel_name, state_class};
use crate::components::icon;
use crate::time::{When, duration};
use jiff::Timestamp;
use maud::{Markup, html};
use std::collections::HashMap;
use watchbell_core::alert::Priority;
use watchbell_core::event::EventType;
use watchbell_core::ids::{PolicyId, SourceId, UserId};
use watchbell_core::provider::Reported;
use watchbell_core::timeline::{Actor, Entry};

/// Names of what the entries mention by id. What is missing (deleted since) is printed with its number.
#[derive(Debug, Clone, Default)]
pub struct Names {
    /// Users.
    pub users: HashMap<UserId, String>,
    /// Policies.
    pub policies: HashMap<PolicyId, String>,
    /// Sources.
    pub sources: HashMap<SourceId, String>,
}

impl Names {
    fn user(&self, id: UserId) -> String {
        self.users.get(&id).cloned().unwrap_or_else(|| format!("user {id}"))
    }

    fn policy(&self, id: PolicyId) -> String {
        self.policies.get(&id).cloned().unwrap_or_else(|| format!("policy {id}"))
    }

    fn people(&self, ids: &[UserId]) -> String {
        ids.iter().map(|id| self.user(*id)).collect::<Vec<_>>().join(", ")
    }

    /// Who did it: `Ann Lee`, `the source Sunset`, `Ann (in Autotask)`, `Watchbell`.
    pub fn actor(&self, actor: &Actor) -> String {
        match actor {
            Actor::User { id } => self.user(*id),
            Actor::Source { id } => {
                self.sources.get(id).map_or_else(|| format!("source {id}"), |name| format!("the source {name}"))
            }
            Actor::Outside { name } if name == "Autotask" => name.clone(),
            // The one tool whose people act on alerts.
            Actor::Outside { name } => format!("{name} (in Autotask)"),
            Actor::System => "Watchbell".into(),
            Actor::CommandLine => "the command line".into(),
        }
    }
}

/// The name as the tool says it, which its reasons end with.
fn outside_name(by: &Actor) -> Option<&str> {
    match by {
        Actor::Outside { name } => Some(name),
        _ => None,
    }
}

/// What one line of the timeline is about.
#[derive(Debug, Clone)]
pub enum What {
    /// Something that was logged.
    Entry {
        /// What.
        entry: Entry,
        /// Who did it.
        by: Actor,
        /// The message, for entries about one (`DeliveryFailed`, `PossiblyTwice`).
        delivery: Option<Delivery>,
    },
    /// A message.
    Delivery(Delivery),
    /// An event of the source.
    Event {
        /// What it wanted.
        kind: EventType,
        /// Its summary.
        summary: String,
    },
}

/// One line.
#[derive(Debug, Clone)]
pub struct TimelineItem {
    /// When.
    pub at: Timestamp,
    /// What.
    pub what: What,
}

/// The whole timeline, newest first; also a live fragment. `older`: address of the lines before these.
pub fn timeline(items: &[TimelineItem], names: &Names, when: &When, older: Option<&str>, live: bool) -> Markup {
    html! {
        section.panel #timeline aria-labelledby="timeline-title" hx-swap-oob=[live.then_some("true")] {
            header { h2 #timeline-title { "Timeline" } span.grow {} span.muted.small-text { "Times in " (when.zone_name()) } }
            @for day in by_day(items, when) {
                h3.day-name { (day.0) }
                ol.timeline { @for item in day.1 { (timeline_item(item, names, when)) } }
            }
            @if let Some(href) = older { nav.pager aria-label="Older entries" { span {} a.button href=(href) { "Older" (icon("chevron-right")) } } }
        }
    }
}

fn by_day<'a>(items: &'a [TimelineItem], when: &When) -> Vec<(String, Vec<&'a TimelineItem>)> {
    let mut days: Vec<(String, Vec<&TimelineItem>)> = Vec::new();
    for item in items {
        let day = when.day(item.at);
        match days.last_mut() {
            Some((last, list)) if *last == day => list.push(item),
            _ => days.push((day, vec![item])),
        }
    }
    days
}

/// One line of the timeline.
pub fn timeline_item(item: &TimelineItem, names: &Names, when: &When) -> Markup {
    let (symbol, class, text) = match &item.what {
        What::Entry { entry, by, delivery } => entry_line(entry, by, delivery.as_ref(), names, when),
        What::Delivery(delivery) => delivery_line(delivery, when),
        What::Event { kind, summary } => {
            ("radio", "", html! { "Event " (event_word(*kind)) @if !summary.is_empty() { ": " (summary) } })
        }
    };
    html! {
        li.(class) {
            time datetime=(item.at) title=(when.full(item.at)) { (when.clock(item.at)) }
            (icon(symbol))
            div { (text) }
        }
    }
}

type Line = (&'static str, &'static str, Markup);

fn delivery_line(delivery: &Delivery, when: &When) -> Line {
    let class = match state_class(delivery.state) {
        "ok" => "is-good",
        "bad" => "is-bad",
        "wait" => "is-wait",
        _ => "is-plain",
    };
    let text = html! { (delivery.sentence(when)) @if !delivery.address.is_empty() { p.sub { (delivery.address) } } };
    (channel_icon(delivery.channel), class, text)
}

fn event_word(kind: EventType) -> &'static str {
    match kind {
        EventType::Alert => "of the source",
        EventType::Accept => "of the source: accepted there",
        EventType::Resolve => "of the source: resolved there",
        EventType::Comment => "of the source: comment",
    }
}

fn entry_line(entry: &Entry, by: &Actor, delivery: Option<&Delivery>, names: &Names, when: &When) -> Line {
    let who = names.actor(by);
    match entry {
        Entry::Opened { priority, policy } => (
            "zap",
            "",
            html! {
                "Opened by " (who) " as " @match priority { Priority::High => "Pages", Priority::Low => "Quiet" } ", escalation policy " (names.policy(*policy))
            },
        ),
        Entry::Held { hold } => (
            "clock",
            "is-wait",
            html! { (not_paged(hold, when)) @if !hold.pages_then { p.sub { "Nor then: so the window says." } } },
        ),
        Entry::Accepted => ("eye", "is-good", html! { "Accepted by " (who) ": escalation stopped" }),
        Entry::AcceptedPartly { count, needed } => {
            ("eye", "is-wait", html! { "Accepted by " (who) " (" (count) " of " (needed) "): escalation goes on" })
        }
        Entry::Snoozed { until, pages } => {
            ("moon", "", html! { "Snoozed by " (who) " until " (when.short(*until)) @if *pages { ": it pages then" } })
        }
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
        Entry::Unaccepted { reason } => ("bell", "is-wait", html! { "Pending again: " (reason) }),
        Entry::TicketTouched => ("ticket", "is-good", html! { (who) " works on the ticket" }),
        Entry::LeftTo { user, name } => (
            "user-round",
            "is-wait",
            html! { (name) " has no account any more: " (names.user(*user)) ", who accepted it too, has it" },
        ),
        Entry::Resolved { reason } => (
            "check",
            "is-good",
            html! { "Resolved by " (who) @if let Some(reason) = reason { ": " (without_name(reason, outside_name(by))) } },
        ),
        Entry::TooLate { what } => {
            ("info", "", html! { "Asked by " (who) " to " (what) ", too late: the alert was resolved" })
        }
        Entry::ReassignedToUser { user } => ("user-plus", "", html! { "Given to " (names.user(*user)) " by " (who) }),
        Entry::ReassignedToPolicy { policy } => {
            ("route", "", html! { "Given to the policy " (names.policy(*policy)) " by " (who) })
        }
        Entry::EscalatedNow => ("chevrons-up", "", html! { "Next level called by " (who) }),
        Entry::Raised => ("chevrons-up", "is-wait", html! { "Raised to Pages by " (who) ": escalation starts" }),
        Entry::Comment { text, author } => {
            ("message-square", "", html! { "Comment by " (author.as_deref().unwrap_or(&who)) p.said { (text) } })
        }
        Entry::Told { text } => ("message-square", "", html! { "Told by " (who) p.said { (text) } }),
        Entry::ResponderAdded { user } => {
            ("user-plus", "", html! { (names.user(*user)) " added as responder by " (who) })
        }
        Entry::ResponderRemoved { user } => {
            ("user-round", "", html! { (names.user(*user)) " removed as responder by " (who) })
        }
        Entry::WrittenBack { what } => ("ticket", "is-good", html! { "Written to the ticket: " (what) }),
        Entry::WriteBackFailed { what, error } => {
            ("circle-x", "is-bad", html! { "Not written to the ticket: " (what) p.said { (error) } })
        }
        step => step_line(step, delivery, names, when),
    }
}

/// The entries that escalation and delivery write.
fn step_line(entry: &Entry, delivery: Option<&Delivery>, names: &Names, when: &When) -> Line {
    let level_name =
        |level: i64| if level < 0 { "The person it was given to".to_owned() } else { format!("Level {}", level + 1) };
    let again = |pass: i64| html! { @if pass > 1 { ", pass " (pass) } };
    let which = delivery.map(|delivery| delivery.sentence(when));
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
        Entry::EscalationEnded => ("hourglass", "is-wait", html! { "Escalation ended: all levels were called" }),
        Entry::NobodyNotified => ("bell-off", "is-nobody", html! { "Nobody was notified" }),
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
        // Not reached while `entry_line` names the rest; an entry of a newer release is still shown.
        other => ("info", "", html! { (format!("{other:?}")) }),
    }
}

/// What the other side told of a message.
fn reported(
    state: Reported,
    said: &str,
    via: Option<&str>,
    which: Option<Markup>,
) -> (&'static str, &'static str, Markup) {
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
