//! What Vonage tells us: reports, texts, calls that were picked up, keys.

use serde::{Deserialize, de::DeserializeOwned};
use watchbell_core::{provider::Reported, user::Channel};

use super::{Vonage, errors::Problem, token::check};
use crate::channels::{Heard, Hook, Inbound, PickedUpBy, Refused, Report, Text, refusal::Meaning, text::line};

pub(super) fn receive(account: &Vonage, call: &Inbound<'_>) -> Result<Vec<Heard>, Refused> {
    if call.method != "POST" {
        // Nothing signs a query.
        return Err(Refused::Forged("Vonage signs requests by POST only: choose POST in the application".into()));
    }
    let authorization = (call.header)("authorization");
    check(authorization.as_deref(), &account.signature_secret, &account.api_key, call.body, call.now)
        .map_err(|why| Refused::Forged(why.into()))?;
    match call.hook {
        Hook::Message => text(read(call.body)?),
        Hook::Status => report(read(call.body)?),
        Hook::Answer => {
            let Answered { uuid } = read(call.body)?;
            Ok(vec![Heard::PickedUp { provider_id: uuid, by: PickedUpBy::Unknown }])
        }
        Hook::Keys => {
            let input: Input = read(call.body)?;
            Ok(vec![Heard::Key { provider_id: input.uuid, key: input.dtmf.and_then(Pressed::first) }])
        }
    }
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refused> {
    serde_json::from_slice(body).map_err(|_| Refused::Unreadable("the body is not what Vonage posts here".into()))
}

#[derive(Deserialize)]
struct Inward {
    message_uuid: String,
    from: String,
    #[serde(default)]
    channel: String,
    #[serde(default)]
    text: String,
}

#[derive(Deserialize)]
struct Answered {
    uuid: String,
}

#[derive(Deserialize)]
struct Input {
    uuid: String,
    dtmf: Option<Pressed>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Pressed {
    Now {
        digits: Option<String>,
    },
    /// As it was before 2020.
    Before(String),
}

impl Pressed {
    fn first(self) -> Option<char> {
        match self {
            Pressed::Now { digits } => digits?.chars().next(),
            Pressed::Before(digits) => digits.chars().next(),
        }
    }
}

/// The status of a message, or an event of a call.
#[derive(Deserialize)]
struct Status {
    message_uuid: Option<String>,
    uuid: Option<String>,
    #[serde(default)]
    status: String,
    error: Option<Problem>,
    #[serde(default)]
    detail: String,
    #[serde(default)]
    reason: String,
}

fn text(inward: Inward) -> Result<Vec<Heard>, Refused> {
    if !matches!(inward.channel.as_str(), "sms" | "") {
        return Err(Refused::Unreadable("only text messages are read".into()));
    }
    let is_number = inward.from.len() >= 7 && inward.from.bytes().all(|byte| byte.is_ascii_digit());
    let from = if is_number { format!("+{}", inward.from) } else { inward.from };
    Ok(vec![Heard::Text(Text { channel: Channel::Sms, from, text: inward.text, provider_id: inward.message_uuid })])
}

fn report(status: Status) -> Result<Vec<Heard>, Refused> {
    let (provider_id, state) = match (&status.message_uuid, &status.uuid) {
        (Some(id), _) => (id, message_state(&status.status, status.error.as_ref())),
        (None, Some(id)) => (id, call_state(&status.status)),
        (None, None) => return Err(Refused::Unreadable("it names no message and no call".into())),
    };
    let why = status.error.as_ref().map(Problem::words);
    let why = why.as_deref().unwrap_or(if status.detail.is_empty() { &status.reason } else { &status.detail });
    let said = if why.is_empty() { status.status.clone() } else { format!("{}: {why}", status.status) };
    let said = line(&said, 250);
    Ok(state.map(|state| Heard::Report(Report { provider_id: provider_id.clone(), state, said })).into_iter().collect())
}

/// Where a message stands. `None`: a word that is not known.
pub(super) fn message_state(status: &str, error: Option<&Problem>) -> Option<Reported> {
    match status {
        "submitted" | "accepted" | "buffered" => Some(Reported::Queued),
        "delivered" => Some(Reported::Delivered),
        "read" => Some(Reported::Read),
        "rejected" | "undeliverable" | "undelivered" | "failed" | "expired" => {
            Some(error.and_then(Problem::meaning).map_or(Reported::Undelivered, Meaning::reported))
        }
        _ => None,
    }
}

/// Where a call stands. `None`: nothing that changes it, such as `input` or `transfer`.
pub(super) fn call_state(status: &str) -> Option<Reported> {
    match status {
        "started" => Some(Reported::Queued),
        "ringing" => Some(Reported::Ringing),
        "answered" | "human" => Some(Reported::Delivered),
        "machine" => Some(Reported::Machine),
        "completed" | "disconnected" => Some(Reported::Ended),
        "busy" | "rejected" => Some(Reported::Busy),
        "timeout" | "unanswered" => Some(Reported::Unanswered),
        "cancelled" => Some(Reported::TakenBack),
        "failed" => Some(Reported::Undelivered),
        _ => None,
    }
}
