//! Alert actions: what is done in outside tools about the alerts of some sources; and asking for it, in the transaction of what
//! happens to an alert.

use crate::args;
use crate::audit::{self, subject};
use crate::connectors;
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::jobs::{JobKind, NewJob};
use crate::page::Page;
use crate::scope::Scope;
use crate::stored;
use crate::value::timestamp;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use watchbell_core::alert::{Alert, Change};
use watchbell_core::alert_action::{ActionRules, Trigger};
use watchbell_core::ids::{ActionId, AlertId, ConnectorId, OrgId, SourceId};
use watchbell_core::limits;
use watchbell_core::text::fold;
use watchbell_core::timeline::Actor;

const NOUN: &str = "alert action";

macro_rules! columns {
    () => {
        "id, type AS kind, name, connector_id, body, created_at, updated_at"
    };
}

sql! {
    INSERT { both: "INSERT INTO alert_action (id, org_id, type, name, name_folded, connector_id, mode, triggers, body, created_at, updated_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)" }
    COUNT { both: "SELECT count(*) FROM alert_action WHERE org_id = $1" }
    BY_ID { both: concat!("SELECT ", columns!(), " FROM alert_action WHERE org_id = $1 AND id = $2") }
    FOR_UPDATE {
        sqlite: concat!("SELECT ", columns!(), " FROM alert_action WHERE org_id = $1 AND id = $2"),
        postgres: concat!("SELECT ", columns!(), " FROM alert_action WHERE org_id = $1 AND id = $2 FOR UPDATE"),
    }
    BY_NAME { both: concat!("SELECT ", columns!(), " FROM alert_action WHERE org_id = $1 AND name_folded = $2 ORDER BY created_at, id LIMIT 1") }
    LIST { both: concat!("SELECT ", columns!(), " FROM alert_action a WHERE org_id = $1 AND (CAST($2 AS BIGINT) IS NULL OR EXISTS (SELECT 1 FROM alert_action_source s \
        WHERE s.org_id = a.org_id AND s.action_id = a.id AND s.source_id = $2)) AND (CAST($3 AS TEXT) IS NULL OR connector_id = $3) \
        ORDER BY created_at, id LIMIT $4 OFFSET $5") }
    UPDATE { both: "UPDATE alert_action SET name = $3, name_folded = $4, connector_id = $5, mode = $6, triggers = $7, body = $8, updated_at = $9 WHERE org_id = $1 AND id = $2" }
    DELETE { both: "DELETE FROM alert_action WHERE org_id = $1 AND id = $2" }
    SOURCES { both: "SELECT s.source_id, a.name, a.integration_type FROM alert_action_source s JOIN alert_source a ON a.org_id = s.org_id AND a.id = s.source_id \
        WHERE s.org_id = $1 AND s.action_id = $2 AND a.deleted_at IS NULL ORDER BY s.source_id" }
    SOURCE_TYPE { both: "SELECT integration_type FROM alert_source WHERE org_id = $1 AND id = $2 AND deleted_at IS NULL" }
    ADD_SOURCE { both: "INSERT INTO alert_action_source (org_id, source_id, action_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING" }
    CLEAR_SOURCES { both: "DELETE FROM alert_action_source WHERE org_id = $1 AND action_id = $2" }
    FORGET_GIVEN_UP { both: "DELETE FROM job WHERE org_id = $1 AND once_key = $2 AND gave_up_at IS NOT NULL" }
    /// What acts by itself upon the alerts of these sources.
    DUE {
        sqlite: "SELECT s.source_id, s.action_id, a.triggers FROM alert_action_source s JOIN alert_action a ON a.org_id = s.org_id AND a.id = s.action_id
            WHERE s.org_id = $1 AND s.source_id IN (SELECT value FROM json_each($2)) AND a.mode = 'AUTOMATIC' ORDER BY s.source_id, a.created_at, a.id",
        postgres: "SELECT s.source_id, s.action_id, a.triggers FROM alert_action_source s JOIN alert_action a ON a.org_id = s.org_id AND a.id = s.action_id
            WHERE s.org_id = $1 AND s.source_id = ANY($2) AND a.mode = 'AUTOMATIC' ORDER BY s.source_id, a.created_at, a.id",
    }
}

/// An alert action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AlertAction {
    /// Which.
    pub id: ActionId,
    /// Of which tool, in ilert's lower case: `autotask`.
    pub kind: String,
    /// Its name; several may have the same.
    pub name: String,
    /// The account that it acts with.
    pub connector: ConnectorId,
    /// Upon whose alerts it acts: id and name.
    pub sources: Vec<(SourceId, String)>,
    /// The rest.
    pub rules: ActionRules,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// What an alert action is made of, parsed at the edge.
#[derive(Debug, Clone, PartialEq)]
pub struct ActionIn {
    /// Its name.
    pub name: String,
    /// The account.
    pub connector: ConnectorId,
    /// Upon whose alerts it acts.
    pub sources: Vec<SourceId>,
    /// The rest.
    pub rules: ActionRules,
}

/// What the job of an action carries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionOrder {
    /// Which action.
    pub action: ActionId,
    /// Who let it act.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
    /// Whether a person did, whatever its conditions say.
    pub by_hand: bool,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    kind: String,
    name: String,
    connector_id: String,
    body: String,
    created_at: i64,
    updated_at: i64,
}

impl Row {
    fn read(self) -> Result<AlertAction, StoreError> {
        Ok(AlertAction {
            id: ActionId(self.id),
            kind: self.kind,
            name: self.name,
            connector: ConnectorId(self.connector_id),
            sources: Vec::new(),
            rules: stored::json(NOUN, &self.body)?,
            created_at: timestamp(self.created_at),
            updated_at: timestamp(self.updated_at),
        })
    }
}

/// Makes an action with an id from the server's `Ids`. Errors: `Refused` (a source or connector that does not fit, too many).
pub async fn create(
    db: &Db,
    scope: &Scope,
    id: ActionId,
    new: ActionIn,
    now: Timestamp,
) -> Result<AlertAction, StoreError> {
    let scope = scope.clone();
    db.write(move |tx| Box::pin(async move { create_in(tx, &scope, id, new, now).await })).await
}

async fn create_in(
    tx: &mut Tx,
    scope: &Scope,
    id: ActionId,
    new: ActionIn,
    now: Timestamp,
) -> Result<AlertAction, StoreError> {
    let count: Option<(i64,)> = tx.one(COUNT, args![scope.org]).await?;
    if count.is_some_and(|(count,)| count >= limits::ALERT_ACTIONS_MAX) {
        return Err(StoreError::Refused(format!("there may be at most {} alert actions", limits::ALERT_ACTIONS_MAX)));
    }
    let kind = connectors::kind_in(tx, scope.org, &new.connector).await?;
    let (mode, triggers) = (new.rules.mode.as_str(), stored::to_json(&new.rules.triggers)?);
    let (folded, body) = (fold(&new.name), stored::to_json(&new.rules)?);
    let args = args![
        id.0.clone(),
        scope.org,
        kind.clone(),
        new.name,
        folded,
        new.connector.clone(),
        mode,
        triggers,
        body,
        now
    ];
    tx.exec(INSERT, args).await?;
    set_sources(tx, scope.org, &id, &kind, &new.sources).await?;
    let made = find(tx, scope.org, &id).await?;
    audit::created(tx, scope, subject(NOUN, &id), &made, now).await?;
    Ok(made)
}

/// Its sources from now on. Errors: `Refused` (a source that is not there, or whose alerts come from such tickets).
async fn set_sources(
    tx: &mut Tx,
    org: OrgId,
    id: &ActionId,
    kind: &str,
    sources: &[SourceId],
) -> Result<(), StoreError> {
    tx.exec(CLEAR_SOURCES, args![org, id.0.clone()]).await?;
    for source in sources {
        let row: Option<(String,)> = tx.one(SOURCE_TYPE, args![org, *source]).await?;
        let (tool,) = row.ok_or_else(|| StoreError::Refused(format!("alert source {source} does not exist")))?;
        if tool.eq_ignore_ascii_case(kind) {
            return Err(StoreError::Refused(format!(
                "alert source {source} opens its alerts from tickets of the same tool, and is told to them already (its settings say what): such an action would make tickets of tickets"
            )));
        }
        tx.exec(ADD_SOURCE, args![org, *source, id.0.clone()]).await?;
    }
    Ok(())
}

async fn with_sources(tx: &mut Tx, org: OrgId, mut action: AlertAction) -> Result<AlertAction, StoreError> {
    let rows: Vec<(i64, String, String)> = tx.all(SOURCES, args![org, action.id.0.clone()]).await?;
    action.sources = rows.into_iter().map(|(id, name, _)| (SourceId(id), name)).collect();
    Ok(action)
}

async fn find(tx: &mut Tx, org: OrgId, id: &ActionId) -> Result<AlertAction, StoreError> {
    let row: Option<Row> = tx.one(BY_ID, args![org, id.0.clone()]).await?;
    let action = row.ok_or_else(|| StoreError::not_found(NOUN, id))?.read()?;
    with_sources(tx, org, action).await
}

async fn filled(db: &Db, org: OrgId, rows: Vec<Row>) -> Result<Vec<AlertAction>, StoreError> {
    let mut all = Vec::with_capacity(rows.len());
    for row in rows {
        let mut action = row.read()?;
        let sources: Vec<(i64, String, String)> = db.all(SOURCES, args![org, action.id.0.clone()]).await?;
        action.sources = sources.into_iter().map(|(id, name, _)| (SourceId(id), name)).collect();
        all.push(action);
    }
    Ok(all)
}

/// An action. Errors: `NotFound`.
pub async fn get(db: &Db, scope: &Scope, id: &ActionId) -> Result<AlertAction, StoreError> {
    let row: Option<Row> = db.one(BY_ID, args![scope.org, id.0.clone()]).await?;
    filled(db, scope.org, row.into_iter().collect()).await?.pop().ok_or_else(|| StoreError::not_found(NOUN, id))
}

/// The oldest action of this name.
pub async fn find_by_name(db: &Db, scope: &Scope, name: &str) -> Result<Option<AlertAction>, StoreError> {
    let row: Option<Row> = db.one(BY_NAME, args![scope.org, fold(name)]).await?;
    Ok(filled(db, scope.org, row.into_iter().collect()).await?.pop())
}

/// Actions, oldest first; of a source, of a connector.
pub async fn list(
    db: &Db,
    scope: &Scope,
    source: Option<SourceId>,
    connector: Option<ConnectorId>,
    page: Page,
) -> Result<Vec<AlertAction>, StoreError> {
    let args = args![scope.org, source, connector.map(|id| id.0), page.max_results, page.start_index];
    let rows: Vec<Row> = db.all(LIST, args).await?;
    filled(db, scope.org, rows).await
}

/// How many there are.
pub async fn count(db: &Db, scope: &Scope) -> Result<i64, StoreError> {
    Ok(db.one::<(i64,)>(COUNT, args![scope.org]).await?.map_or(0, |(count,)| count))
}

/// Replaces what an action is made of. Errors: `NotFound`, `Refused`.
pub async fn update(
    db: &Db,
    scope: &Scope,
    id: &ActionId,
    new: ActionIn,
    now: Timestamp,
) -> Result<AlertAction, StoreError> {
    let (scope, id) = (scope.clone(), id.clone());
    db.write(move |tx| {
        Box::pin(async move {
            let row: Option<Row> = tx.one(FOR_UPDATE, args![scope.org, id.0.clone()]).await?;
            let before = row.ok_or_else(|| StoreError::not_found(NOUN, &id))?.read()?;
            let before = with_sources(tx, scope.org, before).await?;
            let kind = connectors::kind_in(tx, scope.org, &new.connector).await?;
            if kind != before.kind {
                return Err(StoreError::Refused(format!("connectorId: this action is of the type {}", before.kind)));
            }
            let (mode, triggers) = (new.rules.mode.as_str(), stored::to_json(&new.rules.triggers)?);
            let (folded, body) = (fold(&new.name), stored::to_json(&new.rules)?);
            let args = args![scope.org, id.0.clone(), new.name, folded, new.connector, mode, triggers, body, now];
            tx.exec(UPDATE, args).await?;
            set_sources(tx, scope.org, &id, &kind, &new.sources).await?;
            let after = find(tx, scope.org, &id).await?;
            audit::updated(tx, &scope, subject(NOUN, &id), (&before, &after), now).await?;
            Ok(after)
        })
    })
    .await
}

/// Deletes an action; the tickets that it made stay, and are not followed any more. Errors: `NotFound`.
pub async fn delete(db: &Db, scope: &Scope, id: &ActionId, now: Timestamp) -> Result<(), StoreError> {
    let (scope, id) = (scope.clone(), id.clone());
    db.write(move |tx| {
        Box::pin(async move {
            let action = find(tx, scope.org, &id).await?;
            tx.exec(DELETE, args![scope.org, id.0.clone()]).await?;
            audit::deleted(tx, &scope, subject(NOUN, &id), &action, now).await
        })
    })
    .await
}

/// Asks for what a person wants done about an alert.
pub async fn order_by_hand(
    db: &Db,
    scope: &Scope,
    alert: AlertId,
    action: ActionId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let order = ActionOrder { action, by: scope.actor.clone(), at: now, by_hand: true };
    let job = job(scope.org, alert, &order);
    db.write(move |tx| Box::pin(async move { crate::jobs::ask(tx, vec![job]).await })).await
}

/// The job that lets an action act: once per alert, one after another of an alert.
fn job(org: OrgId, alert: AlertId, order: &ActionOrder) -> NewJob {
    NewJob::new(org, JobKind::RunAction, alert.0, order.at)
        .once(once_key(&order.action, alert))
        .in_lane(format!("actions:{alert}"))
        .with(order)
}

fn once_key(action: &ActionId, alert: AlertId) -> String {
    format!("action:{action}:{alert}")
}

/// Forgets tries that gave up: it is done now.
pub async fn forget_given_up(tx: &mut Tx, scope: &Scope, alert: AlertId, action: &ActionId) -> Result<(), StoreError> {
    tx.exec(FORGET_GIVEN_UP, args![scope.org, once_key(action, alert)]).await.map(|_| ())
}

/// What changes of alerts let act, each by whom.
pub(crate) async fn of_changes(
    tx: &mut Tx,
    org: OrgId,
    changes: &[(Alert, Change)],
    by: &Actor,
    now: Timestamp,
) -> Result<Vec<NewJob>, StoreError> {
    let happened = changes.iter().map(|(_, change)| {
        let triggers: Vec<Trigger> = change.entries.iter().filter_map(|entry| Trigger::of(entry, by)).collect();
        (&change.alert, by.clone(), triggers)
    });
    due(tx, org, happened.collect(), now).await
}

/// What something that happened to alerts lets act: one job for each action. An alert that has its ticket asks for none: it is
/// told to the ticket instead.
pub(crate) async fn due(
    tx: &mut Tx,
    org: OrgId,
    happened: Vec<(&Alert, Actor, Vec<Trigger>)>,
    now: Timestamp,
) -> Result<Vec<NewJob>, StoreError> {
    let may_act = |alert: &Alert, triggers: &[Trigger]| !triggers.is_empty() && alert.content.ticket.is_none();
    let happened: Vec<_> = happened.into_iter().filter(|(alert, _, triggers)| may_act(alert, triggers)).collect();
    if happened.is_empty() {
        return Ok(Vec::new());
    }
    let mut sources: Vec<i64> = happened.iter().map(|(alert, ..)| alert.source.0).collect();
    sources.sort_unstable();
    sources.dedup();
    let rows: Vec<(i64, String, String)> = tx.all(DUE, args![org, sources]).await?;
    let mut by_source: BTreeMap<i64, Vec<(ActionId, Vec<Trigger>)>> = BTreeMap::new();
    for (source, action, triggers) in rows {
        by_source.entry(source).or_default().push((ActionId(action), stored::json(NOUN, &triggers)?));
    }
    let mut jobs = Vec::new();
    for (alert, by, triggers) in happened {
        let actions = by_source.get(&alert.source.0).into_iter().flatten();
        for (action, _) in actions.filter(|(_, upon)| triggers.iter().any(|it| upon.contains(it))) {
            let order = ActionOrder { action: action.clone(), by: by.clone(), at: now, by_hand: false };
            jobs.push(job(org, alert.id, &order));
        }
    }
    Ok(jobs)
}
