//! Alert actions.

use super::alert_action_shapes::{AlertActionIn, AlertActionOut};
use super::extract::{InJson, InPath, InQuery};
use super::paging::window;
use crate::app::App;
use crate::auth::{Can, Configure, Read};
use crate::error::{ApiError, ApiResult};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use watchbell_core::ids::{ActionId, ConnectorId, SourceId};
use watchbell_store::StoreError;
use watchbell_store::alert_actions;

/// The routes.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::default().routes(routes!(list_actions, create_action)).routes(routes!(find_action)).routes(routes!(
        get_action,
        update_action,
        delete_action
    ))
}

/// Which actions.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// Only those of an alert source.
    source: Option<i64>,
    /// Only those of a connector.
    connector: Option<String>,
    /// How many entries to skip.
    #[serde(rename = "start-index")]
    #[param(minimum = 0, default = 0)]
    start_index: Option<i32>,
    /// How many entries to return at most.
    #[serde(rename = "max-results")]
    #[param(minimum = 0, maximum = 100, default = 100)]
    max_results: Option<i32>,
}

/// How an action is shown.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct GetQuery {
    /// `conditions`, which is always there.
    #[serde(default)]
    #[allow(dead_code, reason = "taken for clients that send it")]
    include: Vec<String>,
    /// 1: with `alertSourceIds`, as old clients read it.
    version: Option<i64>,
}

/// List alert actions.
#[utoipa::path(get, path = "/alert-actions", tag = "Alert Actions", params(ListQuery), responses((status = 200, body = Vec<AlertActionOut>)))]
async fn list_actions(
    State(app): State<App>,
    can: Can<Read>,
    InQuery(query): InQuery<ListQuery>,
) -> ApiResult<Vec<AlertActionOut>> {
    let page = window(query.start_index, query.max_results.unwrap_or(100), 100)?;
    let (source, connector) = (query.source.map(SourceId), query.connector.map(ConnectorId));
    let found = alert_actions::list(&app.db, &can.scope, source, connector, page).await?;
    Ok(Json(found.into_iter().map(|action| AlertActionOut::of(action, false)).collect()))
}

/// Create an alert action. It acts upon what happens from then on.
#[utoipa::path(post, path = "/alert-actions", tag = "Alert Actions", request_body = AlertActionOut, responses((status = 201, body = AlertActionOut)))]
async fn create_action(
    State(app): State<App>,
    can: Can<Configure>,
    InJson(body): InJson<AlertActionIn>,
) -> Result<(StatusCode, Json<AlertActionOut>), ApiError> {
    let legacy = body.is_legacy();
    let new = body.parse()?;
    let made = alert_actions::create(&app.db, &can.scope, ActionId(app.ids.uuid()), new, app.clock.now()).await?;
    Ok((StatusCode::CREATED, Json(AlertActionOut::of(made, legacy))))
}

/// Find an alert action by its name.
#[utoipa::path(get, path = "/alert-actions/name/{name}", tag = "Alert Actions", params(("name" = String, Path)), responses((status = 200, body = AlertActionOut)))]
async fn find_action(
    State(app): State<App>,
    can: Can<Read>,
    InPath(name): InPath<String>,
) -> ApiResult<AlertActionOut> {
    let found = alert_actions::find_by_name(&app.db, &can.scope, &name).await?;
    let found = found.ok_or_else(|| StoreError::not_found("alert action", &name))?;
    Ok(Json(AlertActionOut::of(found, false)))
}

/// Get an alert action.
#[utoipa::path(get, path = "/alert-actions/{id}", tag = "Alert Actions", params(("id" = String, Path), GetQuery), responses((status = 200, body = AlertActionOut)))]
async fn get_action(
    State(app): State<App>,
    can: Can<Read>,
    InPath(id): InPath<String>,
    InQuery(query): InQuery<GetQuery>,
) -> ApiResult<AlertActionOut> {
    let found = alert_actions::get(&app.db, &can.scope, &ActionId(id)).await?;
    Ok(Json(AlertActionOut::of(found, query.version == Some(1))))
}

/// Change an alert action; what is left out is as in a new one.
#[utoipa::path(put, path = "/alert-actions/{id}", tag = "Alert Actions", params(("id" = String, Path)), request_body = AlertActionOut, responses((status = 200, body = AlertActionOut)))]
async fn update_action(
    State(app): State<App>,
    can: Can<Configure>,
    InPath(id): InPath<String>,
    InJson(body): InJson<AlertActionIn>,
) -> ApiResult<AlertActionOut> {
    let legacy = body.is_legacy();
    let id = alert_actions::get(&app.db, &can.scope, &ActionId(id)).await?.id;
    let changed = alert_actions::update(&app.db, &can.scope, &id, body.parse()?, app.clock.now()).await?;
    Ok(Json(AlertActionOut::of(changed, legacy)))
}

/// Delete an alert action. The tickets that it made stay; what becomes of them is not followed any more.
#[utoipa::path(delete, path = "/alert-actions/{id}", tag = "Alert Actions", params(("id" = String, Path)), responses((status = 204)))]
async fn delete_action(
    State(app): State<App>,
    can: Can<Configure>,
    InPath(id): InPath<String>,
) -> Result<StatusCode, ApiError> {
    alert_actions::delete(&app.db, &can.scope, &ActionId(id), app.clock.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}
