//! API keys: one's own, and for administrators those of others. The key itself is shown once.

use super::extract::{InJson, InPath, InQuery};
use super::parse;
use super::refs::IdRef;
use crate::app::App;
use crate::auth::{Can, May, Own};
use crate::error::{ApiError, ApiResult};
use crate::ids::Token;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use watchbell_core::ids::{ApiKeyId, UserId};
use watchbell_store::api_keys::{self, ApiKey};

/// The routes.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::default().routes(routes!(list_keys, create_key)).routes(routes!(get_key, delete_key))
}

/// An API key.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ApiKey)]
#[serde(rename_all = "camelCase")]
struct ApiKeyOut {
    id: i64,
    name: String,
    user: IdRef,
    created_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    used_at: Option<Timestamp>,
    /// The key: only in the answer to the request that made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
}

impl ApiKeyOut {
    fn of(key: ApiKey, token: Option<String>) -> Self {
        let user = IdRef { id: key.user.0 };
        Self { id: key.id.0, name: key.name, user, created_at: key.created_at, used_at: key.used_at, token }
    }
}

/// What a key is for.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = ApiKeyPost)]
struct ApiKeyIn {
    name: String,
    /// In whose name it acts; oneself if left out.
    user: Option<IdRef>,
}

/// Whose keys.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct KeysQuery {
    /// A user's id; oneself if left out.
    user: Option<i64>,
    /// How many entries to skip.
    #[serde(default, rename = "start-index")]
    #[param(minimum = 0, default = 0)]
    start_index: Option<i32>,
    /// How many entries to return at most.
    #[serde(default, rename = "max-results")]
    #[param(minimum = 0, maximum = 100, default = 50)]
    max_results: Option<i32>,
}

/// List API keys, without the keys themselves.
#[utoipa::path(get, path = "/api-keys", tag = "API Keys", params(KeysQuery), responses((status = 200, body = Vec<ApiKeyOut>)))]
async fn list_keys(
    State(app): State<App>,
    can: Can<Own>,
    InQuery(query): InQuery<KeysQuery>,
) -> ApiResult<Vec<ApiKeyOut>> {
    let user = query.user.map_or_else(|| can.user(), |user| can.account(UserId(user)))?;
    let page = super::paging::PageOf100 { start_index: query.start_index, max_results: query.max_results }.page()?;
    let keys = api_keys::list(&app.db, &can.scope, Some(user), page).await?;
    Ok(Json(keys.into_iter().map(|key| ApiKeyOut::of(key, None)).collect()))
}

/// Create an API key; the answer is the only one that carries it.
#[utoipa::path(post, path = "/api-keys", tag = "API Keys", request_body = ApiKeyIn, responses((status = 201, body = ApiKeyOut)))]
async fn create_key(
    State(app): State<App>,
    can: Can<Own>,
    InJson(body): InJson<ApiKeyIn>,
) -> Result<(StatusCode, Json<ApiKeyOut>), ApiError> {
    let name = parse::name("name", &body.name)?;
    let user = body.user.map_or_else(|| can.user(), |user| can.account(UserId(user.id)))?;
    let token = app.ids.token().text();
    let key = api_keys::create(&app.db, &can.scope, user, name, Token::hash(&token), app.clock.now()).await?;
    Ok((StatusCode::CREATED, Json(ApiKeyOut::of(key, Some(token)))))
}

/// Get an API key, without the key itself.
#[utoipa::path(get, path = "/api-keys/{id}", tag = "API Keys", params(("id" = i64, Path)), responses((status = 200, body = ApiKeyOut)))]
async fn get_key(State(app): State<App>, can: Can<Own>, InPath(id): InPath<i64>) -> ApiResult<ApiKeyOut> {
    Ok(Json(ApiKeyOut::of(visible(&app, &can, id).await?, None)))
}

/// Revoke an API key at once.
#[utoipa::path(delete, path = "/api-keys/{id}", tag = "API Keys", params(("id" = i64, Path)), responses((status = 204)))]
async fn delete_key(State(app): State<App>, can: Can<Own>, InPath(id): InPath<i64>) -> Result<StatusCode, ApiError> {
    let key = visible(&app, &can, id).await?;
    api_keys::delete(&app.db, &can.scope, key.id, app.clock.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A key of somebody else is refused to all but administrators, and so is one that does not exist: neither tells which it was.
async fn visible(app: &App, can: &Can<Own>, id: i64) -> Result<ApiKey, ApiError> {
    match api_keys::get(&app.db, &can.scope, ApiKeyId(id)).await {
        Ok(key) => can.account(key.user).map(|_| key),
        Err(error) if can.may(May::Administer) => Err(error.into()),
        Err(_) => Err(ApiError::forbidden("This is not a key of yours.")),
    }
}
