//! What people do with an alert: accept, resolve, give it to somebody, call the next level, raise it, comment.

use super::query::user_id;
use super::shapes::{AlertOut, show_alert};
use crate::api::extract::{InJson, InPath, InQuery};
use crate::api::refs::UserRel;
use crate::app::App;
use crate::auth::{Can, Respond};
use crate::error::{ApiError, ApiResult};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use watchbell_core::alert::{Alert, Assignee, Happening, Status};
use watchbell_core::escalation::Level;
use watchbell_core::ids::{AlertId, PolicyId, ScheduleId};
use watchbell_core::limits::COMMENT_CHARS_MAX;
use watchbell_core::text::Text;
use watchbell_store::scope::Scope;
use watchbell_store::{StoreError, alert_history, alerts, policies, rosters, schedules, users};

/// The routes.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .routes(routes!(accept_alert))
        .routes(routes!(resolve_alert))
        .routes(routes!(assign_alert))
        .routes(routes!(escalate_alert))
        .routes(routes!(raise_alert))
        .routes(routes!(comment_alert))
}

/// Lets something happen to an alert, and wakes whoever waits for that.
pub(super) async fn happen(app: &App, scope: &Scope, id: i64, happening: Happening) -> Result<Alert, StoreError> {
    let alert = alerts::apply(&app.db, scope, AlertId(id), happening, app.clock.now()).await?;
    app.bus.changed(scope.org, id);
    app.wake.notify_one();
    Ok(alert)
}

/// The same for what cannot be done with a resolved alert. Errors: 409 when it is resolved; the timeline says that it was tried.
pub(super) async fn happen_while_open(app: &App, scope: &Scope, id: i64, happening: Happening) -> ApiResult<AlertOut> {
    let alert = happen(app, scope, id, happening).await?;
    match alert.status {
        Status::Resolved => {
            Err(ApiError::conflict(format!("Alert {id} is resolved, and that is final: nothing was changed.")))
        }
        Status::Pending | Status::Accepted => Ok(Json(show_alert(app, scope, alert, &[]).await?)),
    }
}

/// Accept an alert: escalation stops, you are its responder. A resolved one stays as it is.
#[utoipa::path(put, path = "/alerts/{id}/accept", tag = "Alerts", params(("id" = i64, Path)), responses((status = 200, body = AlertOut)))]
async fn accept_alert(State(app): State<App>, can: Can<Respond>, InPath(id): InPath<i64>) -> ApiResult<AlertOut> {
    let alert = happen(&app, &can.scope, id, Happening::Accepted).await?;
    Ok(Json(show_alert(&app, &can.scope, alert, &[]).await?))
}

/// Resolve an alert, for good. A resolved one stays as it is.
#[utoipa::path(put, path = "/alerts/{id}/resolve", tag = "Alerts", params(("id" = i64, Path)), responses((status = 200, body = AlertOut)))]
async fn resolve_alert(State(app): State<App>, can: Can<Respond>, InPath(id): InPath<i64>) -> ApiResult<AlertOut> {
    let alert = happen(&app, &can.scope, id, Happening::Resolved { reason: None }).await?;
    Ok(Json(show_alert(&app, &can.scope, alert, &[]).await?))
}

/// To whom an alert is given: one of them.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct AssignQuery {
    /// A user, by id or user name: paged at once; the escalation policy begins when they stay silent.
    user: Option<String>,
    /// An escalation policy, from its first level.
    policy: Option<String>,
    /// A schedule: who is on call in it now.
    schedule: Option<String>,
    /// Deprecated: use `user`.
    #[serde(rename = "user-id")]
    user_id: Option<String>,
    /// Deprecated: use `policy`.
    #[serde(rename = "policy-id")]
    policy_id: Option<String>,
    /// Deprecated: use `schedule`.
    #[serde(rename = "schedule-id")]
    schedule_id: Option<String>,
}

impl AssignQuery {
    async fn parse(self, app: &App, scope: &Scope) -> Result<Assignee, ApiError> {
        let (user, policy) = (self.user.or(self.user_id), self.policy.or(self.policy_id));
        match (user, policy, self.schedule.or(self.schedule_id)) {
            (None, None, Some(schedule)) => on_call_in(app, scope, &schedule).await,
            (.., Some(_)) => Err(ApiError::field("schedule", "must stand alone, without a user or a policy")),
            (Some(user), None, None) => {
                let id = user_id(app, scope, "user", &user).await?;
                users::get(&app.db, scope, id).await.map_err(|error| as_field("user", error))?;
                Ok(Assignee::User(id))
            }
            (None, Some(policy), None) => {
                let id = policy
                    .trim()
                    .parse::<PolicyId>()
                    .map_err(|_| ApiError::field("policy", "must be the id of an escalation policy"))?;
                let policy = policies::get(&app.db, scope, id).await.map_err(|error| as_field("policy", error))?;
                Ok(Assignee::Policy { id, version: policy.version, delay_s: policy.delay_s })
            }
            _ => Err(ApiError::field("user", "or policy or schedule is required, one of them")),
        }
    }
}

/// Who is on call in a schedule now. Errors: 400 where there is no such schedule, or nobody is.
async fn on_call_in(app: &App, scope: &Scope, schedule: &str) -> Result<Assignee, ApiError> {
    let now = app.clock.now();
    let id: ScheduleId = schedule.parse().map_err(|_| ApiError::field("schedule", "must be the id of a schedule"))?;
    schedules::get(&app.db, scope, id, now).await.map_err(|error| as_field("schedule", error))?;
    let level = Level { schedules: vec![id], ..Level::of_users(Vec::new(), 0) };
    let behind = rosters::load(&app.db, scope, &[&level], &[], now).await?.resolve_level(&level);
    let user = behind.people.first().ok_or_else(|| ApiError::field("schedule", "has nobody on call now"))?;
    Ok(Assignee::User(*user))
}

/// What a parameter names and does not exist is an error of the parameter: 404 would speak of the alert.
fn as_field(field: &str, error: StoreError) -> ApiError {
    match error {
        StoreError::NotFound { .. } => ApiError::field(field, error),
        other => other.into(),
    }
}

/// Give an alert to a user, to who is on call in a schedule, or to an escalation policy; it is pending again.
#[utoipa::path(put, path = "/alerts/{id}/assign", tag = "Alerts", params(("id" = i64, Path), AssignQuery), responses((status = 200, body = AlertOut)))]
async fn assign_alert(
    State(app): State<App>,
    can: Can<Respond>,
    InPath(id): InPath<i64>,
    InQuery(query): InQuery<AssignQuery>,
) -> ApiResult<AlertOut> {
    let to = query.parse(&app, &can.scope).await?;
    happen_while_open(&app, &can.scope, id, Happening::Reassigned(to)).await
}

/// Call the next level now, also when somebody has the alert.
#[utoipa::path(put, path = "/alerts/{id}/escalate", tag = "Alerts", params(("id" = i64, Path)), responses((status = 200, body = AlertOut)))]
async fn escalate_alert(State(app): State<App>, can: Can<Respond>, InPath(id): InPath<i64>) -> ApiResult<AlertOut> {
    happen_while_open(&app, &can.scope, id, Happening::EscalatedNow).await
}

/// Raise the priority to HIGH; a pending alert escalates from its first level.
#[utoipa::path(put, path = "/alerts/{id}/raise", tag = "Alerts", params(("id" = i64, Path)), responses((status = 200, body = AlertOut)))]
async fn raise_alert(State(app): State<App>, can: Can<Respond>, InPath(id): InPath<i64>) -> ApiResult<AlertOut> {
    happen_while_open(&app, &can.scope, id, Happening::Raised).await
}

/// A comment.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = AlertCommentPost)]
struct CommentIn {
    content: String,
}

/// A comment as it was kept.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AlertComment)]
struct CommentOut {
    /// That of its line in the log.
    id: i64,
    content: String,
    creator: UserRel,
    created: Timestamp,
}

/// Comment on an alert, also on a resolved one.
#[utoipa::path(post, path = "/alerts/{id}/comments", tag = "Alerts", params(("id" = i64, Path)), request_body = CommentIn, responses((status = 201, body = CommentOut)))]
async fn comment_alert(
    State(app): State<App>,
    can: Can<Respond>,
    InPath(id): InPath<i64>,
    InJson(body): InJson<CommentIn>,
) -> Result<(StatusCode, Json<CommentOut>), ApiError> {
    let text = Text::<COMMENT_CHARS_MAX>::parse(&body.content)
        .map_err(|error| ApiError::field("content", error))?
        .into_string();
    let author = can.user()?;
    let now = app.clock.now();
    let line = alert_history::comment(&app.db, &can.scope, AlertId(id), text.clone(), now).await?;
    app.bus.changed(can.scope.org, id);
    app.wake.notify_one();
    let users = users::get_many(&app.db, &can.scope, &[author]).await?;
    let kept = CommentOut { id: line, content: text, creator: UserRel::of(author, &users), created: now };
    Ok((StatusCode::CREATED, Json(kept)))
}
