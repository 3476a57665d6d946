//! Subscriptions: what a browser would hand to the page that asked for one.

use std::{io, sync::PoisonError};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::Serialize;
use serde_json::{Value, json};

use super::{
    PushState, State,
    crypto::{DeviceKeys, from_base64url},
};
use crate::ids::Seed;

/// Subscriptions kept.
const SUBSCRIPTIONS_MAX: usize = 10_000;

/// What became of a subscription.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SubscriptionState {
    /// The device is on the network.
    Awake,
    /// The device is not on the network.
    Asleep,
    /// Its owner ended it: 410.
    Unsubscribed,
    /// The service forgot it: 404.
    Expired,
}

/// A subscription, with the half that no browser hands out.
#[derive(Debug, Clone)]
pub struct PushSubscription {
    /// The last part of its endpoint.
    pub id: String,
    /// Where messages are sent.
    pub endpoint: String,
    /// The keys of the device.
    pub keys: DeviceKeys,
    /// The only sender who may send, by the public key in base64url; none with UnifiedPush.
    pub application_server_key: Option<String>,
    /// What became of it.
    pub state: SubscriptionState,
}

impl PushSubscription {
    /// What `JSON.stringify(subscription)` gives in a browser.
    pub fn to_json(&self) -> Value {
        let keys = json!({"p256dh": self.keys.p256dh(), "auth": self.keys.auth()});
        json!({"endpoint": self.endpoint, "expirationTime": null, "keys": keys})
    }

    /// The same for scripts, with what stays on the device.
    pub(super) fn to_full_json(&self) -> Value {
        let mut full = self.to_json();
        full["id"] = self.id.as_str().into();
        full["state"] = json!(self.state);
        full["privateKey"] = self.keys.private_key().into();
        full["applicationServerKey"] = json!(self.application_server_key);
        full
    }

    pub(super) fn is_unified(&self) -> bool {
        self.application_server_key.is_none()
    }
}

impl State {
    pub(super) fn subscribe(&self, application_server_key: Option<&str>) -> io::Result<PushSubscription> {
        let application_server_key = application_server_key.map(point).transpose()?;
        let seed = Seed { now: self.common.clock.now(), number: self.common.next_id() };
        let keys = seed.device_keys().ok_or_else(|| io::Error::other("these bytes are no key: try again"))?;
        let id = seed.word();
        let subscription = PushSubscription {
            endpoint: format!("{}{}/push/{id}", self.origin(), self.common.path),
            id,
            keys,
            application_server_key,
            state: SubscriptionState::Awake,
        };
        let mut all = self.subscriptions.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= SUBSCRIPTIONS_MAX {
            return Err(io::Error::other("there are too many subscriptions"));
        }
        all.push(subscription.clone());
        Ok(subscription)
    }

    pub(super) fn find_subscription(&self, id: &str) -> Option<PushSubscription> {
        self.all_subscriptions().into_iter().find(|subscription| subscription.id == id)
    }

    /// Turns a subscription to another state; false where there is none. A device that wakes gets what still waits.
    pub(super) fn turn(&self, id: &str, state: SubscriptionState) -> bool {
        let mut all = self.subscriptions.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(subscription) = all.iter_mut().find(|subscription| subscription.id == id) else { return false };
        subscription.state = state;
        if state == SubscriptionState::Awake {
            self.deliver_waiting(id);
        }
        true
    }

    fn deliver_waiting(&self, subscription: &str) {
        let now = self.common.clock.now().as_second();
        self.common.messages.change(|messages| {
            let mine = messages.iter_mut().filter(|message| message.subscription == subscription);
            for message in mine.filter(|message| message.state == PushState::Waiting) {
                let age_s = u64::try_from(now - message.received_at).unwrap_or(0);
                let is_over = message.ttl_s.is_some_and(|ttl_s| age_s > ttl_s);
                message.state = if is_over { PushState::Expired } else { PushState::Delivered };
            }
        });
    }
}

/// A public key as all browsers take it: 65 bytes of an uncompressed point, in base64url.
fn point(key: &str) -> io::Result<String> {
    let bytes =
        from_base64url(key).filter(|bytes| p256::PublicKey::from_sec1_bytes(bytes).is_ok() && bytes.len() == 65);
    let bytes = bytes.ok_or_else(|| io::Error::other("the applicationServerKey is no uncompressed point of P-256"))?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(bytes))
}
