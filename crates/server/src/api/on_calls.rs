//! Who is on call, over all policies and schedules. A schedule counts once for each level that asks it, and once by itself where no
//! policy does.

use super::extract::InQuery;
use super::parse;
use super::policy_shapes::{EscalationPolicyOut, show_policies};
use super::refs::{ScheduleRel, Shown, UserRel};
use super::schedules::span_asked;
use super::users::UserOut;
use crate::app::App;
use crate::auth::{Can, Read};
use crate::error::{ApiError, ApiResult};
use axum::Json;
use axum::extract::State;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use watchbell_core::ids::{PolicyId, ScheduleId, TeamId, UserId};
use watchbell_core::limits::SCHEDULE_SPAN_DAYS_MAX;
use watchbell_core::schedule::{self, Prepared, Span};
use watchbell_store::policies::{self, EscalationPolicy};
use watchbell_store::schedules::{self, Schedule};
use watchbell_store::scope::Scope;
use watchbell_store::users::{self, User};
use watchbell_store::{Page, StoreError, teams};

/// Policies and schedules that are looked at.
const LOOKED_AT_MAX: i64 = 10_000;

/// The routes.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::default().routes(routes!(list_on_calls))
}

/// Whom, of what, when.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct OnCallsQuery {
    /// Of these escalation policies.
    #[serde(default)]
    policies: Vec<i64>,
    /// Of these levels, counted from 1.
    #[serde(default, rename = "policy-levels")]
    policy_levels: Vec<i64>,
    /// Of these schedules.
    #[serde(default)]
    schedules: Vec<i64>,
    /// These users.
    #[serde(default)]
    users: Vec<i64>,
    /// user, escalationPolicy, schedule: shown in full.
    #[serde(default)]
    expand: Vec<String>,
    /// From when on; now, where it is left out.
    from: Option<String>,
    /// Until when; where it is left out, whoever is on call at that moment.
    until: Option<String>,
    /// The zone of times without an offset; UTC, where it is left out.
    timezone: Option<String>,
    /// How many entries to skip.
    #[serde(default, rename = "start-index")]
    #[param(minimum = 0, default = 0)]
    start_index: Option<i32>,
    /// How many entries to return at most.
    #[serde(default, rename = "max-results")]
    #[param(minimum = 0, maximum = 100, default = 100)]
    max_results: Option<i32>,
}

/// A policy by name.
#[derive(Debug, Clone, Serialize)]
struct PolicyBrief {
    id: i64,
    name: String,
}

/// Somebody who is on call.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OnCall)]
#[serde(rename_all = "camelCase")]
struct OnCallOut {
    #[schema(value_type = UserOut)]
    user: Shown<UserOut, UserRel>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<EscalationPolicyOut>)]
    escalation_policy: Option<Shown<EscalationPolicyOut, PolicyBrief>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    schedule: Option<ScheduleRel>,
    /// None, where somebody is named by the policy itself, or by a team of it: always.
    #[serde(skip_serializing_if = "Option::is_none")]
    start: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end: Option<Timestamp>,
    /// Counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    escalation_level: Option<i64>,
}

/// One answer before names are put to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Entry {
    policy: Option<PolicyId>,
    level: Option<i64>,
    schedule: Option<ScheduleId>,
    from: Option<Timestamp>,
    until: Option<Timestamp>,
    user: UserId,
}

/// List who is on call, by escalation policy, level, schedule and time.
#[utoipa::path(get, path = "/on-calls", tag = "On-Calls", params(OnCallsQuery), responses((status = 200, body = Vec<OnCallOut>)))]
async fn list_on_calls(
    State(app): State<App>,
    can: Can<Read>,
    InQuery(query): InQuery<OnCallsQuery>,
) -> ApiResult<Vec<OnCallOut>> {
    let page =
        super::paging::PageOf100 { start_index: query.start_index, max_results: query.max_results.or(Some(100)) };
    let page = page.page()?;
    let asked = when(&query, app.clock.now())?;
    let found = find(&app, &can.scope, &query, asked).await?;
    let (skip, take) = (page.start_index.try_into().unwrap_or(usize::MAX), page.max_results.try_into().unwrap_or(0));
    let chosen: Vec<Entry> = found.entries.iter().copied().skip(skip).take(take).collect();
    Ok(Json(show(&app, &can.scope, &found, chosen, &query.expand).await?))
}

/// When somebody has to be on call, and whether it is a moment only.
#[derive(Debug, Clone, Copy)]
struct When {
    span: Span,
    is_moment: bool,
}

fn when(query: &OnCallsQuery, now: Timestamp) -> Result<When, ApiError> {
    let clocks = query.timezone.as_deref().map_or(Ok(TimeZone::UTC), parse::zone)?;
    let from = query.from.as_deref().map_or(Ok(now), |from| parse::time_in("from", from, &clocks))?;
    match &query.until {
        Some(until) => {
            let span = span_asked(from, parse::time_in("until", until, &clocks)?)?;
            Ok(When { span, is_moment: false })
        }
        None => {
            let until = from.checked_add(SignedDuration::from_micros(1));
            let until = until.map_err(|_| ApiError::field("from", "lies too far ahead"))?;
            Ok(When { span: Span::new(from, until), is_moment: true })
        }
    }
}

struct Found {
    entries: Vec<Entry>,
    policies: Vec<EscalationPolicy>,
    schedules: Vec<Schedule>,
}

async fn find(app: &App, scope: &Scope, query: &OnCallsQuery, asked: When) -> Result<Found, StoreError> {
    let policies = policies::list(&app.db, scope, Page::first(LOOKED_AT_MAX)).await?;
    let schedules = schedules::list(&app.db, scope, Page::first(LOOKED_AT_MAX), app.clock.now()).await?;
    let ids: Vec<ScheduleId> = schedules.iter().map(|schedule| schedule.id).collect();
    let around = super::schedules::around(asked.span.from, SCHEDULE_SPAN_DAYS_MAX);
    let looked_at = Span::new(around.from, around.until.max(asked.span.until));
    let ready = schedules::prepared(&app.db, scope, &ids, looked_at).await?;
    let duties: BTreeMap<ScheduleId, Vec<(UserId, Span)>> =
        ready.into_iter().map(|(id, ready)| (id, on_duty(&ready, asked, looked_at))).collect();
    let levels = policies.iter().flat_map(|policy| &policy.levels);
    let asked_teams: BTreeSet<TeamId> = levels.flat_map(|level| level.teams.iter().copied()).collect();
    let asked_teams: Vec<TeamId> = asked_teams.into_iter().collect();
    let members = teams::paged_members(&app.db, scope, &asked_teams).await?;
    let mut entries: Vec<Entry> = policies.iter().flat_map(|policy| of_policy(policy, (&duties, &members))).collect();
    let unasked = duties.iter().filter(|(id, _)| !entries.iter().any(|entry| entry.schedule == Some(**id)));
    let alone: Vec<Entry> =
        unasked.flat_map(|(id, duties)| of_schedule(None, None, *id, duties).collect::<Vec<_>>()).collect();
    entries.extend(alone);
    entries.retain(|entry| is_asked(entry, query));
    // Policies by id, then what no policy asks.
    entries.sort_by_key(|entry| {
        (entry.policy.is_none(), entry.policy, entry.level, entry.schedule, entry.from, entry.user)
    });
    Ok(Found { entries, policies, schedules })
}

/// Whether an entry is one of those that are asked for; a list that is empty lets everything through.
fn is_asked(entry: &Entry, query: &OnCallsQuery) -> bool {
    let within = |list: &[i64], id: Option<i64>| list.is_empty() || id.is_some_and(|id| list.contains(&id));
    within(&query.policies, entry.policy.map(|id| id.0))
        && within(&query.policy_levels, entry.level)
        && within(&query.schedules, entry.schedule.map(|id| id.0))
        && within(&query.users, Some(entry.user.0))
}

fn on_duty(ready: &Prepared, asked: When, looked_at: Span) -> Vec<(UserId, Span)> {
    let shifts = match asked.is_moment {
        true => vec![schedule::shift_at(ready, asked.span.from, looked_at)],
        false => super::schedules::whole_shifts(ready, asked.span),
    };
    shifts.into_iter().filter_map(|shift| Some((shift.duty.user()?, shift.span))).collect()
}

/// Who is behind each schedule when, and behind each team.
type Behind<'a> = (&'a BTreeMap<ScheduleId, Vec<(UserId, Span)>>, &'a BTreeMap<TeamId, Vec<UserId>>);

fn of_policy(policy: &EscalationPolicy, (duties, members): Behind<'_>) -> Vec<Entry> {
    let mut entries = Vec::new();
    for (nth, level) in (1..).zip(&policy.levels) {
        let (policy, nth) = (Some(policy.id), Some(nth));
        let named = |user: &UserId| Entry { policy, level: nth, schedule: None, from: None, until: None, user: *user };
        let of_teams = level.teams.iter().filter_map(|team| members.get(team)).flatten();
        let people: BTreeSet<UserId> = level.users.iter().chain(of_teams).copied().collect();
        entries.extend(people.iter().map(named));
        let schedules = level.schedules.iter().filter_map(|id| Some((*id, duties.get(id)?)));
        entries.extend(schedules.flat_map(|(id, duties)| of_schedule(policy, nth, id, duties)));
    }
    entries
}

fn of_schedule(
    policy: Option<PolicyId>,
    level: Option<i64>,
    schedule: ScheduleId,
    duties: &[(UserId, Span)],
) -> impl Iterator<Item = Entry> {
    duties.iter().map(move |(user, span)| Entry {
        policy,
        level,
        schedule: Some(schedule),
        from: Some(span.from),
        until: Some(span.until),
        user: *user,
    })
}

/// Puts names to the entries of a page.
async fn show(
    app: &App,
    scope: &Scope,
    found: &Found,
    chosen: Vec<Entry>,
    expand: &[String],
) -> Result<Vec<OnCallOut>, StoreError> {
    let is_whole = |what: &str| expand.iter().any(|word| word == what);
    let mut people: Vec<UserId> = chosen.iter().map(|entry| entry.user).collect();
    people.sort();
    people.dedup();
    let users = users::get_many(&app.db, scope, &people).await?;
    let named: Vec<EscalationPolicy> = found
        .policies
        .iter()
        .filter(|policy| is_whole("escalationPolicy") && chosen.iter().any(|entry| entry.policy == Some(policy.id)))
        .cloned()
        .collect();
    let whole = show_policies(app, scope, &named).await?;
    let whole: BTreeMap<PolicyId, EscalationPolicyOut> = named.iter().map(|policy| policy.id).zip(whole).collect();
    let show = |entry: &Entry| OnCallOut {
        user: show_user(entry.user, &users, is_whole("user")),
        escalation_policy: entry.policy.and_then(|id| show_policy(id, &found.policies, &whole)),
        schedule: entry
            .schedule
            .and_then(|id| found.schedules.iter().find(|schedule| schedule.id == id).map(ScheduleRel::of)),
        start: entry.from,
        end: entry.until,
        escalation_level: entry.level,
    };
    Ok(chosen.iter().map(show).collect())
}

/// Somebody who has no account any more is a number.
fn show_user(id: UserId, users: &[User], is_whole: bool) -> Shown<UserOut, UserRel> {
    match users.iter().find(|user| user.id == id).filter(|_| is_whole) {
        Some(user) => Shown::Whole(Box::new(user.clone().into())),
        None => Shown::Brief(UserRel::of(id, users)),
    }
}

fn show_policy(
    id: PolicyId,
    all: &[EscalationPolicy],
    whole: &BTreeMap<PolicyId, EscalationPolicyOut>,
) -> Option<Shown<EscalationPolicyOut, PolicyBrief>> {
    match whole.get(&id) {
        Some(policy) => Some(Shown::Whole(Box::new(policy.clone()))),
        None => {
            let policy = all.iter().find(|policy| policy.id == id)?;
            Some(Shown::Brief(PolicyBrief { id: id.0, name: policy.name.clone() }))
        }
    }
}
