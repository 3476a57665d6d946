//! How ntfy says no: `{"code":40301,"http":403,"error":"forbidden","link":".."}`.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header::RETRY_AFTER},
    response::{IntoResponse, Response},
};
use serde_json::json;

/// A refusal with ntfy's own code.
#[derive(Debug, Clone)]
pub(super) struct Refusal {
    pub code: u32,
    pub error: String,
    pub retry_after_s: Option<u64>,
}

impl Refusal {
    pub fn new(code: u32, error: &str) -> Self {
        Self { code, error: error.to_owned(), retry_after_s: None }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let http = u16::try_from(self.code / 100).unwrap_or(500);
        let status = StatusCode::from_u16(http).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body =
            json!({"code": self.code, "http": http, "error": self.error, "link": "https://ntfy.sh/docs/publish/"});
        let mut response = (status, Json(body)).into_response();
        if let Some(seconds) = self.retry_after_s {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
