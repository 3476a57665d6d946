//! What becomes of alert sources: made, changed, given another key, deleted; and what a poll keeps with them.

use super::{IntegrationKey, NOUN, Source, SourceIn, find, lock};
use crate::args;
use crate::audit::{self, subject};
use crate::connectors;
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::holds;
use crate::policies;
use crate::scope::Scope;
use crate::source_webhooks;
use crate::stored;
use crate::support_hours;
use crate::value::Value;
use jiff::Timestamp;
use watchbell_core::ids::{OrgId, SourceId};
use watchbell_core::text::fold;

sql! {
    INSERT { both: "INSERT INTO alert_source (org_id, integration_type, started_at, created_at, updated_at, name, name_folded, policy_id, active, grouping, \
        grouping_window_s, priority_rule, support_hours_id, auto_raise, auto_resolve_s, connector_id, settings, rules, key_hash, key_sealed) \
        VALUES ($1, $2, $3, $3, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18) RETURNING id" }
    UPDATE { both: "UPDATE alert_source SET updated_at = $3, name = $4, name_folded = $5, policy_id = $6, active = $7, grouping = $8, grouping_window_s = $9, \
        priority_rule = $10, support_hours_id = $11, auto_raise = $12, auto_resolve_s = $13, connector_id = $14, settings = $15, rules = $16 \
        WHERE org_id = $1 AND id = $2" }
    SET_KEY { both: "UPDATE alert_source SET key_hash = $3, key_sealed = $4, updated_at = $5 WHERE org_id = $1 AND id = $2" }
    SET_POLL { both: "UPDATE alert_source SET polled_at = $3, poll_state = $4 WHERE org_id = $1 AND id = $2" }
    SET_RULES { both: "UPDATE alert_source SET rules = $4 WHERE org_id = $1 AND id = $2 AND COALESCE(rules, '') = $3" }
    DELETE { both: "UPDATE alert_source SET deleted_at = $3, updated_at = $3, active = FALSE, connector_id = NULL WHERE org_id = $1 AND id = $2" }
}

/// Makes a source. Errors: `Taken` (name), `Refused` (policy or connector that does not exist).
pub async fn create(
    db: &Db,
    scope: &Scope,
    new: SourceIn,
    key: IntegrationKey,
    now: Timestamp,
) -> Result<Source, StoreError> {
    let scope = scope.clone();
    db.write(move |tx| Box::pin(async move { create_in(tx, &scope, new, key, now).await })).await
}

/// [`create`] as part of a unit.
pub async fn create_in(
    tx: &mut Tx,
    scope: &Scope,
    new: SourceIn,
    key: IntegrationKey,
    now: Timestamp,
) -> Result<Source, StoreError> {
    hold_references(tx, scope.org, &new).await?;
    let mut args = args![scope.org, &new.integration_type, now];
    args.extend(values(new)?);
    args.extend(args![key.hash, key.sealed]);
    let id = SourceId(tx.insert(INSERT, args).await.map_err(taken)?);
    let source = find(tx, scope.org, id).await?;
    audit::created(tx, scope, subject(NOUN, id), &source, now).await?;
    Ok(source)
}

/// What a source is made of, in the order in which INSERT and UPDATE write it.
fn values(source: SourceIn) -> Result<Vec<Value>, StoreError> {
    let (folded, settings) = (fold(&source.name), stored::to_json(&source.settings)?);
    Ok(args![
        source.name,
        folded,
        source.policy,
        source.active,
        source.grouping.as_str(),
        source.grouping_window_s,
        source.priority_rule.as_str(),
        source.support_hours,
        source.auto_raise,
        source.auto_resolve_s,
        source.connector,
        settings,
        source.rules
    ])
}

async fn hold_references(tx: &mut Tx, org: OrgId, new: &SourceIn) -> Result<(), StoreError> {
    policies::hold(tx, org, new.policy).await?;
    if let Some(hours) = new.support_hours {
        support_hours::hold(tx, org, hours).await?;
    }
    match &new.connector {
        Some(connector) => connectors::hold(tx, org, connector).await,
        None => Ok(()),
    }
}

fn taken(error: StoreError) -> StoreError {
    error.taken("alert_source_name", NOUN, "name").taken("alert_source.name_folded", NOUN, "name")
}

/// Replaces what a source is made of, but not its key or its tool. Webhooks that another account has for it are let go. Errors: `NotFound`, `Taken`, `Refused`.
pub async fn update(db: &Db, scope: &Scope, id: SourceId, new: SourceIn, now: Timestamp) -> Result<Source, StoreError> {
    let scope = scope.clone();
    db.write(move |tx| {
        Box::pin(async move {
            let before = lock(tx, scope.org, id).await?;
            hold_references(tx, scope.org, &new).await?;
            let mut args = args![scope.org, id, now];
            args.extend(values(new)?);
            tx.exec(UPDATE, args).await.map_err(taken)?;
            let after = find(tx, scope.org, id).await?;
            let waits_by = |source: &Source| (source.priority_rule, source.support_hours, source.auto_raise);
            if before.connector != after.connector {
                source_webhooks::let_go(tx, &scope, id, now).await?;
            }
            if waits_by(&before) != waits_by(&after) {
                holds::ask_again(tx, scope.org, now).await?;
            }
            audit::updated(tx, &scope, subject(NOUN, id), (&before, &after), now).await?;
            Ok(after)
        })
    })
    .await
}

/// Gives a source another integration key; the old one is unknown from now on. Errors: `NotFound`.
pub async fn replace_key(
    db: &Db,
    scope: &Scope,
    id: SourceId,
    key: IntegrationKey,
    now: Timestamp,
) -> Result<Source, StoreError> {
    let scope = scope.clone();
    db.write(move |tx| {
        Box::pin(async move {
            let before = lock(tx, scope.org, id).await?;
            tx.exec(SET_KEY, args![scope.org, id, key.hash, key.sealed, now]).await?;
            let after = find(tx, scope.org, id).await?;
            audit::updated(tx, &scope, subject(NOUN, id), (&before, &after), now).await?;
            Ok(after)
        })
    })
    .await
}

/// Keeps where a poll stands, as part of the unit that acts on what it found.
pub async fn set_poll(
    tx: &mut Tx,
    scope: &Scope,
    id: SourceId,
    polled_at: Timestamp,
    state: Option<String>,
) -> Result<(), StoreError> {
    tx.exec(SET_POLL, args![scope.org, id, polled_at, state]).await.map(|_| ())
}

/// Keeps rules that took over what the tool says anew; rules that somebody changed meanwhile stay.
pub async fn renew_rules(
    db: &Db,
    scope: &Scope,
    id: SourceId,
    before: Option<&str>,
    rules: String,
) -> Result<(), StoreError> {
    let args = args![scope.org, id, before.unwrap_or_default(), rules];
    db.write(move |tx| Box::pin(async move { tx.exec(SET_RULES, args).await.map(|_| ()) })).await
}

/// Deletes a source: its key is unknown, its webhooks are let go, its alerts stay. Errors: `NotFound`.
pub async fn delete(db: &Db, scope: &Scope, id: SourceId, now: Timestamp) -> Result<(), StoreError> {
    let scope = scope.clone();
    db.write(move |tx| {
        Box::pin(async move {
            let source = lock(tx, scope.org, id).await?;
            tx.exec(DELETE, args![scope.org, id, now]).await?;
            source_webhooks::let_go(tx, &scope, id, now).await?;
            audit::deleted(tx, &scope, subject(NOUN, id), &source, now).await
        })
    })
    .await
}
