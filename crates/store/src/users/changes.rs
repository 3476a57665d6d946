//! What becomes of users: made, changed, deleted; an installation keeps an administrator.

use super::{NOUN, User, UserIn, find, lock};
use crate::args;
use crate::audit::{self, subject};
use crate::contacts;
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::leaving;
use crate::preferences;
use crate::scope::Scope;
use crate::succession;
use crate::value::Value;
use jiff::Timestamp;
use watchbell_core::ids::{OrgId, UserId};
use watchbell_core::text::fold;
use watchbell_core::user::Role;

sql! {
    INSERT { both: "INSERT INTO user_account (org_id, password_hash, created_at, updated_at, email, email_folded, first_name, last_name, role, timezone, \
        position, department, language, region, shift_color, muted_from, muted_until, quiet_from_min, quiet_until_min, told_of_answers) \
        VALUES ($1, $2, $3, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19) RETURNING id" }
    LOCK_ADMINS {
        sqlite: "SELECT id FROM user_account WHERE org_id = $1 AND role = 'ADMIN' ORDER BY id",
        postgres: "SELECT id FROM user_account WHERE org_id = $1 AND role = 'ADMIN' ORDER BY id FOR UPDATE",
    }
    UPDATE { both: "UPDATE user_account SET updated_at = $3, email = $4, email_folded = $5, first_name = $6, last_name = $7, role = $8, timezone = $9, \
        position = $10, department = $11, language = $12, region = $13, shift_color = $14, muted_from = $15, muted_until = $16, \
        quiet_from_min = $17, quiet_until_min = $18, told_of_answers = $19 WHERE org_id = $1 AND id = $2" }
    SET_PASSWORD { both: "UPDATE user_account SET password_hash = $3, updated_at = $4 WHERE org_id = $1 AND id = $2" }
    DELETE { both: "DELETE FROM user_account WHERE org_id = $1 AND id = $2" }
    DISOWN_CONNECTORS { both: "UPDATE connector SET owner_id = NULL WHERE org_id = $1 AND owner_id = $2" }
}

/// Makes a user with the default contact and rules. Errors: `Taken` (e-mail).
pub async fn create(
    db: &Db,
    scope: &Scope,
    new: UserIn,
    password_hash: Option<String>,
    now: Timestamp,
) -> Result<User, StoreError> {
    let scope = scope.clone();
    db.write(move |tx| Box::pin(async move { create_in(tx, &scope, new, password_hash, now).await })).await
}

/// [`create`] as part of a unit.
pub async fn create_in(
    tx: &mut Tx,
    scope: &Scope,
    new: UserIn,
    password_hash: Option<String>,
    now: Timestamp,
) -> Result<User, StoreError> {
    let email = new.email.clone();
    let mut args = args![scope.org, password_hash, now];
    args.extend(values(new));
    let id = UserId(tx.insert(INSERT, args).await.map_err(taken)?);
    let contact = contacts::insert_verified_email(tx, scope, id, &email, now).await?;
    preferences::insert_defaults(tx, scope, id, contact).await?;
    let user = find(tx, scope.org, id).await?;
    audit::created(tx, scope, subject(NOUN, id), &user, now).await?;
    Ok(user)
}

/// What a user is made of, in the order in which INSERT and UPDATE write it.
fn values(user: UserIn) -> Vec<Value> {
    let folded = fold(&user.email);
    args![
        user.email,
        folded,
        user.first_name,
        user.last_name,
        user.role.as_str(),
        user.timezone,
        user.position,
        user.department,
        user.language,
        user.region,
        user.shift_color,
        user.muted_from,
        user.muted_until,
        user.quiet_min.map(|(from, _)| from),
        user.quiet_min.map(|(_, until)| until),
        user.told_of_answers
    ]
}

fn taken(error: StoreError) -> StoreError {
    error.taken("email_folded", NOUN, "email")
}

/// Replaces what a user is made of. Errors: `NotFound`, `Taken` (e-mail), `InUse` (the last administrator).
pub async fn update(db: &Db, scope: &Scope, id: UserId, new: UserIn, now: Timestamp) -> Result<User, StoreError> {
    let scope = scope.clone();
    db.write(move |tx| {
        Box::pin(async move {
            let before = lock(tx, scope.org, id).await?;
            if before.role == Role::Admin && new.role != Role::Admin {
                refuse_last_admin(tx, scope.org, id).await?;
            }
            let mut args = args![scope.org, id, now];
            args.extend(values(new));
            tx.exec(UPDATE, args).await.map_err(taken)?;
            let after = find(tx, scope.org, id).await?;
            audit::updated(tx, &scope, subject(NOUN, id), (&before, &after), now).await?;
            Ok(after)
        })
    })
    .await
}

/// Deletes a user with contacts, rules, keys and sessions; the replacement takes their place in policies, rotas and teams from now on.
/// Errors: `NotFound`, `InUse` (nobody takes their place in a policy or a rota; the last administrator), `Refused` (the replacement).
pub async fn delete(
    db: &Db,
    scope: &Scope,
    id: UserId,
    replacement: Option<UserId>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let scope = scope.clone();
    db.write(move |tx| {
        Box::pin(async move {
            let user = succession::hold(tx, scope.org, id, replacement).await?;
            if user.role == Role::Admin {
                refuse_last_admin(tx, scope.org, id).await?;
            }
            succession::succeed(tx, &scope, &user, replacement, now).await?;
            tx.exec(DISOWN_CONNECTORS, args![scope.org, id]).await?;
            leaving::ask(tx, scope.org, (id, &user.name()), now).await?;
            tx.exec(DELETE, args![scope.org, id]).await?;
            audit::deleted(tx, &scope, subject(NOUN, id), &user, now).await
        })
    })
    .await
}

async fn refuse_last_admin(tx: &mut Tx, org: OrgId, id: UserId) -> Result<(), StoreError> {
    let admins: Vec<(i64,)> = tx.all(LOCK_ADMINS, args![org]).await?;
    if admins.iter().any(|(admin,)| *admin != id.0) {
        return Ok(());
    }
    Err(StoreError::InUse { what: "this is the only administrator: make somebody else an administrator first".into() })
}

/// Sets or takes away the password; `hash` is a PHC string.
pub async fn set_password_hash(
    db: &Db,
    scope: &Scope,
    id: UserId,
    hash: Option<String>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let scope = scope.clone();
    db.write(move |tx| {
        Box::pin(async move {
            let before = lock(tx, scope.org, id).await?;
            tx.exec(SET_PASSWORD, args![scope.org, id, hash, now]).await?;
            let after = find(tx, scope.org, id).await?;
            audit::updated(tx, &scope, subject(NOUN, id), (&before, &after), now).await
        })
    })
    .await
}
