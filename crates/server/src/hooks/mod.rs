//! Inbound: what tools send. A 2xx is sent only after the event is on disk.

mod autotask;
mod events;
mod keys;
mod mail;
mod providers;
mod webhooks;

pub use keys::SourceKeys;
pub(crate) use keys::ingest_source;
pub use webhooks::WebhookRefusals;

use crate::app::App;
use crate::engine::ingest::IngestError;
use crate::error::ApiError;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{any, post};
use watchbell_core::limits;
use watchbell_store::StoreError;
use watchbell_store::ingest::{Incoming, Ingested};

/// Routes of the hooks, below `/api`.
pub fn router() -> Router<App> {
    let callouts = Router::new()
        .route("/v1/events/autotask/{key}", post(autotask::take_callout).get(autotask::take_callout))
        .layer(DefaultBodyLimit::max(limits::CALLOUT_BODY_BYTES_MAX));
    let webhooks = Router::new()
        .route("/v1/webhooks/autotask/{address}", post(webhooks::take_webhook))
        .route("/v1/webhooks/autotask/{address}/deactivated", post(webhooks::take_webhook))
        .layer(DefaultBodyLimit::max(::autotask::WEBHOOK_BYTES_MAX));
    let providers = Router::new()
        .route("/v1/providers/{connector}/{hook}", any(providers::take))
        .route("/v1/providers/{connector}/{hook}/{token}", any(providers::take_about))
        .layer(DefaultBodyLimit::max(limits::PROVIDER_BODY_BYTES_MAX));
    Router::new()
        .route("/events", post(events::post_events))
        .route("/v1/events", post(events::post_events))
        .route("/v1/events/{integration}/{key}", post(events::post_events_of_source).get(events::get_event_of_source))
        .layer(DefaultBodyLimit::max(limits::EVENT_BATCH_BYTES_MAX))
        .merge(callouts)
        .merge(webhooks)
        .merge(providers)
        .merge(mail::router())
}

/// Keeps what was sent. Errors: 429 when too many wait, 503 when the database is away or full, 400 when it cannot hold the data.
pub(crate) async fn keep(app: &App, incoming: Vec<Incoming>) -> Result<Vec<Ingested>, ApiError> {
    app.ingest.take(incoming).await.map_err(|error| match error {
        IngestError::Full => {
            ApiError::too_many("Too many events are waiting to be stored. Send this one again in a second.")
        }
        IngestError::Store(error @ StoreError::Constraint(_)) => {
            tracing::warn!(%error, "an event was refused by the database");
            ApiError::bad_request("The event cannot be stored; its alert source may have been deleted meanwhile.")
        }
        IngestError::Store(error @ StoreError::Conflict(_)) => ApiError::unavailable(error.to_string()),
        IngestError::Store(error) => error.into(),
    })
}
