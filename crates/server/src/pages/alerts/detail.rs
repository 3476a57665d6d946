//! One alert.

use super::super::answer::{self, Answer};
use super::super::choices;
use super::super::query::Query;
use super::super::shell::{self, Visit};
use super::around::Around;
use super::history::{self, LINES};
use super::picture::picture;
use super::rows::row;
use super::why::why;
use crate::api::alerts::actions;
use crate::api::extract::InPath;
use crate::app::App;
use crate::auth::{May, PageCan, Permission, Read};
use crate::error::ApiError;
use axum::Router;
use axum::extract::State;
use axum::routing::get;
use watchbell_core::alert::{Alert, Status};
use watchbell_core::event::Link;
use watchbell_core::ids::AlertId;
use watchbell_core::text;
use watchbell_core::user::Role;
use watchbell_store::responders::ResponderStatus;
use watchbell_store::scope::Scope;
use watchbell_store::sources::{KEY_SEALED, Source};
use watchbell_store::{StoreError, alerts, events, timeline};
use watchbell_ui::components::Choice;
use watchbell_ui::pages::alert::{self as page, AlertView};
use watchbell_ui::time::When;
use watchbell_ui::{Form, routes};

pub(super) fn router() -> Router<App> {
    Router::new().route("/alerts/{id}", get(show))
}

/// Characters of the last payload that are shown.
const PAYLOAD_CHARS_MAX: usize = 16_000;
/// Log entries that the picture and the reasons are made from.
const ENTRIES_MAX: i64 = 200;

async fn show(State(app): State<App>, InPath(id): InPath<i64>, visit: Visit<Read>, query: Query) -> Answer {
    let lines = query.number("lines").unwrap_or(LINES.0).clamp(LINES.0, LINES.1);
    let looks = Looks { scope: &visit.can.scope, role: visit.can.role, when: &visit.shell.when, lines };
    let view = view(&app, &looks, AlertId(id), Form::default()).await?;
    answer::page(page::alert(&visit.shell, &view))
}

/// The page with a form that was refused.
pub(super) async fn refused<P: Permission>(app: &App, can: &PageCan<P>, id: AlertId, form: Form) -> Answer {
    let shell = shell::of(app, can).await?;
    let looks = Looks { scope: &can.scope, role: can.role, when: &shell.when, lines: LINES.0 };
    answer::refused(page::alert(&shell, &view(app, &looks, id, form).await?))
}

/// Who looks at an alert, and how far back.
#[derive(Debug, Clone, Copy)]
pub(super) struct Looks<'a> {
    pub(super) scope: &'a Scope,
    pub(super) role: Role,
    pub(super) when: &'a When,
    pub(super) lines: i64,
}

/// Everything about one alert, for somebody.
pub(super) async fn view(app: &App, looks: &Looks<'_>, id: AlertId, form: Form) -> Result<AlertView, ApiError> {
    let scope = looks.scope;
    let alert = alerts::get(&app.db, scope, id).await?;
    let mut around = Around::load(app, scope, std::slice::from_ref(&alert)).await?;
    let log = timeline::list(&app.db, scope, id, ENTRIES_MAX).await?;
    let lines = history::lines(app, scope, id, looks.lines).await?;
    let (timeline, names) = history::items(app, scope, &mut around, &lines).await?;
    let is_cut = i64::try_from(lines.len()).unwrap_or(i64::MAX) >= looks.lines && looks.lines < LINES.1;
    let source = around.sources.get(&alert.source);
    let responds = May::Respond.is_granted_to(looks.role);
    Ok(AlertView {
        row: row(&around, &alert),
        details: alert.details.clone(),
        source_href: source.filter(|source| source.deleted_at.is_none()).map(|source| routes::source(source.id)),
        key: alert.key.clone(),
        ticket: alert.content.ticket.clone(),
        caller: alert.content.caller.clone(),
        links: links(&alert),
        images: alert.content.images.clone(),
        labels: labels(&alert),
        warnings: alert.content.warnings.clone(),
        responders: around
            .responders
            .iter()
            .filter(|r| r.status == ResponderStatus::Accepted || !r.is_paged_only)
            .map(|r| around.person(r.user))
            .collect(),
        escalation: picture(app, scope, (&alert, &around, &log)).await?,
        why: why(&alert, &around, (&log, &lines), scope.actor.user(), looks.when),
        timeline,
        timeline_older: is_cut.then(|| format!("{}?lines={}", routes::alert(id), looks.lines * 3)),
        names,
        payload: payload(app, scope, &alert, source).await?,
        may: page::May { respond: responds, complete_ticket: responds && alert.content.ticket.is_some() },
        actions: if responds { offered(app, scope, &alert).await? } else { Vec::new() },
        assignees: if responds && alert.status != Status::Resolved { assignees(app, scope).await? } else { Vec::new() },
        stream: format!("{}?lines={}", routes::alert_do(id, "stream"), looks.lines),
        form,
    })
}

fn labels(alert: &Alert) -> Vec<(String, String)> {
    let custom = alert.content.custom_details.as_ref().map(|json| ("Custom details".to_owned(), json.to_string()));
    let is_ticket = alert.content.ticket.is_some();
    let named = |name: &String| if is_ticket { field_label(name).to_owned() } else { name.clone() };
    alert.content.labels.iter().map(|(name, value)| (named(name), value.clone())).chain(custom).collect()
}

/// A ticket's field as people call it; labels of other tools keep the names that their senders gave.
fn field_label(name: &str) -> &str {
    match name {
        "assignee" => "Assigned to",
        "issueType" => "Issue type",
        "subIssueType" => "Sub-issue type",
        "ticketCategory" => "Ticket category",
        "ticketType" => "Ticket type",
        other => other,
    }
}

/// Links beside the ticket's own, which stands among the facts.
fn links(alert: &Alert) -> Vec<Link> {
    let ticket = alert.content.ticket.as_ref().and_then(|ticket| ticket.url.as_deref());
    alert.content.links.iter().filter(|link| Some(link.href.as_str()) != ticket).cloned().collect()
}

/// The last event as it came, without the integration key that it may carry.
async fn payload(
    app: &App,
    scope: &Scope,
    alert: &Alert,
    source: Option<&Source>,
) -> Result<Option<String>, StoreError> {
    let Some(event) = events::list_of_alert(&app.db, scope, alert.id, None, 1).await?.pop() else { return Ok(None) };
    let body = String::from_utf8_lossy(&event.body).into_owned();
    let key = source.and_then(|source| app.sealer.open_text(KEY_SEALED, &source.key_sealed).ok());
    Ok(Some(text::cut(&without_key(body, key.as_deref()), PAYLOAD_CHARS_MAX)).filter(|body| !body.is_empty()))
}

/// A body without the integration key that proves its sender.
pub(in super::super) fn without_key(body: String, key: Option<&str>) -> String {
    match key {
        Some(key) if !key.is_empty() => body.replace(key, "(integration key)"),
        _ => body,
    }
}

/// Alert actions that may be let act upon it.
async fn offered(app: &App, scope: &Scope, alert: &Alert) -> Result<Vec<Choice>, StoreError> {
    let found = actions::offered(app, scope, alert).await?;
    Ok(found.into_iter().map(|action| Choice::new(action.id.0, action.name)).collect())
}

async fn assignees(app: &App, scope: &Scope) -> Result<Vec<Choice>, StoreError> {
    let people = choices::people(app, scope)
        .await?
        .into_iter()
        .map(|choice| Choice::new(format!("user:{}", choice.value), choice.text));
    let policies = choices::policies(app, scope).await?.into_iter();
    let policies =
        policies.map(|choice| Choice::new(format!("policy:{}", choice.value), format!("Policy {}", choice.text)));
    Ok(people.chain(policies).collect())
}
