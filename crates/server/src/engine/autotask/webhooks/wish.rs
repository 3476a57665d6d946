//! What people wish of the webhooks of a source: that there are some, that there are none.

use super::place;
use crate::accounts::AutotaskParams;
use crate::app::App;
use crate::engine::autotask::source::AUTOTASK_SOURCE;
use crate::error::ApiError;
use autotask::Address;
use watchbell_core::autotask::WebhookKind;
use watchbell_core::ids::SourceId;
use watchbell_store::StoreError;
use watchbell_store::connectors;
use watchbell_store::scope::Scope;
use watchbell_store::source_webhooks::{self, SECRET_SEALED, WebhookKeys};
use watchbell_store::sources::Source;

/// Fresh keys of a webhook: its address, and what its events are signed with, 43 characters each.
pub(super) fn make_keys(app: &App) -> Result<WebhookKeys, StoreError> {
    let secret = app.ids.token().text();
    Ok(WebhookKeys {
        address: app.ids.token().text(),
        secret_sealed: app.sealer.seal(SECRET_SEALED, secret.as_bytes(), &app.ids.fresh())?,
    })
}

/// Asks for the webhooks of a source to be made; asked again, for what is missing of them. Errors: 400 for a source of another tool,
/// and where Autotask could not reach this server.
pub async fn create_webhooks(app: &App, scope: &Scope, source: &Source) -> Result<(), ApiError> {
    let connector = source.connector.clone().filter(|_| source.integration_type == AUTOTASK_SOURCE);
    let connector = connector
        .ok_or_else(|| ApiError::bad_request("Only an alert source with an Autotask account has such webhooks."))?;
    let params = AutotaskParams::of(&connectors::get(&app.db, scope, &connector).await?)?;
    let entered = params.web_server.as_deref().and_then(|text| text.parse().ok());
    place::base(app, &entered.unwrap_or_else(Address::directory)).map_err(ApiError::bad_request)?;
    let mut wanted = Vec::new();
    for kind in WebhookKind::ALL {
        wanted.push((kind, make_keys(app)?));
    }
    let (scope, id, now) = (scope.clone(), source.id, app.clock.now());
    let write = app
        .db
        .write(move |tx| Box::pin(async move { source_webhooks::want(tx, &scope, id, &connector, wanted, now).await }));
    write.await?;
    app.wake.notify_one();
    Ok(())
}

/// Has the webhooks of a source removed from Autotask. Whether there were any.
pub async fn remove_webhooks(app: &App, scope: &Scope, source: SourceId) -> Result<bool, StoreError> {
    let (scope, now) = (scope.clone(), app.clock.now());
    let let_go =
        app.db.write(move |tx| Box::pin(async move { source_webhooks::let_go(tx, &scope, source, now).await })).await?;
    app.wake.notify_one();
    Ok(let_go)
}
