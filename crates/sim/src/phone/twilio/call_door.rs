//! Calls: `POST ../Calls.json`, `GET|POST ../Calls/{sid}.json`.

use std::sync::Arc;

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::{
    API_VERSION, Plan, call::call_word, form::Fields, message_door::rfc2822, refusal::Refusal, twiml::read_script,
};
use crate::phone::{
    AnsweredBy, Call, CallState, Direction, OnText, Provider, State,
    host::{Detection, Host, Opening},
    line::{Act, Dial},
    number::{e164, party},
    script::Target,
};

/// Reports that may be asked for.
const EVENTS: [&str; 4] = ["initiated", "ringing", "answered", "completed"];

/// Takes a call.
pub(super) fn begin(state: &Arc<State>, fields: &Fields) -> Result<Response, Refusal> {
    let to = fields.get("To").ok_or_else(|| Refusal::missing(21201, "To"))?;
    let from = fields.get("From").ok_or_else(|| Refusal::missing(21213, "From"))?;
    let number = e164(to).filter(|_| to.starts_with('+')).ok_or_else(|| Refusal::invalid_to(to))?;
    if e164(from).is_none() {
        return Err(Refusal::new(400, 21212, format!("Invalid From Number (caller ID): {from}")));
    }
    match state.meet_phone(&number).texts {
        OnText::Invalid => return Err(Refusal::invalid_to(to)),
        OnText::Unverified => return Err(Refusal::new(400, 21219, "The number is not verified")),
        OnText::RegionOff => return Err(Refusal::new(400, 21215, "The account may not call this country")),
        _ => {}
    }
    let plan = read_plan(fields)?;
    if let Some(code) = state.faults_of(Provider::Twilio).twilio_code {
        return Err(Refusal::of_code(code));
    }
    let call = state.dial(Dial {
        id: format!("CA{}", state.next_id()),
        provider: Provider::Twilio,
        conversation: None,
        direction: Direction::ToPhone,
        from: party(from),
        to: number,
        host: Host::Twilio(plan),
    });
    Ok((StatusCode::CREATED, Json(show_call(state, &call))).into_response())
}

fn read_plan(fields: &Fields) -> Result<Plan, Refusal> {
    let bad = |why: String| Refusal::new(400, 20001, why);
    let target = |url: &str, method: &str| Target::new(url, fields.get(method), true).map_err(bad);
    let opening = match (fields.get("Twiml"), fields.url("Url", 21205)?) {
        (Some(twiml), None) => Opening::Steps(read_script(twiml).map_err(|why| Refusal::new(400, 21218, why))?),
        (None, Some(url)) => Opening::Fetch(target(&url, "Method")?),
        _ => return Err(Refusal::new(400, 21205, "One of 'Url' and 'Twiml' is required")),
    };
    let callback = fields.url("StatusCallback", 21609)?.map(|url| target(&url, "StatusCallbackMethod")).transpose()?;
    let mut events = fields.all("StatusCallbackEvent");
    if let Some(event) = events.iter().find(|event| !EVENTS.contains(&event.as_str())) {
        return Err(Refusal::new(400, 21626, format!("'{event}' is no event of a call")));
    }
    if events.is_empty() {
        events.push("completed".to_owned());
    }
    let detection = match fields.get("MachineDetection") {
        None => None,
        Some("Enable") => Some(Detection { hangs_up: false, awaits_tone: false }),
        Some("DetectMessageEnd") => Some(Detection { hangs_up: false, awaits_tone: true }),
        Some(other) => return Err(bad(format!("MachineDetection cannot be '{other}'"))),
    };
    fields.seconds("MachineDetectionTimeout", 30)?;
    let (timeout_s, limit_s) = (fields.seconds("Timeout", 60)?, fields.seconds("TimeLimit", 14_400)?);
    Ok(Plan { opening, callback, events, timeout_s, limit_s, detection })
}

/// Shows a call.
pub(super) fn show(state: &State, sid: &str) -> Result<Response, Refusal> {
    Ok(Json(show_call(state, &find(state, sid)?)).into_response())
}

/// Ends a call: `Status=completed` at any time, `Status=canceled` before it is answered.
pub(super) fn change(state: &State, sid: &str, fields: &Fields) -> Result<Response, Refusal> {
    let call = find(state, sid)?;
    if call.state.is_over() {
        return Err(Refusal::new(400, 21220, "Call is not in-progress. Cannot redirect."));
    }
    match fields.get("Status") {
        Some("completed") => state.act(sid, Act::Stop),
        Some("canceled") if call.state != CallState::Talking => state.act(sid, Act::Stop),
        Some("canceled") => false,
        _ => return Err(Refusal::new(400, 20001, "This stand-in changes a call by 'Status' only")),
    };
    Ok(Json(show_call(state, &call)).into_response())
}

fn find(state: &State, sid: &str) -> Result<Call, Refusal> {
    let call = state.call(sid).filter(|call| call.provider == Provider::Twilio);
    call.ok_or_else(|| Refusal::not_found(sid))
}

/// As on the wire.
fn show_call(state: &State, call: &Call) -> Value {
    let account = &state.config.twilio.account_sid;
    json!({
        "sid": call.id,
        "account_sid": account,
        "api_version": API_VERSION,
        "answered_by": call.answered_by.map(|by| match by {
            AnsweredBy::Human => "human",
            AnsweredBy::Machine => "machine_start",
            AnsweredBy::Unknown => "unknown",
        }),
        "date_created": rfc2822(call.started_at),
        "date_updated": rfc2822(call.ended_at.unwrap_or(call.started_at)),
        "direction": if call.direction == Direction::ToPhone { "outbound-api" } else { "inbound" },
        "duration": call.ended_at.map(|_| call.duration_s().to_string()),
        "start_time": call.answered_at.map(rfc2822),
        "end_time": call.ended_at.map(rfc2822),
        "from": call.from,
        "from_formatted": call.from,
        "to": call.to,
        "to_formatted": call.to,
        "parent_call_sid": null,
        "price": null,
        "price_unit": "USD",
        "status": match call_word(call.state) { "initiated" => "queued", word => word },
        "uri": format!("/{API_VERSION}/Accounts/{account}/Calls/{}.json", call.id),
    })
}
