//! The log of an alert: events, what people and the escalation did, and messages, the latest first.

use super::log_text::{self, Lang, Names};
use super::log_words::{self, LogFilter};
use super::notifications::method;
use crate::api::extract::{InPath, InQuery};
use crate::api::paging::PageOf100;
use crate::api::parse;
use crate::app::App;
use crate::auth::{Can, Read};
use crate::error::{ApiError, ApiResult};
use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use watchbell_core::alert::Alert;
use watchbell_core::ids::{AlertId, PolicyId, UserId};
use watchbell_core::timeline::{Actor, Entry};
use watchbell_store::alert_history::{self, Happened, HistoryLine};
use watchbell_store::scope::Scope;
use watchbell_store::{StoreError, alerts, policies, sources, users};

/// The routes.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::default().routes(routes!(list_log_entries))
}

/// How the log is shown.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct LogQuery {
    /// The language of the texts: `en` or `de`.
    lang: Option<String>,
    /// `vars`: what the texts are made of.
    #[serde(default)]
    include: Vec<String>,
    /// NOTIFICATIONS, ALERT_SOURCE_EVENTS, CALL_ROUTING_EVENTS, ALERT_UPDATES, CONNECTOR_EVENTS, INCIDENT_COMMUNICATIONS; repeatable.
    #[serde(default, rename = "filter-types")]
    filter_types: Vec<String>,
}

const LANGUAGES: [(&str, Lang); 2] = [("en", Lang::En), ("de", Lang::De)];

/// One line of the log.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LogEntry)]
#[serde(rename_all = "camelCase")]
struct LogEntryOut {
    id: i64,
    timestamp: Timestamp,
    log_entry_type: &'static str,
    text: String,
    alert_id: i64,
    filter_types: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    vars: Option<BTreeMap<String, String>>,
}

/// List what happened to an alert, the latest first.
#[utoipa::path(get, path = "/alerts/{id}/log-entries", tags = ["Alerts", "Log-Entries"], params(("id" = i64, Path), PageOf100, LogQuery), responses((status = 200, body = Vec<LogEntryOut>)))]
async fn list_log_entries(
    State(app): State<App>,
    can: Can<Read>,
    InPath(id): InPath<i64>,
    InQuery(page): InQuery<PageOf100>,
    InQuery(query): InQuery<LogQuery>,
) -> ApiResult<Vec<LogEntryOut>> {
    let page = page.page()?;
    let lang = query.lang.map_or(Ok(Lang::En), |lang| parse::word("lang", &lang, &LANGUAGES))?;
    let words = query.filter_types.iter().flat_map(|list| list.split(','));
    let filters = words
        .map(|word| parse::word("filter-types", word.trim(), &LogFilter::WORDS))
        .collect::<Result<Vec<_>, ApiError>>()?;
    let alert = alerts::get(&app.db, &can.scope, AlertId(id)).await?;
    let lines = alert_history::page(&app.db, &can.scope, alert.id, &log_words::to_history(&filters), page).await?;
    let names = read_names(&app, &can.scope, &alert, &lines).await?;
    let with_vars = query.include.iter().any(|word| word == "vars");
    let show = |line: HistoryLine| LogEntryOut {
        id: line.id,
        timestamp: line.at,
        log_entry_type: log_words::type_of(&line.what),
        text: log_text::text(&line.what, &names, lang),
        alert_id: id,
        filter_types: vec![log_words::filter_of(&line.what).as_str()],
        vars: with_vars.then(|| vars(&line.what, &names, lang)),
    };
    Ok(Json(lines.into_iter().map(show).collect()))
}

/// The people and policies that lines name.
async fn read_names(app: &App, scope: &Scope, alert: &Alert, lines: &[HistoryLine]) -> Result<Names, StoreError> {
    let (mut people, mut named) = (Vec::<UserId>::new(), Vec::<PolicyId>::new());
    for line in lines {
        match &line.what {
            Happened::Event(_) => {}
            Happened::Notification(notification) => people.push(notification.user),
            Happened::Log(line) => {
                people.extend(line.actor.user());
                mentioned(&line.entry, &mut people, &mut named);
            }
        }
    }
    people.sort();
    people.dedup();
    named.sort();
    named.dedup();
    let source = sources::get_many(&app.db, scope, &[alert.source]).await?.pop();
    let people = users::get_many(&app.db, scope, &people).await?;
    let named = policies::get_many(&app.db, scope, &named).await?;
    Ok(Names {
        users: people.into_iter().map(|user| (user.id, user.name())).collect(),
        policies: named.into_iter().map(|policy| (policy.id, policy.name)).collect(),
        source: source.map(|source| source.name).unwrap_or_default(),
    })
}

fn mentioned(entry: &Entry, people: &mut Vec<UserId>, policies: &mut Vec<PolicyId>) {
    match entry {
        Entry::ReassignedToUser { user }
        | Entry::LeftTo { user, .. }
        | Entry::ResponderAdded { user }
        | Entry::ResponderRemoved { user } => people.push(*user),
        Entry::LevelStarted { users, unreachable, .. } | Entry::HandedOver { users, unreachable, .. } => {
            people.extend(users.iter().chain(unreachable))
        }
        Entry::LevelEmpty { unreachable, .. } => people.extend(unreachable),
        Entry::ReassignedToPolicy { policy } | Entry::Opened { policy, .. } => policies.push(*policy),
        _ => {}
    }
}

/// What a text is made of, as texts.
fn vars(what: &Happened, names: &Names, lang: Lang) -> BTreeMap<String, String> {
    match what {
        Happened::Event(event) => {
            [("eventType", event.kind.clone()), ("verdict", event.verdict.clone())].map(owned).into()
        }
        Happened::Notification(n) => {
            let mut vars: BTreeMap<String, String> = [
                ("method", method(&n.channel)),
                ("target", n.shown_target()),
                ("state", n.state.to_string()),
                ("userId", n.user.to_string()),
            ]
            .map(owned)
            .into();
            vars.extend(n.error.clone().map(|error| owned(("error", error))));
            vars.extend(n.reason.clone().map(|reason| owned(("reason", reason))));
            vars
        }
        Happened::Log(line) => {
            let mut vars = entry_vars(&line.entry);
            vars.insert("actor".to_owned(), names.actor(&line.actor, lang));
            if let Actor::User { id } = line.actor {
                vars.insert("actorId".to_owned(), id.to_string());
            }
            vars
        }
    }
}

fn owned((name, value): (&str, String)) -> (String, String) {
    (name.to_owned(), value)
}

fn entry_vars(entry: &Entry) -> BTreeMap<String, String> {
    let text = |value: Value| match value {
        Value::String(text) => text,
        Value::Array(items) => items.iter().map(Value::to_string).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    };
    match serde_json::to_value(entry) {
        Ok(Value::Object(fields)) => fields.into_iter().map(|(name, value)| (name, text(value))).collect(),
        _ => BTreeMap::new(),
    }
}
