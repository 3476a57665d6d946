//! Calls: `POST /v1/calls`, `GET|PUT /v1/calls/{uuid}`.

use std::sync::Arc;

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Plan, call::call_word, ncco, problem::Problem};
use crate::phone::{
    Call, Direction, OnText, Provider, State,
    host::{Detection, Host, Opening},
    line::{Act, Dial},
    number::{bare, e164, party},
    script::Target,
    state::lock,
};

/// How long it rings, in seconds.
const RINGING_S: u64 = 60;
/// How long a call may last, in seconds.
const LENGTH_S: u64 = 7_200;
/// How long it may be asked to last, in seconds.
const LENGTH_S_MAX: u64 = 86_400;

/// A call as it is begun; unknown parameters are errors, since they would be ignored in silence.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CallIn {
    to: Vec<Endpoint>,
    from: Option<Endpoint>,
    random_from_number: Option<bool>,
    ncco: Option<Value>,
    answer_url: Option<Vec<String>>,
    answer_method: Option<String>,
    event_url: Option<Vec<String>>,
    event_method: Option<String>,
    ringing_timer: Option<u64>,
    length_timer: Option<u64>,
    machine_detection: Option<String>,
    advanced_machine_detection: Option<AdvancedIn>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Endpoint {
    #[serde(rename = "type")]
    kind: String,
    number: String,
    #[serde(rename = "dtmfAnswer")]
    _dtmf_answer: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AdvancedIn {
    behavior: Option<String>,
    mode: Option<String>,
    beep_timeout: Option<u64>,
}

/// Takes a call.
pub(super) fn begin(state: &Arc<State>, body: &[u8]) -> Result<impl IntoResponse + use<>, Problem> {
    let call: CallIn = serde_json::from_slice(body).map_err(|error| Problem::bad_call("body", error.to_string()))?;
    if state.faults_of(Provider::Vonage).low_balance {
        return Err(Problem::low_balance());
    }
    let to = call.callee(state)?;
    let from = call.caller()?;
    let plan = call.plan(state)?;
    let conversation = format!("CON-{}", state.next_uuid());
    let call = state.dial(Dial {
        id: state.next_uuid(),
        provider: Provider::Vonage,
        conversation: Some(conversation.clone()),
        direction: Direction::ToPhone,
        from,
        to,
        host: Host::Vonage(plan),
    });
    let answer =
        json!({"uuid": call.id, "status": "started", "direction": "outbound", "conversation_uuid": conversation});
    Ok((StatusCode::CREATED, Json(answer)))
}

impl CallIn {
    fn callee(&self, state: &State) -> Result<String, Problem> {
        let [to] = self.to.as_slice() else { return Err(Problem::bad_call("to", "has one endpoint")) };
        let number = e164(&to.number).filter(|_| to.kind == "phone" && to.number.bytes().all(|b| b.is_ascii_digit()));
        let number = number.ok_or_else(|| Problem::bad_call("to", "is a phone with a number, digits only"))?;
        match state.meet_phone(&number).texts {
            OnText::Invalid => Err(Problem::bad_call("to", "is no telephone number")),
            _ => Ok(number),
        }
    }

    fn caller(&self) -> Result<String, Problem> {
        match (&self.from, self.random_from_number) {
            (Some(from), None | Some(false)) if from.kind == "phone" && e164(&from.number).is_some() => {
                Ok(party(&from.number))
            }
            (None, Some(true)) => Ok("+12015550100".to_owned()),
            _ => Err(Problem::bad_call("from", "is a phone with a number, or random_from_number is true")),
        }
    }

    fn plan(&self, state: &State) -> Result<Plan, Problem> {
        let events = match &self.event_url {
            Some(urls) => Some(one("event_url", urls, self.event_method.as_deref(), true)?),
            None => lock(&state.webhooks).vonage_event.clone().map(|url| Target { url, post: true }),
        };
        let opening = match (&self.ncco, &self.answer_url) {
            (Some(ncco), None) => {
                let steps = ncco::read(ncco, events.as_ref()).map_err(|why| Problem::bad_call("ncco", why))?;
                Opening::Steps(steps)
            }
            (None, Some(urls)) => Opening::Fetch(one("answer_url", urls, self.answer_method.as_deref(), false)?),
            _ => return Err(Problem::bad_call("answer_url", "or ncco is required, and only one of them")),
        };
        Ok(Plan {
            opening,
            event_target: events,
            ringing_s: limit("ringing_timer", self.ringing_timer, RINGING_S, 120)?,
            length_s: limit("length_timer", self.length_timer, LENGTH_S, LENGTH_S_MAX)?,
            detection: self.detection()?,
        })
    }

    fn detection(&self) -> Result<Option<Detection>, Problem> {
        let behavior = |name: &str, word: &str| match word {
            "continue" => Ok(false),
            "hangup" => Ok(true),
            _ => Err(Problem::bad_call(name, "is continue or hangup")),
        };
        match (&self.machine_detection, &self.advanced_machine_detection) {
            (Some(_), Some(_)) => Err(Problem::bad_call("machine_detection", "stands beside the advanced one")),
            (None, None) => Ok(None),
            (Some(word), None) => {
                Ok(Some(Detection { hangs_up: behavior("machine_detection", word)?, awaits_tone: false }))
            }
            (None, Some(advanced)) => {
                let name = "advanced_machine_detection";
                limit(name, advanced.beep_timeout, 45, 120)?;
                let awaits_tone = match advanced.mode.as_deref() {
                    None | Some("detect" | "default") => false,
                    Some("detect_beep") => true,
                    Some(_) => return Err(Problem::bad_call(name, "has the mode default, detect or detect_beep")),
                };
                let word = advanced.behavior.as_deref().unwrap_or("continue");
                Ok(Some(Detection { hangs_up: behavior(name, word)?, awaits_tone }))
            }
        }
    }
}

/// Lists of addresses have one entry.
fn one(name: &str, urls: &[String], method: Option<&str>, post: bool) -> Result<Target, Problem> {
    match urls {
        [url] if reqwest::Url::parse(url).is_ok() => {
            Target::new(url, method, post).map_err(|why| Problem::bad_call(name, why))
        }
        _ => Err(Problem::bad_call(name, "is a list of one URL")),
    }
}

fn limit(name: &str, given: Option<u64>, default: u64, max: u64) -> Result<u64, Problem> {
    match given.unwrap_or(default) {
        seconds if (1..=max).contains(&seconds) => Ok(seconds),
        _ => Err(Problem::bad_call(name, format!("is 1 to {max} seconds"))),
    }
}

/// Shows a call.
pub(super) fn show(state: &State, uuid: &str) -> Result<Response, Problem> {
    Ok(Json(show_call(&find(state, uuid)?)).into_response())
}

/// Ends a call.
pub(super) fn change(state: &State, uuid: &str, body: &[u8]) -> Result<Response, Problem> {
    let call = find(state, uuid)?;
    let asked: Value = serde_json::from_slice(body).map_err(|error| Problem::bad_call("body", error.to_string()))?;
    if asked["action"] != "hangup" {
        return Err(Problem::bad_call("action", "is hangup in this stand-in"));
    }
    if !state.act(&call.id, Act::Stop) {
        return Err(Problem::not_found());
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}

fn find(state: &State, uuid: &str) -> Result<Call, Problem> {
    state.call(uuid).filter(|call| call.provider == Provider::Vonage).ok_or_else(Problem::not_found)
}

/// As on the wire.
fn show_call(call: &Call) -> Value {
    json!({
        "_links": {"self": {"href": format!("/v1/calls/{}", call.id)}},
        "uuid": call.id,
        "conversation_uuid": call.conversation,
        "status": call_word(call),
        "direction": if call.direction == Direction::ToPhone { "outbound" } else { "inbound" },
        "to": {"type": "phone", "number": bare(&call.to)},
        "from": {"type": "phone", "number": bare(&call.from)},
        "rate": "0.01390000",
        "price": "0.00000000",
        "duration": call.duration_s().to_string(),
        "start_time": call.answered_at.map(|at| at.to_string()),
        "end_time": call.ended_at.map(|at| at.to_string()),
        "network": "26201",
    })
}
