//! How Twilio says no: `{"code":21211,"message":"..","more_info":"..","status":400}`.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::json;

use super::super::faults::Met;

/// A refusal with Twilio's own code: <https://www.twilio.com/docs/api/errors>.
#[derive(Debug, Clone)]
pub(super) struct Refusal {
    status: u16,
    code: u32,
    message: String,
    retry_after_s: Option<u64>,
}

impl Refusal {
    pub fn new(status: u16, code: u32, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), retry_after_s: None }
    }

    pub fn unauthorized() -> Self {
        Self::new(401, 20003, "Authenticate")
    }

    pub fn not_found(what: &str) -> Self {
        Self::new(404, 20404, format!("The requested resource {what} was not found"))
    }

    pub fn missing(code: u32, parameter: &str) -> Self {
        Self::new(400, code, format!("The parameter '{parameter}' is required."))
    }

    /// A number that cannot be reached at all.
    pub fn invalid_to(to: &str) -> Self {
        Self::new(400, 21211, format!("Invalid 'To' Phone Number: {to}"))
    }

    /// A code that a test asked for.
    pub fn of_code(code: u32) -> Self {
        let status = match code {
            20003 => 401,
            20005 | 20006 => 403,
            20404 => 404,
            20429 | 14107 => 429,
            20500 => 500,
            20503 => 503,
            _ => 400,
        };
        let message = match code {
            21408 => "Permission to send to this region is not enabled",
            21608 => "The number is not verified: trial accounts cannot message it",
            21610 => "The recipient has unsubscribed from this sender",
            _ => "A fault that was asked for",
        };
        Self::new(status, code, message)
    }
}

impl From<Met> for Refusal {
    fn from(met: Met) -> Self {
        let (code, message) = match met.status {
            401 => (20003, "Authenticate"),
            403 => (20005, "The account is not active"),
            429 => (20429, "Too many requests"),
            503 => (20503, "Service unavailable"),
            status => (u32::from(status) + 20_000, "A fault that was asked for"),
        };
        Self { retry_after_s: met.retry_after_s, ..Self::new(met.status, code, message) }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = json!({
            "code": self.code,
            "message": self.message,
            "more_info": format!("https://www.twilio.com/docs/errors/{}", self.code),
            "status": self.status,
        });
        let mut response = (status, Json(body)).into_response();
        if let Some(seconds) = self.retry_after_s {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::UNAUTHORIZED {
            let realm = HeaderValue::from_static("Basic realm=\"Twilio API\"");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, realm);
        }
        response
    }
}
