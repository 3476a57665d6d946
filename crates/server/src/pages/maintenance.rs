//! Maintenance windows: calendar, list, editor.

mod entry;
mod month;

use super::answer::{self, Answer};
use super::choices;
use super::query::Query;
use super::reader::{Filled, Reader};
use super::shell::{self, Visit};
use crate::api::extract::InPath;
use crate::api::maintenance::changed;
use crate::app::App;
use crate::auth::{Configure, May, PageCan, Read};
use crate::error::ApiError;
use axum::Router;
use axum::extract::State;
use axum::routing::{get, post};
use entry::{form_of, new_form, read};
use jiff::Timestamp;
use std::collections::HashMap;
use watchbell_core::ids::{MaintenanceWindowId, SourceId};
use watchbell_core::maintenance::{Occurrences, Repeat, RepeatUnit};
use watchbell_core::user::Role;
use watchbell_store::maintenance::{self, KeptWindow, WindowFilter};
use watchbell_store::{StoreError, holds};
use watchbell_ui::components::Paging;
use watchbell_ui::pages::maintenance::{WindowRow, WindowView, WindowsView, maintenance as list_page, window as page};
use watchbell_ui::time::plural;
use watchbell_ui::{Form, routes};

/// The routes.
pub(super) fn router() -> Router<App> {
    Router::new()
        .route(routes::MAINTENANCE, get(list))
        .route(routes::MAINTENANCE_NEW, get(blank).post(make))
        .route("/maintenance/{id}", get(show).post(save))
        .route("/maintenance/{id}/end", post(end))
        .route("/maintenance/{id}/delete", post(delete))
}

fn may_edit(role: Role) -> bool {
    May::Configure.is_granted_to(role)
}

async fn list(State(app): State<App>, visit: Visit<Read>, query: Query) -> Answer {
    let (scope, now) = (&visit.can.scope, app.clock.now());
    let filter = WindowFilter::default();
    let total = maintenance::count(&app.db, scope, &filter, now).await?;
    let month = query.text("month");
    let paging = Paging::of(query.page(), total, |page| format!("{}?month={month}&page={page}", routes::MAINTENANCE));
    let found = maintenance::list(&app.db, scope, &filter, query.window(), now).await?;
    let names: HashMap<SourceId, String> = source_names(&app, &visit.can).await?;
    let view = WindowsView {
        month: month::month(&app, scope, &month, &visit.shell.when).await?,
        rows: found.iter().map(|kept| row(kept, &names, now)).collect::<Result<_, _>>()?,
        paging,
        may_edit: may_edit(visit.can.role),
    };
    answer::page(list_page(&visit.shell, &view))
}

async fn source_names<P>(app: &App, can: &PageCan<P>) -> Result<HashMap<SourceId, String>, StoreError> {
    let choices = choices::sources(app, &can.scope).await?;
    Ok(choices.into_iter().filter_map(|choice| Some((SourceId(choice.value.parse().ok()?), choice.text))).collect())
}

fn row(kept: &KeptWindow, names: &HashMap<SourceId, String>, now: Timestamp) -> Result<WindowRow, ApiError> {
    let times = Occurrences::of(&kept.window).map_err(|error| StoreError::unreadable("maintenance window", error))?;
    Ok(WindowRow {
        id: kept.id,
        summary: kept.summary.clone(),
        covers: covers(kept, names),
        repeats: kept.window.repeat.as_ref().map(repeats),
        open_until: times.open_at(now).map(|span| span.until),
        next: times.next_after(now).map(|span| (span.from, span.until)),
        is_over: times.over_at().is_some_and(|at| at <= now),
    })
}

/// What a window covers, in words.
fn covers(kept: &KeptWindow, names: &HashMap<SourceId, String>) -> String {
    let covers = &kept.window.covers;
    let name = |id: &SourceId| names.get(id).cloned().unwrap_or_else(|| format!("source {id}"));
    let sources: Vec<String> = covers.sources.iter().map(name).collect();
    let kinds = [("", &sources), ("", &covers.customers), ("", &covers.configuration_items), ("words ", &covers.words)];
    let filled = kinds.into_iter().filter(|(_, list)| !list.is_empty());
    filled.map(|(word, list)| format!("{word}{}", list.join(", "))).collect::<Vec<_>>().join("; ")
}

/// How it comes back, in words.
fn repeats(repeat: &Repeat) -> String {
    let every = |one: &str, many: &str| match repeat.count {
        1 => format!("every {one}"),
        count => format!("every {}", plural(count, one, many)),
    };
    let words = match repeat.unit {
        RepeatUnit::Days => every("day", "days"),
        RepeatUnit::Weeks => every("week", "weeks"),
        RepeatUnit::Months => every("month", "months"),
        RepeatUnit::MonthsByWeekday => format!("{}, on its weekday", every("month", "months")),
    };
    repeat.until.map_or_else(|| words.clone(), |until| format!("{words} until {until}"))
}

async fn view<P>(app: &App, can: &PageCan<P>, kept: Option<&KeptWindow>, form: Form) -> Result<WindowView, ApiError> {
    let now = app.clock.now();
    let times = kept.and_then(|kept| Occurrences::of(&kept.window).ok());
    let held = match kept {
        Some(kept) => holds::held_by_window(&app.db, &can.scope, kept.id).await?,
        None => 0,
    };
    Ok(WindowView {
        id: kept.map(|kept| kept.id),
        summary: kept.map_or_else(String::new, |kept| kept.summary.clone()),
        open_until: times.and_then(|times| times.open_at(now)).map(|span| span.until),
        zones: choices::zones(),
        sources: choices::sources(app, &can.scope).await?,
        held,
        form,
        may_edit: may_edit(can.role),
    })
}

async fn blank(State(app): State<App>, visit: Visit<Configure>) -> Answer {
    let form = new_form(&visit.shell.when);
    answer::page(page(&visit.shell, &view(&app, &visit.can, None, form).await?))
}

async fn make(State(app): State<App>, posted: Filled<Configure>) -> Answer {
    let can = posted.can;
    let mut reader = Reader::new(posted.form)?;
    if let Some(new) = read(&app, &can.scope, &mut reader, None).await {
        match maintenance::create(&app.db, &can.scope, new, app.clock.now()).await {
            Ok(made) => {
                changed(&app);
                return answer::done(
                    &routes::maintenance(made.id),
                    "Planned. While it is open, nobody is paged for what it covers.",
                );
            }
            Err(error) => reader.refuse(error, &[])?,
        }
    }
    answer::refused(page(&shell::of(&app, &can).await?, &view(&app, &can, None, reader.form).await?))
}

async fn kept_window<P>(app: &App, can: &PageCan<P>, id: i64) -> Result<KeptWindow, StoreError> {
    maintenance::get(&app.db, &can.scope, MaintenanceWindowId(id)).await
}

async fn show(State(app): State<App>, InPath(id): InPath<i64>, visit: Visit<Read>) -> Answer {
    let kept = kept_window(&app, &visit.can, id).await?;
    answer::page(page(&visit.shell, &view(&app, &visit.can, Some(&kept), form_of(&kept)).await?))
}

async fn save(State(app): State<App>, InPath(id): InPath<i64>, posted: Filled<Configure>) -> Answer {
    let can = posted.can;
    let kept = kept_window(&app, &can, id).await?;
    let mut reader = Reader::new(posted.form)?;
    if let Some(new) = read(&app, &can.scope, &mut reader, Some(&kept)).await {
        match maintenance::update(&app.db, &can.scope, kept.id, new, app.clock.now()).await {
            Ok(_) => {
                changed(&app);
                return answer::done(&routes::maintenance(id), "Saved. Alerts that it holds are looked at again.");
            }
            Err(error) => reader.refuse(error, &[])?,
        }
    }
    refused(&app, &can, &kept, reader).await
}

async fn refused(app: &App, can: &PageCan<Configure>, kept: &KeptWindow, reader: Reader) -> Answer {
    answer::refused(page(&shell::of(app, can).await?, &view(app, can, Some(kept), reader.form).await?))
}

async fn end(State(app): State<App>, InPath(id): InPath<i64>, posted: Filled<Configure>) -> Answer {
    let can = posted.can;
    let kept = kept_window(&app, &can, id).await?;
    let mut reader = Reader { form: form_of(&kept) };
    if !Form::of(posted.form).is_on("confirmed") {
        reader.form.error("", "Tick the box to end the window.");
        return refused(&app, &can, &kept, reader).await;
    }
    match maintenance::end_now(&app.db, &can.scope, kept.id, app.clock.now()).await {
        Ok(_) => {
            changed(&app);
            answer::done(&routes::maintenance(id), "Ended. What is still open pages now.")
        }
        Err(error) => {
            reader.refuse(error, &[])?;
            refused(&app, &can, &kept, reader).await
        }
    }
}

async fn delete(State(app): State<App>, InPath(id): InPath<i64>, posted: Filled<Configure>) -> Answer {
    let can = posted.can;
    let kept = kept_window(&app, &can, id).await?;
    if !Form::of(posted.form).is_on("confirmed") {
        let mut reader = Reader { form: form_of(&kept) };
        reader.form.error("", "Tick the box to delete the window.");
        return refused(&app, &can, &kept, reader).await;
    }
    maintenance::delete(&app.db, &can.scope, kept.id, app.clock.now()).await?;
    changed(&app);
    answer::done(routes::MAINTENANCE, "The window is deleted.")
}
