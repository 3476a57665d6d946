//! Messages: `POST /v1/messages`.

use std::sync::Arc;

use axum::{Json, http::StatusCode, response::IntoResponse};
use serde::Deserialize;
use serde_json::json;

use super::problem::Problem;
use crate::phone::{
    Channel, OnText, Provider, State,
    deliver::Draft,
    number::{e164, is_sender},
    state::lock,
};

/// Letters of a text.
const SMS_CHARS_MAX: usize = 1_000;
/// Letters of a WhatsApp text.
const WHATSAPP_CHARS_MAX: usize = 4_096;
/// Letters of a reference.
const REF_CHARS_MAX: usize = 100;

/// A message as it is sent; parameters of kinds that are not here are ignored.
#[derive(Debug, Deserialize)]
struct MessageIn {
    message_type: String,
    channel: String,
    to: String,
    from: String,
    text: Option<String>,
    client_ref: Option<String>,
    webhook_url: Option<String>,
    webhook_version: Option<String>,
    whatsapp: Option<serde_json::Value>,
    template: Option<serde_json::Value>,
}

/// Takes a message.
pub(super) fn send(state: &Arc<State>, body: &[u8]) -> Result<impl IntoResponse + use<>, Problem> {
    let message: MessageIn =
        serde_json::from_slice(body).map_err(|error| Problem::invalid("body", error.to_string()))?;
    if state.faults_of(Provider::Vonage).low_balance {
        return Err(Problem::low_balance());
    }
    let draft = message.check(state)?;
    let uuid = state.accept(draft).id;
    Ok((StatusCode::ACCEPTED, Json(json!({"message_uuid": uuid}))))
}

impl MessageIn {
    fn check(self, state: &State) -> Result<Draft, Problem> {
        let channel = match self.channel.as_str() {
            "sms" => Channel::Sms,
            "whatsapp" => Channel::Whatsapp,
            _ => return Err(Problem::invalid("channel", "is sms or whatsapp in this stand-in")),
        };
        if self.webhook_version.as_deref().is_some_and(|version| version != "v1") {
            return Err(Problem::invalid("webhook_version", "is v1 in this stand-in"));
        }
        let to = e164(&self.to).filter(|_| self.to.bytes().all(|b| b.is_ascii_digit()));
        let to = to.ok_or_else(|| Problem::invalid("to", "is a number in E.164, digits only"))?;
        if state.meet_phone(&to).texts == OnText::Invalid {
            return Err(Problem::invalid("to", "is no telephone number"));
        }
        if !is_sender(&self.from) {
            return Err(Problem::invalid("from", "is no sender"));
        }
        if self.client_ref.as_ref().is_some_and(|text| text.chars().count() > REF_CHARS_MAX) {
            return Err(Problem::invalid("client_ref", format!("is longer than {REF_CHARS_MAX}")));
        }
        let (text, template) = self.text(channel)?;
        Ok(Draft {
            id: state.next_uuid(),
            provider: Provider::Vonage,
            channel,
            from: self.from,
            to,
            text,
            template,
            client_ref: self.client_ref,
            callback_url: self.webhook_url.or_else(|| lock(&state.webhooks).vonage_status.clone()),
        })
    }

    /// The text, and the name of a template.
    fn text(&self, channel: Channel) -> Result<(String, Option<String>), Problem> {
        let max = match channel {
            Channel::Sms => SMS_CHARS_MAX,
            Channel::Whatsapp => WHATSAPP_CHARS_MAX,
        };
        match (self.message_type.as_str(), self.text.as_deref().unwrap_or_default()) {
            ("text", "") => Err(Problem::invalid("text", "is required")),
            ("text", text) if text.chars().count() > max => {
                Err(Problem::invalid("text", format!("is longer than {max} characters")))
            }
            ("text", text) => Ok((text.to_owned(), None)),
            ("template", _) if channel == Channel::Whatsapp => self.fill_template(),
            _ => Err(Problem::invalid("message_type", "is text, or template of WhatsApp, in this stand-in")),
        }
    }

    /// What the reader of a template sees here: its name and its parameters.
    fn fill_template(&self) -> Result<(String, Option<String>), Problem> {
        let template = self.template.as_ref().ok_or_else(|| Problem::invalid("template", "is required"))?;
        if self.whatsapp.as_ref().is_none_or(|whatsapp| !whatsapp["locale"].is_string()) {
            return Err(Problem::invalid("whatsapp", "names no locale"));
        }
        let name = template["name"].as_str().ok_or_else(|| Problem::invalid("template", "has no name"))?;
        let parameters = template["parameters"].as_array().cloned().unwrap_or_default();
        let words: Vec<_> = parameters.iter().filter_map(|value| value.as_str()).collect();
        Ok((format!("[{name}] {}", words.join(" | ")), Some(name.to_owned())))
    }
}
