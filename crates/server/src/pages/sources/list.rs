//! The list of sources, and the choice of a type for a new one.

use super::super::answer::{self, Answer};
use super::super::query::Query;
use super::super::shell::Visit;
use super::webhooks;
use crate::api::AUTOTASK_TYPE;
use crate::app::App;
use crate::auth::{Configure, May, Read};
use axum::Router;
use axum::extract::State;
use axum::routing::get;
use std::collections::HashMap;
use watchbell_core::autotask::SourceRules;
use watchbell_core::ids::{ConnectorId, SourceId};
use watchbell_store::connectors::{self, Connector, ConnectorState};
use watchbell_store::overview::{self, Counted, SourceFacts};
use watchbell_store::scope::Scope;
use watchbell_store::sources::{self, Source};
use watchbell_store::{StoreError, policies};
use watchbell_ui::components::Paging;
use watchbell_ui::pages::source_new::source_new;
use watchbell_ui::pages::sources::{SourceRow, SourceState, sources as page};
use watchbell_ui::routes;

pub(super) fn router() -> Router<App> {
    Router::new().route(routes::SOURCES, get(list)).route(routes::SOURCE_NEW, get(choose))
}

async fn choose(visit: Visit<Configure>) -> Answer {
    answer::page(source_new(&visit.shell))
}

async fn list(State(app): State<App>, visit: Visit<Read>, query: Query) -> Answer {
    let scope = &visit.can.scope;
    let total = overview::count(&app.db, scope, Counted::Sources).await?;
    let paging = Paging::of(query.page(), total, |page| format!("{}?page={page}", routes::SOURCES));
    let found = sources::list(&app.db, scope, query.window()).await?;
    let accounts = accounts(&app, scope, &found).await?;
    let ids: Vec<SourceId> = found.iter().map(|source| source.id).collect();
    let facts = overview::source_facts(&app.db, scope, &ids).await?;
    let faults = webhooks::faults(&app, scope, &ids).await?;
    let policy_ids: Vec<_> = found.iter().map(|source| source.policy).collect();
    let policies = policies::get_many(&app.db, scope, &policy_ids).await?;
    let row = |source: &Source| {
        let facts = facts.get(&source.id).copied().unwrap_or_default();
        SourceRow {
            id: source.id,
            name: source.name.clone(),
            kind: kind(source).into(),
            policy: policies
                .iter()
                .find(|policy| policy.id == source.policy)
                .map_or_else(|| "a deleted policy".into(), |policy| policy.name.clone()),
            state: state(
                source,
                source.connector.as_ref().and_then(|id| accounts.get(id)),
                (&facts, faults.get(&source.id).cloned()),
            ),
            open_alerts: facts.open_alerts,
            last_event_at: facts.last_event_at,
        }
    };
    let rows: Vec<SourceRow> = found.iter().map(row).collect();
    answer::page(page(&visit.shell, &rows, &paging, May::Configure.is_granted_to(visit.can.role)))
}

async fn accounts(app: &App, scope: &Scope, sources: &[Source]) -> Result<HashMap<ConnectorId, Connector>, StoreError> {
    let mut accounts = HashMap::new();
    for id in sources.iter().filter_map(|source| source.connector.as_ref()) {
        if !accounts.contains_key(id) {
            accounts.insert(id.clone(), connectors::get(&app.db, scope, id).await?);
        }
    }
    Ok(accounts)
}

/// The type of a source as people say it.
pub(super) fn kind(source: &Source) -> &str {
    match source.integration_type.as_str() {
        AUTOTASK_TYPE => "Autotask",
        other => other,
    }
}

/// What the tickets of an Autotask source mean; the usual rules where they cannot be read.
pub(super) fn rules(source: &Source) -> SourceRules {
    source.rules.as_deref().and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default()
}

/// How a source does; what is wrong with its webhooks makes it slow, since it is still asked for changed tickets.
pub(super) fn state(
    source: &Source,
    account: Option<&Connector>,
    (facts, webhook_fault): (&SourceFacts, Option<String>),
) -> SourceState {
    let reason =
        |account: &Connector| account.state_reason.clone().unwrap_or_else(|| "Autotask does not answer".into());
    match (account, webhook_fault) {
        _ if !source.active => SourceState::Paused,
        (Some(account), _) if account.state == ConnectorState::Red => SourceState::Broken(reason(account)),
        (Some(account), _) if account.state == ConnectorState::Yellow => SourceState::Slow(reason(account)),
        (_, Some(fault)) => SourceState::Slow(fault),
        _ if source.integration_type == AUTOTASK_TYPE && rules(source).watch_only => SourceState::WatchOnly,
        _ if facts.last_event_at.is_some() || source.polled_at.is_some() => SourceState::Fine,
        _ => SourceState::Waiting,
    }
}
