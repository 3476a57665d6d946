//! What must come of what was done, written down as it is done.

use std::collections::BTreeMap;
use watchbell_core::ids::AlertId;

/// What must have come of a run at its end.
#[derive(Debug, Default)]
pub struct Ledger {
    /// The first line of each note that a ticket must have once, in the order in which they were asked for.
    pub notes: BTreeMap<i64, Vec<String>>,
    /// What was done to a ticket last, where that alone says how it must end.
    pub last: BTreeMap<i64, LastWord>,
    /// Whether Autotask has refused writes for good: what is tried again by hand comes out of order.
    pub refused: bool,
    /// How many people's doings came between: an alert may open anew only where somebody changed its ticket.
    pub edits: BTreeMap<i64, usize>,
}

/// What was done to a ticket last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LastWord {
    /// A person in Autotask set a status that accepts, while this alert was pending.
    TakenThere(AlertId),
    /// Somebody who is this resource accepted here, while nobody had the ticket.
    TakenHere(i64),
    /// Somebody here wants it to be completed.
    CompletedHere,
}

impl Ledger {
    /// A ticket was changed by somebody: nothing that was said before is the last word.
    pub fn edited(&mut self, ticket: i64) {
        self.last.remove(&ticket);
        *self.edits.entry(ticket).or_default() += 1;
    }

    /// A note must be written that begins so; the same once.
    pub fn note(&mut self, ticket: i64, line: String) {
        let notes = self.notes.entry(ticket).or_default();
        if !notes.contains(&line) {
            notes.push(line);
        }
    }
}
