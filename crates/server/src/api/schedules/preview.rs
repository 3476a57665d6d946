//! Who changes, before anything is saved.

use super::body::ScheduleBody;
use crate::api::extract::{InJson, InPath, InQuery};
use crate::api::parse;
use crate::api::refs::UserRel;
use crate::app::App;
use crate::auth::{Can, Configure};
use crate::error::ApiResult;
use axum::Json;
use axum::extract::State;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use watchbell_core::ids::{ScheduleId, UserId};
use watchbell_core::limits::SCHEDULE_SPAN_DAYS_MAX;
use watchbell_core::schedule::Changed;
use watchbell_store::schedules;
use watchbell_store::users::{self, User};

use super::shapes::ScheduleOut;

/// Days that are looked at where none are named.
const DAYS: i64 = 28;

/// The routes.
pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::default().routes(routes!(preview_schedule))
}

/// How far ahead.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct DaysQuery {
    /// Days from now on.
    #[serde(default)]
    #[param(minimum = 1, maximum = 400, default = 28)]
    days: Option<i64>,
}

/// A span in which somebody else would be on call.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ScheduleChange)]
struct ChangeOut {
    start: Timestamp,
    end: Timestamp,
    /// Who is on call then as it stands; nobody, where there is none.
    before: Option<UserRel>,
    /// Who would be.
    after: Option<UserRel>,
}

impl ChangeOut {
    fn of(change: &Changed, users: &[User]) -> Self {
        let person = |id: Option<UserId>| id.map(|id| UserRel::of(id, users));
        Self {
            start: change.span.from,
            end: change.span.until,
            before: person(change.from.user()),
            after: person(change.to.user()),
        }
    }
}

/// See who would be on call instead of whom after a change; nothing is saved.
#[utoipa::path(post, path = "/schedules/{id}/preview", tag = "Schedules", params(("id" = i64, Path), DaysQuery), request_body = ScheduleOut, responses((status = 200, body = Vec<ChangeOut>)))]
async fn preview_schedule(
    State(app): State<App>,
    can: Can<Configure>,
    InPath(id): InPath<i64>,
    InQuery(query): InQuery<DaysQuery>,
    InJson(body): InJson<ScheduleBody>,
) -> ApiResult<Vec<ChangeOut>> {
    let (id, now) = (ScheduleId(id), app.clock.now());
    let days = parse::within("days", query.days.unwrap_or(DAYS), 1..=SCHEDULE_SPAN_DAYS_MAX)?;
    let before = schedules::get(&app.db, &can.scope, id, now).await?;
    let (new, edit) = body.parse(Some(before.into()))?;
    let until = now + SignedDuration::from_hours(24 * days);
    let changes = schedules::preview(&app.db, &can.scope, id, &new, edit, (now, until)).await?;
    let mut people: Vec<UserId> =
        changes.iter().flat_map(|change| [change.from.user(), change.to.user()]).flatten().collect();
    people.sort();
    people.dedup();
    let users = users::get_many(&app.db, &can.scope, &people).await?;
    Ok(Json(changes.iter().map(|change| ChangeOut::of(change, &users)).collect()))
}
