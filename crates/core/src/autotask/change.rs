//! What changed between the last sight of a ticket and this one.

use super::actor::Actor;
use super::sighting::{OwnEdit, Sighting};
use super::source_rules::SourceRules;
use super::ticket::{Snapshot, Ticket};
use std::cmp::Ordering;

/// An own edit shows in the ticket's modification time within these many seconds before and after the moment we noted
/// (clocks differ, and a write may hang).
const OWN_EDIT_WITHIN_S: (i64, i64) = (120, 120);

/// How this sight stands to the last one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Freshness {
    /// There was none.
    First,
    /// The ticket has changed since.
    Newer,
    /// The same state again.
    Same,
    /// An older state, fetched before the last one.
    Overtaken,
}

impl Freshness {
    /// Compares by the ticket's own clock. Two edits within its resolution differ in the fields alone: those count as newer.
    pub(super) fn of(previous: Option<&Snapshot>, ticket: &Ticket) -> Self {
        let Some(previous) = previous else { return Freshness::First };
        let modified = compare(ticket.last_modified_at, previous.modified_at);
        let activity = compare(ticket.last_activity_at, previous.activity_at);
        match (modified, activity) {
            (Some(Ordering::Less), _) => Freshness::Overtaken,
            (Some(Ordering::Greater), _) => Freshness::Newer,
            (_, Some(Ordering::Less)) => Freshness::Overtaken,
            (_, Some(Ordering::Greater)) => Freshness::Newer,
            _ if has_same_fields(previous, ticket) => Freshness::Same,
            _ => Freshness::Newer,
        }
    }
}

fn compare<T: Ord>(ours: Option<T>, theirs: Option<T>) -> Option<Ordering> {
    Some(ours?.cmp(&theirs?))
}

fn has_same_fields(previous: &Snapshot, ticket: &Ticket) -> bool {
    (previous.status, previous.queue, previous.priority, previous.assignee)
        == (ticket.status, ticket.queue, ticket.priority, ticket.assignee)
}

/// The fields that changed. All false at first sight.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Change {
    /// The status, by somebody else than us.
    pub(super) status: bool,
    /// The queue.
    pub(super) queue: bool,
    /// The priority, upwards: in the picklist's order, or to one that the table treats louder.
    pub(super) raised: bool,
    /// The assignee, by somebody else than us.
    pub(super) assignee: bool,
    /// Any of these, by us.
    pub(super) own: bool,
}

impl Change {
    pub(super) fn between(rules: &SourceRules, previous: &Snapshot, sighting: &Sighting<'_>) -> Self {
        let ticket = sighting.ticket;
        let status = previous.status != ticket.status;
        let assignee = previous.assignee != ticket.assignee;
        let is_ours = |edit: &&OwnEdit| is_own(edit, ticket, sighting.actor);
        let ours: Vec<&OwnEdit> = sighting.own_edits.iter().filter(is_ours).collect();
        let own_status = status && ours.iter().any(|edit| edit.status == ticket.status);
        let own_assignee =
            assignee && ours.iter().any(|edit| edit.assignee.is_some() && edit.assignee == ticket.assignee);
        let (was, is) = (previous.priority, ticket.priority);
        let louder = rules.priorities.treatment(is) < rules.priorities.treatment(was);
        Self {
            status: status && !own_status,
            queue: previous.queue != ticket.queue,
            raised: was != is && (louder || rules.priorities.is_raise(was, is)),
            assignee: assignee && !own_assignee,
            own: own_status || own_assignee,
        }
    }
}

/// Recognises our edit by resource and time; the state is compared by who asks. A rule of Autotask that edits the ticket right after
/// us hides our resource behind its own; somebody else (a person, another program) does not.
fn is_own(edit: &OwnEdit, ticket: &Ticket, actor: &Actor) -> bool {
    let by_us_or_hidden = match actor {
        Actor::Unknown => ticket.last_activity_resource.is_none_or(|id| edit.resource.is_none_or(|ours| ours == id)),
        Actor::System => true,
        Actor::ApiUser { id, .. } | Actor::Person { id, .. } => edit.resource == Some(*id),
        Actor::Contact { .. } => false,
    };
    let in_time = ticket.last_modified_at.is_none_or(|modified_at| {
        let late_s = modified_at.duration_since(edit.at).as_secs();
        (-OWN_EDIT_WITHIN_S.0..=OWN_EDIT_WITHIN_S.1).contains(&late_s)
    });
    by_us_or_hidden && in_time
}
