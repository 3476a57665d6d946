//! The doors of Pushover.

use std::sync::{Arc, atomic::Ordering};

use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, RawQuery, State as Shared},
    http::HeaderMap,
    response::{Html, IntoResponse, Redirect, Response},
    routing::{get, post},
};
use serde_json::json;

use super::{
    State, page,
    refusal::{Refusal, limits},
};
use crate::{look, push::parameters::Parameters};

/// How long a month is here.
const MONTH_S: i64 = 30 * 86_400;

pub(super) fn router(state: &Arc<State>) -> Router {
    let api = Router::new()
        .route("/1/messages.json", post(submit))
        .route("/1/users/validate.json", post(validate))
        // Axum has no parameter that ends inside a segment: `{receipt}.json` is read by hand.
        .route("/1/receipts/{receipt}", get(show_receipt))
        .route("/1/receipts/{receipt}/cancel.json", post(cancel))
        .route("/1/receipts/cancel_by_tag/{tag}", post(cancel_by_tag))
        .route("/1/apps/limits.json", get(show_limits));
    let own = Router::new().route("/sim/receipts/{receipt}/acknowledge", post(acknowledge)).route("/", get(show_page));
    state.common.router(api, own, state.clone())
}

impl State {
    fn read(&self, query: Option<&str>, headers: &HeaderMap, body: &[u8]) -> Result<Parameters, Refusal> {
        Parameters::read(query, headers, body).ok_or_else(Refusal::unreadable)
    }

    /// Answers, or refuses, under an id of its own.
    fn answer(&self, answer: Result<serde_json::Value, Refusal>) -> Response {
        match answer {
            Ok(mut body) => {
                body["request"] = self.request_id().into();
                Json(body).into_response()
            }
            Err(refusal) => refusal.respond(&self.request_id()),
        }
    }

    fn submit(&self, parameters: &Parameters) -> Result<serde_json::Value, Refusal> {
        let message = self.read_message(parameters)?;
        if self.remaining() == 0 {
            return Err(Refusal::limit());
        }
        self.sent.fetch_add(1, Ordering::SeqCst);
        let receipt = message.emergency.as_ref().map(|emergency| emergency.receipt.clone());
        self.common.messages.push(message);
        Ok(match receipt {
            Some(receipt) => json!({"status": 1, "receipt": receipt}),
            None => json!({"status": 1}),
        })
    }

    fn validate(&self, parameters: &Parameters) -> Result<serde_json::Value, Refusal> {
        self.check_token(parameters)?;
        let (_, devices) = self.check_user(parameters)?;
        if parameters.text("device").is_some_and(|device| !devices.contains(&device)) {
            return Err(Refusal::device());
        }
        Ok(json!({"status": 1, "group": 0, "devices": devices, "licenses": ["iOS"]}))
    }

    fn reset_at(&self) -> i64 {
        self.common.clock.now().as_second() + MONTH_S
    }
}

async fn submit(
    Shared(state): Shared<Arc<State>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let parameters = state.read(query.as_deref(), &headers, &body);
    let mut response = state.answer(parameters.and_then(|parameters| state.submit(&parameters)));
    limits(&mut response, state.limit, state.remaining(), state.reset_at());
    response
}

async fn validate(Shared(state): Shared<Arc<State>>, headers: HeaderMap, body: Bytes) -> Response {
    let parameters = state.read(None, &headers, &body);
    state.answer(parameters.and_then(|parameters| state.validate(&parameters)))
}

async fn show_receipt(
    Shared(state): Shared<Arc<State>>,
    Path(receipt): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    let receipt = receipt.strip_suffix(".json").and_then(|receipt| state.receipt(receipt));
    let allowed = state.read(query.as_deref(), &HeaderMap::new(), b"").and_then(|query| state.check_token(&query));
    state.answer(allowed.and_then(|()| receipt.ok_or_else(Refusal::receipt)))
}

async fn cancel(
    Shared(state): Shared<Arc<State>>,
    Path(receipt): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let allowed = state.read(None, &headers, &body).and_then(|parameters| state.check_token(&parameters));
    state.answer(allowed.and_then(|()| match state.cancel(|emergency| emergency.receipt == receipt) {
        (_, true) => Ok(json!({"status": 1})),
        (_, false) => Err(Refusal::receipt()),
    }))
}

async fn cancel_by_tag(
    Shared(state): Shared<Arc<State>>,
    Path(tag): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let tag = tag.strip_suffix(".json").unwrap_or(&tag).to_owned();
    let allowed = state.read(None, &headers, &body).and_then(|parameters| state.check_token(&parameters));
    state.answer(allowed.map(|()| {
        let (cancelled, _) = state.cancel(|emergency| emergency.tags.contains(&tag));
        json!({"status": 1, "canceled": cancelled})
    }))
}

async fn show_limits(Shared(state): Shared<Arc<State>>, RawQuery(query): RawQuery) -> Response {
    let allowed = state.read(query.as_deref(), &HeaderMap::new(), b"").and_then(|query| state.check_token(&query));
    state.answer(allowed.map(
        |()| json!({"status": 1, "limit": state.limit, "remaining": state.remaining(), "reset": state.reset_at()}),
    ))
}

async fn acknowledge(Shared(state): Shared<Arc<State>>, Path(receipt): Path<String>) -> Redirect {
    state.acknowledge(&receipt).await;
    Redirect::to("/")
}

async fn show_page(Shared(state): Shared<Arc<State>>) -> Html<String> {
    let sentence = "Every message, the newest first. Emergencies repeat until somebody acknowledges them.";
    Html(look::page("Pushover", sentence, &page::cards(&state)).into_string())
}
