//! Bringing a source to life, and an account back to it.

use super::{CALLS_MAX, health, pool_of};
use crate::app::App;
use jiff::{SignedDuration, Timestamp};
use watchbell_core::ids::{ConnectorId, SourceId};
use watchbell_store::db::Tx;
use watchbell_store::jobs::{self, JobKind, NewJob};
use watchbell_store::scope::Scope;
use watchbell_store::{StoreError, job_changes};

/// Asks for the endless job of a source, which first remembers the open tickets and then polls; as part of the unit that makes the
/// source. Asking again does it now.
pub async fn live_in(
    tx: &mut Tx,
    scope: &Scope,
    source: SourceId,
    connector: &ConnectorId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let job = NewJob::new(scope.org, JobKind::Poll, source.0, now)
        .once(format!("poll:{source}"))
        .in_pool(pool_of(connector), CALLS_MAX);
    jobs::ask(tx, vec![job]).await
}

/// Polls for missing events of webhooks ask at most so often: where numbers are no count, each event would seem to miss others.
const GAP_POLL_EVERY: SignedDuration = SignedDuration::from_secs(10);

/// Has a source ask for changed tickets at once, since an event of a webhook did not come. `last_gap_at`: when one did not before.
pub(crate) async fn poll_for_gap(
    tx: &mut Tx,
    scope: &Scope,
    source: SourceId,
    connector: &ConnectorId,
    (last_gap_at, now): (Option<Timestamp>, Timestamp),
) -> Result<(), StoreError> {
    let at = last_gap_at.map_or(now, |last| now.max(last + GAP_POLL_EVERY));
    live_in(tx, scope, source, connector, at).await
}

/// [`live_in`] by itself: for a source that was made or changed.
pub async fn make_source_live(
    app: &App,
    scope: &Scope,
    source: SourceId,
    connector: &ConnectorId,
) -> Result<(), StoreError> {
    let (scope, connector, now) = (scope.clone(), connector.clone(), app.clock.now());
    app.db.write(move |tx| Box::pin(async move { live_in(tx, &scope, source, &connector, now).await })).await?;
    app.wake.notify_one();
    Ok(())
}

/// Uses an account again that was refused or away: its credentials were edited, or a person says "try again".
pub async fn try_again(app: &App, scope: &Scope, connector: &ConnectorId) -> Result<(), StoreError> {
    health::forget(app, scope, connector).await?;
    let (org, pool, now) = (scope.org, pool_of(connector), app.clock.now());
    app.db.write(move |tx| Box::pin(async move { job_changes::wake_pool(tx, org, &pool, now).await })).await?;
    app.wake.notify_one();
    Ok(())
}
