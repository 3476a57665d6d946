//! One sight of a ticket: everything about the moment that a decision needs.

use super::actor::Actor;
use super::ticket::Ticket;
use crate::alert::{Priority, Status};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// How a ticket came to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "way", rename_all = "snake_case")]
pub enum Way {
    /// A callout (or webhook) named it.
    Callout {
        /// When it arrived.
        received_at: Timestamp,
    },
    /// The poll found it.
    Poll,
    /// Read once when the source was made, to know what later changes change. Opens nothing.
    Baseline,
    /// Another ticket with an open alert was merged into it.
    MergeDestination,
}

/// An edit that Watchbell made itself, to recognise it when it comes back as a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnEdit {
    /// Our API user's resource id, where known.
    pub resource: Option<i64>,
    /// The status that was written, or left as it was.
    pub status: i64,
    /// The resource that it was assigned to; `None`: that was left as it was.
    #[serde(default)]
    pub assignee: Option<i64>,
    /// When.
    pub at: Timestamp,
}

/// The ticket's latest alert of this source, open or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AlertView {
    /// Its status.
    pub status: Status,
    /// Its priority.
    pub priority: Priority,
    /// Whether a person resolved it: with a button, a link, or the API; not the ticket, not time.
    pub resolved_by_person: bool,
    /// Whether it opened without the ticket having been read ([`super::decide_unread`]), and no reading has confirmed it yet.
    pub opened_unread: bool,
}

impl AlertView {
    /// Whether it is not resolved.
    pub fn is_open(&self) -> bool {
        self.status != Status::Resolved
    }
}

/// One sight of a ticket.
#[derive(Debug, Clone)]
pub struct Sighting<'a> {
    /// The ticket as it was read.
    pub ticket: &'a Ticket,
    /// Who changed it last.
    pub actor: &'a Actor,
    /// How it came to be read.
    pub way: Way,
    /// What Watchbell wrote to this ticket lately.
    pub own_edits: &'a [OwnEdit],
    /// The number of the ticket that it was merged into, where it was ([`super::merge_destination`]).
    pub merged_into: Option<&'a str>,
    /// When the source was made: tickets older than that open only by a later change.
    pub source_made_at: Timestamp,
    /// Whether the tickets that were open then are remembered: an older one that is not among them was over then.
    pub open_ones_known: bool,
    /// Whether an alert action made the ticket: the alert that it was made of follows it.
    pub made_by_action: bool,
    /// Where the ticket waited in the source's shared alert ("Autotask cannot be read"): that alert's status now.
    pub waited_in_shared: Option<Status>,
    /// The present.
    pub now: Timestamp,
}
