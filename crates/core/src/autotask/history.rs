//! Who set a ticket's status: a rule that edits, or a person who writes a note, right after it hides that in the ticket itself.

use super::label::Words;

/// The field's name in English, German and Spanish; entries are in words ("Status changed from New to In Progress").
const STATUS: &str = "status*|estado*";

/// An entry of a ticket's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryEntry {
    /// Who; none for contacts.
    pub resource: Option<i64>,
    /// What, in words.
    pub detail: String,
}

/// Who brought a ticket to the status that it has, by its label; the entries are in order of time. `None`: the history does not
/// say. `Some(None)`: no resource of the tenant.
pub fn status_set_by(entries: &[HistoryEntry], label: &str) -> Option<Option<i64>> {
    // The ticket has this status now, so the last entry that names it is the change to it, not one away from it.
    let names_it = |entry: &&HistoryEntry| {
        let words = Words::of(&entry.detail);
        words.have(STATUS) && words.have_label(label)
    };
    entries.iter().rev().find(names_it).map(|entry| entry.resource)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn entries(details: &[(i64, &str)]) -> Vec<HistoryEntry> {
        details.iter().map(|(id, text)| HistoryEntry { resource: Some(*id), detail: (*text).into() }).collect()
    }

    #[test]
    fn the_last_entry_that_names_the_status_says_who() {
        let history = entries(&[
            (7, "Ticket T20261123.0001 created"),
            (9, "Status changed from New to In Progress"),
            (4, "Status changed from In Progress to New"),
            (8, "status changed from New to In Progress"),
            (4, "Priority changed from High to Critical"),
        ]);
        assert_eq!(status_set_by(&history, "In Progress"), Some(Some(8)));
        assert_eq!(status_set_by(&history[..3], "New"), Some(Some(4)));
        assert_eq!(status_set_by(&history, "Waiting Vendor"), None);
        assert_eq!(status_set_by(&history, ""), None);
        assert_eq!(status_set_by(&[], "New"), None);
    }

    #[test]
    fn other_languages_and_contacts() {
        let german = entries(&[(9, "Status geändert von \"Neu\" in \"Zurückgestellt\"")]);
        assert_eq!(status_set_by(&german, "Zurückgestellt"), Some(Some(9)));
        let spanish = entries(&[(9, "Estado cambiado de Nuevo a En curso")]);
        assert_eq!(status_set_by(&spanish, "En curso"), Some(Some(9)));
        let contact = [HistoryEntry { resource: None, detail: "Status changed from New to Complete".into() }];
        assert_eq!(status_set_by(&contact, "Complete"), Some(None));
        let title = entries(&[(9, "Title changed from A to Complete outage")]);
        assert_eq!(status_set_by(&title, "Complete"), None, "another field");
    }
}
