//! What an alert's change writes to its ticket. Safe to repeat: the note carries a marker that is looked for first, and the
//! fields are written only where they still say something new. A ticket that changed meanwhile wins.

use super::alert_happening::{AlertHappening, Happened};
use super::assignment::{Assignment, wants_assignment};
use super::status_class::StatusClass;
use super::status_table::StatusTable;
use super::ticket::Ticket;
use super::ticket_note::{NoteOut, context, is_there, note, squeeze};
use crate::template::{TemplateError, render_or_default};
use crate::text::cut;
use serde::{Deserialize, Serialize};

/// `publish` of a note: internal, customers do not see it.
pub const PUBLISH_INTERNAL: i64 = 2;
/// `noteType` of an ordinary note, on every tenant.
pub const NOTE_TYPE_ORDINARY: i64 = 1;
/// Longest resolution text, in characters: below what the vendor takes, which may be 32,000.
pub const RESOLUTION_CHARS_MAX: usize = 30_000;

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
    /// A note for each comment on the alert; off for a source that was made before there was this, whose notes customers may see.
    #[serde(default = "off")]
    pub note_on_comment: bool,
    /// A note when the alert is given to somebody.
    pub note_on_reassign: bool,
    /// A note when a person calls the next level.
    pub note_on_escalate: bool,
    /// A note when everybody was called and nobody has accepted; as for comments.
    #[serde(default = "off")]
    pub note_on_unanswered: bool,
    /// A note when the alert is reported again: for tickets that an alert action made.
    #[serde(default = "off", skip_serializing_if = "std::ops::Not::not")]
    pub note_on_repeat: bool,
    /// Complete the ticket when a person resolves the alert (else only with the second button).
    pub complete_on_resolve: bool,
    /// Which status that is; 5 on every tenant.
    pub complete_status: i64,
    /// The resolution text of a ticket that is completed and has none: a template; `None`: what the person wrote, if anything.
    pub resolution: Option<String>,
    /// Of which type the notes are: an id of the tenant's picklist.
    pub note_type: i64,
    /// Who sees the notes: 1 everybody, 2 internal, 4 internal and co-managed.
    pub publish: i64,
    /// Write as the person who acted (`ImpersonationResourceId`), where Autotask lets us; else as the API user.
    pub write_as_person: bool,
    /// The title of notes: a template; `None`: ours.
    pub note_title: Option<String>,
    /// The text of notes below the marker: a template; `None`: ours.
    pub note_text: Option<String>,
}

const fn off() -> bool {
    false
}

impl Default for WriteBackRules {
    fn default() -> Self {
        Self {
            note_on_accept: true,
            in_progress_on_accept: true,
            in_progress_status: None,
            assign_on_accept: true,
            note_on_resolve: true,
            note_on_comment: true,
            note_on_reassign: false,
            note_on_escalate: false,
            note_on_unanswered: true,
            note_on_repeat: false,
            complete_on_resolve: false,
            complete_status: 5,
            resolution: None,
            note_type: NOTE_TYPE_ORDINARY,
            publish: PUBLISH_INTERNAL,
            write_as_person: false,
            note_title: None,
            note_text: None,
        }
    }
}

impl WriteBackRules {
    /// The usual rules with this tenant's statuses.
    pub fn for_statuses(statuses: &StatusTable) -> Self {
        Self { in_progress_status: statuses.first_of(StatusClass::InProgress), ..Self::default() }
    }

    /// The templates by the names of their settings.
    pub fn templates(&self) -> [(&'static str, Option<&str>); 3] {
        [
            ("resolution", self.resolution.as_deref()),
            ("note_title", self.note_title.as_deref()),
            ("note_text", self.note_text.as_deref()),
        ]
    }

    /// Whether anything may be written of it, whatever the ticket looks like: else the ticket need not be read.
    pub const fn concern(&self, happening: &AlertHappening) -> bool {
        let sets_fields = match &happening.what {
            Happened::Accepted => self.in_progress_on_accept || self.assign_on_accept,
            Happened::Resolved { complete, .. } => *complete || self.complete_on_resolve,
            _ => false,
        };
        !happening.through_ticket && (sets_fields || self.wants_note(&happening.what))
    }

    const fn wants_note(&self, what: &Happened) -> bool {
        match what {
            Happened::Accepted => self.note_on_accept,
            Happened::Resolved { .. } => self.note_on_resolve,
            Happened::Commented { .. } => self.note_on_comment,
            Happened::Reassigned { .. } => self.note_on_reassign,
            Happened::Escalated => self.note_on_escalate,
            Happened::Unanswered => self.note_on_unanswered,
            Happened::Repeated { .. } => self.note_on_repeat,
        }
    }
}

/// What to write: nothing, or any of these.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Writing {
    /// The note.
    pub note: Option<NoteOut>,
    /// Whether it is there already.
    pub is_noted: bool,
    /// The fields.
    pub fields: TicketFields,
    /// What stays as it is on the ticket, because it changed meanwhile.
    pub left: Option<Left>,
    /// What is wrong with the source's own words, where they could not be used.
    pub problem: Option<TemplateError>,
}

/// Fields to write, all at once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TicketFields {
    /// The status.
    pub status: Option<i64>,
    /// Who has the ticket from now on.
    pub assignment: Option<Assignment>,
    /// What solved it.
    pub resolution: Option<String>,
}

/// What stays as it is on a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Left {
    /// Its status, which somebody has set: to this one.
    Status(i64),
    /// Its resolution text.
    Resolution,
    /// All but the note: it has opened another alert since.
    Superseded,
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
    if !rules.concern(happening) {
        return Writing::default();
    }
    let is_noted = is_there(note_texts, happening);
    let is_missing = rules.wants_note(&happening.what) && !is_noted;
    let (note, note_problem) = is_missing.then(|| note(rules, happening)).unzip();
    let (status, left) = status_to_write(rules, statuses, ticket, happening);
    let solved = resolution(rules, ticket, happening);
    let assignment = person.filter(|_| wants_assignment(rules, statuses, ticket, happening));
    let fields = TicketFields { status, assignment, resolution: solved.text };
    let (fields, left) = match happening.superseded && fields != TicketFields::default() {
        true => (TicketFields::default(), Some(Left::Superseded)),
        false => (fields, left.or(solved.left)),
    };
    Writing { note, is_noted, fields, left, problem: note_problem.flatten().or(solved.problem) }
}

/// In Progress only from a status of the open class, so that nothing that people or rules have set is undone; Complete from any
/// status that does not end the alert already.
fn status_to_write(
    rules: &WriteBackRules,
    statuses: &StatusTable,
    ticket: &Ticket,
    happening: &AlertHappening,
) -> (Option<i64>, Option<Left>) {
    let cells = statuses.cells(ticket.status);
    let is_new = |status: &i64| *status != ticket.status;
    match happening.what {
        Happened::Accepted => {
            let wanted = rules.in_progress_status.filter(is_new).filter(|_| rules.in_progress_on_accept);
            match wanted {
                Some(_) if !cells.is_open_class() => (None, Some(Left::Status(ticket.status))),
                wanted => (wanted, None),
            }
        }
        Happened::Resolved { complete, .. } => {
            let is_wanted = (complete || rules.complete_on_resolve) && !cells.resolves();
            (is_wanted.then_some(rules.complete_status).filter(is_new), None)
        }
        Happened::Commented { .. }
        | Happened::Reassigned { .. }
        | Happened::Escalated
        | Happened::Unanswered
        | Happened::Repeated { .. } => (None, None),
    }
}

#[derive(Default)]
struct Solved {
    text: Option<String>,
    left: Option<Left>,
    problem: Option<TemplateError>,
}

/// What solved the ticket that is to be completed, also where somebody has completed it meanwhile without saying so.
fn resolution(rules: &WriteBackRules, ticket: &Ticket, happening: &AlertHappening) -> Solved {
    let Happened::Resolved { complete, resolution } = &happening.what else { return Solved::default() };
    if !complete && !rules.complete_on_resolve {
        return Solved::default();
    }
    let written = resolution.as_deref().unwrap_or_default();
    let rendered =
        render_or_default(rules.resolution.as_deref(), "{{ resolution }}", written, &context(happening, "", ""));
    let text = Some(cut(&rendered.text, RESOLUTION_CHARS_MAX)).filter(|text| !text.trim().is_empty());
    let known = ticket.raw.get("resolution").and_then(|it| it.as_str()).filter(|it| !it.trim().is_empty());
    match known {
        None => Solved { text, left: None, problem: rendered.problem },
        // What a try before this one has written is no other's.
        Some(known) => {
            let left = text.filter(|text| squeeze(text) != squeeze(known)).map(|_| Left::Resolution);
            Solved { text: None, left, problem: rendered.problem }
        }
    }
}
