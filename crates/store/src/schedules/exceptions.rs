//! Exceptions from the plan: overrides and temporary schedules. What lies before now is never changed: one that has begun and is
//! edited or taken back ends now, and the rest is a new one; one that is to come is changed, or deleted.

pub mod overrides;
pub(super) mod passing_on;
pub mod temporaries;

use super::{changed, lock, parts};
use crate::args;
use crate::audit::{self, subject};
use crate::db::{Db, FromRows, Tx};
use crate::error::StoreError;
use crate::scope::Scope;
use crate::sql::Sql;
use crate::value::{ToValue, Value};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use std::fmt::Display;
use watchbell_core::ids::{OrgId, ScheduleId, UserId};
use watchbell_core::limits::{EXCEPTION_DAYS_MAX, SCHEDULE_EXCEPTIONS_MAX};
use watchbell_core::schedule::{Because, Span};

/// An exception, known by its number: what overrides and temporary schedules each do in their own way.
pub trait Exception: Copy + Display + ToValue + Send + Sync + 'static {
    /// What it is called.
    const NOUN: &'static str;
    /// What more than a schedule may have is called.
    const TOO_MANY: &'static str;
    /// How it is written and read.
    const STATEMENTS: Statements;
    /// As a row.
    type Row: FromRows;
    /// As it is known.
    type Known: Serialize + Send + Sync + 'static;
    /// What it is made of.
    type New: Send + Sync + 'static;

    /// The number of a row.
    fn numbered(id: i64) -> Self;
    /// What a row says. Errors: `Unreadable`.
    fn read(row: Self::Row) -> Result<Self::Known, StoreError>;
    /// What says who is on call by it.
    fn because(self) -> Because;
    /// Of which schedule, which, and when.
    fn place(known: &Self::Known) -> (ScheduleId, Self, Span);
    /// What it is made of within a span.
    fn within(known: &Self::Known, span: Span) -> Self::New;
    /// The part that can still be written. Errors: `Refused`.
    fn writable(new: Self::New, now: Timestamp) -> Result<Self::New, StoreError>;
    /// The people that it names, and in which field.
    fn people(new: &Self::New) -> (&'static str, Vec<UserId>);
    /// What is written: when, and the values of its own.
    fn values(new: Self::New) -> Result<(Span, Vec<Value>), StoreError>;

    /// Tells those who count on one that it does not hold any more, as it did until now; `after`: what became of it.
    fn tell_of_loss(
        tx: &mut Tx,
        scope: &Scope,
        before: &Self::Known,
        after: Option<&Self::Known>,
        now: Timestamp,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Refuses what is so already; the schedule is held. Errors: `InUse`.
    fn refuse_same(
        tx: &mut Tx,
        org: OrgId,
        schedule: ScheduleId,
        new: &Self::New,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// The statements of a kind of exceptions. Each begins with organization and schedule.
#[derive(Debug, Clone, Copy)]
pub struct Statements {
    /// From, until, by whom, when; then its own.
    insert: Sql,
    /// Its number, from, until; then its own.
    change: Sql,
    /// Its number.
    delete: Sql,
    /// Its number.
    by_id: Sql,
    /// The time after which those that are counted end.
    count: Sql,
}

/// The part of an exception's span that can still be written. Errors: `Refused` (ends before it starts, is over, too long).
pub(crate) fn writable(span: Span, now: Timestamp) -> Result<Span, StoreError> {
    if span.is_empty() {
        return Err(StoreError::Refused("end: must come after start".into()));
    }
    if span.until <= now {
        return Err(StoreError::Refused("end: lies in the past, which is never changed".into()));
    }
    let span = Span::new(span.from.max(now), span.until);
    if span.until.duration_since(span.from) > SignedDuration::from_hours(24 * EXCEPTION_DAYS_MAX) {
        return Err(StoreError::Refused(format!("end: must come at most {EXCEPTION_DAYS_MAX} days after start")));
    }
    Ok(span)
}

async fn create_in<E: Exception>(
    tx: &mut Tx,
    scope: &Scope,
    schedule: ScheduleId,
    new: E::New,
    now: Timestamp,
) -> Result<E::Known, StoreError> {
    let new = checked::<E>(tx, scope.org, new, now).await?;
    lock(tx, scope.org, schedule).await?;
    E::refuse_same(tx, scope.org, schedule, &new).await?;
    refuse_too_many::<E>(tx, scope.org, schedule, now).await?;
    let (id, made) = insert::<E>(tx, scope, schedule, new, now).await?;
    audit::created(tx, scope, subject(E::NOUN, id), &made, now).await?;
    changed(tx, scope, schedule, now).await?;
    Ok(made)
}

/// People before the schedule: whoever deletes a person holds that person first as well.
async fn checked<E: Exception>(tx: &mut Tx, org: OrgId, new: E::New, now: Timestamp) -> Result<E::New, StoreError> {
    let new = E::writable(new, now)?;
    let (field, people) = E::people(&new);
    parts::check_people(tx, org, field, people).await?;
    Ok(new)
}

async fn refuse_too_many<E: Exception>(
    tx: &mut Tx,
    org: OrgId,
    schedule: ScheduleId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let count: Option<(i64,)> = tx.one(E::STATEMENTS.count, args![org, schedule, now]).await?;
    match count.is_some_and(|(count,)| count >= SCHEDULE_EXCEPTIONS_MAX) {
        false => Ok(()),
        true => {
            Err(StoreError::Refused(format!("a schedule may have at most {SCHEDULE_EXCEPTIONS_MAX} {}", E::TOO_MANY)))
        }
    }
}

async fn insert<E: Exception>(
    tx: &mut Tx,
    scope: &Scope,
    schedule: ScheduleId,
    new: E::New,
    now: Timestamp,
) -> Result<(E, E::Known), StoreError> {
    let (span, own) = E::values(new)?;
    let mut args = args![scope.org, schedule, span.from, span.until, scope.actor.user(), now];
    args.extend(own);
    let id = E::numbered(tx.insert(E::STATEMENTS.insert, args).await?);
    Ok((id, find(tx, scope.org, schedule, id).await?))
}

async fn change<E: Exception>(tx: &mut Tx, org: OrgId, before: &E::Known, new: E::New) -> Result<(), StoreError> {
    let (schedule, id, _) = E::place(before);
    let (span, own) = E::values(new)?;
    let mut args = args![org, schedule, id, span.from, span.until];
    args.extend(own);
    tx.exec(E::STATEMENTS.change, args).await.map(|_| ())
}

/// Changes an exception; of one that has begun, what is left of it becomes a new one, which is returned.
/// Errors: `NotFound`, `Refused` (the span, the shifts, a person, it is over).
pub async fn edit<E: Exception>(
    db: &Db,
    scope: &Scope,
    schedule: ScheduleId,
    id: E,
    new: E::New,
    now: Timestamp,
) -> Result<E::Known, StoreError> {
    let scope = scope.clone();
    db.write(move |tx| {
        Box::pin(async move {
            let new = checked::<E>(tx, scope.org, new, now).await?;
            let before = hold(tx, scope.org, schedule, id, now).await?;
            let after = rewrite::<E>(tx, &scope, &before, new, now).await?;
            E::tell_of_loss(tx, &scope, &before, Some(&after), now).await?;
            changed(tx, &scope, schedule, now).await?;
            Ok(after)
        })
    })
    .await
}

/// Gives what is left of an exception another body, as part of a unit that holds the schedule.
async fn rewrite<E: Exception>(
    tx: &mut Tx,
    scope: &Scope,
    before: &E::Known,
    new: E::New,
    now: Timestamp,
) -> Result<E::Known, StoreError> {
    let (schedule, id, span) = E::place(before);
    let after = match span.from < now {
        true => {
            end::<E>(tx, scope.org, before, now).await?;
            insert::<E>(tx, scope, schedule, new, now).await?.1
        }
        false => {
            change::<E>(tx, scope.org, before, new).await?;
            find(tx, scope.org, schedule, id).await?
        }
    };
    audit::updated(tx, scope, subject(E::NOUN, id), (before, &after), now).await?;
    Ok(after)
}

async fn end<E: Exception>(tx: &mut Tx, org: OrgId, before: &E::Known, now: Timestamp) -> Result<(), StoreError> {
    let (_, _, span) = E::place(before);
    change::<E>(tx, org, before, E::within(before, Span::new(span.from, now))).await
}

/// What of an exception is not over.
fn left<E: Exception>(known: &E::Known, now: Timestamp) -> E::New {
    let (_, _, span) = E::place(known);
    E::within(known, Span::new(span.from.max(now), span.until))
}

/// Takes an exception back; one that has begun ends now. Errors: `NotFound`, `Refused` (it is over).
pub async fn delete<E: Exception>(
    db: &Db,
    scope: &Scope,
    schedule: ScheduleId,
    id: E,
    now: Timestamp,
) -> Result<(), StoreError> {
    let scope = scope.clone();
    db.write(move |tx| {
        Box::pin(async move {
            let before = hold(tx, scope.org, schedule, id, now).await?;
            match E::place(&before).2.from < now {
                true => end::<E>(tx, scope.org, &before, now).await?,
                false => drop(tx.exec(E::STATEMENTS.delete, args![scope.org, schedule, id]).await?),
            }
            audit::deleted(tx, &scope, subject(E::NOUN, id), &before, now).await?;
            E::tell_of_loss(tx, &scope, &before, None, now).await?;
            changed(tx, &scope, schedule, now).await
        })
    })
    .await
}

/// An exception of a schedule that is held until the unit ends. Errors: `NotFound`, `Refused` (it is over).
async fn hold<E: Exception>(
    tx: &mut Tx,
    org: OrgId,
    schedule: ScheduleId,
    id: E,
    now: Timestamp,
) -> Result<E::Known, StoreError> {
    lock(tx, org, schedule).await?;
    let found = find(tx, org, schedule, id).await?;
    match E::place(&found).2.until <= now {
        true => Err(StoreError::Refused(format!("this {} is over, and the past is never changed", E::NOUN))),
        false => Ok(found),
    }
}

/// An exception. Errors: `NotFound`.
pub async fn get<E: Exception>(db: &Db, scope: &Scope, schedule: ScheduleId, id: E) -> Result<E::Known, StoreError> {
    let row: Option<E::Row> = db.one(E::STATEMENTS.by_id, args![scope.org, schedule, id]).await?;
    E::read(row.ok_or_else(|| StoreError::not_found(E::NOUN, id))?)
}

async fn find<E: Exception>(tx: &mut Tx, org: OrgId, schedule: ScheduleId, id: E) -> Result<E::Known, StoreError> {
    let row: Option<E::Row> = tx.one(E::STATEMENTS.by_id, args![org, schedule, id]).await?;
    E::read(row.ok_or_else(|| StoreError::not_found(E::NOUN, id))?)
}
