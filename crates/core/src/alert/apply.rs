//! What a happening does to an alert: the state machine. Total, so the compiler lists what a new state or happening leaves out.

use super::accepts::{accept, accept_too, give_to, return_to_pending, touch, unaccept};
use super::snooze::snooze;
use super::{Alert, Assignee, Change, Happening, Priority, Status, TicketNews, Update, Work};
use crate::escalation::Progress;
use crate::event::{Content, Event, EventType, TicketRef};
use crate::grouping::Grouping;
use crate::timeline::{Actor, Entry};
use jiff::Timestamp;

/// What a happening does to an alert, done by `by` at `now`. One that no longer applies changes nothing and says so.
pub fn apply(alert: &Alert, happening: &Happening, by: &Actor, now: Timestamp, mode: Grouping) -> Change {
    use Status::{Accepted, Pending, Resolved};
    match (alert.status, happening) {
        (_, Happening::Event(event)) => apply_event(alert, event, by, now, mode),
        (Pending, Happening::Accepted) => accept(alert, by, now, mode),
        (Accepted, Happening::Accepted) => accept_too(alert, by),
        (Pending | Accepted, Happening::Snoozed { until, pages }) => snooze(alert, *until, *pages),
        (Accepted, Happening::Unaccepted { reason }) => unaccept(alert, reason, now),
        (Pending, Happening::Unaccepted { .. }) => Change::none(alert),
        (Pending | Accepted, Happening::Resolved { reason }) => resolve(alert, reason.clone(), by, now),
        (Pending | Accepted, Happening::ResolvedAndCompleted { resolution }) => {
            completing(resolve(alert, None, by, now), resolution)
        }
        (Pending | Accepted, Happening::Reassigned(to)) => reassign(alert, *to, now),
        (Pending | Accepted, Happening::EscalatedNow) => escalate_now(alert, now),
        (Pending | Accepted, Happening::Raised) => raise(alert, by, now),
        (_, Happening::Commented { text, author }) => {
            let said = Entry::Comment { text: text.clone(), author: author.clone() };
            Change::none(alert).log(said).follow([Work::WriteBack(TicketNews::Commented { text: text.clone() })])
        }
        (_, Happening::ResponderAdded(user)) => Change::none(alert).log(Entry::ResponderAdded { user: *user }),
        (_, Happening::ResponderRemoved(user)) => Change::none(alert).log(Entry::ResponderRemoved { user: *user }),
        (Pending | Accepted, Happening::Told { text }) => {
            Change::none(alert).log(Entry::Told { text: text.clone() }).follow([Work::Tell { update: Update::Told }])
        }
        (Accepted, Happening::TicketTouched { at }) => touch(alert, *at),
        (Pending | Resolved, Happening::TicketTouched { .. }) => Change::none(alert),
        (_, Happening::Refreshed { summary, details, content }) => refresh(alert, summary, details, content),
        (_, Happening::TicketLinked { ticket, customer }) => link(alert, ticket, customer.as_deref()),
        (Resolved, Happening::Accepted) => too_late(alert, "accept"),
        (Resolved, Happening::Unaccepted { .. }) => too_late(alert, "return to pending"),
        (Resolved, Happening::Resolved { .. }) => Change::none(alert),
        // The alert is over, its ticket need not be.
        (Resolved, Happening::ResolvedAndCompleted { resolution }) => completing(Change::none(alert), resolution),
        (Resolved, Happening::Reassigned(_)) => too_late(alert, "reassign"),
        (Resolved, Happening::EscalatedNow) => too_late(alert, "escalate"),
        (Resolved, Happening::Raised) => too_late(alert, "raise"),
        (Resolved, Happening::Snoozed { .. }) => too_late(alert, "snooze"),
        (Resolved, Happening::Told { text }) => Change::none(alert).log(Entry::Told { text: text.clone() }),
    }
}

fn apply_event(alert: &Alert, event: &Event, by: &Actor, now: Timestamp, mode: Grouping) -> Change {
    let seen = |edited: &mut Alert| {
        edited.event_count += 1;
        edited.last_event_at = now;
    };
    let mut counted = Change::of(alert, seen);
    let then = match event.kind {
        EventType::Alert => None,
        EventType::Accept => Some(Happening::Accepted),
        EventType::Resolve => Some(Happening::Resolved { reason: None }),
        EventType::Comment => {
            let text = if event.summary.is_empty() { event.details.clone() } else { event.summary.clone() };
            (!text.is_empty()).then_some(Happening::Commented { text, author: None })
        }
    };
    for (author, text) in &event.comments {
        counted.entries.push(Entry::Comment { text: text.clone(), author: Some(author.clone()) });
    }
    match then {
        None if has_ticket_by_action(alert) => counted.follow([Work::WriteBack(TicketNews::Repeated)]),
        None => counted,
        Some(happening) => {
            let mut change = apply(&counted.alert, &happening, by, now, mode);
            change.entries.splice(0..0, counted.entries);
            change
        }
    }
}

fn resolve(alert: &Alert, reason: Option<String>, by: &Actor, now: Timestamp) -> Change {
    let edit = |edited: &mut Alert| {
        edited.status = Status::Resolved;
        edited.resolved_at = Some(now);
        edited.resolved_by_person = by.user().is_some();
        edited.group_key = None;
        edited.raise_at = None;
        rest(edited);
    };
    Change::of(alert, edit).stop_pages().log(Entry::Resolved { reason }).follow([
        Work::Tell { update: Update::Resolved },
        Work::WriteBack(TicketNews::Resolved { complete: false, resolution: None }),
    ])
}

/// The same change, with the ticket completed.
fn completing(mut change: Change, resolution: &Option<String>) -> Change {
    change.work.retain(|work| !matches!(work, Work::WriteBack(_)));
    let said = resolution.iter().map(|text| Entry::Comment { text: text.clone(), author: None });
    let change = said.fold(change, Change::log);
    change.follow([Work::WriteBack(TicketNews::Resolved { complete: true, resolution: resolution.clone() })])
}

fn reassign(alert: &Alert, to: Assignee, now: Timestamp) -> Change {
    let at = match to {
        Assignee::User(_) => now,
        Assignee::Policy { delay_s, .. } => now + jiff::SignedDuration::from_secs(delay_s),
    };
    let edit = |edited: &mut Alert| {
        return_to_pending(edited, at);
        match to {
            Assignee::User(user) => give_to(edited, user),
            Assignee::Policy { id, version, .. } => {
                (edited.escalation.policy, edited.escalation.version) = (id, version)
            }
        }
    };
    let entry = match to {
        Assignee::User(user) => Entry::ReassignedToUser { user },
        Assignee::Policy { id, .. } => Entry::ReassignedToPolicy { policy: id },
    };
    let told = Work::WriteBack(TicketNews::Reassigned { to });
    Change::of(alert, edit).stop_pages().log(entry).follow([Work::Escalate { at }, told])
}

/// The next level, also of an accepted alert, which goes back to pending; see [`crate::escalation::advance`] for the end.
fn escalate_now(alert: &Alert, now: Timestamp) -> Change {
    let edit = |edited: &mut Alert| {
        edited.status = Status::Pending;
        edited.accepted_at = None;
        edited.accepted_by = None;
        (edited.notified_at, edited.nobody_notified_at) = (None, None);
        edited.progress = Progress::default();
        rest(edited);
        edited.escalation.next_step_at = Some(now);
        // A person who asks for more is never told "that was all": after the last level the passes start anew, and a quiet alert
        // is quiet no longer.
        edited.escalation.first_pass = edited.escalation.pass + 1;
        (edited.priority, edited.raise_at) = (Priority::High, None);
    };
    let raised = (alert.priority == Priority::Low).then_some(Entry::Raised);
    raised.into_iter().fold(Change::of(alert, edit).log(Entry::EscalatedNow), Change::log).follow([
        Work::Escalate { at: now },
        Work::Tell { update: Update::Escalated },
        Work::WriteBack(TicketNews::Escalated),
    ])
}

/// A person who raises a held alert wants pages; a tool or a border raises it for the time when it is held no more.
fn raise(alert: &Alert, by: &Actor, now: Timestamp) -> Change {
    match (alert.priority, alert.status) {
        (Priority::High, _) if alert.held.is_none() || by.user().is_none() => Change::none(alert),
        (_, Status::Pending) if alert.held.is_none() || by.user().is_some() => {
            let edit = |edited: &mut Alert| {
                (edited.priority, edited.raise_at) = (Priority::High, None);
                begin_anew(edited, now);
            };
            Change::of(alert, edit).stop_pages().log(Entry::Raised).follow([Work::Escalate { at: now }])
        }
        _ => {
            let edit = |edited: &mut Alert| (edited.priority, edited.raise_at) = (Priority::High, None);
            Change::of(alert, edit).log(Entry::Raised)
        }
    }
}

fn has_ticket_by_action(alert: &Alert) -> bool {
    alert.content.ticket.as_ref().is_some_and(|ticket| ticket.action.is_some())
}

/// An alert has one ticket: another one changes nothing.
fn link(alert: &Alert, ticket: &TicketRef, customer: Option<&str>) -> Change {
    if alert.content.ticket.as_ref().is_some_and(|known| known.id != ticket.id || known == ticket) {
        return Change::none(alert);
    }
    Change::of(alert, |edited| {
        let url = edited.content.ticket.as_ref().and_then(|known| known.url.clone());
        edited.content.ticket = Some(TicketRef { url: ticket.url.clone().or(url), ..ticket.clone() });
        if edited.content.customer.is_none() {
            edited.content.customer = customer.map(str::to_owned);
        }
    })
}

fn refresh(alert: &Alert, summary: &str, details: &str, content: &Content) -> Change {
    if alert.summary == summary && alert.details == details && &alert.content == content {
        return Change::none(alert);
    }
    Change::of(alert, |edited| {
        edited.summary = summary.into();
        edited.details = details.into();
        edited.content = content.clone();
    })
}

/// Nothing is due any more.
pub(super) fn rest(alert: &mut Alert) {
    (alert.snoozed_until, alert.held) = (None, None);
    (alert.escalation.next_step_at, alert.escalation.wake_at, alert.escalation.direct) = (None, None, None);
}

/// Somebody wants people to be called: whether they can be reached is to be seen again.
pub(super) fn begin_anew(alert: &mut Alert, at: Timestamp) {
    (alert.notified_at, alert.nobody_notified_at) = (None, None);
    (alert.progress, alert.snoozed_until, alert.held) = (Progress::default(), None, None);
    alert.escalation.restart(at);
}

fn too_late(alert: &Alert, what: &str) -> Change {
    Change::none(alert).log(Entry::TooLate { what: what.into() })
}
