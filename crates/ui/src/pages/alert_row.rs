//! One alert as two lines: what it is, and who has it, what comes next, whether it was delivered.
//! The same function renders the list, the answer to an action and the live row.

use super::delivery::Delivery;
use crate::components::badge::{SourceLabel, snoozed, status_class};
use crate::components::{icon, priority_badges, state};
use crate::person::Person;
use crate::routes;
use crate::time::{When, plural};
use jiff::Timestamp;
use maud::{Markup, html};
use watchbell_core::alert::{Priority, Status};
use watchbell_core::hold::{Because, Hold};
use watchbell_core::ids::AlertId;

/// What the second line says about escalation.
#[derive(Debug, Clone)]
pub enum Step {
    /// The policy waits before its first page.
    Delayed {
        /// Until then.
        until: Timestamp,
    },
    /// Nobody is paged until a border.
    Held {
        /// Why, and until when.
        hold: Hold,
    },
    /// Nobody could be called; it is tried again.
    TriedAgain {
        /// Then.
        at: Timestamp,
    },
    /// A level runs.
    Level {
        /// Which, from 1; 0 for a person whom the alert was given to.
        level: i64,
        /// Of how many.
        levels: i64,
        /// When the next level is called.
        next_at: Option<Timestamp>,
    },
    /// Nobody is disturbed.
    Snoozed {
        /// Until then.
        until: Timestamp,
        /// Whether it pages then.
        pages: bool,
    },
    /// All levels were called, nobody answered.
    Ended,
    /// Accepted.
    Accepted {
        /// Since when.
        at: Timestamp,
    },
    /// Resolved.
    Resolved {
        /// Since when.
        at: Timestamp,
        /// By whom; `None` where nobody pressed the button.
        by: Option<String>,
        /// Why ("ticket completed").
        reason: Option<String>,
    },
}

/// An alert as a list shows it.
#[derive(Debug, Clone)]
pub struct AlertRow {
    /// The number that people say.
    pub id: AlertId,
    /// Where it stands.
    pub status: Status,
    /// Whether it pages.
    pub priority: Priority,
    /// The source's own word for the urgency.
    pub label: Option<SourceLabel>,
    /// One line.
    pub summary: String,
    /// The client company.
    pub customer: Option<String>,
    /// Name of the source.
    pub source: String,
    /// Events so far.
    pub events: i64,
    /// Who has it, or is being paged.
    pub person: Option<Person>,
    /// How many more are being paged beside that person.
    pub others: usize,
    /// What comes next.
    pub step: Step,
    /// The message that says most: a failure before a success, the latest before earlier ones.
    pub delivery: Option<Delivery>,
    /// Nobody was notified, with the reason ("no level has anyone who can be paged").
    pub nobody_notified: Option<String>,
    /// Who accepted it while more have to ("accepted by Ann Lee (1 of 2)").
    pub accepted_partly: Option<String>,
    /// When it opened.
    pub opened_at: Timestamp,
}

impl AlertRow {
    /// Whether nobody is disturbed.
    pub fn is_snoozed(&self) -> bool {
        matches!(self.step, Step::Snoozed { .. })
    }
}

/// How a row reaches the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// With the page.
    InPage,
    /// Over the stream: replaces the row where it is shown.
    Update,
    /// Over the stream: replaces the row, or joins the list at the top.
    Join,
}

/// The row. `may_respond`: whether the viewer gets the buttons. It stands in the list's form, whose `csrf` and `back` it shares.
pub fn alert_row(row: &AlertRow, when: &When, may_respond: bool, arrival: Arrival) -> Markup {
    let live = (arrival != Arrival::InPage).then_some("true");
    html! {
        li.alert.(status_class(row.status)) id={ "a" (row.id) } data-join[arrival == Arrival::Join] hx-swap-oob=[live] {
            @if may_respond && row.status != Status::Resolved {
                label.pickbox { input.tick.pick type="checkbox" name="id" value=(row.id); span.sr { "Select alert " (row.id) } }
            } @else { span.pickbox {} }
            @if row.is_snoozed() { (snoozed()) } @else { (state(row.status)) }
            div.body {
                a.line href=(routes::alert(row.id)) { (priority_badges(row.priority, row.label.as_ref())) " " span.title { (row.summary) } }
                (meta(row, when))
                @if let Some(reason) = &row.nobody_notified { (nobody_notified(reason, false)) }
            }
            (when.age(row.opened_at))
            (acts(row, may_respond))
        }
    }
}

fn meta(row: &AlertRow, when: &When) -> Markup {
    html! {
        div.meta {
            @if let Some(customer) = &row.customer { span { (icon("building-2")) (customer) } }
            span { (icon("plug")) (row.source) }
            @if row.events > 1 { span.num { (plural(row.events, "event", "events")) } }
            span {
                @if let Some(person) = &row.person { (person.avatar_small()) }
                span { (step(row, when)) }
            }
            @if let Some(delivery) = &row.delivery { (delivery.line(when)) }
        }
    }
}

/// What comes next, in words.
pub fn step(row: &AlertRow, when: &When) -> Markup {
    let who = match (&row.person, row.others) {
        (None, _) => None,
        (Some(person), 0) => Some(person.name.clone()),
        (Some(person), more) => Some(format!("{} and {more} more", person.name)),
    };
    html! {
        @match &row.step {
            Step::Held { hold } => (not_paged(hold, when)),
            Step::Delayed { until } => { "Pages " (when.until(*until)) }
            Step::TriedAgain { at } => { "Tried again " (when.until(*at)) }
            Step::Level { level, levels, next_at } => {
                @if *level > 0 { "Level " (level) " of " (levels) } @else { "Given" }
                @if let Some(who) = who { @if *level > 0 { ", " } @else { " to " } (who) }
                @if let Some(partly) = &row.accepted_partly { ", " (partly) }
                @if let Some(at) = next_at { ", escalates " (when.until(*at)) }
            }
            Step::Snoozed { until, pages } => {
                @match who.filter(|_| row.status == Status::Accepted) { Some(who) => { "Accepted by " (who) ", snoozed" } None => "Snoozed" }
                " until " (when.at(*until)) @if *pages { ", pages then" }
            }
            Step::Ended => "All levels were called, nobody accepted",
            Step::Accepted { at } => { "Accepted" @if let Some(who) = who { " by " (who) } ", " (when.at(*at)) }
            Step::Resolved { at, by, reason } => { (resolved_words(by.as_deref(), reason.as_deref())) ", " (when.at(*at)) }
        }
    }
}

/// `Not paged: maintenance "Patch night" until Tue 04:00`
pub fn not_paged(hold: &Hold, when: &When) -> Markup {
    let border = html! { time datetime=(hold.until) title=(when.full(hold.until)) { (when.border(hold.until)) } };
    let is_over = hold.until <= when.now;
    html! {
        "Not paged: "
        @match hold.because {
            Because::SupportHours(_) => { "outside the support hours " (hold.name) }
            Because::Maintenance(_) => { "maintenance \"" (hold.name) "\"" }
        }
        @if is_over { ", over since " (border) } @else { " until " (border) }
    }
}

/// `Resolved by Ann Lee: ticket completed`
pub fn resolved_words(by: Option<&str>, reason: Option<&str>) -> Markup {
    html! { "Resolved" @if let Some(by) = by { " by " (by) } @if let Some(reason) = reason { ": " (without_name(reason, by)) } }
}

/// A reason that ends with the name that was just said, without it.
pub fn without_name<'a>(reason: &'a str, by: Option<&str>) -> &'a str {
    let ending = by.map(|by| format!(" (by {by})")).unwrap_or_default();
    reason.strip_suffix(ending.as_str()).unwrap_or(reason)
}

/// The loudest thing on the page.
pub fn nobody_notified(reason: &str, loud: bool) -> Markup {
    html! { p.nobody.loud[loud] { (icon("bell-off")) span { "Nobody was notified: " (reason) } } }
}

fn acts(row: &AlertRow, may_respond: bool) -> Markup {
    let button = |verb: &str, word: &str| {
        html! {
            button.button type="submit" #{ (verb) "-" (row.id) } formaction=(routes::alert_do(row.id, verb)) data-act=(verb)
                aria-label={ (word) " alert " (row.id) } { (word) }
        }
    };
    html! {
        div.acts {
            @if may_respond {
                @if row.status == Status::Pending { (button("accept", "Accept")) }
                @if row.status != Status::Resolved { (button("resolve", "Resolve")) }
            }
        }
    }
}
