//! Doing what is due: the next level whose targets can be reached, or the end.

use super::{Level, Outlook, Policy, Resolved, Roster, Target, after, wake};
use crate::alert::{Alert, Priority, Status, Update};
use crate::ids::{PolicyId, UserId};
use crate::limits;
use crate::notify::{self, Planned};
use crate::timeline::Entry;
use crate::user::Recipient;
use jiff::{SignedDuration, Timestamp};

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
    /// Whose turn is next at a level that takes turns.
    pub turn: Option<((PolicyId, i64), i64)>,
    /// What the responder is told.
    pub tell: Option<Update>,
    /// Whether the fallback contacts are told that nobody was.
    pub tell_fallback: bool,
    /// Whether everybody was called and nobody has it: its ticket is told, once.
    pub is_unanswered: bool,
    /// Whether its ticket is read, to see whether anything is done.
    pub reads_ticket: bool,
    /// Whether somebody asked for it by hand: those who want to know that it went further were told then, and by whom.
    pub by_hand: bool,
}

impl Advance {
    pub(crate) fn of(alert: &Alert) -> Self {
        let (pages, entries) = (Vec::new(), Vec::new());
        let by_hand = alert.escalation.first_pass > alert.escalation.pass;
        let (tell_fallback, is_unanswered, reads_ticket) = (false, false, false);
        let (alert, turn, tell) = (alert.clone(), None, None);
        Self { alert, pages, entries, turn, tell, tell_fallback, is_unanswered, reads_ticket, by_hand }
    }
}

/// What is due of an alert.
enum Due {
    Nothing,
    Level,
    HandOver,
    SnoozeEnd,
    AcceptCheck,
}

fn due(alert: &Alert, now: Timestamp) -> Due {
    let has_come = |at: Option<Timestamp>| at.is_some_and(|at| at <= now);
    match alert.status {
        _ if !has_come(alert.due_at()) => Due::Nothing,
        _ if alert.snoozed_until.is_some() => Due::SnoozeEnd,
        Status::Pending if has_come(alert.escalation.next_step_at) => Due::Level,
        Status::Pending if has_come(alert.escalation.wake_at) => Due::HandOver,
        Status::Accepted => Due::AcceptCheck,
        // A raise is carried out before the step.
        Status::Pending | Status::Resolved => Due::Nothing,
    }
}

/// Does what is due: starts the next level whose targets can be reached (levels without anyone fall through at once), calls who
/// came on call while a level is unanswered, ends a snooze, looks after an accepted alert.
/// `roster` is who is behind the targets of the policy at this moment, `outlook` what became of the messages so far.
pub fn advance(alert: &Alert, policy: &Policy, roster: &Roster, outlook: &Outlook, now: Timestamp) -> Advance {
    let mut done = Advance::of(alert);
    match due(alert, now) {
        Due::Nothing => return done,
        Due::Level => go_on(&mut done, policy, roster, outlook, now),
        Due::HandOver => wake::hand_over(&mut done, policy, roster, outlook, now),
        Due::SnoozeEnd => wake::end_snooze(&mut done, policy, roster, outlook, now),
        Due::AcceptCheck => wake::look_after(&mut done, policy, roster, outlook, now),
    }
    done.alert.version = alert.version + 1;
    done
}

/// Where a step leads.
enum Next {
    Direct(UserId),
    Level { pass: i64, level: i64 },
    End,
}

/// Time-out of a person whom the alert was given to, where the policy has no level to take it from, in seconds.
const DIRECT_TIMEOUT_S: i64 = 15 * 60;

/// The next level that somebody can be called for, or the end.
pub(super) fn go_on(done: &mut Advance, policy: &Policy, roster: &Roster, outlook: &Outlook, now: Timestamp) {
    let before = done.alert.clone();
    // A whole pass without anyone says it all: the other passes would only repeat it.
    let mut steps_left = policy.levels.len() + 1;
    loop {
        let step = if steps_left == 0 { Next::End } else { next(&done.alert, policy) };
        steps_left = steps_left.saturating_sub(1);
        let has_begun = match step {
            Next::Direct(user) => start_direct(done, policy, user, roster, now),
            Next::Level { pass, level } => start_level(done, policy, (pass, level), roster, now),
            Next::End if looks_again(&before) => return find_nobody_again(done, before, now),
            Next::End => return end(done, &before, outlook, now),
        };
        if has_begun {
            let escalation = &mut done.alert.escalation;
            escalation.first_pass = escalation.first_pass.min(escalation.pass);
            return;
        }
    }
}

/// Who is called when the escalation of an alert goes on: the level (none for a person whom the alert was given to), and who is
/// behind it at the moment of the roster. `None`: nothing is to come.
pub fn upcoming(alert: &Alert, policy: &Policy, roster: &Roster) -> Option<(Option<i64>, Resolved)> {
    if alert.status != Status::Pending || alert.escalation.next_step_at.is_none() {
        return None;
    }
    match next(alert, policy) {
        Next::Direct(user) => Some((None, Resolved::person(user))),
        Next::Level { level, .. } => Some((Some(level), roster.resolve_level(policy.level(level)?))),
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

/// Calls a person whom the alert was given to. `false`: they cannot be reached.
fn start_direct(done: &mut Advance, policy: &Policy, user: UserId, roster: &Roster, now: Timestamp) -> bool {
    let timeout_s = policy.level(0).map_or(DIRECT_TIMEOUT_S, |level| level.timeout_s);
    let to = (done.alert.escalation.pass, -1);
    enter(done, to, after(now, timeout_s));
    done.alert.progress.accepts_needed = 1;
    call(done, to, Resolved::person(user), roster, now)
}

/// Starts a level. `false`: nobody of it can be reached, so that it falls through.
fn start_level(done: &mut Advance, policy: &Policy, to: (i64, i64), roster: &Roster, now: Timestamp) -> bool {
    let Some(level) = policy.level(to.1) else { return false };
    done.alert.progress.given_to = None;
    let is_first = done.alert.escalation.level < 0;
    enter(done, to, after(now, level.timeout_s));
    let resolved = match level.round_robin {
        true => take_turn(done, (policy.id, to.1), level, roster, now),
        false => roster.resolve_level(level),
    };
    let progress = &mut done.alert.progress;
    let people = i64::try_from(resolved.people.len()).unwrap_or(i64::MAX);
    progress.accepts_needed = level.accepts_needed.min(people.max(1));
    progress.by_rule &= !is_first;
    let was_by_rule = is_first || progress.by_rule;
    let end = done.alert.escalation.next_step_at;
    done.alert.escalation.wake_at = resolved.hand_over.filter(|at| Some(*at) < end);
    // Where somebody watches by other means, that is as good as a page: unless people are named who cannot be reached.
    if resolved.people.is_empty() && !resolved.attended.is_empty() {
        done.alert.progress.by_rule = was_by_rule;
        if was_by_rule {
            done.alert.nobody_notified_at = None;
        }
        let reason = resolved.attended.first().map(|(_, reason)| reason.clone()).unwrap_or_default();
        let schedules = resolved.attended.iter().map(|(schedule, _)| *schedule).collect();
        done.entries.push(Entry::NotPagedByRule { pass: to.0, level: to.1, schedules, reason });
        return true;
    }
    done.alert.progress.by_rule = false;
    call(done, to, resolved, roster, now)
}

fn enter(done: &mut Advance, (pass, level): (i64, i64), until: Timestamp) {
    let escalation = &mut done.alert.escalation;
    (escalation.pass, escalation.level, escalation.direct) = (pass, level, None);
    (escalation.next_step_at, escalation.wake_at) = (Some(until), None);
    (done.alert.progress.turn, done.alert.progress.ended) = (None, false);
}

/// The target whose turn it is, or the next one after it behind whom somebody can be called. The turn moves on.
fn take_turn(done: &mut Advance, place: (PolicyId, i64), level: &Level, roster: &Roster, now: Timestamp) -> Resolved {
    let targets = level.targets();
    let count = i64::try_from(targets.len()).unwrap_or(i64::MAX).max(1);
    let turn = roster.turns.get(&place).copied().unwrap_or(0);
    let behind = |at: i64| usize::try_from(at.rem_euclid(count)).ok().and_then(|at| targets.get(at)).copied();
    let taker = (turn..turn.saturating_add(count))
        .find(|at| behind(*at).is_some_and(|target| takes_page(done, &roster.resolve(&[target]), roster, now)));
    let Some(at) = taker else { return roster.resolve(&targets) };
    done.turn = Some((place, at.saturating_add(1)));
    done.alert.progress.turn = Some(at.rem_euclid(count));
    roster.resolve(&behind(at).into_iter().collect::<Vec<Target>>())
}

fn takes_page(done: &Advance, resolved: &Resolved, roster: &Roster, now: Timestamp) -> bool {
    let is_attended = resolved.people.is_empty() && !resolved.attended.is_empty();
    is_attended || !notify::plan_level(&callable(done, resolved, roster), done.alert.priority, now).0.is_empty()
}

/// Those who have not accepted yet, with their rules.
fn callable(done: &Advance, resolved: &Resolved, roster: &Roster) -> Vec<Recipient> {
    let accepted = &done.alert.progress.accepted_by;
    let open = resolved.people.iter().filter(|user| !accepted.contains(user));
    open.filter_map(|user| roster.recipients.get(user)).cloned().collect()
}

/// Plans the pages of people. `false`: nobody of them can be reached.
fn call(done: &mut Advance, (pass, level): (i64, i64), resolved: Resolved, roster: &Roster, now: Timestamp) -> bool {
    let targets = callable(done, &resolved, roster);
    let (planned, mut unreachable) = notify::plan_level(&targets, done.alert.priority, now);
    unreachable.extend(resolved.people.iter().filter(|user| !roster.recipients.contains_key(user)));
    let has_begun = !planned.is_empty();
    done.entries.push(match has_begun {
        false => Entry::LevelEmpty { pass, level, unreachable, gaps: resolved.gaps },
        true => Entry::LevelStarted { pass, level, users: resolved.people, unreachable },
    });
    done.pages.extend(planned.into_iter().map(|planned| Page { pass, level, planned }));
    has_begun
}

/// Pages for people who came on call in the running level.
pub(super) fn call_newcomers(done: &mut Advance, newcomers: Vec<UserId>, roster: &Roster, now: Timestamp) {
    let (pass, level) = (done.alert.escalation.pass, done.alert.escalation.level);
    let targets = callable(done, &Resolved { people: newcomers.clone(), ..Resolved::default() }, roster);
    let (planned, mut unreachable) = notify::plan_level(&targets, done.alert.priority, now);
    unreachable.extend(newcomers.iter().filter(|user| !roster.recipients.contains_key(user)));
    done.alert.progress.by_rule &= planned.is_empty();
    done.entries.push(Entry::HandedOver { pass, level, users: newcomers, unreachable });
    done.pages.extend(planned.into_iter().map(|planned| Page { pass, level, planned }));
}

fn end(done: &mut Advance, before: &Alert, outlook: &Outlook, now: Timestamp) {
    (done.alert.escalation.next_step_at, done.alert.escalation.wake_at) = (None, None);
    done.entries.push(Entry::EscalationEnded);
    // A quiet alert waits for nobody's answer.
    let progress = &mut done.alert.progress;
    done.is_unanswered = before.priority == Priority::High && !progress.by_rule && !progress.told_unanswered;
    progress.told_unanswered |= done.is_unanswered;
    done.alert.progress.ended = true;
    // What is under way may reach somebody; if it fails, the end is looked at again.
    let somebody_knows = done.alert.notified_at.is_some() || done.alert.progress.by_rule;
    if outlook.messages.may_reach(&done.alert.escalation) || somebody_knows {
        return;
    }
    if done.alert.nobody_notified_at.is_none() {
        done.alert.nobody_notified_at = Some(now);
        done.entries.push(Entry::NobodyNotified);
    }
    tell_fallback(done, now);
    match outlook.messages.some_failed && before.escalation.level >= 0 {
        true => try_again(&mut done.alert, now),
        false => done.alert.escalation.restart(after(now, limits::NOBODY_LOOK_S)),
    }
    done.alert.progress.ended = done.alert.escalation.next_step_at.is_none();
}

/// The fallback contacts are told at once, and each hour again while nobody is reached.
fn tell_fallback(done: &mut Advance, now: Timestamp) {
    let told_at = &mut done.alert.progress.fallback_told_at;
    done.tell_fallback = told_at.is_none_or(|told| now >= after(told, limits::FALLBACK_AGAIN_S));
    if done.tell_fallback {
        *told_at = Some(now);
    }
}

/// Whether nobody was there the last time: each minute it is looked again whether somebody is.
fn looks_again(alert: &Alert) -> bool {
    let escalation = &alert.escalation;
    alert.nobody_notified_at.is_some() && escalation.level < 0 && escalation.direct.is_none()
}

/// A look that finds nobody leaves no trace: it would fill the timeline.
fn find_nobody_again(done: &mut Advance, before: Alert, now: Timestamp) {
    *done = Advance::of(&before);
    done.alert.escalation.next_step_at = Some(after(now, limits::NOBODY_LOOK_S));
    tell_fallback(done, now);
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
