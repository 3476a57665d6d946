//! Cover requests: somebody asks a person, a team or everybody to take their duty. ilert has them in its app only.

use super::extract::{InJson, InPath, InQuery};
use super::paging::PageOf100;
use super::parse;
use super::refs::{IdRef, ScheduleRel, TeamRel, UserRel};
use crate::app::App;
use crate::auth::{Can, Read, Respond, decides_for};
use crate::error::{ApiError, ApiResult};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use watchbell_core::cover::{Asked, CoverState};
use watchbell_core::ids::{CoverRequestId, ScheduleId, TeamId, UserId};
use watchbell_core::schedule::Span;
use watchbell_core::user::Role;
use watchbell_store::cover_requests::{self, CoverIn, CoverRequest, Which};
use watchbell_store::scope::Scope;
use watchbell_store::{StoreError, schedules, teams, users};

/// The routes.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .routes(routes!(list_requests, create_request))
        .routes(routes!(get_request))
        .routes(routes!(accept_request))
        .routes(routes!(decline_request))
        .routes(routes!(withdraw_request))
}

const STATES: [(&str, CoverState); 5] = [
    (CoverState::Open.as_str(), CoverState::Open),
    (CoverState::Accepted.as_str(), CoverState::Accepted),
    (CoverState::Declined.as_str(), CoverState::Declined),
    (CoverState::Withdrawn.as_str(), CoverState::Withdrawn),
    (CoverState::Expired.as_str(), CoverState::Expired),
];

/// What is asked.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = CoverRequestPost)]
#[serde(rename_all = "camelCase")]
struct RequestIn {
    schedule: IdRef,
    /// Whose duty; one's own, where it is left out.
    user: Option<IdRef>,
    /// With an offset, or on the clocks of the schedule's zone.
    #[schema(format = DateTime)]
    start: String,
    #[schema(format = DateTime)]
    end: String,
    /// A word with it.
    message: Option<String>,
    /// A person; a team; or everybody who responds to alerts, where both are left out.
    asked_user: Option<IdRef>,
    asked_team: Option<IdRef>,
}

/// Somebody asks for cover.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CoverRequest)]
#[serde(rename_all = "camelCase")]
struct RequestOut {
    id: i64,
    schedule: Option<ScheduleRel>,
    /// Whose duty.
    user: UserRel,
    start: Timestamp,
    end: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    asked_user: Option<UserRel>,
    #[serde(skip_serializing_if = "Option::is_none")]
    asked_team: Option<TeamRel>,
    /// OPEN, ACCEPTED, DECLINED, WITHDRAWN or EXPIRED.
    state: String,
    /// Who took it, or was the last to say no.
    #[serde(skip_serializing_if = "Option::is_none")]
    answered_by: Option<UserRel>,
    declined_by: Vec<UserRel>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

async fn show(app: &App, scope: &Scope, found: Vec<CoverRequest>) -> Result<Vec<RequestOut>, ApiError> {
    let mut people: Vec<UserId> = found
        .iter()
        .flat_map(|request| {
            let asked = match request.asked {
                Asked::User(user) => Some(user),
                Asked::Team(_) | Asked::Everybody => None,
            };
            [Some(request.user), asked, request.answered_by].into_iter().flatten().chain(request.declined_by.clone())
        })
        .collect();
    people.sort();
    people.dedup();
    let users = users::get_many(&app.db, scope, &people).await?;
    let ids: Vec<ScheduleId> = found.iter().map(|request| request.schedule).collect();
    let schedules = schedules::get_many(&app.db, scope, &ids, app.clock.now()).await?;
    let asked: Vec<TeamId> = found.iter().filter_map(team).collect();
    let teams = teams::get_many(&app.db, scope, &asked).await?;
    let show = |request: CoverRequest| RequestOut {
        id: request.id.0,
        schedule: schedules.iter().find(|schedule| schedule.id == request.schedule).map(ScheduleRel::of),
        user: UserRel::of(request.user, &users),
        start: request.span.from,
        end: request.span.until,
        asked_user: match request.asked {
            Asked::User(user) => Some(UserRel::of(user, &users)),
            Asked::Team(_) | Asked::Everybody => None,
        },
        asked_team: team(&request)
            .and_then(|id| teams.iter().find(|team| team.id == id))
            .map(|team| TeamRel { id: team.id.0, name: team.name.clone() }),
        state: request.state.as_str().to_owned(),
        answered_by: request.answered_by.map(|user| UserRel::of(user, &users)),
        declined_by: request.declined_by.iter().map(|user| UserRel::of(*user, &users)).collect(),
        message: request.message,
        created_at: request.created_at,
        updated_at: request.updated_at,
    };
    Ok(found.into_iter().map(show).collect())
}

fn team(request: &CoverRequest) -> Option<TeamId> {
    match request.asked {
        Asked::Team(team) => Some(team),
        Asked::User(_) | Asked::Everybody => None,
    }
}

async fn show_one(app: &App, scope: &Scope, request: CoverRequest) -> Result<RequestOut, ApiError> {
    let id = request.id;
    let shown = show(app, scope, vec![request]).await?.pop();
    shown.ok_or_else(|| StoreError::not_found("cover request", id).into())
}

/// Which requests.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct RequestsQuery {
    /// OPEN, ACCEPTED, DECLINED, WITHDRAWN or EXPIRED.
    state: Option<String>,
    /// Asked by this user, or of this user.
    user: Option<i64>,
    /// Of this schedule.
    schedule: Option<i64>,
    /// How many entries to skip.
    #[serde(default, rename = "start-index")]
    #[param(minimum = 0, default = 0)]
    start_index: Option<i32>,
    /// How many entries to return at most.
    #[serde(default, rename = "max-results")]
    #[param(minimum = 0, maximum = 100, default = 50)]
    max_results: Option<i32>,
}

/// List cover requests, by the start of the duty.
#[utoipa::path(get, path = "/cover-requests", tag = "Cover Requests", params(RequestsQuery), responses((status = 200, body = Vec<RequestOut>)))]
async fn list_requests(
    State(app): State<App>,
    can: Can<Read>,
    InQuery(query): InQuery<RequestsQuery>,
) -> ApiResult<Vec<RequestOut>> {
    let page = PageOf100 { start_index: query.start_index, max_results: query.max_results }.page()?;
    let state = query.state.map(|state| parse::word("state", &state, &STATES)).transpose()?;
    let (user, schedule) = (query.user.map(UserId), query.schedule.map(ScheduleId));
    let which = Which { state, user, schedule, ends_after: None };
    let found = cover_requests::list(&app.db, &can.scope, which, page).await?;
    show(&app, &can.scope, found).await.map(Json)
}

/// Ask somebody to take a duty, or part of it.
#[utoipa::path(post, path = "/cover-requests", tag = "Cover Requests", request_body = RequestIn, responses((status = 201, body = RequestOut)))]
async fn create_request(
    State(app): State<App>,
    can: Can<Respond>,
    InJson(body): InJson<RequestIn>,
) -> Result<(StatusCode, Json<RequestOut>), ApiError> {
    let now = app.clock.now();
    let user = body.user.map_or_else(|| can.user(), |user| Ok(UserId(user.id)))?;
    may_ask(&can, user)?;
    let schedule = schedules::get(&app.db, &can.scope, ScheduleId(body.schedule.id), now).await?;
    let clocks = parse::zone(&schedule.current.zone)?;
    let from = parse::time_in("start", &body.start, &clocks)?;
    let asked = match (body.asked_user, body.asked_team) {
        (Some(_), Some(_)) => return Err(ApiError::field("askedTeam", "cannot be asked together with askedUser")),
        (Some(user), None) => Asked::User(UserId(user.id)),
        (None, Some(team)) => Asked::Team(TeamId(team.id)),
        (None, None) => Asked::Everybody,
    };
    let new = CoverIn {
        schedule: schedule.id,
        user,
        span: Span::new(from, parse::time_in("end", &body.end, &clocks)?),
        message: parse::optional_text("message", body.message)?,
        asked,
    };
    let made = cover_requests::create(&app.db, &can.scope, new, now).await?;
    Ok((StatusCode::CREATED, Json(show_one(&app, &can.scope, made).await?)))
}

/// Responders ask for themselves; who may configure, for anybody. Errors: 403.
fn may_ask<P>(can: &Can<P>, user: UserId) -> Result<(), ApiError> {
    match decides_for(&can.scope, can.role, user) {
        true => Ok(()),
        false => Err(ApiError::forbidden("Responders ask for cover of their own duties: this needs the role USER.")),
    }
}

/// Who asked takes it back, and who decides about the duty.
pub(crate) fn may_withdraw(scope: &Scope, role: Role, request: &CoverRequest) -> bool {
    let asked = request.created_by.is_some() && request.created_by == scope.actor.user();
    asked || decides_for(scope, role, request.user)
}

/// Get a cover request.
#[utoipa::path(get, path = "/cover-requests/{id}", tag = "Cover Requests", params(("id" = i64, Path)), responses((status = 200, body = RequestOut)))]
async fn get_request(State(app): State<App>, can: Can<Read>, InPath(id): InPath<i64>) -> ApiResult<RequestOut> {
    let found = cover_requests::get(&app.db, &can.scope, CoverRequestId(id)).await?;
    show_one(&app, &can.scope, found).await.map(Json)
}

/// Take the duty that is asked for.
#[utoipa::path(put, path = "/cover-requests/{id}/accept", tag = "Cover Requests", params(("id" = i64, Path)), responses((status = 200, body = RequestOut)))]
async fn accept_request(State(app): State<App>, can: Can<Respond>, InPath(id): InPath<i64>) -> ApiResult<RequestOut> {
    let (id, by, now) = (CoverRequestId(id), can.user()?, app.clock.now());
    let taken = cover_requests::accept(&app.db, &can.scope, id, by, now).await?;
    show_one(&app, &can.scope, taken).await.map(Json)
}

/// Say no to a cover request.
#[utoipa::path(put, path = "/cover-requests/{id}/decline", tag = "Cover Requests", params(("id" = i64, Path)), responses((status = 200, body = RequestOut)))]
async fn decline_request(State(app): State<App>, can: Can<Respond>, InPath(id): InPath<i64>) -> ApiResult<RequestOut> {
    let (id, by, now) = (CoverRequestId(id), can.user()?, app.clock.now());
    let declined = cover_requests::decline(&app.db, &can.scope, id, by, now).await?;
    show_one(&app, &can.scope, declined).await.map(Json)
}

/// Take a cover request back.
#[utoipa::path(put, path = "/cover-requests/{id}/withdraw", tag = "Cover Requests", params(("id" = i64, Path)), responses((status = 200, body = RequestOut)))]
async fn withdraw_request(State(app): State<App>, can: Can<Respond>, InPath(id): InPath<i64>) -> ApiResult<RequestOut> {
    let id = CoverRequestId(id);
    let request = cover_requests::get(&app.db, &can.scope, id).await?;
    if !may_withdraw(&can.scope, can.role, &request) {
        may_ask(&can, request.user)?;
    }
    let withdrawn = cover_requests::withdraw(&app.db, &can.scope, id, app.clock.now()).await?;
    show_one(&app, &can.scope, withdrawn).await.map(Json)
}
