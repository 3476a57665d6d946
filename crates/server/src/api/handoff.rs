//! Hand-off notes of schedules: what the person on call leaves for the next one.

use super::extract::{InJson, InPath, InQuery};
use super::refs::UserRel;
use crate::app::App;
use crate::auth::{Can, Read, Respond};
use crate::error::{ApiError, ApiResult};
use crate::handoff::confirm;
use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use watchbell_core::ids::{ScheduleId, UserId};
use watchbell_core::limits::TEXT_CHARS_MAX;
use watchbell_core::text::Text;
use watchbell_store::handoff::{self, Note};
use watchbell_store::scope::Scope;
use watchbell_store::{Page, StoreError, users};

/// The routes.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::default().routes(routes!(get_note, leave_note)).routes(routes!(confirm_note))
}

/// What is left for the next person.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = HandoffNotePost)]
struct NoteIn {
    text: String,
}

/// A note for the next person on call.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HandoffNote)]
#[serde(rename_all = "camelCase")]
struct NoteOut {
    id: i64,
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    author: Option<UserRel>,
    written_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    confirmed_by: Option<UserRel>,
    #[serde(skip_serializing_if = "Option::is_none")]
    confirmed_at: Option<Timestamp>,
}

async fn show(app: &App, scope: &Scope, note: Note) -> Result<NoteOut, ApiError> {
    let people: Vec<UserId> = note.author.into_iter().chain(note.confirmed_by).collect();
    let users = users::get_many(&app.db, scope, &people).await?;
    let rel = |id: Option<UserId>| id.map(|id| UserRel::of(id, &users));
    Ok(NoteOut {
        id: note.id,
        text: note.text,
        author: rel(note.author),
        written_at: note.written_at,
        confirmed_by: rel(note.confirmed_by),
        confirmed_at: note.confirmed_at,
    })
}

/// Get the latest hand-off note of a schedule.
#[utoipa::path(get, path = "/schedules/{id}/handoff-note", tag = "Schedules", params(("id" = i64, Path)), responses((status = 200, body = NoteOut)))]
async fn get_note(State(app): State<App>, can: Can<Read>, InPath(id): InPath<i64>) -> ApiResult<NoteOut> {
    let note = handoff::list(&app.db, &can.scope, ScheduleId(id), Page::first(1)).await?.pop();
    let note = note.ok_or_else(|| StoreError::not_found("hand-off note of schedule", id))?;
    Ok(Json(show(&app, &can.scope, note).await?))
}

/// Leave a hand-off note: the next person on call finds it in the reminder and confirms it.
#[utoipa::path(put, path = "/schedules/{id}/handoff-note", tag = "Schedules", params(("id" = i64, Path)), request_body = NoteIn, responses((status = 200, body = NoteOut)))]
async fn leave_note(
    State(app): State<App>,
    can: Can<Respond>,
    InPath(id): InPath<i64>,
    InJson(body): InJson<NoteIn>,
) -> ApiResult<NoteOut> {
    let text = Text::<TEXT_CHARS_MAX>::parse(&body.text).map_err(|error| ApiError::field("text", error))?;
    let note = handoff::leave(&app.db, &can.scope, ScheduleId(id), text.into_string(), app.clock.now()).await?;
    Ok(Json(show(&app, &can.scope, note).await?))
}

/// Which note was read.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ConfirmQuery {
    /// Its id: 409 where a newer one was left meanwhile. The latest, where it is left out.
    note: Option<i64>,
}

/// Confirm that the hand-off note of a schedule was read: whoever is on call, or comes next.
#[utoipa::path(post, path = "/schedules/{id}/handoff-note/confirm", tag = "Schedules", params(("id" = i64, Path), ConfirmQuery), responses((status = 200, body = NoteOut)))]
async fn confirm_note(
    State(app): State<App>,
    can: Can<Respond>,
    InPath(id): InPath<i64>,
    InQuery(query): InQuery<ConfirmQuery>,
) -> ApiResult<NoteOut> {
    let note = confirm(&app, (&can.scope, can.role), ScheduleId(id), query.note).await?;
    Ok(Json(show(&app, &can.scope, note).await?))
}
