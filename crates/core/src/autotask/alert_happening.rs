//! What happened to an alert, as its ticket is told.

use crate::ids::AlertId;
use jiff::Timestamp;

/// Something that happened to an alert, by whom and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertHappening {
    /// The alert.
    pub alert: AlertId,
    /// What.
    pub what: Happened,
    /// Who did it, by name.
    pub by: String,
    /// When: part of the marker, so the same on every repetition.
    pub at: Timestamp,
    /// Whether the ticket itself did it, which then says so itself.
    pub through_ticket: bool,
    /// Whether the ticket has opened another alert since: of its fields this one decides nothing any more.
    pub superseded: bool,
    /// Who was called until then and what became of it, a line each, oldest first.
    pub calls: Vec<String>,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happened {
    /// Somebody has it.
    Accepted,
    /// It is over.
    Resolved {
        /// Whether the person asked to complete the ticket as well.
        complete: bool,
        /// What they say solved it.
        resolution: Option<String>,
    },
    /// Somebody commented.
    Commented {
        /// The comment.
        text: String,
    },
    /// It was given to somebody.
    Reassigned {
        /// To whom, by name.
        to: String,
    },
    /// A person called the next level.
    Escalated,
    /// Everybody was called, nobody has it.
    Unanswered,
    /// Its source reported it again.
    Repeated {
        /// Events so far.
        count: i64,
    },
}

impl AlertHappening {
    /// In one word, for templates.
    pub const fn word(&self) -> &'static str {
        match &self.what {
            Happened::Accepted => "accepted",
            Happened::Resolved { .. } => "resolved",
            Happened::Commented { .. } => "commented",
            Happened::Reassigned { .. } => "reassigned",
            Happened::Escalated => "escalated",
            Happened::Unanswered => "unanswered",
            Happened::Repeated { .. } => "reported again",
        }
    }
}
