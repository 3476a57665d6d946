//! The timeline of an alert: its log entries, beside the rows of events and notifications.

use crate::alerts;
use crate::changes;
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::scope::Scope;
use crate::value::timestamp;
use jiff::Timestamp;
use watchbell_core::ids::AlertId;
use watchbell_core::timeline::{Actor, Entry};

/// One log entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogEntry {
    /// Which; grows with time.
    pub id: i64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: Actor,
    /// What.
    pub entry: Entry,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    at: i64,
    actor: String,
    entry: String,
}

sql! {
    OF_ALERT { both: "SELECT id, at, actor, entry FROM alert_log WHERE org_id = $1 AND alert_id = $2 ORDER BY id DESC LIMIT $3" }
    MANY {
        sqlite: "SELECT id, at, actor, entry FROM alert_log WHERE org_id = $1 AND id IN (SELECT value FROM json_each($2)) ORDER BY id",
        postgres: "SELECT id, at, actor, entry FROM alert_log WHERE org_id = $1 AND id = ANY($2) ORDER BY id",
    }
}

/// The latest log entries of an alert, the oldest of them first.
pub async fn list(db: &Db, scope: &Scope, alert: AlertId, max: i64) -> Result<Vec<LogEntry>, StoreError> {
    let rows: Vec<Row> = db.all(OF_ALERT, crate::args![scope.org, alert, max]).await?;
    rows.into_iter().rev().map(read).collect()
}

/// [`list`] as part of a unit.
pub async fn list_in(tx: &mut Tx, scope: &Scope, alert: AlertId, max: i64) -> Result<Vec<LogEntry>, StoreError> {
    let rows: Vec<Row> = tx.all(OF_ALERT, crate::args![scope.org, alert, max]).await?;
    rows.into_iter().rev().map(read).collect()
}

/// Log entries by id.
pub async fn get_many(db: &Db, scope: &Scope, ids: Vec<i64>) -> Result<Vec<LogEntry>, StoreError> {
    let rows: Vec<Row> = db.all(MANY, crate::args![scope.org, ids]).await?;
    rows.into_iter().map(read).collect()
}

fn read(row: Row) -> Result<LogEntry, StoreError> {
    let bad = |error: serde_json::Error| StoreError::unreadable("alert_log", format!("{}: {error}", row.id));
    Ok(LogEntry {
        id: row.id,
        at: timestamp(row.at),
        actor: serde_json::from_str(&row.actor).map_err(bad)?,
        entry: serde_json::from_str(&row.entry).map_err(bad)?,
    })
}

/// Adds to the log of an alert what Watchbell itself did.
pub async fn add(
    tx: &mut Tx,
    scope: &Scope,
    alert: AlertId,
    entries: impl IntoIterator<Item = Entry>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let entries = entries.into_iter().map(|entry| (alert, entry)).collect();
    changes::log(tx, scope.org, &Actor::System, now, entries).await
}

/// Says once in the log of an alert that a text of the organization failed, for each form and language. Who looks is not in the way:
/// nothing is locked where it was said already.
pub async fn note_text_failed(
    db: &Db,
    scope: &Scope,
    alert: AlertId,
    failed: Entry,
    now: Timestamp,
) -> Result<(), StoreError> {
    let was_said = |entries: &[LogEntry]| entries.iter().any(|known| is_same_text(&known.entry, &failed));
    if was_said(&list(db, scope, alert, SEARCHED_MAX).await?) {
        return Ok(());
    }
    let (scope, failed) = (scope.clone(), failed.clone());
    db.write(move |tx| {
        Box::pin(async move {
            // Whoever waited here for another message of the alert finds what that one said.
            alerts::lock(tx, scope.org, vec![alert.0]).await?;
            let rows: Vec<Row> = tx.all(OF_ALERT, crate::args![scope.org, alert, SEARCHED_MAX]).await?;
            let known = rows.into_iter().map(read).collect::<Result<Vec<_>, _>>()?;
            match known.iter().any(|known| is_same_text(&known.entry, &failed)) {
                true => Ok(()),
                false => add(tx, &scope, alert, [failed], now).await,
            }
        })
    })
    .await
}

fn is_same_text(one: &Entry, other: &Entry) -> bool {
    match (one, other) {
        (Entry::TextFailed { form, language, .. }, Entry::TextFailed { form: of, language: also, .. }) => {
            (form, language) == (of, also)
        }
        _ => false,
    }
}

/// How many of the latest entries are searched for one thing.
const SEARCHED_MAX: i64 = 100;

/// What the source told the responder last.
pub async fn last_told(db: &Db, scope: &Scope, alert: AlertId) -> Result<Option<String>, StoreError> {
    let entries = list(db, scope, alert, SEARCHED_MAX).await?;
    Ok(entries.into_iter().rev().find_map(|entry| match entry.entry {
        Entry::Told { text } => Some(text),
        _ => None,
    }))
}

/// Why an alert was resolved, where nobody pressed the button.
pub async fn resolved_because(db: &Db, scope: &Scope, alert: AlertId) -> Result<Option<String>, StoreError> {
    let entries = list(db, scope, alert, SEARCHED_MAX).await?;
    Ok(entries.into_iter().rev().find_map(|entry| match entry.entry {
        Entry::Resolved { reason } => reason,
        _ => None,
    }))
}
