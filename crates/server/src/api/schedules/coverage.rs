//! How well a schedule covers a span.

use super::shifts::span;
use crate::api::extract::{InPath, InQuery};
use crate::api::parse;
use crate::api::refs::UserRel;
use crate::app::App;
use crate::auth::{Can, Read};
use crate::error::{ApiError, ApiResult};
use axum::Json;
use axum::extract::State;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use watchbell_core::ids::{ScheduleId, UserId};
use watchbell_core::limits::TWICE_SCHEDULES_MAX;
use watchbell_core::schedule::coverage::{self, Absence, Coverage, Twice, Zones};
use watchbell_core::schedule::{Duty, Holidays, Prepared, Shift, Span, Zone, shifts};
use watchbell_store::scope::Scope;
use watchbell_store::users::{self, User};
use watchbell_store::{StoreError, absences, holidays, schedules};

/// Days that are looked at where no end is named.
const DAYS: i64 = 28;

/// The routes.
pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::default().routes(routes!(get_coverage))
}

/// Which span.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct CoverageQuery {
    /// From when on; now, where it is left out.
    #[param(format = DateTime)]
    from: Option<String>,
    /// Until when; 28 days later, where it is left out.
    until: Option<String>,
}

/// A span.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CoverageSpan)]
struct SpanOut {
    start: Timestamp,
    end: Timestamp,
}

/// A person of an upper layer whom a lower one hides.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CoverageOverlap)]
#[serde(rename_all = "camelCase")]
struct OverlapOut {
    start: Timestamp,
    end: Timestamp,
    /// Who is hidden.
    user: UserRel,
    /// In which layer, counted from 0 at the top.
    layer: usize,
    /// Who is on call instead; nobody where the lower layer is attended.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<UserRel>,
    by_layer: usize,
}

/// Nights in a row.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CoverageNights)]
struct NightsOut {
    user: UserRel,
    /// The evening of the first.
    #[schema(format = Date)]
    first: String,
    /// How many, from 2. A night is 22:00 to 06:00 of the person's zone, and theirs from 4 hours of it on.
    nights: i64,
}

/// What a person carries.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CoverageShare)]
struct ShareOut {
    user: UserRel,
    hours: f64,
    nights: i64,
    weekends: i64,
}

/// How good it is, 0 to 100 each; the total is the mean of both.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CoverageScore)]
struct ScoreOut {
    covered: i64,
    balanced: i64,
    total: i64,
}

/// A person who is on call while away.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CoverageConflict)]
#[serde(rename_all = "camelCase")]
struct ConflictOut {
    user: UserRel,
    /// When both hold.
    start: Timestamp,
    end: Timestamp,
    /// The whole shift.
    shift: SpanOut,
    absence_id: i64,
    /// In the words of the person; empty for others than them and administrators.
    reason: String,
}

/// A person who is on call in another schedule at the same time.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CoverageTwice)]
#[serde(rename_all = "camelCase")]
struct TwiceOut {
    user: UserRel,
    start: Timestamp,
    end: Timestamp,
    /// The other schedule.
    schedule_id: i64,
}

/// A public holiday of the schedule's calendar.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CoverageHoliday)]
struct HolidayOut {
    #[schema(format = Date)]
    date: String,
    name: String,
}

/// How well a schedule covers a span.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Coverage)]
#[serde(rename_all = "camelCase")]
struct CoverageOut {
    start: Timestamp,
    end: Timestamp,
    score: ScoreOut,
    /// Where nobody is on call.
    gaps: Vec<SpanOut>,
    /// Where nobody is paged on purpose.
    attended: Vec<SpanOut>,
    /// Where a lower layer hides somebody.
    overlaps: Vec<OverlapOut>,
    /// Two nights and more in a row.
    nights: Vec<NightsOut>,
    /// What each person carries.
    fairness: Vec<ShareOut>,
    /// Who is on call while away.
    conflicts: Vec<ConflictOut>,
    /// Who is on call in another schedule at the same time.
    twice: Vec<TwiceOut>,
    holidays: Vec<HolidayOut>,
}

/// What it is made of.
struct Found {
    span: Span,
    coverage: Coverage,
    conflicts: Vec<(coverage::Conflict, String)>,
    twice: Vec<Twice>,
    holidays: Holidays,
}

/// Get the coverage of a schedule: gaps, overlaps, nights, fairness, and who is on call while away.
#[utoipa::path(get, path = "/schedules/{id}/coverage", tag = "Schedules", params(("id" = i64, Path), CoverageQuery), responses((status = 200, body = CoverageOut)))]
async fn get_coverage(
    State(app): State<App>,
    can: Can<Read>,
    InPath(id): InPath<i64>,
    InQuery(query): InQuery<CoverageQuery>,
) -> ApiResult<CoverageOut> {
    let now = app.clock.now();
    let schedule = schedules::get(&app.db, &can.scope, ScheduleId(id), now).await?;
    let clocks = parse::zone(&schedule.current.zone)?;
    let from = query.from.map_or(Ok(now), |from| parse::time_in("from", &from, &clocks))?;
    let later = || Ok(from.saturating_add(SignedDuration::from_hours(24 * DAYS)).unwrap_or(Timestamp::MAX));
    let until = query.until.map_or_else(later, |until| parse::time_in("until", &until, &clocks))?;
    let asked = span(from, until)?;
    let ready = schedules::prepared(&app.db, &can.scope, &[schedule.id], asked).await?;
    let ready = ready.get(&schedule.id).ok_or_else(|| StoreError::not_found("schedule", id))?;
    let theirs = shifts(ready, asked);
    let people = people_of(&theirs);
    let users = users::get_many(&app.db, &can.scope, &people).await?;
    let zones = Zones {
        other: ready
            .zone_at(from)
            .cloned()
            .or_else(|| Zone::named("UTC"))
            .ok_or_else(|| StoreError::not_found("schedule", id))?,
        of: users.iter().filter_map(|user| Some((user.id, Zone::named(&user.timezone)?))).collect(),
    };
    let found = Found {
        span: asked,
        coverage: coverage::coverage(ready, asked, &zones),
        conflicts: conflicts(&app, &can, &theirs, &people, asked).await?,
        twice: twice(&app, &can.scope, schedule.id, theirs, asked).await?,
        holidays: holidays_of(&app, &can.scope, &schedule, ready, asked).await?,
    };
    let hidden: Vec<UserId> =
        found.coverage.hidden.iter().flat_map(|one| [Some(one.user), one.by.user()]).flatten().collect();
    let others = users::get_many(&app.db, &can.scope, &hidden).await?;
    Ok(Json(found.show(&users.into_iter().chain(others).collect::<Vec<_>>())))
}

fn people_of(shifts: &[Shift]) -> Vec<UserId> {
    let mut people: Vec<UserId> = shifts.iter().filter_map(|shift| shift.duty.user()).collect();
    people.sort();
    people.dedup();
    people
}

/// Who is on call while away; the reason of the absence is told to themselves and to administrators.
async fn conflicts(
    app: &App,
    can: &Can<Read>,
    shifts: &[Shift],
    people: &[UserId],
    span: Span,
) -> Result<Vec<(coverage::Conflict, String)>, ApiError> {
    let away = absences::touching(&app.db, &can.scope, people, span).await?;
    let plain: Vec<Absence> = away.iter().map(|one| Absence { id: one.id, user: one.user, span: one.span }).collect();
    let reason = |conflict: &coverage::Conflict| {
        let of = away.iter().find(|one| one.id == conflict.absence);
        of.filter(|one| can.account(one.user).is_ok()).map(|one| one.reason.clone()).unwrap_or_default()
    };
    Ok(coverage::conflicts(shifts, &plain).into_iter().map(|conflict| (conflict, reason(&conflict))).collect())
}

/// Who is on call in another schedule at the same time.
async fn twice(
    app: &App,
    scope: &Scope,
    id: ScheduleId,
    theirs: Vec<Shift>,
    span: Span,
) -> Result<Vec<Twice>, ApiError> {
    let mut others = schedules::ids(&app.db, scope).await?;
    others.retain(|other| *other != id);
    others.truncate(TWICE_SCHEDULES_MAX);
    let ready = schedules::prepared(&app.db, scope, &others, span).await?;
    let mine = (id, theirs);
    let pairs =
        ready.into_iter().flat_map(|(other, ready)| coverage::twice(&[mine.clone(), (other, shifts(&ready, span))]));
    let mut found: Vec<Twice> = pairs.collect();
    found.sort_by_key(|twice| (twice.span.from, twice.user, twice.schedules));
    Ok(found)
}

/// The holidays of the schedule's calendar within the span.
async fn holidays_of(
    app: &App,
    scope: &Scope,
    schedule: &schedules::Schedule,
    ready: &Prepared,
    span: Span,
) -> Result<Holidays, ApiError> {
    let (Some(calendar), Some(zone)) = (schedule.current.calendar, ready.zone_at(span.from)) else {
        return Ok(Holidays::new());
    };
    let (first, last) = (zone.day_at(span.from), zone.day_at(span.until));
    let days = holidays::days(&app.db, scope, calendar).await?;
    Ok(days.into_iter().filter(|(day, _)| (first..=last).contains(day)).collect())
}

impl Found {
    fn show(self, users: &[User]) -> CoverageOut {
        let spans = |spans: &[Span]| spans.iter().map(|span| SpanOut::from(*span)).collect();
        let user = |id: UserId| UserRel::of(id, users);
        let coverage = self.coverage;
        let score = ScoreOut {
            covered: coverage.score.covered,
            balanced: coverage.score.balanced,
            total: coverage.score.total,
        };
        CoverageOut {
            start: self.span.from,
            end: self.span.until,
            score,
            gaps: spans(&coverage.gaps),
            attended: spans(&coverage.attended),
            overlaps: coverage.hidden.iter().map(|one| overlap(one, users)).collect(),
            nights: coverage
                .night_runs
                .iter()
                .map(|run| NightsOut { user: user(run.user), first: run.first.to_string(), nights: run.nights })
                .collect(),
            fairness: coverage
                .shares
                .iter()
                .map(|share| ShareOut {
                    user: user(share.user),
                    hours: share.seconds as f64 / 3_600.0,
                    nights: share.nights,
                    weekends: share.weekends,
                })
                .collect(),
            conflicts: self
                .conflicts
                .into_iter()
                .map(|(one, reason)| ConflictOut {
                    user: user(one.user),
                    start: one.span.from,
                    end: one.span.until,
                    shift: one.shift.into(),
                    absence_id: one.absence.0,
                    reason,
                })
                .collect(),
            twice: self
                .twice
                .iter()
                .map(|one| TwiceOut {
                    user: user(one.user),
                    start: one.span.from,
                    end: one.span.until,
                    schedule_id: one.schedules[1].0,
                })
                .collect(),
            holidays: self.holidays.into_iter().map(|(day, name)| HolidayOut { date: day.to_string(), name }).collect(),
        }
    }
}

fn overlap(one: &coverage::Hidden, users: &[User]) -> OverlapOut {
    let by = match one.by {
        Duty::User(by) => Some(UserRel::of(by, users)),
        Duty::Attended | Duty::Nobody => None,
    };
    OverlapOut {
        start: one.span.from,
        end: one.span.until,
        user: UserRel::of(one.user, users),
        layer: one.layer,
        by,
        by_layer: one.by_layer,
    }
}

impl From<Span> for SpanOut {
    fn from(span: Span) -> Self {
        Self { start: span.from, end: span.until }
    }
}
