//! Support hours: the list, and the editor.

mod entry;

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
use entry::{form_of, read, week_of};
use watchbell_core::ids::SupportHoursId;
use watchbell_core::support_hours::Hours;
use watchbell_core::user::Role;
use watchbell_store::support_hours::{self, KeptHours};
use watchbell_ui::components::{Choice, Paging};
use watchbell_ui::pages::support_hours::{HoursNow, HoursRow, HoursView, hours as page, support_hours as list_page};
use watchbell_ui::{Form, routes};

/// The routes.
pub(super) fn router() -> Router<App> {
    Router::new()
        .route(routes::SUPPORT_HOURS, get(list))
        .route(routes::SUPPORT_HOURS_NEW, get(blank).post(make))
        .route("/support-hours/{id}", get(show).post(save))
        .route("/support-hours/{id}/delete", post(delete))
}

fn may_edit(role: Role) -> bool {
    May::Configure.is_granted_to(role)
}

fn stand(app: &App, hours: &Hours) -> HoursNow {
    let now = app.clock.now();
    HoursNow { during: hours.is_during(now), until: hours.next_border(now) }
}

async fn list(State(app): State<App>, visit: Visit<Read>, query: Query) -> Answer {
    let scope = &visit.can.scope;
    let total = support_hours::count(&app.db, scope).await?;
    let paging = Paging::of(query.page(), total, |page| format!("{}?page={page}", routes::SUPPORT_HOURS));
    let found = support_hours::list(&app.db, scope, query.window()).await?;
    let (ready, uses) =
        (support_hours::ready(&app.db, scope, &found).await?, support_hours::uses(&app.db, scope).await?);
    let row = |kept: &KeptHours| {
        Some(HoursRow {
            id: kept.id,
            name: kept.name.clone(),
            zone: kept.hours.zone.clone(),
            now: stand(&app, ready.get(&kept.id)?),
            sources: uses.get(&kept.id).copied().unwrap_or(0),
        })
    };
    let rows: Vec<HoursRow> = found.iter().filter_map(row).collect();
    answer::page(list_page(&visit.shell, &rows, &paging, may_edit(visit.can.role)))
}

async fn blank(State(app): State<App>, visit: Visit<Configure>) -> Answer {
    let zone = visit.shell.when.zone.iana_name().unwrap_or("UTC").to_owned();
    let days = (0..5).map(|day| (format!("day.{day}"), "08:00-17:00".to_owned()));
    let form = Form::of(days.chain([("zone".to_owned(), zone)]));
    answer::page(page(&visit.shell, &view(&app, &visit.can, None, form).await?))
}

async fn view<P>(app: &App, can: &PageCan<P>, kept: Option<&KeptHours>, form: Form) -> Result<HoursView, ApiError> {
    let scope = &can.scope;
    let ready = match kept {
        Some(kept) => support_hours::ready(&app.db, scope, std::slice::from_ref(kept)).await?.remove(&kept.id),
        None => None,
    };
    let sources = match kept {
        Some(kept) => support_hours::sources_using(&app.db, scope, kept.id).await?,
        None => Vec::new(),
    };
    let calendars = support_hours::calendars(&app.db, scope).await?;
    let named = calendars.into_iter().map(|(id, name)| Choice::new(id.to_string(), name));
    Ok(HoursView {
        id: kept.map(|kept| kept.id),
        name: kept.map_or_else(String::new, |kept| kept.name.clone()),
        week: kept.map(|kept| week_of(&kept.hours.days)).unwrap_or_default(),
        now: ready.as_ref().map(|hours| stand(app, hours)),
        here: ready.as_ref().and_then(|hours| entry::here(hours, app.clock.now())),
        zones: choices::zones(),
        calendars: std::iter::once(Choice::new("", "None")).chain(named).collect(),
        sources: sources.into_iter().map(|(id, name)| (name, routes::source(id))).collect(),
        form,
        may_edit: may_edit(can.role),
    })
}

async fn make(State(app): State<App>, posted: Filled<Configure>) -> Answer {
    let can = posted.can;
    let mut reader = Reader::new(posted.form)?;
    if let Some(new) = read(&mut reader) {
        match support_hours::create(&app.db, &can.scope, new, app.clock.now()).await {
            Ok(made) => {
                let word = "Made. The settings of an alert source say what they mean for it.";
                return answer::done(&routes::support_hours(made.id), word);
            }
            Err(error) => reader.refuse(error, &[("name", "name")])?,
        }
    }
    answer::refused(page(&shell::of(&app, &can).await?, &view(&app, &can, None, reader.form).await?))
}

async fn show(State(app): State<App>, InPath(id): InPath<i64>, visit: Visit<Read>) -> Answer {
    let kept = support_hours::get(&app.db, &visit.can.scope, SupportHoursId(id)).await?;
    answer::page(page(&visit.shell, &view(&app, &visit.can, Some(&kept), form_of(&kept)).await?))
}

async fn save(State(app): State<App>, InPath(id): InPath<i64>, posted: Filled<Configure>) -> Answer {
    let can = posted.can;
    let kept = support_hours::get(&app.db, &can.scope, SupportHoursId(id)).await?;
    let mut reader = Reader::new(posted.form)?;
    if let Some(new) = read(&mut reader) {
        match support_hours::update(&app.db, &can.scope, kept.id, new, app.clock.now()).await {
            Ok(_) => {
                changed(&app);
                return answer::done(
                    &routes::support_hours(id),
                    "Saved. Alerts that wait for them are looked at again.",
                );
            }
            Err(error) => reader.refuse(error, &[("name", "name")])?,
        }
    }
    refused(&app, &can, &kept, reader).await
}

async fn refused(app: &App, can: &PageCan<Configure>, kept: &KeptHours, reader: Reader) -> Answer {
    answer::refused(page(&shell::of(app, can).await?, &view(app, can, Some(kept), reader.form).await?))
}

async fn delete(State(app): State<App>, InPath(id): InPath<i64>, posted: Filled<Configure>) -> Answer {
    let can = posted.can;
    let kept = support_hours::get(&app.db, &can.scope, SupportHoursId(id)).await?;
    let mut reader = Reader { form: form_of(&kept) };
    if !Form::of(posted.form).is_on("confirmed") {
        reader.form.error("", "Tick the box to delete the support hours.");
        return refused(&app, &can, &kept, reader).await;
    }
    match support_hours::delete(&app.db, &can.scope, kept.id, app.clock.now()).await {
        Ok(()) => answer::done(routes::SUPPORT_HOURS, "The support hours are deleted."),
        Err(error) => {
            reader.refuse(error, &[])?;
            refused(&app, &can, &kept, reader).await
        }
    }
}
