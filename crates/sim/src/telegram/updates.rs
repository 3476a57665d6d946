//! Updates that wait for the bot, whichever way it takes them.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use serde_json::{Value, json};
use tokio::sync::watch;

use super::refusal::Refusal;
use crate::clock::within;

/// Updates kept; the oldest go first. Telegram keeps them for a day.
const KEPT_MAX: usize = 10_000;
/// Kinds that a bot gets only where it asks for them are not sent here at all.
const FIRST_UPDATE_ID: i64 = 500_000_001;

/// Where updates are posted.
#[derive(Debug, Clone)]
pub(super) struct Webhook {
    pub url: String,
    pub secret_token: Option<String>,
}

#[derive(Debug, Default)]
struct Queue {
    waiting: VecDeque<(i64, Value)>,
    given_ids: i64,
    /// Kinds that the bot wants; none is all.
    allowed: Option<Vec<String>>,
    webhook: Option<Webhook>,
    last_error: Option<(i64, String)>,
}

/// The queue; it tells when it changed.
#[derive(Debug)]
pub(super) struct Updates {
    queue: Mutex<Queue>,
    changes: watch::Sender<u64>,
}

impl Default for Updates {
    fn default() -> Self {
        Self { queue: Mutex::default(), changes: watch::Sender::new(0) }
    }
}

/// What `getUpdates` asks for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Poll {
    /// The first update that is wanted; those before it are forgotten. Negative counts from the end.
    pub offset: i64,
    pub limit: usize,
    pub timeout: Duration,
}

impl Updates {
    fn change<R>(&self, edit: impl FnOnce(&mut Queue) -> R) -> R {
        let result = edit(&mut self.queue.lock().unwrap_or_else(PoisonError::into_inner));
        self.changes.send_modify(|version| *version += 1);
        result
    }

    fn look<R>(&self, read: impl FnOnce(&Queue) -> R) -> R {
        read(&self.queue.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub fn subscribe(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// Puts an update at the end, if the bot wants its kind.
    pub fn push(&self, kind: &str, what: Value) {
        self.change(|queue| {
            if queue.allowed.as_ref().is_some_and(|allowed| !allowed.iter().any(|wanted| wanted == kind)) {
                return;
            }
            let id = FIRST_UPDATE_ID + queue.given_ids;
            queue.given_ids += 1;
            if queue.waiting.len() >= KEPT_MAX {
                queue.waiting.pop_front();
            }
            let mut update = json!({"update_id": id});
            update[kind] = what;
            queue.waiting.push_back((id, update));
        });
    }

    pub fn pending(&self) -> usize {
        self.look(|queue| queue.waiting.len())
    }

    /// Which kinds the bot wants from now on; an empty list is all.
    pub fn allow(&self, kinds: Vec<String>) {
        self.change(|queue| queue.allowed = Some(kinds).filter(|kinds| !kinds.is_empty()));
    }

    /// Sets or takes away the webhook.
    pub fn set_webhook(&self, webhook: Option<Webhook>, drop_pending: bool) {
        self.change(|queue| {
            queue.webhook = webhook;
            queue.last_error = None;
            if drop_pending {
                queue.waiting.clear();
            }
        });
    }

    /// The update that the webhook is to get next.
    pub fn next_for_webhook(&self) -> Option<(Webhook, i64, Value)> {
        self.look(|queue| {
            let (id, update) = queue.waiting.front()?;
            Some((queue.webhook.clone()?, *id, update.clone()))
        })
    }

    /// The bot took an update.
    pub fn confirm(&self, id: i64) {
        self.change(|queue| queue.waiting.retain(|(waiting, _)| *waiting != id));
    }

    /// The webhook did not take an update. Tells nobody: nothing is there to be done at once.
    pub fn note_error(&self, at_s: i64, error: String) {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner).last_error = Some((at_s, error));
    }

    /// The answer of `getWebhookInfo`.
    pub fn webhook_info(&self) -> Value {
        self.look(|queue| {
            let url = queue.webhook.as_ref().map_or("", |webhook| webhook.url.as_str());
            let mut info = json!({
                "url": url,
                "has_custom_certificate": false,
                "pending_update_count": queue.waiting.len(),
            });
            if !url.is_empty() {
                info["max_connections"] = 40.into();
            }
            if let Some((at_s, error)) = &queue.last_error {
                info["last_error_date"] = (*at_s).into();
                info["last_error_message"] = error.as_str().into();
            }
            if let Some(allowed) = &queue.allowed {
                info["allowed_updates"] = json!(allowed);
            }
            info
        })
    }

    /// The updates that wait, as soon as there is one; none after the time that was asked for.
    pub async fn poll(&self, poll: Poll) -> Result<Vec<Value>, Refusal> {
        let mut changes = self.subscribe();
        self.forget_before(poll.offset);
        let waited = within(poll.timeout, async {
            loop {
                changes.borrow_and_update();
                let updates = self.take(poll)?;
                if !updates.is_empty() || poll.timeout.is_zero() {
                    return Ok(updates);
                }
                if changes.changed().await.is_err() {
                    return Ok(Vec::new());
                }
            }
        });
        waited.await.unwrap_or(Ok(Vec::new()))
    }

    fn take(&self, poll: Poll) -> Result<Vec<Value>, Refusal> {
        self.look(|queue| {
            if queue.webhook.is_some() {
                let conflict = "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first";
                return Err(Refusal::new(409, conflict));
            }
            Ok(queue.waiting.iter().take(poll.limit).map(|(_, update)| update.clone()).collect())
        })
    }

    fn forget_before(&self, offset: i64) {
        let is_conflict = self.look(|queue| queue.webhook.is_some());
        if offset == 0 || is_conflict {
            return;
        }
        self.change(|queue| {
            if offset > 0 {
                queue.waiting.retain(|(id, _)| *id >= offset);
            } else {
                let kept = usize::try_from(offset.unsigned_abs()).unwrap_or(usize::MAX);
                let gone = queue.waiting.len().saturating_sub(kept);
                queue.waiting.drain(..gone);
            }
        });
    }
}
