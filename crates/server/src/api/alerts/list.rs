//! Lists of alerts, how many there are, and one of them.

use super::query::{CountQuery, ListQuery};
use super::shapes::{AlertOut, show_alert, show_alerts};
use crate::api::extract::{InPath, InQuery};
use crate::api::paging::PageOf100;
use crate::app::App;
use crate::auth::{Can, Read};
use crate::error::ApiResult;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use watchbell_core::ids::AlertId;
use watchbell_store::{alert_list, alerts};

/// The routes.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::default().routes(routes!(list_alerts)).routes(routes!(count_alerts)).routes(routes!(get_alert))
}

/// List alerts, the newest first.
#[utoipa::path(get, path = "/alerts", tag = "Alerts", params(PageOf100, ListQuery), responses((status = 200, body = Vec<AlertOut>)))]
async fn list_alerts(
    State(app): State<App>,
    can: Can<Read>,
    InQuery(page): InQuery<PageOf100>,
    InQuery(mut query): InQuery<ListQuery>,
) -> ApiResult<Vec<AlertOut>> {
    let include = std::mem::take(&mut query.include);
    let (filter, page) = (query.parse(&app, &can.scope).await?, page.page()?);
    let alerts = alert_list::list(&app.db, &can.scope, &filter, page).await?;
    Ok(Json(show_alerts(&app, &can.scope, alerts, &include).await?))
}

/// How many there are.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CountResponse)]
struct CountOut {
    count: i64,
}

/// Count alerts.
#[utoipa::path(get, path = "/alerts/count", tag = "Alerts", params(CountQuery), responses((status = 200, body = CountOut)))]
async fn count_alerts(
    State(app): State<App>,
    can: Can<Read>,
    InQuery(query): InQuery<CountQuery>,
) -> ApiResult<CountOut> {
    let filter = ListQuery::from(query).parse(&app, &can.scope).await?;
    Ok(Json(CountOut { count: alert_list::count(&app.db, &can.scope, &filter).await? }))
}

/// What an answer should hold besides the usual.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct IncludeQuery {
    /// `escalationRules`, `nextEscalationUser`, `customDetails`; repeatable.
    #[serde(default)]
    include: Vec<String>,
}

/// Get an alert.
#[utoipa::path(get, path = "/alerts/{id}", tag = "Alerts", params(("id" = i64, Path), IncludeQuery), responses((status = 200, body = AlertOut)))]
async fn get_alert(
    State(app): State<App>,
    can: Can<Read>,
    InPath(id): InPath<i64>,
    InQuery(query): InQuery<IncludeQuery>,
) -> ApiResult<AlertOut> {
    let alert = alerts::get(&app.db, &can.scope, AlertId(id)).await?;
    Ok(Json(show_alert(&app, &can.scope, alert, &query.include).await?))
}
