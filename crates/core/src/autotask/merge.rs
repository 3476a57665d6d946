//! Merges: the source ticket is set to Complete, and a system note on both tickets carries the other's number.

use super::actor::SYSTEM_RESOURCE;
use super::label::Words;
use super::ticket::Ticket;
use super::ticket_number::find_ticket_numbers;
use jiff::Timestamp;

/// A merge note is written within so many seconds of the completion.
const NOTE_WITHIN_S: u64 = 300;
/// Words of merge notes in English, German and Spanish; the vendor's exact text is not documented.
const MERGE_WORDS: &str = "merg*|zusammengefuhrt*|zusammengefuehrt*|zusammenfuhr*|fusion*|combin*|unific*";

/// A note on a ticket, as far as merges are concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SystemNote {
    /// Who wrote it.
    pub creator: Option<i64>,
    /// Its title.
    pub title: String,
    /// Its text.
    pub text: String,
    /// When.
    pub created_at: Option<Timestamp>,
}

/// The number of the ticket that a completed ticket was merged into, by its notes; `None` if it was completed in another way.
/// Only notes of Autotask itself count, written around the completion: a technician may write about merges at any time.
pub fn merge_destination(ticket: &Ticket, notes: &[SystemNote]) -> Option<String> {
    let completed_at = ticket.completed_at?;
    let is_near = |at: Option<Timestamp>| {
        at.is_none_or(|at| at.duration_since(completed_at).unsigned_abs().as_secs() <= NOTE_WITHIN_S)
    };
    let of_system = notes.iter().filter(|note| note.creator.is_none_or(|id| id == SYSTEM_RESOURCE));
    of_system.filter(|note| is_near(note.created_at)).find_map(|note| other_number(ticket, note))
}

fn other_number(ticket: &Ticket, note: &SystemNote) -> Option<String> {
    let text = format!("{}\n{}", note.title, note.text);
    let numbers = find_ticket_numbers(&text);
    let other = numbers.iter().find(|number| !number.eq_ignore_ascii_case(&ticket.number));
    other.filter(|_| Words::of(&text).have(MERGE_WORDS)).map(|number| (*number).to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_merge_is_told_from_other_notes() {
        let completed_at = "2026-11-23T02:00:00Z".parse::<Timestamp>().unwrap();
        let ticket = Ticket { number: "T20261123.0001".into(), completed_at: Some(completed_at), ..Ticket::default() };
        let note = |creator, text: &str, at: &str| SystemNote {
            creator: Some(creator),
            title: "Ticket".into(),
            text: text.into(),
            created_at: Some(at.parse().unwrap()),
        };
        let destination = |note: SystemNote| merge_destination(&ticket, &[note]);
        let near = "2026-11-23T02:00:01Z";
        let merged = "Ticket T20261123.0001 has been merged into T20261120.0007.";
        assert_eq!(destination(note(4, merged, near)).as_deref(), Some("T20261120.0007"));
        let german = "Zusammengeführt mit T20261120.0007";
        assert_eq!(destination(note(4, german, near)).as_deref(), Some("T20261120.0007"));
        assert_eq!(destination(note(4, "See T20261120.0007", near)), None, "no word of merging");
        assert_eq!(destination(note(4, "T20261123.0001 was merged", near)), None, "its own number");
        assert_eq!(destination(note(29682885, merged, near)), None, "a technician's words");
        assert_eq!(destination(note(4, merged, "2026-11-22T02:00:00Z")), None, "long before");
        let open = Ticket { completed_at: None, ..ticket.clone() };
        assert_eq!(
            merge_destination(&open, &[note(4, merged, near)]),
            None,
            "the destination carries such a note, too"
        );
    }
}
