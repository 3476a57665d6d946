//! iCal feeds: secret addresses under which a calendar program reads the shifts of a schedule or of a person. The secret is kept as its
//! SHA-256 and shown once; [`crate::doors::feed`] lets its bearer in.

use crate::args;
use crate::audit::{self, subject};
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::page::Page;
use crate::schedules;
use crate::scope::Scope;
use crate::users;
use crate::value::timestamp;
use jiff::Timestamp;
use serde::Serialize;
use watchbell_core::ids::{FeedId, OrgId, ScheduleId, UserId};
use watchbell_core::limits::FEEDS_MAX;

const NOUN: &str = "calendar feed";

macro_rules! columns {
    () => {
        "id, user_id, name, schedule_id, person_id, created_at, used_at"
    };
}

sql! {
    INSERT { both: "INSERT INTO calendar_feed (org_id, user_id, name, schedule_id, person_id, token_hash, created_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id" }
    COUNT { both: "SELECT COUNT(*) FROM calendar_feed WHERE org_id = $1 AND user_id = $2" }
    BY_ID { both: concat!("SELECT ", columns!(), " FROM calendar_feed WHERE org_id = $1 AND id = $2") }
    OF_USER { both: concat!("SELECT ", columns!(), " FROM calendar_feed WHERE org_id = $1 AND user_id = $2 ORDER BY id LIMIT $3 OFFSET $4") }
    DELETE { both: "DELETE FROM calendar_feed WHERE org_id = $1 AND id = $2" }
}

/// Whose shifts a feed shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Subject {
    /// Everybody's of a schedule.
    Schedule(ScheduleId),
    /// Those of a person, in every schedule.
    Person(UserId),
}

/// A feed, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Feed {
    /// Which.
    pub id: FeedId,
    /// Who made it: it shows what they may see.
    pub user: UserId,
    /// Where it is used.
    pub name: String,
    /// Whose shifts.
    pub subject: Subject,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last read, to the minute.
    #[serde(skip)]
    pub used_at: Option<Timestamp>,
}

#[derive(sqlx::FromRow)]
pub(crate) struct Row {
    id: i64,
    user_id: i64,
    name: String,
    schedule_id: Option<i64>,
    person_id: Option<i64>,
    created_at: i64,
    used_at: Option<i64>,
}

impl Row {
    pub(crate) fn read(self) -> Result<Feed, StoreError> {
        let subject = match (self.schedule_id, self.person_id) {
            (Some(id), _) => Subject::Schedule(ScheduleId(id)),
            (None, Some(id)) => Subject::Person(UserId(id)),
            (None, None) => return Err(StoreError::unreadable(NOUN, "it is of nobody")),
        };
        Ok(Feed {
            id: FeedId(self.id),
            user: UserId(self.user_id),
            name: self.name,
            subject,
            created_at: timestamp(self.created_at),
            used_at: self.used_at.map(timestamp),
        })
    }
}

/// Makes a feed. Errors: `NotFound` (whose shifts), `Refused` (too many).
pub async fn create(
    db: &Db,
    scope: &Scope,
    (user, name): (UserId, String),
    shown: Subject,
    token_hash: [u8; 32],
    now: Timestamp,
) -> Result<Feed, StoreError> {
    let scope = scope.clone();
    db.write(move |tx| {
        Box::pin(async move {
            hold(tx, scope.org, user, shown).await?;
            let count: Option<(i64,)> = tx.one(COUNT, args![scope.org, user]).await?;
            if count.is_some_and(|(count,)| count >= FEEDS_MAX) {
                return Err(StoreError::Refused(format!("a user may have at most {FEEDS_MAX} calendar feeds")));
            }
            let (schedule, person) = match shown {
                Subject::Schedule(id) => (Some(id), None),
                Subject::Person(id) => (None, Some(id)),
            };
            let id = tx.insert(INSERT, args![scope.org, user, name, schedule, person, token_hash, now]).await?;
            let feed = find(tx, scope.org, FeedId(id)).await?;
            audit::created(tx, &scope, subject(NOUN, id), &feed, now).await?;
            Ok(feed)
        })
    })
    .await
}

/// People by id, then the schedule: as everywhere.
async fn hold(tx: &mut Tx, org: OrgId, user: UserId, shown: Subject) -> Result<(), StoreError> {
    users::lock(tx, org, user).await?;
    match shown {
        Subject::Person(person) => match users::missing(tx, org, &[person]).await?.first() {
            None => Ok(()),
            Some(id) => Err(StoreError::not_found("user", id)),
        },
        Subject::Schedule(schedule) => schedules::lock(tx, org, schedule).await.map(|_| ()),
    }
}

/// A feed. Errors: `NotFound`.
pub async fn get(db: &Db, scope: &Scope, id: FeedId) -> Result<Feed, StoreError> {
    let row: Option<Row> = db.one(BY_ID, args![scope.org, id]).await?;
    row.ok_or_else(|| StoreError::not_found(NOUN, id))?.read()
}

/// The feeds that a person has made, by id.
pub async fn list(db: &Db, scope: &Scope, user: UserId, page: Page) -> Result<Vec<Feed>, StoreError> {
    let rows: Vec<Row> = db.all(OF_USER, args![scope.org, user, page.max_results, page.start_index]).await?;
    rows.into_iter().map(Row::read).collect()
}

/// Revokes a feed at once. Errors: `NotFound`.
pub async fn delete(db: &Db, scope: &Scope, id: FeedId, now: Timestamp) -> Result<(), StoreError> {
    let scope = scope.clone();
    db.write(move |tx| {
        Box::pin(async move {
            let feed = find(tx, scope.org, id).await?;
            tx.exec(DELETE, args![scope.org, id]).await?;
            audit::deleted(tx, &scope, subject(NOUN, id), &feed, now).await
        })
    })
    .await
}

async fn find(tx: &mut Tx, org: OrgId, id: FeedId) -> Result<Feed, StoreError> {
    let row: Option<Row> = tx.one(BY_ID, args![org, id]).await?;
    row.ok_or_else(|| StoreError::not_found(NOUN, id))?.read()
}
