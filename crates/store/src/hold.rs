//! Holding pages back: after a restore nothing goes out until an operator says so, because what was open then may be long done.

use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::scope::Scope;
use crate::settings;
use jiff::Timestamp;

const NAME: &str = "paging_held";

/// Pages are held back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// Why, in words for the person.
    pub reason: String,
    /// Since when.
    pub since: Timestamp,
}

/// Whether pages are held back.
pub async fn get(db: &Db, scope: &Scope) -> Result<Option<Hold>, StoreError> {
    let setting = settings::get(db, scope, NAME).await?;
    Ok(setting.map(|setting| Hold { reason: setting.value.unwrap_or_default(), since: setting.updated_at }))
}

/// Holds pages back from now on: no escalation is stepped and no job is done.
pub async fn begin(db: &Db, scope: &Scope, reason: &str, now: Timestamp) -> Result<(), StoreError> {
    settings::put(db, scope, NAME, (Some(reason.to_owned()), None), now).await
}

/// [`begin`] as part of a unit.
pub(crate) async fn begin_in(tx: &mut Tx, scope: &Scope, reason: &str, now: Timestamp) -> Result<(), StoreError> {
    settings::put_in(tx, scope, NAME, (Some(reason.to_owned()), None), now).await
}

/// Lets pages go out again; `false`: none were held back.
pub async fn end(db: &Db, scope: &Scope, now: Timestamp) -> Result<bool, StoreError> {
    let held = get(db, scope).await?.is_some();
    settings::delete(db, scope, NAME, now).await?;
    Ok(held)
}
