//! How Gotify says no: `{"error":"Unauthorized","errorCode":401,"errorDescription":".."}`.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header::RETRY_AFTER},
    response::{IntoResponse, Response},
};
use serde_json::json;

use crate::push::Refused;

pub(super) fn unauthorized() -> Response {
    respond(401, "you need to provide a valid access token or user credentials to access this api")
}

pub(super) fn bad_request(description: &str) -> Response {
    respond(400, description)
}

/// A fault that was asked for.
pub(super) fn refuse(refused: Refused) -> Response {
    match refused {
        Refused::Credentials | Refused::Recipient => unauthorized(),
        Refused::Status(status, retry_after_s) => {
            let mut response = respond(status, "a fault that was asked for");
            if let Some(seconds) = retry_after_s {
                response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
            }
            response
        }
    }
}

fn respond(code: u16, description: &str) -> Response {
    let status = StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let error = status.canonical_reason().unwrap_or_default();
    (status, Json(json!({"error": error, "errorCode": code, "errorDescription": description}))).into_response()
}
