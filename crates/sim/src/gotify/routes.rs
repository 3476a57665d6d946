//! The doors of the Gotify server.

use std::sync::Arc;

use axum::{
    Json, Router,
    body::Bytes,
    extract::{RawQuery, State as Shared},
    http::{HeaderMap, header::AUTHORIZATION},
    response::{Html, IntoResponse, Response},
    routing::{get, post},
};
use serde_json::{Value, json};

use super::{GotifyMessage, State, page, refusal};
use crate::{look, push::parameters::Parameters};

/// Text of a message, in bytes. Gotify's own limit is its database's.
const TEXT_BYTES_MAX: usize = 65_536;

pub(super) fn router(state: &Arc<State>) -> Router {
    let api = Router::new().route("/message", post(send)).route("/version", get(version));
    let own = Router::new().route("/", get(show_page));
    state.common.router(api, own, state.clone())
}

async fn send(
    Shared(state): Shared<Arc<State>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let Some(parameters) = Parameters::read(query.as_deref(), &headers, &body) else {
        return refusal::bad_request("the body is no JSON");
    };
    // A token in the body is not Gotify's: only the query, the header of its own, and the bearer are.
    let query = Parameters::read(query.as_deref(), &HeaderMap::new(), b"").unwrap_or_default();
    if token(&query, &headers).as_deref() != Some(&state.token) {
        return refusal::unauthorized();
    }
    match read_message(&state, &parameters) {
        Ok(message) => {
            state.common.messages.push(message.clone());
            Json(message).into_response()
        }
        Err(description) => refusal::bad_request(description),
    }
}

fn token(query: &Parameters, headers: &HeaderMap) -> Option<String> {
    let header = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let bearer = || header(AUTHORIZATION.as_str())?.strip_prefix("Bearer ");
    query.text("token").or_else(|| header("x-gotify-key").or_else(bearer).map(str::to_owned))
}

fn read_message(state: &State, parameters: &Parameters) -> Result<GotifyMessage, &'static str> {
    let message = parameters.text("message").ok_or("Field 'message' is required")?;
    if message.len() > TEXT_BYTES_MAX {
        return Err("the text is longer than this server keeps");
    }
    let extras = parameters.object("extras").map_err(|()| "extras is no object")?;
    if extras.as_ref().is_some_and(|extras| !extras.is_object()) {
        return Err("extras is no object");
    }
    Ok(GotifyMessage {
        id: state.common.next_id(),
        appid: 1,
        title: parameters.text("title").unwrap_or_else(|| "Watchbell".into()),
        message,
        priority: parameters.number("priority").map_err(|()| "priority is no number")?.unwrap_or(0),
        extras,
        date: state.common.clock.now(),
    })
}

async fn version() -> Json<Value> {
    Json(json!({"version": "2.6.3", "commit": "stand-in", "buildDate": "2025-01-01T00:00:00Z"}))
}

async fn show_page(Shared(state): Shared<Arc<State>>) -> Html<String> {
    let sentence = "Every message, the newest first.";
    Html(look::page("Gotify", sentence, &page::cards(&state)).into_string())
}
