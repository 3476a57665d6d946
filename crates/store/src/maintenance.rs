//! Maintenance windows: when nobody is paged for what they cover.

use crate::args;
use crate::audit::{self, subject};
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::holds;
use crate::page::Page;
use crate::reader::Reader;
use crate::scope::Scope;
use crate::stored;
use crate::value::{Value, timestamp};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value as Json;
use watchbell_core::hold::KnownWindow;
use watchbell_core::ids::{MaintenanceWindowId, OrgId, UserId};
use watchbell_core::limits;
use watchbell_core::maintenance::{Occurrences, Window};
use watchbell_core::schedule::Span;

const NOUN: &str = "maintenance window";

macro_rules! columns {
    () => {
        "SELECT id, summary, description, notifications, body, created_by, created_at, updated_at FROM maintenance_window "
    };
}

/// `$2`: OPEN, CLOSED or empty, `$3`: now, `$4`: over after, `$5`: begins before, `$6`: sources, `$7`: whether these count.
macro_rules! fits {
    ($sources:literal) => {
        concat!("WHERE org_id = $1 AND ($2 = '' OR ($2 = 'OPEN' AND (over_at IS NULL OR over_at > $3)) OR ($2 = 'CLOSED' AND over_at <= $3))
            AND (over_at IS NULL OR over_at > $4) AND from_at < $5 AND (NOT $7 OR EXISTS (SELECT 1 FROM ", $sources, "))")
    };
}

sql! {
    INSERT { both: "INSERT INTO maintenance_window (org_id, summary, description, notifications, body, from_at, over_at, created_by, created_at, updated_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9) RETURNING id" }
    BY_ID { both: concat!(columns!(), "WHERE org_id = $1 AND id = $2") }
    LOCK {
        sqlite: concat!(columns!(), "WHERE org_id = $1 AND id = $2"),
        postgres: concat!(columns!(), "WHERE org_id = $1 AND id = $2 FOR UPDATE"),
    }
    LIST {
        sqlite: concat!(columns!(), fits!("json_each(body, '$.covers.sources') AS s WHERE s.value IN (SELECT value FROM json_each($6))"), " ORDER BY from_at DESC, id DESC LIMIT $8 OFFSET $9"),
        postgres: concat!(columns!(), fits!("jsonb_array_elements_text(body::jsonb -> 'covers' -> 'sources') AS s WHERE s::bigint = ANY($6)"), " ORDER BY from_at DESC, id DESC LIMIT $8 OFFSET $9"),
    }
    COUNT {
        sqlite: concat!("SELECT count(*) FROM maintenance_window ", fits!("json_each(body, '$.covers.sources') AS s WHERE s.value IN (SELECT value FROM json_each($6))")),
        postgres: concat!("SELECT count(*) FROM maintenance_window ", fits!("jsonb_array_elements_text(body::jsonb -> 'covers' -> 'sources') AS s WHERE s::bigint = ANY($6)")),
    }
    UPDATE { both: "UPDATE maintenance_window SET summary = $3, description = $4, notifications = $5, body = $6, from_at = $7, over_at = $8, updated_at = $9 WHERE org_id = $1 AND id = $2" }
    DELETE { both: "DELETE FROM maintenance_window WHERE org_id = $1 AND id = $2" }
    /// Begun and not over: of those that come back, between two times too.
    BEGUN { both: "SELECT id, summary, body FROM maintenance_window WHERE org_id = $1 AND (over_at IS NULL OR over_at > $2) AND from_at <= $2 ORDER BY id LIMIT $3" }
    NOT_OVER { both: "SELECT count(*) FROM maintenance_window WHERE org_id = $1 AND (over_at IS NULL OR over_at > $2)" }
}

/// A window as it is kept.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct KeptWindow {
    /// Which.
    pub id: MaintenanceWindowId,
    /// One line: its name.
    pub summary: String,
    /// More lines.
    pub description: String,
    /// What clients said about notifications, as they sent it: an object.
    pub notifications: Json,
    /// The rest.
    pub window: Window,
    /// Who made it.
    pub created_by: Option<UserId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// What a window is made of, parsed at the edge.
#[derive(Debug, Clone, PartialEq)]
pub struct WindowIn {
    /// One line: its name.
    pub summary: String,
    /// More lines.
    pub description: String,
    /// See [`KeptWindow::notifications`].
    pub notifications: Json,
    /// The rest.
    pub window: Window,
}

/// Which windows a list is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WindowFilter {
    /// `Some(true)`: not over; `Some(false)`: over.
    pub open: Option<bool>,
    /// Naming one of these sources.
    pub sources: Vec<i64>,
    /// That share something with this span.
    pub span: Option<Span>,
}

impl WindowFilter {
    fn args(&self, org: OrgId, now: Timestamp) -> Vec<Value> {
        let state = match self.open {
            Some(true) => "OPEN",
            Some(false) => "CLOSED",
            None => "",
        };
        let span = self.span.unwrap_or(Span::new(Timestamp::MIN, Timestamp::MAX));
        args![org, state, now, span.from, span.until, self.sources.clone(), !self.sources.is_empty()]
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    summary: String,
    description: String,
    notifications: String,
    body: String,
    created_by: Option<i64>,
    created_at: i64,
    updated_at: i64,
}

impl Row {
    fn read(self) -> Result<KeptWindow, StoreError> {
        Ok(KeptWindow {
            id: MaintenanceWindowId(self.id),
            summary: self.summary,
            description: self.description,
            notifications: stored::json(NOUN, &self.notifications)?,
            window: stored::json(NOUN, &self.body)?,
            created_by: self.created_by.map(UserId),
            created_at: timestamp(self.created_at),
            updated_at: timestamp(self.updated_at),
        })
    }
}

fn over_at(window: &Window) -> Result<Option<Timestamp>, StoreError> {
    Occurrences::of(window).map(|times| times.over_at()).map_err(|error| StoreError::Refused(error.to_string()))
}

/// Makes a window; it holds from its begin on, also what is already waiting then. Errors: `Refused` (too many that are not over).
pub async fn create(db: &Db, scope: &Scope, new: WindowIn, now: Timestamp) -> Result<KeptWindow, StoreError> {
    let scope = scope.clone();
    let write = db.write(move |tx| {
        Box::pin(async move {
            let there: Option<(i64,)> = tx.one(NOT_OVER, args![scope.org, now]).await?;
            if there.is_some_and(|(count,)| count >= limits::WINDOWS_MAX) {
                let why = format!(
                    "there are {} maintenance windows that are not over: delete some first",
                    limits::WINDOWS_MAX
                );
                return Err(StoreError::Refused(why));
            }
            let (over_at, from_at) = (over_at(&new.window)?, new.window.first.from);
            let (notifications, body) = (stored::to_json(&new.notifications)?, stored::to_json(&new.window)?);
            let by = scope.actor.user();
            let args = args![scope.org, new.summary, new.description, notifications, body, from_at, over_at, by, now];
            let id = MaintenanceWindowId(tx.insert(INSERT, args).await?);
            let made = find(tx, scope.org, id).await?;
            audit::created(tx, &scope, subject(NOUN, id), &made, now).await?;
            holds::ask_again(tx, scope.org, now).await?;
            Ok(made)
        })
    });
    write.await
}

/// A window. Errors: `NotFound`.
pub async fn get(db: &Db, scope: &Scope, id: MaintenanceWindowId) -> Result<KeptWindow, StoreError> {
    let row: Option<Row> = db.one(BY_ID, args![scope.org, id]).await?;
    row.ok_or_else(|| StoreError::not_found(NOUN, id))?.read()
}

/// Windows, the latest begin first.
pub async fn list(
    db: &Db,
    scope: &Scope,
    filter: &WindowFilter,
    page: Page,
    now: Timestamp,
) -> Result<Vec<KeptWindow>, StoreError> {
    let mut args = filter.args(scope.org, now);
    args.extend(args![page.max_results, page.start_index]);
    let rows: Vec<Row> = db.all(LIST, args).await?;
    rows.into_iter().map(Row::read).collect()
}

/// How many there are.
pub async fn count(db: &Db, scope: &Scope, filter: &WindowFilter, now: Timestamp) -> Result<i64, StoreError> {
    Ok(db.one::<(i64,)>(COUNT, filter.args(scope.org, now)).await?.map_or(0, |(count,)| count))
}

/// Those that are open now, with the end of the time that runs.
pub async fn open_now(
    reader: impl Into<Reader<'_>>,
    org: OrgId,
    now: Timestamp,
) -> Result<Vec<(KnownWindow, Timestamp)>, StoreError> {
    let begun: Vec<(i64, String, String)> = reader.into().all(BEGUN, args![org, now, limits::WINDOWS_MAX]).await?;
    let known = |(id, name, body): (i64, String, String)| {
        Ok(KnownWindow { id: MaintenanceWindowId(id), name, window: stored::json(NOUN, &body)? })
    };
    let begun: Vec<KnownWindow> = begun.into_iter().map(known).collect::<Result<_, StoreError>>()?;
    Ok(begun.into_iter().filter_map(|known| known.open_at(now).map(|until| (known, until))).collect())
}

/// Whether there is a window that is not over.
pub(crate) async fn is_any(db: &Db, org: OrgId, now: Timestamp) -> Result<bool, StoreError> {
    Ok(db.one::<(i64,)>(NOT_OVER, args![org, now]).await?.is_some_and(|(count,)| count > 0))
}

/// Replaces what a window is made of; alerts that it holds are looked at again. Errors: `NotFound`.
pub async fn update(
    db: &Db,
    scope: &Scope,
    id: MaintenanceWindowId,
    new: WindowIn,
    now: Timestamp,
) -> Result<KeptWindow, StoreError> {
    let scope = scope.clone();
    let write = db.write(move |tx| {
        Box::pin(async move {
            lock(tx, scope.org, id).await?;
            write_over(tx, &scope, id, new, now).await
        })
    });
    write.await
}

/// Ends the time that runs now; alerts that it holds page at once, where they were to page at its end. Errors: `NotFound`,
/// `Refused` (none runs).
pub async fn end_now(
    db: &Db,
    scope: &Scope,
    id: MaintenanceWindowId,
    now: Timestamp,
) -> Result<KeptWindow, StoreError> {
    let scope = scope.clone();
    let write = db.write(move |tx| {
        Box::pin(async move {
            let KeptWindow { summary, description, notifications, mut window, .. } = lock(tx, scope.org, id).await?;
            let runs = Occurrences::of(&window).is_ok_and(|times| times.open_at(now).is_some());
            if !runs {
                return Err(StoreError::Refused("the maintenance window is not open now".into()));
            }
            window.ended_at = Some(now);
            write_over(tx, &scope, id, WindowIn { summary, description, notifications, window }, now).await
        })
    });
    write.await
}

async fn write_over(
    tx: &mut Tx,
    scope: &Scope,
    id: MaintenanceWindowId,
    new: WindowIn,
    now: Timestamp,
) -> Result<KeptWindow, StoreError> {
    let before = find(tx, scope.org, id).await?;
    let (over_at, from_at) = (over_at(&new.window)?, new.window.first.from);
    let (notifications, body) = (stored::to_json(&new.notifications)?, stored::to_json(&new.window)?);
    let args = args![scope.org, id, new.summary, new.description, notifications, body, from_at, over_at, now];
    tx.exec(UPDATE, args).await?;
    let after = find(tx, scope.org, id).await?;
    audit::updated(tx, scope, subject(NOUN, id), (&before, &after), now).await?;
    holds::ask_again(tx, scope.org, now).await?;
    Ok(after)
}

/// Deletes a window: alerts that it holds page at once, where they were to page at its end. Errors: `NotFound`.
pub async fn delete(db: &Db, scope: &Scope, id: MaintenanceWindowId, now: Timestamp) -> Result<(), StoreError> {
    let scope = scope.clone();
    let write = db.write(move |tx| {
        Box::pin(async move {
            let window = lock(tx, scope.org, id).await?;
            tx.exec(DELETE, args![scope.org, id]).await?;
            audit::deleted(tx, &scope, subject(NOUN, id), &window, now).await?;
            holds::ask_again(tx, scope.org, now).await
        })
    });
    write.await
}

async fn lock(tx: &mut Tx, org: OrgId, id: MaintenanceWindowId) -> Result<KeptWindow, StoreError> {
    let row: Option<Row> = tx.one(LOCK, args![org, id]).await?;
    row.ok_or_else(|| StoreError::not_found(NOUN, id))?.read()
}

async fn find(tx: &mut Tx, org: OrgId, id: MaintenanceWindowId) -> Result<KeptWindow, StoreError> {
    let row: Option<Row> = tx.one(BY_ID, args![org, id]).await?;
    row.ok_or_else(|| StoreError::not_found(NOUN, id))?.read()
}
