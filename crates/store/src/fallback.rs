//! Fallback contacts: who is told where nobody could be notified.

use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::scope::Scope;
use crate::{settings, stored};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use watchbell_core::escalation::replace_person;
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
    Ok(value_in(tx, org).await?.users.contains(&user))
}

async fn value_in(tx: &mut Tx, org: OrgId) -> Result<Fallback, StoreError> {
    let json = settings::value_in(tx, org, NAME).await?;
    json.map_or(Ok(Fallback::default()), |json| stored::json("setting", &json))
}

/// Puts somebody else in the place of a user among them, if they are.
pub(crate) async fn replace_user(
    tx: &mut Tx,
    scope: &Scope,
    (user, to): (UserId, UserId),
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut fallback = value_in(tx, scope.org).await?;
    if !fallback.users.contains(&user) {
        return Ok(());
    }
    replace_person(&mut fallback.users, user, to);
    settings::put_in(tx, scope, NAME, (Some(stored::to_json(&fallback)?), None), now).await
}

/// Names who is told.
pub async fn put(db: &Db, scope: &Scope, fallback: &Fallback, now: Timestamp) -> Result<(), StoreError> {
    settings::put(db, scope, NAME, (Some(stored::to_json(fallback)?), None), now).await
}
