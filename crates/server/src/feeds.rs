//! iCal feeds, read by calendar programs: the secret in the address is the proof. What is answered depends on the data alone, so that
//! a program that has it already is told so.

mod calendar;
mod zone;

use crate::app::App;
use crate::auth::May;
use crate::error::ApiError;
use crate::ids::Token;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use calendar::{Calendar, Entry};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use watchbell_connect::channels::zone_named;
use watchbell_core::ids::{ScheduleId, UserId};
use watchbell_core::limits::FEED_DAYS;
use watchbell_core::schedule::{Prepared, Span};
use watchbell_store::feeds::{Feed, Subject};
use watchbell_store::schedules::{self, Schedule};
use watchbell_store::scope::Scope;
use watchbell_store::users;
use watchbell_store::{Page, StoreError, doors};

/// Schedules that a person's feed looks at.
const SCHEDULES_MAX: i64 = 10_000;

/// The routes.
pub fn router() -> Router<App> {
    Router::new().route("/calendars/{file}", get(serve))
}

/// The address of a feed whose secret was just made.
pub fn address(app: &App, token: &str) -> String {
    format!("{}/calendars/{token}.ics", app.config.public_url())
}

fn unknown() -> ApiError {
    ApiError::not_found("There is no calendar at this address, or it was revoked.")
}

async fn serve(State(app): State<App>, Path(file): Path<String>, headers: HeaderMap) -> Result<Response, ApiError> {
    let now = app.clock.now();
    let token = file.strip_suffix(".ics").unwrap_or(&file);
    let (scope, feed) = doors::feed(&app.db, Token::hash(token), now).await?.ok_or_else(unknown)?;
    if !scope.role.is_some_and(|role| May::Read.is_granted_to(role)) {
        return Err(unknown());
    }
    let calendar = calendar_of(&app, &scope, &feed, now).await?;
    Ok(answer(calendar.to_string(), &headers))
}

/// The calendar, or only that it is the one that the caller has.
fn answer(body: String, headers: &HeaderMap) -> Response {
    let digest: String = Sha256::digest(body.as_bytes()).iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    let tag = format!("\"{digest}\"");
    let given = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let known = given.flat_map(|value| value.split(',')).any(|value| {
        let value = value.trim();
        value == "*" || value.strip_prefix("W/").unwrap_or(value) == tag
    });
    let mut response = match known {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => ([(header::CONTENT_TYPE, "text/calendar; charset=utf-8")], body).into_response(),
    };
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    response
}

/// The days that a feed shows, from midnight to midnight in UTC: what is read twice a day is the same.
fn shown(now: Timestamp) -> Span {
    let today = now.to_zoned(TimeZone::UTC).date();
    let midnight = today.to_zoned(TimeZone::UTC).map_or(now, |midnight| midnight.timestamp());
    let [before, after] = FEED_DAYS.map(|days| SignedDuration::from_hours(24 * days));
    Span::new(midnight - before, midnight + after)
}

async fn calendar_of(app: &App, scope: &Scope, feed: &Feed, now: Timestamp) -> Result<Calendar, ApiError> {
    match feed.subject {
        Subject::Schedule(id) => {
            let schedule = schedules::get(&app.db, scope, id, now).await?;
            let zone = zone_named(&schedule.current.zone);
            let entries = entries(app, scope, std::slice::from_ref(&schedule), None, now).await?;
            Ok(Calendar { name: format!("{} (on call)", schedule.name), zone, span: shown(now), entries })
        }
        Subject::Person(id) => {
            let person = users::get(&app.db, scope, id).await?;
            let all = schedules::list(&app.db, scope, Page::first(SCHEDULES_MAX), now).await?;
            let entries = entries(app, scope, &all, Some(id), now).await?;
            let name = format!("{} {} (on call)", person.first_name, person.last_name);
            Ok(Calendar { name, zone: zone_named(&person.timezone), span: shown(now), entries })
        }
    }
}

/// The shifts of schedules, or only those of one person, by their start.
async fn entries(
    app: &App,
    scope: &Scope,
    schedules: &[Schedule],
    of: Option<UserId>,
    now: Timestamp,
) -> Result<Vec<Entry>, StoreError> {
    let ids: Vec<ScheduleId> = schedules.iter().map(|schedule| schedule.id).collect();
    let span = shown(now);
    let month = SignedDuration::from_hours(24 * 31);
    let ready = schedules::prepared(&app.db, scope, &ids, Span::new(span.from - month, span.until + month)).await?;
    let mut people: Vec<UserId> = Vec::new();
    let mut found: Vec<(&Schedule, UserId, Span)> = Vec::new();
    for schedule in schedules {
        let Some(ready) = ready.get(&schedule.id) else { continue };
        for (user, span) in shifts(ready, span).filter(|(user, _)| of.is_none_or(|of| of == *user)) {
            people.push(user);
            found.push((schedule, user, span));
        }
    }
    people.sort();
    people.dedup();
    let people = users::get_many(&app.db, scope, &people).await?;
    let names: BTreeMap<UserId, String> = people.iter().map(|user| (user.id, user.name())).collect();
    found.sort_by_key(|(schedule, _, span)| (span.from, schedule.id));
    Ok(found.into_iter().map(|(schedule, user, span)| entry(app, schedule, (user, &names), span, of)).collect())
}

fn shifts(ready: &Prepared, span: Span) -> impl Iterator<Item = (UserId, Span)> {
    let shifts = crate::api::schedules::whole_shifts(ready, span);
    shifts.into_iter().filter_map(|shift| Some((shift.duty.user()?, shift.span)))
}

fn entry(
    app: &App,
    schedule: &Schedule,
    (user, names): (UserId, &BTreeMap<UserId, String>),
    span: Span,
    of: Option<UserId>,
) -> Entry {
    let who = names.get(&user).cloned().unwrap_or_else(|| format!("User {user}"));
    Entry {
        // A shift that changes hands, or ends at another time, stays the same entry.
        uid: format!("shift-{}-{}@watchbell", schedule.id, span.from.as_second()),
        changed_at: schedule.updated_at,
        span,
        summary: match of {
            Some(_) => format!("On call: {}", schedule.name),
            None => format!("{who}: {}", schedule.name),
        },
        description: format!("{who} is on call for {}.", schedule.name),
        url: format!("{}/schedules/{}", app.config.public_url(), schedule.id),
    }
}
