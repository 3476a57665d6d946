//! Who is logged in with a browser: a random token each, kept as SHA-256, with the hash of its CSRF token.

use crate::args;
use crate::db::Db;
use crate::error::StoreError;
use crate::scope::Scope;
use crate::value::timestamp;
use jiff::Timestamp;
use watchbell_core::ids::UserId;

sql! {
    INSERT { both: "INSERT INTO session (token_hash, org_id, user_id, csrf_hash, created_at, expires_at, seen_at, agent) \
        VALUES ($1, $2, $3, $4, $5, $6, $5, $7)" }
    OF_USER { both: "SELECT token_hash, created_at, expires_at, seen_at, agent FROM session WHERE org_id = $1 AND user_id = $2 AND expires_at > $3 \
        ORDER BY created_at DESC, token_hash LIMIT 100" }
    DELETE { both: "DELETE FROM session WHERE org_id = $1 AND token_hash = $2" }
    DELETE_OTHERS { both: "DELETE FROM session WHERE org_id = $1 AND user_id = $2 AND token_hash <> $3" }
    DELETE_OF_USER { both: "DELETE FROM session WHERE org_id = $1 AND user_id = $2" }
    DELETE_EXPIRED { both: "DELETE FROM session WHERE org_id = $1 AND expires_at <= $2" }
}

/// A session that begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSession {
    /// Whose.
    pub user: UserId,
    /// SHA-256 of its token.
    pub token_hash: [u8; 32],
    /// SHA-256 of its CSRF token.
    pub csrf_hash: [u8; 32],
    /// When it ends by itself.
    pub expires_at: Timestamp,
    /// What the browser calls itself, cut.
    pub agent: String,
}

/// A session that lasts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// SHA-256 of its token: what names it.
    pub token_hash: Vec<u8>,
    /// When it began.
    pub created_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Timestamp,
    /// When it was last used, to the minute.
    pub seen_at: Timestamp,
    /// What the browser calls itself.
    pub agent: String,
}

#[derive(sqlx::FromRow)]
struct Row {
    token_hash: Vec<u8>,
    created_at: i64,
    expires_at: i64,
    seen_at: i64,
    agent: String,
}

/// Begins a session.
pub async fn create(db: &Db, scope: &Scope, new: NewSession, now: Timestamp) -> Result<(), StoreError> {
    let args = args![new.token_hash, scope.org, new.user, new.csrf_hash, now, new.expires_at, new.agent];
    db.write(move |tx| Box::pin(async move { tx.exec(INSERT, args).await.map(|_| ()) })).await
}

/// The sessions of a user that last, newest first.
pub async fn list(db: &Db, scope: &Scope, user: UserId, now: Timestamp) -> Result<Vec<Session>, StoreError> {
    let rows: Vec<Row> = db.all(OF_USER, args![scope.org, user, now]).await?;
    let read = |row: Row| Session {
        token_hash: row.token_hash,
        created_at: timestamp(row.created_at),
        expires_at: timestamp(row.expires_at),
        seen_at: timestamp(row.seen_at),
        agent: row.agent,
    };
    Ok(rows.into_iter().map(read).collect())
}

/// Ends a session.
pub async fn delete(db: &Db, scope: &Scope, token_hash: [u8; 32]) -> Result<(), StoreError> {
    let args = args![scope.org, token_hash];
    db.write(move |tx| Box::pin(async move { tx.exec(DELETE, args).await.map(|_| ()) })).await
}

/// Ends the sessions of a user; all, or all but one.
pub async fn delete_all(db: &Db, scope: &Scope, user: UserId, but: Option<[u8; 32]>) -> Result<u64, StoreError> {
    let org = scope.org;
    db.write(move |tx| {
        Box::pin(async move {
            match but {
                Some(but) => tx.exec(DELETE_OTHERS, args![org, user, but]).await,
                None => tx.exec(DELETE_OF_USER, args![org, user]).await,
            }
        })
    })
    .await
}

/// Deletes the sessions that have ended; how many went.
pub async fn clean_up(db: &Db, scope: &Scope, now: Timestamp) -> Result<u64, StoreError> {
    let org = scope.org;
    db.write(move |tx| Box::pin(async move { tx.exec(DELETE_EXPIRED, args![org, now]).await })).await
}
