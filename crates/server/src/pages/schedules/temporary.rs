//! Temporary schedules: made and taken back.

use super::super::answer::{self, Answer};
use super::super::choices;
use super::super::reader::{Filled, Reader};
use super::super::shell::{self, Visit};
use super::Civil;
use crate::api::extract::InPath;
use crate::app::App;
use crate::auth::{Configure, PageCan};
use crate::error::ApiError;
use axum::Router;
use axum::extract::State;
use axum::routing::{get, post};
use watchbell_core::ids::{ScheduleId, TemporaryScheduleId, UserId};
use watchbell_core::schedule::{Span, StaticShift};
use watchbell_store::schedules;
use watchbell_store::schedules::temporaries::{self, TemporaryIn};
use watchbell_ui::pages::schedule::temporary_form::{TemporaryForm, temporary_page};
use watchbell_ui::{Form, routes};

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/schedules/{id}/temporary/new", get(form).post(make))
        .route("/schedules/{id}/temporary/{temporary}/delete", post(delete))
}

async fn view(
    app: &App,
    can: &PageCan<Configure>,
    id: ScheduleId,
    form: Form,
    zone: &str,
) -> Result<TemporaryForm, ApiError> {
    let schedule = schedules::get(&app.db, &can.scope, id, app.clock.now()).await?;
    Ok(TemporaryForm {
        schedule: id,
        name: schedule.name,
        people: choices::people(app, &can.scope).await?,
        zone: if zone.is_empty() { schedule.current.zone } else { zone.to_owned() },
        form,
    })
}

async fn form(State(app): State<App>, InPath(id): InPath<i64>, visit: Visit<Configure>) -> Answer {
    let view = view(&app, &visit.can, ScheduleId(id), Form::default(), "").await?;
    answer::page(temporary_page(&visit.shell, &view))
}

/// The rows of shifts that a form has, each with its row. A row without an end lasts for `usual_s` where that is known.
pub(super) fn read_shifts(reader: &mut Reader, civil: &Civil, usual_s: Option<i64>) -> Vec<StaticShift> {
    let mut shifts = Vec::new();
    for row in 0..reader.form.rows("shift") {
        let base = format!("shift.{row}");
        let is_filled = |part: &str| reader.filled(&format!("{base}.{part}")).is_some();
        let user = reader.form.value(&format!("{base}.user")).parse().map(UserId).ok();
        if user.is_none() && !is_filled("from") && !is_filled("until") {
            continue;
        }
        match (user, read_span(reader, civil, &base, usual_s)) {
            (Some(user), Some(span)) => shifts.push(StaticShift { user, span }),
            (None, _) => reader.form.error(base, "Choose who has this shift, or empty its times."),
            (_, None) => reader.form.error(base, "Needs a start, and an end after it."),
        }
    }
    shifts.sort_by_key(|shift| shift.span.from);
    shifts
}

/// Faults of a row's fields are said once, for the row.
fn read_span(reader: &Reader, civil: &Civil, base: &str, usual_s: Option<i64>) -> Option<Span> {
    let mut row =
        Reader { form: Form::of(["from", "until"].map(|part| (part, reader.form.value(&format!("{base}.{part}"))))) };
    match (row.form.value("until").trim().is_empty(), usual_s) {
        (true, Some(usual_s)) => {
            let from = civil.start(&mut row, "from")?;
            Some(Span::new(from, from.saturating_add(jiff::SignedDuration::from_secs(usual_s)).ok()?))
        }
        _ => civil.span(&mut row, "from", "until"),
    }
}

fn read(reader: &mut Reader) -> Option<TemporaryIn> {
    let civil = Civil::of_form(reader)?;
    let span = civil.span(reader, "from", "until");
    super::editor::refuse_more_rows(reader, "shift");
    let shifts = read_shifts(reader, &civil, None);
    if reader.form.is_refused() { None } else { Some(TemporaryIn { span: span?, shifts }) }
}

async fn make(State(app): State<App>, InPath(id): InPath<i64>, posted: Filled<Configure>) -> Answer {
    let (can, id) = (posted.can, ScheduleId(id));
    let mut reader = Reader::new(posted.form)?;
    if let Some(new) = read(&mut reader) {
        match temporaries::create(&app.db, &can.scope, id, new, app.clock.now()).await {
            Ok(_) => return answer::done(&routes::schedule(id), "The temporary schedule is added."),
            Err(error) => reader.refuse_at(error, &[("start", "from"), ("end", "until")])?,
        }
    }
    let zone = reader.value("zone");
    let view = view(&app, &can, id, reader.form, &zone).await?;
    answer::refused(temporary_page(&shell::of(&app, &can).await?, &view))
}

async fn delete(
    State(app): State<App>,
    InPath((id, temporary)): InPath<(i64, i64)>,
    posted: Filled<Configure>,
) -> Answer {
    let (id, temporary) = (ScheduleId(id), TemporaryScheduleId(temporary));
    temporaries::delete(&app.db, &posted.can.scope, id, temporary, app.clock.now()).await?;
    answer::done(&routes::schedule(id), "The temporary schedule is removed: the plan counts again.")
}
