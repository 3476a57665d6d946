//! Contacts that are not used: the other side refused them for good, or their owner wants no text messages.

use super::Contact;
use super::shapes::fold_target;
use crate::args;
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::news::{self, News};
use jiff::Timestamp;
use watchbell_core::ids::{ContactId, OrgId, UserId};
use watchbell_core::user::Channel;

sql! {
    LOCK_AFTER_REFUSAL { both: "UPDATE contact SET status = 'BLACKLISTED', lock_reason = $3, updated_at = $4 WHERE org_id = $1 AND id = $2 AND status = 'OK' RETURNING user_id, target" }
    STOP_AFTER_REFUSAL { both: "UPDATE contact SET stopped_at = $4, lock_reason = $3, updated_at = $4 WHERE org_id = $1 AND id = $2 AND stopped_at IS NULL RETURNING user_id, target" }
    STOP { both: "UPDATE contact SET stopped_at = $4, lock_reason = NULL WHERE org_id = $1 AND channel = $2 AND target_folded = $3" }
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
