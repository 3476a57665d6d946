//! The next step of an escalation: which level starts, who of it is paged, and what to say when nobody can be.

use crate::alert::{Alert, Priority, Status};
use crate::ids::{PolicyId, UserId};
use crate::limits;
use crate::notify::{self, Planned};
use crate::timeline::Entry;
use crate::user::Recipient;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// One level of a policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Level {
    /// How long it may stay silent, in seconds.
    pub timeout_s: i64,
    /// Who is paged.
    pub users: Vec<UserId>,
}

/// One version of a policy; immutable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// Which.
    pub id: PolicyId,
    /// Which version.
    pub version: i64,
    /// In order.
    pub levels: Vec<Level>,
    /// How many times through the levels, 1 to 9.
    pub passes: i64,
    /// Seconds before the first page.
    pub delay_s: i64,
}

/// Messages of one level, with where they belong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Which pass.
    pub pass: i64,
    /// Which level; -1 for a person whom the alert was given to.
    pub level: i64,
    /// What goes out.
    pub planned: Planned,
}

/// What a step did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advance {
    /// The alert afterwards.
    pub alert: Alert,
    /// What goes out.
    pub pages: Vec<Page>,
    /// What the timeline says.
    pub entries: Vec<Entry>,
}

/// What became of the messages of an alert so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outlook {
    /// There are none.
    Nothing,
    /// Some may still reach somebody.
    UnderWay,
    /// None is under way any more, and some failed for good.
    Failed,
}

/// Where a step leads.
enum Next {
    Direct(UserId),
    Level { pass: i64, level: i64 },
    End,
}

/// Time-out of a person whom the alert was given to, where the policy has no level to take it from, in seconds.
const DIRECT_TIMEOUT_S: i64 = 15 * 60;

/// Does what is due: starts the next level whose targets can be reached. Levels without anyone fall through at once.
/// `recipients` are those of all targets of the policy and of the person it was given to; whoever is missing cannot be paged.
/// `outlook` says what became of the messages so far.
pub fn advance(alert: &Alert, policy: &Policy, recipients: &[Recipient], outlook: Outlook, now: Timestamp) -> Advance {
    let mut done = Advance { alert: alert.clone(), pages: Vec::new(), entries: Vec::new() };
    if alert.status != Status::Pending || alert.escalation.next_step_at.is_none_or(|at| at > now) {
        return done;
    }
    done.alert.version += 1;
    // A whole pass without anyone says it all: the other passes would only repeat it.
    let mut steps_left = policy.levels.len() + 1;
    while done.pages.is_empty() {
        let step = if steps_left == 0 { Next::End } else { next(&done.alert, policy) };
        steps_left = steps_left.saturating_sub(1);
        match step {
            Next::Direct(user) => start(&mut done, policy, &[user], recipients, None, now),
            Next::Level { pass, level } => {
                let users = users_of(policy, level);
                start(&mut done, policy, &users, recipients, Some((pass, level)), now);
            }
            Next::End => {
                end(&mut done, outlook, now);
                break;
            }
        }
    }
    let escalation = &mut done.alert.escalation;
    escalation.first_pass = escalation.first_pass.min(escalation.pass);
    done
}

/// Who is paged when the escalation of an alert goes on: the level (none for a person whom the alert was given to), and its
/// people. `None`: nothing is to come.
pub fn upcoming(alert: &Alert, policy: &Policy) -> Option<(Option<i64>, Vec<UserId>)> {
    if alert.status != Status::Pending || alert.escalation.next_step_at.is_none() {
        return None;
    }
    match next(alert, policy) {
        Next::Direct(user) => Some((None, vec![user])),
        Next::Level { level, .. } => Some((Some(level), users_of(policy, level))),
        Next::End => None,
    }
}

fn next(alert: &Alert, policy: &Policy) -> Next {
    let escalation = &alert.escalation;
    let levels = i64::try_from(policy.levels.len()).unwrap_or(i64::MAX);
    let (level, passes_done) = (escalation.level + 1, escalation.pass - escalation.first_pass + 1);
    if let Some(user) = escalation.direct {
        return Next::Direct(user);
    }
    match alert.priority {
        Priority::Low if escalation.level >= 0 => Next::End,
        _ if level < levels => Next::Level { pass: escalation.pass, level },
        Priority::High if levels > 0 && passes_done < policy.passes => {
            Next::Level { pass: escalation.pass + 1, level: 0 }
        }
        _ => Next::End,
    }
}

fn users_of(policy: &Policy, level: i64) -> Vec<UserId> {
    let level = usize::try_from(level).ok().and_then(|level| policy.levels.get(level));
    level.map(|level| level.users.clone()).unwrap_or_default()
}

fn start(
    done: &mut Advance,
    policy: &Policy,
    users: &[UserId],
    recipients: &[Recipient],
    to: Option<(i64, i64)>,
    now: Timestamp,
) {
    let targets: Vec<Recipient> = recipients.iter().filter(|r| users.contains(&r.user)).cloned().collect();
    let (planned, mut unreachable) = notify::plan_level(&targets, done.alert.priority, now);
    unreachable.extend(users.iter().filter(|user| !targets.iter().any(|t| t.user == **user)));
    let (pass, level) = to.unwrap_or((done.alert.escalation.pass, -1));
    let timeout_s =
        usize::try_from(level.max(0)).ok().and_then(|l| policy.levels.get(l)).map_or(DIRECT_TIMEOUT_S, |l| l.timeout_s);
    let escalation = &mut done.alert.escalation;
    (escalation.pass, escalation.level, escalation.direct) = (pass, level, None);
    escalation.next_step_at = Some(now.saturating_add(SignedDuration::from_secs(timeout_s)).unwrap_or(Timestamp::MAX));
    done.entries.push(match planned.is_empty() {
        true => Entry::LevelEmpty { pass, level, unreachable },
        false => Entry::LevelStarted { pass, level, users: users.to_vec(), unreachable },
    });
    done.pages.extend(planned.into_iter().map(|planned| Page { pass, level, planned }));
}

fn end(done: &mut Advance, outlook: Outlook, now: Timestamp) {
    done.alert.escalation.next_step_at = None;
    done.entries.push(Entry::EscalationEnded);
    // What is under way may reach somebody; if it fails, the end is looked at again.
    if outlook == Outlook::UnderWay || done.alert.notified_at.is_some() {
        return;
    }
    if done.alert.nobody_notified_at.is_none() {
        done.alert.nobody_notified_at = Some(now);
        done.entries.push(Entry::NobodyNotified);
    }
    if outlook == Outlook::Failed {
        try_again(&mut done.alert, now);
    }
}

/// Everybody's messages failed: the mail server was away, or our own line. From the first level again, in a new pass, until one
/// gets through: a page is late at worst. The waits double, so that an outage of minutes costs minutes.
fn try_again(alert: &mut Alert, now: Timestamp) {
    let [shortest, longest] = limits::NOBODY_RETRY_MIN.map(SignedDuration::from_mins);
    let lasted = alert.nobody_notified_at.map_or(SignedDuration::ZERO, |since| now.duration_since(since));
    if lasted < SignedDuration::from_hours(24 * limits::NOBODY_RETRY_DAYS_MAX) {
        let at = now.saturating_add(lasted.clamp(shortest, longest)).unwrap_or(now);
        alert.escalation.restart(at);
    }
}

/// What the notifications of a level say together, counted after one of them failed for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LevelCount {
    /// Of the level: planned, on their way, sent, delivered or waiting in a summary.
    pub alive: i64,
    /// Of all levels: planned, on their way or waiting in a summary.
    pub under_way: i64,
}

/// What follows when a page has failed for good: where none of its level is left, the next step is due at once.
/// After the last level that step finds nobody, and says so. `None`: others may still reach somebody.
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
    let all_is_lost = escalation.next_step_at.is_none() && alert.notified_at.is_none() && count.under_way == 0;
    if alert.status != Status::Pending || !(level_is_lost || all_is_lost) {
        return None;
    }
    let mut after = alert.clone();
    after.version += 1;
    after.escalation.next_step_at = Some(escalation.next_step_at.map_or(now, |at| at.min(now)));
    Some((after, Entry::LevelUnreachable { pass, level }))
}

#[cfg(test)]
mod tests;
