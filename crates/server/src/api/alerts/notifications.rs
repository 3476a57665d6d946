//! The messages of an alert, with what became of each.

use crate::api::extract::{InPath, InQuery};
use crate::api::paging::PageOf100;
use crate::app::App;
use crate::auth::{Can, Read};
use crate::error::ApiResult;
use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use watchbell_core::alert::Alert;
use watchbell_core::ids::{AlertId, UserId};
use watchbell_core::notify::NotificationState;
use watchbell_store::notifications::{self, Notification};
use watchbell_store::users::User;
use watchbell_store::{alerts, users};

/// The routes.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::default().routes(routes!(list_notifications))
}

/// The addressee, in the spelling that ilert has here.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NotificationUser)]
struct AddresseeOut {
    id: i64,
    firstname: String,
    lastname: String,
}

/// A message.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Notification)]
#[serde(rename_all = "camelCase")]
struct NotificationOut {
    id: i64,
    /// EMAIL, PUSH, WEBHOOK, SMS or VOICE.
    method: String,
    /// Where to; of the address of a push service only the host, because whoever has it can send there.
    target: String,
    subject: String,
    alert_id: i64,
    user: AddresseeOut,
    /// When it went out, or is to go out.
    notification_time: Timestamp,
    /// SCHEDULED, SUCCESS or ERROR.
    status: &'static str,
    /// Why it was not sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    error_message: Option<String>,
    /// Where it stands, more exactly: PLANNED, SENDING, SENT, DELIVERED, FAILED, CANCELLED, SUPPRESSED.
    state: &'static str,
    /// PAGE or UPDATE.
    purpose: &'static str,
    /// How often it was tried.
    tries: i64,
    /// The level of the escalation policy, counted from 0; -1 beside the levels.
    level: i64,
    pass: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    delivered_at: Option<Timestamp>,
}

/// ilert's word for a channel.
pub(super) fn method(channel: &str) -> String {
    if channel == "NTFY" { "PUSH".to_owned() } else { channel.to_owned() }
}

/// ilert has three words: what stands in a summary was told, and what was cancelled was not sent.
fn status(notification: &Notification) -> &'static str {
    match notification.state {
        NotificationState::Planned | NotificationState::Sending => "SCHEDULED",
        NotificationState::Sent | NotificationState::Delivered => "SUCCESS",
        NotificationState::Suppressed if notification.summary.is_some() => "SUCCESS",
        NotificationState::Suppressed => "SCHEDULED",
        NotificationState::Failed | NotificationState::Cancelled => "ERROR",
    }
}

fn show(alert: &Alert, notification: Notification, users: &[User]) -> NotificationOut {
    let user = users.iter().find(|user| user.id == notification.user);
    let name = |pick: fn(&User) -> &String| user.map(pick).cloned().unwrap_or_default();
    let status = status(&notification);
    NotificationOut {
        id: notification.id.0,
        method: method(&notification.channel),
        target: notification.shown_target(),
        subject: alert.summary.clone(),
        alert_id: alert.id.0,
        user: AddresseeOut {
            id: notification.user.0,
            firstname: name(|user| &user.first_name),
            lastname: name(|user| &user.last_name),
        },
        notification_time: notification.sent_at.unwrap_or(notification.due_at),
        status,
        error_message: notification.error.or(notification.reason).filter(|_| status == "ERROR"),
        state: notification.state.as_str(),
        purpose: notification.purpose.as_str(),
        tries: notification.tries,
        level: notification.level,
        pass: notification.pass,
        delivered_at: notification.delivered_at,
    }
}

/// List the messages of an alert in the order in which they were planned.
#[utoipa::path(get, path = "/alerts/{id}/notifications", tags = ["Alerts", "Notifications"], params(("id" = i64, Path), PageOf100), responses((status = 200, body = Vec<NotificationOut>)))]
async fn list_notifications(
    State(app): State<App>,
    can: Can<Read>,
    InPath(id): InPath<i64>,
    InQuery(page): InQuery<PageOf100>,
) -> ApiResult<Vec<NotificationOut>> {
    let alert = alerts::get(&app.db, &can.scope, AlertId(id)).await?;
    let found = notifications::page_of_alert(&app.db, &can.scope, alert.id, page.page()?).await?;
    let mut people: Vec<UserId> = found.iter().map(|notification| notification.user).collect();
    people.sort();
    people.dedup();
    let people = users::get_many(&app.db, &can.scope, &people).await?;
    Ok(Json(found.into_iter().map(|notification| show(&alert, notification, &people)).collect()))
}
