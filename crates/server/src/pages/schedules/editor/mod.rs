//! The editor: a new schedule from a starting point, and changes of one, with who would be on call and who changes.

mod entry;
mod layers;
mod presets;
mod preview;
mod rows;
mod windows;

use super::super::answer::{self, Answer};
use super::super::choices;
use super::super::query::Query;
use super::super::reader::{Filled, Pairs, Reader};
use super::super::shell::{self, Visit};
pub(super) use layers::refuse_more_rows;

use crate::api::extract::InPath;
use crate::app::App;
use crate::auth::{Configure, PageCan};
use crate::error::ApiError;
use axum::Router;
use axum::extract::State;
use axum::routing::{get, post};
use watchbell_core::ids::ScheduleId;
use watchbell_store::schedules::{self, Edit, Schedule};
use watchbell_store::{StoreError, overview};
use watchbell_ui::components::Choice;
use watchbell_ui::pages::schedule_edit::presets::{Preset, presets as choose};
use watchbell_ui::pages::schedule_edit::{EditView, preview as preview_panel, schedule_edit as page};
use watchbell_ui::{Form, routes};

pub(super) fn router() -> Router<App> {
    Router::new()
        .route(routes::SCHEDULE_NEW, get(blank).post(make))
        .route("/schedules/new/preview", post(preview_new))
        .route("/schedules/{id}/edit", get(edit).post(save))
        .route("/schedules/{id}/edit/preview", post(preview_edit))
}

async fn blank(State(app): State<App>, visit: Visit<Configure>, query: Query) -> Answer {
    let Some(preset) = Preset::parse(&query.text("preset")) else { return answer::page(choose(&visit.shell)) };
    let (when, own) = (&visit.shell.when, visit.can.scope.actor.user());
    let form = presets::form(preset, when, own.map(|user| user.to_string()).unwrap_or_default());
    answer::page(page(&visit.shell, &view(&app, &visit.can, None, form).await?))
}

async fn edit(State(app): State<App>, InPath(id): InPath<i64>, visit: Visit<Configure>) -> Answer {
    let schedule = get_schedule(&app, &visit.can, id).await?;
    let form = entry::form_of(&schedule, app.clock.now());
    answer::page(page(&visit.shell, &view(&app, &visit.can, Some(&schedule), form).await?))
}

async fn get_schedule(app: &App, can: &PageCan<Configure>, id: i64) -> Result<Schedule, StoreError> {
    schedules::get(&app.db, &can.scope, ScheduleId(id), app.clock.now()).await
}

async fn view(
    app: &App,
    can: &PageCan<Configure>,
    schedule: Option<&Schedule>,
    form: Form,
) -> Result<EditView, ApiError> {
    Ok(EditView {
        id: schedule.map(|schedule| schedule.id),
        name: schedule.map_or_else(String::new, |schedule| schedule.name.clone()),
        planned: schedule.and_then(|schedule| schedule.upcoming.first()).map(|version| version.from),
        people: choices::people(app, &can.scope).await?,
        zones: choices::zones(),
        calendars: calendars(app, can).await?,
        preview: preview::preview(app, &can.scope, schedule, &form).await?,
        form,
    })
}

async fn calendars(app: &App, can: &PageCan<Configure>) -> Result<Vec<Choice>, StoreError> {
    let all = overview::calendar_names(&app.db, &can.scope, choices::CHOICES_MAX).await?;
    Ok(all.into_iter().map(|(id, name)| Choice::new(id.to_string(), name)).collect())
}

/// What a posted form asks for.
enum Asked {
    /// To be saved.
    Save(Reader),
    /// To be shown again, with other rows or the preview.
    Show(Form),
}

fn asked(pairs: Pairs) -> Result<Asked, ApiError> {
    let does = pairs.iter().find(|(name, _)| name == "do").map(|(_, does)| does.clone());
    Ok(match does {
        None => Asked::Save(Reader::new(pairs)?),
        Some(does) => Asked::Show(Reader::new(rows::changed(pairs, &does))?.form),
    })
}

async fn make(State(app): State<App>, posted: Filled<Configure>) -> Answer {
    let (can, now) = (posted.can, app.clock.now());
    let mut reader = match asked(posted.form)? {
        Asked::Show(form) => return show(&app, &can, None, form).await,
        Asked::Save(reader) => reader,
    };
    if let Some(entry) = entry::read(&mut reader, now) {
        match schedules::create(&app.db, &can.scope, entry.schedule, now).await {
            Ok(made) => {
                let words = "Made. It pages nobody until an escalation policy asks it.";
                return answer::done(&routes::schedule(made.id), words);
            }
            Err(error) => reader.refuse_at(error, &[("name", "name")])?,
        }
    }
    refused(&app, &can, None, reader).await
}

async fn save(State(app): State<App>, InPath(id): InPath<i64>, posted: Filled<Configure>) -> Answer {
    let (can, now) = (posted.can, app.clock.now());
    let schedule = get_schedule(&app, &can, id).await?;
    let mut reader = match asked(posted.form)? {
        Asked::Show(form) => return show(&app, &can, Some(&schedule), form).await,
        Asked::Save(reader) => reader,
    };
    let seen = reader.form.value("seen").parse().ok();
    if let Some(entry) = entry::read(&mut reader, now) {
        let edit = Edit { from: entry.later, seen, keeps_turn: entry.keeps_turn };
        match schedules::update(&app.db, &can.scope, schedule.id, entry.schedule, edit, now).await {
            Ok(_) => return answer::done(&routes::schedule(schedule.id), "Saved."),
            Err(StoreError::Conflict(_)) => {
                reader.form.error("", "Somebody changed this schedule meanwhile. Open it again to see how it is now.");
            }
            Err(error) => reader.refuse_at(error, &[("name", "name"), ("effectiveFrom", "apply_at")])?,
        }
    }
    refused(&app, &can, Some(&schedule), reader).await
}

async fn show(app: &App, can: &PageCan<Configure>, schedule: Option<&Schedule>, form: Form) -> Answer {
    let shell = shell::of(app, can).await?;
    answer::page(page(&shell, &view(app, can, schedule, form).await?))
}

async fn refused(app: &App, can: &PageCan<Configure>, schedule: Option<&Schedule>, reader: Reader) -> Answer {
    let shell = shell::of(app, can).await?;
    answer::refused(page(&shell, &view(app, can, schedule, reader.form).await?))
}

async fn preview_new(State(app): State<App>, posted: Filled<Configure>) -> Answer {
    let form = Reader::new(posted.form)?.form;
    answer::page(preview_panel(&preview::preview(&app, &posted.can.scope, None, &form).await?))
}

async fn preview_edit(State(app): State<App>, InPath(id): InPath<i64>, posted: Filled<Configure>) -> Answer {
    let schedule = get_schedule(&app, &posted.can, id).await?;
    let form = Reader::new(posted.form)?.form;
    answer::page(preview_panel(&preview::preview(&app, &posted.can.scope, Some(&schedule), &form).await?))
}
