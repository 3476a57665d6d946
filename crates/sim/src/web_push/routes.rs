//! The doors of the push service.

use std::sync::Arc;

use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, State as Shared},
    http::{HeaderMap, StatusCode, header::LOCATION},
    response::{Html, IntoResponse, Redirect, Response},
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{State, SubscriptionState, page, refusal::Refusal};
use crate::look;

pub(super) fn router(state: &Arc<State>) -> Router {
    let api = Router::new().route("/push/{id}", post(submit).put(submit).get(discover));
    let own = Router::new()
        .route("/sim/subscriptions", get(subscriptions).post(subscribe))
        .route("/sim/subscriptions/{id}/{turn}", post(turn))
        .route("/", get(show_page));
    state.common.router(api, own, state.clone())
}

async fn submit(
    Shared(state): Shared<Arc<State>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let message = state.submit(&id, &headers, &body)?;
    let location = format!("{}{}/message/{}", state.origin(), state.common.path, message.id);
    let ttl = message.ttl_s.unwrap_or(0).to_string();
    Ok((StatusCode::CREATED, [(LOCATION.as_str(), location), ("ttl", ttl)]).into_response())
}

/// What tells an application server that an address is UnifiedPush's.
async fn discover(Shared(state): Shared<Arc<State>>, Path(id): Path<String>) -> Result<Json<Value>, Refusal> {
    match state.find_subscription(&id).filter(super::PushSubscription::is_unified) {
        Some(_) => Ok(Json(json!({"unifiedpush": {"version": 1}}))),
        None => Err(Refusal::new(StatusCode::NOT_FOUND, "there is no such UnifiedPush endpoint")),
    }
}

async fn subscriptions(Shared(state): Shared<Arc<State>>) -> Json<Vec<Value>> {
    Json(state.all_subscriptions().iter().map(super::PushSubscription::to_full_json).collect())
}

/// A subscription that a script asks for; without a key it is one of UnifiedPush.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SubscribeIn {
    application_server_key: Option<String>,
}

async fn subscribe(
    Shared(state): Shared<Arc<State>>,
    Json(wanted): Json<SubscribeIn>,
) -> Result<(StatusCode, Json<Value>), Refusal> {
    let subscription = state.subscribe(wanted.application_server_key.as_deref()).map_err(Refusal::bad)?;
    Ok((StatusCode::CREATED, Json(subscription.to_full_json())))
}

async fn turn(
    Shared(state): Shared<Arc<State>>,
    Path((id, turn)): Path<(String, String)>,
) -> Result<Redirect, Refusal> {
    let to = match turn.as_str() {
        "unsubscribe" => SubscriptionState::Unsubscribed,
        "expire" => SubscriptionState::Expired,
        "sleep" => SubscriptionState::Asleep,
        "wake" => SubscriptionState::Awake,
        _ => return Err(Refusal::bad("one of unsubscribe, expire, sleep, wake")),
    };
    let found = state.turn(&id, to);
    if found {
        Ok(Redirect::to("/"))
    } else {
        Err(Refusal::new(StatusCode::NOT_FOUND, "there is no such subscription"))
    }
}

async fn show_page(Shared(state): Shared<Arc<State>>) -> Html<String> {
    let sentence = "Every subscription with its messages, the newest first, decrypted as the device does it.";
    Html(look::page("Web Push", sentence, &page::cards(&state)).into_string())
}
