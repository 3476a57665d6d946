//! How Vonage says no: problems in the form of RFC 7807.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::super::faults::Met;

/// Where the types of problems are explained.
pub(super) const ERRORS: &str = "https://developer.vonage.com/api-errors";

/// A problem.
#[derive(Debug, Clone)]
pub(super) struct Problem {
    status: u16,
    kind: String,
    title: &'static str,
    detail: String,
    invalid: Vec<(String, String)>,
    retry_after_s: Option<u64>,
}

impl Problem {
    fn new(status: u16, kind: &str, title: &'static str, detail: impl Into<String>) -> Self {
        let kind = format!("{ERRORS}{kind}");
        Self { status, kind, title, detail: detail.into(), invalid: Vec::new(), retry_after_s: None }
    }

    pub fn unauthorized() -> Self {
        Self::new(401, "#unauthorized", "Unauthorized", "You did not provide correct credentials.")
    }

    pub fn low_balance() -> Self {
        Self::new(402, "#low-balance", "Low balance", "The balance of this account is too low for this request.")
    }

    pub fn not_found() -> Self {
        Self::new(404, "#not-found", "Not Found", "There is no such call, or it is not yours.")
    }

    /// A parameter of a message is wrong.
    pub fn invalid(name: &str, reason: impl Into<String>) -> Self {
        let invalid = vec![(name.to_owned(), reason.into())];
        Self {
            invalid,
            ..Self::new(422, "/messages#1020", "Invalid params", "The value of one or more parameters is invalid.")
        }
    }

    /// A parameter of a call is wrong.
    pub fn bad_call(name: &str, reason: impl Into<String>) -> Self {
        let invalid = vec![(name.to_owned(), reason.into())];
        Self {
            invalid,
            ..Self::new(400, "#invalid-params", "Bad Request", "The value of one or more parameters is invalid.")
        }
    }
}

impl From<Met> for Problem {
    fn from(met: Met) -> Self {
        let problem = match met.status {
            401 => Self::unauthorized(),
            402 => Self::low_balance(),
            429 => Self::new(429, "/messages#1000", "Throttled", "Too many messages: wait, then try again."),
            status => Self::new(status, "/messages#1030", "Internal error", "A fault that was asked for."),
        };
        Self { retry_after_s: met.retry_after_s, ..problem }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut body = json!({
            "type": self.kind,
            "title": self.title,
            "detail": self.detail,
            "instance": "bf0ca0bf927b3b52e3cb03217e1a1ddf",
        });
        if !self.invalid.is_empty() {
            body["invalid_parameters"] =
                self.invalid.iter().map(|(name, reason)| json!({"name": name, "reason": reason})).collect::<Value>();
        }
        let mut response = (status, Json(body)).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = self.retry_after_s {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
