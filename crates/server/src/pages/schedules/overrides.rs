//! Overrides: made, changed and taken back. Responders put themselves on call, those who configure anybody.

use super::super::answer::{self, Answer};
use super::super::choices;
use super::super::query::Query;
use super::super::reader::{Filled, Reader};
use super::super::shell::{self, Visit};
use super::list::seen;
use super::{Civil, Names};
use crate::api::extract::InPath;
use crate::api::schedules::overrides::{NOT_THEIRS, may_change, promised};
use crate::app::App;
use crate::auth::{May, PageCan, Permission, Respond, decides_for};
use crate::error::ApiError;
use axum::Router;
use axum::extract::State;
use axum::routing::{get, post};
use jiff::{SignedDuration, Timestamp};
use watchbell_core::ids::{OverrideId, ScheduleId, UserId};
use watchbell_core::limits::TEXT_CHARS_MAX;
use watchbell_core::schedule::Span;
use watchbell_core::text;
use watchbell_store::schedules::overrides::{self, Override, OverrideIn};
use watchbell_store::{Page, StoreError, schedules};
use watchbell_ui::components::Choice;
use watchbell_ui::pages::schedule::OverrideRow;
use watchbell_ui::pages::schedule::override_form::{OverrideForm, override_page};
use watchbell_ui::{Form, routes};

/// Overrides that are listed.
const SHOWN_MAX: i64 = 100;
/// What is sent for nobody.
const NOBODY: &str = "nobody";

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/schedules/{id}/overrides/new", get(form).post(make))
        .route("/schedules/{id}/overrides/{override}", get(edit_form).post(edit))
        .route("/schedules/{id}/overrides/{override}/delete", post(delete))
}

/// Whether the viewer may make an override to somebody, or change one.
fn may_give<P>(can: &PageCan<P>, user: Option<UserId>) -> bool {
    decides_for(&can.scope, can.role, user)
}

/// Who may be chosen: oneself, or everybody and nobody.
pub(super) async fn choices_of<P>(app: &App, can: &PageCan<P>) -> Result<Vec<Choice>, StoreError> {
    let people = choices::people(app, &can.scope).await?;
    if May::Configure.is_granted_to(can.role) {
        return Ok(people.into_iter().chain([Choice::new(NOBODY, "Nobody, on purpose")]).collect());
    }
    let own = can.scope.actor.user().map(|user| user.to_string()).unwrap_or_default();
    Ok(people.into_iter().filter(|person| person.value == own).collect())
}

/// A form that is not filled in yet: the viewer, for a span, or for a day's work from the next hour on.
pub(super) fn blank<P>(can: &PageCan<P>, civil: &Civil, now: Timestamp, span: Option<Span>) -> Form {
    let next_hour = Timestamp::from_second((now.as_second() / 3_600 + 1) * 3_600).unwrap_or(now);
    let span = span.unwrap_or(Span::new(next_hour, next_hour + SignedDuration::from_hours(8)));
    let own = can.scope.actor.user().map(|user| user.to_string()).unwrap_or_default();
    Form::of([("user", own), ("from", civil.field(span.from.max(now))), ("until", civil.field(span.until))])
}

/// The overrides that touch what is shown, and those that are not over.
pub(super) async fn override_rows<P>(
    app: &App,
    can: &PageCan<P>,
    id: ScheduleId,
    window: Span,
    names: &Names,
) -> Result<Vec<OverrideRow>, StoreError> {
    let span = seen(window, app.clock.now());
    let found = overrides::list(&app.db, &can.scope, id, span, Page::first(SHOWN_MAX)).await?;
    let promised = promised(app, &can.scope, id).await?;
    let row = |one: Override| OverrideRow {
        id: one.id,
        person: one.user.map(|user| names.person(user)),
        span: one.span,
        may_change: may_change(&can.scope, can.role, &one, &promised),
        reason: one.reason,
    };
    Ok(found.into_iter().map(row).collect())
}

/// A span that an address asks for, in seconds.
fn asked(query: &Query) -> Option<Span> {
    let at = |name: &str| query.number(name).and_then(|second| Timestamp::from_second(second).ok());
    Some(Span::new(at("from")?, at("until")?)).filter(|span| !span.is_empty())
}

async fn form(State(app): State<App>, InPath(id): InPath<i64>, visit: Visit<Respond>, query: Query) -> Answer {
    let own = visit.shell.when.zone.iana_name().unwrap_or("UTC");
    let wanted = query.text("zone");
    let civil = zone(if wanted.is_empty() { own } else { &wanted })?;
    let form = blank(&visit.can, &civil, app.clock.now(), asked(&query));
    let view = view(&app, &visit.can, ScheduleId(id), None, civil.name(), form).await?;
    answer::page(override_page(&visit.shell, &view))
}

fn zone(name: &str) -> Result<Civil, ApiError> {
    Civil::named(name).ok_or_else(|| ApiError::internal("there is no zone database"))
}

async fn view<P: Permission>(
    app: &App,
    can: &PageCan<P>,
    schedule: ScheduleId,
    id: Option<OverrideId>,
    zone: &str,
    form: Form,
) -> Result<OverrideForm, ApiError> {
    Ok(OverrideForm {
        schedule,
        name: schedules::get(&app.db, &can.scope, schedule, app.clock.now()).await?.name,
        id,
        people: choices_of(app, can).await?,
        zone: zone.to_owned(),
        form,
    })
}

/// The override that a form describes. `None`: it was refused, and the form says why.
fn read<P>(can: &PageCan<P>, reader: &mut Reader) -> Option<OverrideIn> {
    let user = match reader.form.value("user") {
        NOBODY => Some(None),
        id => id.parse().ok().map(|id| Some(UserId(id))),
    };
    if user.is_none() {
        reader.form.error("user", "Choose somebody.");
    } else if user.is_some_and(|user| !may_give(can, user)) {
        reader.form.error("user", "You can put yourself on call; for others ask somebody who edits schedules.");
    }
    let reason = reader.filled("reason").map(|reason| text::cut(&reason, TEXT_CHARS_MAX));
    let span = Civil::of_form(reader)?.span(reader, "from", "until")?;
    if reader.form.is_refused() { None } else { Some(OverrideIn { user: user?, span, reason }) }
}

/// The store's words for its fields, and the form's.
const FIELDS: [(&str, &str); 3] = [("start", "from"), ("end", "until"), ("user", "user")];

async fn make(State(app): State<App>, InPath(id): InPath<i64>, posted: Filled<Respond>) -> Answer {
    let (can, id) = (posted.can, ScheduleId(id));
    let mut reader = Reader::new(posted.form)?;
    if let Some(new) = read(&can, &mut reader) {
        match overrides::create(&app.db, &can.scope, id, new, app.clock.now()).await {
            Ok(_) => return answer::done(&routes::schedule(id), "The override is added."),
            Err(error) => reader.refuse_at(error, &FIELDS)?,
        }
    }
    refused(&app, &can, id, None, reader).await
}

async fn refused(
    app: &App,
    can: &PageCan<Respond>,
    schedule: ScheduleId,
    id: Option<OverrideId>,
    reader: Reader,
) -> Answer {
    let zone = zone(reader.form.value("zone"))?;
    let view = view(app, can, schedule, id, zone.name(), reader.form).await?;
    answer::refused(override_page(&shell::of(app, can).await?, &view))
}

/// An override that the viewer may change. Errors: 403.
async fn own(app: &App, can: &PageCan<Respond>, (schedule, id): (i64, i64)) -> Result<Override, ApiError> {
    let found = overrides::get(&app.db, &can.scope, ScheduleId(schedule), OverrideId(id)).await?;
    let promised = promised(app, &can.scope, found.schedule).await?;
    match may_change(&can.scope, can.role, &found, &promised) {
        true => Ok(found),
        false => Err(ApiError::forbidden(NOT_THEIRS)),
    }
}

async fn edit_form(State(app): State<App>, InPath(path): InPath<(i64, i64)>, visit: Visit<Respond>) -> Answer {
    let found = own(&app, &visit.can, path).await?;
    let civil = zone(visit.shell.when.zone.iana_name().unwrap_or("UTC"))?;
    let form = Form::of([
        ("user", found.user.map_or_else(|| NOBODY.to_owned(), |user| user.to_string())),
        ("from", civil.field(found.span.from)),
        ("until", civil.field(found.span.until)),
        ("reason", found.reason.unwrap_or_default()),
    ]);
    let view = view(&app, &visit.can, found.schedule, Some(found.id), civil.name(), form).await?;
    answer::page(override_page(&visit.shell, &view))
}

async fn edit(State(app): State<App>, InPath(path): InPath<(i64, i64)>, posted: Filled<Respond>) -> Answer {
    let can = posted.can;
    let found = own(&app, &can, path).await?;
    let mut reader = Reader::new(posted.form)?;
    if let Some(new) = read(&can, &mut reader) {
        match overrides::edit(&app.db, &can.scope, found.schedule, found.id, new, app.clock.now()).await {
            Ok(_) => return answer::done(&routes::schedule(found.schedule), "The override is changed."),
            Err(error) => reader.refuse_at(error, &FIELDS)?,
        }
    }
    refused(&app, &can, found.schedule, Some(found.id), reader).await
}

async fn delete(State(app): State<App>, InPath(path): InPath<(i64, i64)>, posted: Filled<Respond>) -> Answer {
    let found = own(&app, &posted.can, path).await?;
    overrides::delete(&app.db, &posted.can.scope, found.schedule, found.id, app.clock.now()).await?;
    answer::done(&routes::schedule(found.schedule), "The override is removed: the plan counts again.")
}
