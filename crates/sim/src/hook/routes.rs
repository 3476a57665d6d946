//! The doors of the receiver.

use std::{
    collections::BTreeMap,
    sync::{Arc, PoisonError},
};

use axum::{
    Json, Router,
    body::{Body, Bytes},
    extract::State as Shared,
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri},
    response::{IntoResponse, Response},
    routing::get,
};
use serde::{Deserialize, Serialize};

use super::{Received, State};

/// What the receiver answers.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct HookAnswer {
    /// The status.
    pub status: u16,
    /// Further headers, such as `Retry-After` or `Location`.
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: String,
    /// Keeps the request and never answers.
    pub hang: bool,
}

impl Default for HookAnswer {
    fn default() -> Self {
        Self { status: 200, headers: BTreeMap::new(), body: "{}".into(), hang: false }
    }
}

impl From<u16> for HookAnswer {
    fn from(status: u16) -> Self {
        Self { status, ..Self::default() }
    }
}

impl State {
    pub(super) fn set_answer(&self, answer: HookAnswer) {
        *self.answer.lock().unwrap_or_else(PoisonError::into_inner) = answer;
    }

    fn answer(&self) -> HookAnswer {
        self.answer.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

pub(super) fn router(state: Arc<State>) -> Router {
    Router::new()
        .route("/v1/sim/received", get(list).delete(clear))
        .route("/v1/sim/answer", get(show_answer).put(set_answer))
        .fallback(receive)
        .with_state(state)
}

async fn receive(
    Shared(state): Shared<Arc<State>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    state.received.push(Received {
        method: method.to_string(),
        path: uri.path_and_query().map(ToString::to_string).unwrap_or_default(),
        headers: headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect(),
        body: String::from_utf8_lossy(&body).into_owned(),
        received_at: state.clock.now(),
    });
    let answer = state.answer();
    if answer.hang {
        std::future::pending::<()>().await;
    }
    respond(answer)
}

fn respond(answer: HookAnswer) -> Response {
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in &answer.headers {
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

async fn list(Shared(state): Shared<Arc<State>>) -> Json<Vec<Received>> {
    Json(state.received.all())
}

async fn clear(Shared(state): Shared<Arc<State>>) -> StatusCode {
    state.received.clear();
    StatusCode::NO_CONTENT
}

async fn show_answer(Shared(state): Shared<Arc<State>>) -> Json<HookAnswer> {
    Json(state.answer())
}

async fn set_answer(Shared(state): Shared<Arc<State>>, Json(answer): Json<HookAnswer>) -> impl IntoResponse {
    state.set_answer(answer);
    StatusCode::NO_CONTENT
}
