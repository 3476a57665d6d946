//! Accounts in outside tools: address and user as text, secrets sealed, and what is known of their health.

use crate::args;
use crate::audit::{self, subject};
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::page::Page;
use crate::scope::Scope;
use crate::seal::Place;
use crate::stored;
use crate::value::timestamp;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value as Json;
use watchbell_core::ids::{ConnectorId, OrgId, UserId};
use watchbell_core::text::fold;

const NOUN: &str = "connector";

/// Where the secrets of a connector are sealed, as a JSON object.
pub const SEALED: Place = Place { table: "connector", column: "sealed" };

macro_rules! columns {
    () => {
        "id, type AS kind, name, params, sealed IS NOT NULL AS has_secrets, owner_id, state, state_reason, state_since, owner_told_at, \
         facts, created_at, updated_at"
    };
}

sql! {
    INSERT { both: "INSERT INTO connector (id, org_id, type, name, name_folded, params, sealed, owner_id, state, state_since, facts, \
        created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'GREEN', $9, '{}', $9, $9)" }
    BY_ID { both: concat!("SELECT ", columns!(), " FROM connector WHERE org_id = $1 AND id = $2") }
    FOR_UPDATE {
        sqlite: concat!("SELECT ", columns!(), " FROM connector WHERE org_id = $1 AND id = $2"),
        postgres: concat!("SELECT ", columns!(), " FROM connector WHERE org_id = $1 AND id = $2 FOR UPDATE"),
    }
    LOCK_SHARED {
        sqlite: "SELECT id FROM connector WHERE org_id = $1 AND id = $2",
        postgres: "SELECT id FROM connector WHERE org_id = $1 AND id = $2 FOR SHARE",
    }
    BY_NAME { both: concat!("SELECT ", columns!(), " FROM connector WHERE org_id = $1 AND name_folded = $2 ORDER BY created_at, id LIMIT 1") }
    OF_TYPE { both: concat!("SELECT ", columns!(), " FROM connector WHERE org_id = $1 AND type = $2 ORDER BY created_at, id") }
    LIST { both: concat!("SELECT ", columns!(), " FROM connector WHERE org_id = $1 ORDER BY created_at, id LIMIT $2 OFFSET $3") }
    SECRETS { both: "SELECT sealed FROM connector WHERE org_id = $1 AND id = $2" }
    UPDATE { both: "UPDATE connector SET name = $3, name_folded = $4, params = $5, owner_id = $6, updated_at = $7 WHERE org_id = $1 AND id = $2" }
    SET_SECRETS { both: "UPDATE connector SET sealed = $3, updated_at = $4 WHERE org_id = $1 AND id = $2" }
    SET_STATE { both: "UPDATE connector SET state = $3, state_reason = $4, state_since = $5, \
        owner_told_at = CASE WHEN $3 = 'RED' THEN owner_told_at ELSE NULL END \
        WHERE org_id = $1 AND id = $2 AND (state <> $3 OR COALESCE(state_reason, '') <> COALESCE($4, ''))" }
    OWNER_TOLD { both: "UPDATE connector SET owner_told_at = $3 WHERE org_id = $1 AND id = $2 AND owner_told_at IS NULL" }
    SET_FACTS { both: "UPDATE connector SET facts = $3 WHERE org_id = $1 AND id = $2" }
    SOURCES_USING { both: "SELECT name FROM alert_source WHERE org_id = $1 AND connector_id = $2 AND deleted_at IS NULL ORDER BY id LIMIT 5" }
    ACTIONS_USING { both: "SELECT name FROM alert_action WHERE org_id = $1 AND connector_id = $2 ORDER BY created_at, id LIMIT 5" }
    DELETE { both: "DELETE FROM connector WHERE org_id = $1 AND id = $2" }
}

/// How an account is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum ConnectorState {
    /// It works, as far as is known.
    #[serde(rename = "GREEN")]
    Green,
    /// It is slow, limited or away for the moment.
    #[serde(rename = "YELLOW")]
    Yellow,
    /// It was refused; nothing uses it until a person acts.
    #[serde(rename = "RED")]
    Red,
}

impl ConnectorState {
    /// The stored word.
    pub const fn as_str(self) -> &'static str {
        match self {
            ConnectorState::Green => "GREEN",
            ConnectorState::Yellow => "YELLOW",
            ConnectorState::Red => "RED",
        }
    }

    /// The state of a word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Green, Self::Yellow, Self::Red].into_iter().find(|state| state.as_str() == word)
    }
}

/// An account in an outside tool, without its secrets.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Connector {
    /// Which.
    pub id: ConnectorId,
    /// Of which tool, in ilert's lower case: `autotask`.
    pub kind: String,
    /// Its name, unique among those of the tool.
    pub name: String,
    /// Address, user name and so on: an object without secrets.
    pub params: Json,
    /// Whether secrets are kept.
    pub has_secrets: bool,
    /// Who is told when it stops working.
    pub owner: Option<UserId>,
    /// How it is.
    #[serde(skip)]
    pub state: ConnectorState,
    /// Why, in words for the person.
    #[serde(skip)]
    pub state_reason: Option<String>,
    /// Since when.
    #[serde(skip)]
    pub state_since: Timestamp,
    /// When its owner was told of the red state that lasts.
    #[serde(skip)]
    pub owner_told_at: Option<Timestamp>,
    /// What was learnt about it (zone, limits seen): an object.
    #[serde(skip)]
    pub facts: Json,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// What a connector is made of, parsed at the edge.
#[derive(Debug, Clone, PartialEq)]
pub struct ConnectorIn {
    /// Of which tool; not changed by an update.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// See [`Connector::params`].
    pub params: Json,
    /// Secrets, sealed at [`SEALED`]; `None` keeps what is there.
    pub sealed: Option<Vec<u8>>,
    /// Who is told; `None` keeps who is there.
    pub owner: Option<UserId>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    kind: String,
    name: String,
    params: String,
    has_secrets: bool,
    owner_id: Option<i64>,
    state: String,
    state_reason: Option<String>,
    state_since: i64,
    owner_told_at: Option<i64>,
    facts: String,
    created_at: i64,
    updated_at: i64,
}

impl Row {
    fn read(self) -> Result<Connector, StoreError> {
        Ok(Connector {
            id: ConnectorId(self.id),
            kind: self.kind,
            name: self.name,
            params: stored::json(NOUN, &self.params)?,
            has_secrets: self.has_secrets,
            owner: self.owner_id.map(UserId),
            state: stored::word(NOUN, &self.state, ConnectorState::parse)?,
            state_reason: self.state_reason,
            state_since: timestamp(self.state_since),
            owner_told_at: self.owner_told_at.map(timestamp),
            facts: stored::json(NOUN, &self.facts)?,
            created_at: timestamp(self.created_at),
            updated_at: timestamp(self.updated_at),
        })
    }
}

/// Makes a connector with an id from the server's `Ids`. Errors: `Taken` (name).
pub async fn create(
    db: &Db,
    scope: &Scope,
    id: ConnectorId,
    new: ConnectorIn,
    now: Timestamp,
) -> Result<Connector, StoreError> {
    let scope = scope.clone();
    db.write(move |tx| Box::pin(async move { create_in(tx, &scope, id, new, now).await })).await
}

/// [`create`] as part of a unit.
pub async fn create_in(
    tx: &mut Tx,
    scope: &Scope,
    id: ConnectorId,
    new: ConnectorIn,
    now: Timestamp,
) -> Result<Connector, StoreError> {
    let owner = new.owner.or(scope.actor.user());
    let (params, folded) = (stored::to_json(&new.params)?, fold(&new.name));
    let args = args![id.clone(), scope.org, new.kind, new.name, folded, params, new.sealed, owner, now];
    tx.exec(INSERT, args).await.map_err(taken)?;
    let connector = find(tx, scope.org, &id).await?;
    audit::created(tx, scope, subject(NOUN, &id), &connector, now).await?;
    Ok(connector)
}

fn taken(error: StoreError) -> StoreError {
    error.taken("name_folded", NOUN, "name")
}

/// A connector. Errors: `NotFound`.
pub async fn get(db: &Db, scope: &Scope, id: &ConnectorId) -> Result<Connector, StoreError> {
    let row: Option<Row> = db.one(BY_ID, args![scope.org, id.clone()]).await?;
    row.ok_or_else(|| StoreError::not_found(NOUN, id))?.read()
}

/// The oldest connector of this name.
pub async fn find_by_name(db: &Db, scope: &Scope, name: &str) -> Result<Option<Connector>, StoreError> {
    let row: Option<Row> = db.one(BY_NAME, args![scope.org, fold(name)]).await?;
    row.map(Row::read).transpose()
}

/// The connectors of a tool, oldest first.
pub async fn of_kind(db: &Db, scope: &Scope, kind: &str) -> Result<Vec<Connector>, StoreError> {
    let rows: Vec<Row> = db.all(OF_TYPE, args![scope.org, kind]).await?;
    rows.into_iter().map(Row::read).collect()
}

/// The oldest connector of a tool whose parameters fit (the same user at the same address).
pub async fn find_fitting(
    db: &Db,
    scope: &Scope,
    kind: &str,
    fits: impl Fn(&Json) -> bool,
) -> Result<Option<Connector>, StoreError> {
    Ok(of_kind(db, scope, kind).await?.into_iter().find(|connector| fits(&connector.params)))
}

/// Connectors, oldest first.
pub async fn list(db: &Db, scope: &Scope, page: Page) -> Result<Vec<Connector>, StoreError> {
    let rows: Vec<Row> = db.all(LIST, args![scope.org, page.max_results, page.start_index]).await?;
    rows.into_iter().map(Row::read).collect()
}

/// The sealed secrets; open them at [`SEALED`]. Errors: `NotFound`.
pub async fn secrets(db: &Db, scope: &Scope, id: &ConnectorId) -> Result<Option<Vec<u8>>, StoreError> {
    let row: Option<(Option<Vec<u8>>,)> = db.one(SECRETS, args![scope.org, id.clone()]).await?;
    Ok(row.ok_or_else(|| StoreError::not_found(NOUN, id))?.0)
}

/// Changes a connector; new secrets replace the old ones. Errors: `NotFound`, `Taken` (name).
pub async fn update(
    db: &Db,
    scope: &Scope,
    id: &ConnectorId,
    new: ConnectorIn,
    now: Timestamp,
) -> Result<Connector, StoreError> {
    let (scope, id) = (scope.clone(), id.clone());
    db.write(move |tx| {
        Box::pin(async move {
            let before = lock(tx, scope.org, &id).await?;
            let (params, folded) = (stored::to_json(&new.params)?, fold(&new.name));
            let owner = new.owner.or(before.owner);
            tx.exec(UPDATE, args![scope.org, id.clone(), new.name, folded, params, owner, now]).await.map_err(taken)?;
            if let Some(sealed) = new.sealed {
                tx.exec(SET_SECRETS, args![scope.org, id.clone(), sealed, now]).await?;
                // New credentials deserve a new try.
                set_state_in(tx, &scope, &id, ConnectorState::Green, None, now).await?;
            }
            let after = find(tx, scope.org, &id).await?;
            audit::updated(tx, &scope, subject(NOUN, &id), (&before, &after), now).await?;
            Ok(after)
        })
    })
    .await
}

/// Says how the account is. Whether that is news: the same state for the same reason keeps its time.
pub async fn set_state(
    db: &Db,
    scope: &Scope,
    id: &ConnectorId,
    state: ConnectorState,
    reason: Option<String>,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let (scope, id) = (scope.clone(), id.clone());
    db.write(move |tx| Box::pin(async move { set_state_in(tx, &scope, &id, state, reason, now).await })).await
}

/// [`set_state`] as part of a unit.
pub async fn set_state_in(
    tx: &mut Tx,
    scope: &Scope,
    id: &ConnectorId,
    state: ConnectorState,
    reason: Option<String>,
    now: Timestamp,
) -> Result<bool, StoreError> {
    Ok(tx.exec(SET_STATE, args![scope.org, id.clone(), state.as_str(), reason, now]).await? == 1)
}

/// Whether it falls to the caller to tell the owner: true once for a red state that lasts.
pub async fn claim_owner_notice(
    tx: &mut Tx,
    scope: &Scope,
    id: &ConnectorId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    Ok(tx.exec(OWNER_TOLD, args![scope.org, id.clone(), now]).await? == 1)
}

/// Keeps what was learnt about the account.
pub async fn set_facts(db: &Db, scope: &Scope, id: &ConnectorId, facts: &Json) -> Result<(), StoreError> {
    let (org, id, facts) = (scope.org, id.clone(), stored::to_json(facts)?);
    db.write(move |tx| Box::pin(async move { tx.exec(SET_FACTS, args![org, id, facts]).await.map(|_| ()) })).await
}

/// Deletes a connector with what was cached of it. Errors: `NotFound`, `InUse` (a source or an alert action uses it).
pub async fn delete(db: &Db, scope: &Scope, id: &ConnectorId, now: Timestamp) -> Result<(), StoreError> {
    let (scope, id) = (scope.clone(), id.clone());
    db.write(move |tx| {
        Box::pin(async move {
            let connector = lock(tx, scope.org, &id).await?;
            for (users, noun) in [(SOURCES_USING, "alert sources"), (ACTIONS_USING, "alert actions")] {
                let named: Vec<(String,)> = tx.all(users, args![scope.org, id.clone()]).await?;
                if !named.is_empty() {
                    let list = named.iter().map(|(name,)| format!("\"{name}\"")).collect::<Vec<_>>().join(", ");
                    let what = format!("the {noun} {list} use this connector: delete them first");
                    return Err(StoreError::InUse { what });
                }
            }
            tx.exec(DELETE, args![scope.org, id.clone()]).await?;
            audit::deleted(tx, &scope, subject(NOUN, &id), &connector, now).await
        })
    })
    .await
}

/// Keeps a connector from being deleted until the unit ends. Errors: `Refused`, for it was named by something else.
pub(crate) async fn hold(tx: &mut Tx, org: OrgId, id: &ConnectorId) -> Result<(), StoreError> {
    let row: Option<(String,)> = tx.one(LOCK_SHARED, args![org, id.clone()]).await?;
    row.map(|_| ()).ok_or_else(|| StoreError::Refused(format!("connector {id} does not exist")))
}

/// Of which tool a connector is, which stays until the unit ends. Errors: `Refused`, for it was named by something else.
pub(crate) async fn kind_in(tx: &mut Tx, org: OrgId, id: &ConnectorId) -> Result<String, StoreError> {
    hold(tx, org, id).await?;
    Ok(find(tx, org, id).await?.kind)
}

async fn lock(tx: &mut Tx, org: OrgId, id: &ConnectorId) -> Result<Connector, StoreError> {
    let row: Option<Row> = tx.one(FOR_UPDATE, args![org, id.clone()]).await?;
    row.ok_or_else(|| StoreError::not_found(NOUN, id))?.read()
}

async fn find(tx: &mut Tx, org: OrgId, id: &ConnectorId) -> Result<Connector, StoreError> {
    let row: Option<Row> = tx.one(BY_ID, args![org, id.clone()]).await?;
    row.ok_or_else(|| StoreError::not_found(NOUN, id))?.read()
}
