//! Who comes in, and to what: the addresses below `/2010-04-01/Accounts/`.

use std::sync::Arc;

use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, State as Shared},
    http::{HeaderMap, Method, header::AUTHORIZATION},
    response::{IntoResponse, Response},
    routing::any,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use super::{API_VERSION, call_door, form::Fields, message_door, refusal::Refusal};
use crate::{
    listening::BrokenOff,
    phone::{Provider, State},
};

/// The routes; addresses end in `.json`, which axum's own patterns cannot say.
pub(in crate::phone) fn routes() -> Router<Arc<State>> {
    Router::new().route("/2010-04-01/Accounts/{*rest}", any(serve))
}

async fn serve(
    Shared(state): Shared<Arc<State>>,
    Path(rest): Path<String>,
    method: Method,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let answer = answer(&state, &rest, &method, &headers, &body).await;
    let creates = method == Method::POST && (rest.ends_with("/Messages.json") || rest.ends_with("/Calls.json"));
    if creates && answer.is_ok() && state.drops_answer(Provider::Twilio) {
        return BrokenOff.into_response();
    }
    answer.into_response()
}

async fn answer(
    state: &Arc<State>,
    rest: &str,
    method: &Method,
    headers: &HeaderMap,
    body: &Bytes,
) -> Result<Response, Refusal> {
    if let Some(met) = state.meet_faults(Provider::Twilio).await {
        return Err(met.into());
    }
    let missing = || Refusal::not_found(&format!("/{API_VERSION}/Accounts/{rest}"));
    let path = rest.strip_suffix(".json").ok_or_else(missing)?;
    let (account, path) = path.split_once('/').unwrap_or((path, ""));
    log_in(state, account, headers)?;
    let fields = Fields::read(body)?;
    match (method.as_str(), path.split_once('/').unwrap_or((path, ""))) {
        ("GET", ("", "")) => Ok(Json(show_account(state)).into_response()),
        ("POST", ("Messages", "")) => message_door::send(state, &fields),
        ("GET", ("Messages", sid)) => message_door::show(state, sid),
        ("POST", ("Calls", "")) => call_door::begin(state, &fields),
        ("GET", ("Calls", sid)) => call_door::show(state, sid),
        ("POST", ("Calls", sid)) => call_door::change(state, sid, &fields),
        _ => Err(missing()),
    }
}

/// Basic authentication, by the account's token or by an API key.
fn log_in(state: &State, account: &str, headers: &HeaderMap) -> Result<(), Refusal> {
    let own = &state.config.twilio;
    let given = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Basic "));
    let given = given.and_then(|encoded| STANDARD.decode(encoded.trim()).ok()).unwrap_or_default();
    let logins = [(&own.account_sid, &own.auth_token), (&own.api_key, &own.api_secret)];
    let is_known = logins.iter().any(|(name, secret)| format!("{name}:{secret}").as_bytes() == given);
    let refuses = state.faults_of(Provider::Twilio).refuse_credentials;
    if is_known && account == own.account_sid && !refuses { Ok(()) } else { Err(Refusal::unauthorized()) }
}

fn show_account(state: &State) -> Value {
    let sid = &state.config.twilio.account_sid;
    json!({
        "sid": sid,
        "friendly_name": "Stand-in",
        "status": "active",
        "type": "Full",
        "owner_account_sid": sid,
        "uri": format!("/{API_VERSION}/Accounts/{sid}.json"),
    })
}
