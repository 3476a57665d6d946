//! Messages: `POST ../Messages.json`, `GET ../Messages/{sid}.json`.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    API_VERSION,
    form::Fields,
    refusal::Refusal,
    report::{error_code, status_word},
};
use crate::phone::{
    Channel, Direction, Message, MessageStatus, OnText, Provider, State,
    deliver::Draft,
    number::{e164, is_sender, is_service},
};

/// Letters of a text: error 21617.
const TEXT_CHARS_MAX: usize = 1_600;

/// Takes a message.
pub(super) fn send(state: &Arc<State>, fields: &Fields) -> Result<Response, Refusal> {
    let to = fields.get("To").ok_or_else(|| Refusal::missing(21604, "To"))?;
    let from = fields.get("From").or_else(|| fields.get("MessagingServiceSid"));
    let from = from.ok_or_else(|| Refusal::missing(21603, "From"))?;
    let channel = channel_of(to, from)?;
    let number = reachable(state, to, from)?;
    let text = read_text(state, fields)?;
    let callback_url = fields.url("StatusCallback", 21609)?;
    fields.seconds("ValidityPeriod", 36_000)?;
    if let Some(code) = state.faults_of(Provider::Twilio).twilio_code {
        return Err(Refusal::of_code(code));
    }
    let message = state.accept(Draft {
        id: format!("SM{}", state.next_id()),
        provider: Provider::Twilio,
        channel,
        from: from.to_owned(),
        to: number,
        text,
        template: fields.get("ContentSid").map(str::to_owned),
        client_ref: None,
        callback_url,
    });
    Ok((StatusCode::CREATED, Json(show_message(state, &message))).into_response())
}

/// Shows a message.
pub(super) fn show(state: &State, sid: &str) -> Result<Response, Refusal> {
    let message = state.message(sid).filter(|message| message.provider == Provider::Twilio);
    let message = message.ok_or_else(|| Refusal::not_found(sid))?;
    Ok(Json(show_message(state, &message)).into_response())
}

/// Both ends of a message are on one channel.
fn channel_of(to: &str, from: &str) -> Result<Channel, Refusal> {
    match (to.starts_with("whatsapp:"), from.starts_with("whatsapp:")) {
        (true, is_whatsapp) if is_whatsapp || is_service(from) => Ok(Channel::Whatsapp),
        (false, false) => Ok(Channel::Sms),
        _ => Err(Refusal::new(400, 21910, "'To' and 'From' are not on the same channel")),
    }
}

/// The number, if the account may send to it.
fn reachable(state: &State, to: &str, from: &str) -> Result<String, Refusal> {
    let name = to.strip_prefix("whatsapp:").unwrap_or(to);
    let number = e164(name).filter(|_| name.starts_with('+')).ok_or_else(|| Refusal::invalid_to(to))?;
    if !is_service(from) && !is_sender(from) {
        return Err(Refusal::new(400, 21212, format!("Invalid From Number (caller ID): {from}")));
    }
    match state.meet_phone(&number).texts {
        OnText::Invalid => Err(Refusal::invalid_to(to)),
        OnText::Unverified => Err(Refusal::of_code(21608)),
        OnText::RegionOff => Err(Refusal::of_code(21408)),
        _ if state.has_opted_out(&number, from) => Err(Refusal::of_code(21610)),
        _ => Ok(number),
    }
}

fn read_text(state: &State, fields: &Fields) -> Result<String, Refusal> {
    if let Some(sid) = fields.get("ContentSid") {
        return fill_template(state, sid, fields.get("ContentVariables"));
    }
    let text = fields.get("Body").ok_or_else(|| Refusal::new(400, 21602, "Message body is required."))?;
    if text.chars().count() > TEXT_CHARS_MAX {
        return Err(Refusal::new(400, 21617, format!("The body is longer than {TEXT_CHARS_MAX} characters")));
    }
    Ok(text.to_owned())
}

/// A template with its variables; one that nobody set up shows its SID and the variables.
fn fill_template(state: &State, sid: &str, variables: Option<&str>) -> Result<String, Refusal> {
    let wrong = |_| Refusal::new(400, 21656, "ContentVariables is no JSON object of texts");
    let variables: BTreeMap<String, String> = serde_json::from_str(variables.unwrap_or("{}")).map_err(wrong)?;
    let text = state.config.twilio.templates.get(sid).cloned();
    let text = text.unwrap_or_else(|| {
        let names: Vec<_> = variables.keys().map(|name| format!("{{{{{name}}}}}")).collect();
        format!("[{sid}] {}", names.join(" | "))
    });
    Ok(variables.iter().fold(text, |text, (name, value)| text.replace(&format!("{{{{{name}}}}}"), value)))
}

/// As on the wire.
fn show_message(state: &State, message: &Message) -> Value {
    let account = &state.config.twilio.account_sid;
    let code = message.failure.map(error_code);
    let with_channel = |party: &str| match message.channel {
        Channel::Whatsapp if party.starts_with('+') => format!("whatsapp:{party}"),
        _ => party.to_owned(),
    };
    let service = is_service(&message.from);
    json!({
        "sid": message.id,
        "account_sid": account,
        "api_version": API_VERSION,
        "body": message.text,
        "date_created": rfc2822(message.accepted_at),
        "date_sent": (message.status != MessageStatus::Queued).then(|| rfc2822(message.accepted_at)),
        "date_updated": rfc2822(message.arrived_at.unwrap_or(message.accepted_at)),
        "direction": if message.direction == Direction::ToPhone { "outbound-api" } else { "inbound" },
        "error_code": code,
        "error_message": code.map(|code| format!("See https://www.twilio.com/docs/errors/{code}")),
        "from": (!service).then(|| with_channel(&message.from)),
        "messaging_service_sid": service.then_some(&message.from),
        "num_media": "0",
        "num_segments": message.segments().to_string(),
        "price": null,
        "price_unit": "USD",
        "status": if service && message.status == MessageStatus::Queued { "accepted" } else { status_word(message.status) },
        "subresource_uris": {"media": format!("/{API_VERSION}/Accounts/{account}/Messages/{}/Media.json", message.id)},
        "to": with_channel(&message.to),
        "uri": format!("/{API_VERSION}/Accounts/{account}/Messages/{}.json", message.id),
    })
}

/// `Sat, 07 Mar 2026 09:30:00 +0000`
pub(super) fn rfc2822(at: Timestamp) -> String {
    at.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string()
}
