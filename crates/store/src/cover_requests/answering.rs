//! Answering: somebody takes the duty or says no, whoever asked takes the request back, or nobody answers in time.

use super::tell::{self, About};
use super::{CoverRequest, NOUN, Row, columns, duties, find};
use crate::args;
use crate::audit::{self, subject};
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::jobs::{self, JobKind};
use crate::schedules::overrides::{self, OverrideIn};
use crate::schedules::{self, parts};
use crate::scope::Scope;
use jiff::Timestamp;
use watchbell_core::cover::{CoverState, expires_at};
use watchbell_core::ids::{CoverRequestId, OverrideId, ScheduleId, UserId};
use watchbell_core::schedule::Span;

sql! {
    LOCK {
        sqlite: concat!("SELECT ", columns!(), " FROM cover_request WHERE org_id = $1 AND id = $2"),
        postgres: concat!("SELECT ", columns!(), " FROM cover_request WHERE org_id = $1 AND id = $2 FOR UPDATE"),
    }
    DECLINE { both: "INSERT INTO cover_decline (org_id, request_id, user_id, declined_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING" }
    /// What somebody ($3) took over that has time in a span.
    TAKEN { both: concat!("SELECT ", columns!(), " FROM cover_request WHERE org_id = $1 AND schedule_id = $2 AND answered_by = $3 \
        AND state = 'ACCEPTED' AND from_at < $5 AND until_at > $4 ORDER BY id") }
    CLOSE { both: "UPDATE cover_request SET state = $3, answered_by = $4, override_id = $5, updated_at = $6 WHERE org_id = $1 AND id = $2" }
}

/// Takes the duty: what of the span is still the other's is this person's from now on.
/// Errors: `NotFound`, `Denied` (not asked), `InUse` (not open, nothing left to take).
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
            About { scope: &scope, request: &after, schedule: &schedule, now }.accepted(tx, by).await?;
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
    first.ok_or_else(|| StoreError::InUse {
        what: "there is nothing left to take: somebody else is on call by now".into(),
    })
}

/// Says no. Where everybody who was asked has, the request is over. Errors: `NotFound`, `Denied` (not asked), `InUse` (not open).
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
            About { scope: &scope, request: &after, schedule: &schedule, now }.declined(tx, by).await?;
            Ok(after)
        })
    })
    .await
}

/// Takes the request back. Errors: `NotFound`, `InUse` (not open).
pub async fn withdraw(db: &Db, scope: &Scope, id: CoverRequestId, now: Timestamp) -> Result<CoverRequest, StoreError> {
    let scope = scope.clone();
    db.write(move |tx| {
        Box::pin(async move {
            let before = open(tx, &scope, id, now).await?;
            let schedule = schedules::find(tx, scope.org, before.schedule, now).await?;
            let after = close(tx, &scope, &before, (CoverState::Withdrawn, None, None), now).await?;
            About { scope: &scope, request: &after, schedule: &schedule, now }.withdrawn(tx).await?;
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
        Ok(schedule) => About { scope, request: &after, schedule: &schedule, now }.expired(tx).await,
        // A request of a schedule that was deleted meanwhile concerns nobody.
        Err(StoreError::NotFound { .. }) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Tells those whose duty somebody took over that they have it no more, as part of the unit that takes it from them.
pub(crate) async fn given_back(
    tx: &mut Tx,
    scope: &Scope,
    (schedule, by): (ScheduleId, UserId),
    left: Span,
    now: Timestamp,
) -> Result<(), StoreError> {
    let rows: Vec<Row> = tx.all(TAKEN, args![scope.org, schedule, by, left.from, left.until]).await?;
    if rows.is_empty() {
        return Ok(());
    }
    let schedule = schedules::find(tx, scope.org, schedule, now).await?;
    for row in rows {
        About { scope, request: &row.read()?, schedule: &schedule, now }.given_back(tx, by).await?;
    }
    Ok(())
}

/// A request that can still be answered, held until the unit ends. Errors: `NotFound`, `InUse`.
async fn open(tx: &mut Tx, scope: &Scope, id: CoverRequestId, now: Timestamp) -> Result<CoverRequest, StoreError> {
    let row: Option<Row> = tx.one(LOCK, args![scope.org, id]).await?;
    let request = row.ok_or_else(|| StoreError::not_found(NOUN, id))?.read()?;
    let is_late = expires_at(request.span, request.created_at) <= now;
    match request.state {
        CoverState::Open if !is_late => Ok(request),
        CoverState::Open => Err(StoreError::InUse { what: "this cover request is over: the duty has begun".into() }),
        state => Err(StoreError::InUse { what: format!("this cover request is over: it is {state}") }),
    }
}

/// Those who are asked. Errors: `Denied`, where the person is not one of them.
async fn refuse_unasked(
    tx: &mut Tx,
    scope: &Scope,
    request: &CoverRequest,
    by: UserId,
) -> Result<Vec<UserId>, StoreError> {
    let asked = tell::everybody_asked(tx, scope.org, request).await?;
    match asked.contains(&by) {
        true => Ok(asked),
        false => Err(StoreError::Denied("only those who were asked can answer this cover request".into())),
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
