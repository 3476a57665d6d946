//! What becomes of an alert, and the work that follows from it.

use super::Alert;
use crate::ids::UserId;
use crate::timeline::{Actor, Entry};
use crate::user::words;
use jiff::Timestamp;

words! {
    /// What people may ask to be told.
    Update {
        /// Somebody has it.
        Accepted = "ALERT_ACCEPTED",
        /// It is over.
        Resolved = "ALERT_RESOLVED",
        /// The next level was called.
        Escalated = "ALERT_ESCALATED",
        /// The source had something to tell the responder.
        Told = "ALERT_TOLD",
        /// The responder is asked whether anything is done.
        Untouched = "ALERT_UNTOUCHED",
        /// The responder's snooze is over.
        Woken = "ALERT_WOKEN",
    }
}

/// Work that follows from a change; it becomes jobs in the same transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Work {
    /// Step the escalation at that time.
    Escalate {
        /// When.
        at: Timestamp,
    },
    /// Tell those who asked to be told.
    Tell {
        /// What happened.
        update: Update,
    },
    /// Write it to the outside tool of the source.
    WriteBack {
        /// What happened.
        update: Update,
        /// Whether the ticket is to be completed, whatever the source's rules say.
        complete: bool,
    },
}

/// What the job of [`Work::WriteBack`] carries.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct WriteBackOrder {
    /// What happened to the alert.
    pub update: Update,
    /// Who did it.
    pub by: Actor,
    /// The version that the alert had then.
    pub version: i64,
    /// Whether the ticket is to be completed, whatever the source's rules say.
    pub complete: bool,
}

/// What becomes of an alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The alert afterwards, its version grown if anything changed.
    pub alert: Alert,
    /// What the timeline says.
    pub entries: Vec<Entry>,
    /// Whether planned pages are cancelled: stop means stop.
    pub cancel_pages: bool,
    /// Whose planned pages are cancelled while the others' go on: one of several who have to accept did.
    pub cancel_pages_of: Option<UserId>,
    /// What follows.
    pub work: Vec<Work>,
}

impl Change {
    /// An alert with the work that follows, and nothing to say.
    pub fn to(alert: Alert, work: Vec<Work>) -> Self {
        Self { alert, entries: Vec::new(), cancel_pages: false, cancel_pages_of: None, work }
    }

    pub(super) fn none(alert: &Alert) -> Self {
        Self::to(alert.clone(), Vec::new())
    }

    pub(super) fn of(alert: &Alert, edit: impl FnOnce(&mut Alert)) -> Self {
        let mut change = Self::none(alert);
        edit(&mut change.alert);
        change.alert.version += 1;
        change
    }

    pub(super) fn log(mut self, entry: Entry) -> Self {
        self.entries.push(entry);
        self
    }

    pub(super) fn follow(mut self, work: impl IntoIterator<Item = Work>) -> Self {
        self.work.extend(work);
        self
    }

    pub(super) fn stop_pages(mut self) -> Self {
        self.cancel_pages = true;
        self
    }

    /// Whether the alert row differs.
    pub fn is_change(&self, before: &Alert) -> bool {
        self.alert.version != before.version
    }
}
