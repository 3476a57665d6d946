//! Asking for cover: the duty has to be theirs, and those who are asked hear of it.

use super::tell::{self, About};
use super::{CoverRequest, NOUN, duties, find};
use crate::args;
use crate::audit::{self, subject};
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::jobs::{self, JobKind, NewJob};
use crate::schedules::{self, exceptions, parts};
use crate::scope::Scope;
use jiff::Timestamp;
use watchbell_core::cover::{Asked, expires_at};
use watchbell_core::ids::{CoverRequestId, OrgId, ScheduleId, UserId};
use watchbell_core::limits::COVER_REQUESTS_MAX;
use watchbell_core::schedule::Span;

sql! {
    INSERT { both: "INSERT INTO cover_request (org_id, schedule_id, user_id, created_by, from_at, until_at, message, asked_user_id, asked_team_id, \
        state, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'OPEN', $10, $10) RETURNING id" }
    COUNT_OPEN { both: "SELECT COUNT(*) FROM cover_request WHERE org_id = $1 AND user_id = $2 AND state = 'OPEN'" }
    SAME { both: "SELECT id FROM cover_request WHERE org_id = $1 AND schedule_id = $2 AND user_id = $3 AND from_at = $4 AND until_at = $5 AND state = 'OPEN'" }
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
    let asked = tell::everybody_asked(tx, org, &made).await?;
    if asked.is_empty() {
        return Err(StoreError::Refused(format!("{}: nobody of those can take a duty", asked_field(new.asked))));
    }
    audit::created(tx, scope, subject(NOUN, id), &made, now).await?;
    About { scope, request: &made, schedule: &schedule, now }.asked(tx, asked).await?;
    let job = NewJob::new(org, JobKind::ExpireCover, id.0, expires_at(span, now)).once(format!("cover:{id}"));
    jobs::ask(tx, vec![job]).await?;
    Ok(made)
}

fn asked_field(asked: Asked) -> &'static str {
    match asked {
        Asked::Team(_) => "askedTeam",
        Asked::User(_) | Asked::Everybody => "askedUser",
    }
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
