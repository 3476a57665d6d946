//! iCal feeds: one's own, and for administrators those of others. The address with its secret is shown once.

use super::extract::{InJson, InPath, InQuery};
use super::parse;
use super::refs::IdRef;
use crate::app::App;
use crate::auth::{Can, May, Read};
use crate::error::{ApiError, ApiResult};
use crate::feeds::address;
use crate::ids::Token;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use watchbell_core::ids::{FeedId, ScheduleId, UserId};
use watchbell_store::StoreError;
use watchbell_store::feeds::{self, Feed, Subject};

/// The routes.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::default().routes(routes!(list_feeds, create_feed)).routes(routes!(get_feed, delete_feed))
}

/// An iCal feed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CalendarFeed)]
#[serde(rename_all = "camelCase")]
struct FeedOut {
    id: i64,
    name: String,
    /// The schedule whose shifts it shows ..
    #[serde(skip_serializing_if = "Option::is_none")]
    schedule: Option<IdRef>,
    /// .. or the person.
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<IdRef>,
    created_at: Timestamp,
    /// When a program last read it, to the minute.
    #[serde(skip_serializing_if = "Option::is_none")]
    used_at: Option<Timestamp>,
    /// Its address: only in the answer to the request that made it. Who has it can read the feed.
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

impl FeedOut {
    fn of(feed: Feed, url: Option<String>) -> Self {
        let (schedule, user) = match feed.subject {
            Subject::Schedule(id) => (Some(IdRef { id: id.0 }), None),
            Subject::Person(id) => (None, Some(IdRef { id: id.0 })),
        };
        let (created_at, used_at) = (feed.created_at, feed.used_at);
        Self { id: feed.id.0, name: feed.name, schedule, user, created_at, used_at, url }
    }
}

/// What a feed shows.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = CalendarFeedPost)]
struct FeedIn {
    /// Where it is used: "phone".
    name: String,
    /// The schedule whose shifts it shows ..
    schedule: Option<IdRef>,
    /// .. or the person; oneself, where both are left out.
    user: Option<IdRef>,
}

/// Whose feeds.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct FeedsQuery {
    /// A user's id; oneself if left out.
    user: Option<i64>,
    /// How many entries to skip.
    #[serde(default, rename = "start-index")]
    #[param(minimum = 0, default = 0)]
    start_index: Option<i32>,
    /// How many entries to return at most.
    #[serde(default, rename = "max-results")]
    #[param(minimum = 0, maximum = 100, default = 50)]
    max_results: Option<i32>,
}

/// List the iCal feeds that somebody has made, without their addresses.
#[utoipa::path(get, path = "/calendar-feeds", tag = "Calendar Feeds", params(FeedsQuery), responses((status = 200, body = Vec<FeedOut>)))]
async fn list_feeds(
    State(app): State<App>,
    can: Can<Read>,
    InQuery(query): InQuery<FeedsQuery>,
) -> ApiResult<Vec<FeedOut>> {
    let user = query.user.map_or_else(|| can.user(), |user| can.account(UserId(user)))?;
    let page = super::paging::PageOf100 { start_index: query.start_index, max_results: query.max_results }.page()?;
    let found = feeds::list(&app.db, &can.scope, user, page).await?;
    Ok(Json(found.into_iter().map(|feed| FeedOut::of(feed, None)).collect()))
}

/// Make an iCal feed of a schedule or of a person; the answer is the only one that carries its address.
#[utoipa::path(post, path = "/calendar-feeds", tag = "Calendar Feeds", request_body = FeedIn, responses((status = 201, body = FeedOut)))]
async fn create_feed(
    State(app): State<App>,
    can: Can<Read>,
    InJson(body): InJson<FeedIn>,
) -> Result<(StatusCode, Json<FeedOut>), ApiError> {
    let (user, name) = (can.user()?, parse::name("name", &body.name)?);
    let shown = match (body.schedule, body.user) {
        (Some(_), Some(_)) => return Err(ApiError::field("user", "cannot be named together with schedule")),
        (Some(schedule), None) => Subject::Schedule(ScheduleId(schedule.id)),
        (None, person) => Subject::Person(person.map_or(user, |person| UserId(person.id))),
    };
    let token = app.ids.token().text();
    let hash = Token::hash(&token);
    let feed = feeds::create(&app.db, &can.scope, (user, name), shown, hash, app.clock.now()).await?;
    Ok((StatusCode::CREATED, Json(FeedOut::of(feed, Some(address(&app, &token))))))
}

/// Get an iCal feed, without its address.
#[utoipa::path(get, path = "/calendar-feeds/{id}", tag = "Calendar Feeds", params(("id" = i64, Path)), responses((status = 200, body = FeedOut)))]
async fn get_feed(State(app): State<App>, can: Can<Read>, InPath(id): InPath<i64>) -> ApiResult<FeedOut> {
    Ok(Json(FeedOut::of(visible(&app, &can, id).await?, None)))
}

/// Revoke an iCal feed at once.
#[utoipa::path(delete, path = "/calendar-feeds/{id}", tag = "Calendar Feeds", params(("id" = i64, Path)), responses((status = 204, description = "It is revoked.")))]
async fn delete_feed(State(app): State<App>, can: Can<Read>, InPath(id): InPath<i64>) -> Result<StatusCode, ApiError> {
    let feed = visible(&app, &can, id).await?;
    feeds::delete(&app.db, &can.scope, feed.id, app.clock.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Somebody else's feed is not there for all but administrators.
async fn visible(app: &App, can: &Can<Read>, id: i64) -> Result<Feed, ApiError> {
    let feed = feeds::get(&app.db, &can.scope, FeedId(id)).await?;
    match can.may(May::Administer) || can.scope.actor.user() == Some(feed.user) {
        true => Ok(feed),
        false => Err(StoreError::not_found("calendar feed", id).into()),
    }
}
