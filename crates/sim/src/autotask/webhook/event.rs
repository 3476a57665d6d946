//! What a webhook sends: the body, escaped as the service does, and its signature.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use serde::Serialize;
use sha1::Sha1;

use super::super::callout::{Message, Method};
use super::super::row::{Row, text};

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum WebhookAction {
    /// A row is new.
    Create,
    /// A field of a row was changed.
    Update,
    /// A row was deleted.
    Delete,
    /// The webhook was switched off.
    Deactivated,
}

/// An event, in the order of the service's keys.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Event {
    /// What happened.
    pub action: WebhookAction,
    /// The webhook's GUID.
    pub guid: String,
    /// What the row is.
    pub entity_type: &'static str,
    /// The row's id; what became of the webhook itself is about no row.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<i64>,
    /// The fields that are told.
    pub fields: Row,
    /// When it happened, to the second.
    pub event_time: String,
    /// Counts the webhook's events.
    pub sequence_number: i64,
    /// Who did it.
    #[serde(rename = "PersonID", skip_serializing_if = "Option::is_none")]
    pub person_id: Option<i64>,
}

/// A time as events give it.
pub fn event_time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The event as it is sent to a webhook; a deactivation goes to an address of its own. `wrongly` signs with another secret.
pub fn message(hook: &Row, event: &Event, wrongly: bool) -> Message {
    let address = if event.action == WebhookAction::Deactivated { "deactivationUrl" } else { "webhookUrl" };
    // An event has only texts as keys, so it is always JSON.
    let body = escaped(&serde_json::to_string(event).unwrap_or_default());
    let secret = text(hook, "secretKey").unwrap_or_default();
    let secret = if wrongly { format!("not {secret}") } else { secret.to_owned() };
    Message {
        method: Method::Post,
        url: text(hook, address).unwrap_or_default().to_owned(),
        content_type: Some("application/json"),
        authorization: None,
        signature: Some(format!("sha1={}", sign(&secret, &body))),
        body,
    }
}

/// Base64 of HMAC-SHA1 over the body as it is sent.
fn sign(secret: &str, body: &str) -> String {
    // HMAC takes keys of any length, so there is always a signature.
    let mac = Hmac::<Sha1>::new_from_slice(secret.as_bytes()).map(|mut mac| {
        mac.update(body.as_bytes());
        mac.finalize().into_bytes()
    });
    mac.map(|mac| STANDARD.encode(mac)).unwrap_or_default()
}

/// JSON as the service writes it: within texts, what could be markup and all beyond ASCII is escaped as `\u00E4` is, with large digits.
fn escaped(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    let (mut in_text, mut chars) = (false, json.chars());
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('"') => push_escape(&mut out, '"'),
                next => out.extend(['\\'].into_iter().chain(next)),
            },
            '"' => {
                in_text = !in_text;
                out.push(c);
            }
            '&' | '<' | '>' | '\'' | '+' if in_text => push_escape(&mut out, c),
            c if !c.is_ascii() => push_escape(&mut out, c),
            c => out.push(c),
        }
    }
    out
}

fn push_escape(out: &mut String, c: char) {
    for unit in c.encode_utf16(&mut [0; 2]) {
        out.push_str(&format!("\\u{unit:04X}"));
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::{Value, json};

    use super::{Event, WebhookAction, escaped, message};

    #[test]
    fn markup_and_what_is_not_ascii_is_escaped_and_reads_the_same() {
        let value = json!({"Ti+tle": "\"R&D\" <b>'s</b> 1+1 Ofen für 🍞\\ \"\\\"\n", "Number": 1.5});
        let sent = escaped(&value.to_string());
        assert_eq!(
            sent,
            r#"{"Number":1.5,"Ti\u002Btle":"\u0022R\u0026D\u0022 \u003Cb\u003E\u0027s\u003C/b\u003E 1\u002B1 Ofen f\u00FCr \uD83C\uDF5E\\ \u0022\\\u0022\n"}"#
        );
        assert_eq!(serde_json::from_str::<Value>(&sent).unwrap(), value);
    }

    #[test]
    fn the_body_has_the_services_keys_and_the_signature_is_over_what_is_sent() {
        let hook = json!({"secretKey": "stand-in-key-0001", "webhookUrl": "http://x/hook", "deactivationUrl": "http://x/gone"});
        let event = Event {
            action: WebhookAction::Update,
            guid: "g".to_owned(),
            entity_type: "Ticket",
            id: Some(351_181),
            fields: json!({"Title": "Büro & \"Ofen\""}).as_object().cloned().unwrap(),
            event_time: "2025-09-15T14:57:50Z".to_owned(),
            sequence_number: 1,
            person_id: Some(30_691_780),
        };
        let sent = message(hook.as_object().unwrap(), &event, false);
        assert_eq!((sent.url.as_str(), sent.content_type), ("http://x/hook", Some("application/json")));
        assert_eq!(
            sent.body,
            r#"{"Action":"Update","Guid":"g","EntityType":"Ticket","Id":351181,"Fields":{"Title":"B\u00FCro \u0026 \u0022Ofen\u0022"},"EventTime":"2025-09-15T14:57:50Z","SequenceNumber":1,"PersonID":30691780}"#
        );
        // From Python: base64.b64encode(hmac.new(key, body, hashlib.sha1).digest())
        assert_eq!(sent.signature.as_deref(), Some("sha1=CN8K5P6Ok+P28x73o09IZI7N7Dc="));
        assert_ne!(message(hook.as_object().unwrap(), &event, true).signature, sent.signature);
        let gone = Event { action: WebhookAction::Deactivated, id: None, person_id: None, ..event };
        let sent = message(hook.as_object().unwrap(), &gone, false);
        assert!(sent.url == "http://x/gone" && !sent.body.contains("\"Id\"") && !sent.body.contains("PersonID"));
    }
}
