//! Fallback contacts: who is told where nobody could be notified.

use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::scope::Scope;
use crate::{settings, stored};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use watchbell_core::ids::{OrgId, UserId};

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

/// Whether a user is among them: whoever is told does not just vanish. Part of the unit that deletes the user.
pub(crate) async fn names_user(tx: &mut Tx, org: OrgId, user: UserId) -> Result<bool, StoreError> {
    let json = settings::value_in(tx, org, NAME).await?;
    let fallback: Fallback = json.map_or(Ok(Fallback::default()), |json| stored::json("setting", &json))?;
    Ok(fallback.users.contains(&user))
}

/// Names who is told.
pub async fn put(db: &Db, scope: &Scope, fallback: &Fallback, now: Timestamp) -> Result<(), StoreError> {
    settings::put(db, scope, NAME, (Some(stored::to_json(fallback)?), None), now).await
}
