//! One source: its webhook URL, how it does, and what became of its events.

use super::super::answer::{self, Answer};
use super::super::query::Query;
use super::super::shell::Visit;
use super::events::events;
use super::list::{self, state};
use super::webhooks;
use crate::api::extract::InPath;
use crate::api::{AUTOTASK_TYPE, integration_url};
use crate::app::App;
use crate::auth::{May, Read};
use crate::engine::autotask::PollState;
use crate::error::ApiError;
use axum::Router;
use axum::extract::State;
use axum::routing::get;
use jiff::SignedDuration;
use watchbell_core::autotask::{POLL_INTERVAL_S, Which};
use watchbell_core::ids::SourceId;
use watchbell_core::user::Role;
use watchbell_store::connectors::{self, Connector};
use watchbell_store::scope::Scope;
use watchbell_store::sources::{self, KEY_SEALED, Source};
use watchbell_store::{event_search, overview, policies};
use watchbell_ui::pages::source::{AutotaskStatus, SourceKind, SourceView, source as page};
use watchbell_ui::{Form, routes};

pub(super) fn router() -> Router<App> {
    Router::new().route("/sources/{id}", get(show))
}

async fn show(State(app): State<App>, InPath(id): InPath<i64>, visit: Visit<Read>, query: Query) -> Answer {
    let view = view(&app, &visit.can.scope, visit.can.role, SourceId(id), &query).await?;
    answer::page(page(&visit.shell, &view))
}

/// Everything about a source, for somebody.
pub(super) async fn view(
    app: &App,
    scope: &Scope,
    role: Role,
    id: SourceId,
    query: &Query,
) -> Result<SourceView, ApiError> {
    let source = sources::get(&app.db, scope, id).await?;
    let account = match &source.connector {
        Some(id) => Some(connectors::get(&app.db, scope, id).await?),
        None => None,
    };
    let facts = overview::source_facts(&app.db, scope, &[id]).await?.remove(&id).unwrap_or_default();
    let policy = policies::get_many(&app.db, scope, &[source.policy]).await?.pop();
    let (events, events_paging) = events(app, scope, &source, query).await?;
    let may_edit = May::Configure.is_granted_to(role);
    Ok(SourceView {
        id,
        name: source.name.clone(),
        policy: (policy.map_or_else(|| "a deleted policy".into(), |policy| policy.name), routes::policy(source.policy)),
        state: state(&source, account.as_ref(), (&facts, webhooks::faults(app, scope, &[id]).await?.remove(&id))),
        kind: kind(app, scope, &source, (account.as_ref(), may_edit)).await?,
        open_alerts: facts.open_alerts,
        events,
        events_paging,
        search: Form::of([("q", query.text("q"))]),
        may_edit,
    })
}

/// The key is shown to those who may change the source.
async fn kind(
    app: &App,
    scope: &Scope,
    source: &Source,
    (account, with_key): (Option<&Connector>, bool),
) -> Result<SourceKind, ApiError> {
    let key = match with_key {
        true => app.sealer.open_text(KEY_SEALED, &source.key_sealed)?,
        false => "(shown to those who may change the source)".to_owned(),
    };
    if source.integration_type != AUTOTASK_TYPE {
        return Ok(SourceKind::Api { key, events_url: format!("{}/api/events", app.config.public_url()) });
    }
    let rules = list::rules(source);
    let (first, last) = event_search::span_of_kind(&app.db, scope, source.id, "CALLOUT").await?;
    let poll = PollState::of(source);
    let interval_s = i64::from(rules.poll_interval_s.unwrap_or(POLL_INTERVAL_S.1));
    Ok(SourceKind::Autotask(Box::new(AutotaskStatus {
        webhook_url: integration_url(app, &source.integration_type, &key),
        account: account.map_or_else(
            || ("a deleted account".into(), routes::ACCOUNTS.into()),
            |account| (account.name.clone(), routes::account(&account.id)),
        ),
        watch_only: rules.watch_only,
        by_rule_only: rules.which == Which::PickedByWorkflowRule,
        first_callout_at: first,
        last_callout_at: last,
        polled_at: source.polled_at,
        next_poll_at: source.polled_at.map(|at| at + SignedDuration::from_secs(interval_s)),
        poll_interval_s: interval_s,
        poll_error: poll.error,
        webhooks: webhooks::views(app, scope, source.id).await?,
        missed_callouts: i64::try_from(poll.without_callout).unwrap_or(i64::MAX),
    })))
}
