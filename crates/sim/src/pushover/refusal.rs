//! How Pushover says no: `{"user":"invalid","errors":[".."],"status":0,"request":".."}`.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::{Map, Value, json};

use super::State;
use crate::push::Refused;

/// A refusal: what is wrong with which parameter, and a sentence for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    status: u16,
    parameter: Option<(&'static str, String)>,
    error: String,
}

impl Refusal {
    /// A parameter, with the words that follow its name.
    pub fn of(parameter: &'static str, words: &str) -> Self {
        Self { status: 400, parameter: Some((parameter, words.into())), error: format!("{parameter} {words}") }
    }

    pub fn token() -> Self {
        let error = "application token is invalid, see https://pushover.net/api";
        Self { status: 400, parameter: Some(("token", "invalid".into())), error: error.into() }
    }

    pub fn user() -> Self {
        let error = "user identifier is not a valid user, group, or subscribed user key, see https://pushover.net/api#identifiers";
        Self { status: 400, parameter: Some(("user", "invalid".into())), error: error.into() }
    }

    pub fn device() -> Self {
        let parameter = Some(("device", "invalid for this user".into()));
        Self { status: 400, parameter, error: "device name is not valid for user".into() }
    }

    pub fn receipt() -> Self {
        let parameter = Some(("receipt", "not found".into()));
        Self { status: 404, parameter, error: "receipt not found; may be invalid or expired".into() }
    }

    pub fn unreadable() -> Self {
        Self { status: 400, parameter: None, error: "the body is no JSON".into() }
    }

    pub fn limit() -> Self {
        Self { status: 429, parameter: None, error: "the application has sent all messages of this month".into() }
    }

    pub fn respond(self, request: &str) -> Response {
        let mut body = Map::new();
        if let Some((name, words)) = self.parameter {
            body.insert(name.into(), words.into());
        }
        body.extend([("errors".into(), json!([self.error])), ("status".into(), json!(0))]);
        body.insert("request".into(), request.into());
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        (status, Json(Value::Object(body))).into_response()
    }
}

impl State {
    /// An id of a request, in the form of a UUID.
    pub(super) fn request_id(&self) -> String {
        format!("00000000-0000-4000-8000-{:012x}", self.common.next_id())
    }
}

/// A fault that was asked for. Pushover says when to come again in a header of its own, not in `Retry-After`.
pub(super) fn refuse(refused: Refused) -> Response {
    let request = "00000000-0000-4000-8000-000000000000";
    match refused {
        Refused::Credentials => Refusal::token().respond(request),
        Refused::Recipient => Refusal::user().respond(request),
        Refused::Status(status, retry_after_s) => {
            let refusal = Refusal { status, parameter: None, error: "a fault that was asked for".into() };
            let mut response = refusal.respond(request);
            if status == 429 {
                let reset =
                    crate::clock::Clock::default().now().as_second() + retry_after_s.map_or(0, u64::cast_signed);
                limits(&mut response, 10_000, 0, reset);
            }
            response
        }
    }
}

/// The headers that say how many messages are left, and until when.
pub(super) fn limits(response: &mut Response, limit: u64, remaining: u64, reset: i64) {
    let headers = response.headers_mut();
    headers.insert("x-limit-app-limit", limit.into());
    headers.insert("x-limit-app-remaining", remaining.into());
    headers.insert("x-limit-app-reset", reset.into());
}
