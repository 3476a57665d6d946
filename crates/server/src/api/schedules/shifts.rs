//! Who is on call in a span, and now.

use super::shapes::{ShiftOut, around};
use crate::api::extract::{InPath, InQuery};
use crate::api::parse;
use crate::app::App;
use crate::auth::{Can, Read};
use crate::error::{ApiError, ApiResult};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use watchbell_core::ids::{ScheduleId, UserId};
use watchbell_core::limits::SCHEDULE_SPAN_DAYS_MAX;
use watchbell_core::schedule::{self, Prepared, Shift, Span};
use watchbell_store::scope::Scope;
use watchbell_store::users;
use watchbell_store::{StoreError, schedules};

/// Days that are shown where no end is named.
const DAYS: i64 = 31;

/// The routes.
pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::default().routes(routes!(list_shifts)).routes(routes!(user_on_call))
}

/// Which shifts.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ShiftsQuery {
    /// From when on; now, where it is left out.
    #[param(format = DateTime)]
    from: Option<String>,
    /// Until when; 31 days later, where it is left out.
    until: Option<String>,
    /// Without overrides.
    #[serde(default, rename = "exclude-overrides")]
    #[param(default = false)]
    exclude_overrides: Option<bool>,
}

/// The span that is asked for. Errors: 400 for one that is empty or too long.
pub fn span(from: Timestamp, until: Timestamp) -> Result<Span, ApiError> {
    let span = Span::new(from, until);
    if span.is_empty() {
        return Err(ApiError::field("until", "must come after from"));
    }
    match until.duration_since(from) > SignedDuration::from_hours(24 * SCHEDULE_SPAN_DAYS_MAX) {
        true => Err(ApiError::field("until", format!("must come at most {SCHEDULE_SPAN_DAYS_MAX} days after from"))),
        false => Ok(span),
    }
}

/// List who is on call when. Times in which nobody is are left out.
#[utoipa::path(get, path = "/schedules/{id}/shifts", tag = "Schedules", params(("id" = i64, Path), ShiftsQuery), responses((status = 200, body = Vec<ShiftOut>)))]
async fn list_shifts(
    State(app): State<App>,
    can: Can<Read>,
    InPath(id): InPath<i64>,
    InQuery(query): InQuery<ShiftsQuery>,
) -> ApiResult<Vec<ShiftOut>> {
    let now = app.clock.now();
    let schedule = schedules::get(&app.db, &can.scope, ScheduleId(id), now).await?;
    let clocks = parse::zone(&schedule.current.zone)?;
    let from = query.from.map_or(Ok(now), |from| parse::time_in("from", &from, &clocks))?;
    let until = query.until.map_or_else(
        || Ok(from.saturating_add(SignedDuration::from_hours(24 * DAYS)).unwrap_or(Timestamp::MAX)),
        |until| parse::time_in("until", &until, &clocks),
    )?;
    let ready =
        ready(&app, &can.scope, schedule.id, span(from, until)?, query.exclude_overrides.unwrap_or(false)).await?;
    show(&app, &can.scope, schedule::shifts(&ready, Span::new(from, until))).await.map(Json)
}

async fn ready(app: &App, scope: &Scope, id: ScheduleId, span: Span, bare: bool) -> Result<Prepared, ApiError> {
    let ready = match bare {
        true => schedules::load::without_overrides(&app.db, scope, &[id], span).await?,
        false => schedules::prepared(&app.db, scope, &[id], span).await?,
    };
    ready.into_values().next().ok_or_else(|| StoreError::not_found("schedule", id).into())
}

async fn show(app: &App, scope: &Scope, shifts: Vec<Shift>) -> Result<Vec<ShiftOut>, ApiError> {
    let mut people: Vec<UserId> = shifts.iter().filter_map(|shift| shift.duty.user()).collect();
    people.sort();
    people.dedup();
    let users = users::get_many(&app.db, scope, &people).await?;
    Ok(shifts.iter().filter_map(|shift| ShiftOut::of(shift, &users)).collect())
}

/// Get who is on call now; 204 where nobody is.
#[utoipa::path(get, path = "/schedules/{id}/user-on-call", tag = "Schedules", params(("id" = i64, Path)), responses((status = 200, body = ShiftOut), (status = 204, description = "Nobody is on call.")))]
async fn user_on_call(State(app): State<App>, can: Can<Read>, InPath(id): InPath<i64>) -> Result<Response, ApiError> {
    let now = app.clock.now();
    let schedule = schedules::get(&app.db, &can.scope, ScheduleId(id), now).await?;
    let looked_at = around(now, SCHEDULE_SPAN_DAYS_MAX);
    let ready = ready(&app, &can.scope, schedule.id, looked_at, false).await?;
    let shift = schedule::shift_at(&ready, now, looked_at);
    match show(&app, &can.scope, vec![shift]).await?.pop() {
        Some(shift) => Ok(Json(shift).into_response()),
        None => Ok(StatusCode::NO_CONTENT.into_response()),
    }
}
