//! Fallback contacts: who is told where nobody could be notified.

use crate::db::Db;
use crate::error::StoreError;
use crate::scope::Scope;
use crate::{settings, stored};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use watchbell_core::ids::UserId;

const NAME: &str = "fallback_contacts";

/// Who is told.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Fallback {
    /// Users, over every contact that they have.
    pub users: Vec<UserId>,
    /// Mail addresses that belong to nobody here.
    pub mails: Vec<String>,
}

impl Fallback {
    /// Whether there is nobody to tell.
    pub fn is_empty(&self) -> bool {
        self.users.is_empty() && self.mails.is_empty()
    }
}

/// Who is told; nobody until somebody is named.
pub async fn get(db: &Db, scope: &Scope) -> Result<Fallback, StoreError> {
    let setting = settings::get(db, scope, NAME).await?;
    setting.and_then(|setting| setting.value).map_or(Ok(Fallback::default()), |json| stored::json("setting", &json))
}

/// Names who is told.
pub async fn put(db: &Db, scope: &Scope, fallback: &Fallback, now: Timestamp) -> Result<(), StoreError> {
    settings::put(db, scope, NAME, (Some(stored::to_json(fallback)?), None), now).await
}
