//! A plain HTTP gateway, as modems and small carriers have them: `ANY /gateway/send`, texts of phones and reports as a form.

use std::sync::Arc;

use axum::{
    Json, Router,
    body::Bytes,
    extract::State as Shared,
    http::{HeaderMap, StatusCode, Uri, header},
    response::{IntoResponse, Response},
    routing::any,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use super::{
    Channel, GatewaySettings, Message, MessageStatus, OnText, Provider, State, deliver::Draft, http::Outgoing,
    number::e164, state::lock,
};
use crate::listening::BrokenOff;

/// Letters of a text.
const TEXT_CHARS_MAX: usize = 1_600;

pub(super) fn routes() -> Router<Arc<State>> {
    Router::new().route("/gateway/send", any(serve))
}

/// A refusal: the status of an honest gateway, and the reason.
type Refusal = (u16, String);

async fn serve(Shared(state): Shared<Arc<State>>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let wants_json = says_json(&headers, header::ACCEPT) || says_json(&headers, header::CONTENT_TYPE);
    if let Some(met) = state.meet_faults(Provider::Gateway).await {
        let retry_after = met.retry_after_s.map(|seconds| [(header::RETRY_AFTER, seconds.to_string())]);
        let refusal = refuse(&state, wants_json, (met.status, "a fault that was asked for".to_owned()));
        return (retry_after, refusal).into_response();
    }
    let sent = take(&state, &uri, &headers, &body);
    if sent.is_ok() && state.drops_answer(Provider::Gateway) {
        return BrokenOff.into_response();
    }
    match sent {
        Ok(id) if wants_json => Json(json!({"status": "queued", "id": id})).into_response(),
        Ok(id) => format!("OK: {id}\n").into_response(),
        Err(refusal) => refuse(&state, wants_json, refusal),
    }
}

fn says_json(headers: &HeaderMap, name: header::HeaderName) -> bool {
    headers.get(name).and_then(|value| value.to_str().ok()).is_some_and(|value| value.contains("json"))
}

fn refuse(state: &State, wants_json: bool, (status, reason): Refusal) -> Response {
    let status = if state.config.gateway.errors_are_200 { 200 } else { status };
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    match wants_json {
        true => (status, Json(json!({"status": "error", "error": reason}))).into_response(),
        false => (status, format!("ERROR: {reason}\n")).into_response(),
    }
}

fn take(state: &Arc<State>, uri: &Uri, headers: &HeaderMap, body: &[u8]) -> Result<String, Refusal> {
    let settings = &state.config.gateway;
    let fields = read(uri, headers, body)?;
    log_in(settings, headers, &fields)?;
    if state.faults_of(Provider::Gateway).refuse_credentials {
        return Err((401, "wrong credentials".to_owned()));
    }
    let to = get(&fields, &settings.to_param).ok_or_else(|| (400, format!("no {}", settings.to_param)))?;
    let text = get(&fields, &settings.text_param).ok_or_else(|| (400, format!("no {}", settings.text_param)))?;
    let number = e164(to).filter(|number| state.meet_phone(number).texts != OnText::Invalid);
    let number = number.ok_or_else(|| (400, format!("invalid number {to}")))?;
    if text.chars().count() > TEXT_CHARS_MAX {
        return Err((400, format!("the text is longer than {TEXT_CHARS_MAX} characters")));
    }
    let message = state.accept(Draft {
        id: state.next_id(),
        provider: Provider::Gateway,
        channel: Channel::Sms,
        from: get(&fields, &settings.from_param).unwrap_or(&settings.own_number).to_owned(),
        to: number,
        text: text.to_owned(),
        template: None,
        client_ref: None,
        callback_url: None,
    });
    Ok(message.id)
}

/// Query, and form or JSON.
fn read(uri: &Uri, headers: &HeaderMap, body: &[u8]) -> Result<Vec<(String, String)>, Refusal> {
    let unreadable = || (400, "the request cannot be read".to_owned());
    let mut fields: Vec<(String, String)> =
        serde_html_form::from_str(uri.query().unwrap_or_default()).map_err(|_| unreadable())?;
    if says_json(headers, header::CONTENT_TYPE) {
        let body: serde_json::Map<String, Value> = serde_json::from_slice(body).map_err(|_| unreadable())?;
        fields.extend(body.into_iter().map(|(name, value)| match value {
            Value::String(text) => (name, text),
            other => (name, other.to_string()),
        }));
    } else {
        let form: Vec<(String, String)> = serde_html_form::from_bytes(body).map_err(|_| unreadable())?;
        fields.extend(form);
    }
    Ok(fields)
}

fn get<'a>(fields: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let found = fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    found.filter(|value| !value.is_empty())
}

fn log_in(settings: &GatewaySettings, headers: &HeaderMap, fields: &[(String, String)]) -> Result<(), Refusal> {
    let refused = || (401, "wrong credentials".to_owned());
    if let Some((user, password)) = &settings.login {
        let basic = format!("Basic {}", STANDARD.encode(format!("{user}:{password}")));
        let by_header = headers.get(header::AUTHORIZATION).is_some_and(|value| value.as_bytes() == basic.as_bytes());
        let by_fields = get(fields, "user") == Some(user) && get(fields, "password") == Some(password);
        if !by_header && !by_fields {
            return Err(refused());
        }
    }
    match &settings.token {
        Some((name, value)) if headers.get(name).is_none_or(|given| given.as_bytes() != value.as_bytes()) => {
            Err(refused())
        }
        _ => Ok(()),
    }
}

/// A text of a phone: a form with `from`, `to`, `text` and `id`.
pub(super) fn inbound(state: &State, message: &Message, url: String) -> Outgoing {
    let form = [("from", &message.from), ("to", &message.to), ("text", &message.text), ("id", &message.id)];
    form_to(state, url, serde_html_form::to_string(form).unwrap_or_default())
}

/// What became of a message, where somebody wants to know: a form with `id` and `status`, in the words of SMPP.
pub(super) fn message_report(state: &State, message: &Message) -> Option<Outgoing> {
    let status = match message.status {
        MessageStatus::Delivered => "DELIVRD",
        MessageStatus::Undelivered | MessageStatus::Failed => "UNDELIV",
        // A gateway tells how it ended.
        MessageStatus::Queued | MessageStatus::Sent | MessageStatus::Received => return None,
    };
    let url = lock(&state.webhooks).gateway_status.clone()?;
    let form = [("id", message.id.as_str()), ("status", status)];
    Some(form_to(state, url, serde_html_form::to_string(form).unwrap_or_default()))
}

fn form_to(state: &State, url: String, body: String) -> Outgoing {
    let mut headers = vec![("Content-Type".to_owned(), "application/x-www-form-urlencoded".to_owned())];
    headers.extend(state.config.gateway.inbound_token.clone());
    Outgoing { post: true, url, headers, body }
}
