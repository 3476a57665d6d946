//! What an alert's change writes to its ticket. Safe to repeat: the note carries a marker that is looked for first, and the
//! status is written only where it still says something new.

use super::assignment::{Assignment, wants_assignment};
use super::status_class::StatusClass;
use super::status_table::StatusTable;
use super::ticket::Ticket;
use crate::ids::AlertId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Longest title of a note, in characters (the vendor's limit).
const NOTE_TITLE_CHARS_MAX: usize = 250;
/// Longest name in a note, in characters.
const NAME_CHARS_MAX: usize = 100;
/// `publish` of a note: internal, customers do not see it.
pub const PUBLISH_INTERNAL: i64 = 2;

/// What is written to tickets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct WriteBackRules {
    /// A note when somebody accepts.
    pub note_on_accept: bool,
    /// Set the status to In Progress when somebody accepts.
    pub in_progress_on_accept: bool,
    /// Which status that is on this tenant; `None`: not known, the status stays.
    pub in_progress_status: Option<i64>,
    /// Assign the ticket to whoever accepts, where nobody has it.
    pub assign_on_accept: bool,
    /// A note when the alert is resolved.
    pub note_on_resolve: bool,
    /// Complete the ticket when a person resolves the alert (else only with the second button).
    pub complete_on_resolve: bool,
    /// Which status that is; 5 on every tenant.
    pub complete_status: i64,
    /// Who sees the notes: 1 everybody, 2 internal, 4 internal and co-managed.
    pub publish: i64,
}

impl Default for WriteBackRules {
    fn default() -> Self {
        Self {
            note_on_accept: true,
            in_progress_on_accept: true,
            in_progress_status: None,
            assign_on_accept: true,
            note_on_resolve: true,
            complete_on_resolve: false,
            complete_status: 5,
            publish: PUBLISH_INTERNAL,
        }
    }
}

impl WriteBackRules {
    /// The usual rules with this tenant's statuses.
    pub fn for_statuses(statuses: &StatusTable) -> Self {
        Self { in_progress_status: statuses.first_of(StatusClass::InProgress), ..Self::default() }
    }
}

/// What happened to the alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "happened", rename_all = "snake_case")]
pub enum AlertHappening {
    /// Somebody accepted it.
    Accepted {
        /// The alert.
        alert: AlertId,
        /// Who.
        by: String,
        /// When: part of the marker, so the same on every repetition.
        at: Timestamp,
        /// Whether it was accepted by a change of the ticket, which then says so itself.
        through_ticket: bool,
    },
    /// It is over.
    Resolved {
        /// The alert.
        alert: AlertId,
        /// Who.
        by: String,
        /// When: part of the marker, so the same on every repetition.
        at: Timestamp,
        /// Whether it was resolved by its ticket.
        through_ticket: bool,
        /// Whether the person asked to complete the ticket as well.
        complete: bool,
    },
}

impl AlertHappening {
    /// Who did it.
    pub fn by(&self) -> &str {
        match self {
            AlertHappening::Accepted { by, .. } | AlertHappening::Resolved { by, .. } => by,
        }
    }

    fn through_ticket(&self) -> bool {
        match self {
            AlertHappening::Accepted { through_ticket, .. } | AlertHappening::Resolved { through_ticket, .. } => {
                *through_ticket
            }
        }
    }
}

/// A note to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteOut {
    /// Its title.
    pub title: String,
    /// Its text; begins with the marker.
    pub text: String,
    /// Who sees it.
    pub publish: i64,
}

/// What to write: nothing, or any of these.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Writing {
    /// The note.
    pub note: Option<NoteOut>,
    /// The status.
    pub status: Option<i64>,
    /// Who has the ticket from now on.
    pub assignment: Option<Assignment>,
}

/// What is to be written to a ticket as it is now, given the texts of its notes and as what the person can have it. Asked again
/// after a crash it gives only what is still missing.
pub fn plan_write_back(
    rules: &WriteBackRules,
    statuses: &StatusTable,
    ticket: &Ticket,
    (note_texts, person): (&[&str], Option<Assignment>),
    happening: &AlertHappening,
) -> Writing {
    if happening.through_ticket() {
        return Writing::default();
    }
    let wants_note = match happening {
        AlertHappening::Accepted { .. } => rules.note_on_accept,
        AlertHappening::Resolved { .. } => rules.note_on_resolve,
    };
    let marker = marker(happening);
    let is_there = note_texts.iter().any(|text| squeeze(text).contains(&squeeze(&marker)));
    let note = (wants_note && !is_there).then(|| note(rules, happening, marker));
    let assignment = person.filter(|_| wants_assignment(rules, statuses, ticket, happening));
    Writing { note, status: status_to_write(rules, statuses, ticket, happening), assignment }
}

/// The line that tells our note from others, and one happening from another: "Watchbell alert 42 accepted by Ann (2026-11-23
/// 02:14:07Z)".
pub fn marker(happening: &AlertHappening) -> String {
    let (alert, verb, by, at) = match happening {
        AlertHappening::Accepted { alert, by, at, .. } => (alert, "accepted", by, at),
        AlertHappening::Resolved { alert, by, at, .. } => (alert, "resolved", by, at),
    };
    let at = at.strftime("%Y-%m-%d %H:%M:%SZ");
    format!("Watchbell alert {alert} {verb} by {} ({at})", crate::text::cut(&squeeze(by), NAME_CHARS_MAX))
}

fn note(rules: &WriteBackRules, happening: &AlertHappening, marker: String) -> NoteOut {
    let (title, more) = match happening {
        AlertHappening::Accepted { by, .. } => (format!("On call: {by} has this ticket"), "Escalation has stopped."),
        AlertHappening::Resolved { by, .. } => (format!("On call: resolved by {by}"), "The alert is over."),
    };
    let title = crate::text::cut(&squeeze(&title), NOTE_TITLE_CHARS_MAX);
    NoteOut { title, text: format!("{marker}\n{more}"), publish: rules.publish }
}

/// In Progress only from a status of the open class, so that nothing that people or rules have set is undone; Complete from any
/// status that does not end the alert already.
fn status_to_write(
    rules: &WriteBackRules,
    statuses: &StatusTable,
    ticket: &Ticket,
    happening: &AlertHappening,
) -> Option<i64> {
    let cells = statuses.cells(ticket.status);
    let wanted = match happening {
        AlertHappening::Accepted { .. } => {
            rules.in_progress_status.filter(|_| rules.in_progress_on_accept && cells.is_open_class())
        }
        AlertHappening::Resolved { complete, .. } => {
            ((*complete || rules.complete_on_resolve) && !cells.resolves()).then_some(rules.complete_status)
        }
    };
    wanted.filter(|status| *status != ticket.status)
}

/// Autotask may turn line breaks and rows of spaces into others.
fn squeeze(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
