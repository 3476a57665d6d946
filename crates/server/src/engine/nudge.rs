//! Nodes that share a database wake each other: one that has more to do than it can take says so, and the others look at once.

use crate::app::App;
use jiff::{SignedDuration, Timestamp};
use watchbell_store::StoreError;
use watchbell_store::nudge::{self, Listener};

/// How often a busy node says so.
const EVERY: SignedDuration = SignedDuration::from_millis(250);
/// How long a node waits before it listens again, where it could not.
const RETRY: SignedDuration = SignedDuration::from_secs(5);

/// When this node said so last.
#[derive(Debug, Default)]
pub(super) struct Nudge {
    last: Option<Timestamp>,
}

impl Nudge {
    /// Tells the others that there may be work which this node has no place for.
    pub(super) async fn tell(&mut self, app: &App, now: Timestamp) {
        if !app.db.is_postgres() || self.last.is_some_and(|last| now.duration_since(last).abs() < EVERY) {
            return;
        }
        self.last = Some(now);
        if let Err(error) = nudge::nudge(&app.db).await {
            tracing::debug!(%error, "the other nodes were not told; they look by themselves within a second");
        }
    }
}

/// Wakes this node when another one asks for it, for as long as the app runs. Returns at once where there are no others.
pub async fn follow(app: App) {
    loop {
        match listen(&app).await {
            Ok(()) => return,
            Err(error) => tracing::warn!(%error, "this node cannot hear the others; it looks by itself each second"),
        }
        app.clock.sleep_until(app.clock.now() + RETRY).await;
    }
}

async fn listen(app: &App) -> Result<(), StoreError> {
    let Some(mut listener) = Listener::begin(&app.db).await? else { return Ok(()) };
    loop {
        listener.heard().await?;
        app.wake.notify_one();
    }
}
