//! API keys of users: 256 random bits, kept as SHA-256, shown once.

use crate::args;
use crate::audit::{self, subject};
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::page::Page;
use crate::scope::Scope;
use crate::users;
use crate::value::timestamp;
use jiff::Timestamp;
use serde::Serialize;
use watchbell_core::ids::{ApiKeyId, OrgId, UserId};
use watchbell_core::limits;

const NOUN: &str = "API key";

sql! {
    INSERT { both: "INSERT INTO api_key (org_id, user_id, name, token_hash, created_at) VALUES ($1, $2, $3, $4, $5) RETURNING id" }
    COUNT { both: "SELECT COUNT(*) FROM api_key WHERE org_id = $1 AND user_id = $2" }
    BY_ID { both: "SELECT id, user_id, name, created_at, used_at FROM api_key WHERE org_id = $1 AND id = $2" }
    OF_USER { both: "SELECT id, user_id, name, created_at, used_at FROM api_key WHERE org_id = $1 AND user_id = $2 ORDER BY id LIMIT $3 OFFSET $4" }
    LIST { both: "SELECT id, user_id, name, created_at, used_at FROM api_key WHERE org_id = $1 ORDER BY id LIMIT $2 OFFSET $3" }
    DELETE { both: "DELETE FROM api_key WHERE org_id = $1 AND id = $2" }
}

/// An API key, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ApiKey {
    /// Which.
    pub id: ApiKeyId,
    /// In whose name it acts.
    pub user: UserId,
    /// What it is for.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    #[serde(skip)]
    pub used_at: Option<Timestamp>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    user_id: i64,
    name: String,
    created_at: i64,
    used_at: Option<i64>,
}

impl From<Row> for ApiKey {
    fn from(row: Row) -> Self {
        Self {
            id: ApiKeyId(row.id),
            user: UserId(row.user_id),
            name: row.name,
            created_at: timestamp(row.created_at),
            used_at: row.used_at.map(timestamp),
        }
    }
}

/// Makes a key. Errors: `NotFound` (user), `Refused` (too many).
pub async fn create(
    db: &Db,
    scope: &Scope,
    user: UserId,
    name: String,
    token_hash: [u8; 32],
    now: Timestamp,
) -> Result<ApiKey, StoreError> {
    let scope = scope.clone();
    db.write(move |tx| {
        Box::pin(async move {
            users::lock(tx, scope.org, user).await?;
            let count: Option<(i64,)> = tx.one(COUNT, args![scope.org, user]).await?;
            if count.is_some_and(|(count,)| count >= limits::USER_PARTS_MAX) {
                return Err(StoreError::Refused(format!(
                    "a user may have at most {} API keys",
                    limits::USER_PARTS_MAX
                )));
            }
            let id = ApiKeyId(tx.insert(INSERT, args![scope.org, user, name, token_hash, now]).await?);
            let key = find(tx, scope.org, id).await?;
            audit::created(tx, &scope, subject(NOUN, id), &key, now).await?;
            Ok(key)
        })
    })
    .await
}

/// A key. Errors: `NotFound`.
pub async fn get(db: &Db, scope: &Scope, id: ApiKeyId) -> Result<ApiKey, StoreError> {
    let row: Option<Row> = db.one(BY_ID, args![scope.org, id]).await?;
    row.map(ApiKey::from).ok_or_else(|| StoreError::not_found(NOUN, id))
}

/// The keys of a user, or of all users, by id.
pub async fn list(db: &Db, scope: &Scope, user: Option<UserId>, page: Page) -> Result<Vec<ApiKey>, StoreError> {
    let rows: Vec<Row> = match user {
        Some(user) => db.all(OF_USER, args![scope.org, user, page.max_results, page.start_index]).await?,
        None => db.all(LIST, args![scope.org, page.max_results, page.start_index]).await?,
    };
    Ok(rows.into_iter().map(ApiKey::from).collect())
}

/// Revokes a key at once. Errors: `NotFound`.
pub async fn delete(db: &Db, scope: &Scope, id: ApiKeyId, now: Timestamp) -> Result<(), StoreError> {
    let scope = scope.clone();
    db.write(move |tx| {
        Box::pin(async move {
            let key = find(tx, scope.org, id).await?;
            tx.exec(DELETE, args![scope.org, id]).await?;
            audit::deleted(tx, &scope, subject(NOUN, id), &key, now).await
        })
    })
    .await
}

async fn find(tx: &mut Tx, org: OrgId, id: ApiKeyId) -> Result<ApiKey, StoreError> {
    let row: Option<Row> = tx.one(BY_ID, args![org, id]).await?;
    row.map(ApiKey::from).ok_or_else(|| StoreError::not_found(NOUN, id))
}
