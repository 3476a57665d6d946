//! How users want to be reached: the four collections of notification preferences in one table.

use crate::args;
use crate::audit::{self, subject};
use crate::contacts;
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::scope::Scope;
use crate::stored;
use crate::users;
use crate::value::Rows;
use jiff::Timestamp;
use serde::Serialize;
use watchbell_core::ids::{ContactId, OrgId, RuleId, UserId};
use watchbell_core::limits;
use watchbell_core::user::Channel;

const NOUN: &str = "notification preference";

/// The type of an alert preference: for alerts that escalate.
pub const HIGH_PRIORITY: &str = "HIGH_PRIORITY";
/// The type of an alert preference: for quiet alerts.
pub const LOW_PRIORITY: &str = "LOW_PRIORITY";

macro_rules! columns {
    () => {
        "p.id, p.user_id, p.collection, p.method, p.contact_id, p.kind, p.delay_s, c.channel, c.target, c.status"
    };
}
macro_rules! tables {
    () => {
        " FROM notification_preference p JOIN contact c ON c.org_id = p.org_id AND c.id = p.contact_id "
    };
}

sql! {
    INSERT { both: "INSERT INTO notification_preference (org_id, user_id, collection, method, contact_id, kind, delay_s) \
        VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id" }
    INSERT_MANY {
        sqlite: "INSERT INTO notification_preference (org_id, user_id, collection, method, contact_id, kind, delay_s) \
            SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6 FROM json_each($1)",
        postgres: "INSERT INTO notification_preference (org_id, user_id, collection, method, contact_id, kind, delay_s) \
            SELECT * FROM UNNEST($1::BIGINT[], $2::BIGINT[], $3::TEXT[], $4::TEXT[], $5::BIGINT[], $6::TEXT[], $7::BIGINT[])",
    }
    BY_ID { both: concat!("SELECT ", columns!(), tables!(), "WHERE p.org_id = $1 AND p.id = $2") }
    OF_USER { both: concat!("SELECT ", columns!(), tables!(), "WHERE p.org_id = $1 AND p.user_id = $2 AND p.collection = $3 ORDER BY p.id") }
    COUNT { both: "SELECT COUNT(*) FROM notification_preference WHERE org_id = $1 AND user_id = $2" }
    UPDATE { both: "UPDATE notification_preference SET method = $3, contact_id = $4, kind = $5, delay_s = $6 WHERE org_id = $1 AND id = $2" }
    DELETE { both: "DELETE FROM notification_preference WHERE org_id = $1 AND id = $2" }
}

/// What a preference is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Collection {
    /// Pages.
    #[serde(rename = "ALERTS")]
    Alerts,
    /// "Your duty begins soon".
    #[serde(rename = "DUTIES")]
    Duties,
    /// What becomes of alerts.
    #[serde(rename = "UPDATES")]
    Updates,
    /// Incidents of subscribed services.
    #[serde(rename = "SUBSCRIPTIONS")]
    Subscriptions,
}

impl Collection {
    /// The stored word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Collection::Alerts => "ALERTS",
            Collection::Duties => "DUTIES",
            Collection::Updates => "UPDATES",
            Collection::Subscriptions => "SUBSCRIPTIONS",
        }
    }

    fn parse(word: &str) -> Option<Self> {
        [Self::Alerts, Self::Duties, Self::Updates, Self::Subscriptions]
            .into_iter()
            .find(|collection| collection.as_str() == word)
    }
}

/// One line of "reach me so", with the contact it uses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Preference {
    /// Which.
    pub id: RuleId,
    /// Whose.
    pub user: UserId,
    /// What about.
    pub collection: Collection,
    /// Over what; a phone number takes text messages and calls.
    pub method: Channel,
    /// Where to.
    pub contact: ContactId,
    /// The channel of the contact.
    pub channel: Channel,
    /// The target of the contact.
    pub target: String,
    /// The status of the contact: OK, LOCKED, BLACKLISTED.
    pub contact_status: String,
    /// HIGH_PRIORITY or LOW_PRIORITY; ON_CALL; ALERT_ACCEPTED and so on; empty for subscriptions.
    pub kind: String,
    /// Seconds after the level began; for duties, seconds before the duty.
    pub delay_s: i64,
}

/// What a preference is made of, parsed at the edge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreferenceIn {
    /// What about; not changed by an update.
    pub collection: Collection,
    /// Over what.
    pub method: Channel,
    /// Where to: a contact of the same user that this method can reach.
    pub contact: ContactId,
    /// See [`Preference::kind`].
    pub kind: String,
    /// See [`Preference::delay_s`].
    pub delay_s: i64,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    user_id: i64,
    collection: String,
    method: String,
    contact_id: i64,
    kind: String,
    delay_s: i64,
    channel: String,
    target: String,
    status: String,
}

impl Row {
    fn read(self) -> Result<Preference, StoreError> {
        Ok(Preference {
            id: RuleId(self.id),
            user: UserId(self.user_id),
            collection: stored::word(NOUN, &self.collection, Collection::parse)?,
            method: stored::word(NOUN, &self.method, Channel::parse)?,
            contact: ContactId(self.contact_id),
            channel: stored::word(NOUN, &self.channel, Channel::parse)?,
            target: self.target,
            contact_status: self.status,
            kind: self.kind,
            delay_s: self.delay_s,
        })
    }
}

/// The rules that a new user starts with: every priority by e-mail at once.
pub(crate) async fn insert_defaults(
    tx: &mut Tx,
    scope: &Scope,
    user: UserId,
    email: ContactId,
) -> Result<(), StoreError> {
    let mut rows = Rows::default();
    for kind in [HIGH_PRIORITY, LOW_PRIORITY] {
        rows.push(args![scope.org, user, Collection::Alerts.as_str(), Channel::Email.as_str(), email, kind, 0_i64]);
    }
    tx.exec_many(INSERT_MANY, rows).await?;
    Ok(())
}

/// Adds a preference. Errors: `NotFound` (user), `Refused` (not a contact of the user, not reachable so, too many).
pub async fn create(
    db: &Db,
    scope: &Scope,
    user: UserId,
    new: PreferenceIn,
    now: Timestamp,
) -> Result<Preference, StoreError> {
    let scope = scope.clone();
    db.write(move |tx| {
        Box::pin(async move {
            users::lock(tx, scope.org, user).await?;
            let count: Option<(i64,)> = tx.one(COUNT, args![scope.org, user]).await?;
            if count.is_some_and(|(count,)| count >= limits::USER_PARTS_MAX) {
                return Err(StoreError::Refused(format!(
                    "a user may have at most {} notification preferences",
                    limits::USER_PARTS_MAX
                )));
            }
            check_contact(tx, scope.org, user, &new).await?;
            let (collection, method) = (new.collection.as_str(), new.method.as_str());
            let args = args![scope.org, user, collection, method, new.contact, new.kind, new.delay_s];
            let id = RuleId(tx.insert(INSERT, args).await?);
            let preference = find(tx, scope.org, id).await?;
            audit::created(tx, &scope, subject(NOUN, id), &preference, now).await?;
            Ok(preference)
        })
    })
    .await
}

async fn check_contact(tx: &mut Tx, org: OrgId, user: UserId, new: &PreferenceIn) -> Result<(), StoreError> {
    let refuse = |why: String| Err(StoreError::Refused(why));
    let contact = match contacts::find(tx, org, new.contact).await {
        Ok(contact) if contact.user == user => contact,
        Ok(_) | Err(StoreError::NotFound { .. }) => {
            return refuse(format!("contact {} does not exist for this user", new.contact));
        }
        Err(error) => return Err(error),
    };
    match new.method.contact() == contact.channel.contact() {
        true => Ok(()),
        false => refuse(format!("contact {} is reached by {}, not by {}", new.contact, contact.channel, new.method)),
    }
}

/// A preference of a user. Errors: `NotFound`, also in another collection or somebody else's.
pub async fn get(
    db: &Db,
    scope: &Scope,
    user: UserId,
    collection: Collection,
    id: RuleId,
) -> Result<Preference, StoreError> {
    let row: Option<Row> = db.one(BY_ID, args![scope.org, id]).await?;
    belonging(row, user, collection, id)
}

fn belonging(row: Option<Row>, user: UserId, collection: Collection, id: RuleId) -> Result<Preference, StoreError> {
    let own = row.filter(|row| row.user_id == user.0 && row.collection == collection.as_str());
    own.ok_or_else(|| StoreError::not_found(NOUN, id))?.read()
}

/// The preferences of a user in a collection, by id.
pub async fn list(db: &Db, scope: &Scope, user: UserId, collection: Collection) -> Result<Vec<Preference>, StoreError> {
    let rows: Vec<Row> = db.all(OF_USER, args![scope.org, user, collection.as_str()]).await?;
    rows.into_iter().map(Row::read).collect()
}

/// Changes a preference. Errors: `NotFound`, `Refused` (contact).
pub async fn update(
    db: &Db,
    scope: &Scope,
    user: UserId,
    id: RuleId,
    new: PreferenceIn,
    now: Timestamp,
) -> Result<Preference, StoreError> {
    let scope = scope.clone();
    db.write(move |tx| {
        Box::pin(async move {
            let row: Option<Row> = tx.one(BY_ID, args![scope.org, id]).await?;
            let before = belonging(row, user, new.collection, id)?;
            check_contact(tx, scope.org, user, &new).await?;
            tx.exec(UPDATE, args![scope.org, id, new.method.as_str(), new.contact, new.kind, new.delay_s]).await?;
            let after = find(tx, scope.org, id).await?;
            audit::updated(tx, &scope, subject(NOUN, id), (&before, &after), now).await?;
            Ok(after)
        })
    })
    .await
}

/// Deletes a preference. Errors: `NotFound`.
pub async fn delete(
    db: &Db,
    scope: &Scope,
    user: UserId,
    collection: Collection,
    id: RuleId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let scope = scope.clone();
    db.write(move |tx| {
        Box::pin(async move {
            let row: Option<Row> = tx.one(BY_ID, args![scope.org, id]).await?;
            let before = belonging(row, user, collection, id)?;
            tx.exec(DELETE, args![scope.org, id]).await?;
            audit::deleted(tx, &scope, subject(NOUN, id), &before, now).await
        })
    })
    .await
}

async fn find(tx: &mut Tx, org: OrgId, id: RuleId) -> Result<Preference, StoreError> {
    let row: Option<Row> = tx.one(BY_ID, args![org, id]).await?;
    row.ok_or_else(|| StoreError::not_found(NOUN, id))?.read()
}
