//! Cover requests: somebody asks a person, a team or everybody to take their duty, or part of it. Accepting makes the override in the
//! same unit; until then the duty stays where it is.

pub(crate) mod answering;
pub(crate) mod asking;
pub(crate) mod tell;

use crate::args;
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::page::Page;
use crate::reader::Reader;
use crate::schedules;
use crate::scope::Scope;
use crate::stored;
use crate::value::timestamp;
use jiff::Timestamp;
use serde::Serialize;
use std::collections::BTreeMap;
use watchbell_core::cover::{Asked, CoverState, duties_of};
use watchbell_core::ids::{CoverRequestId, OrgId, OverrideId, ScheduleId, TeamId, UserId};
use watchbell_core::schedule::{Span, shifts};

pub(crate) use answering::given_back;
pub use answering::{accept, decline, expire, withdraw};
pub use asking::{CoverIn, create};

const NOUN: &str = "cover request";

macro_rules! columns {
    () => {
        "id, schedule_id, user_id, created_by, from_at, until_at, message, asked_user_id, asked_team_id, state, answered_by, override_id, \
         created_at, updated_at"
    };
}

use columns;

sql! {
    BY_ID { both: concat!("SELECT ", columns!(), " FROM cover_request WHERE org_id = $1 AND id = $2") }
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
