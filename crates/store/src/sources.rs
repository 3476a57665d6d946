//! Alert sources: one connection to a tool each, with a secret integration key, a policy, and how its events become alerts.

pub(crate) mod changes;

use crate::args;
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::page::Page;
use crate::reader::Reader;
use crate::scope::Scope;
use crate::seal::Place;
use crate::sql::Sql;
use crate::stored;
use crate::value::timestamp;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value as Json;
use watchbell_core::grouping::Grouping;
use watchbell_core::ids::{ConnectorId, OrgId, PolicyId, SourceId, SupportHoursId};
use watchbell_core::priority_rule::PriorityRule;
use watchbell_core::text::fold;

pub use changes::{create, create_in, delete, renew_rules, replace_key, set_poll, update};

const NOUN: &str = "alert source";

/// Where the integration key of a source is sealed.
pub const KEY_SEALED: Place = Place { table: "alert_source", column: "key_sealed" };

macro_rules! columns {
    () => {
        "id, name, integration_type, key_sealed, policy_id, active, grouping, grouping_window_s, priority_rule, support_hours_id, auto_raise, auto_resolve_s, \
         connector_id, settings, rules, started_at, polled_at, poll_state, created_at, updated_at, deleted_at"
    };
}

sql! {
    BY_ID { both: concat!("SELECT ", columns!(), " FROM alert_source WHERE org_id = $1 AND id = $2 AND deleted_at IS NULL") }
    FOR_UPDATE {
        sqlite: concat!("SELECT ", columns!(), " FROM alert_source WHERE org_id = $1 AND id = $2 AND deleted_at IS NULL"),
        postgres: concat!("SELECT ", columns!(), " FROM alert_source WHERE org_id = $1 AND id = $2 AND deleted_at IS NULL FOR UPDATE"),
    }
    BY_NAME { both: concat!("SELECT ", columns!(), " FROM alert_source WHERE org_id = $1 AND name_folded = $2 AND deleted_at IS NULL") }
    LIST { both: concat!("SELECT ", columns!(), " FROM alert_source WHERE org_id = $1 AND deleted_at IS NULL ORDER BY id LIMIT $2 OFFSET $3") }
    MANY {
        sqlite: concat!("SELECT ", columns!(), " FROM alert_source WHERE org_id = $1 AND id IN (SELECT value FROM json_each($2)) ORDER BY id"),
        postgres: concat!("SELECT ", columns!(), " FROM alert_source WHERE org_id = $1 AND id = ANY($2) ORDER BY id"),
    }
    OF_TYPE { both: concat!("SELECT ", columns!(), " FROM alert_source WHERE org_id = $1 AND integration_type = $2 AND deleted_at IS NULL ORDER BY id") }
    OF_CONNECTOR { both: concat!("SELECT ", columns!(), " FROM alert_source WHERE org_id = $1 AND connector_id = $2 AND deleted_at IS NULL ORDER BY id") }
}

/// One connection to a tool.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Source {
    /// Which.
    pub id: SourceId,
    /// Its name, unique without case.
    pub name: String,
    /// Which tool, in ilert's words: `API`, `AUTOTASK`.
    pub integration_type: String,
    /// The integration key, sealed at [`KEY_SEALED`].
    #[serde(skip)]
    pub key_sealed: Vec<u8>,
    /// Who is paged.
    pub policy: PolicyId,
    /// Whether its events open alerts.
    pub active: bool,
    /// How events become alerts.
    pub grouping: Grouping,
    /// For grouping per window, in seconds.
    pub grouping_window_s: Option<i64>,
    /// How loud alerts open whose events do not say so.
    pub priority_rule: PriorityRule,
    /// Its support hours, for rules that need them.
    pub support_hours: Option<SupportHoursId>,
    /// Whether quiet alerts that nobody has are raised at the border of the hours.
    pub auto_raise: bool,
    /// Resolve alerts after this time, in seconds.
    pub auto_resolve_s: Option<i64>,
    /// The account of the tool.
    pub connector: Option<ConnectorId>,
    /// Icons, templates and so on as they were sent: an object.
    pub settings: Json,
    /// The rules of the tool (Autotask: what reaches us, what a change does) as JSON text.
    pub rules: Option<String>,
    /// Older tickets open only by a later change.
    pub started_at: Timestamp,
    /// When the tool was last asked for changes.
    #[serde(skip)]
    pub polled_at: Option<Timestamp>,
    /// What the poll has to remember.
    #[serde(skip)]
    pub poll_state: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// When it was deleted; only [`get_many`] returns such sources.
    pub deleted_at: Option<Timestamp>,
}

/// What a source is made of, parsed at the edge.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceIn {
    /// Its name.
    pub name: String,
    /// Which tool; not changed by an update.
    pub integration_type: String,
    /// Who is paged.
    pub policy: PolicyId,
    /// Whether its events open alerts.
    pub active: bool,
    /// How events become alerts.
    pub grouping: Grouping,
    /// For grouping per window, in seconds.
    pub grouping_window_s: Option<i64>,
    /// How loud alerts open whose events do not say so.
    pub priority_rule: PriorityRule,
    /// Its support hours, for rules that need them.
    pub support_hours: Option<SupportHoursId>,
    /// Whether quiet alerts that nobody has are raised at the border of the hours.
    pub auto_raise: bool,
    /// Resolve alerts after this time, in seconds.
    pub auto_resolve_s: Option<i64>,
    /// The account of the tool.
    pub connector: Option<ConnectorId>,
    /// See [`Source::settings`].
    pub settings: Json,
    /// See [`Source::rules`].
    pub rules: Option<String>,
}

impl From<Source> for SourceIn {
    fn from(source: Source) -> Self {
        Self {
            name: source.name,
            integration_type: source.integration_type,
            policy: source.policy,
            active: source.active,
            grouping: source.grouping,
            grouping_window_s: source.grouping_window_s,
            priority_rule: source.priority_rule,
            support_hours: source.support_hours,
            auto_raise: source.auto_raise,
            auto_resolve_s: source.auto_resolve_s,
            connector: source.connector,
            settings: source.settings,
            rules: source.rules,
        }
    }
}

/// An integration key made by the server's `Ids`: how it is looked up, and how it is shown again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IntegrationKey {
    /// SHA-256 of the key.
    pub hash: [u8; 32],
    /// The key, sealed at [`KEY_SEALED`].
    pub sealed: Vec<u8>,
}

#[derive(sqlx::FromRow)]
pub(crate) struct Row {
    id: i64,
    name: String,
    integration_type: String,
    key_sealed: Vec<u8>,
    policy_id: i64,
    active: bool,
    grouping: String,
    grouping_window_s: Option<i64>,
    priority_rule: String,
    support_hours_id: Option<i64>,
    auto_raise: bool,
    auto_resolve_s: Option<i64>,
    connector_id: Option<String>,
    settings: String,
    rules: Option<String>,
    started_at: i64,
    polled_at: Option<i64>,
    poll_state: Option<String>,
    created_at: i64,
    updated_at: i64,
    deleted_at: Option<i64>,
}

impl Row {
    pub(crate) fn read(self) -> Result<Source, StoreError> {
        Ok(Source {
            id: SourceId(self.id),
            name: self.name,
            integration_type: self.integration_type,
            key_sealed: self.key_sealed,
            policy: PolicyId(self.policy_id),
            active: self.active,
            grouping: stored::word(NOUN, &self.grouping, Grouping::parse)?,
            grouping_window_s: self.grouping_window_s,
            priority_rule: stored::word(NOUN, &self.priority_rule, PriorityRule::parse)?,
            support_hours: self.support_hours_id.map(SupportHoursId),
            auto_raise: self.auto_raise,
            auto_resolve_s: self.auto_resolve_s,
            connector: self.connector_id.map(ConnectorId),
            settings: stored::json(NOUN, &self.settings)?,
            rules: self.rules,
            started_at: timestamp(self.started_at),
            polled_at: self.polled_at.map(timestamp),
            poll_state: self.poll_state,
            created_at: timestamp(self.created_at),
            updated_at: timestamp(self.updated_at),
            deleted_at: self.deleted_at.map(timestamp),
        })
    }
}

/// A source. Errors: `NotFound`.
pub async fn get(db: &Db, scope: &Scope, id: SourceId) -> Result<Source, StoreError> {
    one(db, BY_ID, scope.org, id).await
}

async fn lock(tx: &mut Tx, org: OrgId, id: SourceId) -> Result<Source, StoreError> {
    one(tx, FOR_UPDATE, org, id).await
}

async fn find(tx: &mut Tx, org: OrgId, id: SourceId) -> Result<Source, StoreError> {
    one(tx, BY_ID, org, id).await
}

async fn one(reader: impl Into<Reader<'_>>, sql: Sql, org: OrgId, id: SourceId) -> Result<Source, StoreError> {
    let row: Option<Row> = reader.into().one(sql, args![org, id]).await?;
    row.ok_or_else(|| StoreError::not_found(NOUN, id))?.read()
}

/// The source of this name.
pub async fn find_by_name(db: &Db, scope: &Scope, name: &str) -> Result<Option<Source>, StoreError> {
    let row: Option<Row> = db.one(BY_NAME, args![scope.org, fold(name)]).await?;
    row.map(Row::read).transpose()
}

/// Sources by id.
pub async fn list(db: &Db, scope: &Scope, page: Page) -> Result<Vec<Source>, StoreError> {
    read(db.all(LIST, args![scope.org, page.max_results, page.start_index]).await?)
}

/// Those of `ids` that ever existed, deleted ones too: alerts name them.
pub async fn get_many(db: &Db, scope: &Scope, ids: &[SourceId]) -> Result<Vec<Source>, StoreError> {
    let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
    read(db.all(MANY, args![scope.org, ids]).await?)
}

/// The sources of a tool, by id.
pub async fn of_type(db: &Db, scope: &Scope, integration_type: &str) -> Result<Vec<Source>, StoreError> {
    read(db.all(OF_TYPE, args![scope.org, integration_type]).await?)
}

/// The sources that use an account, by id.
pub async fn of_connector(db: &Db, scope: &Scope, connector: &ConnectorId) -> Result<Vec<Source>, StoreError> {
    read(db.all(OF_CONNECTOR, args![scope.org, connector.clone()]).await?)
}

fn read(rows: Vec<Row>) -> Result<Vec<Source>, StoreError> {
    rows.into_iter().map(Row::read).collect()
}
