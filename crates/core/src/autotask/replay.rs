//! What a source would have made of a ticket's past, by the rules that page: [`decide`] is asked about each state that the history
//! tells of, as if a callout had come at once.

use super::actor::Actor;
use super::decide::decide;
use super::effect::{Effect, Manner, Opening};
use super::past::{Labels, PastChange, PastState, states};
use super::picklist::PicklistValue;
use super::sighting::{AlertView, Sighting, Way};
use super::source_rules::SourceRules;
use super::ticket::{Snapshot, Ticket};
use super::verdict::{Reason, Verdict};
use crate::alert::{Priority, Status};
use crate::alert_action::MARK_PREFIX;
use crate::ids::PolicyId;
use jiff::Timestamp;

/// An alert that would have opened, with what the ticket would have done to it. Nobody answers it here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplayedAlert {
    /// When it would have opened.
    pub at: Timestamp,
    /// How loud.
    pub manner: Manner,
    /// The policy that the routing table chose; `None`: the source's own.
    pub policy: Option<PolicyId>,
    /// When somebody took the ticket in Autotask, where they did.
    pub accepted_at: Option<Timestamp>,
    /// When the ticket would have ended it.
    pub resolved_at: Option<Timestamp>,
}

/// What would have become of a ticket.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Replayed {
    /// Its alerts, in order.
    pub alerts: Vec<ReplayedAlert>,
    /// Why none opened, where none did: what was said last.
    pub not_paged: Option<Reason>,
    /// Whether the history says nothing of its statuses, so that it was taken for New until it was completed.
    pub is_guess: bool,
}

/// The rules of a source, ready to be asked about the past.
#[derive(Debug, Clone)]
pub struct Replay {
    rules: SourceRules,
    labels: Labels,
}

impl Replay {
    /// For the rules of a source, live or not, and the tenant's queues.
    pub fn new(rules: SourceRules, queues: Vec<PicklistValue>) -> Self {
        let statuses = rules.statuses.rows.iter().map(|row| PicklistValue::new(row.id, row.label.clone(), 0)).collect();
        let priorities =
            rules.priorities.rows.iter().map(|row| PicklistValue::new(row.id, row.label.clone(), 0)).collect();
        let labels = Labels { statuses, priorities, queues };
        Self { rules: SourceRules { watch_only: false, ..rules }, labels }
    }

    /// What would have become of a ticket. `history` in order of time; `creator`: who made it.
    pub fn of(&self, ticket: &Ticket, history: &[PastChange], creator: &Actor) -> Replayed {
        let Some(created_at) = ticket.created_at.or(ticket.changed_at()) else { return Replayed::default() };
        let (states, is_guess) = states(ticket, history, (created_at, creator), &self.labels);
        let mark = ticket.raw.get("externalID").and_then(|mark| mark.as_str()).unwrap_or_default();
        let mut going = Going {
            rules: &self.rules,
            made_by_action: mark.starts_with(MARK_PREFIX),
            snapshot: None,
            alert: None,
            done: Replayed { is_guess, ..Replayed::default() },
        };
        states.iter().for_each(|state| going.see(state));
        if !going.done.alerts.is_empty() {
            going.done.not_paged = None;
        }
        going.done
    }
}

struct Going<'a> {
    rules: &'a SourceRules,
    made_by_action: bool,
    snapshot: Option<Snapshot>,
    alert: Option<AlertView>,
    done: Replayed,
}

impl Going<'_> {
    fn see(&mut self, state: &PastState) {
        let sighting = Sighting {
            ticket: &state.ticket,
            actor: &state.by,
            way: Way::Callout { received_at: state.at },
            own_edits: &[],
            merged_into: None,
            made_by_action: self.made_by_action,
            source_made_at: Timestamp::MIN,
            open_ones_known: true,
            waited_in_shared: None,
            now: state.at,
        };
        let decision = decide(self.rules, self.snapshot.as_ref(), self.alert, &sighting);
        decision.effects.iter().for_each(|effect| self.carry_out(effect, state.at));
        if let Verdict::NotPaged { reason } = decision.verdict {
            self.done.not_paged = Some(reason);
        }
        self.snapshot = Some(decision.snapshot);
    }

    fn carry_out(&mut self, effect: &Effect, at: Timestamp) {
        match (effect, self.alert.as_mut(), self.done.alerts.last_mut()) {
            (Effect::Open(opening), ..) => self.open(opening, at),
            (Effect::Accept { .. }, Some(alert), Some(done)) => {
                alert.status = Status::Accepted;
                done.accepted_at = done.accepted_at.or(Some(at));
            }
            (Effect::Resolve { .. }, Some(alert), Some(done)) => {
                alert.status = Status::Resolved;
                done.resolved_at = Some(at);
            }
            (Effect::Raise, Some(alert), Some(done)) => {
                alert.priority = Priority::High;
                done.manner = Manner::Page;
            }
            (Effect::NextLevel { .. }, Some(alert), _) => alert.status = Status::Pending,
            _ => {}
        }
    }

    fn open(&mut self, opening: &Opening, at: Timestamp) {
        let priority = opening.manner.priority().unwrap_or(Priority::High);
        self.alert =
            Some(AlertView { status: Status::Pending, priority, resolved_by_person: false, opened_unread: false });
        let (manner, policy) = (opening.manner, opening.policy);
        self.done.alerts.push(ReplayedAlert { at, manner, policy, accepted_at: None, resolved_at: None });
    }
}
