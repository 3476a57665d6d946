//! What is remembered of a ticket beside its snapshot: its last copy, and what was written to it.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use watchbell_core::autotask::{OwnEdit, Snapshot, Ticket, Verdict};
use watchbell_core::ids::AlertId;
use watchbell_core::text;
use watchbell_store::{StoreError, tickets};

/// Own edits are recognised for minutes; older ones are forgotten.
const OWN_EDITS_KEPT: SignedDuration = SignedDuration::from_hours(1);
/// Own edits of one ticket that are kept.
const OWN_EDITS_MAX: usize = 20;
/// Characters of a title that are kept for lists.
const TITLE_CHARS_MAX: usize = 255;
/// Characters of a number that are kept.
const NUMBER_CHARS_MAX: usize = 40;

/// A ticket as it is remembered.
#[derive(Debug, Clone)]
pub(super) struct Remembered {
    /// What is compared with the next sight.
    pub(super) snapshot: Snapshot,
    /// The rest.
    pub(super) copy: Copy,
    /// Its latest alert.
    pub(super) alert: Option<AlertId>,
}

/// The last copy of a ticket with what concerns us.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Copy {
    /// As it was last read.
    pub(super) ticket: Ticket,
    /// What Watchbell wrote to it lately.
    #[serde(default)]
    pub(super) own_edits: Vec<OwnEdit>,
    /// Whether its alert opened without it having been read, and no reading has confirmed it yet.
    #[serde(default)]
    pub(super) opened_unread: bool,
}

impl Copy {
    /// Remembers an edit of ours.
    pub(super) fn add_own_edit(&mut self, edit: OwnEdit, now: Timestamp) {
        self.own_edits.retain(|old| now.duration_since(old.at) < OWN_EDITS_KEPT);
        self.own_edits.push(edit);
        let surplus = self.own_edits.len().saturating_sub(OWN_EDITS_MAX);
        self.own_edits.drain(..surplus);
    }
}

impl Remembered {
    /// Reads a row. Errors: written by another version.
    pub(super) fn read(row: &tickets::Ticket) -> Result<Self, StoreError> {
        let bad = |error: serde_json::Error| StoreError::unreadable("ticket", format!("{}: {error}", row.ticket_id));
        let snapshot = serde_json::from_str(&row.snapshot).map_err(bad)?;
        Ok(Self { snapshot, copy: serde_json::from_str(&row.body).map_err(bad)?, alert: row.alert })
    }

    /// The row to keep.
    pub(super) fn to_row(&self, verdict: &Verdict, now: Timestamp) -> Result<tickets::Ticket, StoreError> {
        let json =
            |value: Result<String, serde_json::Error>| value.map_err(|error| StoreError::BadData(Box::new(error)));
        let ticket = &self.copy.ticket;
        Ok(tickets::Ticket {
            ticket_id: ticket.id,
            number: text::cut(&ticket.number, NUMBER_CHARS_MAX),
            title: text::cut(&ticket.title, TITLE_CHARS_MAX),
            snapshot: json(serde_json::to_string(&self.snapshot))?,
            body: json(serde_json::to_string(&self.copy))?,
            verdict: json(serde_json::to_string(verdict))?,
            seen_at: now,
            modified_at: self.snapshot.modified_at.unwrap_or(now),
            alert: self.alert,
        })
    }
}
