//! How the push service says no: a status that senders act on, and a sentence for people.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header::RETRY_AFTER},
    response::{IntoResponse, Response},
};
use serde_json::json;

use crate::push::Refused;

/// A refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub status: StatusCode,
    pub message: String,
}

impl Refusal {
    pub fn new(status: StatusCode, message: impl std::fmt::Display) -> Self {
        Self { status, message: message.to_string() }
    }

    /// What breaks a rule of the protocol.
    pub fn bad(message: impl std::fmt::Display) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let error = self.status.canonical_reason().unwrap_or_default();
        let body = json!({"code": self.status.as_u16(), "error": error, "message": self.message});
        let mut response = (self.status, Json(body)).into_response();
        if self.status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert("www-authenticate", HeaderValue::from_static("vapid"));
        }
        response
    }
}

/// A fault that was asked for.
pub(super) fn refuse(refused: Refused) -> Response {
    let asked_for = "a fault that was asked for";
    match refused {
        Refused::Credentials => Refusal::new(StatusCode::FORBIDDEN, asked_for).into_response(),
        Refused::Recipient => Refusal::new(StatusCode::GONE, asked_for).into_response(),
        Refused::Status(status, retry_after_s) => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            let mut response = Refusal::new(status, asked_for).into_response();
            if let Some(seconds) = retry_after_s {
                response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
            }
            response
        }
    }
}
