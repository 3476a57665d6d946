//! What can be done with a source: pause, resume, another key, delete.

use super::super::answer::{self, Answer};
use super::super::reader::Filled;
use super::list::rules;
use super::look::autotask_source;
use crate::api::extract::InPath;
use crate::app::App;
use crate::auth::{Configure, PageCan};
use crate::error::ApiError;
use crate::ids::Token;
use axum::Router;
use axum::extract::State;
use axum::routing::post;
use watchbell_core::alert::{Happening, Status};
use watchbell_core::autotask::SourceRules;
use watchbell_core::ids::SourceId;
use watchbell_core::limits;
use watchbell_store::alert_search::{self, AlertSearch};
use watchbell_store::sources::{self, IntegrationKey, KEY_SEALED, Source, SourceIn};
use watchbell_store::{Page, StoreError, alerts};
use watchbell_ui::{Form, routes};

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/sources/{id}/pause", post(pause))
        .route("/sources/{id}/resume", post(resume))
        .route("/sources/{id}/watch-only", post(watch_only))
        .route("/sources/{id}/go-live", post(go_live))
        .route("/sources/{id}/rotate-key", post(rotate_key))
        .route("/sources/{id}/delete", post(delete))
}

/// A fresh integration key: 256 random bits, looked up by hash, shown again from the seal.
pub(super) fn make_key(app: &App) -> Result<IntegrationKey, StoreError> {
    let key = app.ids.token().text();
    Ok(IntegrationKey {
        hash: Token::hash(&key),
        sealed: app.sealer.seal(KEY_SEALED, key.as_bytes(), &app.ids.fresh())?,
    })
}

/// Errors: 400 without the tick that says "I am sure".
pub(super) fn confirmed(form: Vec<(String, String)>) -> Result<(), ApiError> {
    match Form::of(form).is_on("confirmed") {
        true => Ok(()),
        false => Err(ApiError::bad_request("Tick the box that says that you are sure.")),
    }
}

async fn set_active(app: &App, can: &PageCan<Configure>, id: SourceId, active: bool) -> Result<Source, StoreError> {
    let source = sources::get(&app.db, &can.scope, id).await?;
    let changed =
        sources::update(&app.db, &can.scope, id, SourceIn { active, ..SourceIn::from(source) }, app.clock.now())
            .await?;
    app.source_keys.forget_all();
    app.wake.notify_one();
    Ok(changed)
}

async fn pause(State(app): State<App>, InPath(id): InPath<i64>, posted: Filled<Configure>) -> Answer {
    confirmed(posted.form)?;
    set_active(&app, &posted.can, SourceId(id), false).await?;
    answer::done(&routes::source(id), "Paused: events are kept, nobody is paged.")
}

async fn resume(State(app): State<App>, InPath(id): InPath<i64>, posted: Filled<Configure>) -> Answer {
    set_active(&app, &posted.can, SourceId(id), true).await?;
    answer::done(&routes::source(id), "It pages again from now on.")
}

/// Says whether an Autotask source opens alerts. Errors: 404 for other sources.
async fn set_watch_only(app: &App, can: &PageCan<Configure>, id: SourceId, watch_only: bool) -> Result<(), ApiError> {
    let source = autotask_source(app, &can.scope, id).await?;
    let rules = SourceRules { watch_only, ..rules(&source) };
    let rules = Some(serde_json::to_string(&rules).map_err(ApiError::internal)?);
    let changed = SourceIn { rules, ..SourceIn::from(source) };
    sources::update(&app.db, &can.scope, id, changed, app.clock.now()).await?;
    app.source_keys.forget_all();
    Ok(())
}

async fn watch_only(State(app): State<App>, InPath(id): InPath<i64>, posted: Filled<Configure>) -> Answer {
    confirmed(posted.form)?;
    set_watch_only(&app, &posted.can, SourceId(id), true).await?;
    answer::done(&routes::source(id), "It only watches: tickets are read, nobody is paged.")
}

async fn go_live(State(app): State<App>, InPath(id): InPath<i64>, posted: Filled<Configure>) -> Answer {
    set_watch_only(&app, &posted.can, SourceId(id), false).await?;
    let said =
        "Live: tickets that are made or changed from now on page. Those that are open now page when they change.";
    answer::done(&routes::source(id), said)
}

async fn rotate_key(State(app): State<App>, InPath(id): InPath<i64>, posted: Filled<Configure>) -> Answer {
    confirmed(posted.form)?;
    sources::replace_key(&app.db, &posted.can.scope, SourceId(id), make_key(&app)?, app.clock.now()).await?;
    app.source_keys.forget_all();
    answer::done(&routes::source(id), "The old address no longer works: paste the new one into the tool.")
}

/// Its open alerts are resolved first, so that nobody is paged for what nothing can end any more.
async fn delete(State(app): State<App>, InPath(id): InPath<i64>, posted: Filled<Configure>) -> Answer {
    confirmed(posted.form)?;
    let (scope, id) = (posted.can.scope, SourceId(id));
    let source = sources::get(&app.db, &scope, id).await?;
    sources::delete(&app.db, &scope, id, app.clock.now()).await?;
    app.source_keys.forget_all();
    let search =
        AlertSearch { states: vec![Status::Pending, Status::Accepted], source: Some(id), ..AlertSearch::default() };
    loop {
        let open = alert_search::list(&app.db, &scope, &search, Page::first(limits::PAGE_ROWS)).await?;
        if open.is_empty() {
            break;
        }
        for alert in open {
            let reason = Some(format!("its source {} was deleted", source.name));
            alerts::apply(&app.db, &scope, alert.id, Happening::Resolved { reason }, app.clock.now()).await?;
            app.bus.changed(scope.org, alert.id.0);
        }
    }
    app.wake.notify_one();
    answer::done(routes::SOURCES, "The source is deleted, its open alerts are resolved.")
}
