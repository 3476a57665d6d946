//! Hand-off notes: what the person on call leaves for the next one, shown until that one confirms it. The latest note of a schedule counts.

use crate::args;
use crate::audit::{self, subject};
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::page::Page;
use crate::scope::Scope;
use crate::value::timestamp;
use jiff::Timestamp;
use serde::Serialize;
use watchbell_core::ids::{OrgId, ScheduleId, UserId};

const NOUN: &str = "hand-off note";

macro_rules! columns {
    () => {
        "id, schedule_id, author_id, text, written_at, confirmed_by, confirmed_at"
    };
}

sql! {
    INSERT { both: "INSERT INTO handoff_note (org_id, schedule_id, author_id, text, written_at) VALUES ($1, $2, $3, $4, $5) RETURNING id" }
    LATEST { both: concat!("SELECT ", columns!(), " FROM handoff_note WHERE org_id = $1 AND schedule_id = $2 ORDER BY id DESC LIMIT $3 OFFSET $4") }
    /// The latest note of each schedule that nobody has confirmed.
    OPEN_OF {
        sqlite: concat!("SELECT ", columns!(), " FROM handoff_note WHERE org_id = $1 AND confirmed_at IS NULL AND id IN (SELECT max(id) FROM handoff_note WHERE org_id = $1 AND schedule_id IN (SELECT value FROM json_each($2)) GROUP BY schedule_id) ORDER BY schedule_id"),
        postgres: concat!("SELECT ", columns!(), " FROM handoff_note WHERE org_id = $1 AND confirmed_at IS NULL AND id IN (SELECT max(id) FROM handoff_note WHERE org_id = $1 AND schedule_id = ANY($2) GROUP BY schedule_id) ORDER BY schedule_id"),
    }
    CONFIRM { both: "UPDATE handoff_note SET confirmed_by = $3, confirmed_at = $4 WHERE org_id = $1 AND id = $2 AND confirmed_at IS NULL" }
}

/// A note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Note {
    /// Its number.
    pub id: i64,
    /// Of which schedule.
    pub schedule: ScheduleId,
    /// Who left it.
    pub author: Option<UserId>,
    /// What it says.
    pub text: String,
    /// When.
    pub written_at: Timestamp,
    /// Who has read it.
    pub confirmed_by: Option<UserId>,
    /// When.
    pub confirmed_at: Option<Timestamp>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    schedule_id: i64,
    author_id: Option<i64>,
    text: String,
    written_at: i64,
    confirmed_by: Option<i64>,
    confirmed_at: Option<i64>,
}

impl From<Row> for Note {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            schedule: ScheduleId(row.schedule_id),
            author: row.author_id.map(UserId),
            text: row.text,
            written_at: timestamp(row.written_at),
            confirmed_by: row.confirmed_by.map(UserId),
            confirmed_at: row.confirmed_at.map(timestamp),
        }
    }
}

/// Leaves a note in place of the one before. Errors: `NotFound` (schedule).
pub async fn leave(
    db: &Db,
    scope: &Scope,
    schedule: ScheduleId,
    text: String,
    now: Timestamp,
) -> Result<Note, StoreError> {
    let scope = scope.clone();
    db.write(move |tx| {
        Box::pin(async move {
            crate::schedules::lock(tx, scope.org, schedule).await?;
            let author = scope.actor.user();
            tx.insert(INSERT, args![scope.org, schedule, author, text, now]).await?;
            let note = latest(tx, scope.org, schedule).await?.ok_or_else(|| StoreError::not_found(NOUN, schedule))?;
            audit::created(tx, &scope, subject(NOUN, note.id), &note, now).await?;
            Ok(note)
        })
    })
    .await
}

async fn latest(tx: &mut Tx, org: OrgId, schedule: ScheduleId) -> Result<Option<Note>, StoreError> {
    let row: Option<Row> = tx.one(LATEST, args![org, schedule, 1_i64, 0_i64]).await?;
    Ok(row.map(Note::from))
}

/// The notes of a schedule, the latest first.
pub async fn list(db: &Db, scope: &Scope, schedule: ScheduleId, page: Page) -> Result<Vec<Note>, StoreError> {
    let rows: Vec<Row> = db.all(LATEST, args![scope.org, schedule, page.max_results, page.start_index]).await?;
    Ok(rows.into_iter().map(Note::from).collect())
}

/// The note of a schedule that nobody has confirmed yet.
pub async fn open(db: &Db, scope: &Scope, schedule: ScheduleId) -> Result<Option<Note>, StoreError> {
    Ok(open_of(db, scope, &[schedule]).await?.pop())
}

/// The same of several schedules, by schedule.
pub async fn open_of(db: &Db, scope: &Scope, schedules: &[ScheduleId]) -> Result<Vec<Note>, StoreError> {
    let ids: Vec<i64> = schedules.iter().map(|id| id.0).collect();
    let rows: Vec<Row> = db.all(OPEN_OF, args![scope.org, ids]).await?;
    Ok(rows.into_iter().map(Note::from).collect())
}

/// Notes that it was read; `seen`: which one, as far as the caller knows. Somebody who confirms it again changes nothing.
/// Errors: `NotFound` (there is no note), `InUse` (a newer one was left meanwhile, which nobody has read).
pub async fn confirm(
    db: &Db,
    scope: &Scope,
    schedule: ScheduleId,
    seen: Option<i64>,
    now: Timestamp,
) -> Result<Note, StoreError> {
    let scope = scope.clone();
    db.write(move |tx| {
        Box::pin(async move {
            crate::schedules::lock(tx, scope.org, schedule).await?;
            let missing = || StoreError::not_found(NOUN, schedule);
            let before = latest(tx, scope.org, schedule).await?.ok_or_else(missing)?;
            if seen.is_some_and(|seen| seen != before.id) {
                return Err(StoreError::InUse {
                    what: "a newer hand-off note was left meanwhile: read that one".into(),
                });
            }
            tx.exec(CONFIRM, args![scope.org, before.id, scope.actor.user(), now]).await?;
            let after = latest(tx, scope.org, schedule).await?.ok_or_else(missing)?;
            audit::updated(tx, &scope, subject(NOUN, after.id), (&before, &after), now).await?;
            Ok(after)
        })
    })
    .await
}
