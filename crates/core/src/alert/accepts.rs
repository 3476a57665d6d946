//! Accepting: somebody has the alert, one of several who have to, or nobody any more.

use super::apply::{begin_anew, rest};
use super::{Alert, Change, Status, TicketNews, Update, Work};
use crate::escalation::Progress;
use crate::grouping::Grouping;
use crate::ids::UserId;
use crate::timeline::{Actor, Entry};
use jiff::Timestamp;

pub(super) fn accept(alert: &Alert, by: &Actor, now: Timestamp, mode: Grouping) -> Change {
    let mut accepted = alert.clone();
    if let Some(user) = by.user().filter(|user| !alert.progress.accepted_by.contains(user)) {
        accepted.progress.accepted_by.push(user);
    }
    // What the outside tool says about its own ticket counts for everybody.
    if by.user().is_some() && accepted.progress.needs_more() {
        return accept_partly(alert, accepted, by);
    }
    let edit = |edited: &mut Alert| {
        edited.status = Status::Accepted;
        edited.accepted_at = Some(now);
        edited.accepted_by = by.user();
        edited.progress = Progress { accepted_by: accepted.progress.accepted_by, ..Progress::default() };
        rest(edited);
        if mode == Grouping::OnePending {
            edited.group_key = edited.key.as_deref().map(|key| format!("k:{}", crate::text::fold(key)));
        }
    };
    Change::of(alert, edit)
        .stop_pages()
        .log(Entry::Accepted)
        .follow([Work::Tell { update: Update::Accepted }, Work::WriteBack(TicketNews::Accepted)])
}

/// One of several who have to accept: their own pages stop, the escalation goes on. The same one again changes nothing.
fn accept_partly(before: &Alert, after: Alert, by: &Actor) -> Change {
    if before.progress.accepted_by == after.progress.accepted_by {
        return Change::none(before);
    }
    let count = i64::try_from(after.progress.accepted_by.len()).unwrap_or(i64::MAX);
    let entry = Entry::AcceptedPartly { count, needed: after.progress.accepts_needed };
    let mut change = Change::of(before, |edited| edited.progress = after.progress).log(entry);
    change.cancel_pages_of = by.user();
    change
}

/// A second person may accept as well: both are responders, nothing else changes. The same one again changes nothing.
pub(super) fn accept_too(alert: &Alert, by: &Actor) -> Change {
    let is_new = by.user().is_some_and(|user| alert.accepted_by != Some(user));
    if !is_new && alert.snoozed_until.is_none() {
        return Change::none(alert);
    }
    let edit = |edited: &mut Alert| {
        edited.snoozed_until = None;
        let accepted_by = &mut edited.progress.accepted_by;
        accepted_by.extend(by.user().filter(|user| !accepted_by.contains(user)));
    };
    Change::of(alert, edit).log(Entry::Accepted)
}

pub(super) fn unaccept(alert: &Alert, reason: &str, now: Timestamp) -> Change {
    let edit = |edited: &mut Alert| return_to_pending(edited, now);
    Change::of(alert, edit).log(Entry::Unaccepted { reason: reason.into() }).follow([Work::Escalate { at: now }])
}

/// Who has it does something about it, so they need not be asked. Said once; what was done before the accept does not count.
pub(super) fn touch(alert: &Alert, at: Option<Timestamp>) -> Change {
    if alert.progress.touched || at.is_some_and(|at| Some(at) < alert.accepted_at) {
        return Change::none(alert);
    }
    Change::of(alert, |edited| edited.progress.touched = true).log(Entry::TicketTouched)
}

/// Nobody has it any more: it pages from the first level, in a new pass.
pub(crate) fn return_to_pending(alert: &mut Alert, at: Timestamp) {
    alert.status = Status::Pending;
    alert.accepted_at = None;
    alert.accepted_by = None;
    begin_anew(alert, at);
}

/// That person is paged before the policy begins.
pub(crate) fn give_to(alert: &mut Alert, user: UserId) {
    (alert.escalation.direct, alert.progress.given_to) = (Some(user), Some(user));
}
