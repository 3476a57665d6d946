//! Temporary schedules: shifts that replace a schedule's own for a span. ilert has none.

use super::body::{ShiftIn, parse_shifts};
use crate::api::extract::{InJson, InPath, InQuery};
use crate::api::paging::PageOf100;
use crate::api::parse;
use crate::api::refs::UserRel;
use crate::app::App;
use crate::auth::{Can, Configure, Read};
use crate::error::{ApiError, ApiResult};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use watchbell_core::ids::{ScheduleId, TemporaryScheduleId, UserId};
use watchbell_core::schedule::Span;
use watchbell_store::schedules::temporaries::{self, TemporaryIn, TemporarySchedule};
use watchbell_store::schedules::{self, Schedule};
use watchbell_store::scope::Scope;
use watchbell_store::users::{self, User};

/// The routes.
pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::default().routes(routes!(list_temporaries, create_temporary)).routes(routes!(
        get_temporary,
        update_temporary,
        delete_temporary
    ))
}

/// A temporary schedule as it is sent.
#[derive(Debug, Deserialize)]
struct TemporaryBody {
    start: String,
    end: String,
    shifts: Vec<ShiftIn>,
}

impl TemporaryBody {
    fn parse(self, schedule: &Schedule) -> Result<TemporaryIn, ApiError> {
        let clocks = parse::zone(&schedule.current.zone)?;
        let from = parse::time_in("start", &self.start, &clocks)?;
        let span = Span::new(from, parse::time_in("end", &self.end, &clocks)?);
        // A shift without an end goes on for as long as the schedule does.
        let whole_s = span.until.duration_since(span.from).as_secs();
        Ok(TemporaryIn { span, shifts: parse_shifts(self.shifts, &clocks, whole_s)? })
    }
}

/// A shift of a temporary schedule.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TemporaryShift)]
struct TemporaryShiftOut {
    user: UserRel,
    start: Timestamp,
    end: Timestamp,
}

/// Shifts that replace a schedule's own for a span; between them nobody is on call.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TemporarySchedule)]
struct TemporaryOut {
    id: i64,
    start: Timestamp,
    end: Timestamp,
    /// By time, within the span.
    shifts: Vec<TemporaryShiftOut>,
}

impl TemporaryOut {
    fn of(known: TemporarySchedule, users: &[User]) -> Self {
        let shift = |shift: &watchbell_core::schedule::StaticShift| TemporaryShiftOut {
            user: UserRel::of(shift.user, users),
            start: shift.span.from,
            end: shift.span.until,
        };
        let shifts = known.shifts.iter().map(shift).collect();
        Self { id: known.id.0, start: known.span.from, end: known.span.until, shifts }
    }
}

async fn show(app: &App, scope: &Scope, found: Vec<TemporarySchedule>) -> Result<Vec<TemporaryOut>, ApiError> {
    let mut people: Vec<UserId> = found.iter().flat_map(|known| &known.shifts).map(|shift| shift.user).collect();
    people.sort();
    people.dedup();
    let users = users::get_many(&app.db, scope, &people).await?;
    Ok(found.into_iter().map(|known| TemporaryOut::of(known, &users)).collect())
}

async fn show_one(app: &App, scope: &Scope, known: TemporarySchedule) -> Result<TemporaryOut, ApiError> {
    let shown = show(app, scope, vec![known]).await?.pop();
    shown.ok_or_else(|| ApiError::not_found("The temporary schedule is gone."))
}

/// List the temporary schedules that are not over, by their start.
#[utoipa::path(get, path = "/schedules/{id}/temporary-schedules", tag = "Schedules", params(("id" = i64, Path), PageOf100), responses((status = 200, body = Vec<TemporaryOut>)))]
async fn list_temporaries(
    State(app): State<App>,
    can: Can<Read>,
    InPath(id): InPath<i64>,
    InQuery(page): InQuery<PageOf100>,
) -> ApiResult<Vec<TemporaryOut>> {
    let now = app.clock.now();
    let schedule = schedules::get(&app.db, &can.scope, ScheduleId(id), now).await?;
    let ahead = Span::new(now, Timestamp::MAX);
    let found = temporaries::list(&app.db, &can.scope, schedule.id, ahead, page.page()?).await?;
    show(&app, &can.scope, found).await.map(Json)
}

/// Replace a schedule's own shifts for a span.
#[utoipa::path(post, path = "/schedules/{id}/temporary-schedules", tag = "Schedules", params(("id" = i64, Path)), request_body = TemporaryOut, responses((status = 201, body = TemporaryOut)))]
async fn create_temporary(
    State(app): State<App>,
    can: Can<Configure>,
    InPath(id): InPath<i64>,
    InJson(body): InJson<TemporaryBody>,
) -> Result<(StatusCode, Json<TemporaryOut>), ApiError> {
    let now = app.clock.now();
    let schedule = schedules::get(&app.db, &can.scope, ScheduleId(id), now).await?;
    let made = temporaries::create(&app.db, &can.scope, schedule.id, body.parse(&schedule)?, now).await?;
    Ok((StatusCode::CREATED, Json(show_one(&app, &can.scope, made).await?)))
}

/// Get a temporary schedule.
#[utoipa::path(get, path = "/schedules/{id}/temporary-schedules/{temporary-id}", tag = "Schedules", params(("id" = i64, Path), ("temporary-id" = i64, Path)), responses((status = 200, body = TemporaryOut)))]
async fn get_temporary(
    State(app): State<App>,
    can: Can<Read>,
    InPath((id, nth)): InPath<(i64, i64)>,
) -> ApiResult<TemporaryOut> {
    let found = temporaries::get(&app.db, &can.scope, ScheduleId(id), TemporaryScheduleId(nth)).await?;
    show_one(&app, &can.scope, found).await.map(Json)
}

/// Change a temporary schedule; of one that has begun, what is left of it becomes a new one.
#[utoipa::path(put, path = "/schedules/{id}/temporary-schedules/{temporary-id}", tag = "Schedules", params(("id" = i64, Path), ("temporary-id" = i64, Path)), request_body = TemporaryOut, responses((status = 200, body = TemporaryOut)))]
async fn update_temporary(
    State(app): State<App>,
    can: Can<Configure>,
    InPath((id, nth)): InPath<(i64, i64)>,
    InJson(body): InJson<TemporaryBody>,
) -> ApiResult<TemporaryOut> {
    let (now, nth) = (app.clock.now(), TemporaryScheduleId(nth));
    let schedule = schedules::get(&app.db, &can.scope, ScheduleId(id), now).await?;
    let changed = temporaries::edit(&app.db, &can.scope, schedule.id, nth, body.parse(&schedule)?, now).await?;
    show_one(&app, &can.scope, changed).await.map(Json)
}

/// Take a temporary schedule back; one that has begun ends now.
#[utoipa::path(delete, path = "/schedules/{id}/temporary-schedules/{temporary-id}", tag = "Schedules", params(("id" = i64, Path), ("temporary-id" = i64, Path)), responses((status = 204, description = "It is taken back.")))]
async fn delete_temporary(
    State(app): State<App>,
    can: Can<Configure>,
    InPath((id, nth)): InPath<(i64, i64)>,
) -> Result<StatusCode, ApiError> {
    let nth = TemporaryScheduleId(nth);
    temporaries::delete(&app.db, &can.scope, ScheduleId(id), nth, app.clock.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}
