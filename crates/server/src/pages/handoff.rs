//! Hand-off notes over forms: left, confirmed, and the page of those before. The block stands on pages that show shifts, too.

use super::answer::{self, Answer, local_path};
use super::reader::{Filled, Reader};
use super::schedules::Names;
use super::shell::{self, Visit};
use crate::api::extract::InPath;
use crate::app::App;
use crate::auth::{May, PageCan, Permission, Read, Respond};
use crate::error::ApiError;
use crate::handoff::{confirm, takers};
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use jiff::Timestamp;
use watchbell_core::ids::{ScheduleId, UserId};
use watchbell_core::limits::TEXT_CHARS_MAX;
use watchbell_core::schedule::{Prepared, Span};
use watchbell_core::text::Text;
use watchbell_store::handoff::{self, Note};
use watchbell_store::scope::Scope;
use watchbell_store::{Page, StoreError, schedules};
use watchbell_ui::pages::handoff::{HandoffView, NoteView, handoff_page};
use watchbell_ui::{Form, routes};

/// Notes that the page shows.
const SHOWN: i64 = 30;

/// The routes.
pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/schedules/{id}/handoff-note", get(show).post(leave))
        .route("/schedules/{id}/handoff-note/confirm", post(confirmed))
}

/// A schedule as the block needs it: which, its name, and its shifts around now.
pub(super) type Shown<'a> = (ScheduleId, &'a str, &'a Prepared);

/// The blocks of schedules.
pub(super) async fn blocks<P>(
    app: &App,
    can: &PageCan<P>,
    shown: &[Shown<'_>],
    now: Timestamp,
) -> Result<Vec<HandoffView>, ApiError> {
    let ids: Vec<ScheduleId> = shown.iter().map(|(id, ..)| *id).collect();
    let notes = handoff::open_of(&app.db, &can.scope, &ids).await?;
    let names = names(app, &can.scope, &notes).await?;
    let block = |(id, name, prepared): &Shown<'_>| HandoffView {
        schedule: *id,
        name: (*name).to_owned(),
        note: notes.iter().find(|note| note.schedule == *id).map(|note| note_view(note, &names)),
        may_confirm: may_confirm(can, prepared, now),
        may_leave: May::Respond.is_granted_to(can.role),
        form: Form::default(),
    };
    Ok(shown.iter().map(block).collect())
}

fn may_confirm<P>(can: &PageCan<P>, prepared: &Prepared, now: Timestamp) -> bool {
    let is_taker = can.scope.actor.user().is_some_and(|user| takers(prepared, now).contains(&user));
    May::Configure.is_granted_to(can.role) || (May::Respond.is_granted_to(can.role) && is_taker)
}

async fn names(app: &App, scope: &Scope, notes: &[Note]) -> Result<Names, StoreError> {
    let people = notes.iter().flat_map(|note| note.author.into_iter().chain(note.confirmed_by)).collect();
    Names::of(app, scope, people).await
}

fn note_view(note: &Note, names: &Names) -> NoteView {
    let name = |user: Option<UserId>| user.map_or_else(|| "somebody".to_owned(), |user| names.person(user).name);
    NoteView {
        id: note.id,
        text: note.text.clone(),
        author: name(note.author),
        written_at: note.written_at,
        confirmed: note.confirmed_at.map(|at| (name(note.confirmed_by), at)),
    }
}

async fn show(State(app): State<App>, InPath(id): InPath<i64>, visit: Visit<Read>) -> Answer {
    let (view, earlier) = page_of(&app, &visit.can, ScheduleId(id), Form::default()).await?;
    answer::page(handoff_page(&visit.shell, &view, &earlier))
}

/// What the page shows: the block, and the notes before the one in it.
async fn page_of<P: Permission>(
    app: &App,
    can: &PageCan<P>,
    id: ScheduleId,
    form: Form,
) -> Result<(HandoffView, Vec<NoteView>), ApiError> {
    let now = app.clock.now();
    let name = schedules::get(&app.db, &can.scope, id, now).await?.name;
    let ready = schedules::prepared(&app.db, &can.scope, &[id], Span::new(now, now + crate::handoff::AHEAD)).await?;
    let shown: Vec<Shown<'_>> = ready.get(&id).map(|prepared| (id, name.as_str(), prepared)).into_iter().collect();
    let view = blocks(app, can, &shown, now).await?.pop().ok_or_else(|| StoreError::not_found("schedule", id))?;
    let notes = handoff::list(&app.db, &can.scope, id, Page::first(SHOWN)).await?;
    let names = names(app, &can.scope, &notes).await?;
    let earlier = notes.iter().skip(usize::from(view.note.is_some())).map(|note| note_view(note, &names)).collect();
    Ok((HandoffView { form, ..view }, earlier))
}

async fn leave(State(app): State<App>, InPath(id): InPath<i64>, posted: Filled<Respond>) -> Answer {
    let (can, id) = (posted.can, ScheduleId(id));
    let mut reader = Reader::new(posted.form)?;
    let parsed = Text::<TEXT_CHARS_MAX>::parse(&reader.value("text")).map_err(|error| ApiError::field("text", error));
    if let Some(text) = reader.take("text", parsed) {
        handoff::leave(&app.db, &can.scope, id, text.into_string(), app.clock.now()).await?;
        return answer::done(&back(&reader, id), "The note is left for the next person.");
    }
    let (view, earlier) = page_of(&app, &can, id, reader.form).await?;
    answer::refused(handoff_page(&shell::of(&app, &can).await?, &view, &earlier))
}

async fn confirmed(State(app): State<App>, InPath(id): InPath<i64>, posted: Filled<Respond>) -> Answer {
    let (reader, id) = (Reader::new(posted.form)?, ScheduleId(id));
    let seen = reader.form.value("note").parse().ok();
    match confirm(&app, (&posted.can.scope, posted.can.role), id, seen).await {
        Ok(_) => answer::done(&back(&reader, id), "Confirmed."),
        Err(error) if error.status() == StatusCode::CONFLICT => {
            answer::done(&routes::handoff(id), "A newer note was left meanwhile: read this one.")
        }
        Err(error) => Err(error),
    }
}

/// Where it was sent from.
fn back(reader: &Reader, id: ScheduleId) -> String {
    local_path(reader.form.value("back"), &routes::handoff(id))
}
