//! The webhooks that Autotask has for an alert source: made, looked at and removed.

use super::extract::InPath;
use crate::app::App;
use crate::auth::{Can, Configure, Read};
use crate::engine::autotask;
use crate::error::{ApiError, ApiResult};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use watchbell_core::ids::SourceId;
use watchbell_store::scope::Scope;
use watchbell_store::source_webhooks::{self, SourceWebhook};
use watchbell_store::sources;

/// The routes.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::default().routes(routes!(list_webhooks, create_webhooks, remove_webhooks))
}

/// A webhook that Autotask has for an alert source.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AlertSourceWebhook)]
#[serde(rename_all = "camelCase")]
struct SourceWebhookOut {
    /// What it tells of: TICKET or TICKET_NOTE.
    kind: &'static str,
    /// MAKING, LIVE or REMOVING.
    phase: &'static str,
    /// Whether it was on when it was last looked at.
    active: bool,
    /// When it was last looked at.
    checked_at: Option<Timestamp>,
    /// When an event last came.
    last_event_at: Option<Timestamp>,
    /// Events that did not come, by their numbers.
    missing_events: usize,
    /// When events were last missing.
    last_gap_at: Option<Timestamp>,
    /// When it was last switched on again by itself.
    rearmed_at: Option<Timestamp>,
    /// When a call last came that was not signed with its key.
    refused_at: Option<Timestamp>,
    /// Fields that it should tell of, and Autotask does not offer.
    unwatched_fields: Vec<String>,
    /// What is wrong, and what to do.
    error: Option<String>,
}

impl From<SourceWebhook> for SourceWebhookOut {
    fn from(webhook: SourceWebhook) -> Self {
        let SourceWebhook { kind, phase, standing, arrivals, .. } = webhook;
        Self {
            kind: kind.as_str(),
            phase: phase.as_str(),
            active: standing.is_active,
            checked_at: standing.checked_at,
            last_event_at: arrivals.last_event_at,
            missing_events: arrivals.sequence.missing.len(),
            last_gap_at: arrivals.last_gap_at,
            rearmed_at: standing.rearmed_at,
            refused_at: arrivals.refused_at,
            unwatched_fields: standing.unwatched,
            error: standing.fault,
        }
    }
}

async fn shown(app: &App, scope: &Scope, source: SourceId) -> Result<Vec<SourceWebhookOut>, ApiError> {
    let webhooks = source_webhooks::of_source(&app.db, scope, source).await?;
    Ok(webhooks.into_iter().map(SourceWebhookOut::from).collect())
}

/// List the webhooks that Autotask has for an alert source.
#[utoipa::path(get, path = "/alert-sources/{id}/webhooks", tag = "Alert Sources", params(("id" = i64, Path)), responses((status = 200, body = Vec<SourceWebhookOut>)))]
async fn list_webhooks(
    State(app): State<App>,
    can: Can<Read>,
    InPath(id): InPath<i64>,
) -> ApiResult<Vec<SourceWebhookOut>> {
    let source = sources::get(&app.db, &can.scope, SourceId(id)).await?;
    Ok(Json(shown(&app, &can.scope, source.id).await?))
}

/// Create the webhooks of an AUTOTASK source in Autotask: of tickets and of their notes. Safe to repeat: what is there is made whole. They are made within seconds after the answer; the list says how far they are, and what is missing.
#[utoipa::path(post, path = "/alert-sources/{id}/webhooks", tag = "Alert Sources", params(("id" = i64, Path)), responses((status = 202, body = Vec<SourceWebhookOut>)))]
async fn create_webhooks(
    State(app): State<App>,
    can: Can<Configure>,
    InPath(id): InPath<i64>,
) -> Result<(StatusCode, Json<Vec<SourceWebhookOut>>), ApiError> {
    let source = sources::get(&app.db, &can.scope, SourceId(id)).await?;
    autotask::create_webhooks(&app, &can.scope, &source).await?;
    Ok((StatusCode::ACCEPTED, Json(shown(&app, &can.scope, source.id).await?)))
}

/// Remove the webhooks of an AUTOTASK source from Autotask. It is tried until it is done; the list is empty then.
#[utoipa::path(delete, path = "/alert-sources/{id}/webhooks", tag = "Alert Sources", params(("id" = i64, Path)), responses((status = 202, body = Vec<SourceWebhookOut>)))]
async fn remove_webhooks(
    State(app): State<App>,
    can: Can<Configure>,
    InPath(id): InPath<i64>,
) -> Result<(StatusCode, Json<Vec<SourceWebhookOut>>), ApiError> {
    let source = sources::get(&app.db, &can.scope, SourceId(id)).await?;
    autotask::remove_webhooks(&app, &can.scope, source.id).await?;
    Ok((StatusCode::ACCEPTED, Json(shown(&app, &can.scope, source.id).await?)))
}
