//! Snoozing: nobody is disturbed for a while. What its end does is in [`crate::escalation`].

use super::apply::rest;
use super::{Alert, Change, Status, Work};
use crate::timeline::Entry;
use jiff::Timestamp;

/// Nobody is disturbed until then; an alert that nobody has pages at its end.
pub(super) fn snooze(alert: &Alert, until: Timestamp, pages: bool) -> Change {
    let pages = pages || alert.status == Status::Pending;
    let edit = |edited: &mut Alert| {
        rest(edited);
        edited.snoozed_until = Some(until);
        edited.escalation.wake_at = Some(until);
        edited.progress.pages_on_wake = pages;
    };
    Change::of(alert, edit).stop_pages().log(Entry::Snoozed { until, pages }).follow([Work::Escalate { at: until }])
}
