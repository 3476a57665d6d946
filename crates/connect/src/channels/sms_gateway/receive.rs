//! What a gateway tells us: texts and reports, as a form or as JSON, with our token.

use std::collections::BTreeMap;

use jiff::Timestamp;
use secrecy::ExposeSecret;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq;
use watchbell_core::{provider::Reported, user::Channel};

use super::SmsGateway;
use crate::channels::{Heard, Hook, Inbound, Refused, Report, Text, text::line};

/// Names under which gateways send the same thing.
const FROM: &[&str] = &["from", "sender", "msisdn"];
const TEXT: &[&str] = &["text", "message", "content"];
const ID: &[&str] = &["id", "message_id"];
const STATUS: &[&str] = &["status"];

pub(super) fn receive(gateway: &SmsGateway, call: &Inbound<'_>) -> Result<Vec<Heard>, Refused> {
    let query = pairs(call.query.as_bytes())?;
    let Some(expected) = &gateway.inbound_token else {
        return Err(Refused::Forged(
            "this gateway has no token for incoming messages: enter one in its settings".into(),
        ));
    };
    let sent = token_of(call, &query).ok_or_else(|| Refused::Forged("the token is missing".into()))?;
    if !bool::from(sent.as_bytes().ct_eq(expected.expose_secret().as_bytes())) {
        return Err(Refused::Forged("the token is wrong".into()));
    }
    let fields = Fields::read(call, query)?;
    match call.hook {
        Hook::Message => Ok(vec![Heard::Text(text(&fields, call)?)]),
        Hook::Status => report(&fields),
        Hook::Answer | Hook::Keys => Err(Refused::Unreadable("a gateway of text messages makes no calls".into())),
    }
}

fn token_of(call: &Inbound<'_>, query: &BTreeMap<String, String>) -> Option<String> {
    let bearer = (call.header)("authorization").and_then(|value| {
        let (scheme, token) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
    });
    bearer.or_else(|| (call.header)("x-token")).or_else(|| query.get("token").cloned())
}

struct Fields(BTreeMap<String, String>);

impl Fields {
    /// The body by what it looks like: small gateways are careless about its type. The query where there is no body.
    fn read(call: &Inbound<'_>, query: BTreeMap<String, String>) -> Result<Self, Refused> {
        let body = call.body.trim_ascii();
        match body.first() {
            None => Ok(Self(query)),
            Some(b'{') => Ok(Self(flat(body)?)),
            Some(_) => Ok(Self(pairs(body)?)),
        }
    }

    fn find(&self, names: &[&str]) -> Option<&str> {
        names.iter().find_map(|name| self.0.get(*name)).map(String::as_str).filter(|value| !value.is_empty())
    }

    fn need(&self, names: &[&str]) -> Result<&str, Refused> {
        self.find(names).ok_or_else(|| Refused::Unreadable(format!("one of {} is missing", names.join(", "))))
    }
}

fn pairs(raw: &[u8]) -> Result<BTreeMap<String, String>, Refused> {
    let pairs: Vec<(String, String)> =
        serde_html_form::from_bytes(raw).map_err(|_| Refused::Unreadable("the request is no form".into()))?;
    Ok(pairs.into_iter().collect())
}

/// The texts and numbers of an object.
fn flat(raw: &[u8]) -> Result<BTreeMap<String, String>, Refused> {
    let object: BTreeMap<String, serde_json::Value> =
        serde_json::from_slice(raw).map_err(|_| Refused::Unreadable("the body is no JSON object".into()))?;
    let fields = object.into_iter().filter_map(|(name, value)| match value {
        serde_json::Value::String(text) => Some((name, text)),
        serde_json::Value::Number(number) => Some((name, number.to_string())),
        _ => None,
    });
    Ok(fields.collect())
}

fn text(fields: &Fields, call: &Inbound<'_>) -> Result<Text, Refused> {
    let (from, text) = (number(fields.need(FROM)?), fields.need(TEXT)?);
    let id = fields.find(ID).map_or_else(|| own_id(&from, text, call.now), |id| line(id, 100));
    Ok(Text { channel: Channel::Sms, from, text: text.to_owned(), provider_id: id })
}

/// Without an id, who wrote what in which minute tells a text from the next one: gateways repeat within seconds.
fn own_id(from: &str, text: &str, now: Timestamp) -> String {
    let words = Sha256::digest(text).iter().take(8).map(|byte| format!("{byte:02x}")).collect::<String>();
    format!("{}-{}-{words}", line(from, 40), now.as_second() / 60)
}

/// In the form of E.164 where it can be one without knowing the country.
fn number(raw: &str) -> String {
    let bare: String = raw.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '+').collect();
    let digits = bare.strip_prefix("00").unwrap_or(&bare);
    match digits.len() >= 8 && !digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        true => format!("+{digits}"),
        false => bare,
    }
}

fn report(fields: &Fields) -> Result<Vec<Heard>, Refused> {
    let (id, status) = (line(fields.need(ID)?, 100), line(fields.need(STATUS)?, 100));
    let state = state_of(&status).ok_or_else(|| Refused::Unreadable(format!("the status {status} is not known")))?;
    Ok(vec![Heard::Report(Report { provider_id: id, state, said: status })])
}

/// The words of SMPP (3.4, message states), those of common gateways, and the numbers of Kannel's reports.
fn state_of(status: &str) -> Option<Reported> {
    match status.to_lowercase().as_str() {
        "delivered" | "delivrd" | "deliveryok" | "success" | "1" => Some(Reported::Delivered),
        "queued" | "accepted" | "acceptd" | "enroute" | "pending" | "sent" | "sending" | "sentok" | "buffered"
        | "submitted" | "4" | "8" => Some(Reported::Queued),
        "undelivered" | "undeliv" | "undeliverable" | "failed" | "failure" | "error" | "expired" | "rejected"
        | "rejectd" | "deleted" | "deliveryfailed" | "senderror" | "sendingerror" | "unknown" | "2" | "16" => {
            Some(Reported::Undelivered)
        }
        _ => None,
    }
}
