//! The second button: resolve an alert and complete its ticket.

use super::act::happen;
use super::shapes::{AlertOut, show_alert};
use crate::api::extract::InPath;
use crate::app::App;
use crate::auth::{Can, Respond};
use crate::error::{ApiError, ApiResult};
use axum::Json;
use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use watchbell_core::alert::Happening;
use watchbell_core::ids::AlertId;
use watchbell_store::alerts;

/// The routes.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::default().routes(routes!(resolve_and_complete))
}

/// Resolve an alert and complete its ticket; the ticket is written in the background, and the log says when it is done.
/// An alert that is resolved already has its ticket completed.
#[utoipa::path(post, path = "/alerts/{id}/resolve-and-complete", tag = "Alerts", params(("id" = i64, Path)), responses((status = 200, body = AlertOut)))]
async fn resolve_and_complete(
    State(app): State<App>,
    can: Can<Respond>,
    InPath(id): InPath<i64>,
) -> ApiResult<AlertOut> {
    let before = alerts::get(&app.db, &can.scope, AlertId(id)).await?;
    if before.content.ticket.is_none() {
        return Err(ApiError::bad_request(format!(
            "Alert {id} has no ticket that could be completed: resolve it instead."
        )));
    }
    let alert = happen(&app, &can.scope, id, Happening::ResolvedAndCompleted).await?;
    Ok(Json(show_alert(&app, &can.scope, alert, &[]).await?))
}
