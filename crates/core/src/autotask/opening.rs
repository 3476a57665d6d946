//! A ticket without an open alert: whether this sight opens one, and how loud.

use super::change::Freshness;
use super::decide::{Case, Decision};
use super::effect::{Effect, Manner, Opening, Trigger};
use super::priority_table::Treatment;
use super::sighting::Way;
use super::source_rules::{SourceRules, Which};
use super::status_table::Cell;
use super::verdict::{Reason, Verdict};
use crate::alert::Status;

/// A change older than this opens quietly, in one summary: Watchbell or Autotask was away, and the night it belonged to is over.
const OLD_NEWS_S: i64 = 30 * 60;

pub(super) fn consider(case: &Case<'_>) -> Decision {
    if case.is_baseline() {
        return close(case, Vec::new(), None, Verdict::Recorded);
    }
    let Some(trigger) = trigger(case) else {
        let verdict = if case.change.own { Verdict::OwnEdit } else { Verdict::Unchanged };
        let still_awaited = case.previous.and_then(|previous| previous.awaits_callout);
        return close(case, Vec::new(), still_awaited, verdict);
    };
    match gate(case, trigger) {
        Ok(manner) => {
            let policy = case.rules.routing.policy(case.sighting.ticket);
            if watches_only(case.rules, trigger) {
                return close(
                    case,
                    Vec::new(),
                    None,
                    Verdict::NotPaged { reason: Reason::WatchOnly { manner, policy } },
                );
            }
            close(case, vec![Effect::Open(Opening { manner, trigger, policy })], None, opened(manner))
        }
        Err(reason) => {
            let awaited = (reason == Reason::NoCallout).then_some(trigger);
            close(case, Vec::new(), awaited, Verdict::NotPaged { reason })
        }
    }
}

/// A merge is no new alert: that of the other ticket would be lost in it.
pub(super) fn watches_only(rules: &SourceRules, trigger: Trigger) -> bool {
    rules.watch_only && trigger != Trigger::MergedInto
}

fn close(case: &Case<'_>, effects: Vec<Effect>, awaits_callout: Option<Trigger>, verdict: Verdict) -> Decision {
    let snapshot = case.snapshot(!effects.is_empty(), awaits_callout, &verdict);
    Decision { effects, snapshot, verdict }
}

fn opened(manner: Manner) -> Verdict {
    match manner {
        Manner::Page => Verdict::Opened,
        Manner::Quiet => Verdict::OpenedQuietly,
        Manner::Summary => Verdict::OpenedInSummary,
    }
}

/// What makes the ticket act; `None` when nothing that counts has changed.
fn trigger(case: &Case<'_>) -> Option<Trigger> {
    let way = case.sighting.way;
    let Some(previous) = case.previous else {
        return Some(match way {
            Way::MergeDestination => Trigger::MergedInto,
            // Those that were open then are remembered: this one was over, and is not any more.
            _ if is_older_than_source(case) && case.sighting.open_ones_known => Trigger::BecameStatus,
            _ => Trigger::FirstSeen,
        });
    };
    let change = &case.change;
    let awaited = previous.awaits_callout.filter(|_| matches!(way, Way::Callout { .. }));
    if way == Way::MergeDestination {
        Some(Trigger::MergedInto)
    } else if change.status {
        Some(Trigger::BecameStatus)
    } else if case.freshness == Freshness::Same {
        awaited
    } else if case.filter.is_ok() && !previous.in_filter && !change.own {
        Some(Trigger::CameIntoFilter)
    } else if change.queue || change.raised || change.assignee {
        Some(Trigger::Changed)
    } else {
        awaited
    }
}

/// Whether a ticket that acts opens an alert, and how loud; the error says why not. Asked in the order in which people would.
pub(super) fn gate(case: &Case<'_>, trigger: Trigger) -> Result<Manner, Reason> {
    let ticket = case.sighting.ticket;
    if case.sighting.made_by_action {
        return Err(Reason::MadeByAction);
    }
    if let Err(miss) = &case.filter {
        return Err(Reason::Filter { miss: miss.clone() });
    }
    if trigger == Trigger::FirstSeen && is_older_than_source(case) {
        return Err(Reason::OlderThanSource);
    }
    ask_status(case, trigger)?;
    ask_persons(case, trigger)?;
    let treatment = case.rules.priorities.treatment(ticket.priority);
    if treatment == Treatment::NoAlert {
        return Err(Reason::Priority { priority: ticket.priority });
    }
    if !may_open(case) {
        return Err(Reason::NoCallout);
    }
    Ok(manner(case, treatment))
}

fn is_older_than_source(case: &Case<'_>) -> bool {
    case.sighting.ticket.created_at.is_some_and(|at| at < case.sighting.source_made_at)
}

fn ask_status(case: &Case<'_>, trigger: Trigger) -> Result<(), Reason> {
    let ticket = case.sighting.ticket;
    let cells = case.rules.statuses.cells(ticket.status);
    let cell = if trigger == Trigger::FirstSeen { cells.first_seen } else { cells.became };
    match (cell, ticket.assignee) {
        (Cell::Open, _) | (Cell::OpenUnlessAssigned, None) => Ok(()),
        (Cell::OpenUnlessAssigned, Some(to)) => Err(Reason::Assigned { to }),
        (Cell::Accept | Cell::NextLevel | Cell::Resolve | Cell::TellResponder | Cell::Nothing, _) => {
            Err(Reason::Status { status: ticket.status })
        }
    }
}

/// A person who resolved the alert has dealt with the ticket until its status has left the open class and come back; one who gave
/// it to somebody, until somebody asks for help (Escalate). Neither stands in the way of a merge: the other ticket's alert would be
/// lost in it.
fn ask_persons(case: &Case<'_>, trigger: Trigger) -> Result<(), Reason> {
    if trigger == Trigger::MergedInto {
        return Ok(());
    }
    if case.alert.is_some_and(|alert| alert.resolved_by_person) && !case.has_left_open_class() {
        return Err(Reason::ResolvedByPerson);
    }
    let asks_for_help = case.rules.statuses.cells(case.sighting.ticket.status).asks_for_help();
    match case.taken_by().filter(|to| is_at_work(case, trigger, *to)) {
        Some(_) if trigger == Trigger::BecameStatus && asks_for_help => Ok(()),
        Some(to) => Err(Reason::AssignedByPerson { to }),
        None => Ok(()),
    }
}

/// A new status is the assignee's own doing, or came with the assignment; one that others set asks the table.
fn is_at_work(case: &Case<'_>, trigger: Trigger, assignee: i64) -> bool {
    let by_assignee = case.sighting.actor.resource() == Some(assignee);
    trigger != Trigger::BecameStatus || by_assignee || case.change.assignee
}

fn may_open(case: &Case<'_>) -> bool {
    match (case.sighting.way, case.rules.which) {
        (Way::Callout { .. } | Way::MergeDestination, _) | (Way::Poll, Which::AllFilteredHere) => true,
        (Way::Poll, Which::PickedByWorkflowRule) | (Way::Baseline, _) => false,
    }
}

fn manner(case: &Case<'_>, treatment: Treatment) -> Manner {
    let sighting = case.sighting;
    let happened_at = match sighting.way {
        Way::MergeDestination => None,
        Way::Callout { received_at } => sighting.ticket.changed_at().max(Some(received_at)),
        Way::Poll | Way::Baseline => sighting.ticket.changed_at(),
    };
    let is_old = happened_at.is_some_and(|at| sighting.now.duration_since(at).as_secs() > OLD_NEWS_S);
    // Nobody took the shared alert that stood for it: somebody must still be woken.
    let is_owed = sighting.waited_in_shared == Some(Status::Pending);
    match treatment {
        Treatment::Page if is_owed || !is_old => Manner::Page,
        Treatment::Quiet if !is_old => Manner::Quiet,
        Treatment::Page | Treatment::Quiet | Treatment::NoAlert => Manner::Summary,
    }
}
