//! Who would be paged when: the same steps as of an alert, on one that is made up and that nobody answers.

use super::{Level, Messages, Outlook, Page, Policy, Roster, advance, after};
use crate::alert::{Alert, Escalation, Priority, Status};
use crate::event::Content;
use crate::ids::{AlertId, SourceId};
use crate::limits;
use crate::timeline::Entry;
use jiff::Timestamp;

/// One step of a simulation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SimulatedStep {
    /// When.
    pub at: Timestamp,
    /// What the timeline would say.
    pub entries: Vec<Entry>,
    /// What would go out, some of it later.
    pub pages: Vec<Page>,
}

/// How an escalation would go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Simulated {
    /// By time.
    pub steps: Vec<SimulatedStep>,
    /// Whether there would be more than are shown.
    pub goes_on: bool,
    /// Whether nobody would be notified.
    pub nobody: bool,
}

/// How a policy would go for an alert that opens at `at` and that nobody answers. `roster_at` says who is behind the targets at
/// each moment until `until`; every message is taken to arrive.
pub fn simulate(
    policy: &Policy,
    priority: Priority,
    at: Timestamp,
    until: Timestamp,
    roster_at: impl Fn(Timestamp) -> Roster,
) -> Simulated {
    let mut alert = made_up(policy, priority, at);
    let (mut steps, mut turns) = (Vec::new(), None);
    let mut paged = Vec::new();
    for _ in 0..limits::SIMULATED_STEPS_MAX {
        let Some(now) = alert.due_at().filter(|_| alert.nobody_notified_at.is_none()) else {
            return Simulated { steps, goes_on: false, nobody: alert.nobody_notified_at.is_some() };
        };
        if now > until {
            break;
        }
        let mut roster = roster_at(now);
        roster.turns = turns.unwrap_or(roster.turns);
        let running = (alert.escalation.pass, alert.escalation.level);
        let of_level = |(place, user): &((i64, i64), crate::ids::UserId)| (*place == running).then_some(*user);
        let outlook = Outlook {
            messages: Messages { under_way_of: paged.last().map(|((pass, _), _)| *pass), some_failed: false },
            paged: paged.iter().filter_map(of_level).collect(),
            touched_at: None,
        };
        let done = advance(&alert, policy, &roster, &outlook, now);
        roster.turns.extend(done.turn);
        turns = Some(roster.turns);
        paged.extend(done.pages.iter().map(|page| ((page.pass, page.level), page.planned.user)));
        alert = done.alert;
        alert.notified_at = alert.notified_at.or((!paged.is_empty()).then_some(now));
        if !done.entries.is_empty() {
            steps.push(SimulatedStep { at: now, entries: done.entries, pages: done.pages });
        }
    }
    Simulated { steps, goes_on: true, nobody: false }
}

/// How long a policy may take at most, in seconds: for how long rosters have to be known.
pub(super) fn longest_s(policy: &Policy) -> i64 {
    let pass = policy.levels.iter().map(|level: &Level| level.timeout_s).fold(0, i64::saturating_add);
    pass.saturating_mul(policy.passes).saturating_add(policy.delay_s)
}

impl Policy {
    /// The end of its last pass, for an alert that opens at `at` and that nobody answers.
    pub fn ends_at(&self, at: Timestamp) -> Timestamp {
        after(at, longest_s(self))
    }
}

fn made_up(policy: &Policy, priority: Priority, at: Timestamp) -> Alert {
    Alert {
        id: AlertId(0),
        source: SourceId(0),
        key: None,
        group_key: None,
        summary: String::new(),
        details: String::new(),
        status: Status::Pending,
        priority,
        escalation: Escalation::begin(policy.id, policy.version, after(at, policy.delay_s)),
        progress: Default::default(),
        snoozed_until: None,
        notified_at: None,
        nobody_notified_at: None,
        held: None,
        raise_at: None,
        version: 1,
        event_count: 1,
        report_time: at,
        last_event_at: at,
        accepted_at: None,
        accepted_by: None,
        resolved_at: None,
        resolved_by_person: false,
        content: Content::default(),
    }
}
