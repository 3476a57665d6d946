//! Who changed what.

use super::answer::{self, Answer};
use super::choices::CHOICES_MAX;
use super::query::{Query, address};
use super::shell::{Visit, full_name};
use crate::app::App;
use crate::auth::Administer;
use crate::error::ApiError;
use axum::Router;
use axum::extract::State;
use axum::routing::get;
use watchbell_core::text::fold;
use watchbell_core::timeline::Actor;
use watchbell_store::audit::AuditRow as Stored;
use watchbell_store::audit_search::{self, AuditQuery};
use watchbell_store::scope::Scope;
use watchbell_store::users::{self, User};
use watchbell_store::{Page, StoreError};
use watchbell_ui::components::{Choice, Paging};
use watchbell_ui::pages::audit::{AuditRow, AuditView, audit as page};
use watchbell_ui::{Form, routes};

/// The route.
pub(super) fn router() -> Router<App> {
    Router::new().route(routes::AUDIT, get(show))
}

/// Characters of a thing that are shown as it was and as it is.
const SHOWN_CHARS_MAX: usize = 8_000;

async fn show(State(app): State<App>, visit: Visit<Administer>, query: Query) -> Answer {
    let scope = &visit.can.scope;
    let (text, noun) = (query.text("q"), query.text("noun"));
    let people = users::list(&app.db, scope, Page::first(CHOICES_MAX)).await?;
    let wanted = AuditQuery { noun: noun.clone(), text: text.clone(), actors: named(&people, &text) };
    let (rows, total) = audit_search::search(&app.db, scope, wanted, query.window()).await?;
    let here = address(routes::AUDIT, &[("q", &text), ("noun", &noun), ("page", "0")])?;
    let view = AuditView {
        rows: rows.into_iter().map(|row| shown(row, &people)).collect::<Result<_, _>>()?,
        paging: Paging::of(query.page(), total, |page| here.replace("page=0", &format!("page={page}"))),
        filter: Form::of([("q", text), ("noun", noun)]),
        nouns: nouns(&app, scope).await?,
    };
    answer::page(page(&visit.shell, &view))
}

async fn nouns(app: &App, scope: &Scope) -> Result<Vec<Choice>, StoreError> {
    Ok(audit_search::nouns(&app.db, scope)
        .await?
        .into_iter()
        .map(|noun| Choice::new(noun.clone(), said(&noun)))
        .collect())
}

/// The people whom a text names.
fn named(people: &[User], text: &str) -> Vec<Actor> {
    let text = fold(text);
    let is_named = |user: &&User| {
        !text.is_empty() && (fold(&full_name(user)).contains(&text) || fold(&user.email).contains(&text))
    };
    people.iter().filter(is_named).map(|user| Actor::User { id: user.id }).collect()
}

fn shown(row: Stored, people: &[User]) -> Result<AuditRow, ApiError> {
    let pretty = |json: &serde_json::Value| {
        serde_json::to_string_pretty(json).map(|text| watchbell_core::text::cut(&text, SHOWN_CHARS_MAX))
    };
    let name = row.after.as_ref().or(row.before.as_ref()).and_then(name_in).unwrap_or_else(|| row.noun_id.clone());
    let (verb, noun, subject) = in_words((&row.verb, &row.noun), &name);
    Ok(AuditRow {
        at: row.at,
        actor: actor(&row.actor, people),
        verb: verb.into(),
        noun: noun.into(),
        subject: subject.into(),
        before: row.before.as_ref().map(pretty).transpose().map_err(ApiError::internal)?,
        after: row.after.as_ref().map(pretty).transpose().map_err(ApiError::internal)?,
    })
}

/// A kind of thing in the pages' own word.
fn said(noun: &str) -> &str {
    if noun == "connector" { "account" } else { noun }
}

/// What was done, to what kind of thing, and what that is called; settings are stored under names of their own.
fn in_words<'a>((verb, noun): (&str, &'a str), name: &'a str) -> (&'static str, &'a str, &'a str) {
    let done = match verb {
        "CREATE" => "made",
        "DELETE" => "deleted",
        _ => "changed",
    };
    match (noun, name, verb) {
        ("setting", "paging_held", "DELETE") => ("resumed", "paging", ""),
        ("setting", "paging_held", _) => ("held", "paging back", ""),
        ("setting", "smtp", _) => (done, noun, "E-mail"),
        ("setting", "public_url", _) => (done, noun, "Public address"),
        ("setting", "retention", _) => (done, noun, "Kept for"),
        ("setting", "setup_token", _) => (done, "the", "set-up token"),
        _ => (done, said(noun), name),
    }
}

/// What the thing is called.
fn name_in(thing: &serde_json::Value) -> Option<String> {
    ["name", "email", "target"].iter().find_map(|field| thing.get(field)?.as_str().map(str::to_owned))
}

fn actor(actor: &Actor, people: &[User]) -> String {
    match actor {
        Actor::User { id } => people.iter().find(|user| user.id == *id).map_or_else(|| format!("user {id}"), full_name),
        Actor::Source { id } => format!("source {id}"),
        Actor::Outside { name } => name.clone(),
        Actor::System => "Watchbell".into(),
        Actor::CommandLine => "the command line".into(),
    }
}
