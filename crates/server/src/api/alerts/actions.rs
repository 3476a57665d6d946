//! Alert actions of one alert: those that a person may let act, and letting one act.

use crate::api::extract::{InJson, InPath};
use crate::app::App;
use crate::auth::{Can, Read, Respond};
use crate::error::{ApiError, ApiResult};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use watchbell_core::alert::Alert;
use watchbell_core::ids::{ActionId, AlertId};
use watchbell_store::alert_actions::{self, AlertAction};
use watchbell_store::scope::Scope;
use watchbell_store::{Page, alerts};

/// The routes.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::default().routes(routes!(list_actions, trigger_action))
}

/// Actions that one alert offers.
const OFFERED_MAX: i64 = 100;

/// An alert action that a person may let act upon an alert.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = AlertActionTrigger)]
#[serde(rename_all = "camelCase")]
struct TriggerShape {
    alert_action_id: String,
    #[serde(default)]
    connector_id: String,
    #[serde(default, rename = "type")]
    kind: String,
    #[serde(default)]
    name: String,
}

/// What became of letting an action act.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AlertActionResult)]
#[serde(rename_all = "camelCase")]
struct ResultOut {
    alert_action_id: String,
    connector_id: String,
    alert_id: i64,
    /// Whether it is being done; the log says when it is.
    success: bool,
}

/// What a person may let act upon an alert: the actions of its source, while it has no ticket.
pub(crate) async fn offered(
    app: &App,
    scope: &Scope,
    alert: &Alert,
) -> Result<Vec<AlertAction>, watchbell_store::StoreError> {
    match alert.content.ticket {
        Some(_) => Ok(Vec::new()),
        None => alert_actions::list(&app.db, scope, Some(alert.source), None, Page::first(OFFERED_MAX)).await,
    }
}

/// Lets an action act upon an alert. Errors: 400 where the alert has its ticket, 404 where its source has no such action.
pub(crate) async fn order(app: &App, scope: &Scope, alert: AlertId, id: &str) -> Result<AlertAction, ApiError> {
    let alert = alerts::get(&app.db, scope, alert).await?;
    if let Some(ticket) = &alert.content.ticket {
        return Err(ApiError::bad_request(format!("Alert {} has a ticket already: {}.", alert.id, ticket.number)));
    }
    let action = alert_actions::get(&app.db, scope, &ActionId(id.to_owned())).await?;
    if !action.sources.iter().any(|(source, _)| *source == alert.source) {
        let words = format!("is not an action of the source of alert {}", alert.id);
        return Err(ApiError::field("alertActionId", words));
    }
    alert_actions::order_by_hand(&app.db, scope, alert.id, action.id.clone(), app.clock.now()).await?;
    app.wake.notify_one();
    Ok(action)
}

/// List the alert actions that may be let act upon an alert.
#[utoipa::path(get, path = "/alerts/{id}/actions", tag = "Alert Actions", params(("id" = i64, Path)), responses((status = 200, body = Vec<TriggerShape>)))]
async fn list_actions(State(app): State<App>, can: Can<Read>, InPath(id): InPath<i64>) -> ApiResult<Vec<TriggerShape>> {
    let alert = alerts::get(&app.db, &can.scope, AlertId(id)).await?;
    let found = offered(&app, &can.scope, &alert).await?;
    let shape = |action: AlertAction| TriggerShape {
        alert_action_id: action.id.0,
        connector_id: action.connector.0,
        kind: action.kind,
        name: action.name,
    };
    Ok(Json(found.into_iter().map(shape).collect()))
}

/// Let an alert action act upon an alert, whatever its mode and its conditions. It is done in the background, and the log says when it is.
#[utoipa::path(post, path = "/alerts/{id}/actions", tag = "Alert Actions", params(("id" = i64, Path)), request_body = TriggerShape, responses((status = 201, body = ResultOut)))]
async fn trigger_action(
    State(app): State<App>,
    can: Can<Respond>,
    InPath(id): InPath<i64>,
    InJson(body): InJson<TriggerShape>,
) -> Result<(StatusCode, Json<ResultOut>), ApiError> {
    let action = order(&app, &can.scope, AlertId(id), &body.alert_action_id).await?;
    let result =
        ResultOut { alert_action_id: action.id.0, connector_id: action.connector.0, alert_id: id, success: true };
    Ok((StatusCode::CREATED, Json(result)))
}
