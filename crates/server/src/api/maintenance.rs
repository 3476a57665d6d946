//! Maintenance windows.

use super::extract::{InJson, InPath, InQuery};
use super::maintenance_shapes::{WindowBody, WindowOut, show, show_one};
use super::paging::window;
use super::parse;
use crate::app::App;
use crate::auth::{Can, Configure, Read};
use crate::error::{ApiError, ApiResult};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use watchbell_core::ids::MaintenanceWindowId;
use watchbell_core::schedule::Span;
use watchbell_store::maintenance::{self, WindowFilter};

/// The routes.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::default().routes(routes!(list_windows, create_window)).routes(routes!(end_window)).routes(routes!(
        get_window,
        update_window,
        delete_window
    ))
}

/// Which windows.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct WindowQuery {
    /// OPEN: not over; CLOSED: over.
    state: Option<String>,
    /// Ids of alert sources; repeatable.
    #[serde(default)]
    sources: Vec<i64>,
    /// Taken for clients, and ignored: there are no services yet.
    #[serde(default)]
    #[expect(dead_code, reason = "named so that the document shows that it is taken")]
    services: Vec<i64>,
    /// Not over before.
    from: Option<String>,
    /// Begun before.
    until: Option<String>,
    #[serde(default, rename = "start-index")]
    #[param(minimum = 0, default = 0)]
    start_index: Option<i32>,
    #[serde(default, rename = "max-results")]
    #[param(minimum = 0, maximum = 100, default = 50)]
    max_results: Option<i32>,
}

impl WindowQuery {
    fn filter(&self) -> Result<WindowFilter, ApiError> {
        let states = [("OPEN", true), ("CLOSED", false)];
        let time =
            |field: &str, text: &Option<String>| text.as_deref().map(|text| parse::time(field, text)).transpose();
        let span = match (time("from", &self.from)?, time("until", &self.until)?) {
            (None, None) => None,
            (from, until) => Some(Span::new(from.unwrap_or(Timestamp::MIN), until.unwrap_or(Timestamp::MAX))),
        };
        let open = self.state.as_deref().map(|word| parse::word("state", word, &states)).transpose()?;
        Ok(WindowFilter { open, sources: self.sources.clone(), span })
    }
}

/// List maintenance windows, the latest begin first.
#[utoipa::path(get, path = "/maintenance-windows", tag = "Maintenance Windows", params(WindowQuery), responses((status = 200, body = Vec<WindowOut>)))]
async fn list_windows(
    State(app): State<App>,
    can: Can<Read>,
    InQuery(query): InQuery<WindowQuery>,
) -> ApiResult<Vec<WindowOut>> {
    let page = window(query.start_index, query.max_results.unwrap_or(50), 100)?;
    let found = maintenance::list(&app.db, &can.scope, &query.filter()?, page, app.clock.now()).await?;
    Ok(Json(show(&app, &can.scope, found).await?))
}

/// Create a maintenance window: while it is open, nobody is paged for what it covers.
#[utoipa::path(post, path = "/maintenance-windows", tag = "Maintenance Windows", request_body = WindowBody, responses((status = 200, body = WindowOut)))]
async fn create_window(
    State(app): State<App>,
    can: Can<Configure>,
    InJson(body): InJson<WindowBody>,
) -> ApiResult<WindowOut> {
    let new = body.parse(&app, &can.scope, None).await?;
    let made = maintenance::create(&app.db, &can.scope, new, app.clock.now()).await?;
    changed(&app);
    Ok(Json(show_one(&app, &can.scope, made).await?))
}

/// Get a maintenance window.
#[utoipa::path(get, path = "/maintenance-windows/{id}", tag = "Maintenance Windows", params(("id" = i64, Path)), responses((status = 200, body = WindowOut)))]
async fn get_window(State(app): State<App>, can: Can<Read>, InPath(id): InPath<i64>) -> ApiResult<WindowOut> {
    let found = maintenance::get(&app.db, &can.scope, MaintenanceWindowId(id)).await?;
    Ok(Json(show_one(&app, &can.scope, found).await?))
}

/// Change a maintenance window; alerts that it holds are looked at again.
#[utoipa::path(put, path = "/maintenance-windows/{id}", tag = "Maintenance Windows", params(("id" = i64, Path)), request_body = WindowBody, responses((status = 200, body = WindowOut)))]
async fn update_window(
    State(app): State<App>,
    can: Can<Configure>,
    InPath(id): InPath<i64>,
    InJson(body): InJson<WindowBody>,
) -> ApiResult<WindowOut> {
    let before = maintenance::get(&app.db, &can.scope, MaintenanceWindowId(id)).await?;
    let new = body.parse(&app, &can.scope, Some(&before)).await?;
    let after = maintenance::update(&app.db, &can.scope, before.id, new, app.clock.now()).await?;
    changed(&app);
    Ok(Json(show_one(&app, &can.scope, after).await?))
}

/// End the time of a maintenance window that runs now; one that comes back does so at its next time.
#[utoipa::path(put, path = "/maintenance-windows/{id}/end", tag = "Maintenance Windows", params(("id" = i64, Path)), responses((status = 200, body = WindowOut)))]
async fn end_window(State(app): State<App>, can: Can<Configure>, InPath(id): InPath<i64>) -> ApiResult<WindowOut> {
    let after = maintenance::end_now(&app.db, &can.scope, MaintenanceWindowId(id), app.clock.now()).await?;
    changed(&app);
    Ok(Json(show_one(&app, &can.scope, after).await?))
}

/// Delete a maintenance window; alerts that it holds page at once, if they were to page at its end.
#[utoipa::path(delete, path = "/maintenance-windows/{id}", tag = "Maintenance Windows", params(("id" = i64, Path)), responses((status = 204)))]
async fn delete_window(
    State(app): State<App>,
    can: Can<Configure>,
    InPath(id): InPath<i64>,
) -> Result<StatusCode, ApiError> {
    maintenance::delete(&app.db, &can.scope, MaintenanceWindowId(id), app.clock.now()).await?;
    changed(&app);
    Ok(StatusCode::NO_CONTENT)
}

/// What this node remembers of sources no longer holds, and alerts may have to be looked at.
pub(crate) fn changed(app: &App) {
    app.source_keys.forget_all();
    app.wake.notify_one();
}
