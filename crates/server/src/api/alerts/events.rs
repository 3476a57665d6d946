//! The events of an alert as its source sent them.

use crate::api::extract::{InPath, InQuery};
use crate::api::paging::PageOf50;
use crate::app::App;
use crate::auth::{Can, Read};
use crate::error::ApiResult;
use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use watchbell_core::ids::AlertId;
use watchbell_core::text;
use watchbell_store::events::{self, StoredEvent};
use watchbell_store::sources::KEY_SEALED;
use watchbell_store::{alerts, sources};

/// The routes.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::default().routes(routes!(list_events))
}

/// Most characters of a body that are shown.
const BODY_CHARS_MAX: usize = 64 * 1024;

/// An event as it was sent.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AlertEvent)]
#[serde(rename_all = "camelCase")]
struct EventOut {
    id: i64,
    received_at: Timestamp,
    /// ALERT, ACCEPT, RESOLVE, COMMENT, or how a tool pointed to something.
    event_type: String,
    /// What became of it: OPENED, GROUPED, APPLIED and so on.
    verdict: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content_type: Option<String>,
    /// As text, without the integration key; bytes that are no UTF-8 are replaced.
    body: String,
}

/// Bodies of the events API carry the integration key, which is nobody's to read here.
fn show(event: StoredEvent, key: &str) -> EventOut {
    let body = String::from_utf8_lossy(&event.body);
    let body = if key.is_empty() { body.into_owned() } else { body.replace(key, "***") };
    EventOut {
        id: event.id.0,
        received_at: event.received_at,
        event_type: event.kind,
        verdict: event.verdict,
        reason: event.reason,
        content_type: event.content_type,
        body: text::cut(&body, BODY_CHARS_MAX),
    }
}

/// List the events of an alert, the latest first. Of a busy alert the first and the last ones are kept.
#[utoipa::path(get, path = "/alerts/{id}/events", tag = "Alerts", params(("id" = i64, Path), PageOf50), responses((status = 200, body = Vec<EventOut>)))]
async fn list_events(
    State(app): State<App>,
    can: Can<Read>,
    InPath(id): InPath<i64>,
    InQuery(page): InQuery<PageOf50>,
) -> ApiResult<Vec<EventOut>> {
    let alert = alerts::get(&app.db, &can.scope, AlertId(id)).await?;
    let source = sources::get_many(&app.db, &can.scope, &[alert.source]).await?.pop();
    let key =
        source.map(|source| app.sealer.open_text(KEY_SEALED, &source.key_sealed)).transpose()?.unwrap_or_default();
    let found = events::page_of_alert(&app.db, &can.scope, alert.id, page.page()?).await?;
    Ok(Json(found.into_iter().map(|event| show(event, &key)).collect()))
}
