//! Codes by which the owner of a contact proves that messages arrive there.

use super::NOUN;
use crate::args;
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::scope::Scope;
use jiff::Timestamp;
use watchbell_core::ids::{ContactId, OrgId};

sql! {
    START_VERIFICATION { both: "UPDATE contact SET verify_hash = $3, verify_until = $4 WHERE org_id = $1 AND id = $2" }
    FORGET_CODE { both: "UPDATE contact SET verify_hash = NULL, verify_until = NULL WHERE org_id = $1 AND id = $2" }
    VERIFY { both: "UPDATE contact SET verified_at = $4, verify_hash = NULL, verify_until = NULL, updated_at = $4 \
        WHERE org_id = $1 AND id = $2 AND verify_hash = $3 AND verify_until > $4" }
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

/// Forgets the code that was sent.
pub(super) async fn forget_code(tx: &mut Tx, org: OrgId, id: ContactId) -> Result<(), StoreError> {
    tx.exec(FORGET_CODE, args![org, id]).await.map(|_| ())
}
