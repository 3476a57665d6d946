//! The doors of the ntfy server.

use std::sync::{Arc, PoisonError};

use axum::{
    Json, Router,
    body::Bytes,
    extract::{Form, Path, Query, State as Shared},
    http::{HeaderMap, StatusCode, header::AUTHORIZATION},
    response::{Html, IntoResponse, Redirect, Response},
    routing::{get, post},
};
use serde::{Deserialize, Serialize};

use super::{NtfyMessage, State, page, publish::PublishIn, refusal::Refusal};

/// How the server misbehaves.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct NtfyFaults {
    /// Publishing is refused with this status.
    pub status: Option<u16>,
    /// And with this `Retry-After`.
    pub retry_after_s: Option<u64>,
    /// Publishing is never answered.
    pub hang: bool,
}

impl State {
    pub(super) fn set_faults(&self, faults: NtfyFaults) {
        *self.faults.lock().unwrap_or_else(PoisonError::into_inner) = faults;
    }

    fn faults(&self) -> NtfyFaults {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn publish(
        &self,
        headers: &HeaderMap,
        message: Result<PublishIn, Refusal>,
    ) -> Result<Json<NtfyMessage>, Refusal> {
        let faults = self.faults();
        if faults.hang {
            std::future::pending::<()>().await;
        }
        if let Some(status) = faults.status {
            let code = u32::from(status) * 100 + 1;
            return Err(Refusal {
                retry_after_s: faults.retry_after_s,
                ..Refusal::new(code, "a fault that was asked for")
            });
        }
        if let Some(token) = &self.token {
            match headers.get(AUTHORIZATION).map(|value| value.as_bytes()) {
                None => return Err(Refusal::new(40301, "forbidden")),
                Some(given) if given != format!("Bearer {token}").as_bytes() => {
                    return Err(Refusal::new(40101, "unauthorized"));
                }
                Some(_) => {}
            }
        }
        let message = message?.accept(self.next_id(), self.clock.now().as_second())?;
        self.messages.push(message.clone());
        Ok(Json(message))
    }
}

pub(super) fn router(state: Arc<State>) -> Router {
    Router::new()
        .route("/", get(show_page).post(publish_json).put(publish_json))
        .route("/v1/sim/messages", get(list).delete(clear))
        .route("/v1/sim/faults", get(faults).put(set_faults))
        .route("/v1/sim/messages/{id}/press", post(press))
        .route("/{topic}", post(publish_headers).put(publish_headers))
        .route("/{topic}/json", get(poll))
        .with_state(state)
}

async fn publish_json(
    Shared(state): Shared<Arc<State>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<NtfyMessage>, Refusal> {
    let read = serde_json::from_slice(&body);
    let message = read.map_err(|_| Refusal::new(40024, "invalid request: request body must be valid JSON"));
    state.publish(&headers, message).await
}

async fn publish_headers(
    Shared(state): Shared<Arc<State>>,
    Path(topic): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<NtfyMessage>, Refusal> {
    state.publish(&headers, PublishIn::from_headers(topic, &headers, &body)).await
}

#[derive(Deserialize)]
struct PollQuery {
    poll: Option<String>,
}

async fn poll(
    Shared(state): Shared<Arc<State>>,
    Path(topic): Path<String>,
    Query(query): Query<PollQuery>,
) -> Response {
    if query.poll.is_none_or(|poll| poll != "1") {
        return Refusal::new(40001, "this server has no streams: ask with poll=1").into_response();
    }
    let lines: Vec<_> = state
        .messages
        .all()
        .into_iter()
        .filter(|message| message.topic == topic)
        .filter_map(|message| serde_json::to_string(&message).ok())
        .map(|line| line + "\n")
        .collect();
    ([("content-type", "application/x-ndjson")], lines.concat()).into_response()
}

async fn list(Shared(state): Shared<Arc<State>>) -> Json<Vec<NtfyMessage>> {
    Json(state.messages.all())
}

async fn clear(Shared(state): Shared<Arc<State>>) -> StatusCode {
    state.messages.clear();
    StatusCode::NO_CONTENT
}

async fn faults(Shared(state): Shared<Arc<State>>) -> Json<NtfyFaults> {
    Json(state.faults())
}

async fn set_faults(Shared(state): Shared<Arc<State>>, Json(faults): Json<NtfyFaults>) -> Json<NtfyFaults> {
    state.set_faults(faults);
    Json(state.faults())
}

async fn show_page(Shared(state): Shared<Arc<State>>) -> Html<String> {
    Html(page::page(&state.messages.all()).into_string())
}

#[derive(Deserialize)]
struct PressForm {
    label: String,
}

async fn press(Shared(state): Shared<Arc<State>>, Path(id): Path<String>, Form(form): Form<PressForm>) -> Redirect {
    state.press(&id, &form.label).await;
    Redirect::to("/")
}
