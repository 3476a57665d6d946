//! Adding and removing responders.

use super::shapes::ResponderOut;
use crate::api::extract::{InJson, InPath};
use crate::api::refs::{IdRef, user_of};
use crate::app::App;
use crate::auth::{Can, Respond};
use crate::error::ApiError;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use watchbell_core::ids::{AlertId, UserId};
use watchbell_store::{StoreError, responders, users};

/// The routes.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::default().routes(routes!(add_responder)).routes(routes!(remove_responder))
}

/// Who is added.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = AlertResponderPost)]
struct ResponderIn {
    user: Option<IdRef>,
    /// The same, without the object around it.
    id: Option<i64>,
}

/// Add a responder, who is paged at once while nobody has the alert.
#[utoipa::path(post, path = "/alerts/{id}/responders", tag = "Alerts", params(("id" = i64, Path)), request_body = ResponderIn,
    responses((status = 201, body = ResponderOut), (status = 404, description = "There is no such user."), (status = 405, description = "The user is a responder already.")))]
async fn add_responder(
    State(app): State<App>,
    can: Can<Respond>,
    InPath(id): InPath<i64>,
    InJson(body): InJson<ResponderIn>,
) -> Result<(StatusCode, Json<ResponderOut>), ApiError> {
    let user = body.user.map(|user| user.id).or(body.id).ok_or_else(|| ApiError::field("user.id", "is required"))?;
    let added =
        responders::add(&app.db, &can.scope, AlertId(id), UserId(user), app.clock.now()).await.map_err(|error| {
            match error {
                StoreError::Taken { .. } => {
                    ApiError::method_not_allowed(format!("User {user} is a responder of alert {id} already."))
                }
                other => other.into(),
            }
        })?;
    app.bus.changed(can.scope.org, id);
    app.wake.notify_one();
    let users = users::get_many(&app.db, &can.scope, &[added.user]).await?;
    Ok((StatusCode::CREATED, Json(ResponderOut::of(&added, &users))))
}

/// Remove a responder. People whom only the escalation pages were never added, and cannot be removed.
#[utoipa::path(delete, path = "/alerts/{id}/responders/{user-id}", tag = "Alerts", params(("id" = i64, Path), ("user-id" = String, Path)),
    responses((status = 204), (status = 404, description = "The user is no responder.")))]
async fn remove_responder(
    State(app): State<App>,
    can: Can<Respond>,
    InPath((id, user)): InPath<(i64, String)>,
) -> Result<StatusCode, ApiError> {
    let user = user_of(&app, &can.scope, &user).await?;
    responders::remove(&app.db, &can.scope, AlertId(id), user.id, app.clock.now()).await?;
    app.bus.changed(can.scope.org, id);
    Ok(StatusCode::NO_CONTENT)
}
