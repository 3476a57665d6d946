//! The fallback contacts: who is told where nobody could be notified.

use super::extract::InJson;
use super::parse;
use super::refs::{IdRef, UserRel};
use crate::app::App;
use crate::auth::{Administer, Can, Configure};
use crate::error::{ApiError, ApiResult};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use watchbell_core::ids::UserId;
use watchbell_core::limits::FALLBACK_CONTACTS_MAX;
use watchbell_store::fallback::{self, Fallback};
use watchbell_store::scope::Scope;
use watchbell_store::{StoreError, users};

/// The routes.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::default().routes(routes!(get_fallback, put_fallback))
}

/// Who is told.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = FallbackContactsPost)]
struct FallbackIn {
    /// Users, over every contact that they have. Absent: as they are.
    users: Option<Vec<IdRef>>,
    /// Mail addresses that belong to nobody here. Absent: as they are.
    emails: Option<Vec<String>>,
}

/// Who is told.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FallbackContacts)]
struct FallbackOut {
    users: Vec<UserRel>,
    emails: Vec<String>,
}

/// Fallback contacts that may be kept. Errors: 400 that names the field.
pub(crate) async fn checked(app: &App, scope: &Scope, fallback: Fallback) -> Result<Fallback, ApiError> {
    for (field, count) in [("users", fallback.users.len()), ("emails", fallback.mails.len())] {
        if count > FALLBACK_CONTACTS_MAX {
            return Err(ApiError::field(field, format!("may name at most {FALLBACK_CONTACTS_MAX}")));
        }
    }
    let found = users::get_many(&app.db, scope, &fallback.users).await?;
    match fallback.users.iter().find(|id| !found.iter().any(|user| user.id == **id)) {
        Some(id) => Err(ApiError::field("users", format!("user {id} does not exist"))),
        None => Ok(fallback),
    }
}

async fn show(app: &App, scope: &Scope, fallback: Fallback) -> Result<FallbackOut, StoreError> {
    // Who is gone is told nothing, and not shown.
    let people = users::get_many(&app.db, scope, &fallback.users).await?;
    let users = fallback.users.into_iter().filter(|id| people.iter().any(|user| user.id == *id));
    Ok(FallbackOut { users: users.map(|id| UserRel::of(id, &people)).collect(), emails: fallback.mails })
}

/// Get the fallback contacts.
#[utoipa::path(get, path = "/fallback-contacts", tag = "Escalation Policies", responses((status = 200, body = FallbackOut)))]
async fn get_fallback(State(app): State<App>, can: Can<Configure>) -> ApiResult<FallbackOut> {
    let fallback = fallback::get(&app.db, &can.scope).await?;
    Ok(Json(show(&app, &can.scope, fallback).await?))
}

/// Say who is told where nobody could be notified.
#[utoipa::path(put, path = "/fallback-contacts", tag = "Escalation Policies", request_body = FallbackIn, responses((status = 200, body = FallbackOut)))]
async fn put_fallback(
    State(app): State<App>,
    can: Can<Administer>,
    InJson(body): InJson<FallbackIn>,
) -> ApiResult<FallbackOut> {
    if body.users.is_none() && body.emails.is_none() {
        return Err(ApiError::field("users", "or emails is needed: whoever is to be told; [] for nobody"));
    }
    let mut fallback = fallback::get(&app.db, &can.scope).await?;
    if let Some(users) = body.users {
        fallback.users = users.into_iter().map(|user| UserId(user.id)).collect();
    }
    if let Some(emails) = body.emails {
        fallback.mails = emails.iter().map(|email| parse::email("emails", email)).collect::<Result<_, _>>()?;
    }
    let fallback = checked(&app, &can.scope, fallback).await?;
    fallback::put(&app.db, &can.scope, &fallback, app.clock.now()).await?;
    Ok(Json(show(&app, &can.scope, fallback).await?))
}
