//! Sending events: in order for each webhook, again while they fail, and the end of a webhook whose events fail for long.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use super::super::callout::Message;
use super::super::delivery::{Attempt, Fate, Outcome, send_once};
use super::super::entity::Entity;
use super::super::row::{Row, set, stamp, text};
use super::super::tables::blank;
use super::super::world::{Effect, REMEMBERED_MAX, Shared, World};
use super::event::{Event, WebhookAction, message};
use super::tell::is_live;
use super::{HookId, Watched};

/// An event of a webhook, and what became of it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WebhookDelivery {
    /// Its number.
    pub id: i64,
    /// When it happened.
    pub at: Timestamp,
    /// What the webhook watches.
    pub watched: Watched,
    /// The webhook's id.
    pub webhook_id: i64,
    /// The webhook's name.
    pub webhook_name: String,
    /// What happened.
    pub action: WebhookAction,
    /// The id of the ticket or note; none for a deactivation.
    pub row_id: Option<i64>,
    /// Counts the webhook's events.
    pub sequence_number: i64,
    /// What is sent.
    pub message: Message,
    /// The tries.
    pub attempts: Vec<Attempt>,
    /// What became of it.
    pub fate: Fate,
}

/// The events of all webhooks.
#[derive(Debug, Default)]
pub struct Events {
    /// The last ones, also those that wait.
    pub deliveries: VecDeque<WebhookDelivery>,
    lines: BTreeMap<HookId, Line>,
    /// The events that wait for the next one of their webhook, to be sent behind it.
    held: BTreeMap<HookId, i64>,
}

/// The queue of one webhook.
#[derive(Debug, Default)]
struct Line {
    waiting: VecDeque<i64>,
    is_sending: bool,
    sequence: i64,
    failures: u32,
}

impl Events {
    fn find(&mut self, id: i64) -> Option<&mut WebhookDelivery> {
        self.deliveries.iter_mut().rfind(|delivery| delivery.id == id)
    }
}

impl World {
    /// The next number of a webhook's events, from 1.
    pub fn next_sequence(&mut self, hook: HookId) -> i64 {
        let line = self.events.lines.entry(hook).or_default();
        line.sequence += 1;
        line.sequence
    }

    /// Queues an event behind those of its webhook, as far as the knobs let it.
    pub fn send_event(&mut self, hook_id: HookId, hook: &Row, event: &Event) {
        let delivery = WebhookDelivery {
            id: self.next_number(),
            at: self.clock.now(),
            watched: hook_id.0,
            webhook_id: hook_id.1,
            webhook_name: text(hook, "name").unwrap_or_default().to_owned(),
            action: event.action,
            row_id: event.id,
            sequence_number: event.sequence_number,
            message: message(hook, event, self.faults.missign_webhooks),
            attempts: Vec::new(),
            fate: Fate::UnderWay,
        };
        if self.faults.lose_webhooks {
            let attempts = vec![Attempt { at: delivery.at, status: None, answer: "Lost on its way".to_owned() }];
            return self.remember_event(WebhookDelivery { attempts, fate: Fate::Failed, ..delivery });
        }
        if self.faults.duplicate_webhooks {
            let twin = WebhookDelivery { id: self.next_number(), ..delivery.clone() };
            self.queue(twin);
        }
        self.queue(delivery);
    }

    fn queue(&mut self, delivery: WebhookDelivery) {
        let (hook, id) = ((delivery.watched, delivery.webhook_id), delivery.id);
        self.remember_event(delivery);
        let held = self.events.held.remove(&hook);
        if self.faults.reorder_webhooks && held.is_none() {
            self.events.held.insert(hook, id);
            return;
        }
        [Some(id), held].into_iter().flatten().for_each(|id| self.push_waiting(hook, id));
    }

    fn push_waiting(&mut self, hook: HookId, id: i64) {
        let line = self.events.lines.entry(hook).or_default();
        line.waiting.push_back(id);
        if !std::mem::replace(&mut line.is_sending, true) {
            self.outbox.push(Effect::SendEvents(hook));
        }
    }

    /// Lets the events go that wait for another to overtake them, once they need not any more.
    pub fn release_held(&mut self) {
        if !self.faults.reorder_webhooks {
            std::mem::take(&mut self.events.held).into_iter().for_each(|(hook, id)| self.push_waiting(hook, id));
        }
    }

    fn remember_event(&mut self, delivery: WebhookDelivery) {
        if self.events.deliveries.len() >= REMEMBERED_MAX {
            self.events.deliveries.pop_front();
        }
        self.events.deliveries.push_back(delivery);
    }

    /// Gives up what a webhook has not begun to send.
    pub fn drop_waiting(&mut self, hook: HookId) {
        let at = self.clock.now();
        let waiting = self.events.lines.get_mut(&hook).map(|line| std::mem::take(&mut line.waiting));
        for id in waiting.into_iter().flatten().chain(self.events.held.remove(&hook)) {
            if let Some(delivery) = self.events.find(id) {
                delivery.fate = Fate::Failed;
                let answer = "The webhook was switched off before".to_owned();
                delivery.attempts.push(Attempt { at, status: None, answer });
            }
        }
    }

    /// Counts a webhook's failed events from 0 again.
    pub fn forget_failures(&mut self, hook: HookId) {
        if let Some(line) = self.events.lines.get_mut(&hook) {
            line.failures = 0;
        }
    }

    /// The next event of a webhook. None: the queue rests.
    fn next_event(&mut self, hook: HookId) -> Option<Due> {
        let (habits, now) = (&self.config.habits, self.clock.now());
        let timeout = Duration::from_millis(habits.webhook_timeout_ms);
        let delay = Duration::from_millis(habits.webhook_delay_ms);
        let Events { deliveries, lines, .. } = &mut self.events;
        let line = lines.get_mut(&hook)?;
        while let Some(id) = line.waiting.pop_front() {
            if let Some(delivery) = deliveries.iter().rfind(|delivery| delivery.id == id) {
                let waited = Duration::try_from(now.duration_since(delivery.at)).unwrap_or_default();
                return Some(Due {
                    id,
                    message: delivery.message.clone(),
                    wait: delay.saturating_sub(waited),
                    timeout,
                });
            }
        }
        line.is_sending = false;
        None
    }

    /// Writes down a try. Returns the pause until the next one, when there is one.
    fn note_event_attempt(&mut self, hook: HookId, id: i64, outcome: Outcome) -> Option<Duration> {
        let (at, tries_max) = (self.clock.now(), self.config.habits.webhook_tries_max);
        let live = self.tables.get(hook.0.hooks(), hook.1).is_some_and(is_live);
        let delivery = self.events.find(id)?;
        let (delivered, is_farewell) = (outcome.is_success(), delivery.action == WebhookAction::Deactivated);
        delivery.attempts.push(outcome.into_attempt(at));
        let tries = u32::try_from(delivery.attempts.len()).unwrap_or(u32::MAX);
        if !delivered && tries < tries_max && (live || is_farewell) {
            return Some(Duration::from_millis(self.config.habits.webhook_retry_ms));
        }
        delivery.fate = if delivered { Fate::Delivered } else { Fate::Failed };
        if delivered {
            self.forget_failures(hook);
        } else if !is_farewell {
            self.log_failure(hook, id);
            self.count_failure(hook);
        }
        None
    }

    /// Adds a row to WebhookEventErrorLogs.
    fn log_failure(&mut self, hook: HookId, id: i64) {
        let Some(delivery) = self.events.find(id) else { return };
        let mut row = blank(Entity::WebhookEventErrorLogs);
        let last = delivery.attempts.last();
        let status = last.and_then(|last| last.status).map(|status| format!("{status} ")).unwrap_or_default();
        set(&mut row, "errorMessage", status + last.map_or("", |last| last.answer.as_str()));
        set(&mut row, "payload", delivery.message.body.clone());
        set(&mut row, "sequenceNumber", delivery.sequence_number);
        set(&mut row, "createDateTime", stamp(self.clock.now()));
        set(&mut row, hook.0.log_field(), hook.1);
        self.tables.add(Entity::WebhookEventErrorLogs, row);
    }

    fn count_failure(&mut self, hook: HookId) {
        let line = self.events.lines.entry(hook).or_default();
        line.failures += 1;
        if line.failures >= self.config.habits.webhook_failures_max {
            self.deactivate_webhook(hook);
        }
    }
}

/// An event that is sent next.
struct Due {
    id: i64,
    message: Message,
    wait: Duration,
    timeout: Duration,
}

/// Sends what a webhook has to tell, one after another, until nothing is left.
pub async fn send(shared: &Shared, hook: HookId) {
    while let Some(Due { id, message, wait, timeout }) = shared.with(|world| world.next_event(hook)) {
        crate::clock::pause(wait).await;
        loop {
            let outcome = {
                let _place = shared.sends().acquire().await;
                send_once(shared.http(), &message, timeout).await
            };
            let Some(pause) = shared.with(|world| world.note_event_attempt(hook, id, outcome)) else { break };
            crate::clock::pause(pause).await;
        }
    }
}
