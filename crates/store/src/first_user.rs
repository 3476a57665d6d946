//! The first start: an administrator is made once, by whoever holds the token that was printed to the log.

use crate::args;
use crate::db::Db;
use crate::error::StoreError;
use crate::scope::Scope;
use crate::users::{self, User, UserIn};
use jiff::Timestamp;

sql! {
    USE_UP { both: "DELETE FROM setting WHERE org_id = $1 AND name = $2" }
    COUNT { both: "SELECT count(*) FROM user_account WHERE org_id = $1" }
}

/// Makes the first user and uses the token's setting up. `None`: there is a user already, or somebody was faster.
pub async fn create(
    db: &Db,
    scope: &Scope,
    token_setting: &'static str,
    (new, password_hash): (UserIn, String),
    now: Timestamp,
) -> Result<Option<User>, StoreError> {
    let scope = scope.clone();
    db.write(move |tx| {
        Box::pin(async move {
            // Whoever deletes the row first goes on; the others wait for it and find none.
            let is_first = tx.exec(USE_UP, args![scope.org, token_setting]).await? == 1;
            let count: Option<(i64,)> = tx.one(COUNT, args![scope.org]).await?;
            if !is_first || count.is_none_or(|(count,)| count > 0) {
                return Ok(None);
            }
            users::create_in(tx, &scope, new, Some(password_hash), now).await.map(Some)
        })
    })
    .await
}
