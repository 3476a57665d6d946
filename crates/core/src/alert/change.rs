//! What becomes of an alert, and the work that follows from it.

use super::{Alert, Assignee};
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
    WriteBack(TicketNews),
}

/// What the ticket of an alert is told.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(tag = "news", rename_all = "snake_case")]
pub enum TicketNews {
    /// Somebody has it.
    Accepted,
    /// It is over.
    Resolved {
        /// Whether the ticket is to be completed, whatever the source's rules say.
        complete: bool,
        /// What the person says solved it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        resolution: Option<String>,
    },
    /// Somebody commented.
    Commented {
        /// The comment.
        text: String,
    },
    /// It was given to somebody.
    Reassigned {
        /// To whom.
        to: Assignee,
    },
    /// A person called the next level.
    Escalated,
    /// Everybody was called, nobody has it.
    Unanswered,
    /// Its source reported it again.
    Repeated,
}

impl TicketNews {
    /// What is told once for each version of an alert; `None`: each time.
    pub const fn once(&self) -> Option<&'static str> {
        Some(match self {
            TicketNews::Accepted => "accepted",
            TicketNews::Resolved { complete: false, .. } => "resolved",
            TicketNews::Resolved { complete: true, resolution: None } => "completed",
            TicketNews::Resolved { resolution: Some(_), .. } | TicketNews::Commented { .. } => return None,
            TicketNews::Reassigned { .. } => "reassigned",
            TicketNews::Escalated => "escalated",
            TicketNews::Unanswered => "unanswered",
            TicketNews::Repeated => "repeated",
        })
    }
}

/// What the job of [`Work::WriteBack`] carries.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "StoredOrder")]
pub struct WriteBackOrder {
    /// What happened to the alert.
    #[serde(flatten)]
    pub news: TicketNews,
    /// Who did it.
    pub by: Actor,
    /// When; `None`: an order of a former version, which did not say.
    pub at: Option<Timestamp>,
    /// What became of its note in a try that did not come to its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub noted: Option<Noted>,
    /// When it is tried again after a write that failed, however well the account answers meanwhile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_before: Option<Timestamp>,
}

impl WriteBackOrder {
    /// Something that happened then.
    pub fn new(news: TicketNews, by: Actor, at: Timestamp) -> Self {
        Self { news, by, at: Some(at), noted: None, not_before: None }
    }
}

/// What is known of a note that a try before this one has written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Noted {
    /// It is there, and the timeline says so.
    Written,
    /// It was sent at this moment, and nobody said what became of it.
    Sent(Timestamp),
}

/// An order as it is stored; that of a former version had `update` and `complete` in place of the news.
#[derive(serde::Deserialize)]
#[serde(untagged)]
enum StoredOrder {
    Now {
        #[serde(flatten)]
        news: TicketNews,
        by: Actor,
        at: Option<Timestamp>,
        #[serde(default)]
        noted: Option<Noted>,
        #[serde(default)]
        not_before: Option<Timestamp>,
    },
    Former {
        update: String,
        by: Actor,
        complete: bool,
    },
}

impl TryFrom<StoredOrder> for WriteBackOrder {
    type Error = &'static str;

    fn try_from(stored: StoredOrder) -> Result<Self, Self::Error> {
        let (update, by, complete) = match stored {
            StoredOrder::Now { news, by, at, noted, not_before } => {
                return Ok(Self { news, by, at, noted, not_before });
            }
            StoredOrder::Former { update, by, complete } => (update, by, complete),
        };
        let news = match Update::parse(&update) {
            Some(Update::Accepted) => TicketNews::Accepted,
            Some(Update::Resolved) => TicketNews::Resolved { complete, resolution: None },
            _ => return Err("it does not say what happened"),
        };
        Ok(Self { news, by, at: None, noted: None, not_before: None })
    }
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
