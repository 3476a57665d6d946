//! The body of a webhook. Fields that do not apply are absent; times are UTC, RFC 3339; new fields may be added.
//!
//! ```json
//! {
//!   "type": "alert.page",
//!   "deliveryId": "notification-17",
//!   "sentAt": "2026-01-01T02:12:03Z",
//!   "alert": {
//!     "id": 42, "summary": "Contoso: Disk full [T20260101.0001]", "priority": "HIGH", "priorityLabel": "Critical",
//!     "customer": "Contoso", "ticketNumber": "T20260101.0001", "url": "https://.../alerts/42"
//!   },
//!   "page": {
//!     "details": "...", "source": "Autotask", "level": {"number": 1, "of": 3}, "queue": "...", "contact": "...",
//!     "due": [{"label": "First response", "at": "..."}], "ticketUrl": "...", "startedAt": "...", "escalatesAt": "...",
//!     "acceptUrl": "...", "resolveUrl": "...", "resolveAndCompleteUrl": "..."
//!   }
//! }
//! ```
//!
//! `type` says which of the others is there:
//!
//! | `type` | with |
//! |---|---|
//! | `alert.page` | `alert`, `page` |
//! | `alert.summary` | `summary`: `source`, `count`, `priority`, `url`, `startedAt`, `alerts` (as `alert`, at most 50) |
//! | `alert.accepted`, `alert.resolved`, `alert.escalated` | `alert`, `update`: `at`, `source`, `by`, `reason`, `level` |
//! | `test` | `test`: `requestedBy`, `at` |
//! | `verification` | `verification`: `code`, `expiresAt` |
//! | `notice` | `notice`: `title`, `text`, `url`, `at` |
//!
//! A `POST` with `confirm=1` as a form to `acceptUrl` accepts the alert.

use jiff::Timestamp;
use serde::Serialize;

use crate::channels::{
    DeliveryId,
    limits::{DETAILS_CHARS_MAX, DUE_DATES_MAX, LINE_CHARS_MAX, LISTED_MAX},
    message::{AlertBrief, AlertChange, AlertPage, AlertSummary, AlertUpdate, Level, Message},
    text::{line, paragraph, web_link},
};

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Payload<'a> {
    r#type: &'static str,
    delivery_id: &'a str,
    sent_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    alert: Option<AlertOut<'a>>,
    #[serde(flatten)]
    more: Option<More<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct AlertOut<'a> {
    id: i64,
    summary: String,
    priority: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    priority_label: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    customer: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ticket_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
enum More<'a> {
    Page(Box<PageOut<'a>>),
    Summary(SummaryOut<'a>),
    Update(UpdateOut),
    #[serde(rename_all = "camelCase")]
    Test {
        requested_by: String,
        at: Timestamp,
    },
    #[serde(rename_all = "camelCase")]
    Verification {
        code: &'a str,
        expires_at: Timestamp,
    },
    #[serde(rename_all = "camelCase")]
    Notice {
        title: String,
        text: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        url: Option<&'a str>,
        at: Timestamp,
    },
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct PageOut<'a> {
    details: String,
    source: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    level: Option<LevelOut>,
    #[serde(skip_serializing_if = "Option::is_none")]
    queue: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    contact: Option<String>,
    due: Vec<DueOut>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ticket_url: Option<&'a str>,
    started_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    escalates_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    accept_url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resolve_url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resolve_and_complete_url: Option<&'a str>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct SummaryOut<'a> {
    source: String,
    count: usize,
    priority: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    started_at: Timestamp,
    alerts: Vec<AlertOut<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct UpdateOut {
    at: Timestamp,
    source: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    level: Option<LevelOut>,
}

#[derive(Debug, Serialize)]
struct LevelOut {
    number: u32,
    of: u32,
}

#[derive(Debug, Serialize)]
struct DueOut {
    label: String,
    at: Timestamp,
}

pub(super) fn payload<'a>(message: &'a Message, id: &'a DeliveryId, now: Timestamp) -> Payload<'a> {
    let (kind, alert, more) = match message {
        Message::Page(page) => ("alert.page", Some(&page.alert), More::Page(Box::new(page_out(page)))),
        Message::Summary(summary) => ("alert.summary", None, More::Summary(summary_out(summary))),
        Message::Update(update) => (update_type(&update.change), Some(&update.alert), More::Update(update_out(update))),
        Message::Test(test) => ("test", None, More::Test { requested_by: short(&test.requested_by), at: test.at }),
        Message::Verification(it) => {
            ("verification", None, More::Verification { code: &it.code, expires_at: it.expires_at })
        }
        Message::Answer(answer) => (
            "notice",
            None,
            More::Notice { title: short(&answer.text), text: String::new(), url: None, at: now },
        ),
        Message::Notice(notice) => (
            "notice",
            None,
            More::Notice {
                title: short(&notice.title),
                text: paragraph(&notice.text, DETAILS_CHARS_MAX),
                url: notice.url.as_deref().and_then(web_link),
                at: notice.at,
            },
        ),
    };
    Payload { r#type: kind, delivery_id: id.as_str(), sent_at: now, alert: alert.map(alert_out), more: Some(more) }
}

fn short(text: &str) -> String {
    line(text, LINE_CHARS_MAX)
}

fn alert_out(alert: &AlertBrief) -> AlertOut<'_> {
    AlertOut {
        id: alert.id,
        summary: line(&alert.summary, 512),
        priority: alert.urgency.priority(),
        priority_label: alert.priority_label.as_deref().map(short),
        customer: alert.customer.as_deref().map(short),
        ticket_number: alert.ticket_number.as_deref().map(short),
        url: web_link(&alert.url),
    }
}

fn page_out(page: &AlertPage) -> PageOut<'_> {
    PageOut {
        details: paragraph(&page.details, DETAILS_CHARS_MAX),
        source: short(&page.source_name),
        level: page.level.map(level_out),
        queue: page.queue.as_deref().map(short),
        contact: page.contact.as_deref().map(short),
        due: page.due.iter().take(DUE_DATES_MAX).map(|due| DueOut { label: short(&due.label), at: due.at }).collect(),
        ticket_url: page.ticket_url.as_deref().and_then(web_link),
        started_at: page.started_at,
        escalates_at: page.escalates_at,
        accept_url: page.accept_url.as_deref().and_then(web_link),
        resolve_url: page.resolve_url.as_deref().and_then(web_link),
        resolve_and_complete_url: page.complete_url.as_deref().and_then(web_link),
    }
}

fn summary_out(summary: &AlertSummary) -> SummaryOut<'_> {
    SummaryOut {
        source: short(&summary.source_name),
        count: summary.count,
        priority: summary.urgency.priority(),
        url: web_link(&summary.url),
        started_at: summary.started_at,
        alerts: summary.alerts.iter().take(LISTED_MAX).map(alert_out).collect(),
    }
}

fn update_type(change: &AlertChange) -> &'static str {
    match change {
        AlertChange::Accepted { .. } => "alert.accepted",
        AlertChange::Resolved { .. } => "alert.resolved",
        AlertChange::Escalated { .. } => "alert.escalated",
    }
}

fn update_out(update: &AlertUpdate) -> UpdateOut {
    let (by, reason, level) = match &update.change {
        AlertChange::Accepted { by } => (Some(by.as_str()), None, None),
        AlertChange::Resolved { by, reason } => (by.as_deref(), reason.as_deref(), None),
        AlertChange::Escalated { level, by } => (by.as_deref(), None, Some(*level)),
    };
    UpdateOut {
        at: update.at,
        source: short(&update.source_name),
        by: by.map(short),
        reason: reason.map(short),
        level: level.map(level_out),
    }
}

fn level_out(level: Level) -> LevelOut {
    LevelOut { number: level.number, of: level.of }
}
