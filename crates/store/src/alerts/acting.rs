//! Letting a happening act on an alert: locked, decided by the rule, and saved with the work that follows.

use super::lock;
use crate::changes;
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::scope::Scope;
use jiff::Timestamp;
use watchbell_core::alert::{Alert, Change, Happening, Work, apply as decide};
use watchbell_core::ids::AlertId;

/// Lets a happening act on an alert. Errors: `NotFound`, `Conflict` after several tries, `Unavailable`.
pub async fn apply(
    db: &Db,
    scope: &Scope,
    id: AlertId,
    happening: Happening,
    now: Timestamp,
) -> Result<Alert, StoreError> {
    for _ in 0..3 {
        let (scope, happening) = (scope.clone(), happening.clone());
        match db.write(move |tx| Box::pin(async move { apply_in(tx, &scope, id, &happening, now).await })).await {
            Err(StoreError::Conflict(_)) => {}
            done => return done.map(|change| change.alert),
        }
    }
    Err(StoreError::Conflict("alert"))
}

/// The same as a part of a larger unit of work.
pub async fn apply_in(
    tx: &mut Tx,
    scope: &Scope,
    id: AlertId,
    happening: &Happening,
    now: Timestamp,
) -> Result<Change, StoreError> {
    apply_where(tx, scope, (id, happening), now, |_| true).await
}

/// The same for what happened at its ticket: nothing of it is written to the ticket, which says so itself.
pub async fn apply_from_ticket_in(
    tx: &mut Tx,
    scope: &Scope,
    id: AlertId,
    happening: &Happening,
    now: Timestamp,
) -> Result<Change, StoreError> {
    apply_where(tx, scope, (id, happening), now, |work| !matches!(work, Work::WriteBack(_))).await
}

/// Only the work that is wanted follows.
async fn apply_where(
    tx: &mut Tx,
    scope: &Scope,
    (id, happening): (AlertId, &Happening),
    now: Timestamp,
    wants: impl Fn(&Work) -> bool,
) -> Result<Change, StoreError> {
    let (before, grouping) =
        lock(tx, scope.org, vec![id.0]).await?.pop().ok_or_else(|| StoreError::not_found("alert", id))?;
    let mut change = decide(&before, happening, &scope.actor, now, grouping);
    change.work.retain(wants);
    changes::save(tx, scope.org, vec![(before, change.clone())], &scope.actor, now).await?;
    Ok(change)
}
