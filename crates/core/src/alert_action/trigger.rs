//! What lets an alert action act, and what a ticket that was made late is told of what happened before.

use crate::alert::TicketNews;
use crate::timeline::{Actor, Entry};
use crate::user::words;

words! {
    /// What lets an alert action act, in ilert's words.
    Trigger {
        /// The alert opened.
        Created = "alert-created",
        /// It was given to somebody.
        Assigned = "alert-assigned",
        /// Somebody called the next level.
        Escalated = "alert-auto-escalated",
        /// Somebody accepted it.
        Acknowledged = "alert-acknowledged",
        /// Its priority was raised.
        Raised = "alert-raised",
        /// Somebody commented.
        CommentAdded = "alert-comment-added",
        /// Everybody was called, nobody has accepted.
        EscalationEnded = "alert-escalation-ended",
        /// It was resolved, by a person or its source.
        Resolved = "alert-resolved",
        /// It was resolved by time.
        AutoResolved = "alert-auto-resolved",
    }
}

impl Trigger {
    /// What an entry of the timeline lets act.
    pub fn of(entry: &Entry, by: &Actor) -> Option<Self> {
        Some(match entry {
            Entry::Opened { .. } => Trigger::Created,
            Entry::ReassignedToUser { .. } | Entry::ReassignedToPolicy { .. } => Trigger::Assigned,
            Entry::EscalatedNow => Trigger::Escalated,
            Entry::Accepted => Trigger::Acknowledged,
            Entry::Raised => Trigger::Raised,
            Entry::Comment { .. } => Trigger::CommentAdded,
            Entry::Resolved { .. } if *by == Actor::System => Trigger::AutoResolved,
            Entry::Resolved { .. } => Trigger::Resolved,
            _ => return None,
        })
    }
}

/// What a ticket is told of an entry that is older than it; `None`: nothing.
pub fn news_of(entry: &Entry) -> Option<TicketNews> {
    Some(match entry {
        Entry::Accepted => TicketNews::Accepted,
        Entry::Resolved { .. } => TicketNews::Resolved { complete: false, resolution: None },
        Entry::Comment { text, .. } => TicketNews::Commented { text: text.clone() },
        Entry::ReassignedToUser { user } => TicketNews::Reassigned { to: crate::alert::Assignee::User(*user) },
        Entry::EscalatedNow => TicketNews::Escalated,
        Entry::EscalationEnded => TicketNews::Unanswered,
        _ => return None,
    })
}
