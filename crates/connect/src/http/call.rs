//! One request and its answer, read to its limit.

use std::time::Duration;

use reqwest::{
    RequestBuilder,
    header::{HeaderMap, HeaderValue},
};
use serde::{Serialize, de::DeserializeOwned};

use super::{HttpError, Late, within};

/// Deadline of a whole request where the caller names none: connecting, sending, and reading the answer.
const DEADLINE: Duration = Duration::from_secs(10);
/// Limit of an answer where the caller names none, in bytes.
const ANSWER_BYTES_MAX: usize = 1024 * 1024;

/// A request under construction.
pub struct Call {
    builder: RequestBuilder,
    deadline: Duration,
    answer_bytes_max: usize,
}

/// Without its address and headers: some hold a token.
impl std::fmt::Debug for Call {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Call").field("deadline", &self.deadline).finish_non_exhaustive()
    }
}

impl Call {
    pub(super) fn new(builder: RequestBuilder) -> Self {
        Self { builder, deadline: DEADLINE, answer_bytes_max: ANSWER_BYTES_MAX }
    }

    /// How long the whole request may take; 10 s where not said.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// How many bytes of the answer's body are read at most; 1 MiB where not said.
    #[must_use]
    pub fn answer_bytes_max(mut self, bytes_max: usize) -> Self {
        self.answer_bytes_max = bytes_max;
        self
    }

    /// Adds a header; one that cannot be one makes `send` fail with `Unsendable`.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.builder = self.builder.header(name, value);
        self
    }

    /// Adds a header that no log shows; one that cannot be one makes `send` fail with `Unsendable`.
    #[must_use]
    pub fn secret_header(mut self, name: &str, value: &str) -> Self {
        self.builder = match HeaderValue::from_str(value) {
            Ok(mut value) => {
                value.set_sensitive(true);
                self.builder.header(name, value)
            }
            Err(_) => self.builder.header(name, value),
        };
        self
    }

    /// Adds `Authorization: Bearer ..`, which no log shows.
    #[must_use]
    pub fn bearer(mut self, token: &str) -> Self {
        self.builder = self.builder.bearer_auth(token);
        self
    }

    /// Adds `Authorization: Basic ..`, which no log shows.
    #[must_use]
    pub fn basic(mut self, user: &str, password: &str) -> Self {
        self.builder = self.builder.basic_auth(user, Some(password));
        self
    }

    /// Sets the body of a form, `application/x-www-form-urlencoded`, in this order.
    #[must_use]
    pub fn form(self, fields: &[(&str, &str)]) -> Self {
        // Pairs of texts can always be written.
        let body = serde_html_form::to_string(fields).unwrap_or_default();
        self.header("Content-Type", "application/x-www-form-urlencoded").body(body.into_bytes())
    }

    /// Sets a JSON body.
    #[must_use]
    pub fn json(mut self, body: &impl Serialize) -> Self {
        self.builder = self.builder.json(body);
        self
    }

    /// Sets a body as it is.
    #[must_use]
    pub fn body(mut self, bytes: Vec<u8>) -> Self {
        self.builder = self.builder.body(bytes);
        self
    }

    /// Sends the request and reads the answer to its limit. An answer of any status is `Ok`; redirects are not followed.
    pub async fn send(self) -> Result<Answer, HttpError> {
        let late = Late(self.deadline);
        within(self.deadline, read(self.builder, self.answer_bytes_max, late)).await?
    }
}

/// An answer with its body in memory.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, at most as long as the call allowed.
    pub body: Vec<u8>,
}

impl Answer {
    /// 200 to 299.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// A header that is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body as text; what is not UTF-8 is replaced.
    pub fn text(&self) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(&self.body)
    }

    /// The body read as JSON.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_slice(&self.body)
    }
}

async fn read(builder: RequestBuilder, bytes_max: usize, late: Late) -> Result<Answer, HttpError> {
    let mut response = builder.send().await.map_err(|fault| HttpError::of(fault, late))?;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let too_large = HttpError::TooLarge { status, bytes_max };
    if response.content_length().is_some_and(|bytes| bytes > bytes_max as u64) {
        return Err(too_large);
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|fault| HttpError::of(fault, late))? {
        if body.len() + chunk.len() > bytes_max {
            return Err(too_large);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer { status, headers, body })
}
