//! Who hears of a cover request: those who are asked, and whoever asked.

use super::CoverRequest;
use crate::args;
use crate::db::Tx;
use crate::error::StoreError;
use crate::news::{self, News};
use crate::schedules::Schedule;
use crate::scope::Scope;
use crate::teams;
use jiff::Timestamp;
use std::collections::BTreeSet;
use watchbell_core::cover::Asked;
use watchbell_core::ids::{OrgId, UserId};

/// Where a person answers.
const PATH: &str = "/on-call";
/// People that one request asks at most.
const ASKED_MAX: i64 = 500;

sql! {
    RESPONDERS { both: "SELECT id FROM user_account WHERE org_id = $1 AND role IN ('RESPONDER', 'USER', 'ADMIN') ORDER BY id LIMIT $2" }
    CAN_ANSWER {
        sqlite: "SELECT id FROM user_account WHERE org_id = $1 AND id IN (SELECT value FROM json_each($2)) AND role IN ('RESPONDER', 'USER', 'ADMIN') ORDER BY id",
        postgres: "SELECT id FROM user_account WHERE org_id = $1 AND id = ANY($2) AND role IN ('RESPONDER', 'USER', 'ADMIN') ORDER BY id",
    }
    NAME { both: "SELECT first_name, last_name FROM user_account WHERE org_id = $1 AND id = $2" }
}

/// Those who are asked and can answer, without the person whose duty it is.
pub(super) async fn everybody_asked(
    tx: &mut Tx,
    org: OrgId,
    request: &CoverRequest,
) -> Result<Vec<UserId>, StoreError> {
    let mut asked: Vec<UserId> = match request.asked {
        Asked::User(user) => vec![user],
        Asked::Team(team) => {
            teams::members_of(&mut (&mut *tx).into(), org, &[team]).await?.remove(&team).unwrap_or_default()
        }
        Asked::Everybody => {
            let rows: Vec<(i64,)> = tx.all(RESPONDERS, args![org, ASKED_MAX]).await?;
            rows.into_iter().map(|(id,)| UserId(id)).collect()
        }
    };
    asked.retain(|user| *user != request.user);
    let ids: Vec<i64> = asked.iter().map(|user| user.0).collect();
    let rows: Vec<(i64,)> = tx.all(CAN_ANSWER, args![org, ids]).await?;
    Ok(rows.into_iter().map(|(id,)| UserId(id)).collect())
}

pub(super) async fn name(tx: &mut Tx, org: OrgId, user: UserId) -> Result<String, StoreError> {
    let row: Option<(String, String)> = tx.one(NAME, args![org, user]).await?;
    Ok(row.map_or_else(|| format!("User {user}"), |(first, last)| format!("{first} {last}")))
}

/// Everybody but who did it.
async fn say(
    tx: &mut Tx,
    scope: &Scope,
    to: impl IntoIterator<Item = UserId>,
    (title, text): (String, String),
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut to: BTreeSet<UserId> = to.into_iter().collect();
    if let Some(actor) = scope.actor.user() {
        to.remove(&actor);
    }
    let news = News::Plain { title, text, path: Some(PATH.into()) };
    news::tell(tx, scope.org, &to.into_iter().collect::<Vec<_>>(), &news, now).await
}

/// Whoever asked, and whose duty it is.
fn askers(request: &CoverRequest) -> Vec<UserId> {
    [Some(request.user), request.created_by].into_iter().flatten().collect()
}

pub(super) async fn asked(
    tx: &mut Tx,
    scope: &Scope,
    request: &CoverRequest,
    schedule: &Schedule,
    now: Timestamp,
) -> Result<(), StoreError> {
    let who = name(tx, scope.org, request.user).await?;
    let mut text = format!("{who} asks you to be on call for {}, {}.", schedule.name, told_span(request, schedule));
    if let Some(message) = &request.message {
        text.push_str(&format!("\n\n{message}"));
    }
    text.push_str(&format!("\n\nIt stays {who}'s until somebody takes it."));
    let to = everybody_asked(tx, scope.org, request).await?;
    say(tx, scope, to, (format!("{who} asks for cover"), text), now).await
}

/// Those who were asked and have not said no hear that it is taken, as well as whoever asked.
pub(super) async fn accepted(
    tx: &mut Tx,
    scope: &Scope,
    request: &CoverRequest,
    (schedule, by): (&Schedule, UserId),
    now: Timestamp,
) -> Result<(), StoreError> {
    let (taker, who) = (name(tx, scope.org, by).await?, name(tx, scope.org, request.user).await?);
    let when = told_span(request, schedule);
    let text = format!("{taker} is on call for {} in the place of {who}, {when}.", schedule.name);
    let mut to = waiting(tx, scope, request).await?;
    to.extend(askers(request));
    say(tx, scope, to, (format!("{taker} covers for {who}"), text), now).await
}

pub(super) async fn declined(
    tx: &mut Tx,
    scope: &Scope,
    request: &CoverRequest,
    (schedule, by): (&Schedule, UserId),
    now: Timestamp,
) -> Result<(), StoreError> {
    let who = name(tx, scope.org, by).await?;
    let when = told_span(request, schedule);
    let text = match request.asked {
        Asked::User(_) => {
            format!("{who} cannot take {}, {when}. The duty stays where it is: ask somebody else.", schedule.name)
        }
        Asked::Team(_) | Asked::Everybody => {
            format!("Nobody who was asked can take {}, {when}. The duty stays where it is.", schedule.name)
        }
    };
    say(tx, scope, askers(request), ("No cover was found".to_owned(), text), now).await
}

pub(super) async fn withdrawn(
    tx: &mut Tx,
    scope: &Scope,
    request: &CoverRequest,
    schedule: &Schedule,
    now: Timestamp,
) -> Result<(), StoreError> {
    let who = name(tx, scope.org, request.user).await?;
    let text = format!("{who} needs no cover any more for {}, {}.", schedule.name, told_span(request, schedule));
    let mut to = waiting(tx, scope, request).await?;
    to.extend(askers(request));
    say(tx, scope, to, (format!("{who} needs no cover"), text), now).await
}

/// Whoever asked, and whoever had taken it.
pub(super) async fn given_back(
    tx: &mut Tx,
    scope: &Scope,
    request: &CoverRequest,
    (schedule, by): (&Schedule, UserId),
    now: Timestamp,
) -> Result<(), StoreError> {
    let (taker, who) = (name(tx, scope.org, by).await?, name(tx, scope.org, request.user).await?);
    let when = told_span(request, schedule);
    let text = format!("{taker} does not cover for {who} any more, {when}. Look who is on call for {}.", schedule.name);
    let to = askers(request).into_iter().chain([by]);
    say(tx, scope, to, (format!("{taker} does not cover for {who} any more"), text), now).await
}

pub(super) async fn expired(
    tx: &mut Tx,
    scope: &Scope,
    request: &CoverRequest,
    schedule: &Schedule,
    now: Timestamp,
) -> Result<(), StoreError> {
    let who = name(tx, scope.org, request.user).await?;
    let when = told_span(request, schedule);
    let text = format!("Nobody took {}, {when}. {who} is on call.", schedule.name);
    say(tx, scope, askers(request), ("Nobody took your duty".to_owned(), text), now).await
}

/// Those who were asked and have not said no.
async fn waiting(tx: &mut Tx, scope: &Scope, request: &CoverRequest) -> Result<Vec<UserId>, StoreError> {
    let mut asked = everybody_asked(tx, scope.org, request).await?;
    asked.retain(|user| !request.declined_by.contains(user));
    Ok(asked)
}

/// When a request's duty is, on the clocks of the schedule.
fn told_span(request: &CoverRequest, schedule: &Schedule) -> String {
    let zone = jiff::tz::TimeZone::get(&schedule.current.zone).unwrap_or(jiff::tz::TimeZone::UTC);
    let shown = |at: Timestamp| at.to_zoned(zone.clone()).strftime("%a %-d %b %H:%M").to_string();
    format!("{} to {} ({})", shown(request.span.from), shown(request.span.until), schedule.current.zone)
}
