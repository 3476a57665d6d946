//! Mails that came back after the mail server had taken them.

use super::finishing::{Failing, fail_for_good};
use super::standing::standing_of;
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::{alerts, contacts};
use jiff::Timestamp;
use watchbell_core::ids::{ContactId, NotificationId, OrgId};
use watchbell_core::notify::{Failure, NotificationState};

/// A message came back: it failed, and the person's next contact is used at once. Where the contact is to blame it is locked and its
/// owner told by another one. `false`: there is no such message. Errors: `Conflict` where it is not recorded yet that it was sent.
pub async fn came_back(
    db: &Db,
    org: OrgId,
    id: NotificationId,
    (error, failure): (&str, Failure),
    now: Timestamp,
) -> Result<bool, StoreError> {
    let error = error.to_owned();
    db.write(move |tx| Box::pin(async move { came_back_in(tx, org, id, (&error, failure), now).await })).await
}

async fn came_back_in(
    tx: &mut Tx,
    org: OrgId,
    id: NotificationId,
    (error, failure): (&str, Failure),
    now: Timestamp,
) -> Result<bool, StoreError> {
    let Some(seen) = standing_of(tx, org, id).await? else { return Ok(false) };
    // The alert first: whoever accepts it holds it while cancelling its pages.
    alerts::lock(tx, org, seen.alert_id.into_iter().collect()).await?;
    let Some(standing) = standing_of(tx, org, id).await? else { return Ok(false) };
    match NotificationState::parse(&standing.state) {
        Some(NotificationState::Sending) => return Err(StoreError::Conflict("message")),
        Some(NotificationState::Sent | NotificationState::Delivered) => {
            fail_for_good(tx, org, &standing, &Failing { error, via: None, failure, is_counted: true }, now).await?;
        }
        // What was not needed any more says as much of the address.
        _ => {
            if let (Failure::Contact, Some(contact)) = (failure, standing.contact_id) {
                contacts::lock_after_refusal(tx, org, (ContactId(contact), &standing.channel), error, now).await?;
            }
        }
    }
    Ok(true)
}
