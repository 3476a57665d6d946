//! Escalation policies. A version never changes: editing a policy makes a new one, and running alerts keep theirs.

pub(crate) mod targets;

use crate::args;
use crate::audit::{self, subject};
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::page::Page;
use crate::scope::Scope;
use crate::stored;
use crate::value::timestamp;
use jiff::Timestamp;
use serde::Serialize;
use watchbell_core::escalation::{AfterAccept, Level, Policy, Target};
use watchbell_core::ids::{OrgId, PolicyId, UserId};
use watchbell_core::text::fold;

pub(crate) use targets::names_that_target;

const NOUN: &str = "escalation policy";

macro_rules! columns {
    () => {
        "p.id, p.name, p.routing_key, p.version, v.levels, v.passes, v.repeating, v.delay_s, v.after_accept, p.created_at, p.updated_at"
    };
}
macro_rules! tables {
    () => {
        " FROM escalation_policy p JOIN escalation_policy_version v \
         ON v.org_id = p.org_id AND v.policy_id = p.id AND v.version = p.version "
    };
}

sql! {
    INSERT { both: "INSERT INTO escalation_policy (org_id, name, name_folded, routing_key, routing_key_folded, version, created_at, updated_at) \
        VALUES ($1, $2, $3, $4, $5, 1, $6, $6) RETURNING id" }
    INSERT_VERSION { both: "INSERT INTO escalation_policy_version (org_id, policy_id, version, levels, passes, repeating, delay_s, after_accept, created_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)" }
    BY_ID { both: concat!("SELECT ", columns!(), tables!(), "WHERE p.org_id = $1 AND p.id = $2 AND p.deleted_at IS NULL") }
    LOCK {
        sqlite: "SELECT id FROM escalation_policy WHERE org_id = $1 AND id = $2 AND deleted_at IS NULL",
        postgres: "SELECT id FROM escalation_policy WHERE org_id = $1 AND id = $2 AND deleted_at IS NULL FOR UPDATE",
    }
    LOCK_SHARED {
        sqlite: "SELECT id FROM escalation_policy WHERE org_id = $1 AND id = $2 AND deleted_at IS NULL",
        postgres: "SELECT id FROM escalation_policy WHERE org_id = $1 AND id = $2 AND deleted_at IS NULL FOR SHARE",
    }
    BY_NAME { both: concat!("SELECT ", columns!(), tables!(), "WHERE p.org_id = $1 AND p.name_folded = $2 AND p.deleted_at IS NULL") }
    LIST { both: concat!("SELECT ", columns!(), tables!(), "WHERE p.org_id = $1 AND p.deleted_at IS NULL ORDER BY p.id LIMIT $2 OFFSET $3") }
    MANY {
        sqlite: concat!("SELECT ", columns!(), tables!(), "WHERE p.org_id = $1 AND p.id IN (SELECT value FROM json_each($2)) ORDER BY p.id"),
        postgres: concat!("SELECT ", columns!(), tables!(), "WHERE p.org_id = $1 AND p.id = ANY($2) ORDER BY p.id"),
    }
    BY_ROUTING_KEY { both: concat!("SELECT ", columns!(), tables!(), "WHERE p.org_id = $1 AND p.routing_key_folded = $2 AND p.deleted_at IS NULL") }
    VERSION { both: "SELECT version, levels, passes, delay_s, after_accept FROM escalation_policy_version WHERE org_id = $1 AND policy_id = $2 AND version = $3" }
    UPDATE { both: "UPDATE escalation_policy SET name = $3, name_folded = $4, routing_key = $5, routing_key_folded = $6, version = $7, \
        updated_at = $8 WHERE org_id = $1 AND id = $2" }
    DELETE { both: "UPDATE escalation_policy SET deleted_at = $3, updated_at = $3 WHERE org_id = $1 AND id = $2" }
    SOURCES_USING { both: "SELECT name FROM alert_source WHERE org_id = $1 AND policy_id = $2 AND deleted_at IS NULL ORDER BY id LIMIT 5" }
}

/// A policy with its current version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EscalationPolicy {
    /// Which.
    pub id: PolicyId,
    /// Its name, unique without case.
    pub name: String,
    /// What events name it by, unique without case.
    pub routing_key: Option<String>,
    /// The current version, from 1.
    pub version: i64,
    /// In order.
    pub levels: Vec<Level>,
    /// Passes through the levels, 1 to 9; 1 unless repeating.
    pub passes: i64,
    /// Whether it goes through the levels more than once.
    pub repeating: bool,
    /// Seconds before the first page.
    pub delay_s: i64,
    /// What follows an accept.
    pub after_accept: AfterAccept,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl EscalationPolicy {
    /// As the rules see it.
    pub fn to_core(&self) -> Policy {
        Policy {
            id: self.id,
            version: self.version,
            levels: self.levels.clone(),
            passes: self.passes,
            delay_s: self.delay_s,
            after_accept: self.after_accept,
        }
    }
}

/// What a policy is made of, parsed at the edge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyIn {
    /// Its name.
    pub name: String,
    /// Its routing key.
    pub routing_key: Option<String>,
    /// In order; what they name has to exist.
    pub levels: Vec<Level>,
    /// Passes when repeating, 1 to 9.
    pub passes: i64,
    /// Whether it goes through the levels more than once.
    pub repeating: bool,
    /// Seconds before the first page.
    pub delay_s: i64,
    /// What follows an accept.
    pub after_accept: AfterAccept,
}

impl PolicyIn {
    /// As the rules see it, under an id and a version.
    pub fn to_core(&self, id: PolicyId, version: i64) -> Policy {
        let passes = if self.repeating { self.passes } else { 1 };
        let (levels, delay_s, after_accept) = (self.levels.clone(), self.delay_s, self.after_accept);
        Policy { id, version, levels, passes, delay_s, after_accept }
    }
}

impl From<EscalationPolicy> for PolicyIn {
    fn from(policy: EscalationPolicy) -> Self {
        Self {
            name: policy.name,
            routing_key: policy.routing_key,
            levels: policy.levels,
            passes: policy.passes,
            repeating: policy.repeating,
            delay_s: policy.delay_s,
            after_accept: policy.after_accept,
        }
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    name: String,
    routing_key: Option<String>,
    version: i64,
    levels: String,
    passes: i64,
    repeating: bool,
    delay_s: i64,
    after_accept: String,
    created_at: i64,
    updated_at: i64,
}

impl Row {
    fn read(self) -> Result<EscalationPolicy, StoreError> {
        Ok(EscalationPolicy {
            id: PolicyId(self.id),
            name: self.name,
            routing_key: self.routing_key,
            version: self.version,
            levels: stored::json(NOUN, &self.levels)?,
            passes: self.passes,
            repeating: self.repeating,
            delay_s: self.delay_s,
            after_accept: stored::json(NOUN, &self.after_accept)?,
            created_at: timestamp(self.created_at),
            updated_at: timestamp(self.updated_at),
        })
    }
}

/// Makes a policy. Errors: `Taken` (name, routing key), `Refused` (a target that does not exist, a policy that reaches nobody).
pub async fn create(db: &Db, scope: &Scope, new: PolicyIn, now: Timestamp) -> Result<EscalationPolicy, StoreError> {
    let scope = scope.clone();
    db.write(move |tx| {
        Box::pin(async move {
            targets::check_exist(tx, scope.org, &new.levels).await?;
            targets::check_reach(tx, &scope, &new.levels, now).await?;
            let (name_folded, key_folded) = (fold(&new.name), new.routing_key.as_deref().map(fold));
            let args = args![scope.org, &new.name, name_folded, new.routing_key.clone(), key_folded, now];
            let id = PolicyId(tx.insert(INSERT, args).await.map_err(taken)?);
            insert_version(tx, scope.org, id, 1, &new, now).await?;
            let policy = find(tx, scope.org, id).await?;
            audit::created(tx, &scope, subject(NOUN, id), &policy, now).await?;
            Ok(policy)
        })
    })
    .await
}

async fn insert_version(
    tx: &mut Tx,
    org: OrgId,
    id: PolicyId,
    version: i64,
    new: &PolicyIn,
    now: Timestamp,
) -> Result<(), StoreError> {
    let passes = if new.repeating { new.passes } else { 1 };
    let (levels, after_accept) = (stored::to_json(&new.levels)?, stored::to_json(&new.after_accept)?);
    let args = args![org, id, version, levels, passes, new.repeating, new.delay_s, after_accept, now];
    tx.exec(INSERT_VERSION, args).await?;
    Ok(())
}

fn taken(error: StoreError) -> StoreError {
    error.taken("routing_key", NOUN, "routingKey").taken("escalation_policy_name", NOUN, "name").taken(
        "escalation_policy.name_folded",
        NOUN,
        "name",
    )
}

/// A policy. Errors: `NotFound`.
pub async fn get(db: &Db, scope: &Scope, id: PolicyId) -> Result<EscalationPolicy, StoreError> {
    let row: Option<Row> = db.one(BY_ID, args![scope.org, id]).await?;
    row.ok_or_else(|| StoreError::not_found(NOUN, id))?.read()
}

/// The policy of this name.
pub async fn find_by_name(db: &Db, scope: &Scope, name: &str) -> Result<Option<EscalationPolicy>, StoreError> {
    let row: Option<Row> = db.one(BY_NAME, args![scope.org, fold(name)]).await?;
    row.map(Row::read).transpose()
}

/// Policies by id.
pub async fn list(db: &Db, scope: &Scope, page: Page) -> Result<Vec<EscalationPolicy>, StoreError> {
    let rows: Vec<Row> = db.all(LIST, args![scope.org, page.max_results, page.start_index]).await?;
    rows.into_iter().map(Row::read).collect()
}

/// Those of `ids` that ever existed, deleted ones too: alerts and sources name them.
pub async fn get_many(db: &Db, scope: &Scope, ids: &[PolicyId]) -> Result<Vec<EscalationPolicy>, StoreError> {
    let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let rows: Vec<Row> = db.all(MANY, args![scope.org, ids]).await?;
    rows.into_iter().map(Row::read).collect()
}

/// The first policy whose routing key is in the list (separated by commas, left to right).
pub async fn resolve(db: &Db, scope: &Scope, routing_keys: &str) -> Result<Option<EscalationPolicy>, StoreError> {
    for key in routing_keys.split(',').map(fold).filter(|key| !key.is_empty()).take(ROUTING_KEYS_MAX) {
        let row: Option<Row> = db.one(BY_ROUTING_KEY, args![scope.org, key]).await?;
        if let Some(row) = row {
            return row.read().map(Some);
        }
    }
    Ok(None)
}

/// Routing keys that are tried of one list.
const ROUTING_KEYS_MAX: usize = 20;

#[derive(sqlx::FromRow)]
struct VersionRow {
    version: i64,
    levels: String,
    passes: i64,
    delay_s: i64,
    after_accept: String,
}

/// One version of a policy, also of a deleted one. Errors: `NotFound`.
pub async fn version(tx: &mut Tx, scope: &Scope, id: PolicyId, version: i64) -> Result<Policy, StoreError> {
    let row: Option<VersionRow> = tx.one(VERSION, args![scope.org, id, version]).await?;
    read_version(row, id)
}

/// [`version`] outside a unit.
pub async fn get_version(db: &Db, scope: &Scope, id: PolicyId, version: i64) -> Result<Policy, StoreError> {
    let row: Option<VersionRow> = db.one(VERSION, args![scope.org, id, version]).await?;
    read_version(row, id)
}

fn read_version(row: Option<VersionRow>, id: PolicyId) -> Result<Policy, StoreError> {
    let row = row.ok_or_else(|| StoreError::not_found(NOUN, id))?;
    let levels = stored::json(NOUN, &row.levels)?;
    let after_accept = stored::json(NOUN, &row.after_accept)?;
    Ok(Policy { id, version: row.version, levels, passes: row.passes, delay_s: row.delay_s, after_accept })
}

/// Replaces what a policy is made of; running alerts keep their version. Errors: `NotFound`, `Taken`, `Refused`.
pub async fn update(
    db: &Db,
    scope: &Scope,
    id: PolicyId,
    new: PolicyIn,
    now: Timestamp,
) -> Result<EscalationPolicy, StoreError> {
    let scope = scope.clone();
    db.write(move |tx| Box::pin(async move { replace(tx, &scope, id, |_| Ok(new), now).await })).await
}

/// Replaces one level, counted from 0. Errors: `NotFound` (policy, level), `Refused` (user).
pub async fn update_level(
    db: &Db,
    scope: &Scope,
    id: PolicyId,
    index: usize,
    level: Level,
    now: Timestamp,
) -> Result<EscalationPolicy, StoreError> {
    let scope = scope.clone();
    let change = move |policy: EscalationPolicy| {
        let mut new = PolicyIn::from(policy);
        *new.levels.get_mut(index).ok_or_else(|| StoreError::not_found("escalation level", index))? = level;
        Ok(new)
    };
    db.write(move |tx| Box::pin(async move { replace(tx, &scope, id, change, now).await })).await
}

async fn replace<F>(
    tx: &mut Tx,
    scope: &Scope,
    id: PolicyId,
    change: F,
    now: Timestamp,
) -> Result<EscalationPolicy, StoreError>
where
    F: FnOnce(EscalationPolicy) -> Result<PolicyIn, StoreError>,
{
    lock(tx, scope.org, id).await?;
    let before = find(tx, scope.org, id).await?;
    let new = change(before.clone())?;
    targets::check_exist(tx, scope.org, &new.levels).await?;
    targets::check_reach(tx, scope, &new.levels, now).await?;
    let version = before.version + 1;
    insert_version(tx, scope.org, id, version, &new, now).await?;
    let (name_folded, key_folded) = (fold(&new.name), new.routing_key.as_deref().map(fold));
    let args = args![scope.org, id, new.name, name_folded, new.routing_key, key_folded, version, now];
    tx.exec(UPDATE, args).await.map_err(taken)?;
    let after = find(tx, scope.org, id).await?;
    audit::updated(tx, scope, subject(NOUN, id), (&before, &after), now).await?;
    Ok(after)
}

/// Puts somebody else in the place of a user in every policy that names them. Errors: `Refused`, where one would reach nobody then.
pub(crate) async fn replace_user(
    tx: &mut Tx,
    scope: &Scope,
    (user, to): (UserId, UserId),
    now: Timestamp,
) -> Result<(), StoreError> {
    for (id, name) in targets::that_target(tx, scope.org, Target::User(user)).await? {
        let change = |policy: EscalationPolicy| {
            let mut new = PolicyIn::from(policy);
            new.levels = new.levels.into_iter().map(|level| level.with_replaced(user, to)).collect();
            Ok(new)
        };
        match replace(tx, scope, id, change, now).await {
            Ok(_) => {}
            Err(StoreError::Refused(why)) => {
                return Err(StoreError::Refused(format!("replacement: in \"{name}\", {why}")));
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Deletes a policy; running alerts keep their version of it. Errors: `NotFound`, `InUse` (a source escalates to it).
pub async fn delete(db: &Db, scope: &Scope, id: PolicyId, now: Timestamp) -> Result<(), StoreError> {
    let scope = scope.clone();
    db.write(move |tx| {
        Box::pin(async move {
            lock(tx, scope.org, id).await?;
            let policy = find(tx, scope.org, id).await?;
            let sources: Vec<(String,)> = tx.all(SOURCES_USING, args![scope.org, id]).await?;
            if !sources.is_empty() {
                let list = sources.iter().map(|(name,)| format!("\"{name}\"")).collect::<Vec<_>>().join(", ");
                let what = format!("the alert sources {list} escalate to this policy: give them another one first");
                return Err(StoreError::InUse { what });
            }
            tx.exec(DELETE, args![scope.org, id, now]).await?;
            audit::deleted(tx, &scope, subject(NOUN, id), &policy, now).await
        })
    })
    .await
}

/// Keeps a policy from being deleted until the unit ends. Errors: `Refused`, for it was named by something else.
pub(crate) async fn hold(tx: &mut Tx, org: OrgId, id: PolicyId) -> Result<(), StoreError> {
    let row: Option<(i64,)> = tx.one(LOCK_SHARED, args![org, id]).await?;
    row.map(|_| ()).ok_or_else(|| StoreError::Refused(format!("escalationPolicy {id} does not exist")))
}

async fn lock(tx: &mut Tx, org: OrgId, id: PolicyId) -> Result<(), StoreError> {
    let row: Option<(i64,)> = tx.one(LOCK, args![org, id]).await?;
    row.map(|_| ()).ok_or_else(|| StoreError::not_found(NOUN, id))
}

async fn find(tx: &mut Tx, org: OrgId, id: PolicyId) -> Result<EscalationPolicy, StoreError> {
    let row: Option<Row> = tx.one(BY_ID, args![org, id]).await?;
    row.ok_or_else(|| StoreError::not_found(NOUN, id))?.read()
}
