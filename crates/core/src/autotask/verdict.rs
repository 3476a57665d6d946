//! What became of a ticket that was seen, with the reason: typed, so that pages can say it in any language.

use super::actor::Actor;
use super::effect::Manner;
use super::filter::FilterMiss;
use crate::ids::PolicyId;
use serde::{Deserialize, Serialize};

/// What became of it. The strongest of its effects where there are several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    /// An alert opened that pages.
    Opened,
    /// A quiet alert opened.
    OpenedQuietly,
    /// A quiet alert opened, told in one summary: the change is old.
    OpenedInSummary,
    /// Its open alert was resolved.
    Resolved {
        /// Why.
        reason: ResolveReason,
    },
    /// The next level was called.
    NextLevel,
    /// Its alert was accepted.
    Accepted {
        /// Who changed the ticket.
        by: Actor,
    },
    /// The responder was told.
    ToldResponder,
    /// Its alert was raised.
    Raised,
    /// The change would have accepted the alert, but was no person's.
    AcceptNotCounted {
        /// Whose it was.
        by: Actor,
    },
    /// It left the filter; its alert is kept.
    LeftFilter {
        /// What the filter says now.
        miss: FilterMiss,
    },
    /// It changed, and its open alert follows without anything else to do.
    Followed,
    /// No alert.
    NotPaged {
        /// Why.
        reason: Reason,
    },
    /// The change is our own.
    OwnEdit,
    /// Remembered when the source was made; later changes count.
    Recorded,
    /// Nothing that counts has changed.
    Unchanged,
    /// A newer state has been seen already.
    Overtaken,
}

/// Why no alert opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum Reason {
    /// The filter leaves it out.
    Filter {
        /// What decided.
        miss: FilterMiss,
    },
    /// The status table says so.
    Status {
        /// The status.
        status: i64,
    },
    /// The priority table says so.
    Priority {
        /// The priority.
        priority: Option<i64>,
    },
    /// Somebody has it, and the status table opens only what nobody has.
    Assigned {
        /// Resource id.
        to: i64,
    },
    /// A person gave it to somebody: at its creation, or before an alert opened.
    AssignedByPerson {
        /// Resource id.
        to: i64,
    },
    /// Made before the source was; only a later change opens.
    OlderThanSource,
    /// A person resolved its alert, and its status has not left the open class since.
    ResolvedByPerson,
    /// Only what the workflow rule picks opens, and no callout came for it.
    NoCallout,
    /// The source only watches: it would have opened.
    WatchOnly {
        /// How loud.
        manner: Manner,
        /// The escalation policy that the routing table chose; `None`: the source's own.
        #[serde(default)]
        policy: Option<PolicyId>,
    },
    /// It no longer exists.
    Gone,
    /// An alert action made it of an alert, which follows it.
    MadeByAction,
}

/// Why an alert resolved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum ResolveReason {
    /// The ticket came to a status that ends it.
    Completed {
        /// The status.
        status: i64,
        /// Who changed the ticket.
        by: Actor,
    },
    /// The ticket was merged into another one.
    MergedInto {
        /// The other's number.
        number: String,
    },
    /// The ticket was deleted.
    Gone,
    /// The ticket left the filter, and the source says that this resolves.
    LeftFilter {
        /// What the filter says now.
        miss: FilterMiss,
    },
    /// The alert opened while Autotask could not be read, and the ticket as it was read later would not have opened one.
    WouldNotHaveOpened {
        /// Why not.
        because: Box<Reason>,
    },
}
