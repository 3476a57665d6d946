//! The webhooks that Autotask has for a source: made and removed by a click, and how they are.

use super::super::answer::{self, Answer};
use super::super::reader::Filled;
use super::actions::confirmed;
use crate::api::extract::InPath;
use crate::app::App;
use crate::auth::Configure;
use crate::engine::autotask::{create_webhooks, remove_webhooks};
use axum::Router;
use axum::extract::State;
use axum::routing::post;
use std::collections::HashMap;
use watchbell_core::ids::SourceId;
use watchbell_store::StoreError;
use watchbell_store::scope::Scope;
use watchbell_store::source_webhooks::{self, SourceWebhook, WebhookPhase};
use watchbell_store::sources;
use watchbell_ui::pages::source_webhooks::{WebhookStage, WebhookView};
use watchbell_ui::routes;

pub(super) fn router() -> Router<App> {
    Router::new().route("/sources/{id}/webhooks", post(create)).route("/sources/{id}/remove-webhooks", post(remove))
}

async fn create(State(app): State<App>, InPath(id): InPath<i64>, posted: Filled<Configure>) -> Answer {
    let source = sources::get(&app.db, &posted.can.scope, SourceId(id)).await?;
    create_webhooks(&app, &posted.can.scope, &source).await?;
    answer::done(&routes::source(id), "The webhooks are being made in Autotask: their panel says how far they are.")
}

async fn remove(State(app): State<App>, InPath(id): InPath<i64>, posted: Filled<Configure>) -> Answer {
    confirmed(posted.form)?;
    let source = sources::get(&app.db, &posted.can.scope, SourceId(id)).await?;
    remove_webhooks(&app, &posted.can.scope, source.id).await?;
    answer::done(&routes::source(id), "The webhooks are being removed from Autotask.")
}

/// The webhooks of a source as they are shown.
pub(super) async fn views(app: &App, scope: &Scope, source: SourceId) -> Result<Vec<WebhookView>, StoreError> {
    Ok(source_webhooks::of_source(&app.db, scope, source).await?.into_iter().map(view).collect())
}

fn view(webhook: SourceWebhook) -> WebhookView {
    let SourceWebhook { kind, phase, standing, arrivals, .. } = webhook;
    WebhookView {
        of_what: kind.of_what().into(),
        stage: match phase {
            WebhookPhase::Making => WebhookStage::Making,
            WebhookPhase::Live => WebhookStage::Live,
            WebhookPhase::Removing => WebhookStage::Removing,
        },
        active: standing.is_active,
        checked_at: standing.checked_at,
        last_event_at: arrivals.last_event_at,
        missing: i64::try_from(arrivals.sequence.missing.len()).unwrap_or(i64::MAX),
        last_gap_at: arrivals.last_gap_at,
        rearmed_at: standing.rearmed_at,
        refused_at: arrivals.refused_at,
        fault: standing.fault,
        unwatched: standing.unwatched,
    }
}

/// What is wrong with the webhooks of sources, in words; sources whose webhooks are well are missing.
pub(super) async fn faults(
    app: &App,
    scope: &Scope,
    sources: &[SourceId],
) -> Result<HashMap<SourceId, String>, StoreError> {
    let webhooks = source_webhooks::of_sources(&app.db, scope, sources).await?;
    let kept = webhooks.into_iter().filter(|webhook| webhook.phase != WebhookPhase::Removing);
    Ok(kept.filter_map(|webhook| Some((webhook.source, webhook.standing.fault?))).collect())
}
