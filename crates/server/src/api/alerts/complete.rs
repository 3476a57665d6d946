//! The second button: resolve an alert and complete its ticket.

use super::act::happen;
use super::shapes::{AlertOut, show_alert};
use crate::api::extract::{InBytes, InPath, read_object};
use crate::app::App;
use crate::auth::{Can, Respond};
use crate::error::{ApiError, ApiResult};
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use watchbell_core::alert::Happening;
use watchbell_core::ids::AlertId;
use watchbell_core::limits::{COMMENT_CHARS_MAX, REQUEST_BODY_BYTES_MAX};
use watchbell_core::text::Text;
use watchbell_store::alerts;

/// The routes.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::default().routes(routes!(resolve_and_complete))
}

/// What the ticket says from then on.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = AlertCompletion)]
struct CompletionIn {
    /// What solved it: the ticket's resolution, where it has none. Also a comment on the alert.
    #[serde(default)]
    resolution: Option<String>,
}

impl CompletionIn {
    /// From a body that may be left out.
    fn read(body: &[u8]) -> Result<Self, ApiError> {
        match body.trim_ascii() {
            b"" | b"null" => Ok(Self::default()),
            body => read_object(body),
        }
    }

    fn resolution(self) -> Result<Option<String>, ApiError> {
        let text = self.resolution.filter(|text| !text.trim().is_empty());
        let text = text.map(|text| Text::<COMMENT_CHARS_MAX>::parse(&text)).transpose();
        Ok(text.map_err(|error| ApiError::field("resolution", error))?.map(Text::into_string))
    }
}

/// Resolve an alert and complete its ticket; the ticket is written in the background, and the log says when it is done.
/// An alert that is resolved already has its ticket completed.
#[utoipa::path(post, path = "/alerts/{id}/resolve-and-complete", tag = "Alerts", params(("id" = i64, Path)), request_body = Option<CompletionIn>, responses((status = 200, body = AlertOut)))]
async fn resolve_and_complete(
    State(app): State<App>,
    can: Can<Respond>,
    InPath(id): InPath<i64>,
    InBytes(body): InBytes<{ REQUEST_BODY_BYTES_MAX }>,
) -> ApiResult<AlertOut> {
    let resolution = CompletionIn::read(&body)?.resolution()?;
    let before = alerts::get(&app.db, &can.scope, AlertId(id)).await?;
    if before.content.ticket.is_none() {
        return Err(ApiError::bad_request(format!(
            "Alert {id} has no ticket that could be completed: resolve it instead."
        )));
    }
    let alert = happen(&app, &can.scope, id, Happening::ResolvedAndCompleted { resolution }).await?;
    Ok(Json(show_alert(&app, &can.scope, alert, &[]).await?))
}
