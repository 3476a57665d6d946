//! People with an account. Whoever is made has a verified e-mail contact and rules that use it at once.

use crate::args;
use crate::audit::{self, subject};
use crate::contacts;
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::leaving;
use crate::page::Page;
use crate::preferences;
use crate::scope::Scope;
use crate::stored;
use crate::succession;
use crate::value::timestamp;
use jiff::Timestamp;
use serde::Serialize;
use watchbell_core::ids::{OrgId, UserId};
use watchbell_core::text::fold;
use watchbell_core::user::Role;

const NOUN: &str = "user";

macro_rules! columns {
    () => {
        "id, email, first_name, last_name, role, timezone, position, department, language, region, shift_color, muted_from, muted_until, quiet_from_min, quiet_until_min, \
         told_of_answers, password_hash IS NOT NULL AS has_password, created_at, updated_at"
    };
}

sql! {
    INSERT { both: "INSERT INTO user_account (org_id, email, email_folded, first_name, last_name, role, timezone, position, department, \
        language, region, shift_color, muted_until, password_hash, created_at, updated_at, muted_from, quiet_from_min, quiet_until_min, told_of_answers) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $15, $16, $17, $18, $19) RETURNING id" }
    BY_ID { both: concat!("SELECT ", columns!(), " FROM user_account WHERE org_id = $1 AND id = $2") }
    FOR_UPDATE {
        sqlite: concat!("SELECT ", columns!(), " FROM user_account WHERE org_id = $1 AND id = $2"),
        postgres: concat!("SELECT ", columns!(), " FROM user_account WHERE org_id = $1 AND id = $2 FOR UPDATE"),
    }
    BY_EMAIL { both: concat!("SELECT ", columns!(), " FROM user_account WHERE org_id = $1 AND email_folded = $2") }
    LIST { both: concat!("SELECT ", columns!(), " FROM user_account WHERE org_id = $1 ORDER BY id LIMIT $2 OFFSET $3") }
    MANY {
        sqlite: concat!("SELECT ", columns!(), " FROM user_account WHERE org_id = $1 AND id IN (SELECT value FROM json_each($2)) ORDER BY id"),
        postgres: concat!("SELECT ", columns!(), " FROM user_account WHERE org_id = $1 AND id = ANY($2) ORDER BY id"),
    }
    LOCK_MANY {
        sqlite: "SELECT id FROM user_account WHERE org_id = $1 AND id IN (SELECT value FROM json_each($2)) ORDER BY id",
        postgres: "SELECT id FROM user_account WHERE org_id = $1 AND id = ANY($2) ORDER BY id FOR SHARE",
    }
    COUNT { both: "SELECT COUNT(*) FROM user_account WHERE org_id = $1" }
    LOCK_ADMINS {
        sqlite: "SELECT id FROM user_account WHERE org_id = $1 AND role = 'ADMIN' ORDER BY id",
        postgres: "SELECT id FROM user_account WHERE org_id = $1 AND role = 'ADMIN' ORDER BY id FOR UPDATE",
    }
    UPDATE { both: "UPDATE user_account SET email = $3, email_folded = $4, first_name = $5, last_name = $6, role = $7, timezone = $8, \
        position = $9, department = $10, language = $11, region = $12, shift_color = $13, muted_until = $14, updated_at = $15, \
        muted_from = $16, quiet_from_min = $17, quiet_until_min = $18, told_of_answers = $19 WHERE org_id = $1 AND id = $2" }
    SET_PASSWORD { both: "UPDATE user_account SET password_hash = $3, updated_at = $4 WHERE org_id = $1 AND id = $2" }
    DELETE { both: "DELETE FROM user_account WHERE org_id = $1 AND id = $2" }
    DISOWN_CONNECTORS { both: "UPDATE connector SET owner_id = NULL WHERE org_id = $1 AND owner_id = $2" }
}

/// A person with an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct User {
    /// Which.
    pub id: UserId,
    /// What they log in with; compared without case.
    pub email: String,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// What they may do.
    pub role: Role,
    /// IANA name.
    pub timezone: String,
    /// Job title.
    pub position: Option<String>,
    /// Department.
    pub department: Option<String>,
    /// Two letters.
    pub language: String,
    /// Two letters.
    pub region: Option<String>,
    /// `#rrggbb` in calendars.
    pub shift_color: Option<String>,
    /// No pages from then, at once where it is `None`, ..
    pub muted_from: Option<Timestamp>,
    /// .. until then.
    pub muted_until: Option<Timestamp>,
    /// Quiet hours for quiet alerts: first and last minute of the day in their zone.
    pub quiet_min: Option<(i64, i64)>,
    /// Whether they are told that somebody has what they were paged for, or that it is over.
    pub told_of_answers: bool,
    /// Whether they can log in with a password.
    pub has_password: bool,
    /// When the account was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl User {
    /// First and last name.
    pub fn name(&self) -> String {
        format!("{} {}", self.first_name, self.last_name)
    }
}

/// What a user is made of, parsed at the edge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserIn {
    /// See [`User::email`].
    pub email: String,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// What they may do.
    pub role: Role,
    /// IANA name.
    pub timezone: String,
    /// Job title.
    pub position: Option<String>,
    /// Department.
    pub department: Option<String>,
    /// Two letters.
    pub language: String,
    /// Two letters.
    pub region: Option<String>,
    /// `#rrggbb`.
    pub shift_color: Option<String>,
    /// No pages from then, at once where it is `None`, ..
    pub muted_from: Option<Timestamp>,
    /// .. until then.
    pub muted_until: Option<Timestamp>,
    /// Quiet hours for quiet alerts: first and last minute of the day in their zone.
    pub quiet_min: Option<(i64, i64)>,
    /// Whether they are told that somebody has what they were paged for, or that it is over.
    pub told_of_answers: bool,
}

impl UserIn {
    /// A user with the defaults of a new account.
    pub fn new(
        email: impl Into<String>,
        first_name: impl Into<String>,
        last_name: impl Into<String>,
        role: Role,
    ) -> Self {
        Self {
            email: email.into(),
            first_name: first_name.into(),
            last_name: last_name.into(),
            role,
            timezone: "Europe/Berlin".into(),
            position: None,
            department: None,
            language: "en".into(),
            region: None,
            shift_color: None,
            muted_from: None,
            muted_until: None,
            quiet_min: None,
            told_of_answers: true,
        }
    }
}

impl From<User> for UserIn {
    fn from(user: User) -> Self {
        Self {
            email: user.email,
            first_name: user.first_name,
            last_name: user.last_name,
            role: user.role,
            timezone: user.timezone,
            position: user.position,
            department: user.department,
            language: user.language,
            region: user.region,
            shift_color: user.shift_color,
            muted_from: user.muted_from,
            muted_until: user.muted_until,
            quiet_min: user.quiet_min,
            told_of_answers: user.told_of_answers,
        }
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    email: String,
    first_name: String,
    last_name: String,
    role: String,
    timezone: String,
    position: Option<String>,
    department: Option<String>,
    language: String,
    region: Option<String>,
    shift_color: Option<String>,
    muted_from: Option<i64>,
    muted_until: Option<i64>,
    quiet_from_min: Option<i64>,
    quiet_until_min: Option<i64>,
    told_of_answers: bool,
    has_password: bool,
    created_at: i64,
    updated_at: i64,
}

impl Row {
    fn read(self) -> Result<User, StoreError> {
        Ok(User {
            id: UserId(self.id),
            email: self.email,
            first_name: self.first_name,
            last_name: self.last_name,
            role: stored::word(NOUN, &self.role, Role::parse)?,
            timezone: self.timezone,
            position: self.position,
            department: self.department,
            language: self.language,
            region: self.region,
            shift_color: self.shift_color,
            muted_from: self.muted_from.map(timestamp),
            muted_until: self.muted_until.map(timestamp),
            quiet_min: self.quiet_from_min.zip(self.quiet_until_min),
            told_of_answers: self.told_of_answers,
            has_password: self.has_password,
            created_at: timestamp(self.created_at),
            updated_at: timestamp(self.updated_at),
        })
    }
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
    let folded = fold(&new.email);
    let email = new.email.clone();
    let args = args![
        scope.org,
        new.email,
        folded,
        new.first_name,
        new.last_name,
        new.role.as_str(),
        new.timezone,
        new.position,
        new.department,
        new.language,
        new.region,
        new.shift_color,
        new.muted_until,
        password_hash,
        now,
        new.muted_from,
        new.quiet_min.map(|(from, _)| from),
        new.quiet_min.map(|(_, until)| until),
        new.told_of_answers
    ];
    let id = UserId(tx.insert(INSERT, args).await.map_err(taken)?);
    let contact = contacts::insert_verified_email(tx, scope, id, &email, now).await?;
    preferences::insert_defaults(tx, scope, id, contact).await?;
    let user = find(tx, scope.org, id).await?;
    audit::created(tx, scope, subject(NOUN, id), &user, now).await?;
    Ok(user)
}

fn taken(error: StoreError) -> StoreError {
    error.taken("email_folded", NOUN, "email")
}

/// A user. Errors: `NotFound`.
pub async fn get(db: &Db, scope: &Scope, id: UserId) -> Result<User, StoreError> {
    let row: Option<Row> = db.one(BY_ID, args![scope.org, id]).await?;
    row.ok_or_else(|| StoreError::not_found(NOUN, id))?.read()
}

/// The user with this e-mail address, which is the user name too.
pub async fn find_by_email(db: &Db, scope: &Scope, email: &str) -> Result<Option<User>, StoreError> {
    let row: Option<Row> = db.one(BY_EMAIL, args![scope.org, fold(email)]).await?;
    row.map(Row::read).transpose()
}

/// Users by id.
pub async fn list(db: &Db, scope: &Scope, page: Page) -> Result<Vec<User>, StoreError> {
    let rows: Vec<Row> = db.all(LIST, args![scope.org, page.max_results, page.start_index]).await?;
    rows.into_iter().map(Row::read).collect()
}

/// Those of `ids` that exist, by id.
pub async fn get_many(db: &Db, scope: &Scope, ids: &[UserId]) -> Result<Vec<User>, StoreError> {
    let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let rows: Vec<Row> = db.all(MANY, args![scope.org, ids]).await?;
    rows.into_iter().map(Row::read).collect()
}

/// How many there are; none means that the first start is not over.
pub async fn count(db: &Db, scope: &Scope) -> Result<i64, StoreError> {
    let row: Option<(i64,)> = db.one(COUNT, args![scope.org]).await?;
    Ok(row.map_or(0, |(count,)| count))
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
            let folded = fold(&new.email);
            let args = args![
                scope.org,
                id,
                new.email,
                folded,
                new.first_name,
                new.last_name,
                new.role.as_str(),
                new.timezone,
                new.position,
                new.department,
                new.language,
                new.region,
                new.shift_color,
                new.muted_until,
                now,
                new.muted_from,
                new.quiet_min.map(|(from, _)| from),
                new.quiet_min.map(|(_, until)| until),
                new.told_of_answers
            ];
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

/// Those of `ids` that do not exist; the others stay as they are until the unit ends.
pub(crate) async fn missing(tx: &mut Tx, org: OrgId, ids: &[UserId]) -> Result<Vec<UserId>, StoreError> {
    let wanted: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let found: Vec<(i64,)> = tx.all(LOCK_MANY, args![org, wanted]).await?;
    Ok(ids.iter().copied().filter(|id| !found.contains(&(id.0,))).collect())
}

pub(crate) async fn lock(tx: &mut Tx, org: OrgId, id: UserId) -> Result<User, StoreError> {
    let row: Option<Row> = tx.one(FOR_UPDATE, args![org, id]).await?;
    row.ok_or_else(|| StoreError::not_found(NOUN, id))?.read()
}

async fn find(tx: &mut Tx, org: OrgId, id: UserId) -> Result<User, StoreError> {
    let row: Option<Row> = tx.one(BY_ID, args![org, id]).await?;
    row.ok_or_else(|| StoreError::not_found(NOUN, id))?.read()
}
