//! A ticket with an open alert: the alert follows it, wherever it goes.

use super::change::Freshness;
use super::decide::{Case, Decision};
use super::effect::{Effect, Trigger};
use super::opening::gate;
use super::priority_table::Treatment;
use super::sighting::AlertView;
use super::source_rules::LeavingFilter;
use super::status_table::Cell;
use super::verdict::{Reason, ResolveReason, Verdict};
use crate::alert::{Priority, Status};

pub(super) fn follow(case: &Case<'_>, alert: AlertView) -> Decision {
    if case.freshness == Freshness::Same && !alert.opened_unread {
        return close(case, Vec::new(), Verdict::Unchanged);
    }
    if let Some(reason) = resolve_reason(case, alert) {
        return resolve(case, reason);
    }
    let mut effects = vec![Effect::Refresh];
    let (step, mut verdict) = step(case, alert);
    effects.extend(step);
    if is_touched(case, alert) {
        effects.push(Effect::Touched { by: case.sighting.actor.clone() });
    }
    if is_raise(case, alert) {
        effects.push(Effect::Raise);
        verdict = verdict.or(Some(Verdict::Raised));
    }
    let verdict = verdict.or_else(|| left_filter(case)).unwrap_or_else(|| quiet_verdict(case));
    close(case, effects, verdict)
}

fn close(case: &Case<'_>, effects: Vec<Effect>, verdict: Verdict) -> Decision {
    let snapshot = case.snapshot(true, None, &verdict);
    Decision { effects, snapshot, verdict }
}

fn resolve(case: &Case<'_>, reason: ResolveReason) -> Decision {
    let mut effects = vec![Effect::Refresh, Effect::Resolve { reason: reason.clone() }];
    if let ResolveReason::MergedInto { number } = &reason {
        effects.push(Effect::FollowMerge { number: number.clone() });
    }
    let verdict = Verdict::Resolved { reason };
    let snapshot = case.snapshot(false, None, &verdict);
    Decision { effects, snapshot, verdict }
}

/// Why the alert is over. A status that ends it does so whenever it is seen, also when the edit was our own: an alert that
/// stays open on a completed ticket helps nobody.
fn resolve_reason(case: &Case<'_>, alert: AlertView) -> Option<ResolveReason> {
    let ticket = case.sighting.ticket;
    let cells = case.rules.statuses.cells(ticket.status);
    let cell = if alert.status == Status::Accepted { cells.accepted } else { cells.pending };
    if cell == Cell::Resolve {
        let completed = || ResolveReason::Completed { status: ticket.status, by: case.sighting.actor.clone() };
        let merged = case.sighting.merged_into.map(|number| ResolveReason::MergedInto { number: number.to_owned() });
        return Some(merged.unwrap_or_else(completed));
    }
    would_not_have_opened(case, alert).or_else(|| resolves_by_leaving(case))
}

/// An alert that opened without its ticket having been read is looked at again once it was.
fn would_not_have_opened(case: &Case<'_>, alert: AlertView) -> Option<ResolveReason> {
    if !alert.opened_unread {
        return None;
    }
    let trigger = if case.previous.is_none() { Trigger::FirstSeen } else { Trigger::NotReadable };
    match gate(case, trigger) {
        // A poll reads the ticket as well as the callout that opened the alert does.
        Ok(_) | Err(Reason::NoCallout) => None,
        Err(because) => Some(ResolveReason::WouldNotHaveOpened { because: Box::new(because) }),
    }
}

fn resolves_by_leaving(case: &Case<'_>) -> Option<ResolveReason> {
    match (case.rules.leaving_filter, left_filter(case)) {
        (LeavingFilter::Resolve, Some(Verdict::LeftFilter { miss })) => Some(ResolveReason::LeftFilter { miss }),
        _ => None,
    }
}

/// Said once, when it happens; not when our own edit took the ticket out.
fn left_filter(case: &Case<'_>) -> Option<Verdict> {
    let was_in = case.previous.is_some_and(|previous| previous.in_filter) && !case.change.own;
    case.filter.as_ref().err().filter(|_| was_in).map(|miss| Verdict::LeftFilter { miss: miss.clone() })
}

/// What the new status or the new assignee does. Calling more people goes before accepting: somebody who escalates and assigns
/// at once wants help.
fn step(case: &Case<'_>, alert: AlertView) -> (Option<Effect>, Option<Verdict>) {
    let ticket = case.sighting.ticket;
    let by = case.sighting.actor.clone();
    let cells = case.rules.statuses.cells(ticket.status);
    let cell = match (case.change.status, alert.status) {
        (false, _) => Cell::Nothing,
        (true, Status::Accepted) => cells.accepted,
        (true, _) => cells.pending,
    };
    match cell {
        Cell::NextLevel => (Some(Effect::NextLevel { by }), Some(Verdict::NextLevel)),
        Cell::TellResponder if !accepts_by_assignment(case, alert) => {
            (Some(Effect::TellResponder { status: ticket.status, by }), Some(Verdict::ToldResponder))
        }
        Cell::Accept if alert.status == Status::Pending => accept(case),
        _ if case.change.assignee && ticket.assignee.is_some() && alert.status == Status::Pending => accept(case),
        Cell::Accept | Cell::TellResponder | Cell::Nothing | Cell::Open | Cell::OpenUnlessAssigned | Cell::Resolve => {
            (None, None)
        }
    }
}

fn accepts_by_assignment(case: &Case<'_>, alert: AlertView) -> bool {
    case.change.assignee && case.sighting.ticket.assignee.is_some() && alert.status == Status::Pending && case.counts()
}

fn accept(case: &Case<'_>) -> (Option<Effect>, Option<Verdict>) {
    let by = case.sighting.actor.clone();
    if !case.counts() {
        return (None, Some(Verdict::AcceptNotCounted { by }));
    }
    let responder = case.sighting.ticket.assignee.filter(|_| case.change.assignee);
    (Some(Effect::Accept { by: by.clone(), responder }), Some(Verdict::Accepted { by }))
}

/// Whether somebody who works on tickets did something about one that is accepted: changed it, wrote a note, booked time. What a
/// program, a rule or the customer does shows nobody at work.
fn is_touched(case: &Case<'_>, alert: AlertView) -> bool {
    let (change, ticket) = (&case.change, case.sighting.ticket);
    let is_active = case.previous.is_some_and(|previous| ticket.last_activity_at > previous.activity_at);
    let is_moved = change.status || change.queue || change.assignee;
    alert.status == Status::Accepted && case.sighting.actor.is_person() && !change.own && (is_moved || is_active)
}

/// Lowering never stops a page in progress, so only raises are asked about.
fn is_raise(case: &Case<'_>, alert: AlertView) -> bool {
    let treatment = case.rules.priorities.treatment(case.sighting.ticket.priority);
    case.change.raised && treatment == Treatment::Page && alert.priority == Priority::Low
}

fn quiet_verdict(case: &Case<'_>) -> Verdict {
    let change = &case.change;
    if change.own {
        Verdict::OwnEdit
    } else if change.status || change.queue || change.raised || change.assignee || case.previous.is_none() {
        Verdict::Followed
    } else {
        Verdict::Unchanged
    }
}
