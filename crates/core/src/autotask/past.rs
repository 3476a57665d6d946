//! What a ticket was like before: its history, which is in words ("Status changed from New to In Progress"), taken back step by step
//! from what it is like now.

use super::actor::Actor;
use super::label::Words;
use super::picklist::PicklistValue;
use super::ticket::Ticket;
use jiff::Timestamp;

/// The status that tickets begin with on every tenant, for those whose history does not say.
const NEW: i64 = 1;
/// Stands for a resource that the history names and whose id is not known.
const SOMEBODY: i64 = -1;

/// The fields' names in English, German and Spanish.
const STATUS: &str = "status*|estado*";
const PRIORITY: &str = "priorit*|prioridad*";
const QUEUE: &str = "queue*|warteschlange*|cola*";
const ASSIGNEE: &str =
    "assigned*|assignee*|primary resource|zugewiesen*|hauptressource*|primare ressource|asignad*|recurso principal";
const ROLE: &str = "role*|rolle*|rol|assignedresourceroleid";
/// What stands where nothing was: a word for it, or the two prepositions with nothing between them.
const NOTHING: &str = "none|keine*|ningun*|unassigned|nicht zugewiesen|from to|von in|von zu|von auf|de a";

/// A change of a ticket as its history tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastChange {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: Actor,
    /// What, in words.
    pub detail: String,
}

/// The values that a history names by their labels.
#[derive(Debug, Clone, Default)]
pub(super) struct Labels {
    pub(super) statuses: Vec<PicklistValue>,
    pub(super) priorities: Vec<PicklistValue>,
    pub(super) queues: Vec<PicklistValue>,
}

/// A ticket from a moment on.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct PastState {
    pub(super) at: Timestamp,
    pub(super) by: Actor,
    pub(super) ticket: Ticket,
}

/// The states of a ticket from its creation until now, and whether its first status is a guess.
pub(super) fn states(
    ticket: &Ticket,
    history: &[PastChange],
    (created_at, created_by): (Timestamp, &Actor),
    labels: &Labels,
) -> (Vec<PastState>, bool) {
    let tells_status = history.iter().any(|change| names_status(&change.detail, labels));
    let mut guessed_at = ticket.completed_at.filter(|_| !tells_status && ticket.status != NEW);
    let is_guess = guessed_at.is_some();
    let now = Ticket { raw: serde_json::Map::new(), completed_at: None, ..ticket.clone() };
    let mut backwards = Backwards { state: now, states: Vec::new() };
    for change in history.iter().rev() {
        if let Some(at) = guessed_at.take_if(|at| change.at <= *at) {
            backwards.complete(at);
        }
        if let Some(before) = take_back(&backwards.state, &change.detail, labels) {
            backwards.step(change.at, &change.by, before);
        }
    }
    if let Some(at) = guessed_at {
        backwards.complete(at);
    }
    (backwards.end(created_at, created_by), is_guess)
}

/// Walking from now to the creation.
struct Backwards {
    /// The ticket before everything that was taken back so far.
    state: Ticket,
    /// Later ones first.
    states: Vec<PastState>,
}

impl Backwards {
    /// Takes a change back. What one edit changed is several entries of the same moment, and was seen at once.
    fn step(&mut self, at: Timestamp, by: &Actor, before: Ticket) {
        let after = std::mem::replace(&mut self.state, before);
        if self.states.last().is_none_or(|later| later.at != at) {
            self.states.push(PastState { at, by: by.clone(), ticket: seen_at(after, at) });
        }
    }

    /// For want of anything better: it was New until it was completed.
    fn complete(&mut self, at: Timestamp) {
        let before = Ticket { status: NEW, ..self.state.clone() };
        self.step(at, &Actor::Unknown, before);
    }

    fn end(mut self, created_at: Timestamp, by: &Actor) -> Vec<PastState> {
        self.states.push(PastState { at: created_at, by: by.clone(), ticket: seen_at(self.state, created_at) });
        self.states.reverse();
        self.states
    }
}

fn seen_at(ticket: Ticket, at: Timestamp) -> Ticket {
    Ticket { last_modified_at: Some(at), last_activity_at: Some(at), ..ticket }
}

fn names_status(detail: &str, labels: &Labels) -> bool {
    let words = Words::of(detail);
    words.have(STATUS) && from_label(&words, &labels.statuses).flatten().is_some()
}

/// The ticket before a change; `None` where the words name no field that decides anything, or no value.
fn take_back(after: &Ticket, detail: &str, labels: &Labels) -> Option<Ticket> {
    let words = Words::of(detail);
    let mut before = after.clone();
    if words.have(STATUS) {
        before.status = from_label(&words, &labels.statuses).flatten()?;
    } else if words.have(PRIORITY) {
        before.priority = from_label(&words, &labels.priorities)?;
    } else if words.have(QUEUE) {
        before.queue = from_label(&words, &labels.queues)?;
    } else if words.have(ASSIGNEE) && !words.have(ROLE) {
        before.assignee = from_resource(&words);
    } else {
        return None;
    }
    Some(before)
}

/// The first of two values that are named: all languages say "from" first. `Some(None)`: only the later one is named.
fn from_label(words: &Words, values: &[PicklistValue]) -> Option<Option<i64>> {
    let named = words.labels_of(values);
    match named.as_slice() {
        [] => None,
        [_] => Some(None),
        [from, ..] => Some(Some(*from)),
    }
}

/// Whoever had it before: by number, nobody, or somebody whose id the words do not say.
fn from_resource(words: &Words) -> Option<i64> {
    let numbers = words.numbers();
    match numbers.as_slice() {
        [from, _, ..] => Some(*from),
        [_] => None,
        [] if words.have(NOTHING) => None,
        [] => Some(SOMEBODY),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn labels() -> Labels {
        let list =
            |labels: &[(i64, &str)]| labels.iter().map(|(id, label)| PicklistValue::new(*id, *label, *id)).collect();
        Labels {
            statuses: list(&[
                (1, "New"),
                (5, "Complete"),
                (8, "In Progress"),
                (16, "Work Complete"),
                (30, "Zurückgestellt"),
                (31, "Neu"),
            ]),
            priorities: list(&[(1, "High"), (4, "Critical")]),
            queues: list(&[(8, "Level I Support"), (9, "Level II Support")]),
        }
    }

    /// Status, priority, queue, assignee.
    type Fields = (i64, Option<i64>, Option<i64>, Option<i64>);

    fn before(detail: &str) -> Option<Fields> {
        let ticket = Ticket { status: 5, priority: Some(4), queue: Some(9), assignee: Some(7), ..Ticket::default() };
        take_back(&ticket, detail, &labels())
            .map(|ticket| (ticket.status, ticket.priority, ticket.queue, ticket.assignee))
    }

    #[test]
    fn each_field_is_taken_back_by_its_words() {
        let (priority, queue, assignee) = (Some(4), Some(9), Some(7));
        assert_eq!(before("Status changed from New to Complete"), Some((1, priority, queue, assignee)));
        assert_eq!(before("Status changed from Work Complete to Complete"), Some((16, priority, queue, assignee)));
        assert_eq!(before("Status geändert von \"Zurückgestellt\" in \"Neu\""), Some((30, priority, queue, assignee)));
        assert_eq!(before("Priority changed from High to Critical"), Some((5, Some(1), queue, assignee)));
        assert_eq!(before("queueID changed from (none) to Level II Support"), Some((5, priority, None, assignee)));
        assert_eq!(
            before("Queue changed from Level I Support to Level II Support"),
            Some((5, priority, Some(8), assignee))
        );
    }

    #[test]
    fn of_an_assignment_it_is_known_whether_somebody_had_it() {
        let assignee = |detail: &str| before(detail).map(|(.., assignee)| assignee);
        assert_eq!(assignee("assignedResourceID changed from (none) to 29682885"), Some(None));
        assert_eq!(assignee("assignedResourceID changed from 5 to 7"), Some(Some(5)));
        assert_eq!(assignee("Primary Resource changed from to Keller, Anna"), Some(None));
        assert_eq!(assignee("Primary Resource changed from Ortiz, Ben to Keller, Anna"), Some(Some(SOMEBODY)));
        assert_eq!(assignee("assignedResourceRoleID changed from (none) to 7"), None);
    }

    #[test]
    fn what_decides_nothing_or_says_nothing_is_left_alone() {
        for detail in [
            "",
            "Ticket created",
            "Title changed from A to B",
            "Status changed to Complete",
            "Status changed from Gone to Away",
        ] {
            assert_eq!(before(detail), None, "{detail}");
        }
    }
}
