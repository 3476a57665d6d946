//! Who changed what of the configuration: a row in the transaction of the change, without secrets.

use crate::args;
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::page::Page;
use crate::scope::Scope;
use crate::stored;
use crate::value::timestamp;
use jiff::Timestamp;
use serde::Serialize;
use watchbell_core::timeline::Actor;

sql! {
    INSERT { both: "INSERT INTO audit (org_id, at, actor, verb, noun, noun_id, before, after) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)" }
    LIST { both: "SELECT id, at, actor, verb, noun, noun_id, before, after FROM audit WHERE org_id = $1 ORDER BY at DESC, id DESC LIMIT $2 OFFSET $3" }
    OF_NOUN { both: "SELECT id, at, actor, verb, noun, noun_id, before, after FROM audit WHERE org_id = $1 AND noun = $2 AND noun_id = $3 ORDER BY id DESC LIMIT $4 OFFSET $5" }
    DELETE_BEFORE { both: "DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE org_id = $1 AND at < $2 ORDER BY at, id LIMIT $3)" }
}

/// One change.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AuditRow {
    /// Its number.
    pub id: i64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: Actor,
    /// CREATE, UPDATE or DELETE.
    pub verb: String,
    /// Of what kind of thing.
    pub noun: String,
    /// Which.
    pub noun_id: String,
    /// As it was.
    pub before: Option<serde_json::Value>,
    /// As it became.
    pub after: Option<serde_json::Value>,
}

#[derive(sqlx::FromRow)]
pub(crate) struct Row {
    id: i64,
    at: i64,
    actor: String,
    verb: String,
    noun: String,
    noun_id: String,
    before: Option<String>,
    after: Option<String>,
}

impl Row {
    pub(crate) fn read(self) -> Result<AuditRow, StoreError> {
        let json = |text: Option<String>| text.map(|text| stored::json("audit", &text)).transpose();
        Ok(AuditRow {
            id: self.id,
            at: timestamp(self.at),
            actor: stored::json("audit", &self.actor)?,
            verb: self.verb,
            noun: self.noun,
            noun_id: self.noun_id,
            before: json(self.before)?,
            after: json(self.after)?,
        })
    }
}

/// What is about to be written down: the thing that was changed.
#[derive(Debug, Clone)]
pub struct Subject {
    noun: &'static str,
    id: String,
}

/// The thing that was changed.
pub fn subject(noun: &'static str, id: impl std::fmt::Display) -> Subject {
    Subject { noun, id: id.to_string() }
}

/// Writes down that something was made.
pub async fn created<T: Serialize + Sync>(
    tx: &mut Tx,
    scope: &Scope,
    subject: Subject,
    after: &T,
    now: Timestamp,
) -> Result<(), StoreError> {
    record(tx, scope, "CREATE", subject, (None, Some(stored::to_json(after)?)), now).await
}

/// Writes down that something was changed; nothing when it is the same as before.
pub async fn updated<T: Serialize + Sync>(
    tx: &mut Tx,
    scope: &Scope,
    subject: Subject,
    (before, after): (&T, &T),
    now: Timestamp,
) -> Result<(), StoreError> {
    let (before, after) = (stored::to_json(before)?, stored::to_json(after)?);
    if before == after {
        return Ok(());
    }
    record(tx, scope, "UPDATE", subject, (Some(before), Some(after)), now).await
}

/// Writes down that something is gone.
pub async fn deleted<T: Serialize + Sync>(
    tx: &mut Tx,
    scope: &Scope,
    subject: Subject,
    before: &T,
    now: Timestamp,
) -> Result<(), StoreError> {
    record(tx, scope, "DELETE", subject, (Some(stored::to_json(before)?), None), now).await
}

async fn record(
    tx: &mut Tx,
    scope: &Scope,
    verb: &'static str,
    subject: Subject,
    (before, after): (Option<String>, Option<String>),
    now: Timestamp,
) -> Result<(), StoreError> {
    let actor = stored::to_json(&scope.actor)?;
    tx.exec(INSERT, args![scope.org, now, actor, verb, subject.noun, subject.id, before, after]).await?;
    Ok(())
}

/// The newest changes first.
pub async fn list(db: &Db, scope: &Scope, page: Page) -> Result<Vec<AuditRow>, StoreError> {
    let rows: Vec<Row> = db.all(LIST, args![scope.org, page.max_results, page.start_index]).await?;
    rows.into_iter().map(Row::read).collect()
}

/// The changes of one thing, newest first.
pub async fn of(db: &Db, scope: &Scope, subject: Subject, page: Page) -> Result<Vec<AuditRow>, StoreError> {
    let rows: Vec<Row> =
        db.all(OF_NOUN, args![scope.org, subject.noun, subject.id, page.max_results, page.start_index]).await?;
    rows.into_iter().map(Row::read).collect()
}

/// Deletes a chunk of the rows that are older than `before`; how many went.
pub async fn clean_up(db: &Db, scope: &Scope, before: Timestamp, rows_max: i64) -> Result<u64, StoreError> {
    let org = scope.org;
    db.write(move |tx| Box::pin(async move { tx.exec(DELETE_BEFORE, args![org, before, rows_max]).await })).await
}
