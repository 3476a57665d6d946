//! Snoozing an alert: nobody is disturbed for a while.

use super::act::happen_while_open;
use super::shapes::AlertOut;
use crate::api::extract::{InJson, InPath};
use crate::api::parse;
use crate::app::App;
use crate::auth::{Can, Respond};
use crate::error::{ApiError, ApiResult};
use axum::extract::State;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use watchbell_core::alert::Happening;
use watchbell_core::limits::SNOOZE_MIN_MAX;

/// The routes.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::default().routes(routes!(snooze_alert))
}

/// For how long: a moment, or minutes from now.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = AlertSnoozePost)]
#[serde(rename_all = "camelCase")]
struct SnoozeIn {
    /// Until when.
    until: Option<String>,
    /// For how many minutes.
    minutes: Option<i64>,
    /// Whether an accepted alert is pending again and pages at the end; a pending one always does.
    escalate_on_wake: Option<bool>,
}

impl SnoozeIn {
    fn parse(self, now: Timestamp) -> Result<Happening, ApiError> {
        let until = match (self.until, self.minutes) {
            (Some(until), None) => parse::time("until", &until)?,
            (None, Some(minutes)) => {
                now + SignedDuration::from_mins(parse::within("minutes", minutes, 1..=SNOOZE_MIN_MAX)?)
            }
            _ => return Err(ApiError::field("until", "or minutes is required, one of them")),
        };
        Ok(Happening::Snoozed {
            until: snooze_until("until", until, now)?,
            pages: self.escalate_on_wake.unwrap_or(false),
        })
    }
}

/// A moment to which an alert may be snoozed.
pub(crate) fn snooze_until(field: &str, until: Timestamp, now: Timestamp) -> Result<Timestamp, ApiError> {
    let latest = now + SignedDuration::from_mins(SNOOZE_MIN_MAX);
    match until > now && until <= latest {
        true => Ok(until),
        false => {
            Err(ApiError::field(field, format!("must be later than now, by at most {} days", SNOOZE_MIN_MAX / 1_440)))
        }
    }
}

/// Snooze an alert: escalation and the time-outs of an accept pause. Accepting, resolving or escalating it ends the snooze.
#[utoipa::path(put, path = "/alerts/{id}/snooze", tag = "Alerts", params(("id" = i64, Path)), request_body = SnoozeIn, responses((status = 200, body = AlertOut)))]
async fn snooze_alert(
    State(app): State<App>,
    can: Can<Respond>,
    InPath(id): InPath<i64>,
    InJson(body): InJson<SnoozeIn>,
) -> ApiResult<AlertOut> {
    let snoozed = body.parse(app.clock.now())?;
    happen_while_open(&app, &can.scope, id, snoozed).await
}
