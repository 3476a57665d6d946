//! What scripts and the page do: `/sim/..`, as JSON or as forms. A form is answered with the way back to the page.
//!
//! `GET|DELETE /sim/messages`, `GET /sim/calls`, `GET /sim/callbacks`, `GET|POST /sim/phones`, `PUT|POST /sim/phones/{number}`
//! (how it behaves), `POST /sim/phones/{number}/answer|machine|press|decline|hangup|timeout|text|call`,
//! `PUT /sim/numbers/{number}`, `GET|PUT /sim/webhooks`, `GET|PUT /sim/pace`, `GET|PUT /sim/faults/{provider}`.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Form, Json, Router,
    body::Bytes,
    extract::{Path, State as Shared},
    http::{HeaderMap, StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post, put},
};
use serde::Deserialize;
use serde_json::json;

use super::{
    AnsweredBy, Behaviour, Call, CallState, Callback, Channel, Message, Pace, PhoneFaults, Provider, State, Webhooks,
    line::Act,
    number::{bare, e164, party},
    state::lock,
};

/// Letters of a text that a person writes.
const TEXT_CHARS_MAX: usize = 4_096;

pub(super) fn routes() -> Router<Arc<State>> {
    Router::new()
        .route("/messages", get(list_messages).delete(clear))
        .route("/calls", get(list_calls))
        .route("/callbacks", get(list_callbacks))
        .route("/phones", get(list_phones).post(add_phone))
        .route("/phones/{number}", put(set_behaviour).post(save_behaviour))
        .route("/phones/{number}/{act}", post(act))
        .route("/numbers/{number}", put(connect))
        .route("/webhooks", get(show_webhooks).put(set_webhooks))
        .route("/pace", get(show_pace).put(set_pace))
        .route("/faults/{provider}", get(show_faults).put(set_faults))
        .route("/vonage-private-key", get(show_private_key))
}

async fn list_messages(Shared(state): Shared<Arc<State>>) -> Json<Vec<Message>> {
    Json(state.messages.all())
}

async fn clear(Shared(state): Shared<Arc<State>>) -> StatusCode {
    state.clear();
    StatusCode::NO_CONTENT
}

async fn list_calls(Shared(state): Shared<Arc<State>>) -> Json<Vec<Call>> {
    Json(state.calls.all())
}

async fn list_callbacks(Shared(state): Shared<Arc<State>>) -> Json<Vec<Callback>> {
    Json(state.callbacks.all())
}

async fn list_phones(Shared(state): Shared<Arc<State>>) -> Json<BTreeMap<String, Behaviour>> {
    Json(state.phones())
}

#[derive(Debug, Deserialize)]
struct PhoneIn {
    number: String,
}

async fn add_phone(Shared(state): Shared<Arc<State>>, Form(phone): Form<PhoneIn>) -> Response {
    let Some(number) = e164(&phone.number) else { return refuse("this is no telephone number") };
    state.meet_phone(&number);
    state.touch();
    back(&number)
}

async fn set_behaviour(
    Shared(state): Shared<Arc<State>>,
    Path(number): Path<String>,
    Json(behaviour): Json<Behaviour>,
) -> Response {
    let Some(number) = e164(&number) else { return refuse("this is no telephone number") };
    state.behave(&number, behaviour.clone());
    Json(behaviour).into_response()
}

async fn save_behaviour(Shared(state): Shared<Arc<State>>, Path(number): Path<String>, body: Bytes) -> Response {
    match (e164(&number), serde_html_form::from_bytes::<Behaviour>(&body)) {
        (Some(number), Ok(behaviour)) => {
            state.behave(&number, behaviour);
            back(&number)
        }
        _ => refuse("this cannot be read"),
    }
}

/// What comes with an act.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct ActIn {
    /// Which call; the one that fits where it is missing.
    call: Option<String>,
    /// Keys that are pressed.
    keys: String,
    /// Who answers.
    by: AnsweredBy,
    /// To whom a text or a call goes; whoever wrote last where it is missing.
    to: Option<String>,
    /// The text.
    text: String,
    /// What the text goes on.
    channel: Option<Channel>,
}

async fn act(
    Shared(state): Shared<Arc<State>>,
    Path((number, act)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let is_form = kind.starts_with("application/x-www-form-urlencoded");
    let given = match body.as_ref() {
        [] => Some(ActIn::default()),
        body if is_form => serde_html_form::from_bytes(body).ok(),
        body => serde_json::from_slice(body).ok(),
    };
    let (Some(number), Some(given)) = (e164(&number), given) else { return refuse("this cannot be read") };
    let done = match act.as_str() {
        "text" => return text(&state, &number, given, is_form).await,
        "call" => given.to.and_then(|to| state.call_in(&number, &to)).is_some(),
        "press" => press(&state, &number, &given),
        "answer" => on_call(&state, &number, &given, Act::Answer(given.by)),
        "machine" => on_call(&state, &number, &given, Act::Answer(AnsweredBy::Machine)),
        "decline" => on_call(&state, &number, &given, Act::Decline),
        "hangup" => on_call(&state, &number, &given, Act::HangUp),
        "timeout" => on_call(&state, &number, &given, Act::TimeOut),
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    match (is_form, done) {
        // Whoever acts on the page on a call that ended meanwhile sees that it did.
        (true, _) => back(&number),
        (false, true) => Json(json!({"done": true})).into_response(),
        (false, false) => (StatusCode::CONFLICT, Json(json!({"done": false}))).into_response(),
    }
}

fn press(state: &State, number: &str, given: &ActIn) -> bool {
    let keys = given.keys.chars().filter(|key| "0123456789*#".contains(*key));
    let pressed: Vec<_> = keys.map(|key| on_call(state, number, given, Act::Key(key))).collect();
    !pressed.is_empty() && pressed.into_iter().all(|done| done)
}

/// Acts on the call that was named, or on the newest that the act can mean.
fn on_call(state: &State, number: &str, given: &ActIn, act: Act) -> bool {
    let fits = |call: &Call| match act {
        Act::Answer(_) | Act::Decline => call.state == CallState::Ringing,
        Act::Key(_) => call.state == CallState::Talking,
        Act::HangUp | Act::TimeOut | Act::Stop => !call.state.is_over(),
    };
    let named = |call: &Call| given.call.as_ref().is_none_or(|id| *id == call.id);
    let call = state.calls.newest(|call| call.phone() == number && fits(call) && named(call));
    call.is_some_and(|call| state.act(&call.id, act))
}

async fn text(state: &Arc<State>, number: &str, given: ActIn, is_form: bool) -> Response {
    let last = state.messages.newest(|message| message.phone() == number);
    let to = given.to.filter(|to| !to.trim().is_empty()).or_else(|| last.as_ref().map(|last| last.other().to_owned()));
    let Some(to) = to else { return refuse("to whom?") };
    if given.text.trim().is_empty() || given.text.chars().count() > TEXT_CHARS_MAX {
        return refuse("a text has 1 to 4096 letters");
    }
    let with = state.messages.newest(|message| message.phone() == number && message.other() == party(&to));
    let channel = given.channel.or_else(|| with.map(|message| message.channel)).unwrap_or(Channel::Sms);
    let message = state.text(number, &to, channel, &given.text).await;
    if is_form { back(number) } else { Json(message).into_response() }
}

/// To the phone on the page.
fn back(number: &str) -> Response {
    Redirect::to(&format!("/#phone-{}", bare(number))).into_response()
}

fn refuse(why: &'static str) -> Response {
    (StatusCode::BAD_REQUEST, why).into_response()
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct NumberIn {
    provider: Provider,
    sms_url: Option<String>,
    voice_url: Option<String>,
}

async fn connect(
    Shared(state): Shared<Arc<State>>,
    Path(number): Path<String>,
    Json(own): Json<NumberIn>,
) -> StatusCode {
    state.connect_number(own.provider, &number, own.sms_url.as_deref(), own.voice_url.as_deref());
    StatusCode::NO_CONTENT
}

async fn show_webhooks(Shared(state): Shared<Arc<State>>) -> Json<Webhooks> {
    Json(lock(&state.webhooks).clone())
}

async fn set_webhooks(Shared(state): Shared<Arc<State>>, Json(webhooks): Json<Webhooks>) -> Json<Webhooks> {
    lock(&state.webhooks).clone_from(&webhooks);
    Json(webhooks)
}

async fn show_pace(Shared(state): Shared<Arc<State>>) -> Json<Pace> {
    Json(state.pace())
}

async fn set_pace(Shared(state): Shared<Arc<State>>, Json(pace): Json<Pace>) -> Json<Pace> {
    *lock(&state.pace) = pace;
    Json(pace)
}

async fn show_faults(Shared(state): Shared<Arc<State>>, Path(provider): Path<Provider>) -> Json<PhoneFaults> {
    Json(state.faults_of(provider))
}

async fn set_faults(
    Shared(state): Shared<Arc<State>>,
    Path(provider): Path<Provider>,
    Json(faults): Json<PhoneFaults>,
) -> Json<PhoneFaults> {
    state.change_faults(provider, |current| current.clone_from(&faults));
    Json(faults)
}

/// The stand-in's own key, for clients that log in as its application.
async fn show_private_key(Shared(state): Shared<Arc<State>>) -> String {
    state.config.vonage.private_key_pem.clone()
}
