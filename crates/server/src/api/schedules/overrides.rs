//! Overrides. ilert adds one by PUT on the list, its Go client by POST; changing and deleting a single one is ours.

use super::shapes::{ShiftOut, whoever};
use crate::api::extract::{InJson, InPath, InQuery};
use crate::api::paging::PageOf100;
use crate::api::parse;
use crate::api::refs::{IdRef, ScheduleRel};
use crate::app::App;
use crate::auth::{Can, May, Read, Respond, decides_for};
use crate::error::{ApiError, ApiResult};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use watchbell_core::cover::CoverState;
use watchbell_core::ids::{OverrideId, ScheduleId, UserId};
use watchbell_core::limits::TAKE_HOURS_MAX;
use watchbell_core::schedule::Span;
use watchbell_core::user::Role;
use watchbell_store::cover_requests::{self, CoverRequest, Which};
use watchbell_store::schedules::overrides::{self, Override, OverrideIn};
use watchbell_store::schedules::{self, Schedule};
use watchbell_store::scope::Scope;
use watchbell_store::users;
use watchbell_store::{Page, StoreError};

/// The routes.
pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .routes(routes!(list_overrides, put_override, post_override))
        .routes(routes!(update_override, delete_override))
        .routes(routes!(take_on_call))
}

/// An override as it is sent.
#[derive(Debug, Deserialize)]
struct OverrideBody {
    #[serde(default, deserialize_with = "parse::nullable")]
    user: Option<Option<IdRef>>,
    start: String,
    end: String,
    reason: Option<String>,
}

impl OverrideBody {
    fn parse(self, schedule: &Schedule) -> Result<OverrideIn, ApiError> {
        let clocks = parse::zone(&schedule.current.zone)?;
        let user = self.user.ok_or_else(|| ApiError::field("user", "is required; null means nobody"))?;
        let from = parse::time_in("start", &self.start, &clocks)?;
        let until = parse::time_in("end", &self.end, &clocks)?;
        let reason = parse::optional_text("reason", self.reason)?;
        Ok(OverrideIn { user: user.map(|user| UserId(user.id)), span: Span::new(from, until), reason })
    }
}

/// Promises of one person that are looked at.
const PROMISES_MAX: i64 = 200;
/// Why somebody may not change an override.
pub(crate) const NOT_THEIRS: &str = "Somebody counts on this override: it was given to you, or you took it over. \
    Ask for cover, or ask somebody who edits schedules.";

/// Responders give duties to themselves only; who may configure, to anybody. Errors: 403.
fn may_give<P>(can: &Can<P>, user: Option<UserId>) -> Result<(), ApiError> {
    match decides_for(&can.scope, can.role, user) {
        true => Ok(()),
        false => Err(ApiError::forbidden(
            "Responders put only themselves on call: this needs the role USER or above, or a cover request.",
        )),
    }
}

/// The duties that the caller took over from others: an override that keeps such a promise is not theirs to take back.
pub(crate) async fn promised(app: &App, scope: &Scope, schedule: ScheduleId) -> Result<Vec<CoverRequest>, StoreError> {
    let which = Which {
        state: Some(CoverState::Accepted),
        user: scope.actor.user(),
        schedule: Some(schedule),
        ends_after: Some(app.clock.now()),
    };
    let mut found = cover_requests::list(&app.db, scope, which, Page::first(PROMISES_MAX)).await?;
    found.retain(|request| request.answered_by == scope.actor.user());
    Ok(found)
}

/// Whether somebody may change one that is there: responders what they gave to themselves, and promised to nobody.
pub(crate) fn may_change(scope: &Scope, role: Role, known: &Override, promised: &[CoverRequest]) -> bool {
    let is_promised = promised.iter().any(|request| request.span.overlap(&known.span).is_some());
    let is_theirs = known.created_by == known.user && !is_promised;
    May::Configure.is_granted_to(role) || (is_theirs && decides_for(scope, role, known.user))
}

/// An override that the caller may change. Errors: `NotFound`, 403.
async fn changeable(app: &App, can: &Can<Respond>, id: ScheduleId, nth: OverrideId) -> Result<Override, ApiError> {
    let known = overrides::get(&app.db, &can.scope, id, nth).await?;
    match may_change(&can.scope, can.role, &known, &promised(app, &can.scope, id).await?) {
        true => Ok(known),
        false => Err(ApiError::forbidden(NOT_THEIRS)),
    }
}

/// Which overrides.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct OverridesQuery {
    /// Those that are over, too.
    #[serde(default)]
    past: Option<bool>,
    /// How many entries to skip.
    #[serde(default, rename = "start-index")]
    #[param(minimum = 0, default = 0)]
    start_index: Option<i32>,
    /// How many entries to return at most.
    #[serde(default, rename = "max-results")]
    #[param(minimum = 0, maximum = 100, default = 100)]
    max_results: Option<i32>,
}

async fn show(app: &App, scope: &Scope, found: Vec<Override>) -> Result<Vec<ShiftOut>, ApiError> {
    let mut people: Vec<UserId> = found.iter().filter_map(|known| known.user).collect();
    people.sort();
    people.dedup();
    let users = users::get_many(&app.db, scope, &people).await?;
    let shift = |known: Override| ShiftOut {
        id: Some(known.id.0),
        user: known.user.map(|user| whoever(user, &users)),
        start: known.span.from,
        end: known.span.until,
        reason: known.reason,
        because: None,
    };
    Ok(found.into_iter().map(shift).collect())
}

/// List the overrides of a schedule that are not over, by their start.
#[utoipa::path(get, path = "/schedules/{id}/overrides", tag = "Schedules", params(("id" = i64, Path), OverridesQuery), responses((status = 200, body = Vec<ShiftOut>)))]
async fn list_overrides(
    State(app): State<App>,
    can: Can<Read>,
    InPath(id): InPath<i64>,
    InQuery(query): InQuery<OverridesQuery>,
) -> ApiResult<Vec<ShiftOut>> {
    let now = app.clock.now();
    let page = PageOf100 { start_index: query.start_index, max_results: query.max_results.or(Some(100)) }.page()?;
    let schedule = schedules::get(&app.db, &can.scope, ScheduleId(id), now).await?;
    let from = if query.past.unwrap_or(false) { Timestamp::MIN } else { now };
    let span = Span::new(from, Timestamp::MAX);
    let found = overrides::list(&app.db, &can.scope, schedule.id, span, page).await?;
    show(&app, &can.scope, found).await.map(Json)
}

/// Put somebody, or nobody, on call for a span. Responders put themselves.
#[utoipa::path(put, path = "/schedules/{id}/overrides", tag = "Schedules", params(("id" = i64, Path)), request_body = ShiftOut, responses((status = 200, body = ScheduleRel)))]
async fn put_override(
    State(app): State<App>,
    can: Can<Respond>,
    InPath(id): InPath<i64>,
    InJson(body): InJson<OverrideBody>,
) -> ApiResult<ScheduleRel> {
    let now = app.clock.now();
    let schedule = schedules::get(&app.db, &can.scope, ScheduleId(id), now).await?;
    let new = body.parse(&schedule)?;
    may_give(&can, new.user)?;
    overrides::create(&app.db, &can.scope, schedule.id, new, now).await?;
    Ok(Json(ScheduleRel::of(&schedule)))
}

/// Put somebody, or nobody, on call for a span: the same as PUT.
#[utoipa::path(post, path = "/schedules/{id}/overrides", tag = "Schedules", params(("id" = i64, Path)), request_body = ShiftOut, responses((status = 200, body = ScheduleRel)))]
async fn post_override(
    app: State<App>,
    can: Can<Respond>,
    id: InPath<i64>,
    body: InJson<OverrideBody>,
) -> ApiResult<ScheduleRel> {
    put_override(app, can, id, body).await
}

/// Change an override; of one that has begun, what is left of it becomes a new one.
#[utoipa::path(put, path = "/schedules/{id}/overrides/{override-id}", tag = "Schedules", params(("id" = i64, Path), ("override-id" = i64, Path)), request_body = ShiftOut, responses((status = 200, body = ShiftOut)))]
async fn update_override(
    State(app): State<App>,
    can: Can<Respond>,
    InPath((id, nth)): InPath<(i64, i64)>,
    InJson(body): InJson<OverrideBody>,
) -> ApiResult<ShiftOut> {
    let (now, nth) = (app.clock.now(), OverrideId(nth));
    let schedule = schedules::get(&app.db, &can.scope, ScheduleId(id), now).await?;
    let new = body.parse(&schedule)?;
    changeable(&app, &can, schedule.id, nth).await?;
    may_give(&can, new.user)?;
    let changed = overrides::edit(&app.db, &can.scope, schedule.id, nth, new, now).await?;
    let shown = show(&app, &can.scope, vec![changed]).await?.pop();
    shown.map(Json).ok_or_else(|| ApiError::not_found("The override is gone."))
}

/// Take an override back; one that has begun ends now.
#[utoipa::path(delete, path = "/schedules/{id}/overrides/{override-id}", tag = "Schedules", params(("id" = i64, Path), ("override-id" = i64, Path)), responses((status = 204, description = "It is taken back.")))]
async fn delete_override(
    State(app): State<App>,
    can: Can<Respond>,
    InPath((id, nth)): InPath<(i64, i64)>,
) -> Result<StatusCode, ApiError> {
    let (id, nth) = (ScheduleId(id), OverrideId(nth));
    changeable(&app, &can, id, nth).await?;
    overrides::delete(&app.db, &can.scope, id, nth, app.clock.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// How long, and who.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = TakeOnCall)]
struct TakeIn {
    /// Hours from now on.
    #[schema(minimum = 1, maximum = 168)]
    hours: i64,
    /// Who; oneself, where it is left out.
    user: Option<IdRef>,
}

/// Take on-call now, for some hours.
#[utoipa::path(post, path = "/schedules/{id}/take-on-call", tag = "Schedules", params(("id" = i64, Path)), request_body = TakeIn, responses((status = 200, body = ShiftOut)))]
async fn take_on_call(
    State(app): State<App>,
    can: Can<Respond>,
    InPath(id): InPath<i64>,
    InJson(body): InJson<TakeIn>,
) -> ApiResult<ShiftOut> {
    let hours = parse::within("hours", body.hours, 1..=TAKE_HOURS_MAX)?;
    let user = body.user.map_or_else(|| can.user(), |user| Ok(UserId(user.id)))?;
    may_give(&can, Some(user))?;
    let length = SignedDuration::from_hours(hours);
    let made = overrides::take(&app.db, &can.scope, ScheduleId(id), user, length, app.clock.now()).await?;
    let shown = show(&app, &can.scope, vec![made]).await?.pop();
    shown.map(Json).ok_or_else(|| ApiError::not_found("The override is gone."))
}
