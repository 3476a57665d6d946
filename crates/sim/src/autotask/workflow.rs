//! The workflow engine: rules fire on what happens to tickets, act as resource 4, and may set each other off.

use super::callout::Callout;
use super::entity::Entity;
use super::person::{Actor, By};
use super::row::Row;
use super::rule::{Event, On, Rule};
use super::world::{Effect, World};

/// So many rules may set each other off.
const CHAIN_MAX: u8 = 5;

impl World {
    /// Lets the rules know of an event; `depth` rules led to it.
    pub fn fire(&mut self, event: Event, actor: Actor, ticket: i64, before: Option<&Row>, depth: u8) {
        if depth >= CHAIN_MAX {
            return;
        }
        let Some(after) = self.tables.get(Entity::Tickets, ticket).cloned() else { return };
        let by = self.kind_of(actor);
        let fires = |rule: &&Rule| rule.fires(event, by, before, &after);
        let found: Vec<(i64, u64)> = self.rules.iter().filter(fires).map(|rule| (rule.id, rule.delay_ms)).collect();
        for (rule, delay_ms) in found {
            let delay_ms = delay_ms + self.config.habits.rule_delay_ms;
            if delay_ms == 0 {
                self.run_rule(rule, ticket, depth);
            } else {
                self.outbox.push(Effect::RunRule { rule, ticket, depth, delay_ms });
            }
        }
    }

    /// Does what a rule says: first its updates, then its callouts.
    pub fn run_rule(&mut self, rule: i64, ticket: i64, depth: u8) {
        let Some(rule) = self.rules.iter().find(|found| found.id == rule && found.active).cloned() else { return };
        if !rule.updates.is_empty()
            && let Err(errors) = self.change_ticket(Actor::robot(), ticket, &rule.updates, depth + 1)
        {
            tracing::warn!(rule = rule.name, ?errors, "a workflow rule could not update its ticket");
        }
        let Some(row) = self.tables.get(Entity::Tickets, ticket).cloned() else { return };
        for id in &rule.callouts {
            let callout = self.callouts.iter().find(|callout| callout.id == *id && callout.active).cloned();
            if let Some(callout) = callout {
                self.execute(&callout, &rule.name, &row);
            }
        }
    }

    /// Adds an active callout to an address, and a rule that executes it at once when anyone creates or edits a ticket.
    /// Returns the callout's number.
    pub fn callout_to(&mut self, url: &str) -> i64 {
        let callout = Callout { url: url.to_owned(), name: "Watchbell".to_owned(), ..self.new_callout() };
        let callout = self.put_callout(callout);
        let on = [Event::Created, Event::Edited].map(|event| On { event, by: By::Anyone }).to_vec();
        self.put_rule(Rule {
            id: 0,
            name: "Tell Watchbell".to_owned(),
            active: true,
            on,
            conditions: Vec::new(),
            updates: Row::new(),
            callouts: vec![callout],
            delay_ms: 0,
        });
        callout
    }

    /// A callout with the times of the configuration.
    pub fn new_callout(&self) -> Callout {
        Callout {
            timeout_ms: self.config.habits.callout_timeout_ms,
            tries_max: self.config.habits.callout_tries_max,
            retry_ms: self.config.habits.callout_retry_ms,
            ..Callout::default()
        }
    }

    /// Adds a callout (number 0), or replaces the one with its number. Returns its number.
    pub fn put_callout(&mut self, mut callout: Callout) -> i64 {
        if callout.id == 0 {
            callout.id = self.next_number();
        }
        let id = callout.id;
        self.callouts.retain(|old| old.id != id);
        self.callouts.push(callout);
        self.callouts.sort_by_key(|callout| callout.id);
        id
    }

    /// Adds a rule (number 0), or replaces the one with its number. Returns its number.
    pub fn put_rule(&mut self, mut rule: Rule) -> i64 {
        if rule.id == 0 {
            rule.id = self.next_number();
        }
        let id = rule.id;
        self.rules.retain(|old| old.id != id);
        self.rules.push(rule);
        self.rules.sort_by_key(|rule| rule.id);
        id
    }
}
