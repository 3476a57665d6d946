//! What is due between the levels: hand-overs, the end of a snooze, and looking after an alert that somebody accepted.

use super::advance::{Advance, call_newcomers, go_on};
use super::{AfterAccept, Outlook, Policy, Resolved, Roster, Target, after};
use crate::alert::{Alert, Status, Update, give_to, return_to_pending};
use crate::ids::UserId;
use crate::limits;
use crate::timeline::Entry;
use jiff::Timestamp;

/// Who came on call while a level is unanswered is called as well; the level's time-out does not move.
pub(super) fn hand_over(done: &mut Advance, policy: &Policy, roster: &Roster, outlook: &Outlook, now: Timestamp) {
    let resolved = running(&done.alert, policy, roster);
    let newcomers = newcomers(&done.alert, &resolved, &outlook.paged);
    done.alert.escalation.wake_at = next_hand_over(&done.alert, &resolved, now);
    if !newcomers.is_empty() {
        call_newcomers(done, newcomers, roster, now);
    }
}

/// When an alert is looked at next while its level runs, after a schedule was changed: now where somebody is on call whom nobody
/// called, else at the next hand-over. `paged` are those whom the running level called.
pub fn looked_at_next(
    alert: &Alert,
    policy: &Policy,
    roster: &Roster,
    paged: &[UserId],
    now: Timestamp,
) -> Option<Timestamp> {
    let resolved = running(alert, policy, roster);
    match newcomers(alert, &resolved, paged).is_empty() {
        true => next_hand_over(alert, &resolved, now),
        false => Some(now),
    }
}

fn newcomers(alert: &Alert, resolved: &Resolved, paged: &[UserId]) -> Vec<UserId> {
    let is_new = |user: &&UserId| !paged.contains(user) && !alert.progress.accepted_by.contains(user);
    resolved.people.iter().filter(is_new).copied().collect()
}

fn next_hand_over(alert: &Alert, resolved: &Resolved, now: Timestamp) -> Option<Timestamp> {
    resolved.hand_over.filter(|at| *at > now && Some(*at) < alert.escalation.next_step_at)
}

/// Who is behind the running level: of one that takes turns, behind the target whose turn it is.
fn running(alert: &Alert, policy: &Policy, roster: &Roster) -> Resolved {
    let Some(level) = policy.level(alert.escalation.level) else { return Resolved::default() };
    let targets = level.targets();
    let turn = alert.progress.turn.and_then(|turn| usize::try_from(turn).ok()).and_then(|turn| targets.get(turn));
    match turn {
        Some(target) => roster.resolve(std::slice::from_ref::<Target>(target)),
        None => roster.resolve(&targets),
    }
}

/// The snooze is over. An alert that nobody has pages; of one that somebody has, the snooze said whether it does.
pub(super) fn end_snooze(done: &mut Advance, policy: &Policy, roster: &Roster, outlook: &Outlook, now: Timestamp) {
    let pages = done.alert.status == Status::Pending || done.alert.progress.pages_on_wake;
    done.alert.snoozed_until = None;
    done.entries.push(Entry::Woken { pages });
    if pages {
        let given_to = done.alert.progress.given_to;
        return_to_pending(&mut done.alert, now);
        given_to.into_iter().for_each(|user| give_to(&mut done.alert, user));
        return go_on(done, policy, roster, outlook, now);
    }
    done.tell = Some(Update::Woken);
    done.alert.progress.pages_on_wake = false;
    done.alert.progress.counts_from = Some(now);
    done.alert.escalation.wake_at = watch_at(&done.alert, policy);
}

/// When an accepted alert is looked after next; `None`: never, it is left to who has it.
pub fn watch_at(alert: &Alert, policy: &Policy) -> Option<Timestamp> {
    if alert.status != Status::Accepted || alert.snoozed_until.is_some() {
        return None;
    }
    [returns_at(alert, policy.after_accept), asks_at(alert, policy.after_accept)].into_iter().flatten().min()
}

/// From when the time-outs of an accept count.
fn counts_from(alert: &Alert) -> Option<Timestamp> {
    alert.progress.counts_from.or(alert.accepted_at)
}

/// When it returns to pending because it is not resolved.
fn returns_at(alert: &Alert, rules: AfterAccept) -> Option<Timestamp> {
    counts_from(alert).filter(|_| rules.timeout_s > 0).map(|from| after(from, rules.timeout_s))
}

/// When the responder is asked, or, once asked, when it pages again. Whoever accepted it in the outside tool alone cannot be asked.
fn asks_at(alert: &Alert, rules: AfterAccept) -> Option<Timestamp> {
    if rules.ask_after_s <= 0 || alert.progress.touched || alert.accepted_by.is_none() {
        return None;
    }
    let due = match alert.progress.asked_at {
        Some(asked) => Some(after(asked, rules.page_after_s)).filter(|_| rules.page_after_s > 0),
        None => counts_from(alert).map(|from| after(from, rules.ask_after_s)),
    };
    due.map(|due| look_of(alert).map_or(due, |look| due.max(after(look, limits::TICKET_LOOK_S))))
}

/// When the ticket was ordered to be read, since the responder was asked or else at all.
fn look_of(alert: &Alert) -> Option<Timestamp> {
    alert.progress.looked_at.filter(|look| Some(*look) > alert.progress.asked_at)
}

/// Whether what was done in the ticket is known: notes and time entries say so nowhere but in it.
fn knows_ticket(alert: &Alert) -> bool {
    alert.content.ticket.is_none() || look_of(alert).is_some()
}

/// Looks after an accepted alert: whether it took too long, or nobody touches it.
pub(super) fn look_after(done: &mut Advance, policy: &Policy, roster: &Roster, outlook: &Outlook, now: Timestamp) {
    let (rules, has_come) = (policy.after_accept, |at: Option<Timestamp>| at.is_some_and(|at| at <= now));
    if has_come(returns_at(&done.alert, rules)) {
        let reason = format!("accepted, and not resolved within {}", minutes(rules.timeout_s));
        return page_again(done, reason, policy, roster, outlook, now);
    }
    if has_come(asks_at(&done.alert, rules)) {
        let was_touched = outlook.touched_at >= counts_from(&done.alert);
        match (was_touched, done.alert.progress.asked_at) {
            (true, _) => done.alert.progress.touched = true,
            (false, _) if !knows_ticket(&done.alert) => {
                done.alert.progress.looked_at = Some(now);
                done.reads_ticket = true;
            }
            (false, None) => {
                done.alert.progress.asked_at = Some(now);
                done.entries.push(Entry::AskedResponder { after_s: rules.ask_after_s });
                done.tell = Some(Update::Untouched);
            }
            (false, Some(_)) => {
                let reason = format!(
                    "accepted, and nothing was done within {}",
                    minutes(rules.ask_after_s + rules.page_after_s)
                );
                return page_again(done, reason, policy, roster, outlook, now);
            }
        }
    }
    done.alert.escalation.wake_at = watch_at(&done.alert, policy);
}

fn page_again(done: &mut Advance, reason: String, policy: &Policy, roster: &Roster, outlook: &Outlook, now: Timestamp) {
    done.entries.push(Entry::Unaccepted { reason });
    return_to_pending(&mut done.alert, now);
    go_on(done, policy, roster, outlook, now);
}

fn minutes(seconds: i64) -> String {
    match seconds / 60 {
        1 => "1 minute".into(),
        minutes => format!("{minutes} minutes"),
    }
}
