//! One schedule, and its deletion.

use super::super::answer::{self, Answer};
use super::super::query::Query;
use super::super::reader::{Filled, Reader};
use super::super::shell::{self, Visit};
use super::super::{feeds, handoff};
use super::chart::{Source, named_days};
use super::duties::{gaps, on_duty};
use super::list::{seen, zone_of};
use super::overrides::{blank, choices_of, override_rows};
use super::sharing::sharing;
use super::window::Window;
use super::{Civil, Names, away};
use crate::api::extract::InPath;
use crate::app::App;
use crate::auth::{Configure, May, PageCan, Permission, Read, Respond, decides_for};
use crate::error::ApiError;
use axum::Router;
use axum::extract::State;
use axum::routing::{get, post};
use jiff::Timestamp;
use std::collections::BTreeMap;
use watchbell_core::ids::{CalendarId, ScheduleId, UserId};
use watchbell_core::schedule::{Holidays, Prepared, Schedule};
use watchbell_core::user::Role;
use watchbell_store::feeds::Subject;
use watchbell_store::scope::Scope;
use watchbell_store::{Page, StoreError, cover_requests, overview, schedules};
use watchbell_ui::pages::handoff::HandoffView;
use watchbell_ui::pages::schedule::chart::Chart;
use watchbell_ui::pages::schedule::override_form::OverrideForm;
use watchbell_ui::pages::schedule::{OVERRIDE_DIALOG, ScheduleMay, ScheduleView, TemporaryRow, schedule as page};
use watchbell_ui::{Form, Shell, routes};

/// Exceptions that are listed of each kind.
const EXCEPTIONS_SHOWN: i64 = 100;

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/schedules/{id}", get(show))
        .route("/schedules/{id}/delete", post(delete))
        .route("/schedules/{id}/cover", post(ask_for_cover))
        .route("/schedules/{id}/feed", post(make_feed))
        .route("/schedules/{id}/feed/{feed}/revoke", post(revoke_feed))
}

/// What somebody of a role may do.
pub(super) fn may(role: Role) -> ScheduleMay {
    ScheduleMay { take: May::Respond.is_granted_to(role), edit: May::Configure.is_granted_to(role) }
}

async fn show(State(app): State<App>, InPath(id): InPath<i64>, visit: Visit<Read>, query: Query) -> Answer {
    let view = view(&app, &visit.can, &visit.shell, ScheduleId(id), &query).await?;
    answer::page(page(&visit.shell, &view))
}

/// A schedule with all that is needed to show it.
struct Loaded {
    name: String,
    schedule: Schedule,
    holidays: BTreeMap<CalendarId, Holidays>,
    prepared: Prepared,
    names: Names,
}

impl Loaded {
    async fn of(
        app: &App,
        scope: &Scope,
        id: ScheduleId,
        span: watchbell_core::schedule::Span,
    ) -> Result<Self, ApiError> {
        let name = schedules::get(&app.db, scope, id, app.clock.now()).await?.name;
        let schedule = schedules::load(&app.db, scope, &[id], span).await?.remove(&id);
        let schedule = schedule.ok_or_else(|| StoreError::not_found("schedule", id))?;
        let holidays = schedules::load::holidays(&mut (&app.db).into(), scope.org, schedule.versions.iter()).await?;
        let prepared = Prepared::new(&schedule, &holidays).map_err(ApiError::internal)?;
        let names = Names::of_schedules(app, scope, std::iter::once(&schedule)).await?;
        Ok(Self { name, schedule, holidays, prepared, names })
    }
}

/// The page's view. The zone in force is looked up first, because the window may be asked for in it.
async fn view<P: Permission>(
    app: &App,
    can: &PageCan<P>,
    shell: &Shell,
    id: ScheduleId,
    query: &Query,
) -> Result<ScheduleView, ApiError> {
    let scope = &can.scope;
    let first = Window::of(query, routes::schedule(id), &shell.when, "");
    let loaded = Loaded::of(app, scope, id, seen(first.span, shell.when.now)).await?;
    let zone = zone_of(&loaded.schedule, shell.when.now);
    let window = Window::of(query, routes::schedule(id), &shell.when, &zone);
    let may = may(can.role);
    let take = take_form(app, can, id, &loaded.name, &window).await?;
    let policies = overview::policies_by_schedule(&app.db, scope).await?.remove(&id).unwrap_or_default();
    let absences = away::of_people(app, can, &loaded.names, window.span).await?;
    let mut conflicts = away::conflicting(&loaded.prepared, &absences, &loaded.names, window.ahead());
    away::mark_asked(app, can, id, &mut conflicts).await?;
    let mut chart = chart(&loaded, &window, may);
    chart.rows.iter_mut().take(1).for_each(|last| away::mark(&mut last.bars, &conflicts));
    chart.rows.extend(away::rows(&absences, &loaded.names));
    Ok(ScheduleView {
        id,
        duty: on_duty(&loaded.schedule, &loaded.prepared, &loaded.names, shell.when.now),
        chart,
        gaps: gaps(&loaded.prepared, window.ahead()),
        conflicts,
        overrides: override_rows(app, can, id, window.span, &loaded.names).await?,
        temporaries: temporary_rows(app, scope, id, &window).await?,
        coverage: sharing(&loaded.prepared, &loaded.names, window.span, &zone),
        feed: Some(feeds::panel(app, can, feed_of(id), None).await?),
        take,
        policies: policies.into_iter().map(|(id, name)| (name, routes::policy(id))).collect(),
        handoff: handoff_of(app, can, (id, &loaded), shell.when.now).await?,
        form: Form::default(),
        may,
        name: loaded.name,
        controls: window.controls,
    })
}

/// What was left for the next person.
async fn handoff_of<P>(
    app: &App,
    can: &PageCan<P>,
    (id, loaded): (ScheduleId, &Loaded),
    now: Timestamp,
) -> Result<Option<HandoffView>, ApiError> {
    let shown = [(id, loaded.name.as_str(), &loaded.prepared)];
    Ok(handoff::blocks(app, can, &shown, now).await?.pop())
}

fn chart(loaded: &Loaded, window: &Window, may: ScheduleMay) -> Chart {
    let source =
        Source { schedule: &loaded.schedule, holidays: &loaded.holidays, names: &loaded.names, span: window.span };
    let day = |at: jiff::Timestamp| at.to_zoned(window.when.zone.clone()).date();
    Chart {
        id: "schedule".into(),
        name: loaded.name.clone(),
        span: window.span,
        when: window.when.clone(),
        rows: source.rows(),
        holidays: named_days(&loaded.schedule, &loaded.holidays, (day(window.span.from), day(window.span.until))),
        drag_opens: may.take.then_some(OVERRIDE_DIALOG),
    }
}

async fn temporary_rows(
    app: &App,
    scope: &Scope,
    id: ScheduleId,
    window: &Window,
) -> Result<Vec<TemporaryRow>, StoreError> {
    let span = seen(window.span, window.when.now);
    let found = schedules::temporaries::list(&app.db, scope, id, span, Page::first(EXCEPTIONS_SHOWN)).await?;
    let row = |one: &schedules::temporaries::TemporarySchedule| TemporaryRow {
        id: one.id,
        span: one.span,
        shifts: one.shifts.len() as i64,
    };
    Ok(found.iter().map(row).collect())
}

/// The form of the dialog: the viewer, from the next full hour for a day's work.
async fn take_form<P>(
    app: &App,
    can: &PageCan<P>,
    id: ScheduleId,
    name: &str,
    window: &Window,
) -> Result<OverrideForm, ApiError> {
    let civil = Civil::named(&window.controls.zone).ok_or_else(|| ApiError::internal("no zone database"))?;
    let own: Option<UserId> = can.scope.actor.user();
    Ok(OverrideForm {
        schedule: id,
        name: name.to_owned(),
        id: None,
        people: choices_of(app, can).await?,
        zone: civil.name().to_owned(),
        form: if own.is_some() { blank(can, &civil, window.when.now, None) } else { Form::default() },
    })
}

async fn delete(State(app): State<App>, InPath(id): InPath<i64>, posted: Filled<Configure>) -> Answer {
    let (can, id) = (posted.can, ScheduleId(id));
    let mut reader = Reader::new(posted.form)?;
    match reader.form.is_on("confirmed") {
        false => reader.form.error("", "Tick the box to delete the schedule."),
        true => match schedules::delete(&app.db, &can.scope, id, app.clock.now()).await {
            Ok(()) => return answer::done(routes::SCHEDULES, "The schedule is deleted."),
            Err(error) => reader.refuse(error, &[])?,
        },
    }
    refused(&app, &can, id, reader.form).await
}

/// One click on somebody who is on call while they are away: everyone is asked. Fields: `user`, `from`, `until` (seconds).
async fn ask_for_cover(State(app): State<App>, InPath(id): InPath<i64>, posted: Filled<Respond>) -> Answer {
    let (can, id) = (posted.can, ScheduleId(id));
    let mut reader = Reader::new(posted.form)?;
    let Some(new) = away::request_of(&reader, id) else {
        return Err(ApiError::bad_request("The form is not whole: open the schedule again."));
    };
    if !decides_for(&can.scope, can.role, new.user) {
        return Err(ApiError::forbidden("Responders ask for cover of their own duties; others, who edit schedules."));
    }
    match cover_requests::create(&app.db, &can.scope, new, app.clock.now()).await {
        Ok(_) => {
            return answer::done(
                &routes::schedule(id),
                "Everyone is asked. The shift stays where it is until somebody takes it.",
            );
        }
        Err(error) => reader.refuse(error, &[])?,
    }
    refused(&app, &can, id, reader.form).await
}

async fn refused<P: Permission>(app: &App, can: &PageCan<P>, id: ScheduleId, form: Form) -> Answer {
    let shell = shell::of(app, can).await?;
    let view = view(app, can, &shell, id, &Query::default()).await?;
    answer::refused(page(&shell, &ScheduleView { form, ..view }))
}

/// What the feed of a schedule shows, and where its forms go.
fn feed_of(id: ScheduleId) -> (Subject, String) {
    (Subject::Schedule(id), routes::schedule_do(id, "feed"))
}

/// The address is in this answer only; it is not redirected, because then it would have to be kept somewhere.
async fn make_feed(State(app): State<App>, InPath(id): InPath<i64>, posted: Filled<Read>) -> Answer {
    let (can, id) = (posted.can, ScheduleId(id));
    let mut reader = Reader::new(posted.form)?;
    let made = feeds::make(&app, &can, Subject::Schedule(id), &mut reader).await?;
    let shell = shell::of(&app, &can).await?;
    let mut view = view(&app, &can, &shell, id, &Query::default()).await?;
    let is_made = made.is_some();
    view.feed = Some(feeds::panel(&app, &can, feed_of(id), made).await?);
    view.form = reader.form;
    if is_made { answer::page(page(&shell, &view)) } else { answer::refused(page(&shell, &view)) }
}

async fn revoke_feed(State(app): State<App>, InPath((id, feed)): InPath<(i64, i64)>, posted: Filled<Read>) -> Answer {
    let words = feeds::revoke(&app, &posted.can, feed).await?;
    answer::done(&routes::schedule(id), &words)
}
