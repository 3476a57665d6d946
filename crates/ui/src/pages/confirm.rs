//! The page behind the link in a message: no log-in, one button. The button is a POST, so that a mail scanner that opens every
//! link accepts nothing.

use crate::components::badge::{SourceLabel, status_class};
use crate::components::{button, icon, priority_badges, state};
use crate::layout;
use crate::shell::Shell;
use crate::time::plural;
use jiff::Timestamp;
use maud::{Markup, html};
use watchbell_core::alert::{Priority, Status};
use watchbell_core::event::Caller;
use watchbell_core::ids::AlertId;

/// What the link does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkVerb {
    /// Accept.
    Accept,
    /// Resolve.
    Resolve,
    /// Resolve, and complete the ticket.
    Complete,
}

impl LinkVerb {
    /// The verb of an address; `None` for any other word.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "accept" => Some(LinkVerb::Accept),
            "resolve" => Some(LinkVerb::Resolve),
            "complete" => Some(LinkVerb::Complete),
            _ => None,
        }
    }

    const fn word(self) -> &'static str {
        match self {
            LinkVerb::Accept => "Accept",
            LinkVerb::Resolve => "Resolve",
            LinkVerb::Complete => "Resolve and complete the ticket",
        }
    }
}

/// What stands in the way, or that it is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkState {
    /// The button waits to be pressed.
    Ask,
    /// The button was pressed.
    Done,
    /// Somebody else has it: `by`, since.
    AlreadyAccepted {
        /// Who.
        by: String,
        /// Since when.
        at: Timestamp,
    },
    /// It is over.
    AlreadyResolved {
        /// By whom; `None` where nobody pressed the button.
        by: Option<String>,
        /// Why ("ticket completed").
        reason: Option<String>,
        /// Since when.
        at: Timestamp,
    },
}

/// What the link's owner sees of the alert.
#[derive(Debug, Clone)]
pub struct ConfirmView {
    /// What the link does.
    pub verb: LinkVerb,
    /// Where it stands.
    pub state: LinkState,
    /// Whose link it is: actions are theirs.
    pub person: String,
    /// The number.
    pub id: AlertId,
    /// Status now.
    pub status: Status,
    /// Pages or quiet.
    pub priority: Priority,
    /// The source's own word.
    pub label: Option<SourceLabel>,
    /// One line.
    pub summary: String,
    /// More lines.
    pub details: String,
    /// The client company.
    pub customer: Option<String>,
    /// Who asked for help.
    pub caller: Option<Caller>,
    /// Ticket number.
    pub ticket: Option<String>,
    /// Name of the source.
    pub source: String,
    /// Events so far.
    pub events: i64,
    /// When it opened.
    pub opened_at: Timestamp,
    /// Where the button posts to: this link's own address.
    pub action: String,
}

/// The page of a link that is known.
pub fn confirm(shell: &Shell, view: &ConfirmView) -> Markup {
    let title = format!("{}: alert {}", view.verb.word(), view.id);
    layout::bare_page(
        shell,
        &title,
        false,
        html! {
            h1.sr { (title) }
            (outcome(shell, view))
            div.alert-head.(status_class(view.status)) {
                div.row { (state(view.status)) (priority_badges(view.priority, view.label.as_ref())) }
                h2 { (view.summary) }
                p.muted { @if let Some(customer) = &view.customer { (customer) ", " } (view.source) ", opened " (shell.when.at(view.opened_at)) @if view.events > 1 { ", " (plural(view.events, "event", "events")) } }
                @if let Some(caller) = &view.caller { p { (caller.name) @if let Some(phone) = &caller.phone { ", " (phone) } } }
                @if let Some(ticket) = &view.ticket { p { "Ticket " (ticket) } }
                (ask(view))
            }
            @if view.state != LinkState::Ask { div.actions { (button::link(&crate::routes::alert(view.id), "Open the alert")) } }
            @if !view.details.is_empty() { pre tabindex="0" aria-label="Details" { (view.details) } }
            p.muted.small-text { "This link belongs to " (view.person) ": what it does is done in that name." }
        },
    )
}

fn outcome(shell: &Shell, view: &ConfirmView) -> Markup {
    let line = |tone: &str, symbol: &str, text: Markup| html! { div.banner.(tone) role="status" { (icon(symbol)) p { (text) } } };
    match (&view.state, view.verb) {
        (LinkState::Ask, _) => html! {},
        (LinkState::Done, LinkVerb::Accept) => {
            line("tone-green", "circle-check", html! { "You have it. Escalation stopped; nobody else is called." })
        }
        (LinkState::Done, LinkVerb::Resolve) => {
            line("tone-green", "circle-check", html! { "Resolved. Nothing more goes out for this alert." })
        }
        (LinkState::Done, LinkVerb::Complete) => {
            line("tone-green", "circle-check", html! { "Resolved. The ticket is being completed." })
        }
        (LinkState::AlreadyAccepted { by, at }, _) => {
            line("tone-yellow", "eye", html! { (by) " has accepted it, " (shell.when.at(*at)) "." })
        }
        (LinkState::AlreadyResolved { by, reason, at }, _) => line(
            "tone-green",
            "check",
            html! { "Nothing to do. " (super::alert_row::resolved_words(by.as_deref(), reason.as_deref())) ", " (shell.when.at(*at)) "." },
        ),
    }
}

/// The button. An accepted alert can be accepted as well: both are responders then.
fn ask(view: &ConfirmView) -> Markup {
    let word = match (&view.state, view.verb) {
        (LinkState::Done | LinkState::AlreadyResolved { .. }, _) => return html! {},
        (LinkState::AlreadyAccepted { .. }, LinkVerb::Accept) => "Accept as well",
        (_, verb) => verb.word(),
    };
    html! {
        form method="post" action=(view.action) {
            input type="hidden" name="confirm" value="1";
            button.button.primary.big type="submit" { (word) }
        }
    }
}

/// The page of a link that is unknown or has expired: it says nothing about any alert.
pub fn expired(shell: &Shell) -> Markup {
    layout::bare_page(
        shell,
        "This link no longer works",
        false,
        html! {
            h1 { "This link no longer works" }
            p { "Links in messages end with their alert. Nothing was changed." }
            div.actions { a.button.primary href=(crate::routes::ALERTS) { "Open Watchbell" } }
        },
    )
}
