//! Contacts that are not used: the other side refused them for good, or their owner wants no text messages.

use super::shapes::{Row, fold_target};
use super::{BY_ID, Contact, NOUN, find, of_user};
use crate::args;
use crate::audit::{self, subject};
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::news::{self, News};
use crate::scope::Scope;
use jiff::Timestamp;
use watchbell_core::ids::{ContactId, OrgId, UserId};
use watchbell_core::user::Channel;

sql! {
    LOCK_AFTER_REFUSAL { both: "UPDATE contact SET status = 'BLACKLISTED', lock_reason = $3, updated_at = $4 WHERE org_id = $1 AND id = $2 AND status = 'OK' RETURNING user_id, target" }
    STOP_AFTER_REFUSAL { both: "UPDATE contact SET stopped_at = $4, lock_reason = $3, updated_at = $4 WHERE org_id = $1 AND id = $2 AND stopped_at IS NULL RETURNING user_id, target" }
    STOP { both: "UPDATE contact SET stopped_at = $4, lock_reason = NULL WHERE org_id = $1 AND channel = $2 AND target_folded = $3" }
    REMEMBER { both: "INSERT INTO stopped_number (org_id, number, stopped_at) VALUES ($1, $2, $3) ON CONFLICT (org_id, number) DO UPDATE SET stopped_at = excluded.stopped_at" }
    FORGET { both: "DELETE FROM stopped_number WHERE org_id = $1 AND number = $2" }
    START { both: "UPDATE contact SET stopped_at = NULL, updated_at = $3, lock_reason = CASE WHEN status = 'OK' THEN NULL ELSE lock_reason END \
        WHERE org_id = $1 AND id = $2" }
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
    let lock = if channel.is_text() { STOP_AFTER_REFUSAL } else { LOCK_AFTER_REFUSAL };
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

/// Stops text messages to a number, or lets them go on: its owner answered "stop" or "start". How many contacts have it. The number
/// stays stopped where they are removed and added again.
pub async fn stop_texts(db: &Db, org: OrgId, number: &str, stopped_at: Option<Timestamp>) -> Result<u64, StoreError> {
    let folded = fold_target(Channel::Sms, number);
    db.write(move |tx| Box::pin(async move { stop_in(tx, org, &folded, stopped_at).await })).await
}

async fn stop_in(tx: &mut Tx, org: OrgId, number: &str, stopped_at: Option<Timestamp>) -> Result<u64, StoreError> {
    let contacts = tx.exec(STOP, args![org, Channel::Sms.as_str(), number, stopped_at]).await?;
    match stopped_at {
        Some(at) if contacts > 0 => tx.exec(REMEMBER, args![org, number, at]).await?,
        // Numbers of nobody are not collected.
        Some(_) => 0,
        None => tx.exec(FORGET, args![org, number]).await?,
    };
    Ok(contacts)
}

/// Lets text messages to one contact go on, because its owner says so on a page. Others that have the number keep their stop.
/// Errors: `NotFound`, also when it is somebody else's; `Refused` where nobody proved that the number is theirs.
pub async fn start_texts(
    db: &Db,
    scope: &Scope,
    user: UserId,
    id: ContactId,
    now: Timestamp,
) -> Result<Contact, StoreError> {
    let scope = scope.clone();
    db.write(move |tx| Box::pin(async move { start_in(tx, &scope, user, id, now).await })).await
}

async fn start_in(
    tx: &mut Tx,
    scope: &Scope,
    user: UserId,
    id: ContactId,
    now: Timestamp,
) -> Result<Contact, StoreError> {
    let row: Option<Row> = tx.one(BY_ID, args![scope.org, id]).await?;
    let before = of_user(row, user, id)?;
    if before.verified_at.is_none() {
        return Err(StoreError::Refused(
            "only a verified number is switched on here: send START from it, or verify it by a call".into(),
        ));
    }
    tx.exec(START, args![scope.org, id, now]).await?;
    let after = find(tx, scope.org, id).await?;
    audit::updated(tx, scope, subject(NOUN, id), (&before, &after), now).await?;
    Ok(after)
}
