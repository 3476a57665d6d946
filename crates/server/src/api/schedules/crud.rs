//! Schedules: listed, made, changed, deleted.

use super::body::ScheduleBody;
use super::shapes::{Includes, ScheduleOut, show_schedule, show_schedules};
use crate::api::extract::{InJson, InPath, InQuery};
use crate::api::paging::PageOf20;
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
use watchbell_core::ids::ScheduleId;
use watchbell_store::{StoreError, schedules};

/// The routes.
pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .routes(routes!(list_schedules, create_schedule))
        .routes(routes!(find_schedule))
        .routes(routes!(get_schedule, update_schedule, delete_schedule))
}

/// What is shown beside a schedule.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct IncludeQuery {
    /// scheduleLayers, shifts, currentShift, nextShift; past: shifts that are over as well.
    #[serde(default)]
    include: Vec<String>,
}

/// Which schedules, and what is shown beside them.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// scheduleLayers, shifts, currentShift, nextShift; past: shifts that are over as well.
    #[serde(default)]
    include: Vec<String>,
    /// How many entries to skip.
    #[serde(default, rename = "start-index")]
    #[param(minimum = 0, default = 0)]
    start_index: Option<i32>,
    /// How many entries to return at most.
    #[serde(default, rename = "max-results")]
    #[param(minimum = 0, maximum = 20, default = 20)]
    max_results: Option<i32>,
}

/// How strict a change is.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct GapsQuery {
    /// Refuse a schedule with times in which nobody is on call.
    #[serde(default, rename = "abort-on-gaps")]
    abort_on_gaps: Option<bool>,
}

/// List schedules.
#[utoipa::path(get, path = "/schedules", tag = "Schedules", params(ListQuery), responses((status = 200, body = Vec<ScheduleOut>)))]
async fn list_schedules(
    State(app): State<App>,
    can: Can<Read>,
    InQuery(query): InQuery<ListQuery>,
) -> ApiResult<Vec<ScheduleOut>> {
    let page = PageOf20 { start_index: query.start_index, max_results: query.max_results }.page()?;
    let schedules = schedules::list(&app.db, &can.scope, page, app.clock.now()).await?;
    Ok(Json(show_schedules(&app, &can.scope, schedules, Includes::of(&query.include)).await?))
}

/// Create a schedule.
#[utoipa::path(post, path = "/schedules", tag = "Schedules", params(GapsQuery), request_body = ScheduleOut, responses((status = 201, body = ScheduleOut)))]
async fn create_schedule(
    State(app): State<App>,
    can: Can<Configure>,
    InQuery(query): InQuery<GapsQuery>,
    InJson(body): InJson<ScheduleBody>,
) -> Result<(StatusCode, Json<ScheduleOut>), ApiError> {
    let now = app.clock.now();
    let (new, _) = body.parse(None)?;
    if query.abort_on_gaps.unwrap_or(false) {
        schedules::refuse_gaps(&app.db, &can.scope, &new, now).await?;
    }
    let schedule = schedules::create(&app.db, &can.scope, new, now).await?;
    Ok((StatusCode::CREATED, Json(show_schedule(&app, &can.scope, schedule, Includes::written()).await?)))
}

/// Find a schedule by its name.
#[utoipa::path(get, path = "/schedules/name/{name}", tag = "Schedules", params(("name" = String, Path), IncludeQuery), responses((status = 200, body = ScheduleOut)))]
async fn find_schedule(
    State(app): State<App>,
    can: Can<Read>,
    InPath(name): InPath<String>,
    InQuery(query): InQuery<IncludeQuery>,
) -> ApiResult<ScheduleOut> {
    let schedule = schedules::find_by_name(&app.db, &can.scope, &name, app.clock.now()).await?;
    let schedule = schedule.ok_or_else(|| StoreError::not_found("schedule", &name))?;
    Ok(Json(show_schedule(&app, &can.scope, schedule, Includes::of(&query.include)).await?))
}

/// Get a schedule.
#[utoipa::path(get, path = "/schedules/{id}", tag = "Schedules", params(("id" = i64, Path), IncludeQuery), responses((status = 200, body = ScheduleOut)))]
async fn get_schedule(
    State(app): State<App>,
    can: Can<Read>,
    InPath(id): InPath<i64>,
    InQuery(query): InQuery<IncludeQuery>,
) -> ApiResult<ScheduleOut> {
    let schedule = schedules::get(&app.db, &can.scope, ScheduleId(id), app.clock.now()).await?;
    Ok(Json(show_schedule(&app, &can.scope, schedule, Includes::of(&query.include)).await?))
}

/// Change a schedule, from now or from `effectiveFrom` on; what was stays as it was.
#[utoipa::path(put, path = "/schedules/{id}", tag = "Schedules", params(("id" = i64, Path), GapsQuery), request_body = ScheduleOut, responses((status = 200, body = ScheduleOut)))]
async fn update_schedule(
    State(app): State<App>,
    can: Can<Configure>,
    InPath(id): InPath<i64>,
    InQuery(query): InQuery<GapsQuery>,
    InJson(body): InJson<ScheduleBody>,
) -> ApiResult<ScheduleOut> {
    let (id, now) = (ScheduleId(id), app.clock.now());
    let before = schedules::get(&app.db, &can.scope, id, now).await?;
    let (new, edit) = body.parse(Some(before.into()))?;
    if query.abort_on_gaps.unwrap_or(false) {
        schedules::refuse_gaps(&app.db, &can.scope, &new, edit.from.unwrap_or(now)).await?;
    }
    let schedule = schedules::update(&app.db, &can.scope, id, new, edit, now).await?;
    Ok(Json(show_schedule(&app, &can.scope, schedule, Includes::written()).await?))
}

/// Delete a schedule that no escalation policy asks.
#[utoipa::path(delete, path = "/schedules/{id}", tag = "Schedules", params(("id" = i64, Path)), responses((status = 204, description = "It is deleted.")))]
async fn delete_schedule(
    State(app): State<App>,
    can: Can<Configure>,
    InPath(id): InPath<i64>,
) -> Result<StatusCode, ApiError> {
    schedules::delete(&app.db, &can.scope, ScheduleId(id), app.clock.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}
