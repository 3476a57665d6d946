//! What follows when a page has failed for good.

use super::goes_out;
use crate::alert::{Alert, Status};
use crate::timeline::Entry;
use jiff::Timestamp;

/// What the notifications of a level say together, counted after one of them failed for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LevelCount {
    /// Of the level: planned, on their way, sent, delivered or waiting in a summary.
    pub alive: i64,
    /// The newest pass of which one is planned, on its way or waiting in a summary.
    pub under_way_of: Option<i64>,
}

/// What follows when a page has failed for good: where none of its level is left, the next step is due at once.
/// After the last level that step finds nobody, and says so. `None`: others may still reach somebody, or it is snoozed.
pub fn after_failed_page(
    alert: &Alert,
    pass: i64,
    level: i64,
    count: LevelCount,
    now: Timestamp,
) -> Option<(Alert, Entry)> {
    let escalation = &alert.escalation;
    let current = (escalation.pass, escalation.level) == (pass, level);
    let level_is_lost = current && count.alive == 0;
    // The last hope of an escalation that ended while messages of earlier levels were under way.
    let is_under_way = count.under_way_of.is_some_and(|pass| goes_out(pass, escalation.first_pass, escalation.pass));
    let all_is_lost = escalation.next_step_at.is_none() && alert.notified_at.is_none() && !is_under_way;
    let waits = alert.status == Status::Pending && alert.snoozed_until.is_none();
    if !waits || !(level_is_lost || all_is_lost) {
        return None;
    }
    let mut after = alert.clone();
    after.version += 1;
    after.escalation.next_step_at = Some(escalation.next_step_at.map_or(now, |at| at.min(now)));
    Some((after, Entry::LevelUnreachable { pass, level }))
}
