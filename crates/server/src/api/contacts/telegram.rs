//! Chats become contacts by the bot: they are listed, tested and deleted here.

use super::super::contact_kinds::{LabelledOut, Telegram};
use super::super::extract::InPath;
use super::proof::{OverIn, TestOut, latest_test, test};
use super::{delete, find, list};
use crate::app::App;
use crate::auth::{Can, Own};
use crate::error::{ApiError, ApiResult};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .routes(routes!(list_chats))
        .routes(routes!(get_chat, delete_chat))
        .routes(routes!(test_chat, get_chat_test))
}

/// List chats of a user with the bot.
#[utoipa::path(get, path = "/users/{user-id}/contacts/telegram", tag = "Contacts", params(("user-id" = String, Path)), responses((status = 200, body = Vec<LabelledOut>)))]
async fn list_chats(
    State(app): State<App>,
    can: Can<Own>,
    InPath(user): InPath<String>,
) -> ApiResult<Vec<LabelledOut>> {
    list::<Telegram>(&app, &can, &user).await.map(Json)
}

/// Get a chat.
#[utoipa::path(get, path = "/users/{user-id}/contacts/telegram/{id}", tag = "Contacts", params(("user-id" = String, Path), ("id" = i64, Path)), responses((status = 200, body = LabelledOut)))]
async fn get_chat(
    State(app): State<App>,
    can: Can<Own>,
    InPath((user, id)): InPath<(String, i64)>,
) -> ApiResult<LabelledOut> {
    Ok(Json(find::<Telegram>(&app, &can, &user, id).await?.1.into()))
}

/// Delete a chat with the preferences that use it.
#[utoipa::path(delete, path = "/users/{user-id}/contacts/telegram/{id}", tag = "Contacts", params(("user-id" = String, Path), ("id" = i64, Path)), responses((status = 204)))]
async fn delete_chat(
    State(app): State<App>,
    can: Can<Own>,
    InPath((user, id)): InPath<(String, i64)>,
) -> Result<StatusCode, ApiError> {
    delete::<Telegram>(&app, &can, &user, id).await.map(|()| StatusCode::NO_CONTENT)
}

/// Send a test message to a chat, the way that pages go.
#[utoipa::path(post, path = "/users/{user-id}/contacts/telegram/{id}/test", tag = "Contacts", params(("user-id" = String, Path), ("id" = i64, Path)), responses((status = 202, body = TestOut)))]
async fn test_chat(
    State(app): State<App>,
    can: Can<Own>,
    InPath((user, id)): InPath<(String, i64)>,
) -> Result<(StatusCode, Json<TestOut>), ApiError> {
    let over = OverIn { method: None };
    test::<Telegram>(&app, &can, &user, id, &over).await.map(|out| (StatusCode::ACCEPTED, Json(out)))
}

/// Get what became of the latest test of a chat.
#[utoipa::path(get, path = "/users/{user-id}/contacts/telegram/{id}/test", tag = "Contacts", params(("user-id" = String, Path), ("id" = i64, Path)), responses((status = 200, body = TestOut)))]
async fn get_chat_test(
    State(app): State<App>,
    can: Can<Own>,
    InPath((user, id)): InPath<(String, i64)>,
) -> ApiResult<TestOut> {
    latest_test::<Telegram>(&app, &can, &user, id, None).await.map(Json)
}
