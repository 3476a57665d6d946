//! Recent events of a source, and what became of each.

use super::super::alerts::without_key;
use super::super::query::{Query, address};
use crate::app::App;
use crate::error::ApiError;
use serde_json::Value as Json;
use watchbell_core::alert::Alert;
use watchbell_core::autotask::{SourceRules, Verdict as Decided};
use watchbell_core::ids::AlertId;
use watchbell_core::text;
use watchbell_store::event_search::{self, FoundEvent};
use watchbell_store::events::Verdict;
use watchbell_store::scope::Scope;
use watchbell_store::sources::{KEY_SEALED, Source};
use watchbell_store::tickets::{self, Ticket};
use watchbell_store::{StoreError, alert_search};
use watchbell_ui::components::Paging;
use watchbell_ui::pages::source_events::{EventRow, Fate};
use watchbell_ui::routes;

/// What a callout wants, and an event of a webhook.
const CALLOUT: &str = "CALLOUT";
const WEBHOOK: &str = "WEBHOOK";
/// What an event that opens an alert wants.
const ALERT: &str = "ALERT";
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
    let found = if source.connector.is_some() { without_echoes(found) } else { found };
    let about = About::load(app, scope, source, &found).await?;
    let mut rows: Vec<EventRow> = found.into_iter().map(|event| row(event, source, &about)).collect();
    if rows.is_empty() && !text.is_empty() {
        rows.extend(by_number(app, scope, source, &text).await?);
    }
    Ok((rows, paging))
}

/// A callout and what its ticket led to are two rows in the store and one thing to a reader: the callout says it all.
fn without_echoes(found: Vec<FoundEvent>) -> Vec<FoundEvent> {
    let told: Vec<AlertId> = found
        .iter()
        .filter(|event| matches!(event.kind.as_str(), CALLOUT | WEBHOOK) && is_opened(event))
        .filter_map(|event| event.alert)
        .collect();
    let is_echo = |event: &FoundEvent| event.kind == ALERT && event.alert.is_some_and(|alert| told.contains(&alert));
    found.into_iter().filter(|event| !(is_opened(event) && is_echo(event))).collect()
}

fn is_opened(event: &FoundEvent) -> bool {
    event.verdict == Verdict::Opened.as_str()
}

/// What the rows are about.
struct About {
    /// Alerts that were opened by what a ticket says, not by a message of the tool.
    opened: Vec<Alert>,
    tickets: Vec<Ticket>,
    key: Option<String>,
}

impl About {
    async fn load(app: &App, scope: &Scope, source: &Source, found: &[FoundEvent]) -> Result<Self, StoreError> {
        let is_of_ticket = |event: &&FoundEvent| source.connector.is_some() && event.subject.is_none();
        let opened: Vec<i64> = found.iter().filter(is_of_ticket).filter_map(|event| Some(event.alert?.0)).collect();
        let opened = alert_search::get_many(&app.db, scope, opened).await?;
        let mut about =
            Self { opened, tickets: Vec::new(), key: app.sealer.open_text(KEY_SEALED, &source.key_sealed).ok() };
        let ids = found.iter().filter_map(|event| about.ticket_id(event)).collect();
        about.tickets = tickets::get_many(&app.db, scope, source.id, ids).await?;
        Ok(about)
    }

    fn opened(&self, event: &FoundEvent) -> Option<&Alert> {
        self.opened.iter().find(|alert| event.subject.is_none() && Some(alert.id) == event.alert)
    }

    /// From the subject of a callout, or from the alert that the ticket opened.
    fn ticket_id(&self, event: &FoundEvent) -> Option<i64> {
        match &event.subject {
            Some(subject) => subject.rsplit(':').next()?.trim().parse().ok(),
            None => self.opened(event)?.content.ticket.as_ref().map(|ticket| ticket.id),
        }
    }

    /// The ticket, or the summary of the alert, or what the event says of itself.
    fn subject(&self, event: &FoundEvent, body: &str) -> String {
        let ticket = self.ticket_id(event).and_then(|id| self.tickets.iter().find(|ticket| ticket.ticket_id == id));
        match (ticket, self.opened(event)) {
            (Some(ticket), _) => named(ticket),
            (None, Some(alert)) => alert.summary.clone(),
            (None, None) => subject(event, body),
        }
    }
}

fn row(event: FoundEvent, source: &Source, about: &About) -> EventRow {
    let body = without_key(String::from_utf8_lossy(&event.body).into_owned(), about.key.as_deref());
    EventRow {
        at: event.received_at,
        way: way(&event.kind, source).into(),
        subject: about.subject(&event, &body),
        fate: fate(&event),
        body: Some(text::cut(&body, BODY_CHARS_MAX)).filter(|body| !body.is_empty()),
    }
}

fn named(ticket: &Ticket) -> String {
    format!("{} {}", ticket.number, ticket.title)
}

fn way(kind: &str, source: &Source) -> &'static str {
    match kind {
        CALLOUT => "callout",
        WEBHOOK => "webhook",
        "POLL" => "poll",
        "MERGE" => "merge",
        // What a ticket said when it was read.
        _ if source.connector.is_some() => "ticket read",
        _ => "API",
    }
}

/// The summary of an event's body, its alert key, or what it calls itself.
fn subject(event: &FoundEvent, body: &str) -> String {
    let json = serde_json::from_str::<Json>(body).unwrap_or_default();
    let said = |name: &str| json.get(name)?.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    let kept = event.subject.clone().map(|subject| format!("Ticket {subject}"));
    let keyed = || said("alertKey").map(|key| format!("{} for the alert key {key}", event.kind));
    text::cut(&said("summary").or(kept).or_else(keyed).unwrap_or_else(|| event.kind.clone()), 200)
}

fn fate(event: &FoundEvent) -> Fate {
    let reason = || unprefixed(event.reason.as_deref().unwrap_or_default());
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

/// A verdict as the end of "Not paged: ".
fn unprefixed(words: &str) -> String {
    words.trim_start_matches("No alert: ").trim_end_matches('.').to_owned()
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
        None => Fate::NotPaged(unprefixed(&words)),
    };
    Ok(Some(EventRow { at: ticket.seen_at, way: "poll".into(), subject: named(&ticket), fate, body: None }))
}
