//! What the engine is to do: plain data, carried out in the transaction that keeps the snapshot, in the order given.

use super::actor::Actor;
use super::verdict::ResolveReason;
use crate::ids::PolicyId;
use serde::{Deserialize, Serialize};

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "effect", rename_all = "snake_case")]
pub enum Effect {
    /// Open an alert for the ticket.
    Open(Opening),
    /// Write the ticket's present title, labels and dates to the open alert; it now rests on a ticket that was read.
    Refresh,
    /// Make the quiet alert one that pages; escalation starts.
    Raise,
    /// Accept the alert.
    Accept {
        /// Who changed the ticket.
        by: Actor,
        /// The resource it is accepted for, where the ticket was assigned; else it is accepted for `by`.
        responder: Option<i64>,
    },
    /// Call the next level now, also when somebody has accepted.
    NextLevel {
        /// Who changed the ticket.
        by: Actor,
    },
    /// Note that somebody works on the ticket of an accepted alert.
    Touched {
        /// Who.
        by: Actor,
    },
    /// Tell those who have the alert (when nobody has it yet, those who were notified) that the ticket came to this status.
    TellResponder {
        /// The status.
        status: i64,
        /// Who changed the ticket.
        by: Actor,
    },
    /// Resolve the alert.
    Resolve {
        /// Why.
        reason: ResolveReason,
    },
    /// Read the ticket that this one was merged into, and decide on it with [`super::Way::MergeDestination`].
    FollowMerge {
        /// Its number.
        number: String,
    },
}

/// How an alert opens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    /// Loud or quiet.
    pub manner: Manner,
    /// What made it open.
    pub trigger: Trigger,
    /// The escalation policy that the routing table chose; `None`: the source's own.
    pub policy: Option<PolicyId>,
}

/// Loud or quiet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Manner {
    /// Priority HIGH.
    Page,
    /// Priority LOW.
    Quiet,
    /// Priority LOW, and told together with the others like it in one summary: what it reports is old news.
    Summary,
}

impl Manner {
    /// The priority of the alert; `None` is as loud as the rule of its source says, which may ask the support hours.
    pub fn priority(self) -> Option<crate::alert::Priority> {
        match self {
            Manner::Page => None,
            Manner::Quiet | Manner::Summary => Some(crate::alert::Priority::Low),
        }
    }
}

/// The change that made a ticket act while it had no open alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trigger {
    /// Seen for the first time.
    FirstSeen,
    /// Its status changed.
    BecameStatus,
    /// Its queue, priority or assignee changed.
    Changed,
    /// It came into the filter.
    CameIntoFilter,
    /// Another ticket with an open alert was merged into it.
    MergedInto,
    /// A callout came, but Autotask could not be read: its last copy is used.
    NotReadable,
}
