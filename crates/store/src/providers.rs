//! Which accounts carry the messages of a channel, and in which order.

use crate::args;
use crate::audit::{self, subject};
use crate::connectors::{self, ConnectorState};
use crate::db::{Db, Tx};
use crate::deliveries::FOR_ACCOUNT;
use crate::error::StoreError;
use crate::scope::Scope;
use crate::stored;
use crate::value::timestamp;
use jiff::Timestamp;
use serde_json::Value as Json;
use watchbell_core::ids::{ConnectorId, OrgId};
use watchbell_core::limits::PROVIDERS_MAX;
use watchbell_core::user::Channel;

macro_rules! columns {
    () => {
        "SELECT p.channel, p.rank, c.id, c.type AS kind, c.name, c.params, c.sealed, c.state FROM provider p \
         JOIN connector c ON c.org_id = p.org_id AND c.id = p.connector_id "
    };
}

sql! {
    OF_CHANNEL { both: concat!(columns!(), "WHERE p.org_id = $1 AND p.channel = $2 ORDER BY p.rank, c.created_at, c.id") }
    OF_CONNECTOR { both: concat!(columns!(), "WHERE p.org_id = $1 AND p.connector_id = $2 ORDER BY p.channel") }
    ALL { both: concat!(columns!(), "WHERE p.org_id = $1 ORDER BY p.channel, p.rank, c.created_at, c.id") }
    COUNT { both: "SELECT count(DISTINCT connector_id) FROM provider WHERE org_id = $1 AND connector_id <> $2" }
    LAST_RANK { both: "SELECT coalesce(max(rank), 0) FROM provider WHERE org_id = $1 AND channel = $2" }
    ADD { both: "INSERT INTO provider (org_id, channel, connector_id, rank) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING" }
    REMOVE_OTHERS {
        sqlite: "DELETE FROM provider WHERE org_id = $1 AND connector_id = $2 AND channel NOT IN (SELECT value FROM json_each($3))",
        postgres: "DELETE FROM provider WHERE org_id = $1 AND connector_id = $2 AND channel <> ALL($3)",
    }
    SET_RANK { both: "UPDATE provider SET rank = $4 WHERE org_id = $1 AND channel = $2 AND connector_id = $3" }
    FAILED { both: "UPDATE connector SET failure = $3, failed_at = $4 WHERE org_id = $1 AND id = $2" }
    HEALTH {
        both: "SELECT c.id, c.failure, c.failed_at,
            (SELECT max(n.sent_at) FROM notification n WHERE n.org_id = c.org_id AND n.connector_id = c.id) AS sent_at,
            (SELECT count(*) FROM notification n WHERE n.org_id = c.org_id AND n.connector_id = c.id AND n.sent_at > $2) AS sent_lately
            FROM connector c WHERE c.org_id = $1 AND EXISTS (SELECT 1 FROM provider p WHERE p.org_id = c.org_id AND p.connector_id = c.id) ORDER BY c.created_at, c.id"
    }
    USED { both: "SELECT method, count(DISTINCT user_id) FROM notification_preference WHERE org_id = $1 GROUP BY method ORDER BY method" }
    QUEUES { both: "SELECT place, count(*), min(due_at) FROM job WHERE org_id = $1 AND kind = 'notify' AND gave_up_at IS NULL AND (visible_at <= $2 OR (NOT leased AND last_error = $3)) GROUP BY place ORDER BY place" }
}

/// An account that carries messages of a channel.
#[derive(Debug, Clone, PartialEq)]
pub struct ChannelProvider {
    /// Of which channel.
    pub channel: Channel,
    /// Its place in the order: the least is asked first.
    pub rank: i64,
    /// Which account.
    pub connector: ConnectorId,
    /// Of which kind.
    pub kind: String,
    /// How people call it.
    pub name: String,
    /// What is not secret.
    pub params: Json,
    /// What is, sealed at [`connectors::SEALED`].
    pub sealed: Option<Vec<u8>>,
    /// How it is.
    pub state: ConnectorState,
}

#[derive(sqlx::FromRow)]
struct Row {
    channel: String,
    rank: i64,
    id: String,
    kind: String,
    name: String,
    params: String,
    sealed: Option<Vec<u8>>,
    state: String,
}

impl Row {
    fn read(self) -> Result<ChannelProvider, StoreError> {
        Ok(ChannelProvider {
            channel: stored::word("provider", &self.channel, Channel::parse)?,
            rank: self.rank,
            connector: ConnectorId(self.id),
            kind: self.kind,
            name: self.name,
            params: stored::json("connector", &self.params)?,
            sealed: self.sealed,
            state: stored::word("connector", &self.state, ConnectorState::parse)?,
        })
    }
}

/// Those that carry a channel, in their order.
pub async fn of_channel(db: &Db, scope: &Scope, channel: Channel) -> Result<Vec<ChannelProvider>, StoreError> {
    let rows: Vec<Row> = db.all(OF_CHANNEL, args![scope.org, channel.as_str()]).await?;
    rows.into_iter().map(Row::read).collect()
}

/// What an account carries; empty where it is none that carries messages.
pub async fn of_connector(db: &Db, scope: &Scope, id: &ConnectorId) -> Result<Vec<ChannelProvider>, StoreError> {
    let rows: Vec<Row> = db.all(OF_CONNECTOR, args![scope.org, id.clone()]).await?;
    rows.into_iter().map(Row::read).collect()
}

/// All of them, by channel and order.
pub async fn all(db: &Db, scope: &Scope) -> Result<Vec<ChannelProvider>, StoreError> {
    let rows: Vec<Row> = db.all(ALL, args![scope.org]).await?;
    rows.into_iter().map(Row::read).collect()
}

/// Lets an account carry these channels and no others; a new one comes last. Errors: `NotFound`, `Refused` (too many accounts).
pub async fn set_channels(
    db: &Db,
    scope: &Scope,
    id: &ConnectorId,
    channels: &[Channel],
    now: Timestamp,
) -> Result<(), StoreError> {
    let (scope, id, channels) = (scope.clone(), id.clone(), channels.to_vec());
    db.write(move |tx| Box::pin(async move { set_channels_in(tx, &scope, &id, &channels, now).await })).await
}

async fn set_channels_in(
    tx: &mut Tx,
    scope: &Scope,
    id: &ConnectorId,
    channels: &[Channel],
    now: Timestamp,
) -> Result<(), StoreError> {
    connectors::hold(tx, scope.org, id).await?;
    let others: Option<(i64,)> = tx.one(COUNT, args![scope.org, id.clone()]).await?;
    if others.is_some_and(|(count,)| count >= PROVIDERS_MAX) {
        return Err(StoreError::Refused(format!("at most {PROVIDERS_MAX} accounts may carry messages")));
    }
    let words: Vec<String> = channels.iter().map(|channel| channel.as_str().to_owned()).collect();
    tx.exec(REMOVE_OTHERS, args![scope.org, id.clone(), words.clone()]).await?;
    for channel in channels {
        let last: Option<(i64,)> = tx.one(LAST_RANK, args![scope.org, channel.as_str()]).await?;
        let rank = last.map_or(1, |(rank,)| rank + 1);
        tx.exec(ADD, args![scope.org, channel.as_str(), id.clone(), rank]).await?;
    }
    audit::updated(tx, scope, subject("provider", id), (&Vec::<String>::new(), &words), now).await
}

/// Puts the accounts of a channel into an order; those that are not named come after it as they were.
pub async fn set_order(
    db: &Db,
    scope: &Scope,
    channel: Channel,
    order: Vec<ConnectorId>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let before: Vec<ConnectorId> =
        of_channel(db, scope, channel).await?.into_iter().map(|provider| provider.connector).collect();
    let rest = before.iter().filter(|id| !order.contains(id)).cloned();
    let after: Vec<ConnectorId> = order.iter().filter(|id| before.contains(id)).cloned().chain(rest).collect();
    let scope = scope.clone();
    db.write(move |tx| {
        Box::pin(async move {
            for (id, rank) in after.iter().zip(1_i64..) {
                tx.exec(SET_RANK, args![scope.org, channel.as_str(), id.clone(), rank]).await?;
            }
            let noun = subject("provider order", channel.as_str());
            audit::updated(tx, &scope, noun, (&before, &after), now).await
        })
    })
    .await
}

/// Keeps what an account said when it failed: it stays known after it works again.
pub(crate) async fn note_failure(
    tx: &mut Tx,
    org: OrgId,
    id: &ConnectorId,
    error: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.exec(FAILED, args![org, id.clone(), error, now]).await.map(|_| ())
}

/// How an account does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    /// Which.
    pub connector: ConnectorId,
    /// When it last took a message.
    pub sent_at: Option<Timestamp>,
    /// How many it took since the time that was asked for.
    pub sent_lately: i64,
    /// What it said when it last failed.
    pub failure: Option<String>,
    /// When.
    pub failed_at: Option<Timestamp>,
}

/// How all accounts do, counted from a time.
pub async fn health(db: &Db, scope: &Scope, since: Timestamp) -> Result<Vec<Health>, StoreError> {
    let rows: Vec<HealthRow> = db.all(HEALTH, args![scope.org, since]).await?;
    let health = |row: HealthRow| Health {
        connector: ConnectorId(row.id),
        sent_at: row.sent_at.map(timestamp),
        sent_lately: row.sent_lately,
        failure: row.failure,
        failed_at: row.failed_at.map(timestamp),
    };
    Ok(rows.into_iter().map(health).collect())
}

#[derive(sqlx::FromRow)]
struct HealthRow {
    id: String,
    failure: Option<String>,
    failed_at: Option<i64>,
    sent_at: Option<i64>,
    sent_lately: i64,
}

/// Messages that are due and not under way, by channel: how many, and since when the oldest is.
pub async fn queues(db: &Db, scope: &Scope, now: Timestamp) -> Result<Vec<(Channel, i64, Timestamp)>, StoreError> {
    let rows: Vec<(String, i64, i64)> = db.all(QUEUES, args![scope.org, now, FOR_ACCOUNT]).await?;
    let queue = |(place, count, since): (String, i64, i64)| Some((Channel::parse(&place)?, count, timestamp(since)));
    Ok(rows.into_iter().filter_map(queue).collect())
}

/// Over which channels that need an account people want to be reached: how many people each.
pub async fn used(db: &Db, scope: &Scope) -> Result<Vec<(Channel, i64)>, StoreError> {
    let rows: Vec<(String, i64)> = db.all(USED, args![scope.org]).await?;
    let used = |(method, people): (String, i64)| {
        Channel::parse(&method).filter(|channel| channel.needs_provider()).map(|channel| (channel, people))
    };
    Ok(rows.into_iter().filter_map(used).collect())
}
