//! What is special about an alert that a person opened, after it was made the way of every event.

use crate::alerts;
use crate::changes;
use crate::db::Db;
use crate::error::StoreError;
use crate::responders;
use crate::scope::Scope;
use jiff::Timestamp;
use watchbell_core::ids::{AlertId, UserId};
use watchbell_core::timeline::Entry;

/// Notes who opened an alert, and adds the people they named, who are paged at once. Errors: `NotFound` (alert, user).
pub async fn opened(
    db: &Db,
    scope: &Scope,
    id: AlertId,
    people: Vec<UserId>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let scope = scope.clone();
    let write = db.write(move |tx| {
        Box::pin(async move {
            let locked = alerts::lock(tx, scope.org, vec![id.0]).await?.pop();
            let (alert, _) = locked.ok_or_else(|| StoreError::not_found("alert", id))?;
            let entry = Entry::Opened { priority: alert.priority, policy: alert.escalation.policy };
            changes::log(tx, scope.org, &scope.actor, now, vec![(id, entry)]).await?;
            for user in people {
                match responders::add_in(tx, &scope, id, user, now).await {
                    // Somebody was quicker to accept or to resolve it.
                    Ok(_) | Err(StoreError::Taken { .. } | StoreError::InUse { .. }) => {}
                    Err(error) => return Err(error),
                }
            }
            Ok(())
        })
    });
    write.await
}
