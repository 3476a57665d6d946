//! Support hours.

use super::extract::{InJson, InPath, InQuery};
use super::paging::PageOf50;
use super::support_hours_shapes::{SupportHoursIn, SupportHoursOut, show, show_one};
use crate::app::App;
use crate::auth::{Can, Configure, Read};
use crate::error::{ApiError, ApiResult};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use watchbell_core::ids::SupportHoursId;
use watchbell_store::StoreError;
use watchbell_store::support_hours;

/// The routes.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::default().routes(routes!(list_hours, create_hours)).routes(routes!(find_hours)).routes(routes!(
        get_hours,
        update_hours,
        delete_hours
    ))
}

/// List support hours.
#[utoipa::path(get, path = "/support-hours", tag = "Support Hours", params(PageOf50), responses((status = 200, body = Vec<SupportHoursOut>)))]
async fn list_hours(
    State(app): State<App>,
    can: Can<Read>,
    InQuery(page): InQuery<PageOf50>,
) -> ApiResult<Vec<SupportHoursOut>> {
    let found = support_hours::list(&app.db, &can.scope, page.page()?).await?;
    Ok(Json(show(&app, &can.scope, found, false).await?))
}

/// Create support hours.
#[utoipa::path(post, path = "/support-hours", tag = "Support Hours", request_body = SupportHoursIn, responses((status = 201, body = SupportHoursOut)))]
async fn create_hours(
    State(app): State<App>,
    can: Can<Configure>,
    InJson(body): InJson<SupportHoursIn>,
) -> Result<(StatusCode, Json<SupportHoursOut>), ApiError> {
    let made = support_hours::create(&app.db, &can.scope, body.parse(None)?, app.clock.now()).await?;
    Ok((StatusCode::CREATED, Json(show_one(&app, &can.scope, made).await?)))
}

/// Find support hours by their name.
#[utoipa::path(get, path = "/support-hours/name/{name}", tag = "Support Hours", params(("name" = String, Path)), responses((status = 200, body = SupportHoursOut)))]
async fn find_hours(
    State(app): State<App>,
    can: Can<Read>,
    InPath(name): InPath<String>,
) -> ApiResult<SupportHoursOut> {
    let found = support_hours::find_by_name(&app.db, &can.scope, &name).await?;
    let found = found.ok_or_else(|| StoreError::not_found("support hours", &name))?;
    Ok(Json(show_one(&app, &can.scope, found).await?))
}

/// Get support hours.
#[utoipa::path(get, path = "/support-hours/{id}", tag = "Support Hours", params(("id" = i64, Path)), responses((status = 200, body = SupportHoursOut)))]
async fn get_hours(State(app): State<App>, can: Can<Read>, InPath(id): InPath<i64>) -> ApiResult<SupportHoursOut> {
    let found = support_hours::get(&app.db, &can.scope, SupportHoursId(id)).await?;
    Ok(Json(show_one(&app, &can.scope, found).await?))
}

/// Change support hours; alerts that wait for their border are looked at again.
#[utoipa::path(put, path = "/support-hours/{id}", tag = "Support Hours", params(("id" = i64, Path)), request_body = SupportHoursIn, responses((status = 200, body = SupportHoursOut)))]
async fn update_hours(
    State(app): State<App>,
    can: Can<Configure>,
    InPath(id): InPath<i64>,
    InJson(body): InJson<SupportHoursIn>,
) -> ApiResult<SupportHoursOut> {
    let before = support_hours::get(&app.db, &can.scope, SupportHoursId(id)).await?;
    let new = body.parse(Some(&before.hours))?;
    let after = support_hours::update(&app.db, &can.scope, before.id, new, app.clock.now()).await?;
    app.source_keys.forget_all();
    app.wake.notify_one();
    Ok(Json(show_one(&app, &can.scope, after).await?))
}

/// Delete support hours that no alert source uses.
#[utoipa::path(delete, path = "/support-hours/{id}", tag = "Support Hours", params(("id" = i64, Path)), responses((status = 204)))]
async fn delete_hours(
    State(app): State<App>,
    can: Can<Configure>,
    InPath(id): InPath<i64>,
) -> Result<StatusCode, ApiError> {
    support_hours::delete(&app.db, &can.scope, SupportHoursId(id), app.clock.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}
