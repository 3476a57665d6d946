//! The rules of a push message: RFC 8030, section 5, with the keys of RFC 8291 and the senders of RFC 8292.

use axum::http::{HeaderMap, StatusCode, header::AUTHORIZATION};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};

use super::{PushMessage, PushState, PushSubscription, State, SubscriptionState, crypto::Vapid, refusal::Refusal};

/// A service must take this much, and this one takes no more: RFC 8030, section 7.2.
const BODY_BYTES_MAX: usize = 4_096;
/// RFC 8030, section 5.4.
const TOPIC_CHARS_MAX: usize = 32;
const URGENCIES: [&str; 4] = ["very-low", "low", "normal", "high"];

impl State {
    /// Checks a message and takes it.
    pub(super) fn submit(&self, id: &str, headers: &HeaderMap, body: &[u8]) -> Result<PushMessage, Refusal> {
        let subscription = self.live_subscription(id)?;
        let sender = self.check_sender(&subscription, headers)?;
        if body.len() > BODY_BYTES_MAX {
            return Err(Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "the body is larger than 4096 bytes"));
        }
        let text = |name| header(headers, name);
        let ttl_s = read_ttl(text("ttl").as_deref(), subscription.is_unified())?;
        let urgency = text("urgency").unwrap_or_else(|| "normal".into());
        if !URGENCIES.contains(&urgency.as_str()) {
            return Err(Refusal::bad("Urgency is none of very-low, low, normal, high"));
        }
        let topic = text("topic");
        if topic.as_deref().is_some_and(|topic| !is_topic(topic)) {
            return Err(Refusal::bad("Topic is not 1 to 32 characters of base64url"));
        }
        let encoding = text("content-encoding");
        let plain = read_body(&subscription, encoding.as_deref(), body)?;
        let message = PushMessage {
            id: format!("m{:011}", self.common.next_id()),
            subscription: subscription.id.clone(),
            received_at: self.common.clock.now().as_second(),
            ttl_s,
            urgency,
            topic,
            text: String::from_utf8_lossy(&plain).into_owned(),
            json: serde_json::from_slice(&plain).ok(),
            encrypted: encoding.is_some(),
            sender: sender.map(|vapid| vapid.subject),
            state: if subscription.state == SubscriptionState::Asleep { waiting(ttl_s) } else { PushState::Delivered },
            headers: headers.keys().map(|name| (name.to_string(), text(name.as_str()).unwrap_or_default())).collect(),
            body: BASE64_URL_SAFE_NO_PAD.encode(body),
        };
        self.replace(&message);
        self.common.messages.push(message.clone());
        Ok(message)
    }

    fn live_subscription(&self, id: &str) -> Result<PushSubscription, Refusal> {
        let unknown = || Refusal::new(StatusCode::NOT_FOUND, "there is no such subscription");
        let subscription = self.find_subscription(id).ok_or_else(unknown)?;
        match subscription.state {
            SubscriptionState::Awake | SubscriptionState::Asleep => Ok(subscription),
            SubscriptionState::Expired => Err(unknown()),
            SubscriptionState::Unsubscribed => Err(Refusal::new(StatusCode::GONE, "the subscription has ended")),
        }
    }

    /// Who sends. RFC 8292, section 4.2: 401 where nobody says so, 403 where it is not true or somebody else.
    fn check_sender(&self, subscription: &PushSubscription, headers: &HeaderMap) -> Result<Option<Vapid>, Refusal> {
        let Some(expected) = &subscription.application_server_key else { return Ok(None) };
        let missing = || Refusal::new(StatusCode::UNAUTHORIZED, "this subscription takes messages of its sender only");
        let authorization = header(headers, AUTHORIZATION.as_str()).ok_or_else(missing)?;
        let now_s = self.common.clock.now().as_second();
        let vapid = Vapid::verify(&authorization, &self.origin(), now_s);
        let vapid = vapid.map_err(|fault| Refusal::new(StatusCode::FORBIDDEN, fault))?;
        if vapid.key != *expected {
            let message = "k is not the applicationServerKey of this subscription";
            return Err(Refusal::new(StatusCode::FORBIDDEN, message));
        }
        Ok(Some(vapid))
    }

    /// What waits under the same topic is not delivered any more.
    fn replace(&self, newer: &PushMessage) {
        let Some(topic) = &newer.topic else { return };
        self.common.messages.change(|messages| {
            let mine = messages.iter_mut().filter(|older| older.subscription == newer.subscription);
            for older in mine.filter(|older| older.topic.as_ref() == Some(topic) && older.state == PushState::Waiting) {
                older.state = PushState::Replaced;
            }
        });
    }
}

fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
}

/// RFC 8030, section 5.2; senders of UnifiedPush leave it out.
fn read_ttl(ttl: Option<&str>, is_unified: bool) -> Result<Option<u64>, Refusal> {
    match ttl {
        None if is_unified => Ok(None),
        None => Err(Refusal::bad("TTL is missing")),
        Some(text) => text.trim().parse().map(Some).map_err(|_| Refusal::bad("TTL is no number of seconds")),
    }
}

fn is_topic(topic: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    (1..=TOPIC_CHARS_MAX).contains(&topic.len()) && topic.chars().all(allowed)
}

/// A message with TTL 0 is for a device that is there.
fn waiting(ttl_s: Option<u64>) -> PushState {
    if ttl_s == Some(0) { PushState::Expired } else { PushState::Waiting }
}

fn read_body(subscription: &PushSubscription, encoding: Option<&str>, body: &[u8]) -> Result<Vec<u8>, Refusal> {
    match encoding {
        None if body.is_empty() || subscription.is_unified() => Ok(body.to_vec()),
        Some("aes128gcm") => subscription.keys.decrypt(body).map_err(Refusal::bad),
        None => Err(Refusal::bad("Content-Encoding is missing: a message is encrypted with aes128gcm")),
        Some(_) => Err(Refusal::bad("Content-Encoding is not aes128gcm")),
    }
}
