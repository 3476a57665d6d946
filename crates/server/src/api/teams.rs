//! Teams and their members.

use super::extract::{InJson, InPath, InQuery};
use super::paging::PageOf100;
use super::parse;
use super::refs::{IdRef, UserRel};
use crate::app::App;
use crate::auth::{Can, Configure, Read};
use crate::error::{ApiError, ApiResult};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use watchbell_core::ids::{TeamId, UserId};
use watchbell_core::user::TeamRole;
use watchbell_store::StoreError;
use watchbell_store::scope::Scope;
use watchbell_store::teams::{self, Member, Team, TeamIn};
use watchbell_store::users::{self, User};

/// The routes.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .routes(routes!(list_teams, create_team))
        .routes(routes!(find_team))
        .routes(routes!(get_team, update_team, delete_team))
        .routes(routes!(put_member))
        .routes(routes!(delete_member))
}

const ROLES: [(&str, TeamRole); 4] = [
    (TeamRole::Stakeholder.as_str(), TeamRole::Stakeholder),
    (TeamRole::Responder.as_str(), TeamRole::Responder),
    (TeamRole::User.as_str(), TeamRole::User),
    (TeamRole::Admin.as_str(), TeamRole::Admin),
];

/// Somebody in a team.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = TeamMemberPost)]
pub struct MemberIn {
    user: IdRef,
    /// RESPONDER where it is left out.
    role: Option<String>,
}

impl MemberIn {
    fn parse(self) -> Result<Member, ApiError> {
        let role = self.role.map_or(Ok(TeamRole::Responder), |role| parse::word("role", &role, &ROLES))?;
        Ok(Member { user: UserId(self.user.id), role })
    }
}

/// A team.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = TeamPost)]
pub struct TeamBody {
    name: String,
    /// PUBLIC: everybody sees every team.
    visibility: Option<String>,
    /// Left out: they stay as they are.
    members: Option<Vec<MemberIn>>,
}

impl TeamBody {
    fn parse(self) -> Result<TeamIn, ApiError> {
        if self.visibility.is_some_and(|visibility| visibility != "PUBLIC") {
            return Err(ApiError::field("visibility", "must be PUBLIC: everybody sees every team"));
        }
        Ok(TeamIn { name: parse::name("name", &self.name)?, members: self.members.map(parse_members).transpose()? })
    }
}

fn parse_members(members: Vec<MemberIn>) -> Result<Vec<Member>, ApiError> {
    let mut parsed: Vec<Member> = Vec::new();
    for (nth, member) in members.into_iter().enumerate() {
        let member = member.parse().map_err(|error| error.within(&format!("members[{nth}]")))?;
        if parsed.iter().any(|known| known.user == member.user) {
            return Err(ApiError::field(&format!("members[{nth}].user"), "is named twice"));
        }
        parsed.push(member);
    }
    Ok(parsed)
}

/// Somebody in a team.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TeamMember)]
pub struct MemberOut {
    user: UserRel,
    #[schema(example = "RESPONDER")]
    role: String,
}

impl MemberOut {
    fn of(member: &Member, users: &[User]) -> Self {
        Self { user: UserRel::of(member.user, users), role: member.role.as_str().to_owned() }
    }
}

/// People under one name.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Team)]
#[serde(rename_all = "camelCase")]
pub struct TeamOut {
    id: i64,
    name: String,
    visibility: String,
    /// By the user's id.
    members: Vec<MemberOut>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

async fn show_teams(app: &App, scope: &Scope, teams: Vec<Team>) -> Result<Vec<TeamOut>, ApiError> {
    let mut ids: Vec<UserId> = teams.iter().flat_map(|team| &team.members).map(|member| member.user).collect();
    ids.sort();
    ids.dedup();
    let users = users::get_many(&app.db, scope, &ids).await?;
    let show = |team: Team| TeamOut {
        id: team.id.0,
        name: team.name,
        visibility: "PUBLIC".to_owned(),
        members: team.members.iter().map(|member| MemberOut::of(member, &users)).collect(),
        created_at: team.created_at,
        updated_at: team.updated_at,
    };
    Ok(teams.into_iter().map(show).collect())
}

async fn show_team(app: &App, scope: &Scope, team: Team) -> Result<TeamOut, ApiError> {
    let id = team.id;
    show_teams(app, scope, vec![team]).await?.pop().ok_or_else(|| StoreError::not_found("team", id).into())
}

/// Which teams.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct TeamQuery {
    /// Teams of this user only.
    members: Option<i64>,
    /// How many entries to skip.
    #[serde(default, rename = "start-index")]
    #[param(minimum = 0, default = 0)]
    start_index: Option<i32>,
    /// How many entries to return at most.
    #[serde(default, rename = "max-results")]
    #[param(minimum = 0, maximum = 100, default = 50)]
    max_results: Option<i32>,
}

/// List teams with their members.
#[utoipa::path(get, path = "/teams", tag = "Teams", params(TeamQuery), responses((status = 200, body = Vec<TeamOut>)))]
async fn list_teams(
    State(app): State<App>,
    can: Can<Read>,
    InQuery(query): InQuery<TeamQuery>,
) -> ApiResult<Vec<TeamOut>> {
    let page = PageOf100 { start_index: query.start_index, max_results: query.max_results }.page()?;
    let teams = teams::list(&app.db, &can.scope, query.members.map(UserId), page).await?;
    Ok(Json(show_teams(&app, &can.scope, teams).await?))
}

/// Create a team.
#[utoipa::path(post, path = "/teams", tag = "Teams", request_body = TeamOut, responses((status = 201, body = TeamOut)))]
async fn create_team(
    State(app): State<App>,
    can: Can<Configure>,
    InJson(body): InJson<TeamBody>,
) -> Result<(StatusCode, Json<TeamOut>), ApiError> {
    let team = teams::create(&app.db, &can.scope, body.parse()?, app.clock.now()).await?;
    Ok((StatusCode::CREATED, Json(show_team(&app, &can.scope, team).await?)))
}

/// Find a team by its name.
#[utoipa::path(get, path = "/teams/name/{name}", tag = "Teams", params(("name" = String, Path)), responses((status = 200, body = TeamOut)))]
async fn find_team(State(app): State<App>, can: Can<Read>, InPath(name): InPath<String>) -> ApiResult<TeamOut> {
    let team = teams::find_by_name(&app.db, &can.scope, &name).await?;
    let team = team.ok_or_else(|| StoreError::not_found("team", &name))?;
    Ok(Json(show_team(&app, &can.scope, team).await?))
}

/// Get a team.
#[utoipa::path(get, path = "/teams/{id}", tag = "Teams", params(("id" = i64, Path)), responses((status = 200, body = TeamOut)))]
async fn get_team(State(app): State<App>, can: Can<Read>, InPath(id): InPath<i64>) -> ApiResult<TeamOut> {
    let team = teams::get(&app.db, &can.scope, TeamId(id)).await?;
    Ok(Json(show_team(&app, &can.scope, team).await?))
}

/// Change a team; members that are left out stay as they are, and an empty list clears them.
#[utoipa::path(put, path = "/teams/{id}", tag = "Teams", params(("id" = i64, Path)), request_body = TeamOut, responses((status = 200, body = TeamOut)))]
async fn update_team(
    State(app): State<App>,
    can: Can<Configure>,
    InPath(id): InPath<i64>,
    InJson(body): InJson<TeamBody>,
) -> ApiResult<TeamOut> {
    let team = teams::update(&app.db, &can.scope, TeamId(id), body.parse()?, None, app.clock.now()).await?;
    Ok(Json(show_team(&app, &can.scope, team).await?))
}

/// Delete a team that no escalation policy pages.
#[utoipa::path(delete, path = "/teams/{id}", tag = "Teams", params(("id" = i64, Path)), responses((status = 204)))]
async fn delete_team(
    State(app): State<App>,
    can: Can<Configure>,
    InPath(id): InPath<i64>,
) -> Result<StatusCode, ApiError> {
    teams::delete(&app.db, &can.scope, TeamId(id), app.clock.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Add a member, or give one another role.
#[utoipa::path(post, path = "/teams/{id}/members", tag = "Teams", params(("id" = i64, Path)), request_body = MemberOut, responses((status = 200, body = MemberOut)))]
async fn put_member(
    State(app): State<App>,
    can: Can<Configure>,
    InPath(id): InPath<i64>,
    InJson(body): InJson<MemberIn>,
) -> ApiResult<MemberOut> {
    let member = teams::put_member(&app.db, &can.scope, TeamId(id), body.parse()?, app.clock.now()).await?;
    let users = users::get_many(&app.db, &can.scope, &[member.user]).await?;
    Ok(Json(MemberOut::of(&member, &users)))
}

/// Take a member out of a team.
#[utoipa::path(delete, path = "/teams/{id}/members/{user-id}", tag = "Teams", params(("id" = i64, Path), ("user-id" = i64, Path)), responses((status = 204)))]
async fn delete_member(
    State(app): State<App>,
    can: Can<Configure>,
    InPath((id, user)): InPath<(i64, i64)>,
) -> Result<StatusCode, ApiError> {
    teams::delete_member(&app.db, &can.scope, TeamId(id), UserId(user), app.clock.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}
