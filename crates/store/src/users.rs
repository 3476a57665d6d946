//! People with an account. Whoever is made has a verified e-mail contact and rules that use it at once.

pub(crate) mod changes;

use crate::args;
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::page::Page;
use crate::reader::Reader;
use crate::scope::Scope;
use crate::sql::Sql;
use crate::stored;
use crate::value::timestamp;
use jiff::Timestamp;
use serde::Serialize;
use watchbell_core::ids::{OrgId, UserId};
use watchbell_core::text::fold;
use watchbell_core::user::Role;

pub use changes::{create, create_in, delete, set_password_hash, update};

const NOUN: &str = "user";

macro_rules! columns {
    () => {
        "id, email, first_name, last_name, role, timezone, position, department, language, region, shift_color, muted_from, muted_until, quiet_from_min, quiet_until_min, \
         told_of_answers, password_hash IS NOT NULL AS has_password, created_at, updated_at"
    };
}

sql! {
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
        format!("{} {}", self.first_name, self.last_name).trim().to_owned()
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

/// A user. Errors: `NotFound`.
pub async fn get(db: &Db, scope: &Scope, id: UserId) -> Result<User, StoreError> {
    one(db, BY_ID, scope.org, id).await
}

pub(crate) async fn lock(tx: &mut Tx, org: OrgId, id: UserId) -> Result<User, StoreError> {
    one(tx, FOR_UPDATE, org, id).await
}

async fn find(tx: &mut Tx, org: OrgId, id: UserId) -> Result<User, StoreError> {
    one(tx, BY_ID, org, id).await
}

async fn one(reader: impl Into<Reader<'_>>, sql: Sql, org: OrgId, id: UserId) -> Result<User, StoreError> {
    let row: Option<Row> = reader.into().one(sql, args![org, id]).await?;
    row.ok_or_else(|| StoreError::not_found(NOUN, id))?.read()
}

/// The user with this e-mail address, which is the user name too.
pub async fn find_by_email(db: &Db, scope: &Scope, email: &str) -> Result<Option<User>, StoreError> {
    let row: Option<Row> = db.one(BY_EMAIL, args![scope.org, fold(email)]).await?;
    row.map(Row::read).transpose()
}

/// Users by id.
pub async fn list(db: &Db, scope: &Scope, page: Page) -> Result<Vec<User>, StoreError> {
    read(db.all(LIST, args![scope.org, page.max_results, page.start_index]).await?)
}

/// Those of `ids` that exist, by id.
pub async fn get_many(db: &Db, scope: &Scope, ids: &[UserId]) -> Result<Vec<User>, StoreError> {
    let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
    read(db.all(MANY, args![scope.org, ids]).await?)
}

fn read(rows: Vec<Row>) -> Result<Vec<User>, StoreError> {
    rows.into_iter().map(Row::read).collect()
}

/// How many there are; none means that the first start is not over.
pub async fn count(db: &Db, scope: &Scope) -> Result<i64, StoreError> {
    let row: Option<(i64,)> = db.one(COUNT, args![scope.org]).await?;
    Ok(row.map_or(0, |(count,)| count))
}

/// Those of `ids` that do not exist; the others stay as they are until the unit ends.
pub(crate) async fn missing(tx: &mut Tx, org: OrgId, ids: &[UserId]) -> Result<Vec<UserId>, StoreError> {
    let wanted: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let found: Vec<(i64,)> = tx.all(LOCK_MANY, args![org, wanted]).await?;
    Ok(ids.iter().copied().filter(|id| !found.contains(&(id.0,))).collect())
}
