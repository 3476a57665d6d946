//! Errors of the server, and the one place that knows HTTP status codes. The body is ilert's: `{status, message, code}`.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use watchbell_store::StoreError;

/// An answer that is no success: what the caller reads, and what only the log reads.
#[derive(Debug)]
pub struct ApiError {
    status: StatusCode,
    code: &'static str,
    message: String,
    cause: Option<watchbell_store::error::BoxError>,
}

/// The body of every error.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct ErrorOut {
    /// The status code again.
    pub status: u16,
    /// What is wrong and what to do.
    pub message: String,
    /// A word for programs.
    pub code: String,
}

/// What handlers answer.
pub type ApiResult<T> = Result<Json<T>, ApiError>;

macro_rules! constructors {
    ($($(#[$doc:meta])* $name:ident => $status:ident, $code:literal;)*) => {$(
        $(#[$doc])*
        pub fn $name(message: impl Into<String>) -> Self {
            Self::new(StatusCode::$status, $code, message)
        }
    )*};
}

impl ApiError {
    /// An error with a status and a word of its own.
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), cause: None }
    }

    constructors! {
        /// 400: the request as a whole is wrong.
        bad_request => BAD_REQUEST, "BAD_REQUEST";
        /// 401: no credentials.
        unauthorized => UNAUTHORIZED, "UNAUTHORIZED";
        /// 403: credentials that may not do this.
        forbidden => FORBIDDEN, "FORBIDDEN";
        /// 403: an unknown or revoked key.
        key_refused => FORBIDDEN, "KEY_ERROR";
        /// 404: there is none, or none that may be seen.
        not_found => NOT_FOUND, "NOT_FOUND";
        /// 405: not with this method.
        method_not_allowed => METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED";
        /// 409: it collides with what is there.
        conflict => CONFLICT, "CONFLICT";
        /// 413: more than the limit.
        too_large => PAYLOAD_TOO_LARGE, "PAYLOAD_TOO_LARGE";
        /// 429: too much at once; try later.
        too_many => TOO_MANY_REQUESTS, "TOO_MANY_REQUESTS";
        /// 503: the database is away or full.
        unavailable => SERVICE_UNAVAILABLE, "UNAVAILABLE";
    }

    /// 400 that names the field.
    pub fn field(field: &str, message: impl std::fmt::Display) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "VALIDATION_ERROR", format!("{field}: {message}"))
    }

    /// The same error of a field inside `outer`.
    pub fn within(self, outer: &str) -> Self {
        match self.code {
            "VALIDATION_ERROR" => Self { message: format!("{outer}.{}", self.message), ..self },
            _ => self,
        }
    }

    /// The same error, of one of many things that were sent together.
    pub fn at(self, place: &str) -> Self {
        Self { message: format!("{place}: {}", self.message), ..self }
    }

    /// 500: our fault. The cause is logged, never shown.
    pub fn internal(cause: impl Into<watchbell_store::error::BoxError>) -> Self {
        let message = "Something went wrong on our side; it has been logged.";
        Self { cause: Some(cause.into()), ..Self::new(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL_ERROR", message) }
    }

    /// Whether the same may go well in a moment: somebody else was faster, the database was away.
    pub fn may_pass(&self) -> bool {
        matches!(self.status, StatusCode::CONFLICT | StatusCode::SERVICE_UNAVAILABLE)
    }

    /// Whether the request itself is at fault: the same again is refused again.
    pub fn is_final(&self) -> bool {
        self.status.is_client_error() && !self.may_pass()
    }

    /// The status code.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// What the caller reads.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Logs what only the log reads: once, where the error leaves.
    pub fn log(&self) {
        if let Some(cause) = &self.cause {
            tracing::error!(status = self.status.as_u16(), %cause, "request failed");
        }
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound { .. } => Self::not_found(error.to_string()),
            StoreError::Taken { field, .. } => Self::field(field, error),
            StoreError::Refused(_) => Self::bad_request(error.to_string()),
            StoreError::Denied(words) => Self::forbidden(words),
            StoreError::InUse { .. } | StoreError::Conflict(_) => Self::conflict(error.to_string()),
            StoreError::BadData(cause) => {
                let message = "A value cannot be stored: it has characters that the database refuses, or is too long.";
                Self { cause: Some(cause), ..Self::bad_request(message) }
            }
            StoreError::Unavailable(cause) => {
                let message = "The database cannot be reached or is full; nothing was changed. Try again.";
                Self { cause: Some(cause), ..Self::unavailable(message) }
            }
            StoreError::Constraint(_) | StoreError::Fault(_) | StoreError::Key(_) | StoreError::Unreadable { .. } => {
                Self::internal(error)
            }
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        self.log();
        let body = ErrorOut { status: self.status.as_u16(), message: self.message, code: self.code.into() };
        let mut response = (self.status, Json(&body)).into_response();
        // For pages, which say the same in HTML.
        response.extensions_mut().insert(body);
        if matches!(self.status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
