//! Settings that people change in the pages while nodes run: taken into use at start, when they change here, and, where nodes
//! share a database, within seconds of a change on another node.

use crate::app::App;
use crate::{mail_settings, texts};
use jiff::{SignedDuration, Timestamp};
use std::sync::{Arc, PoisonError, RwLock};
use watchbell_store::scope::Scope;
use watchbell_store::{StoreError, doors, settings};

/// The setting that keeps the public address.
const PUBLIC_URL: &str = "public_url";

/// How often a node looks for what others changed.
const LOOK_EVERY: SignedDuration = SignedDuration::from_secs(5);

/// The public address as people set it. Cheap to clone; clones share it.
#[derive(Debug, Clone, Default)]
pub struct StoredUrl(Arc<RwLock<Option<String>>>);

impl StoredUrl {
    /// The address, without a slash at the end.
    pub fn get(&self) -> Option<String> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, url: Option<String>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = url;
    }
}

/// Takes everything that is kept into use.
pub async fn load(app: &App) -> Result<(), StoreError> {
    let url = settings::get(&app.db, &doors::system(doors::ORGANIZATION), PUBLIC_URL)
        .await?
        .and_then(|setting| setting.value);
    app.config.stored_url.set(url);
    texts::apply(app).await?;
    mail_settings::apply(app).await
}

/// Keeps the public address; it is in use from then on, where the configuration names no other.
pub async fn put_public_url(app: &App, scope: &Scope, url: &str) -> Result<(), StoreError> {
    let url = url.trim_end_matches('/').to_owned();
    settings::put(&app.db, scope, PUBLIC_URL, (Some(url.clone()), None), app.clock.now()).await?;
    app.config.stored_url.set(Some(url));
    Ok(())
}

/// Follows what other nodes change, for as long as the app runs. Returns at once where this node is the only one.
pub async fn follow(app: App) {
    if !app.db.is_postgres() {
        return;
    }
    let mut seen: Vec<(String, Timestamp)> = Vec::new();
    loop {
        app.clock.sleep_until(app.clock.now() + LOOK_EVERY).await;
        match changed(&app, &seen).await {
            Ok(None) => {}
            Ok(Some(now)) => {
                seen = now;
                if let Err(error) = load(&app).await {
                    tracing::error!(%error, "changed settings could not be taken into use");
                }
            }
            Err(error) => tracing::warn!(%error, "settings could not be looked at"),
        }
    }
}

/// Names and times of all settings, where they differ from what was seen.
async fn changed(app: &App, seen: &[(String, Timestamp)]) -> Result<Option<Vec<(String, Timestamp)>>, StoreError> {
    let all = settings::list(&app.db, &doors::system(doors::ORGANIZATION)).await?;
    let now: Vec<(String, Timestamp)> = all.into_iter().map(|setting| (setting.name, setting.updated_at)).collect();
    Ok((now != seen).then_some(now))
}
