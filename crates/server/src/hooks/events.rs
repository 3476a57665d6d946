//! The events API, with the integration key in the body or in the path.

use super::{keep, keys};
use crate::api::extract::{InBytes, InPath};
use crate::app::App;
use crate::error::ApiError;
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use watchbell_connect::sources::api::{self, ApiEvent, ApiEvents};
use watchbell_core::{limits, text};
use watchbell_store::events::Verdict;
use watchbell_store::ingest::{Incoming, Parsed};

/// An event, or an array of them.
type Body = InBytes<{ limits::EVENT_BATCH_BYTES_MAX }>;

/// The answer that satisfies every client of ilert: 202 with an empty object.
pub(super) type Accepted = (StatusCode, Json<serde_json::Value>);

/// An event or an array of events; each names its source by `integrationKey`. All of an array are kept, or none.
pub(super) async fn post_events(
    State(app): State<App>,
    headers: HeaderMap,
    InBytes(body): Body,
) -> Result<Accepted, ApiError> {
    let events = read(&body)?;
    let mut incoming = Vec::with_capacity(events.events.len());
    for (i, event) in events.events.into_iter().enumerate() {
        let at = |field: &str| if events.is_array { format!("[{i}].{field}") } else { field.to_owned() };
        let key = event.integration_key.clone().ok_or_else(|| {
            ApiError::field(&at("integrationKey"), "is required: the integration key of the alert source")
        })?;
        let known = keys::find(&app, &key)
            .await
            .map_err(|error| if events.is_array { error.at(&at("integrationKey")) } else { error })?;
        incoming.push(take(&known, event, &headers));
    }
    keep(&app, incoming).await?;
    Ok(accepted())
}

/// The same with the key in the path, for tools that can only be given an address.
pub(super) async fn post_events_of_source(
    State(app): State<App>,
    InPath((integration, key)): InPath<(String, String)>,
    headers: HeaderMap,
    InBytes(body): Body,
) -> Result<Accepted, ApiError> {
    let known = keys::find(&app, &key).await?;
    if !is_events_api(&integration) {
        return Err(unknown_integration(&integration));
    }
    let incoming = read(&body)?.events.into_iter().map(|event| take(&known, event, &headers)).collect();
    keep(&app, incoming).await?;
    Ok(accepted())
}

/// Some tools can only GET.
pub(super) async fn get_event_of_source(
    State(app): State<App>,
    InPath((integration, key)): InPath<(String, String)>,
) -> Result<Accepted, ApiError> {
    keys::find(&app, &key).await?;
    match is_events_api(&integration) {
        true => Err(ApiError::method_not_allowed("Events are sent by POST, as JSON.")),
        false => Err(unknown_integration(&integration)),
    }
}

/// Agents that fetch events from elsewhere send them on in the shape of the events API.
fn is_events_api(integration: &str) -> bool {
    matches!(integration, "api" | "mqtt" | "kafka")
}

fn unknown_integration(integration: &str) -> ApiError {
    ApiError::not_found(format!(
        "There is no integration {:?} here. Copy the webhook URL from the page of the alert source.",
        text::cut(integration, 40)
    ))
}

fn read(body: &Bytes) -> Result<ApiEvents, ApiError> {
    api::parse(body).map_err(|error| ApiError::field(&error.field, error.problem))
}

fn take(known: &keys::Known, event: ApiEvent, headers: &HeaderMap) -> Incoming {
    let parsed = match known.source.active {
        true => Parsed::Event(Box::new(event.event)),
        false => Parsed::LeftOut { verdict: Verdict::NotPaged, reason: "the alert source is switched off".into() },
    };
    Incoming { source: known.ingest.clone(), parsed, content_type: content_type(headers), body: event.body }
}

pub(super) fn content_type(headers: &HeaderMap) -> Option<String> {
    headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).map(|value| text::cut(value, 100))
}

pub(super) fn accepted() -> Accepted {
    (StatusCode::ACCEPTED, Json(serde_json::json!({})))
}
