//! The timeline of an alert: events, decisions and deliveries in one list. The entries are typed; the sentences are made here.

mod entry;
mod step;

use super::delivery::{Delivery, channel_icon, state_class};
use crate::components::icon;
use crate::time::When;
use entry::entry_line;
use jiff::Timestamp;
use maud::{Markup, html};
use std::collections::HashMap;
use watchbell_core::event::EventType;
use watchbell_core::ids::{PolicyId, SourceId, UserId};
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

/// Symbol, class, words.
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
