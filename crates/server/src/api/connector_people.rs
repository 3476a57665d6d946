//! Who users are in an Autotask account, where it was chosen by hand.

use super::extract::{InJson, InPath};
use super::refs::UserRel;
use crate::accounts::AUTOTASK;
use crate::app::App;
use crate::auth::{Can, Configure};
use crate::engine::autotask::staff;
use crate::error::{ApiError, ApiResult};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use watchbell_core::ids::{ConnectorId, UserId};
use watchbell_store::connector_people::{self, ToolPerson};
use watchbell_store::scope::Scope;
use watchbell_store::users::{self, User};
use watchbell_store::{StoreError, connectors};

/// The routes.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::default().routes(routes!(list_people)).routes(routes!(choose_person, forget_person))
}

/// A user, and which resource of Autotask they are.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ConnectorPerson)]
#[serde(rename_all = "camelCase")]
struct PersonOut {
    user: UserRel,
    /// Id of the resource.
    resource_id: i64,
    /// The resource's name when it was chosen.
    name: String,
}

impl PersonOut {
    fn of(chosen: ToolPerson, users: &[User]) -> Self {
        Self { user: UserRel::of(chosen.user, users), resource_id: chosen.person, name: chosen.name }
    }
}

/// Which resource a user is.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = ConnectorPersonPut)]
#[serde(rename_all = "camelCase")]
struct PersonIn {
    /// Id of an active resource that is no API user.
    resource_id: i64,
}

/// Errors: 404 for accounts of other tools.
async fn account(app: &App, scope: &Scope, id: String) -> Result<ConnectorId, ApiError> {
    let connector = connectors::get(&app.db, scope, &ConnectorId(id)).await?;
    match connector.kind == AUTOTASK {
        true => Ok(connector.id),
        false => Err(StoreError::not_found("Autotask account", &connector.id).into()),
    }
}

/// List the users for whom a resource of Autotask was chosen by hand. All others are found by their e-mail address.
#[utoipa::path(get, path = "/connectors/{id}/people", tag = "Connectors", params(("id" = String, Path)), responses((status = 200, body = Vec<PersonOut>)))]
async fn list_people(
    State(app): State<App>,
    can: Can<Configure>,
    InPath(id): InPath<String>,
) -> ApiResult<Vec<PersonOut>> {
    let id = account(&app, &can.scope, id).await?;
    let chosen = connector_people::list(&app.db, &can.scope, &id).await?;
    let ids: Vec<UserId> = chosen.iter().map(|chosen| chosen.user).collect();
    let users = users::get_many(&app.db, &can.scope, &ids).await?;
    Ok(Json(chosen.into_iter().map(|chosen| PersonOut::of(chosen, &users)).collect()))
}

/// Choose which resource of Autotask a user is. Autotask is asked for it; while it cannot be read nothing is changed.
#[utoipa::path(put, path = "/connectors/{id}/people/{user}", tag = "Connectors", params(("id" = String, Path), ("user" = i64, Path)), request_body = PersonIn, responses((status = 200, body = PersonOut)))]
async fn choose_person(
    State(app): State<App>,
    can: Can<Configure>,
    InPath((id, user)): InPath<(String, i64)>,
    InJson(body): InJson<PersonIn>,
) -> ApiResult<PersonOut> {
    let id = account(&app, &can.scope, id).await?;
    let user = users::get(&app.db, &can.scope, UserId(user)).await?;
    let staff = staff(&app, &can.scope, &id).await.map_err(|why| ApiError::field("resourceId", unread(&why)))?;
    let wanted = staff.into_iter().find(|staff| staff.id == body.resource_id);
    let chosen = wanted.ok_or_else(|| ApiError::field("resourceId", "is no active resource that can have tickets"))?;
    let person = ToolPerson { user: user.id, person: chosen.id, name: chosen.name.clone() };
    let change = (user.id, Some((chosen.id, chosen.name)));
    connector_people::choose(&app.db, &can.scope, &id, change, app.clock.now()).await?;
    Ok(Json(PersonOut::of(person, &[user])))
}

fn unread(why: &str) -> String {
    format!("cannot be looked up: {}", why.trim_end_matches('.'))
}

/// Leave it to the e-mail address again.
#[utoipa::path(delete, path = "/connectors/{id}/people/{user}", tag = "Connectors", params(("id" = String, Path), ("user" = i64, Path)), responses((status = 204)))]
async fn forget_person(
    State(app): State<App>,
    can: Can<Configure>,
    InPath((id, user)): InPath<(String, i64)>,
) -> Result<StatusCode, ApiError> {
    let id = account(&app, &can.scope, id).await?;
    connector_people::choose(&app.db, &can.scope, &id, (UserId(user), None), app.clock.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}
