//! Tickets of an outside tool as a source last saw them, each with its verdict: what it led to, and why.

use crate::args;
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::page::Page;
use crate::scope::Scope;
use crate::value::timestamp;
use jiff::Timestamp;
use watchbell_core::alert::Alert;
use watchbell_core::event::AlertKey;
use watchbell_core::ids::{AlertId, SourceId};
use watchbell_core::timeline::Entry;

macro_rules! columns {
    () => {
        "ticket_id, number, title, snapshot, body, verdict, seen_at, modified_at, alert_id"
    };
}

sql! {
    MANY {
        sqlite: concat!("SELECT ", columns!(), " FROM ticket WHERE org_id = $1 AND source_id = $2 \
            AND ticket_id IN (SELECT value FROM json_each($3)) ORDER BY ticket_id"),
        postgres: concat!("SELECT ", columns!(), " FROM ticket WHERE org_id = $1 AND source_id = $2 AND ticket_id = ANY($3) ORDER BY ticket_id"),
    }
    LOCK_MANY {
        sqlite: concat!("SELECT ", columns!(), " FROM ticket WHERE org_id = $1 AND source_id = $2 \
            AND ticket_id IN (SELECT value FROM json_each($3)) ORDER BY ticket_id"),
        postgres: concat!("SELECT ", columns!(), " FROM ticket WHERE org_id = $1 AND source_id = $2 AND ticket_id = ANY($3) \
            ORDER BY ticket_id FOR UPDATE"),
    }
    BY_NUMBER { both: concat!("SELECT ", columns!(), " FROM ticket WHERE org_id = $1 AND source_id = $2 AND number = $3 ORDER BY ticket_id LIMIT 1") }
    LIST { both: concat!("SELECT ", columns!(), " FROM ticket WHERE org_id = $1 AND source_id = $2 \
        ORDER BY seen_at DESC, ticket_id DESC LIMIT $3 OFFSET $4") }
    OF_ALERT { both: concat!("SELECT ", columns!(), " FROM ticket WHERE org_id = $1 AND source_id = $2 AND alert_id = $3 ORDER BY ticket_id") }
    PUT { both: "INSERT INTO ticket (org_id, source_id, ticket_id, number, title, snapshot, body, verdict, seen_at, modified_at, alert_id) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
        ON CONFLICT (org_id, source_id, ticket_id) DO UPDATE SET number = excluded.number, title = excluded.title, \
        snapshot = excluded.snapshot, body = excluded.body, verdict = excluded.verdict, seen_at = excluded.seen_at, \
        modified_at = excluded.modified_at, alert_id = excluded.alert_id" }
    OPEN_KEYS { both: "SELECT alert_key FROM alert WHERE org_id = $1 AND source_id = $2 AND status <> 'RESOLVED' AND alert_key IS NOT NULL ORDER BY id LIMIT $3" }
    LAST_SEEN { both: concat!("SELECT ", columns!(), " FROM ticket WHERE org_id = $1 AND source_id = $2 ORDER BY seen_at DESC, ticket_id DESC LIMIT 1") }
    DELETE_BEFORE {
        sqlite: "DELETE FROM ticket WHERE (org_id, source_id, ticket_id) IN (SELECT org_id, source_id, ticket_id FROM ticket \
            WHERE org_id = $1 AND source_id = $2 AND seen_at < $3 ORDER BY seen_at, ticket_id LIMIT $4)",
        postgres: "DELETE FROM ticket WHERE org_id = $1 AND source_id = $2 AND ticket_id IN (SELECT ticket_id FROM ticket \
            WHERE org_id = $1 AND source_id = $2 AND seen_at < $3 ORDER BY seen_at, ticket_id LIMIT $4)",
    }
}

/// A ticket as it was last seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    /// The tool's id.
    pub ticket_id: i64,
    /// The number that people say, such as `T20261123.0001`.
    pub number: String,
    /// Its title.
    pub title: String,
    /// What is compared with the next sight of it: JSON of the rules.
    pub snapshot: String,
    /// The whole ticket as it was read: JSON, for opening from the last copy.
    pub body: String,
    /// What it led to and why: JSON of the rules.
    pub verdict: String,
    /// When it was last seen.
    pub seen_at: Timestamp,
    /// When it was last changed, by the tool's clock.
    pub modified_at: Timestamp,
    /// The alert that follows it.
    pub alert: Option<AlertId>,
}

#[derive(sqlx::FromRow)]
struct Row {
    ticket_id: i64,
    number: String,
    title: String,
    snapshot: String,
    body: String,
    verdict: String,
    seen_at: i64,
    modified_at: i64,
    alert_id: Option<i64>,
}

impl From<Row> for Ticket {
    fn from(row: Row) -> Self {
        Self {
            ticket_id: row.ticket_id,
            number: row.number,
            title: row.title,
            snapshot: row.snapshot,
            body: row.body,
            verdict: row.verdict,
            seen_at: timestamp(row.seen_at),
            modified_at: timestamp(row.modified_at),
            alert: row.alert_id.map(AlertId),
        }
    }
}

/// Those of `ids` that were seen before, by id.
pub async fn get_many(db: &Db, scope: &Scope, source: SourceId, ids: Vec<i64>) -> Result<Vec<Ticket>, StoreError> {
    let rows: Vec<Row> = db.all(MANY, args![scope.org, source, ids]).await?;
    Ok(rows.into_iter().map(Ticket::from).collect())
}

/// [`get_many`] in a unit that will change them: nobody else does until it ends.
pub async fn lock_many(tx: &mut Tx, scope: &Scope, source: SourceId, ids: Vec<i64>) -> Result<Vec<Ticket>, StoreError> {
    let rows: Vec<Row> = tx.all(LOCK_MANY, args![scope.org, source, ids]).await?;
    Ok(rows.into_iter().map(Ticket::from).collect())
}

/// A ticket as it was last seen with its latest alert, both locked for this unit.
pub async fn lock_with_alert(
    tx: &mut Tx,
    scope: &Scope,
    source: SourceId,
    ticket_id: i64,
) -> Result<(Option<Ticket>, Option<Alert>), StoreError> {
    let Some(ticket) = lock_many(tx, scope, source, vec![ticket_id]).await?.pop() else { return Ok((None, None)) };
    let alert = match ticket.alert {
        Some(alert) => lock_alert(tx, scope, alert).await?,
        None => None,
    };
    Ok((Some(ticket), alert))
}

/// An alert, locked for this unit; none when it was deleted.
pub async fn lock_alert(tx: &mut Tx, scope: &Scope, alert: AlertId) -> Result<Option<Alert>, StoreError> {
    Ok(crate::alerts::lock(tx, scope.org, vec![alert.0]).await?.pop().map(|(alert, _)| alert))
}

/// The open alert of a key of this source, locked for this unit.
pub async fn lock_open_alert(
    tx: &mut Tx,
    scope: &Scope,
    source: SourceId,
    key: &AlertKey,
) -> Result<Option<Alert>, StoreError> {
    let mut groups = crate::value::Rows::default();
    groups.push(args![scope.org, source, format!("k:{}", key.folded())]);
    Ok(crate::alerts::lock_groups(tx, groups).await?.pop().map(|(alert, _)| alert))
}

/// The alert keys of the open alerts of a source, oldest first.
pub async fn open_keys(db: &Db, scope: &Scope, source: SourceId, rows_max: i64) -> Result<Vec<String>, StoreError> {
    let rows: Vec<(String,)> = db.all(OPEN_KEYS, args![scope.org, source, rows_max]).await?;
    Ok(rows.into_iter().map(|(key,)| key).collect())
}

/// The ticket that was seen last, for a preview of templates.
pub async fn last_seen(db: &Db, scope: &Scope, source: SourceId) -> Result<Option<Ticket>, StoreError> {
    let row: Option<Row> = db.one(LAST_SEEN, args![scope.org, source]).await?;
    Ok(row.map(Ticket::from))
}

/// Says on the timeline of an alert what was written to its ticket, or could not be.
pub async fn log_write_back(
    tx: &mut Tx,
    scope: &Scope,
    alert: AlertId,
    entry: Entry,
    now: Timestamp,
) -> Result<(), StoreError> {
    crate::changes::log(tx, scope.org, &scope.actor, now, vec![(alert, entry)]).await
}

/// The ticket of this number, trimmed.
pub async fn find_by_number(
    db: &Db,
    scope: &Scope,
    source: SourceId,
    number: &str,
) -> Result<Option<Ticket>, StoreError> {
    let row: Option<Row> = db.one(BY_NUMBER, args![scope.org, source, number.trim()]).await?;
    Ok(row.map(Ticket::from))
}

/// The tickets of a source, last seen first.
pub async fn list(db: &Db, scope: &Scope, source: SourceId, page: Page) -> Result<Vec<Ticket>, StoreError> {
    let rows: Vec<Row> = db.all(LIST, args![scope.org, source, page.max_results, page.start_index]).await?;
    Ok(rows.into_iter().map(Ticket::from).collect())
}

/// The tickets that an alert follows, by id.
pub async fn of_alert(db: &Db, scope: &Scope, source: SourceId, alert: AlertId) -> Result<Vec<Ticket>, StoreError> {
    let rows: Vec<Row> = db.all(OF_ALERT, args![scope.org, source, alert]).await?;
    Ok(rows.into_iter().map(Ticket::from).collect())
}

/// Keeps a ticket as it was seen, as part of the unit that acts on it.
pub async fn put(tx: &mut Tx, scope: &Scope, source: SourceId, ticket: Ticket) -> Result<(), StoreError> {
    let args = args![
        scope.org,
        source,
        ticket.ticket_id,
        ticket.number,
        ticket.title,
        ticket.snapshot,
        ticket.body,
        ticket.verdict,
        ticket.seen_at,
        ticket.modified_at,
        ticket.alert
    ];
    tx.exec(PUT, args).await.map(|_| ())
}

/// Forgets a chunk of the tickets that were not seen since `before`; how many went.
pub async fn clean_up(
    db: &Db,
    scope: &Scope,
    source: SourceId,
    before: Timestamp,
    rows_max: i64,
) -> Result<u64, StoreError> {
    let org = scope.org;
    db.write(move |tx| Box::pin(async move { tx.exec(DELETE_BEFORE, args![org, source, before, rows_max]).await }))
        .await
}
