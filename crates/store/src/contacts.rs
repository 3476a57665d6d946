//! Where a user can be reached: mailboxes, push topics, webhooks, phone numbers. Tokens and secrets are sealed.

use crate::args;
use crate::audit::{self, subject};
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::news::{self, News};
use crate::scope::Scope;
use crate::seal::Place;
use crate::stored;
use crate::users;
use crate::value::timestamp;
use jiff::Timestamp;
use serde::Serialize;
use watchbell_core::ids::{ContactId, OrgId, UserId};
use watchbell_core::limits;
use watchbell_core::text::fold;
use watchbell_core::user::{Channel, ContactStatus};

const NOUN: &str = "contact";

/// Where the token of an ntfy contact and the secret of a webhook contact are sealed.
pub const SEALED: Place = Place { table: "contact", column: "sealed" };

macro_rules! columns {
    () => {
        "id, user_id, channel, target, region, is_primary, status, verified_at, verify_until, sealed IS NOT NULL AS has_secret, \
         created_at, updated_at, lock_reason, stopped_at, label"
    };
}

sql! {
    INSERT { both: "INSERT INTO contact (org_id, user_id, channel, target, target_folded, region, is_primary, status, verified_at, sealed, label, \
        created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12) RETURNING id" }
    BY_ID { both: concat!("SELECT ", columns!(), " FROM contact WHERE org_id = $1 AND id = $2") }
    OF_USER { both: concat!("SELECT ", columns!(), " FROM contact WHERE org_id = $1 AND user_id = $2 ORDER BY id") }
    COUNT { both: "SELECT COUNT(*) FROM contact WHERE org_id = $1 AND user_id = $2" }
    SECRET { both: "SELECT sealed FROM contact WHERE org_id = $1 AND id = $2" }
    UPDATE { both: "UPDATE contact SET target = $3, target_folded = $4, region = $5, is_primary = $6, status = $7, verified_at = $8, \
        updated_at = $9, lock_reason = CASE WHEN $7 = 'OK' THEN NULL ELSE lock_reason END WHERE org_id = $1 AND id = $2" }
    SET_LABEL { both: "UPDATE contact SET label = $3 WHERE org_id = $1 AND id = $2" }
    SET_SECRET { both: "UPDATE contact SET sealed = $3 WHERE org_id = $1 AND id = $2" }
    CLEAR_PRIMARY { both: "UPDATE contact SET is_primary = FALSE WHERE org_id = $1 AND user_id = $2 AND channel = $3 AND id <> $4" }
    SET_STATUS { both: "UPDATE contact SET status = $3, updated_at = $4, lock_reason = NULL WHERE org_id = $1 AND id = $2" }
    LOCK_AFTER_REFUSAL { both: "UPDATE contact SET status = 'BLACKLISTED', lock_reason = $3, updated_at = $4 WHERE org_id = $1 AND id = $2 AND status = 'OK' RETURNING user_id, target" }
    STOP_AFTER_REFUSAL { both: "UPDATE contact SET stopped_at = $4, lock_reason = $3, updated_at = $4 WHERE org_id = $1 AND id = $2 AND stopped_at IS NULL RETURNING user_id, target" }
    STOP { both: "UPDATE contact SET stopped_at = $4, lock_reason = NULL WHERE org_id = $1 AND channel = $2 AND target_folded = $3" }
    BY_TARGET { both: concat!("SELECT ", columns!(), " FROM contact WHERE org_id = $1 AND channel = $2 AND target_folded = $3 AND verified_at IS NOT NULL ORDER BY id LIMIT $4") }
    START_VERIFICATION { both: "UPDATE contact SET verify_hash = $3, verify_until = $4 WHERE org_id = $1 AND id = $2" }
    FORGET_CODE { both: "UPDATE contact SET verify_hash = NULL, verify_until = NULL WHERE org_id = $1 AND id = $2" }
    VERIFY { both: "UPDATE contact SET verified_at = $4, verify_hash = NULL, verify_until = NULL, updated_at = $4 \
        WHERE org_id = $1 AND id = $2 AND verify_hash = $3 AND verify_until > $4" }
    DELETE { both: "DELETE FROM contact WHERE org_id = $1 AND id = $2" }
}

/// One address of a user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Contact {
    /// Which.
    pub id: ContactId,
    /// Whose.
    pub user: UserId,
    /// How a message travels there. Phone numbers are kept as SMS; a rule may use them for calls too.
    pub channel: Channel,
    /// Mail address, topic URL, webhook URL, or number.
    pub target: String,
    /// Region of a phone number, two letters.
    pub region: Option<String>,
    /// The first of its channel.
    pub primary: bool,
    /// Whether it may be used.
    pub status: ContactStatus,
    /// When its owner proved that messages arrive.
    pub verified_at: Option<Timestamp>,
    /// Until when a code that was sent counts.
    pub verify_until: Option<Timestamp>,
    /// Whether a token or secret is kept.
    pub has_secret: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Why it is locked, where the other side refused it.
    pub lock_reason: Option<String>,
    /// Since when its owner wants no text messages there: they answered one with "stop".
    pub stopped_at: Option<Timestamp>,
    /// What tells it from others to people: the device of a push, the name of a chat.
    pub label: Option<String>,
}

/// What a contact is made of, parsed at the edge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactIn {
    /// See [`Contact::channel`]; not changed by an update.
    pub channel: Channel,
    /// See [`Contact::target`].
    pub target: String,
    /// Region of a phone number.
    pub region: Option<String>,
    /// Takes the place of the primary contact of its channel.
    pub primary: bool,
    /// See [`Contact::label`]; `None` keeps what is there.
    pub label: Option<String>,
    /// A token or secret, sealed at [`SEALED`]; `None` keeps what is there.
    pub sealed: Option<Vec<u8>>,
    /// Somebody who may do so vouches that it is the user's. Without it a code has to prove that messages arrive.
    pub vouched: bool,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    user_id: i64,
    channel: String,
    target: String,
    region: Option<String>,
    is_primary: bool,
    status: String,
    verified_at: Option<i64>,
    verify_until: Option<i64>,
    has_secret: bool,
    created_at: i64,
    updated_at: i64,
    lock_reason: Option<String>,
    stopped_at: Option<i64>,
    label: Option<String>,
}

impl Row {
    fn read(self) -> Result<Contact, StoreError> {
        Ok(Contact {
            id: ContactId(self.id),
            user: UserId(self.user_id),
            channel: stored::word(NOUN, &self.channel, Channel::parse)?,
            target: self.target,
            region: self.region,
            primary: self.is_primary,
            status: stored::word(NOUN, &self.status, ContactStatus::parse)?,
            verified_at: self.verified_at.map(timestamp),
            verify_until: self.verify_until.map(timestamp),
            has_secret: self.has_secret,
            created_at: timestamp(self.created_at),
            updated_at: timestamp(self.updated_at),
            lock_reason: self.lock_reason,
            stopped_at: self.stopped_at.map(timestamp),
            label: self.label,
        })
    }
}

/// The contact that a new user starts with: whoever makes an account vouches for its address.
pub(crate) async fn insert_verified_email(
    tx: &mut Tx,
    scope: &Scope,
    user: UserId,
    email: &str,
    now: Timestamp,
) -> Result<ContactId, StoreError> {
    let new = ContactIn {
        channel: Channel::Email,
        target: email.to_owned(),
        region: None,
        primary: false,
        label: None,
        sealed: None,
        vouched: true,
    };
    insert(tx, scope.org, user, new, now).await
}

async fn insert(
    tx: &mut Tx,
    org: OrgId,
    user: UserId,
    new: ContactIn,
    now: Timestamp,
) -> Result<ContactId, StoreError> {
    let verified_at = new.vouched.then_some(now);
    let folded = fold_target(new.channel, &new.target);
    let status = ContactStatus::Ok.as_str();
    let args = args![
        org,
        user,
        new.channel.as_str(),
        new.target,
        folded,
        new.region,
        new.primary,
        status,
        verified_at,
        new.sealed,
        new.label,
        now
    ];
    let id = ContactId(tx.insert(INSERT, args).await.map_err(taken)?);
    if new.primary {
        tx.exec(CLEAR_PRIMARY, args![org, user, new.channel.as_str(), id]).await?;
    }
    Ok(id)
}

/// Mail addresses are compared without case; the path of a URL may mean something else in capitals.
fn fold_target(channel: Channel, target: &str) -> String {
    match channel {
        Channel::Email => fold(target),
        _ => target.trim().to_owned(),
    }
}

fn taken(error: StoreError) -> StoreError {
    error.taken("target_folded", NOUN, "target")
}

/// Adds a contact. Errors: `NotFound` (user), `Taken`, `Refused` (too many).
pub async fn create(
    db: &Db,
    scope: &Scope,
    user: UserId,
    new: ContactIn,
    now: Timestamp,
) -> Result<Contact, StoreError> {
    let scope = scope.clone();
    db.write(move |tx| {
        Box::pin(async move {
            users::lock(tx, scope.org, user).await?;
            let count: Option<(i64,)> = tx.one(COUNT, args![scope.org, user]).await?;
            if count.is_some_and(|(count,)| count >= limits::USER_PARTS_MAX) {
                return Err(StoreError::Refused(format!(
                    "a user may have at most {} contacts",
                    limits::USER_PARTS_MAX
                )));
            }
            let id = insert(tx, scope.org, user, new, now).await?;
            let contact = find(tx, scope.org, id).await?;
            audit::created(tx, &scope, subject(NOUN, id), &contact, now).await?;
            Ok(contact)
        })
    })
    .await
}

/// A contact of a user. Errors: `NotFound`, also when it is somebody else's.
pub async fn get(db: &Db, scope: &Scope, user: UserId, id: ContactId) -> Result<Contact, StoreError> {
    let row: Option<Row> = db.one(BY_ID, args![scope.org, id]).await?;
    of_user(row, user, id)
}

fn of_user(row: Option<Row>, user: UserId, id: ContactId) -> Result<Contact, StoreError> {
    row.filter(|row| row.user_id == user.0).ok_or_else(|| StoreError::not_found(NOUN, id))?.read()
}

/// The contacts of a user, by id.
pub async fn list(db: &Db, scope: &Scope, user: UserId) -> Result<Vec<Contact>, StoreError> {
    let rows: Vec<Row> = db.all(OF_USER, args![scope.org, user]).await?;
    rows.into_iter().map(Row::read).collect()
}

/// The contact of a user with this target.
pub async fn find_by_target(
    db: &Db,
    scope: &Scope,
    user: UserId,
    channel: Channel,
    target: &str,
) -> Result<Option<Contact>, StoreError> {
    let wanted = fold_target(channel, target);
    let contacts = list(db, scope, user).await?;
    Ok(contacts
        .into_iter()
        .find(|contact| contact.channel == channel && fold_target(channel, &contact.target) == wanted))
}

/// The sealed token or secret; open it at [`SEALED`].
pub async fn secret(db: &Db, scope: &Scope, id: ContactId) -> Result<Option<Vec<u8>>, StoreError> {
    let row: Option<(Option<Vec<u8>>,)> = db.one(SECRET, args![scope.org, id]).await?;
    Ok(row.ok_or_else(|| StoreError::not_found(NOUN, id))?.0)
}

/// Changes a contact; another target has to be verified again, and is given a new chance if the old one was refused for good.
/// Errors: `NotFound`, `Taken`.
pub async fn update(
    db: &Db,
    scope: &Scope,
    user: UserId,
    id: ContactId,
    new: ContactIn,
    now: Timestamp,
) -> Result<Contact, StoreError> {
    let scope = scope.clone();
    db.write(move |tx| {
        Box::pin(async move {
            let row: Option<Row> = tx.one(BY_ID, args![scope.org, id]).await?;
            let before = of_user(row, user, id)?;
            let folded = fold_target(before.channel, &new.target);
            let same = folded == fold_target(before.channel, &before.target);
            let verified_at = before.verified_at.filter(|_| same).or(new.vouched.then_some(now));
            let status = if same { before.status } else { ContactStatus::Ok };
            let args =
                args![scope.org, id, new.target, folded, new.region, new.primary, status.as_str(), verified_at, now];
            tx.exec(UPDATE, args).await.map_err(taken)?;
            if new.primary {
                tx.exec(CLEAR_PRIMARY, args![scope.org, user, before.channel.as_str(), id]).await?;
            }
            if let Some(label) = new.label {
                tx.exec(SET_LABEL, args![scope.org, id, label]).await?;
            }
            if let Some(sealed) = new.sealed {
                tx.exec(SET_SECRET, args![scope.org, id, sealed]).await?;
            }
            if !same {
                // A code that went to the old target says nothing of the new one.
                tx.exec(FORGET_CODE, args![scope.org, id]).await?;
            }
            let after = find(tx, scope.org, id).await?;
            audit::updated(tx, &scope, subject(NOUN, id), (&before, &after), now).await?;
            Ok(after)
        })
    })
    .await
}

/// Switches a contact off or on. Errors: `NotFound`.
pub async fn set_status(
    db: &Db,
    scope: &Scope,
    id: ContactId,
    status: ContactStatus,
    now: Timestamp,
) -> Result<(), StoreError> {
    let scope = scope.clone();
    db.write(move |tx| {
        Box::pin(async move {
            let before = find(tx, scope.org, id).await?;
            tx.exec(SET_STATUS, args![scope.org, id, status.as_str(), now]).await?;
            let after = find(tx, scope.org, id).await?;
            audit::updated(tx, &scope, subject(NOUN, id), (&before, &after), now).await
        })
    })
    .await
}

/// Locks a contact that the other side refused for good, and tells its owner by what is left of their contacts, or by mail. A number
/// that takes no texts may still be called: only its texts stop.
pub(crate) async fn lock_after_refusal(
    tx: &mut Tx,
    org: OrgId,
    (id, channel): (ContactId, &str),
    why: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let channel = Channel::parse(channel).unwrap_or(Channel::Email);
    let is_text = matches!(channel, Channel::Sms | Channel::WhatsApp);
    let lock = if is_text { STOP_AFTER_REFUSAL } else { LOCK_AFTER_REFUSAL };
    let row: Option<(i64, String)> = tx.one(lock, args![org, id, why, now]).await?;
    let Some((user, target)) = row else { return Ok(()) };
    let told = News::ContactRefused { channel, target, why: why.to_owned(), user };
    news::tell(tx, org, &[UserId(user)], &told, now).await
}

/// [`lock_after_refusal`] in a unit of its own.
pub async fn refuse(db: &Db, org: OrgId, contact: &Contact, why: &str, now: Timestamp) -> Result<(), StoreError> {
    let (id, channel, why) = (contact.id, contact.channel.as_str(), why.to_owned());
    db.write(move |tx| Box::pin(async move { lock_after_refusal(tx, org, (id, channel), &why, now).await })).await
}

/// Stops text messages to a number, or lets them go on: its owner answered "stop" or "start". How many contacts have it.
pub async fn stop_texts(db: &Db, org: OrgId, number: &str, stopped_at: Option<Timestamp>) -> Result<u64, StoreError> {
    let folded = fold_target(Channel::Sms, number);
    db.write(move |tx| {
        Box::pin(async move { tx.exec(STOP, args![org, Channel::Sms.as_str(), folded, stopped_at]).await })
    })
    .await
}

/// The proven contacts of a target, whoever has them.
pub async fn with_target(db: &Db, org: OrgId, channel: Channel, target: &str) -> Result<Vec<Contact>, StoreError> {
    let folded = fold_target(channel, target);
    let rows: Vec<Row> = db.all(BY_TARGET, args![org, channel.as_str(), folded, limits::USER_PARTS_MAX]).await?;
    rows.into_iter().map(Row::read).collect()
}

/// Keeps the hash of a code that is being sent; an older code no longer counts.
pub async fn start_verification(
    db: &Db,
    scope: &Scope,
    id: ContactId,
    code_hash: [u8; 32],
    until: Timestamp,
) -> Result<(), StoreError> {
    let org = scope.org;
    db.write(move |tx| {
        Box::pin(async move {
            let changed = tx.exec(START_VERIFICATION, args![org, id, code_hash, until]).await?;
            if changed == 0 { Err(StoreError::not_found(NOUN, id)) } else { Ok(()) }
        })
    })
    .await
}

/// Whether the code was the right one and in time; then the contact is verified.
pub async fn verify(
    db: &Db,
    scope: &Scope,
    id: ContactId,
    code_hash: [u8; 32],
    now: Timestamp,
) -> Result<bool, StoreError> {
    let org = scope.org;
    db.write(move |tx| Box::pin(async move { Ok(tx.exec(VERIFY, args![org, id, code_hash, now]).await? == 1) })).await
}

/// Deletes a contact with the rules that use it. Errors: `NotFound`.
pub async fn delete(db: &Db, scope: &Scope, user: UserId, id: ContactId, now: Timestamp) -> Result<(), StoreError> {
    let scope = scope.clone();
    db.write(move |tx| {
        Box::pin(async move {
            let row: Option<Row> = tx.one(BY_ID, args![scope.org, id]).await?;
            let contact = of_user(row, user, id)?;
            tx.exec(DELETE, args![scope.org, id]).await?;
            audit::deleted(tx, &scope, subject(NOUN, id), &contact, now).await
        })
    })
    .await
}

pub(crate) async fn find(tx: &mut Tx, org: OrgId, id: ContactId) -> Result<Contact, StoreError> {
    let row: Option<Row> = tx.one(BY_ID, args![org, id]).await?;
    row.ok_or_else(|| StoreError::not_found(NOUN, id))?.read()
}
