//! Webhooks of messages, and the signature of every webhook: a JWT over the hash of the body.

use hmac::digest::Digest as _;
use serde_json::{Value, json};
use sha2::Sha256;

use super::{jwt::sign_hs256, problem::ERRORS};
use crate::phone::{Channel, Failure, Message, MessageStatus, State, http::Outgoing, number::bare};

/// A signed webhook: <https://developer.vonage.com/en/getting-started/concepts/webhooks#decoding-signed-webhooks>. A GET has its
/// values in the query, and no body to hash.
pub(super) fn sign(state: &State, url: &str, post: bool, body: &Value) -> Outgoing {
    let text = if post { body.to_string() } else { String::new() };
    let mut claims = json!({
        "iat": state.clock.now().as_second(),
        "jti": state.next_uuid(),
        "iss": "Vonage",
        "api_key": state.config.vonage.api_key,
        "application_id": state.config.vonage.application_id,
    });
    if post {
        claims["payload_hash"] = hex(&Sha256::digest(text.as_bytes())).into();
    }
    let token = sign_hs256(&state.config.vonage.signature_secret, &claims);
    let mut headers = vec![("Authorization".to_owned(), format!("Bearer {token}"))];
    if post {
        headers.push(("Content-Type".to_owned(), "application/json".to_owned()));
        return Outgoing { post, url: url.to_owned(), headers, body: text };
    }
    let pairs: Vec<_> =
        body.as_object().into_iter().flatten().filter_map(|(name, value)| Some((name, value.as_str()?))).collect();
    let query = serde_html_form::to_string(&pairs).unwrap_or_default();
    let url = format!("{url}{}{query}", if url.contains('?') { '&' } else { '?' });
    Outgoing { post, url, headers, body: text }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The report of a message as it is now. There is none of its first moment.
pub(in crate::phone) fn message_report(state: &State, message: &Message) -> Option<Outgoing> {
    let url = message.callback_url.as_ref()?;
    let status = status_word(message)?;
    let mut body = json!({
        "message_uuid": message.id,
        "to": bare(&message.to),
        "from": bare(&message.from),
        "timestamp": state.clock.now().strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string(),
        "status": status,
        "channel": channel_word(message.channel),
    });
    if let Some(client_ref) = &message.client_ref {
        body["client_ref"] = client_ref.as_str().into();
    }
    if message.status == MessageStatus::Sent && message.channel == Channel::Sms {
        body["usage"] = json!({"currency": "EUR", "price": "0.0333"});
        body["sms"] = json!({"count_total": message.segments().to_string()});
    }
    if let Some(why) = message.failure {
        let (code, detail) = explain(why);
        body["error"] = json!({
            "type": format!("{ERRORS}/messages#{code}"),
            "title": code,
            "detail": detail,
            "instance": message.id,
        });
    }
    Some(sign(state, url, true, &body))
}

/// Vonage's word. There is none of the first moment.
pub(super) fn status_word(message: &Message) -> Option<&'static str> {
    match (message.status, message.failure) {
        (MessageStatus::Sent, _) => Some("submitted"),
        (MessageStatus::Delivered, _) => Some("delivered"),
        (MessageStatus::Undelivered, Some(Failure::Unreachable)) => Some("undeliverable"),
        (MessageStatus::Undelivered | MessageStatus::Failed, _) => Some("rejected"),
        (MessageStatus::Queued | MessageStatus::Received, _) => None,
    }
}

/// Vonage's code: <https://developer.vonage.com/en/api-errors/messages>.
pub(super) fn explain(why: Failure) -> (&'static str, &'static str) {
    match why {
        Failure::Unreachable => ("1260", "The destination cannot be reached"),
        Failure::Unknown => ("1190", "The subscriber is permanently absent"),
        Failure::Landline => ("1240", "The number cannot take messages"),
        Failure::Filtered => ("1210", "The carrier took it for spam"),
        Failure::OutsideWindow => ("1340", "The message is outside the allowed window"),
    }
}

fn channel_word(channel: Channel) -> &'static str {
    match channel {
        Channel::Sms => "sms",
        Channel::Whatsapp => "whatsapp",
    }
}

/// The webhook of a text of a phone.
pub(in crate::phone) fn inbound(state: &State, message: &Message, url: String) -> Outgoing {
    let mut body = json!({
        "message_uuid": message.id,
        "to": bare(&message.to),
        "from": bare(&message.from),
        "timestamp": state.clock.now().strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string(),
        "channel": channel_word(message.channel),
        "message_type": "text",
        "text": message.text,
        "context_status": "none",
    });
    match message.channel {
        Channel::Sms => {
            body["sms"] = json!({"num_messages": message.segments().to_string()});
            body["usage"] = json!({"currency": "EUR", "price": "0.00"});
        }
        Channel::Whatsapp => body["profile"] = json!({"name": message.from}),
    }
    sign(state, &url, true, &body)
}
