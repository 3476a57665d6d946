//! Settings that pages edit: a text, or a sealed secret, by name.

use crate::args;
use crate::audit::{self, subject};
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::scope::Scope;
use crate::seal::Place;
use crate::value::timestamp;
use jiff::Timestamp;
use serde::Serialize;
use watchbell_core::ids::OrgId;

const NOUN: &str = "setting";

/// Where the secret of a setting is sealed.
pub const SEALED: Place = Place { table: "setting", column: "sealed" };

sql! {
    GET { both: "SELECT name, value, sealed, updated_at FROM setting WHERE org_id = $1 AND name = $2" }
    ALL { both: "SELECT name, value, sealed, updated_at FROM setting WHERE org_id = $1 ORDER BY name" }
    PUT { both: "INSERT INTO setting (org_id, name, value, sealed, updated_at) VALUES ($1, $2, $3, $4, $5) \
        ON CONFLICT (org_id, name) DO UPDATE SET value = excluded.value, sealed = excluded.sealed, updated_at = excluded.updated_at" }
    PUT_FIRST { both: "INSERT INTO setting (org_id, name, value, sealed, updated_at) VALUES ($1, $2, $3, $4, $5) \
        ON CONFLICT (org_id, name) DO UPDATE SET value = excluded.value, sealed = excluded.sealed, updated_at = excluded.updated_at WHERE setting.value IS NULL AND setting.sealed IS NULL" }
    DELETE { both: "DELETE FROM setting WHERE org_id = $1 AND name = $2" }
}

/// A setting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx::FromRow)]
struct Row {
    name: String,
    value: Option<String>,
    #[serde(skip)]
    sealed: Option<Vec<u8>>,
    #[serde(skip)]
    updated_at: i64,
}

/// A setting with when it was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: Option<String>,
    /// Its secret, sealed at [`SEALED`].
    pub sealed: Option<Vec<u8>>,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl From<Row> for Setting {
    fn from(row: Row) -> Self {
        Self { name: row.name, value: row.value, sealed: row.sealed, updated_at: timestamp(row.updated_at) }
    }
}

/// A setting; `None` where it was never made.
pub async fn get(db: &Db, scope: &Scope, name: &str) -> Result<Option<Setting>, StoreError> {
    let row: Option<Row> = db.one(GET, args![scope.org, name]).await?;
    Ok(row.map(Setting::from))
}

/// The value of a setting as a unit sees it.
pub(crate) async fn value_in(tx: &mut Tx, org: OrgId, name: &str) -> Result<Option<String>, StoreError> {
    let row: Option<Row> = tx.one(GET, args![org, name]).await?;
    Ok(row.and_then(|row| row.value))
}

/// All settings, by name.
pub async fn list(db: &Db, scope: &Scope) -> Result<Vec<Setting>, StoreError> {
    let rows: Vec<Row> = db.all(ALL, args![scope.org]).await?;
    Ok(rows.into_iter().map(Setting::from).collect())
}

/// Sets a setting in place of what was there. The audit tells the value, never the secret.
pub async fn put(
    db: &Db,
    scope: &Scope,
    name: &str,
    (value, sealed): (Option<String>, Option<Vec<u8>>),
    now: Timestamp,
) -> Result<(), StoreError> {
    let (scope, name) = (scope.clone(), name.to_owned());
    db.write(move |tx| Box::pin(async move { put_in(tx, &scope, &name, (value, sealed), now).await })).await
}

/// Sets a setting unless it is set already: of two nodes the first one wins.
pub async fn put_first(
    db: &Db,
    scope: &Scope,
    name: &str,
    (value, sealed): (Option<String>, Option<Vec<u8>>),
    now: Timestamp,
) -> Result<(), StoreError> {
    let args = args![scope.org, name, value, sealed, now];
    db.write(move |tx| Box::pin(async move { tx.exec(PUT_FIRST, args).await.map(|_| ()) })).await
}

/// [`put`] as part of a unit.
pub(crate) async fn put_in(
    tx: &mut Tx,
    scope: &Scope,
    name: &str,
    (value, sealed): (Option<String>, Option<Vec<u8>>),
    now: Timestamp,
) -> Result<(), StoreError> {
    let before: Option<Row> = tx.one(GET, args![scope.org, name]).await?;
    tx.exec(PUT, args![scope.org, name, value.clone(), sealed.clone(), now]).await?;
    let after = Row { name: name.to_owned(), value, sealed, updated_at: 0 };
    match before {
        Some(before) => audit::updated(tx, scope, subject(NOUN, name), (&before, &after), now).await,
        None => audit::created(tx, scope, subject(NOUN, name), &after, now).await,
    }
}

/// Takes a setting away; nothing where there is none.
pub async fn delete(db: &Db, scope: &Scope, name: &str, now: Timestamp) -> Result<(), StoreError> {
    let (scope, name) = (scope.clone(), name.to_owned());
    db.write(move |tx| {
        Box::pin(async move {
            let before: Option<Row> = tx.one(GET, args![scope.org, &name]).await?;
            let Some(before) = before else { return Ok(()) };
            tx.exec(DELETE, args![scope.org, &name]).await?;
            audit::deleted(tx, &scope, subject(NOUN, &name), &before, now).await
        })
    })
    .await
}
