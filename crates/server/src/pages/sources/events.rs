//! Recent events of a source, and what became of each.

use super::super::alerts::without_key;
use super::super::query::{Query, address};
use crate::app::App;
use crate::error::ApiError;
use serde_json::Value as Json;
use watchbell_core::autotask::{SourceRules, Verdict as Decided};
use watchbell_core::text;
use watchbell_store::event_search::{self, FoundEvent};
use watchbell_store::scope::Scope;
use watchbell_store::sources::{KEY_SEALED, Source};
use watchbell_store::tickets::{self, Ticket};
use watchbell_ui::components::Paging;
use watchbell_ui::pages::source_events::{EventRow, Fate};
use watchbell_ui::routes;

/// Characters of a body that are shown.
const BODY_CHARS_MAX: usize = 4_000;

/// A page of the events of a source, and where it stands.
pub(super) async fn events(
    app: &App,
    scope: &Scope,
    source: &Source,
    query: &Query,
) -> Result<(Vec<EventRow>, Paging), ApiError> {
    let text = query.text("q");
    let (found, total) = event_search::search(&app.db, scope, source.id, &text, query.window()).await?;
    let here = address(&routes::source(source.id), &[("q", &text), ("page", "0")])?;
    let paging = Paging::of(query.page(), total, |page| here.replace("page=0", &format!("page={page}")));
    let ids: Vec<i64> = found.iter().filter_map(ticket_id).collect();
    let seen = tickets::get_many(&app.db, scope, source.id, ids).await?;
    let key = app.sealer.open_text(KEY_SEALED, &source.key_sealed).ok();
    let mut rows: Vec<EventRow> = found.into_iter().map(|event| row(event, source, (&seen, key.as_deref()))).collect();
    if rows.is_empty() && !text.is_empty() {
        rows.extend(by_number(app, scope, source, &text).await?);
    }
    Ok((rows, paging))
}

fn ticket_id(event: &FoundEvent) -> Option<i64> {
    event.subject.as_deref()?.rsplit(':').next()?.trim().parse().ok()
}

fn row(event: FoundEvent, source: &Source, (seen, key): (&[Ticket], Option<&str>)) -> EventRow {
    let body = without_key(String::from_utf8_lossy(&event.body).into_owned(), key);
    let ticket = ticket_id(&event).and_then(|id| seen.iter().find(|ticket| ticket.ticket_id == id));
    EventRow {
        at: event.received_at,
        way: way(&event.kind, source).into(),
        subject: ticket.map(named).unwrap_or_else(|| subject(&event, &body)),
        fate: fate(&event),
        body: Some(text::cut(&body, BODY_CHARS_MAX)).filter(|body| !body.is_empty()),
    }
}

fn named(ticket: &Ticket) -> String {
    format!("{} {}", ticket.number, ticket.title)
}

fn way(kind: &str, source: &Source) -> &'static str {
    match kind {
        "CALLOUT" => "callout",
        "POLL" => "poll",
        // What a ticket that was read led to.
        _ if source.connector.is_some() => "ticket",
        _ => "API",
    }
}

/// The summary of an event's body, or what it calls itself.
fn subject(event: &FoundEvent, body: &str) -> String {
    let summary =
        serde_json::from_str::<Json>(body).ok().and_then(|json| json.get("summary")?.as_str().map(str::to_owned));
    let kept = event.subject.clone().map(|subject| format!("Ticket {subject}"));
    text::cut(&summary.or(kept).unwrap_or_else(|| event.kind.clone()), 200)
}

fn fate(event: &FoundEvent) -> Fate {
    let reason = || event.reason.clone().unwrap_or_default().trim_end_matches('.').to_owned();
    let or = |words: &str| Some(reason()).filter(|reason| !reason.is_empty()).unwrap_or_else(|| words.to_owned());
    match (event.verdict.as_str(), event.alert) {
        ("OPENED", Some(alert)) => Fate::Opened(alert),
        ("GROUPED", Some(alert)) => Fate::Added(alert, or("counted")),
        ("APPLIED", Some(alert)) => Fate::Added(alert, or(applied(&event.kind))),
        (_, Some(alert)) => Fate::Added(alert, or("changed nothing")),
        ("WAITING", None) => Fate::Waiting(or("The ticket is being read")),
        ("REJECTED", None) => Fate::Rejected(or("no reason was kept")),
        ("NO_ALERT", None) => Fate::NotPaged(or("no alert with this key is open")),
        (_, None) => Fate::NotPaged(or("nothing that counts has changed")),
    }
}

fn applied(kind: &str) -> &'static str {
    match kind {
        "ACCEPT" => "accepted",
        "RESOLVE" => "resolved",
        "COMMENT" => "commented",
        _ => "changed",
    }
}

/// A ticket that was only seen by asking has no event of its own, but a verdict: "why was nobody paged for it".
async fn by_number(app: &App, scope: &Scope, source: &Source, number: &str) -> Result<Option<EventRow>, ApiError> {
    let Some(ticket) = tickets::find_by_number(&app.db, scope, source.id, number).await? else { return Ok(None) };
    let rules: Option<SourceRules> = source.rules.as_deref().and_then(|json| serde_json::from_str(json).ok());
    let verdict: Option<Decided> = serde_json::from_str(&ticket.verdict).ok();
    let words = match (verdict, rules) {
        (Some(verdict), Some(rules)) => crate::engine::autotask::say_verdict(&verdict, &rules),
        _ => "it was seen".into(),
    };
    let fate = match ticket.alert {
        Some(alert) => Fate::Added(alert, words),
        None => Fate::NotPaged(words.trim_start_matches("No alert: ").trim_end_matches('.').to_owned()),
    };
    Ok(Some(EventRow { at: ticket.seen_at, way: "poll".into(), subject: named(&ticket), fate, body: None }))
}
