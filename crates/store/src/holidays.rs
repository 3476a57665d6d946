//! Calendars of public holidays: a list of days, or what an iCal address says. Days that have begun where the calendar counts stay as
//! they were: who was on call, and whose turn it is since, hangs on them.

use crate::args;
use crate::audit::{self, subject};
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::hand_overs;
use crate::holds;
use crate::job_changes;
use crate::jobs::{self, JobKind, NewJob};
use crate::page::Page;
use crate::reader::Reader;
use crate::scope::Scope;
use crate::stored;
use crate::value::{Rows, timestamp};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;
use serde::{Deserialize, Serialize};
use watchbell_core::ids::{CalendarId, OrgId, ScheduleId};
use watchbell_core::limits::{HOLIDAY_CALENDARS_MAX, HOLIDAYS_MAX};
use watchbell_core::schedule::{Holidays, Zone};
use watchbell_core::text::fold;

const NOUN: &str = "holiday calendar";

macro_rules! columns {
    () => {
        "id, name, origin, read_at, error, created_at, updated_at"
    };
}

sql! {
    INSERT { both: "INSERT INTO holiday_calendar (org_id, name, name_folded, origin, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $5) RETURNING id" }
    BY_ID { both: concat!("SELECT ", columns!(), " FROM holiday_calendar WHERE org_id = $1 AND id = $2") }
    LOCK {
        sqlite: concat!("SELECT ", columns!(), " FROM holiday_calendar WHERE org_id = $1 AND id = $2"),
        postgres: concat!("SELECT ", columns!(), " FROM holiday_calendar WHERE org_id = $1 AND id = $2 FOR UPDATE"),
    }
    LIST { both: concat!("SELECT ", columns!(), " FROM holiday_calendar WHERE org_id = $1 ORDER BY id LIMIT $2 OFFSET $3") }
    COUNT { both: "SELECT COUNT(*) FROM holiday_calendar WHERE org_id = $1" }
    UPDATE { both: "UPDATE holiday_calendar SET name = $3, name_folded = $4, origin = $5, error = NULL, updated_at = $6 WHERE org_id = $1 AND id = $2" }
    READ { both: "UPDATE holiday_calendar SET read_at = COALESCE($3, read_at), error = $4 WHERE org_id = $1 AND id = $2" }
    DELETE { both: "DELETE FROM holiday_calendar WHERE org_id = $1 AND id = $2" }
    DAYS { both: "SELECT day, name FROM holiday WHERE org_id = $1 AND calendar_id = $2 ORDER BY day" }
    DROP_DAYS { both: "DELETE FROM holiday WHERE org_id = $1 AND calendar_id = $2 AND day > $3" }
    ADD_DAYS {
        sqlite: "INSERT INTO holiday (org_id, calendar_id, day, name) SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each($1)",
        postgres: "INSERT INTO holiday (org_id, calendar_id, day, name) SELECT * FROM UNNEST($1::BIGINT[], $2::BIGINT[], $3::TEXT[], $4::TEXT[])",
    }
    PLANS { both: "SELECT s.id, s.name, v.body FROM schedule s JOIN schedule_version v ON v.org_id = s.org_id AND v.schedule_id = s.id \
        WHERE s.org_id = $1 AND s.deleted_at IS NULL ORDER BY s.id, v.from_at" }
    HOURS { both: "SELECT name, body FROM support_hours WHERE org_id = $1 ORDER BY id" }
}

/// Where the days come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Origin {
    /// Entered by hand.
    List,
    /// Read from an iCal address each day.
    Ical {
        /// The address.
        url: String,
    },
}

/// A calendar without its days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Calendar {
    /// Which.
    pub id: CalendarId,
    /// Its name, unique without case.
    pub name: String,
    /// Where its days come from.
    pub origin: Origin,
    /// When its address was last read.
    pub read_at: Option<Timestamp>,
    /// Why it could not be read the last time, or what of it was not understood.
    pub error: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// What a calendar is made of, parsed at the edge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarIn {
    /// Its name.
    pub name: String,
    /// Where its days come from.
    pub origin: Origin,
    /// The days of a list; `None` leaves them as they are.
    pub days: Option<Holidays>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    name: String,
    origin: String,
    read_at: Option<i64>,
    error: Option<String>,
    created_at: i64,
    updated_at: i64,
}

impl Row {
    fn read(self) -> Result<Calendar, StoreError> {
        Ok(Calendar {
            id: CalendarId(self.id),
            name: self.name,
            origin: stored::json(NOUN, &self.origin)?,
            read_at: self.read_at.map(timestamp),
            error: self.error,
            created_at: timestamp(self.created_at),
            updated_at: timestamp(self.updated_at),
        })
    }
}

/// A calendar as the audit keeps it.
#[derive(Serialize)]
struct Audited<'a> {
    #[serde(flatten)]
    calendar: &'a Calendar,
    days: &'a Holidays,
}

/// Makes a calendar; one with an address is read at once. Errors: `Taken` (name), `Refused` (too many).
pub async fn create(db: &Db, scope: &Scope, new: CalendarIn, now: Timestamp) -> Result<Calendar, StoreError> {
    let scope = scope.clone();
    db.write(move |tx| {
        Box::pin(async move {
            let count: Option<(i64,)> = tx.one(COUNT, args![scope.org]).await?;
            if count.is_some_and(|(count,)| count >= HOLIDAY_CALENDARS_MAX) {
                return Err(StoreError::Refused(format!(
                    "there may be at most {HOLIDAY_CALENDARS_MAX} holiday calendars"
                )));
            }
            let origin = stored::to_json(&new.origin)?;
            let id =
                tx.insert(INSERT, args![scope.org, &new.name, fold(&new.name), origin, now]).await.map_err(taken)?;
            let id = CalendarId(id);
            replace_days(tx, &scope, id, &new.days.unwrap_or_default(), now).await?;
            ask_to_read(tx, scope.org, id, &new.origin, now).await?;
            let (calendar, days) = (find(tx, scope.org, id).await?, days_of(&mut tx.into(), scope.org, id).await?);
            audit::created(tx, &scope, subject(NOUN, id), &Audited { calendar: &calendar, days: &days }, now).await?;
            Ok(calendar)
        })
    })
    .await
}

/// Nobody is left to believe that a day was taken.
fn refuse_late(days: &[Date]) -> Result<(), StoreError> {
    match days.first() {
        None => Ok(()),
        Some(day) => {
            Err(StoreError::Refused(format!("holidays: {day} has begun and stays as it was: use an override")))
        }
    }
}

fn taken(error: StoreError) -> StoreError {
    error.taken("holiday_calendar_name", NOUN, "name").taken("holiday_calendar.name_folded", NOUN, "name")
}

/// A calendar. Errors: `NotFound`.
pub async fn get(db: &Db, scope: &Scope, id: CalendarId) -> Result<Calendar, StoreError> {
    let row: Option<Row> = db.one(BY_ID, args![scope.org, id]).await?;
    row.ok_or_else(|| StoreError::not_found(NOUN, id))?.read()
}

/// Calendars by id.
pub async fn list(db: &Db, scope: &Scope, page: Page) -> Result<Vec<Calendar>, StoreError> {
    let rows: Vec<Row> = db.all(LIST, args![scope.org, page.max_results, page.start_index]).await?;
    rows.into_iter().map(Row::read).collect()
}

/// The days of a calendar.
pub async fn days(db: &Db, scope: &Scope, id: CalendarId) -> Result<Holidays, StoreError> {
    days_of(&mut db.into(), scope.org, id).await
}

/// Changes a calendar; days that have begun stay. Errors: `NotFound`, `Taken` (name), `Refused` (too many days, one that has begun).
pub async fn update(
    db: &Db,
    scope: &Scope,
    id: CalendarId,
    new: CalendarIn,
    now: Timestamp,
) -> Result<Calendar, StoreError> {
    let scope = scope.clone();
    db.write(move |tx| {
        Box::pin(async move {
            let before = lock(tx, scope.org, id).await?;
            let old_days = days_of(&mut tx.into(), scope.org, id).await?;
            let origin = stored::to_json(&new.origin)?;
            tx.exec(UPDATE, args![scope.org, id, &new.name, fold(&new.name), origin, now]).await.map_err(taken)?;
            if let Some(days) = new.days {
                refuse_late(&replace_days(tx, &scope, id, &days, now).await?)?;
            }
            ask_to_read(tx, scope.org, id, &new.origin, now).await?;
            let (after, days) = (find(tx, scope.org, id).await?, days_of(&mut tx.into(), scope.org, id).await?);
            let (was, is) = (Audited { calendar: &before, days: &old_days }, Audited { calendar: &after, days: &days });
            audit::updated(tx, &scope, subject(NOUN, id), (&was, &is), now).await?;
            Ok(after)
        })
    })
    .await
}

/// Deletes a calendar. Errors: `NotFound`, `InUse` (schedules or support hours count by it).
pub async fn delete(db: &Db, scope: &Scope, id: CalendarId, now: Timestamp) -> Result<(), StoreError> {
    let scope = scope.clone();
    db.write(move |tx| {
        Box::pin(async move {
            let calendar = lock(tx, scope.org, id).await?;
            let users = users_of(tx, scope.org, id).await?;
            if !users.is_empty() {
                let what = format!(
                    "the holiday calendar \"{}\" is used by {}: choose another one there first",
                    calendar.name,
                    users.join(", ")
                );
                return Err(StoreError::InUse { what });
            }
            job_changes::forget_once(tx, scope.org, &once_key(id)).await?;
            tx.exec(DELETE, args![scope.org, id]).await?;
            audit::deleted(tx, &scope, subject(NOUN, id), &calendar, now).await
        })
    })
    .await
}

/// Keeps what was read from an address, where the calendar still has it; what is to come is replaced. `note` says what was not understood.
pub async fn keep_read(
    tx: &mut Tx,
    scope: &Scope,
    id: CalendarId,
    url: &str,
    days: &Holidays,
    note: Option<&str>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let row: Option<Row> = tx.one(LOCK, args![scope.org, id]).await?;
    let same = |calendar: &Calendar| matches!(&calendar.origin, Origin::Ical { url: known } if known == url);
    if row.map(Row::read).transpose()?.as_ref().is_some_and(same) {
        let late = note_of_late(replace_days(tx, scope, id, days, now).await?, now);
        let notes: Vec<&str> = note.into_iter().chain(late.as_deref()).collect();
        let note = (!notes.is_empty()).then(|| notes.join("; "));
        tx.exec(READ, args![scope.org, id, Some(now), note]).await?;
    }
    Ok(())
}

/// What is said of days that came too late, while they last.
fn note_of_late(days: Vec<Date>, now: Timestamp) -> Option<String> {
    let yesterday = Offset::UTC.to_datetime(now).date().yesterday().unwrap_or(Date::MIN);
    let words: Vec<String> = days.into_iter().filter(|day| *day >= yesterday).map(|day| day.to_string()).collect();
    (!words.is_empty()).then(|| format!("{}: it had begun before this was read, and stays as it was", words.join(", ")))
}

/// Notes why an address could not be read.
pub async fn note_unread(tx: &mut Tx, org: OrgId, id: CalendarId, error: &str) -> Result<(), StoreError> {
    tx.exec(READ, args![org, id, None::<Timestamp>, Some(error.to_owned())]).await.map(|_| ())
}

/// The last day that has begun where the calendar counts: in the zone of a schedule, a layer, or support hours that is furthest ahead.
async fn begun(tx: &mut Tx, org: OrgId, id: CalendarId, now: Timestamp) -> Result<Date, StoreError> {
    let plans: Vec<(i64, String, String)> = tx.all(PLANS, args![org]).await?;
    let hours: Vec<(String, String)> = tx.all(HOURS, args![org]).await?;
    let bodies = plans.iter().map(|(_, _, body)| body).chain(hours.iter().map(|(_, body)| body));
    let mut days = Vec::new();
    for body in bodies {
        let uses: Uses = stored::json(NOUN, body)?;
        let zones = uses.zones().filter(|_| uses.calendar == Some(id));
        days.extend(zones.filter_map(|zone| Some(Zone::named(zone)?.day_at(now))));
    }
    Ok(days.into_iter().max().unwrap_or_else(|| Offset::UTC.to_datetime(now).date()))
}

/// Replaces the days that have not begun; all of a calendar that has none. Alerts that run ask their schedules anew.
/// The days that were asked for and came too late.
async fn replace_days(
    tx: &mut Tx,
    scope: &Scope,
    id: CalendarId,
    days: &Holidays,
    now: Timestamp,
) -> Result<Vec<Date>, StoreError> {
    if days.len() > HOLIDAYS_MAX {
        return Err(StoreError::Refused(format!("holidays: a calendar may have at most {HOLIDAYS_MAX} days")));
    }
    let old = days_of(&mut tx.into(), scope.org, id).await?;
    let kept_until = if old.is_empty() { Date::MIN } else { begun(tx, scope.org, id, now).await? };
    let to_come = |days: &Holidays| -> Holidays {
        days.iter().filter(|(day, _)| **day > kept_until).map(|(day, name)| (*day, name.clone())).collect()
    };
    let late = too_late(&old, days, kept_until);
    let new = to_come(days);
    if to_come(&old) == new {
        return Ok(late);
    }
    tx.exec(DROP_DAYS, args![scope.org, id, kept_until.to_string()]).await?;
    let mut rows = Rows::default();
    new.iter().for_each(|(day, name)| rows.push(args![scope.org, id, day.to_string(), name]));
    tx.exec_many(ADD_DAYS, rows).await?;
    for schedule in schedules_of(tx, scope.org, id).await? {
        hand_overs::schedule_changed(tx, scope, ScheduleId(schedule.0), now).await?;
    }
    // Support hours may follow the calendar: the border that an alert waits for may have moved.
    holds::ask_again(tx, scope.org, now).await?;
    Ok(late)
}

/// The days that would be otherwise and have begun. A list need not go on naming those that are over.
fn too_late(old: &Holidays, new: &Holidays, kept_until: Date) -> Vec<Date> {
    let named = new.iter().filter(|(day, name)| **day <= kept_until && old.get(day) != Some(name)).map(|(day, _)| *day);
    let taken_back = old.contains_key(&kept_until) && !new.contains_key(&kept_until);
    named.chain(taken_back.then_some(kept_until)).collect()
}

/// A calendar with an address is read now, and from then on each day.
async fn ask_to_read(
    tx: &mut Tx,
    org: OrgId,
    id: CalendarId,
    origin: &Origin,
    now: Timestamp,
) -> Result<(), StoreError> {
    job_changes::forget_once(tx, org, &once_key(id)).await?;
    match origin {
        Origin::List => Ok(()),
        Origin::Ical { .. } => {
            jobs::ask(tx, vec![NewJob::new(org, JobKind::ReadHolidays, id.0, now).once(once_key(id))]).await
        }
    }
}

fn once_key(id: CalendarId) -> String {
    format!("holidays:{id}")
}

async fn days_of(reader: &mut Reader<'_>, org: OrgId, id: CalendarId) -> Result<Holidays, StoreError> {
    let rows: Vec<(String, String)> = reader.all(DAYS, args![org, id]).await?;
    let read = |(day, name): (String, String)| match day.parse::<Date>() {
        Ok(day) => Ok((day, name)),
        Err(error) => Err(StoreError::unreadable("holiday", error)),
    };
    rows.into_iter().map(read).collect()
}

/// What of a plan, or of support hours, concerns calendars.
#[derive(Deserialize)]
struct Uses {
    #[serde(default)]
    calendar: Option<CalendarId>,
    zone: String,
    #[serde(default)]
    plan: Layers,
}

/// The layers of a plan that has any.
#[derive(Default, Deserialize)]
struct Layers {
    #[serde(default)]
    layers: Vec<OwnZone>,
}

#[derive(Deserialize)]
struct OwnZone {
    #[serde(default)]
    zone: Option<String>,
}

impl Uses {
    /// The zones whose days count.
    fn zones(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.zone.as_str()).chain(self.plan.layers.iter().filter_map(|layer| layer.zone.as_deref()))
    }
}

/// The schedules that count, or counted, by a calendar.
async fn schedules_of(tx: &mut Tx, org: OrgId, id: CalendarId) -> Result<Vec<(i64, String)>, StoreError> {
    let rows: Vec<(i64, String, String)> = tx.all(PLANS, args![org]).await?;
    let mut found: Vec<(i64, String)> = Vec::new();
    for (schedule, name, body) in rows {
        if stored::json::<Uses>("schedule", &body)?.calendar == Some(id)
            && found.last().is_none_or(|last| last.0 != schedule)
        {
            found.push((schedule, name));
        }
    }
    Ok(found)
}

/// What uses a calendar, in words.
async fn users_of(tx: &mut Tx, org: OrgId, id: CalendarId) -> Result<Vec<String>, StoreError> {
    let schedules = schedules_of(tx, org, id).await?.into_iter().map(|(_, name)| format!("the schedule \"{name}\""));
    let mut found: Vec<String> = schedules.collect();
    let rows: Vec<(String, String)> = tx.all(HOURS, args![org]).await?;
    for (name, body) in rows {
        if stored::json::<Uses>("support hours", &body)?.calendar == Some(id) {
            found.push(format!("the support hours \"{name}\""));
        }
    }
    Ok(found)
}

async fn lock(tx: &mut Tx, org: OrgId, id: CalendarId) -> Result<Calendar, StoreError> {
    let row: Option<Row> = tx.one(LOCK, args![org, id]).await?;
    row.ok_or_else(|| StoreError::not_found(NOUN, id))?.read()
}

async fn find(tx: &mut Tx, org: OrgId, id: CalendarId) -> Result<Calendar, StoreError> {
    let row: Option<Row> = tx.one(BY_ID, args![org, id]).await?;
    row.ok_or_else(|| StoreError::not_found(NOUN, id))?.read()
}
