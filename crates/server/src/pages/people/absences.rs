//! When somebody is away: entered and changed, or read from their calendar.

use super::super::answer::{self, Answer};
use super::super::reader::{Filled, Reader};
use super::super::schedules::Civil;
use super::super::shell::{self, Visit, person};
use super::user::{home, may_change, refused};
use crate::api::absences::checked_span;
use crate::api::extract::InPath;
use crate::api::holiday_calendars::ical_address;
use crate::app::App;
use crate::auth::{Own, PageCan};
use crate::error::ApiError;
use axum::Router;
use axum::extract::State;
use axum::routing::{get, post};
use watchbell_core::ids::{AbsenceId, UserId};
use watchbell_core::limits::TEXT_CHARS_MAX;
use watchbell_core::text;
use watchbell_store::absence_feeds::{self, SEALED};
use watchbell_store::absences::{self, Absence, AbsenceIn};
use watchbell_store::scope::Scope;
use watchbell_store::users::{self, User};
use watchbell_store::{Page, StoreError};
use watchbell_ui::pages::absences::{AbsenceFeedView, AbsenceRow, AbsencesView, absence_page};
use watchbell_ui::{Form, Markup};

/// Absences that are listed.
const LISTED_MAX: i64 = 100;

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/users/{id}/absences", post(enter))
        .route("/users/{id}/absences/{absence}", get(show).post(change))
        .route("/users/{id}/absences/{absence}/delete", post(delete))
        .route("/users/{id}/absence-feed", post(put_feed))
        .route("/users/{id}/absence-feed/delete", post(delete_feed))
}

/// What the panel shows.
pub(super) async fn view(app: &App, scope: &Scope, user: UserId) -> Result<AbsencesView, StoreError> {
    let found = absences::list(&app.db, scope, user, app.clock.now(), Page::first(LISTED_MAX)).await?;
    let row = |one: Absence| AbsenceRow {
        id: one.id,
        span: one.span,
        reason: one.reason,
        from_calendar: one.feed_uid.is_some(),
    };
    let feed = absence_feeds::get(&app.db, scope, user).await?;
    Ok(AbsencesView {
        rows: found.into_iter().map(row).collect(),
        feed: feed.map(|feed| AbsenceFeedView { read_at: feed.read_at, error: feed.error }),
    })
}

/// The absence that a form describes. `None`: it was refused, and the form says why.
fn read(reader: &mut Reader) -> Option<AbsenceIn> {
    let reason = text::cut(&reader.value("away_reason"), TEXT_CHARS_MAX);
    let Some(civil) = Civil::known(reader.form.value("away_zone")) else {
        reader.form.error("away_from", "The zone of the form is not known: open the page again.");
        return None;
    };
    let span = civil.span(reader, "away_from", "away_until")?;
    let checked = checked_span(span);
    Some(AbsenceIn { span: reader.take("away_until", checked)?, reason })
}

async fn enter(State(app): State<App>, InPath(id): InPath<i64>, posted: Filled<Own>) -> Answer {
    let can = posted.can;
    let id = may_change(&can, UserId(id))?;
    users::get(&app.db, &can.scope, id).await?;
    let mut reader = Reader::new(posted.form)?;
    if let Some(new) = read(&mut reader) {
        match absences::create(&app.db, &can.scope, id, new, app.clock.now()).await {
            Ok(_) => return answer::done(&home(&can, id), "The absence is entered."),
            Err(error) => reader.refuse(error, &[])?,
        }
    }
    refused(&app, &can, id, reader.form).await
}

async fn show(State(app): State<App>, InPath((id, nth)): InPath<(i64, i64)>, visit: Visit<Own>) -> Answer {
    let id = may_change(&visit.can, UserId(id))?;
    let user = users::get(&app.db, &visit.can.scope, id).await?;
    let found = absences::get(&app.db, &visit.can.scope, id, AbsenceId(nth)).await?;
    let civil = zone_of(&user)?;
    let form = Form::of([
        ("away_from", civil.field(found.span.from)),
        ("away_until", civil.field(found.span.until)),
        ("away_reason", found.reason),
    ]);
    answer::page(absence_page(&visit.shell, &person(&user), found.id, &form, civil.name()))
}

fn zone_of(user: &User) -> Result<Civil, ApiError> {
    Civil::named(&user.timezone).ok_or_else(|| ApiError::internal("there is no zone database"))
}

async fn change(State(app): State<App>, InPath((id, nth)): InPath<(i64, i64)>, posted: Filled<Own>) -> Answer {
    let can = posted.can;
    let id = may_change(&can, UserId(id))?;
    let mut reader = Reader::new(posted.form)?;
    if let Some(new) = read(&mut reader) {
        match absences::update(&app.db, &can.scope, id, AbsenceId(nth), new, app.clock.now()).await {
            Ok(_) => return answer::done(&home(&can, id), "The absence is changed."),
            Err(error) => reader.refuse(error, &[])?,
        }
    }
    answer::refused(changed_page(&app, &can, (id, AbsenceId(nth)), &reader.form).await?)
}

async fn changed_page(
    app: &App,
    can: &PageCan<Own>,
    (id, nth): (UserId, AbsenceId),
    form: &Form,
) -> Result<Markup, ApiError> {
    let user = users::get(&app.db, &can.scope, id).await?;
    let shell = shell::of(app, can).await?;
    Ok(absence_page(&shell, &person(&user), nth, form, zone_of(&user)?.name()))
}

async fn delete(State(app): State<App>, InPath((id, nth)): InPath<(i64, i64)>, posted: Filled<Own>) -> Answer {
    let id = may_change(&posted.can, UserId(id))?;
    absences::delete(&app.db, &posted.can.scope, id, AbsenceId(nth), app.clock.now()).await?;
    answer::done(&home(&posted.can, id), "The absence is removed.")
}

async fn put_feed(State(app): State<App>, InPath(id): InPath<i64>, posted: Filled<Own>) -> Answer {
    let can = posted.can;
    let id = may_change(&can, UserId(id))?;
    users::get(&app.db, &can.scope, id).await?;
    let mut reader = Reader::new(posted.form)?;
    let parsed = ical_address(&app, "calendar", reader.form.value("calendar"));
    let Some(url) = reader.take("calendar", parsed) else {
        return refused(&app, &can, id, reader.form).await;
    };
    let sealed = app.sealer.seal(SEALED, url.as_bytes(), &app.ids.fresh())?;
    absence_feeds::put(&app.db, &can.scope, id, sealed, app.clock.now()).await?;
    app.wake.notify_one();
    answer::done(&home(&can, id), "The calendar is read now, and each day.")
}

async fn delete_feed(State(app): State<App>, InPath(id): InPath<i64>, posted: Filled<Own>) -> Answer {
    let id = may_change(&posted.can, UserId(id))?;
    absence_feeds::delete(&app.db, &posted.can.scope, id, app.clock.now()).await?;
    answer::done(&home(&posted.can, id), "The calendar is forgotten, with the absences to come that it said.")
}
