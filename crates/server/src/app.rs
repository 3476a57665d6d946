//! What every handler and the engine share.

use crate::bus::Bus;
use crate::clock::Clock;
use crate::config::Config;
use crate::engine::gate::Gate;
use crate::engine::ingest::IngestQueue;
use crate::hooks::{SourceKeys, WebhookRefusals};
use crate::ids::Ids;
use crate::texts::StoredTexts;
use std::sync::Arc;
use tokio::sync::Notify;
use watchbell_connect::channels::Channels;
use watchbell_store::Db;
use watchbell_store::seal::Sealer;

/// The app. Cheap to clone: each request does it several times.
#[derive(Debug, Clone)]
pub struct App(Arc<Parts>);

impl App {
    /// An app of these parts.
    pub(crate) fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }
}

impl std::ops::Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// What an app consists of.
#[derive(Debug)]
pub struct Parts {
    /// The database.
    pub db: Db,
    /// Opens and seals secrets.
    pub sealer: Sealer,
    /// Product time.
    pub clock: Clock,
    /// Randomness.
    pub ids: Ids,
    /// Settings of this node.
    pub config: Arc<Config>,
    /// The way of events to their commit.
    pub ingest: IngestQueue,
    /// Integration keys of the last second.
    pub source_keys: SourceKeys,
    /// Of which refused calls of webhooks was told in the last minute.
    pub webhook_refusals: WebhookRefusals,
    /// How people are reached.
    pub channels: Channels,
    /// What the organization says in its own words when it pages.
    pub texts: StoredTexts,
    /// Rings when there may be work that is due.
    pub wake: Arc<Notify>,
    /// Tells live pages which alerts changed.
    pub bus: Bus,
    /// Whether this node pages now.
    pub gate: Gate,
}
