//! Who comes in, and to what.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, Query, State as Shared},
    http::{HeaderMap, header::AUTHORIZATION},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use super::{call_door, lookup_door, message_door, problem::Problem};
use crate::{
    listening::BrokenOff,
    phone::{Provider, State},
};

/// How far the clock of a client may be ahead, in seconds.
const AHEAD_S_MAX: i64 = 60;
/// How long a login of a test is good, in seconds.
const LOGIN_S: i64 = 900;

pub(in crate::phone) fn routes() -> Router<Arc<State>> {
    Router::new()
        .route("/v1/messages", post(send))
        .route("/v1/calls", post(begin).get(list_calls))
        .route("/v1/calls/{uuid}", get(show).put(change))
        .route("/v2/applications", get(list_applications))
        .route("/v2/reports/records", get(list_records))
}

/// A token as the SDKs make them.
pub(in crate::phone) fn application_login(state: &State) -> String {
    let now = state.clock.now().as_second();
    let claims = json!({
        "application_id": state.config.vonage.application_id,
        "iat": now,
        "exp": now + LOGIN_S,
        "jti": state.next_uuid(),
    });
    state.application_key.sign(&claims).unwrap_or_default()
}

async fn send(Shared(state): Shared<Arc<State>>, headers: HeaderMap, body: Bytes) -> Result<Response, Problem> {
    meet(&state).await?;
    if !is_application(&state, &headers) && !is_account(&state, &headers) {
        return Err(Problem::unauthorized());
    }
    let answer = message_door::send(&state, &body)?;
    Ok(give(&state, answer))
}

async fn begin(Shared(state): Shared<Arc<State>>, headers: HeaderMap, body: Bytes) -> Result<Response, Problem> {
    enter(&state, &headers).await?;
    let answer = call_door::begin(&state, &body)?;
    Ok(give(&state, answer))
}

async fn list_calls(Shared(state): Shared<Arc<State>>, headers: HeaderMap) -> Result<Json<Value>, Problem> {
    enter(&state, &headers).await?;
    Ok(Json(lookup_door::calls(&state)))
}

async fn list_applications(Shared(state): Shared<Arc<State>>, headers: HeaderMap) -> Result<Json<Value>, Problem> {
    enter_as_account(&state, &headers).await?;
    Ok(Json(lookup_door::applications(&state)))
}

async fn list_records(
    Shared(state): Shared<Arc<State>>,
    Query(query): Query<BTreeMap<String, String>>,
    headers: HeaderMap,
) -> Result<Json<Value>, Problem> {
    enter_as_account(&state, &headers).await?;
    Ok(Json(lookup_door::records(&state, &query)))
}

async fn show(
    Shared(state): Shared<Arc<State>>,
    Path(uuid): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    enter(&state, &headers).await?;
    call_door::show(&state, &uuid)
}

async fn change(
    Shared(state): Shared<Arc<State>>,
    Path(uuid): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    enter(&state, &headers).await?;
    call_door::change(&state, &uuid, &body)
}

/// Faults come first, then the login of the application.
async fn enter(state: &State, headers: &HeaderMap) -> Result<(), Problem> {
    meet(state).await?;
    if is_application(state, headers) { Ok(()) } else { Err(Problem::unauthorized()) }
}

/// The same with the login of the account.
async fn enter_as_account(state: &State, headers: &HeaderMap) -> Result<(), Problem> {
    meet(state).await?;
    if is_account(state, headers) { Ok(()) } else { Err(Problem::unauthorized()) }
}

async fn meet(state: &State) -> Result<(), Problem> {
    match state.meet_faults(Provider::Vonage).await {
        Some(met) => Err(met.into()),
        None if state.faults_of(Provider::Vonage).refuse_credentials => Err(Problem::unauthorized()),
        None => Ok(()),
    }
}

/// The answer to what was accepted, unless it is dropped.
fn give(state: &State, answer: impl IntoResponse) -> Response {
    if state.drops_answer(Provider::Vonage) {
        return BrokenOff.into_response();
    }
    answer.into_response()
}

/// A token that the application's key signed, and that is good now.
fn is_application(state: &State, headers: &HeaderMap) -> bool {
    let token = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let Some(claims) = token.and_then(|token| state.application_key.verify(token.trim())) else { return false };
    let now = state.clock.now().as_second();
    let is_mine = claims["application_id"] == state.config.vonage.application_id.as_str();
    let has_begun = claims["iat"].as_i64().is_some_and(|iat| iat <= now + AHEAD_S_MAX);
    is_mine && has_begun && claims["exp"].as_i64().is_none_or(|exp| exp > now) && claims["jti"].is_string()
}

fn is_account(state: &State, headers: &HeaderMap) -> bool {
    let given = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Basic "));
    let given = given.and_then(|encoded| STANDARD.decode(encoded.trim()).ok()).unwrap_or_default();
    format!("{}:{}", state.config.vonage.api_key, state.config.vonage.api_secret).as_bytes() == given
}
