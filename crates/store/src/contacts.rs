//! Where a user can be reached: mailboxes, push topics, webhooks, phone numbers. Tokens and secrets are sealed.

pub(crate) mod changes;
mod shapes;
pub(crate) mod stopping;
pub(crate) mod verifying;

pub(crate) use changes::insert_verified_email;
pub use changes::{create, delete, set_status, update};
pub use shapes::{Contact, ContactIn};
pub(crate) use stopping::lock_after_refusal;
pub use stopping::{refuse, start_texts, stop_texts};
pub use verifying::{start_verification, verify};

use crate::args;
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::scope::Scope;
use crate::seal::Place;
use shapes::{Row, columns, fold_target};
use watchbell_core::ids::{ContactId, OrgId, UserId};
use watchbell_core::limits;
use watchbell_core::user::Channel;

const NOUN: &str = "contact";

/// Where the token of an ntfy contact and the secret of a webhook contact are sealed.
pub const SEALED: Place = Place { table: "contact", column: "sealed" };

sql! {
    BY_ID { both: concat!("SELECT ", columns!(), " FROM contact WHERE org_id = $1 AND id = $2") }
    OF_USER { both: concat!("SELECT ", columns!(), " FROM contact WHERE org_id = $1 AND user_id = $2 ORDER BY id") }
    SECRET { both: "SELECT sealed FROM contact WHERE org_id = $1 AND id = $2" }
    BY_TARGET { both: concat!("SELECT ", columns!(), " FROM contact WHERE org_id = $1 AND channel = $2 AND target_folded = $3 AND verified_at IS NOT NULL ORDER BY id LIMIT $4") }
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

/// The proven contacts of a target, whoever has them.
pub async fn with_target(db: &Db, org: OrgId, channel: Channel, target: &str) -> Result<Vec<Contact>, StoreError> {
    let folded = fold_target(channel, target);
    let rows: Vec<Row> = db.all(BY_TARGET, args![org, channel.as_str(), folded, limits::USER_PARTS_MAX]).await?;
    rows.into_iter().map(Row::read).collect()
}

pub(crate) async fn find(tx: &mut Tx, org: OrgId, id: ContactId) -> Result<Contact, StoreError> {
    let row: Option<Row> = tx.one(BY_ID, args![org, id]).await?;
    row.ok_or_else(|| StoreError::not_found(NOUN, id))?.read()
}
