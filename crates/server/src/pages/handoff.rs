//! Hand-off notes over forms: left, and confirmed. The block itself stands on pages that show shifts.

use super::answer::{self, Answer};
use super::reader::{Filled, Reader};
use crate::api::extract::InPath;
use crate::app::App;
use crate::auth::Respond;
use crate::error::ApiError;
use axum::Router;
use axum::extract::State;
use axum::routing::post;
use watchbell_core::ids::ScheduleId;
use watchbell_core::limits::TEXT_CHARS_MAX;
use watchbell_core::text::Text;
use watchbell_store::handoff;
use watchbell_ui::routes;

/// The routes.
pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/schedules/{id}/handoff-note", post(leave))
        .route("/schedules/{id}/handoff-note/confirm", post(confirm))
}

async fn leave(State(app): State<App>, InPath(id): InPath<i64>, posted: Filled<Respond>) -> Answer {
    let reader = Reader::new(posted.form)?;
    let text = Text::<TEXT_CHARS_MAX>::parse(&reader.value("text")).map_err(|error| ApiError::field("text", error))?;
    handoff::leave(&app.db, &posted.can.scope, ScheduleId(id), text.into_string(), app.clock.now()).await?;
    answer::done(back(&reader), "The note is left for the next person.")
}

async fn confirm(State(app): State<App>, InPath(id): InPath<i64>, posted: Filled<Respond>) -> Answer {
    let reader = Reader::new(posted.form)?;
    handoff::confirm(&app.db, &posted.can.scope, ScheduleId(id), app.clock.now()).await?;
    answer::done(back(&reader), "Confirmed.")
}

/// Where it was sent from, if that is a page of ours.
fn back(reader: &Reader) -> &str {
    let asked = reader.form.value("back");
    let is_ours = asked.starts_with('/') && !asked.starts_with("//") && !asked.contains('\\');
    if is_ours { asked } else { routes::PROFILE }
}
