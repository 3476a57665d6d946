//! Cover requests: somebody asks a person, a team or everybody to take their duty, or part of it. Accepting makes the override in the
//! same unit; until then the duty stays where it is.

mod tell;

use crate::args;
use crate::audit::{self, subject};
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::jobs::{self, JobKind, NewJob};
use crate::page::Page;
use crate::reader::Reader;
use crate::schedules::exceptions;
use crate::schedules::overrides::{self, OverrideIn};
use crate::schedules::{self, Schedule, parts};
use crate::scope::Scope;
use crate::stored;
use crate::value::timestamp;
use jiff::Timestamp;
use serde::Serialize;
use std::collections::BTreeMap;
use watchbell_core::cover::{Asked, CoverState, duties_of, expires_at};
use watchbell_core::ids::{CoverRequestId, OrgId, OverrideId, ScheduleId, TeamId, UserId};
use watchbell_core::limits::COVER_REQUESTS_MAX;
use watchbell_core::schedule::{Span, shifts};

pub(crate) use tell::STATEMENTS as TELL_STATEMENTS;

const NOUN: &str = "cover request";

macro_rules! columns {
    () => {
        "id, schedule_id, user_id, created_by, from_at, until_at, message, asked_user_id, asked_team_id, state, answered_by, override_id, \
         created_at, updated_at"
    };
}

sql! {
    INSERT { both: "INSERT INTO cover_request (org_id, schedule_id, user_id, created_by, from_at, until_at, message, asked_user_id, asked_team_id, \
        state, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'OPEN', $10, $10) RETURNING id" }
    BY_ID { both: concat!("SELECT ", columns!(), " FROM cover_request WHERE org_id = $1 AND id = $2") }
    LOCK {
        sqlite: concat!("SELECT ", columns!(), " FROM cover_request WHERE org_id = $1 AND id = $2"),
        postgres: concat!("SELECT ", columns!(), " FROM cover_request WHERE org_id = $1 AND id = $2 FOR UPDATE"),
    }
    COUNT_OPEN { both: "SELECT COUNT(*) FROM cover_request WHERE org_id = $1 AND user_id = $2 AND state = 'OPEN'" }
    SAME { both: "SELECT id FROM cover_request WHERE org_id = $1 AND schedule_id = $2 AND user_id = $3 AND from_at = $4 AND until_at = $5 AND state = 'OPEN'" }
    /// Of a state, of a person ($3) who asks or is asked, of a schedule and of duties that end after a time, where these are named.
    LIST { both: concat!("SELECT ", columns!(), " FROM cover_request c WHERE c.org_id = $1 AND (CAST($2 AS TEXT) IS NULL OR c.state = $2) \
        AND (CAST($6 AS BIGINT) IS NULL OR c.schedule_id = $6) AND (CAST($7 AS BIGINT) IS NULL OR c.until_at > $7) \
        AND (CAST($3 AS BIGINT) IS NULL OR c.user_id = $3 OR c.created_by = $3 OR c.asked_user_id = $3 \
            OR (c.asked_user_id IS NULL AND c.asked_team_id IS NULL) \
            OR EXISTS (SELECT 1 FROM team_member m WHERE m.org_id = c.org_id AND m.team_id = c.asked_team_id AND m.user_id = $3)) \
        ORDER BY c.from_at, c.id LIMIT $4 OFFSET $5") }
    DECLINED_BY {
        sqlite: "SELECT request_id, user_id FROM cover_decline WHERE org_id = $1 AND request_id IN (SELECT value FROM json_each($2)) ORDER BY request_id, user_id",
        postgres: "SELECT request_id, user_id FROM cover_decline WHERE org_id = $1 AND request_id = ANY($2) ORDER BY request_id, user_id",
    }
    DECLINE { both: "INSERT INTO cover_decline (org_id, request_id, user_id, declined_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING" }
    CLOSE { both: "UPDATE cover_request SET state = $3, answered_by = $4, override_id = $5, updated_at = $6 WHERE org_id = $1 AND id = $2" }
}

/// Somebody asks for cover.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CoverRequest {
    /// Which.
    pub id: CoverRequestId,
    /// Of which schedule.
    pub schedule: ScheduleId,
    /// Whose duty.
    pub user: UserId,
    /// Who asked; mostly the same.
    pub created_by: Option<UserId>,
    /// Which part of it.
    pub span: Span,
    /// A word with it.
    pub message: Option<String>,
    /// Who is asked.
    pub asked: Asked,
    /// Where it stands.
    pub state: CoverState,
    /// Who took it.
    pub answered_by: Option<UserId>,
    /// What gave it to them; the first, where the duty had several parts.
    pub override_id: Option<OverrideId>,
    /// Who said no.
    pub declined_by: Vec<UserId>,
    /// When it was asked.
    pub created_at: Timestamp,
    /// When it was answered.
    pub updated_at: Timestamp,
}

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoverIn {
    /// Of which schedule.
    pub schedule: ScheduleId,
    /// Whose duty.
    pub user: UserId,
    /// Which part of it; what lies before now does not count.
    pub span: Span,
    /// A word with it.
    pub message: Option<String>,
    /// Who is asked.
    pub asked: Asked,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    schedule_id: i64,
    user_id: i64,
    created_by: Option<i64>,
    from_at: i64,
    until_at: i64,
    message: Option<String>,
    asked_user_id: Option<i64>,
    asked_team_id: Option<i64>,
    state: String,
    answered_by: Option<i64>,
    override_id: Option<i64>,
    created_at: i64,
    updated_at: i64,
}

impl Row {
    fn read(self) -> Result<CoverRequest, StoreError> {
        let asked = match (self.asked_user_id, self.asked_team_id) {
            (Some(user), _) => Asked::User(UserId(user)),
            (None, Some(team)) => Asked::Team(TeamId(team)),
            (None, None) => Asked::Everybody,
        };
        Ok(CoverRequest {
            id: CoverRequestId(self.id),
            schedule: ScheduleId(self.schedule_id),
            user: UserId(self.user_id),
            created_by: self.created_by.map(UserId),
            span: Span::new(timestamp(self.from_at), timestamp(self.until_at)),
            message: self.message,
            asked,
            state: stored::word(NOUN, &self.state, CoverState::parse)?,
            answered_by: self.answered_by.map(UserId),
            override_id: self.override_id.map(OverrideId),
            declined_by: Vec::new(),
            created_at: timestamp(self.created_at),
            updated_at: timestamp(self.updated_at),
        })
    }
}

/// Asks for cover, tells those who are asked, and asks for the job that ends it. Errors: `NotFound` (schedule), `Refused` (the span, a
/// person or team, a duty that is not theirs, too many), `InUse` (it is asked already).
pub async fn create(db: &Db, scope: &Scope, new: CoverIn, now: Timestamp) -> Result<CoverRequest, StoreError> {
    let scope = scope.clone();
    db.write(move |tx| Box::pin(async move { create_in(tx, &scope, new, now).await })).await
}

async fn create_in(tx: &mut Tx, scope: &Scope, new: CoverIn, now: Timestamp) -> Result<CoverRequest, StoreError> {
    let (org, span) = (scope.org, exceptions::writable(new.span, now)?);
    check_asked(tx, org, &new).await?;
    schedules::lock(tx, org, new.schedule).await?;
    let schedule = schedules::find(tx, org, new.schedule, now).await?;
    if duties(tx, scope, new.schedule, new.user, span).await?.is_empty() {
        let who = tell::name(tx, org, new.user).await?;
        return Err(StoreError::Refused(format!("start: {who} is not on call for {} in this span", schedule.name)));
    }
    refuse_more(tx, org, &new, span).await?;
    let (asked_user, asked_team) = match new.asked {
        Asked::User(user) => (Some(user), None),
        Asked::Team(team) => (None, Some(team)),
        Asked::Everybody => (None, None),
    };
    let by = scope.actor.user();
    let args = args![org, new.schedule, new.user, by, span.from, span.until, new.message, asked_user, asked_team, now];
    let id = CoverRequestId(tx.insert(INSERT, args).await?);
    let made = find(tx, org, id).await?;
    audit::created(tx, scope, subject(NOUN, id), &made, now).await?;
    tell::asked(tx, scope, &made, &schedule, now).await?;
    let job = NewJob::new(org, JobKind::ExpireCover, id.0, expires_at(span, now)).once(format!("cover:{id}"));
    jobs::ask(tx, vec![job]).await?;
    Ok(made)
}

async fn check_asked(tx: &mut Tx, org: OrgId, new: &CoverIn) -> Result<(), StoreError> {
    match new.asked {
        Asked::User(user) if user == new.user => {
            return Err(StoreError::Refused("askedUser: must be somebody else".into()));
        }
        Asked::User(user) => parts::check_people(tx, org, "askedUser", [user]).await?,
        Asked::Team(team) => {
            let missing = crate::teams::missing(tx, org, &[team]).await?;
            if let Some(id) = missing.first() {
                return Err(StoreError::Refused(format!("askedTeam: team {id} does not exist")));
            }
        }
        Asked::Everybody => {}
    }
    parts::check_people(tx, org, "user", [new.user]).await
}

async fn refuse_more(tx: &mut Tx, org: OrgId, new: &CoverIn, span: Span) -> Result<(), StoreError> {
    let same: Option<(i64,)> = tx.one(SAME, args![org, new.schedule, new.user, span.from, span.until]).await?;
    if let Some((id,)) = same {
        return Err(StoreError::InUse { what: format!("cover request {id} asks for this already") });
    }
    let open: Option<(i64,)> = tx.one(COUNT_OPEN, args![org, new.user]).await?;
    match open.is_some_and(|(count,)| count >= COVER_REQUESTS_MAX) {
        false => Ok(()),
        true => {
            Err(StoreError::Refused(format!("at most {COVER_REQUESTS_MAX} cover requests of a person may be open")))
        }
    }
}

/// When somebody is on call by a schedule within a span.
async fn duties(
    tx: &mut Tx,
    scope: &Scope,
    schedule: ScheduleId,
    user: UserId,
    span: Span,
) -> Result<Vec<Span>, StoreError> {
    let ready = schedules::prepared(&mut *tx, scope, &[schedule], span).await?;
    Ok(ready.get(&schedule).map(|ready| duties_of(&shifts(ready, span), user)).unwrap_or_default())
}

/// Takes the duty: what of the span is still the other's is this person's from now on.
/// Errors: `NotFound`, `Refused` (not asked, not open, nothing left to take).
pub async fn accept(
    db: &Db,
    scope: &Scope,
    id: CoverRequestId,
    by: UserId,
    now: Timestamp,
) -> Result<CoverRequest, StoreError> {
    let scope = scope.clone();
    db.write(move |tx| {
        Box::pin(async move {
            parts::check_people(tx, scope.org, "user", [by]).await?;
            let before = open(tx, &scope, id, now).await?;
            refuse_unasked(tx, &scope, &before, by).await?;
            let schedule = schedules::find(tx, scope.org, before.schedule, now).await?;
            let first = take_over(tx, &scope, &before, by, now).await?;
            let after = close(tx, &scope, &before, (CoverState::Accepted, Some(by), Some(first)), now).await?;
            tell::accepted(tx, &scope, &after, (&schedule, by), now).await?;
            Ok(after)
        })
    })
    .await
}

async fn take_over(
    tx: &mut Tx,
    scope: &Scope,
    request: &CoverRequest,
    by: UserId,
    now: Timestamp,
) -> Result<OverrideId, StoreError> {
    schedules::lock(tx, scope.org, request.schedule).await?;
    let left = Span::new(request.span.from.max(now), request.span.until);
    let mut first = None;
    for span in duties(tx, scope, request.schedule, request.user, left).await? {
        let new = OverrideIn { user: Some(by), span, reason: Some(format!("cover request {}", request.id)) };
        let made = overrides::create_in(tx, scope, request.schedule, new, now).await?;
        first = first.or(Some(made.id));
    }
    first.ok_or_else(|| StoreError::Refused("there is nothing left to take: somebody else is on call by now".into()))
}

/// Says no. Where everybody who was asked has, the request is over. Errors: `NotFound`, `Refused` (not asked, not open).
pub async fn decline(
    db: &Db,
    scope: &Scope,
    id: CoverRequestId,
    by: UserId,
    now: Timestamp,
) -> Result<CoverRequest, StoreError> {
    let scope = scope.clone();
    db.write(move |tx| {
        Box::pin(async move {
            let before = open(tx, &scope, id, now).await?;
            let asked = refuse_unasked(tx, &scope, &before, by).await?;
            tx.exec(DECLINE, args![scope.org, id, by, now]).await?;
            let after = find(tx, scope.org, id).await?;
            if asked.iter().any(|user| !after.declined_by.contains(user)) {
                return Ok(after);
            }
            let schedule = schedules::find(tx, scope.org, before.schedule, now).await?;
            let after = close(tx, &scope, &before, (CoverState::Declined, Some(by), None), now).await?;
            tell::declined(tx, &scope, &after, (&schedule, by), now).await?;
            Ok(after)
        })
    })
    .await
}

/// Takes the request back. Errors: `NotFound`, `Refused` (not open).
pub async fn withdraw(db: &Db, scope: &Scope, id: CoverRequestId, now: Timestamp) -> Result<CoverRequest, StoreError> {
    let scope = scope.clone();
    db.write(move |tx| {
        Box::pin(async move {
            let before = open(tx, &scope, id, now).await?;
            let schedule = schedules::find(tx, scope.org, before.schedule, now).await?;
            let after = close(tx, &scope, &before, (CoverState::Withdrawn, None, None), now).await?;
            tell::withdrawn(tx, &scope, &after, &schedule, now).await?;
            Ok(after)
        })
    })
    .await
}

/// Ends a request that nobody answered in time: part of the unit of its job. Does nothing to one that is not open any more.
pub async fn expire(tx: &mut Tx, scope: &Scope, id: CoverRequestId, now: Timestamp) -> Result<(), StoreError> {
    let row: Option<Row> = tx.one(LOCK, args![scope.org, id]).await?;
    let Some(before) = row.map(Row::read).transpose()? else { return Ok(()) };
    if before.state != CoverState::Open {
        return Ok(());
    }
    let schedule = schedules::find(tx, scope.org, before.schedule, now).await;
    let after = close(tx, scope, &before, (CoverState::Expired, None, None), now).await?;
    match schedule {
        Ok(schedule) => tell::expired(tx, scope, &after, &schedule, now).await,
        // A request of a schedule that was deleted meanwhile concerns nobody.
        Err(StoreError::NotFound { .. }) => Ok(()),
        Err(error) => Err(error),
    }
}

/// A request that can still be answered, held until the unit ends. Errors: `NotFound`, `Refused`.
async fn open(tx: &mut Tx, scope: &Scope, id: CoverRequestId, now: Timestamp) -> Result<CoverRequest, StoreError> {
    let row: Option<Row> = tx.one(LOCK, args![scope.org, id]).await?;
    let request = row.ok_or_else(|| StoreError::not_found(NOUN, id))?.read()?;
    let is_late = expires_at(request.span, request.created_at) <= now;
    match request.state {
        CoverState::Open if !is_late => Ok(request),
        CoverState::Open => Err(StoreError::Refused("this cover request is over: the duty has begun".into())),
        state => Err(StoreError::Refused(format!("this cover request is over: it is {state}"))),
    }
}

/// Those who are asked. Errors: `Refused`, where the person is not one of them.
async fn refuse_unasked(
    tx: &mut Tx,
    scope: &Scope,
    request: &CoverRequest,
    by: UserId,
) -> Result<Vec<UserId>, StoreError> {
    let asked = tell::everybody_asked(tx, scope.org, request).await?;
    match asked.contains(&by) {
        true => Ok(asked),
        false => Err(StoreError::Refused("only those who were asked can answer this cover request".into())),
    }
}

async fn close(
    tx: &mut Tx,
    scope: &Scope,
    before: &CoverRequest,
    (state, by, over): (CoverState, Option<UserId>, Option<OverrideId>),
    now: Timestamp,
) -> Result<CoverRequest, StoreError> {
    tx.exec(CLOSE, args![scope.org, before.id, state.as_str(), by, over, now]).await?;
    jobs::forget(tx, scope.org, JobKind::ExpireCover, before.id.0).await?;
    let after = find(tx, scope.org, before.id).await?;
    audit::updated(tx, scope, subject(NOUN, before.id), (before, &after), now).await?;
    Ok(after)
}

/// A request. Errors: `NotFound`.
pub async fn get(db: &Db, scope: &Scope, id: CoverRequestId) -> Result<CoverRequest, StoreError> {
    let row: Option<Row> = db.one(BY_ID, args![scope.org, id]).await?;
    one(&mut db.into(), scope.org, row, id).await
}

async fn find(tx: &mut Tx, org: OrgId, id: CoverRequestId) -> Result<CoverRequest, StoreError> {
    let row: Option<Row> = tx.one(BY_ID, args![org, id]).await?;
    one(&mut tx.into(), org, row, id).await
}

async fn one(
    reader: &mut Reader<'_>,
    org: OrgId,
    row: Option<Row>,
    id: CoverRequestId,
) -> Result<CoverRequest, StoreError> {
    let found = with_declines(reader, org, row.into_iter().collect()).await?.pop();
    found.ok_or_else(|| StoreError::not_found(NOUN, id))
}

/// Which requests are listed; what is not named is any.
#[derive(Debug, Clone, Copy, Default)]
pub struct Which {
    /// In this state.
    pub state: Option<CoverState>,
    /// Asked by this person, or of them.
    pub user: Option<UserId>,
    /// Of this schedule.
    pub schedule: Option<ScheduleId>,
    /// Whose duty ends after this.
    pub ends_after: Option<Timestamp>,
}

/// Requests by the start of their duty.
pub async fn list(db: &Db, scope: &Scope, which: Which, page: Page) -> Result<Vec<CoverRequest>, StoreError> {
    let (state, user) = (which.state.map(CoverState::as_str), which.user);
    let window = (page.max_results, page.start_index);
    let args = args![scope.org, state, user, window.0, window.1, which.schedule, which.ends_after];
    let rows: Vec<Row> = db.all(LIST, args).await?;
    with_declines(&mut db.into(), scope.org, rows).await
}

async fn with_declines(reader: &mut Reader<'_>, org: OrgId, rows: Vec<Row>) -> Result<Vec<CoverRequest>, StoreError> {
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let declines: Vec<(i64, i64)> = reader.all(DECLINED_BY, args![org, ids]).await?;
    let mut by: BTreeMap<i64, Vec<UserId>> = BTreeMap::new();
    declines.into_iter().for_each(|(id, user)| by.entry(id).or_default().push(UserId(user)));
    let read = |row: Row| {
        let declined_by = by.remove(&row.id).unwrap_or_default();
        Ok(CoverRequest { declined_by, ..row.read()? })
    };
    rows.into_iter().map(read).collect()
}

/// When a request's duty is, on the clocks of the schedule.
fn told_span(request: &CoverRequest, schedule: &Schedule) -> String {
    let zone = jiff::tz::TimeZone::get(&schedule.current.zone).unwrap_or(jiff::tz::TimeZone::UTC);
    let shown = |at: Timestamp| at.to_zoned(zone.clone()).strftime("%a %-d %b %H:%M").to_string();
    format!("{} to {} ({})", shown(request.span.from), shown(request.span.until), schedule.current.zone)
}
