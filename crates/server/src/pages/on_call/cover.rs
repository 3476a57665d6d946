//! Cover requests on my on-call: asked with a form, answered by those who are asked, taken back.

use super::super::answer::{self, Answer};
use super::super::choices;
use super::super::query::Query;
use super::super::reader::{Filled, Reader};
use super::super::schedules::Civil;
use super::super::shell;
use super::requests::EVERYONE;
use super::view::{Forms, view};
use crate::api::cover_requests::may_withdraw;
use crate::api::extract::InPath;
use crate::app::App;
use crate::auth::{PageCan, Respond};
use crate::error::ApiError;
use axum::Router;
use axum::extract::State;
use axum::routing::post;
use jiff::Timestamp;
use watchbell_core::cover::Asked;
use watchbell_core::ids::{CoverRequestId, ScheduleId, TeamId, UserId};
use watchbell_core::limits::TEXT_CHARS_MAX;
use watchbell_core::text::Text;
use watchbell_store::StoreError;
use watchbell_store::cover_requests::{self, CoverIn};
use watchbell_store::scope::Scope;
use watchbell_ui::components::Choice;
use watchbell_ui::pages::on_call::on_call;
use watchbell_ui::{Form, Shell, routes};

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/on-call/cover", post(ask))
        .route("/on-call/cover/{id}/accept", post(accept))
        .route("/on-call/cover/{id}/decline", post(decline))
        .route("/on-call/cover/{id}/withdraw", post(withdraw))
}

/// The form for a shift that the address names, in the viewer's zone.
pub(super) fn blank(query: &Query, shell: &Shell, now: Timestamp) -> Form {
    let civil = Civil::named(shell.when.zone.iana_name().unwrap_or("UTC"));
    let at = |name: &str| query.number(name).and_then(|second| Timestamp::from_second(second).ok());
    let field = |at: Option<Timestamp>| at.zip(civil.as_ref()).map(|(at, civil)| civil.field(at)).unwrap_or_default();
    Form::of([
        ("schedule", query.text("schedule")),
        ("to", EVERYONE.to_owned()),
        ("from", field(at("from").map(|at| at.max(now)))),
        ("until", field(at("until"))),
    ])
}

/// Whom one may ask: everyone, a team, a person.
pub(super) async fn whom(app: &App, scope: &Scope, own: UserId) -> Result<Vec<Choice>, StoreError> {
    let teams = choices::teams(app, scope).await?.into_iter();
    let teams = teams.map(|team| Choice::new(format!("team:{}", team.value), format!("Team {}", team.text)));
    let others = choices::people(app, scope).await?.into_iter().filter(|person| person.value != own.to_string());
    let people: Vec<Choice> = others.map(|person| Choice::new(format!("user:{}", person.value), person.text)).collect();
    if people.is_empty() {
        return Ok(Vec::new());
    }
    Ok(std::iter::once(Choice::new(EVERYONE, "Everyone")).chain(teams).chain(people).collect())
}

fn asked(word: &str) -> Option<Asked> {
    match word.split_once(':') {
        None => (word == EVERYONE).then_some(Asked::Everybody),
        Some(("team", id)) => id.parse().ok().map(|id| Asked::Team(TeamId(id))),
        Some(("user", id)) => id.parse().ok().map(|id| Asked::User(UserId(id))),
        Some(_) => None,
    }
}

/// The request that a form describes. `None`: it was refused, and the form says why.
fn read(reader: &mut Reader, user: UserId) -> Option<CoverIn> {
    let schedule: Option<i64> = reader.form.value("schedule").parse().ok();
    let asked = asked(reader.form.value("to"));
    if schedule.is_none() {
        reader.form.error("schedule", "Choose a schedule.");
    }
    if asked.is_none() {
        reader.form.error("to", "Choose whom to ask.");
    }
    let parsed = reader.filled("note").map(|note| Text::<TEXT_CHARS_MAX>::parse(&note)).transpose();
    let parsed = parsed.map_err(|error| ApiError::field("note", error));
    let note = reader.take("note", parsed);
    let span = Civil::of_form(reader)?.span(reader, "from", "until");
    let message = note?.map(Text::into_string);
    Some(CoverIn { schedule: ScheduleId(schedule?), user, span: span?, message, asked: asked? })
}

/// The store's words for its fields, and the form's.
const FIELDS: [(&str, &str); 5] =
    [("start", "from"), ("end", "until"), ("askedUser", "to"), ("askedTeam", "to"), ("user", "to")];

async fn ask(State(app): State<App>, posted: Filled<Respond>) -> Answer {
    let can = posted.can;
    let mut reader = Reader::new(posted.form)?;
    let user = super::super::people::own(&can)?;
    if let Some(new) = read(&mut reader, user) {
        match cover_requests::create(&app.db, &can.scope, new, app.clock.now()).await {
            Ok(_) => return answer::done(routes::ON_CALL, "Asked. The shift stays yours until somebody takes it."),
            Err(error) => reader.refuse_at(error, &FIELDS)?,
        }
    }
    refused(&app, &can, Forms { cover: Some(reader.form), ..Forms::default() }).await
}

async fn refused(app: &App, can: &PageCan<Respond>, forms: Forms) -> Answer {
    let shell = shell::of(app, can).await?;
    answer::refused(on_call(&shell, &view(app, can, &shell, &Query::default(), forms).await?))
}

/// What was done, or the page with the reason why not: somebody was faster, or it is over.
async fn answered<T>(app: &App, can: &PageCan<Respond>, done: Result<T, StoreError>, words: &str) -> Answer {
    let mut reader = Reader { form: Form::of([("hours", "2")]) };
    match done {
        Ok(_) => answer::done(routes::ON_CALL, words),
        Err(error) => {
            reader.refuse(error, &[])?;
            refused(app, can, Forms { own: Some(reader.form), ..Forms::default() }).await
        }
    }
}

async fn accept(State(app): State<App>, InPath(id): InPath<i64>, posted: Filled<Respond>) -> Answer {
    let (can, id) = (posted.can, CoverRequestId(id));
    let by = super::super::people::own(&can)?;
    let done = cover_requests::accept(&app.db, &can.scope, id, by, app.clock.now()).await;
    answered(&app, &can, done, "The shift is yours.").await
}

async fn decline(State(app): State<App>, InPath(id): InPath<i64>, posted: Filled<Respond>) -> Answer {
    let (can, id) = (posted.can, CoverRequestId(id));
    let by = super::super::people::own(&can)?;
    let done = cover_requests::decline(&app.db, &can.scope, id, by, app.clock.now()).await;
    answered(&app, &can, done, "You said that you cannot.").await
}

async fn withdraw(State(app): State<App>, InPath(id): InPath<i64>, posted: Filled<Respond>) -> Answer {
    let (can, id) = (posted.can, CoverRequestId(id));
    let request = cover_requests::get(&app.db, &can.scope, id).await?;
    if !may_withdraw(&can.scope, can.role, &request) {
        return Err(ApiError::forbidden("Who asked takes a cover request back, or somebody who edits schedules."));
    }
    let done = cover_requests::withdraw(&app.db, &can.scope, id, app.clock.now()).await;
    answered(&app, &can, done, "The request is withdrawn: the shift stays where it is.").await
}
