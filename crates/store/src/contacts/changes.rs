//! Contacts are added, changed, switched off and on, deleted.

use super::shapes::{ContactIn, Row, fold_target};
use super::verifying::forget_code;
use super::{BY_ID, Contact, NOUN, find, of_user};
use crate::args;
use crate::audit::{self, subject};
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::scope::Scope;
use crate::users;
use jiff::Timestamp;
use watchbell_core::ids::{ContactId, OrgId, UserId};
use watchbell_core::limits;
use watchbell_core::user::{Channel, ContactStatus};

sql! {
    INSERT { both: "INSERT INTO contact (org_id, user_id, channel, target, target_folded, region, is_primary, status, verified_at, sealed, label, \
        created_at, updated_at, stopped_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12, \
        (SELECT s.stopped_at FROM stopped_number s WHERE s.org_id = $1 AND s.number = $5 AND $3 = 'SMS')) RETURNING id" }
    COUNT { both: "SELECT COUNT(*) FROM contact WHERE org_id = $1 AND user_id = $2" }
    /// Another target never rang, and is stopped as its number is; why the old one was locked says nothing of it.
    UPDATE { both: "UPDATE contact SET target = $3, target_folded = $4, region = $5, is_primary = $6, status = $7, verified_at = $8, \
        updated_at = $9, rang_at = CASE WHEN target_folded = $4 THEN rang_at END, lock_reason = CASE WHEN target_folded = $4 THEN lock_reason END, \
        stopped_at = CASE WHEN target_folded = $4 THEN contact.stopped_at \
            ELSE (SELECT s.stopped_at FROM stopped_number s WHERE s.org_id = $1 AND s.number = $4 AND contact.channel = 'SMS') END \
        WHERE org_id = $1 AND id = $2" }
    SET_LABEL { both: "UPDATE contact SET label = $3 WHERE org_id = $1 AND id = $2" }
    SET_SECRET { both: "UPDATE contact SET sealed = $3 WHERE org_id = $1 AND id = $2" }
    CLEAR_PRIMARY { both: "UPDATE contact SET is_primary = FALSE WHERE org_id = $1 AND user_id = $2 AND channel = $3 AND id <> $4" }
    SET_STATUS { both: "UPDATE contact SET status = $3, updated_at = $4, lock_reason = NULL WHERE org_id = $1 AND id = $2" }
    DELETE { both: "DELETE FROM contact WHERE org_id = $1 AND id = $2" }
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
                forget_code(tx, scope.org, id).await?;
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
