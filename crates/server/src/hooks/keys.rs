//! Integration keys to sources, remembered for a second at most: the only cache across requests.

use crate::app::App;
use crate::error::ApiError;
use crate::ids::Token;
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use watchbell_store::doors;
use watchbell_store::holds::{self, Opening};
use watchbell_store::ingest::IngestSource;
use watchbell_store::scope::Scope;
use watchbell_store::sources::Source;

/// How long a key is remembered.
const REMEMBERED: SignedDuration = SignedDuration::from_secs(1);
/// Keys remembered at once.
const KEYS_MAX: usize = 10_000;

/// A source as a hook knows it.
#[derive(Debug, Clone)]
pub struct Known {
    /// Acts as the source.
    pub scope: Scope,
    /// Its settings.
    pub source: Arc<Source>,
    /// What ingest needs of it.
    pub ingest: Arc<IngestSource>,
}

/// By the hash of its key: since when it is known, and the source.
type Remembered = HashMap<[u8; 32], (Timestamp, Known)>;

/// The memory. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct SourceKeys {
    known: Arc<Mutex<Remembered>>,
}

impl SourceKeys {
    fn recall(&self, hash: &[u8; 32], now: Timestamp) -> Option<Known> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known
            .get(hash)
            .filter(|(since, _)| now.duration_since(*since) < REMEMBERED && *since <= now)
            .map(|(_, known)| known.clone())
    }

    /// A source was changed or deleted here: what is remembered of it no longer holds. Other nodes find out within the second.
    pub(crate) fn forget_all(&self) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn remember(&self, hash: [u8; 32], known: Known, now: Timestamp) {
        let mut all = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= KEYS_MAX {
            all.clear();
        }
        all.insert(hash, (now, known));
    }
}

/// The source of a key. Errors: 404 for a key that nobody has; never a 5xx for a bad key.
pub(super) async fn find(app: &App, key: &str) -> Result<Known, ApiError> {
    let (hash, now) = (Token::hash(key.trim()), app.clock.now());
    if let Some(known) = app.source_keys.recall(&hash, now) {
        return Ok(known);
    }
    let (scope, source) = doors::integration_key(&app.db, hash).await?.ok_or_else(|| {
        ApiError::not_found("No alert source has this integration key. Copy it from the page of the alert source.")
    })?;
    let opening = holds::opening(&app.db, &scope, &source, now).await?;
    let ingest = Arc::new(ingest_source(&scope, &source, opening));
    let known = Known { scope, source: Arc::new(source), ingest };
    app.source_keys.remember(hash, known.clone(), now);
    Ok(known)
}

/// What ingest needs to know of a source.
pub(crate) fn ingest_source(scope: &Scope, source: &Source, opening: Opening) -> IngestSource {
    IngestSource {
        org: scope.org,
        id: source.id,
        policy: source.policy,
        grouping: source.grouping,
        grouping_window_s: source.grouping_window_s,
        opening,
        by_person: false,
        auto_resolve_s: source.auto_resolve_s,
    }
}
