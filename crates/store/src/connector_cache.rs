//! Slow facts of an outside account (picklists), with when they were read.

use crate::args;
use crate::db::Db;
use crate::error::StoreError;
use crate::scope::Scope;
use crate::stored;
use crate::value::timestamp;
use jiff::Timestamp;
use serde_json::Value as Json;
use watchbell_core::ids::ConnectorId;

sql! {
    GET { both: "SELECT value, read_at FROM connector_cache WHERE org_id = $1 AND connector_id = $2 AND name = $3" }
    PUT { both: "INSERT INTO connector_cache (org_id, connector_id, name, value, read_at) VALUES ($1, $2, $3, $4, $5) \
        ON CONFLICT (org_id, connector_id, name) DO UPDATE SET value = excluded.value, read_at = excluded.read_at" }
    REPLACE { both: "UPDATE connector_cache SET value = $5 WHERE org_id = $1 AND connector_id = $2 AND name = $3 AND value = $4" }
    FORGET { both: "DELETE FROM connector_cache WHERE org_id = $1 AND connector_id = $2" }
    OLD { both: "DELETE FROM connector_cache WHERE org_id = $1 AND connector_id = $2 AND name IN (SELECT name FROM connector_cache WHERE org_id = $1 AND connector_id = $2 \
        AND read_at < $3 ORDER BY name LIMIT $4)" }
}

/// A fact as it was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Cached {
    /// The fact.
    pub value: Json,
    /// When it was read.
    pub read_at: Timestamp,
}

/// The fact of this name, however old.
pub async fn get(db: &Db, scope: &Scope, connector: &ConnectorId, name: &str) -> Result<Option<Cached>, StoreError> {
    let row: Option<(String, i64)> = db.one(GET, args![scope.org, connector.clone(), name]).await?;
    let read = |(value, read_at): (String, i64)| {
        Ok(Cached { value: stored::json("connector cache", &value)?, read_at: timestamp(read_at) })
    };
    row.map(read).transpose()
}

/// Keeps a fact in place of the older one. Errors: `Constraint` where the connector is gone.
pub async fn put(
    db: &Db,
    scope: &Scope,
    connector: &ConnectorId,
    name: &str,
    value: &Json,
    now: Timestamp,
) -> Result<(), StoreError> {
    let args = args![scope.org, connector.clone(), name, stored::to_json(value)?, now];
    db.write(move |tx| Box::pin(async move { tx.exec(PUT, args).await.map(|_| ()) })).await
}

/// Forgets all facts of an account: they are read again.
pub async fn forget(db: &Db, scope: &Scope, connector: &ConnectorId) -> Result<(), StoreError> {
    let args = args![scope.org, connector.clone()];
    db.write(move |tx| Box::pin(async move { tx.exec(FORGET, args).await.map(|_| ()) })).await
}

/// Forgets a chunk of the facts that were read before `before`.
pub async fn clean_up(
    db: &Db,
    scope: &Scope,
    connector: &ConnectorId,
    before: Timestamp,
    rows_max: i64,
) -> Result<u64, StoreError> {
    let args = args![scope.org, connector.clone(), before, rows_max];
    db.write(move |tx| Box::pin(async move { tx.exec(OLD, args).await })).await
}

/// Replaces a fact that is still as it was read; when it was read stays. `false`: somebody else was faster.
pub async fn replace(
    db: &Db,
    scope: &Scope,
    connector: &ConnectorId,
    name: &str,
    (before, after): (&Json, &Json),
) -> Result<bool, StoreError> {
    let args = args![scope.org, connector.clone(), name, stored::to_json(before)?, stored::to_json(after)?];
    db.write(move |tx| Box::pin(async move { Ok(tx.exec(REPLACE, args).await? > 0) })).await
}
