//! What may happen to an alert.

use crate::event::{Content, Event, TicketRef};
use crate::ids::{PolicyId, UserId};
use jiff::Timestamp;

/// To whom an alert is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Assignee {
    /// A person: paged at once; the policy starts when they stay silent.
    User(UserId),
    /// A policy, from its first level.
    Policy {
        /// Which.
        id: PolicyId,
        /// Its current version.
        version: i64,
        /// Its delay before the first page, in seconds.
        delay_s: i64,
    },
}

/// Something that happens to an alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happening {
    /// Its source sent another event, or wrote about it.
    Event(Box<Event>),
    /// Somebody accepted it.
    Accepted,
    /// It goes back to pending (the ticket lost its assignee, an accept time-out).
    Unaccepted {
        /// Why.
        reason: String,
    },
    /// Somebody resolved it.
    Resolved {
        /// Why, where nobody pressed the button.
        reason: Option<String>,
    },
    /// Somebody resolved it and wants its ticket completed as well.
    ResolvedAndCompleted {
        /// What they say solved it.
        resolution: Option<String>,
    },
    /// It was given to somebody.
    Reassigned(Assignee),
    /// Somebody wants the next level now.
    EscalatedNow,
    /// Its priority was raised.
    Raised,
    /// Nobody is disturbed until then.
    Snoozed {
        /// Until when.
        until: Timestamp,
        /// Whether it pages then, where somebody has it; one that nobody has always does.
        pages: bool,
    },
    /// Somebody commented.
    Commented {
        /// The text.
        text: String,
        /// The author, where it is no user.
        author: Option<String>,
    },
    /// A responder was added.
    ResponderAdded(UserId),
    /// A responder was removed.
    ResponderRemoved(UserId),
    /// Somebody worked on its ticket.
    TicketTouched {
        /// When, where the ticket says.
        at: Option<Timestamp>,
    },
    /// An alert action made a ticket of it, or read that ticket anew.
    TicketLinked {
        /// The ticket.
        ticket: Box<TicketRef>,
        /// The company that it is for.
        customer: Option<String>,
    },
    /// The source tells the responder something (a customer's note).
    Told {
        /// What.
        text: String,
    },
    /// What it carries was read anew (the ticket changed its title or labels).
    Refreshed {
        /// One line.
        summary: String,
        /// More lines.
        details: String,
        /// The rest.
        content: Box<Content>,
    },
}
