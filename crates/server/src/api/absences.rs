//! When people are away: entered, or read from their own calendar each day. ilert has none; the conventions are its.

use super::extract::{InJson, InPath, InQuery};
use super::holiday_calendars::ical_address;
use super::paging::PageOf100;
use super::parse;
use super::refs::account_of;
use crate::app::App;
use crate::auth::{Can, Own};
use crate::error::{ApiError, ApiResult};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use watchbell_core::ids::{AbsenceId, UserId};
use watchbell_core::limits::ABSENCE_DAYS_MAX;
use watchbell_core::schedule::Span;
use watchbell_store::absence_feeds::{self, AbsenceFeed, SEALED};
use watchbell_store::absences::{self, Absence, AbsenceIn};
use watchbell_store::{StoreError, users};

/// The routes.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .routes(routes!(list_absences, create_absence))
        .routes(routes!(get_absence, update_absence, delete_absence))
        .routes(routes!(get_feed, put_feed, delete_feed))
}

/// When somebody is away.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = AbsencePost)]
struct AbsenceBody {
    /// A time; without an offset one of the person's zone.
    #[schema(format = DateTime)]
    start: String,
    /// The first moment at which they are back.
    #[schema(format = DateTime)]
    end: String,
    reason: Option<String>,
}

impl AbsenceBody {
    async fn parse(self, app: &App, can: &Can<Own>, user: UserId) -> Result<AbsenceIn, ApiError> {
        let zone = parse::zone(&users::get(&app.db, &can.scope, user).await?.timezone)?;
        let span = Span::new(parse::time_in("start", &self.start, &zone)?, parse::time_in("end", &self.end, &zone)?);
        let span = checked_span(span)?;
        Ok(AbsenceIn { span, reason: parse::optional_text("reason", self.reason)?.unwrap_or_default() })
    }
}

/// A span that an absence may have. Errors: 400.
pub(crate) fn checked_span(span: Span) -> Result<Span, ApiError> {
    if span.is_empty() {
        return Err(ApiError::field("end", "must come after start"));
    }
    if span.until.duration_since(span.from) > SignedDuration::from_hours(24 * ABSENCE_DAYS_MAX) {
        return Err(ApiError::field("end", format!("must come at most {ABSENCE_DAYS_MAX} days after start")));
    }
    Ok(span)
}

/// When somebody is away.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Absence)]
#[serde(rename_all = "camelCase")]
struct AbsenceOut {
    id: i64,
    start: Timestamp,
    end: Timestamp,
    reason: String,
    /// Whether it was read from the person's calendar: it is changed there.
    from_calendar: bool,
    created_at: Timestamp,
}

impl From<Absence> for AbsenceOut {
    fn from(absence: Absence) -> Self {
        Self {
            id: absence.id.0,
            start: absence.span.from,
            end: absence.span.until,
            reason: absence.reason,
            from_calendar: absence.feed_uid.is_some(),
            created_at: absence.created_at,
        }
    }
}

/// Which absences.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct AbsencesQuery {
    /// Those that have not ended then; now, where it is left out.
    #[param(format = DateTime)]
    from: Option<String>,
    /// How many entries to skip.
    #[serde(default, rename = "start-index")]
    #[param(minimum = 0, default = 0)]
    start_index: Option<i32>,
    /// How many entries to return at most.
    #[serde(default, rename = "max-results")]
    #[param(minimum = 0, maximum = 100, default = 50)]
    max_results: Option<i32>,
}

/// List the absences of a user, by their start.
#[utoipa::path(get, path = "/users/{user-id}/absences", tag = "Absences", params(("user-id" = String, Path), AbsencesQuery), responses((status = 200, body = Vec<AbsenceOut>)))]
async fn list_absences(
    State(app): State<App>,
    can: Can<Own>,
    InPath(user): InPath<String>,
    InQuery(query): InQuery<AbsencesQuery>,
) -> ApiResult<Vec<AbsenceOut>> {
    let user = account_of(&app, &can, &user).await?;
    let since = query.from.map_or(Ok(app.clock.now()), |from| parse::time("from", &from))?;
    let page = PageOf100 { start_index: query.start_index, max_results: query.max_results }.page()?;
    let absences = absences::list(&app.db, &can.scope, user, since, page).await?;
    Ok(Json(absences.into_iter().map(AbsenceOut::from).collect()))
}

/// Enter an absence.
#[utoipa::path(post, path = "/users/{user-id}/absences", tag = "Absences", params(("user-id" = String, Path)), request_body = AbsenceBody, responses((status = 201, body = AbsenceOut)))]
async fn create_absence(
    State(app): State<App>,
    can: Can<Own>,
    InPath(user): InPath<String>,
    InJson(body): InJson<AbsenceBody>,
) -> Result<(StatusCode, Json<AbsenceOut>), ApiError> {
    let user = account_of(&app, &can, &user).await?;
    let new = body.parse(&app, &can, user).await?;
    let absence = absences::create(&app.db, &can.scope, user, new, app.clock.now()).await?;
    Ok((StatusCode::CREATED, Json(absence.into())))
}

/// Get an absence.
#[utoipa::path(get, path = "/users/{user-id}/absences/{id}", tag = "Absences", params(("user-id" = String, Path), ("id" = i64, Path)), responses((status = 200, body = AbsenceOut)))]
async fn get_absence(
    State(app): State<App>,
    can: Can<Own>,
    InPath((user, id)): InPath<(String, i64)>,
) -> ApiResult<AbsenceOut> {
    let user = account_of(&app, &can, &user).await?;
    Ok(Json(absences::get(&app.db, &can.scope, user, AbsenceId(id)).await?.into()))
}

/// Change an absence that was entered.
#[utoipa::path(put, path = "/users/{user-id}/absences/{id}", tag = "Absences", params(("user-id" = String, Path), ("id" = i64, Path)), request_body = AbsenceBody, responses((status = 200, body = AbsenceOut)))]
async fn update_absence(
    State(app): State<App>,
    can: Can<Own>,
    InPath((user, id)): InPath<(String, i64)>,
    InJson(body): InJson<AbsenceBody>,
) -> ApiResult<AbsenceOut> {
    let user = account_of(&app, &can, &user).await?;
    let new = body.parse(&app, &can, user).await?;
    Ok(Json(absences::update(&app.db, &can.scope, user, AbsenceId(id), new, app.clock.now()).await?.into()))
}

/// Delete an absence that was entered.
#[utoipa::path(delete, path = "/users/{user-id}/absences/{id}", tag = "Absences", params(("user-id" = String, Path), ("id" = i64, Path)), responses((status = 204)))]
async fn delete_absence(
    State(app): State<App>,
    can: Can<Own>,
    InPath((user, id)): InPath<(String, i64)>,
) -> Result<StatusCode, ApiError> {
    let user = account_of(&app, &can, &user).await?;
    absences::delete(&app.db, &can.scope, user, AbsenceId(id), app.clock.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The address of a calendar.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = AbsenceFeedPost)]
struct FeedBody {
    /// An iCal address; it is kept sealed, and not shown again.
    url: String,
}

/// What is known of the reading of a person's calendar.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AbsenceFeed)]
#[serde(rename_all = "camelCase")]
struct FeedOut {
    #[serde(skip_serializing_if = "Option::is_none")]
    read_at: Option<Timestamp>,
    /// Why it could not be read, or what of it was not understood.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    updated_at: Timestamp,
}

impl From<AbsenceFeed> for FeedOut {
    fn from(feed: AbsenceFeed) -> Self {
        Self { read_at: feed.read_at, error: feed.error, updated_at: feed.updated_at }
    }
}

/// Get what is known of the calendar that a user's absences are read from.
#[utoipa::path(get, path = "/users/{user-id}/absence-feed", tag = "Absences", params(("user-id" = String, Path)), responses((status = 200, body = FeedOut)))]
async fn get_feed(State(app): State<App>, can: Can<Own>, InPath(user): InPath<String>) -> ApiResult<FeedOut> {
    let user = account_of(&app, &can, &user).await?;
    let feed = absence_feeds::get(&app.db, &can.scope, user).await?;
    Ok(Json(feed.ok_or_else(|| StoreError::not_found("absence feed", user))?.into()))
}

/// Read a user's absences from an iCal address, now and each day.
#[utoipa::path(put, path = "/users/{user-id}/absence-feed", tag = "Absences", params(("user-id" = String, Path)), request_body = FeedBody, responses((status = 200, body = FeedOut)))]
async fn put_feed(
    State(app): State<App>,
    can: Can<Own>,
    InPath(user): InPath<String>,
    InJson(body): InJson<FeedBody>,
) -> ApiResult<FeedOut> {
    let user = account_of(&app, &can, &user).await?;
    let url = ical_address(&app, "url", &body.url)?;
    let sealed = app.sealer.seal(SEALED, url.as_bytes(), &app.ids.fresh())?;
    let feed = absence_feeds::put(&app.db, &can.scope, user, sealed, app.clock.now()).await?;
    app.wake.notify_one();
    Ok(Json(feed.into()))
}

/// Forget the address, and the absences to come that were read from it.
#[utoipa::path(delete, path = "/users/{user-id}/absence-feed", tag = "Absences", params(("user-id" = String, Path)), responses((status = 204)))]
async fn delete_feed(
    State(app): State<App>,
    can: Can<Own>,
    InPath(user): InPath<String>,
) -> Result<StatusCode, ApiError> {
    let user = account_of(&app, &can, &user).await?;
    absence_feeds::delete(&app.db, &can.scope, user, app.clock.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}
