//! Merges: the source ticket is set to Complete, and a system note on both tickets carries the other's number. The vendor documents
//! neither the note's words nor its author, so both are taken in every plausible form: a merge that is missed loses a page.

use super::actor::SYSTEM_RESOURCE;
use super::label::Words;
use super::ticket::Ticket;
use super::ticket_number::find_ticket_numbers;
use jiff::Timestamp;

/// A merge note is written within so many seconds of the completion.
const NOTE_WITHIN_S: u64 = 300;
/// Words of merge notes in English, German and Spanish.
const MERGE_WORDS: &str =
    "merg*|consolid*|combin*|zusammengefuhrt*|zusammengefuehrt*|zusammenfuhr*|zusammengelegt*|fusion*|unific*";

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

/// The number of the ticket that an ended ticket was merged into, by its notes; `None` if it was ended in another way. Only
/// notes written around its end count, since anybody may write about merges at any time. Of Autotask itself another ticket's
/// number is enough; a technician's note must speak of a merge, too.
pub fn merge_destination(ticket: &Ticket, notes: &[SystemNote]) -> Option<String> {
    let ended_at = ticket.completed_at.or(ticket.last_modified_at)?;
    let is_near = |at: Option<Timestamp>| {
        at.is_none_or(|at| at.duration_since(ended_at).unsigned_abs().as_secs() <= NOTE_WITHIN_S)
    };
    let near = || notes.iter().filter(|note| is_near(note.created_at));
    // What says so outright goes before what only names a number.
    let outright = near().filter(|note| speaks_of_merge(note)).find_map(|note| other_number(ticket, note));
    outright.or_else(|| near().filter(|note| is_of_system(note)).find_map(|note| other_number(ticket, note)))
}

fn is_of_system(note: &SystemNote) -> bool {
    note.creator.is_none_or(|id| id == SYSTEM_RESOURCE)
}

fn speaks_of_merge(note: &SystemNote) -> bool {
    Words::of(&format!("{} {}", note.title, note.text)).have(MERGE_WORDS)
}

fn other_number(ticket: &Ticket, note: &SystemNote) -> Option<String> {
    let text = format!("{}\n{}", note.title, note.text);
    let numbers = find_ticket_numbers(&text);
    let other = numbers.iter().find(|number| !number.eq_ignore_ascii_case(&ticket.number));
    other.map(|number| (*number).to_owned())
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
        let spanish = "Fusionado con T20261120.0007";
        assert_eq!(destination(note(4, spanish, near)).as_deref(), Some("T20261120.0007"));
        let odd = "Now part of T20261120.0007";
        assert_eq!(destination(note(4, odd, near)).as_deref(), Some("T20261120.0007"), "the words are not documented");
        assert_eq!(destination(note(29682885, merged, near)).as_deref(), Some("T20261120.0007"), "nor is the author");
        assert_eq!(destination(note(29682885, odd, near)), None, "a technician may name any ticket");
        assert_eq!(destination(note(4, "T20261123.0001 was merged", near)), None, "its own number");
        assert_eq!(destination(note(4, merged, "2026-11-22T02:00:00Z")), None, "long before");
        let both = [note(4, "See T20261119.0003", near), note(4, merged, near)];
        assert_eq!(merge_destination(&ticket, &both).as_deref(), Some("T20261120.0007"), "the clearer one");
        let undated = Ticket { completed_at: None, last_modified_at: Some(completed_at), ..ticket.clone() };
        assert_eq!(merge_destination(&undated, &[note(4, merged, near)]).as_deref(), Some("T20261120.0007"));
    }
}
