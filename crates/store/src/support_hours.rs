//! Support hours: weeks of spans with exceptions and holidays, that sources open their alerts by.

use crate::args;
use crate::audit::{self, subject};
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::holds;
use crate::page::Page;
use crate::scope::Scope;
use crate::stored;
use crate::value::timestamp;
use jiff::Timestamp;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use watchbell_core::ids::{CalendarId, OrgId, SourceId, SupportHoursId};
use watchbell_core::schedule::Holidays;
use watchbell_core::support_hours::{Hours, SupportHours};
use watchbell_core::text::fold;

const NOUN: &str = "support hours";

sql! {
    INSERT { both: "INSERT INTO support_hours (org_id, name, name_folded, body, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $5) RETURNING id" }
    BY_ID { both: "SELECT id, name, body, created_at, updated_at FROM support_hours WHERE org_id = $1 AND id = $2" }
    BY_NAME { both: "SELECT id, name, body, created_at, updated_at FROM support_hours WHERE org_id = $1 AND name_folded = $2" }
    LIST { both: "SELECT id, name, body, created_at, updated_at FROM support_hours WHERE org_id = $1 ORDER BY id LIMIT $2 OFFSET $3" }
    MANY {
        sqlite: "SELECT id, name, body, created_at, updated_at FROM support_hours WHERE org_id = $1 AND id IN (SELECT value FROM json_each($2)) ORDER BY id",
        postgres: "SELECT id, name, body, created_at, updated_at FROM support_hours WHERE org_id = $1 AND id = ANY($2) ORDER BY id",
    }
    COUNT { both: "SELECT count(*) FROM support_hours WHERE org_id = $1" }
    LOCK {
        sqlite: "SELECT id FROM support_hours WHERE org_id = $1 AND id = $2",
        postgres: "SELECT id FROM support_hours WHERE org_id = $1 AND id = $2 FOR UPDATE",
    }
    LOCK_SHARED {
        sqlite: "SELECT id FROM support_hours WHERE org_id = $1 AND id = $2",
        postgres: "SELECT id FROM support_hours WHERE org_id = $1 AND id = $2 FOR SHARE",
    }
    UPDATE { both: "UPDATE support_hours SET name = $3, name_folded = $4, body = $5, updated_at = $6 WHERE org_id = $1 AND id = $2" }
    DELETE { both: "DELETE FROM support_hours WHERE org_id = $1 AND id = $2" }
    SOURCES_USING { both: "SELECT id, name FROM alert_source WHERE org_id = $1 AND support_hours_id = $2 AND deleted_at IS NULL ORDER BY id LIMIT 200" }
    USES { both: "SELECT support_hours_id, count(*) FROM alert_source WHERE org_id = $1 AND support_hours_id IS NOT NULL AND deleted_at IS NULL GROUP BY support_hours_id" }
    CALENDARS { both: "SELECT id, name FROM holiday_calendar WHERE org_id = $1 ORDER BY name_folded, id LIMIT 1000" }
    CALENDAR { both: "SELECT id FROM holiday_calendar WHERE org_id = $1 AND id = $2" }
    HOLIDAYS {
        sqlite: "SELECT calendar_id, day, name FROM holiday WHERE org_id = $1 AND calendar_id IN (SELECT value FROM json_each($2)) ORDER BY calendar_id, day",
        postgres: "SELECT calendar_id, day, name FROM holiday WHERE org_id = $1 AND calendar_id = ANY($2) ORDER BY calendar_id, day",
    }
}

/// Support hours as they are kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeptHours {
    /// Which.
    pub id: SupportHoursId,
    /// Their name, unique without case.
    pub name: String,
    /// The rest.
    pub hours: SupportHours,
    /// When they were made.
    pub created_at: Timestamp,
    /// When they were last changed.
    pub updated_at: Timestamp,
}

/// What they are made of, parsed at the edge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HoursIn {
    /// Their name.
    pub name: String,
    /// The rest.
    pub hours: SupportHours,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    name: String,
    body: String,
    created_at: i64,
    updated_at: i64,
}

impl Row {
    fn read(self) -> Result<KeptHours, StoreError> {
        Ok(KeptHours {
            id: SupportHoursId(self.id),
            name: self.name,
            hours: stored::json(NOUN, &self.body)?,
            created_at: timestamp(self.created_at),
            updated_at: timestamp(self.updated_at),
        })
    }
}

/// Makes them. Errors: `Taken` (name), `Refused` (a calendar that does not exist).
pub async fn create(db: &Db, scope: &Scope, new: HoursIn, now: Timestamp) -> Result<KeptHours, StoreError> {
    let scope = scope.clone();
    db.write(move |tx| Box::pin(async move { create_in(tx, &scope, new, now).await })).await
}

async fn create_in(tx: &mut Tx, scope: &Scope, new: HoursIn, now: Timestamp) -> Result<KeptHours, StoreError> {
    check_calendar(tx, scope.org, new.hours.calendar).await?;
    let args = args![scope.org, &new.name, fold(&new.name), stored::to_json(&new.hours)?, now];
    let id = SupportHoursId(tx.insert(INSERT, args).await.map_err(taken)?);
    let made = find(tx, scope.org, id).await?;
    audit::created(tx, scope, subject(NOUN, id), &made, now).await?;
    Ok(made)
}

/// Makes those of a name, or changes them to this: for clients that send the hours with what uses them.
pub async fn put_by_name(db: &Db, scope: &Scope, new: HoursIn, now: Timestamp) -> Result<KeptHours, StoreError> {
    let scope = scope.clone();
    let write = db.write(move |tx| {
        Box::pin(async move {
            let row: Option<Row> = tx.one(BY_NAME, args![scope.org, fold(&new.name)]).await?;
            match row {
                Some(row) if row.body == stored::to_json(&new.hours)? => row.read(),
                Some(row) => update_in(tx, &scope, SupportHoursId(row.id), new, now).await,
                None => create_in(tx, &scope, new, now).await,
            }
        })
    });
    write.await
}

async fn check_calendar(tx: &mut Tx, org: OrgId, calendar: Option<CalendarId>) -> Result<(), StoreError> {
    let Some(id) = calendar else { return Ok(()) };
    let row: Option<(i64,)> = tx.one(CALENDAR, args![org, id]).await?;
    row.map(|_| ()).ok_or_else(|| StoreError::Refused(format!("holiday calendar {id} does not exist")))
}

fn taken(error: StoreError) -> StoreError {
    error.taken("support_hours_name", NOUN, "name").taken("support_hours.name_folded", NOUN, "name")
}

/// Support hours. Errors: `NotFound`.
pub async fn get(db: &Db, scope: &Scope, id: SupportHoursId) -> Result<KeptHours, StoreError> {
    let row: Option<Row> = db.one(BY_ID, args![scope.org, id]).await?;
    row.ok_or_else(|| StoreError::not_found(NOUN, id))?.read()
}

/// Those of this name.
pub async fn find_by_name(db: &Db, scope: &Scope, name: &str) -> Result<Option<KeptHours>, StoreError> {
    let row: Option<Row> = db.one(BY_NAME, args![scope.org, fold(name)]).await?;
    row.map(Row::read).transpose()
}

/// All, by id.
pub async fn list(db: &Db, scope: &Scope, page: Page) -> Result<Vec<KeptHours>, StoreError> {
    let rows: Vec<Row> = db.all(LIST, args![scope.org, page.max_results, page.start_index]).await?;
    rows.into_iter().map(Row::read).collect()
}

/// How many there are.
pub async fn count(db: &Db, scope: &Scope) -> Result<i64, StoreError> {
    Ok(db.one::<(i64,)>(COUNT, args![scope.org]).await?.map_or(0, |(count,)| count))
}

/// Those of `ids` that exist.
pub async fn get_many(db: &Db, scope: &Scope, ids: &[SupportHoursId]) -> Result<Vec<KeptHours>, StoreError> {
    let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let rows: Vec<Row> = db.all(MANY, args![scope.org, ids]).await?;
    rows.into_iter().map(Row::read).collect()
}

/// The sources that open their alerts by them: id and name.
pub async fn sources_using(db: &Db, scope: &Scope, id: SupportHoursId) -> Result<Vec<(SourceId, String)>, StoreError> {
    let rows: Vec<(i64, String)> = db.all(SOURCES_USING, args![scope.org, id]).await?;
    Ok(rows.into_iter().map(|(id, name)| (SourceId(id), name)).collect())
}

/// The calendars that may be named: id and name.
pub async fn calendars(db: &Db, scope: &Scope) -> Result<Vec<(CalendarId, String)>, StoreError> {
    let rows: Vec<(i64, String)> = db.all(CALENDARS, args![scope.org]).await?;
    Ok(rows.into_iter().map(|(id, name)| (CalendarId(id), name)).collect())
}

/// How many sources use which.
pub async fn uses(db: &Db, scope: &Scope) -> Result<HashMap<SupportHoursId, i64>, StoreError> {
    let rows: Vec<(i64, i64)> = db.all(USES, args![scope.org]).await?;
    Ok(rows.into_iter().map(|(id, count)| (SupportHoursId(id), count)).collect())
}

/// Replaces what they are made of; alerts that wait for their border are looked at again. Errors: `NotFound`, `Taken`, `Refused`.
pub async fn update(
    db: &Db,
    scope: &Scope,
    id: SupportHoursId,
    new: HoursIn,
    now: Timestamp,
) -> Result<KeptHours, StoreError> {
    let scope = scope.clone();
    db.write(move |tx| Box::pin(async move { update_in(tx, &scope, id, new, now).await })).await
}

async fn update_in(
    tx: &mut Tx,
    scope: &Scope,
    id: SupportHoursId,
    new: HoursIn,
    now: Timestamp,
) -> Result<KeptHours, StoreError> {
    lock(tx, scope.org, id).await?;
    check_calendar(tx, scope.org, new.hours.calendar).await?;
    let before = find(tx, scope.org, id).await?;
    let args = args![scope.org, id, &new.name, fold(&new.name), stored::to_json(&new.hours)?, now];
    tx.exec(UPDATE, args).await.map_err(taken)?;
    let after = find(tx, scope.org, id).await?;
    audit::updated(tx, scope, subject(NOUN, id), (&before, &after), now).await?;
    holds::ask_again(tx, scope.org, now).await?;
    Ok(after)
}

/// Deletes them. Errors: `NotFound`, `InUse` (a source opens its alerts by them).
pub async fn delete(db: &Db, scope: &Scope, id: SupportHoursId, now: Timestamp) -> Result<(), StoreError> {
    let scope = scope.clone();
    let write = db.write(move |tx| {
        Box::pin(async move {
            lock(tx, scope.org, id).await?;
            let hours = find(tx, scope.org, id).await?;
            let sources: Vec<(i64, String)> = tx.all(SOURCES_USING, args![scope.org, id]).await?;
            if !sources.is_empty() {
                let list: Vec<String> = sources.iter().take(5).map(|(_, name)| format!("\"{name}\"")).collect();
                let what = format!(
                    "the alert sources {} open their alerts by them: give those another rule first",
                    list.join(", ")
                );
                return Err(StoreError::InUse { what });
            }
            tx.exec(DELETE, args![scope.org, id]).await?;
            audit::deleted(tx, &scope, subject(NOUN, id), &hours, now).await
        })
    });
    write.await
}

/// Keeps them from being deleted until the unit ends. Errors: `Refused`, for they were named by something else.
pub(crate) async fn hold(tx: &mut Tx, org: OrgId, id: SupportHoursId) -> Result<(), StoreError> {
    let row: Option<(i64,)> = tx.one(LOCK_SHARED, args![org, id]).await?;
    row.map(|_| ()).ok_or_else(|| StoreError::Refused(format!("supportHours {id} do not exist")))
}

async fn lock(tx: &mut Tx, org: OrgId, id: SupportHoursId) -> Result<(), StoreError> {
    let row: Option<(i64,)> = tx.one(LOCK, args![org, id]).await?;
    row.map(|_| ()).ok_or_else(|| StoreError::not_found(NOUN, id))
}

async fn find(tx: &mut Tx, org: OrgId, id: SupportHoursId) -> Result<KeptHours, StoreError> {
    let row: Option<Row> = tx.one(BY_ID, args![org, id]).await?;
    row.ok_or_else(|| StoreError::not_found(NOUN, id))?.read()
}

/// Hours that can be asked, with the holidays of their calendars.
pub async fn ready(db: &Db, scope: &Scope, kept: &[KeptHours]) -> Result<HashMap<SupportHoursId, Hours>, StoreError> {
    let rows: Vec<(i64, String, String)> = match calendar_ids(kept) {
        none if none.is_empty() => Vec::new(),
        calendars => db.all(HOLIDAYS, args![scope.org, calendars]).await?,
    };
    make_ready(kept, rows)
}

/// [`ready`] as part of a unit.
pub(crate) async fn ready_in(tx: &mut Tx, org: OrgId, ids: Vec<i64>) -> Result<Vec<(KeptHours, Hours)>, StoreError> {
    let rows: Vec<Row> = tx.all(MANY, args![org, ids]).await?;
    let kept: Vec<KeptHours> = rows.into_iter().map(Row::read).collect::<Result<_, _>>()?;
    let rows: Vec<(i64, String, String)> = match calendar_ids(&kept) {
        none if none.is_empty() => Vec::new(),
        calendars => tx.all(HOLIDAYS, args![org, calendars]).await?,
    };
    let mut ready = make_ready(&kept, rows)?;
    Ok(kept.into_iter().filter_map(|kept| ready.remove(&kept.id).map(|hours| (kept, hours))).collect())
}

fn calendar_ids(kept: &[KeptHours]) -> Vec<i64> {
    let mut ids: Vec<i64> = kept.iter().filter_map(|kept| kept.hours.calendar).map(|calendar| calendar.0).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

fn make_ready(
    kept: &[KeptHours],
    rows: Vec<(i64, String, String)>,
) -> Result<HashMap<SupportHoursId, Hours>, StoreError> {
    let mut holidays: BTreeMap<CalendarId, Holidays> = BTreeMap::new();
    for (calendar, day, name) in rows {
        let day = day.parse().map_err(|error| StoreError::unreadable("holiday", error))?;
        holidays.entry(CalendarId(calendar)).or_default().insert(day, name);
    }
    let one = |kept: &KeptHours| {
        let days = kept.hours.calendar.and_then(|calendar| holidays.get(&calendar)).cloned().unwrap_or_default();
        let hours = Hours::new(&kept.hours, days).map_err(|error| StoreError::unreadable(NOUN, error))?;
        Ok((kept.id, hours))
    };
    kept.iter().map(one).collect()
}
