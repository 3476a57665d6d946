//! Webhooks that an outside tool has for a source: what was asked for, what was found, what came. One that is to be removed outlives
//! its source.

use crate::args;
use crate::audit::{self, subject};
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::jobs::{self, JobKind, NewJob};
use crate::scope::Scope;
use crate::seal::Place;
use crate::stored;
use crate::value::timestamp;
use jiff::Timestamp;
use serde_json::json;
use watchbell_core::autotask::{Arrival, WebhookArrivals, WebhookKind, WebhookStanding};
use watchbell_core::ids::{ConnectorId, OrgId, SourceId, SourceWebhookId};

const NOUN: &str = "webhook of a source";

/// Where the secret key of a webhook is sealed.
pub const SECRET_SEALED: Place = Place { table: "source_webhook", column: "secret_sealed" };

macro_rules! columns {
    () => {
        "id, org_id, source_id, kind, connector_id, address, secret_sealed, phase, phase_since, tool_id, standing, arrivals"
    };
}

sql! {
    BY_ADDRESS { both: concat!("SELECT ", columns!(), " FROM source_webhook WHERE address = $1 AND phase <> 'REMOVING'") }
    OF_SOURCE { both: concat!("SELECT ", columns!(), " FROM source_webhook WHERE org_id = $1 AND source_id = $2 ORDER BY id") }
    OF_SOURCES {
        sqlite: concat!("SELECT ", columns!(), " FROM source_webhook WHERE org_id = $1 AND source_id IN (SELECT value FROM json_each($2)) ORDER BY id"),
        postgres: concat!("SELECT ", columns!(), " FROM source_webhook WHERE org_id = $1 AND source_id = ANY($2) ORDER BY id"),
    }
    /// One that is there keeps its address and its key.
    WANT { both: "INSERT INTO source_webhook (org_id, source_id, kind, connector_id, address, secret_sealed, phase, phase_since, standing, arrivals) \
        VALUES ($1, $2, $3, $4, $5, $6, 'MAKING', $7, '{}', '{}') \
        ON CONFLICT (org_id, source_id, kind) WHERE phase <> 'REMOVING' DO UPDATE SET phase = 'MAKING', phase_since = excluded.phase_since" }
    FOUND { both: "UPDATE source_webhook SET phase = CASE WHEN phase = $3 THEN $4 ELSE phase END, \
        phase_since = CASE WHEN phase = $3 AND phase <> $4 THEN CAST($5 AS BIGINT) ELSE phase_since END, tool_id = $6, standing = $7 \
        WHERE org_id = $1 AND id = $2" }
    RENEW { both: "UPDATE source_webhook SET address = $3, secret_sealed = $4, tool_id = NULL, arrivals = '{}' WHERE org_id = $1 AND id = $2" }
    ARRIVALS_FOR_UPDATE {
        sqlite: "SELECT arrivals FROM source_webhook WHERE org_id = $1 AND id = $2",
        postgres: "SELECT arrivals FROM source_webhook WHERE org_id = $1 AND id = $2 FOR UPDATE",
    }
    SET_ARRIVALS { both: "UPDATE source_webhook SET arrivals = $3 WHERE org_id = $1 AND id = $2" }
    LET_GO { both: "UPDATE source_webhook SET phase = 'REMOVING', phase_since = $3 WHERE org_id = $1 AND source_id = $2 AND phase <> 'REMOVING'" }
    DELETE { both: "DELETE FROM source_webhook WHERE org_id = $1 AND id = $2" }
}

/// What is to become of a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WebhookPhase {
    /// It is to be made, or made whole.
    Making,
    /// It was made, and is watched.
    Live,
    /// It is to be removed from the tool.
    Removing,
}

impl WebhookPhase {
    /// The word in the database and on the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            WebhookPhase::Making => "MAKING",
            WebhookPhase::Live => "LIVE",
            WebhookPhase::Removing => "REMOVING",
        }
    }

    /// The phase of a word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Making, Self::Live, Self::Removing].into_iter().find(|phase| phase.as_str() == word)
    }
}

/// A webhook.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceWebhook {
    /// Which.
    pub id: SourceWebhookId,
    /// Whose.
    pub org: OrgId,
    /// For which source.
    pub source: SourceId,
    /// What it tells of.
    pub kind: WebhookKind,
    /// The account that it was made with; it may be gone.
    pub connector: ConnectorId,
    /// The last part of the address that it calls.
    pub address: String,
    /// The key of its signatures, sealed at [`SECRET_SEALED`].
    pub secret_sealed: Vec<u8>,
    /// What is to become of it.
    pub phase: WebhookPhase,
    /// Since when.
    pub phase_since: Timestamp,
    /// The tool's id, once it has one.
    pub tool_id: Option<i64>,
    /// What was last found of it in the tool.
    pub standing: WebhookStanding,
    /// What it has sent.
    pub arrivals: WebhookArrivals,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    org_id: i64,
    source_id: i64,
    kind: String,
    connector_id: String,
    address: String,
    secret_sealed: Vec<u8>,
    phase: String,
    phase_since: i64,
    tool_id: Option<i64>,
    standing: String,
    arrivals: String,
}

impl Row {
    fn read(self) -> Result<SourceWebhook, StoreError> {
        Ok(SourceWebhook {
            id: SourceWebhookId(self.id),
            org: OrgId(self.org_id),
            source: SourceId(self.source_id),
            kind: stored::word(NOUN, &self.kind, WebhookKind::parse)?,
            connector: ConnectorId(self.connector_id),
            address: self.address,
            secret_sealed: self.secret_sealed,
            phase: stored::word(NOUN, &self.phase, WebhookPhase::parse)?,
            phase_since: timestamp(self.phase_since),
            tool_id: self.tool_id,
            standing: stored::json(NOUN, &self.standing)?,
            arrivals: stored::json(NOUN, &self.arrivals)?,
        })
    }
}

/// The address and the sealed key of a webhook, made by the server's `Ids`.
#[derive(Debug, Clone)]
pub struct WebhookKeys {
    /// See [`SourceWebhook::address`].
    pub address: String,
    /// See [`SourceWebhook::secret_sealed`].
    pub secret_sealed: Vec<u8>,
}

/// The webhook that calls an address; none where it is to be removed.
pub(crate) async fn of_address(db: &Db, address: &str) -> Result<Option<SourceWebhook>, StoreError> {
    let row: Option<Row> = db.one(BY_ADDRESS, args![address]).await?;
    row.map(Row::read).transpose()
}

/// The webhooks of a source, deleted or not; the oldest first.
pub async fn of_source(db: &Db, scope: &Scope, source: SourceId) -> Result<Vec<SourceWebhook>, StoreError> {
    read(db.all(OF_SOURCE, args![scope.org, source]).await?)
}

/// The webhooks of sources, the oldest first.
pub async fn of_sources(db: &Db, scope: &Scope, sources: &[SourceId]) -> Result<Vec<SourceWebhook>, StoreError> {
    let ids: Vec<i64> = sources.iter().map(|id| id.0).collect();
    read(db.all(OF_SOURCES, args![scope.org, ids]).await?)
}

fn read(rows: Vec<Row>) -> Result<Vec<SourceWebhook>, StoreError> {
    rows.into_iter().map(Row::read).collect()
}

/// Asks for a source's webhooks to be made, or made whole where they are there; with the job that does it.
pub async fn want(
    tx: &mut Tx,
    scope: &Scope,
    source: SourceId,
    connector: &ConnectorId,
    wanted: Vec<(WebhookKind, WebhookKeys)>,
    now: Timestamp,
) -> Result<(), StoreError> {
    for (kind, keys) in wanted {
        let args = args![scope.org, source, kind.as_str(), connector.clone(), keys.address, keys.secret_sealed, now];
        tx.exec(WANT, args).await?;
    }
    audit::created(tx, scope, subject(NOUN, source), &json!({ "connector": connector }), now).await?;
    ask(tx, scope.org, source, now).await
}

/// Asks for the job that makes, watches and removes the webhooks of a source.
pub async fn ask(tx: &mut Tx, org: OrgId, source: SourceId, at: Timestamp) -> Result<(), StoreError> {
    let job = NewJob::new(org, JobKind::KeepWebhooks, source.0, at).once(format!("webhooks:{source}"));
    jobs::ask(tx, vec![job]).await
}

/// Keeps what was found of a webhook. Its phase becomes the second one where it still is the first: somebody may have wished for
/// something else meanwhile.
pub async fn set_found(
    tx: &mut Tx,
    scope: &Scope,
    webhook: &SourceWebhook,
    (before, after): (WebhookPhase, WebhookPhase),
    now: Timestamp,
) -> Result<(), StoreError> {
    let standing = stored::to_json(&webhook.standing)?;
    let args = args![scope.org, webhook.id, before.as_str(), after.as_str(), now, webhook.tool_id, standing];
    tx.exec(FOUND, args).await.map(|_| ())
}

/// Gives a webhook that is made anew another address and another key; nothing has come from it yet.
pub async fn renew(tx: &mut Tx, scope: &Scope, id: SourceWebhookId, keys: WebhookKeys) -> Result<(), StoreError> {
    tx.exec(RENEW, args![scope.org, id, keys.address, keys.secret_sealed]).await.map(|_| ())
}

/// Notes something about what came from a webhook.
async fn note<T: Send>(
    tx: &mut Tx,
    scope: &Scope,
    id: SourceWebhookId,
    change: impl FnOnce(&mut WebhookArrivals) -> T + Send,
) -> Result<Option<T>, StoreError> {
    let row: Option<(String,)> = tx.one(ARRIVALS_FOR_UPDATE, args![scope.org, id]).await?;
    let Some((text,)) = row else { return Ok(None) };
    let mut arrivals: WebhookArrivals = stored::json(NOUN, &text)?;
    let said = change(&mut arrivals);
    tx.exec(SET_ARRIVALS, args![scope.org, id, stored::to_json(&arrivals)?]).await?;
    Ok(Some(said))
}

/// Notes an event; what its number says, and when a number was last missing before.
pub async fn note_event(
    tx: &mut Tx,
    scope: &Scope,
    id: SourceWebhookId,
    number: Option<i64>,
    now: Timestamp,
) -> Result<(Arrival, Option<Timestamp>), StoreError> {
    let said = note(tx, scope, id, |arrivals| {
        let before = arrivals.last_gap_at;
        (arrivals.take(number, now), before)
    });
    Ok(said.await?.unwrap_or((Arrival::Next, None)))
}

/// Notes that the tool said it had switched a webhook off, under the number of that event; with the job that looks.
pub async fn note_deactivated(
    tx: &mut Tx,
    scope: &Scope,
    webhook: &SourceWebhook,
    number: Option<i64>,
    now: Timestamp,
) -> Result<(), StoreError> {
    note(tx, scope, webhook.id, |arrivals| {
        arrivals.deactivated_at = Some(now);
        arrivals.take(number, now)
    })
    .await?;
    ask(tx, scope.org, webhook.source, now).await
}

/// Notes calls that were not signed as they should be.
pub async fn note_refused(db: &Db, scope: &Scope, id: SourceWebhookId, now: Timestamp) -> Result<(), StoreError> {
    let scope = scope.clone();
    let write = db.write(move |tx| {
        Box::pin(async move {
            note(tx, &scope, id, |arrivals| {
                arrivals.refused = arrivals.refused.saturating_add(1);
                arrivals.refused_at = Some(now);
            })
            .await
        })
    });
    write.await.map(|_| ())
}

/// Lets all webhooks of a source go: they are removed from the tool by the job that is asked for. Whether there were any.
pub async fn let_go(tx: &mut Tx, scope: &Scope, source: SourceId, now: Timestamp) -> Result<bool, StoreError> {
    if tx.exec(LET_GO, args![scope.org, source, now]).await? == 0 {
        return Ok(false);
    }
    audit::deleted(tx, scope, subject(NOUN, source), &json!({}), now).await?;
    ask(tx, scope.org, source, now).await?;
    Ok(true)
}

/// Forgets a webhook that is no longer in the tool.
pub async fn delete(tx: &mut Tx, scope: &Scope, id: SourceWebhookId) -> Result<(), StoreError> {
    tx.exec(DELETE, args![scope.org, id]).await.map(|_| ())
}
