//! How the Bot API says no: `{"ok":false,"error_code":400,"description":"Bad Request: .."}`.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::json;

use crate::push::Refused;

/// A refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub code: u16,
    pub description: String,
    pub retry_after_s: Option<u64>,
}

impl Refusal {
    pub fn new(code: u16, description: &str) -> Self {
        Self { code, description: description.into(), retry_after_s: None }
    }

    pub fn bad(what: &str) -> Self {
        Self::new(400, &format!("Bad Request: {what}"))
    }

    pub fn entities(what: &str) -> Self {
        Self::bad(&format!("can't parse entities: {what}"))
    }

    pub fn unauthorized() -> Self {
        Self::new(401, "Unauthorized")
    }

    pub fn not_found() -> Self {
        Self::new(404, "Not Found")
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut body = json!({"ok": false, "error_code": self.code, "description": self.description});
        if let Some(seconds) = self.retry_after_s {
            body["parameters"] = json!({"retry_after": seconds});
        }
        (status, Json(body)).into_response()
    }
}

/// A fault that was asked for, in the words that Telegram has for its status.
pub(super) fn refuse(refused: Refused) -> Response {
    let refusal = match refused {
        Refused::Credentials => Refusal::unauthorized(),
        Refused::Status(429, retry_after_s) => {
            let seconds = retry_after_s.unwrap_or(1);
            Refusal {
                retry_after_s: Some(seconds),
                ..Refusal::new(429, &format!("Too Many Requests: retry after {seconds}"))
            }
        }
        Refused::Recipient | Refused::Status(403, _) => Refusal::new(403, "Forbidden: bot was blocked by the user"),
        Refused::Status(status, retry_after_s) => {
            let reason = StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
            Refusal { retry_after_s, ..Refusal::new(status, reason.unwrap_or("a fault that was asked for")) }
        }
    };
    refusal.into_response()
}
