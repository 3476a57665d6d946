//! A REST call, read whole.

use axum::body::{Bytes, to_bytes};
use axum::extract::{Query, Request};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::super::entity::Entity;
use super::super::row::Row;

/// The longest body: an attachment of 10 MB with its encoding.
const BODY_BYTES_MAX: usize = 16 * 1024 * 1024;

/// A REST call.
#[derive(Debug)]
pub struct Call {
    /// The verb.
    pub method: Method,
    /// The path.
    pub path: String,
    /// The segments of the path after `ATServicesRest`, as sent.
    segments: Vec<String>,
    query: Vec<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
}

impl Call {
    /// Reads a request. Error: the answer to one that cannot be read.
    pub async fn read(request: Request) -> Result<Self, Response> {
        let (head, body) = request.into_parts();
        let body = to_bytes(body, BODY_BYTES_MAX).await.map_err(|_| StatusCode::PAYLOAD_TOO_LARGE.into_response())?;
        let query =
            Query::<Vec<(String, String)>>::try_from_uri(&head.uri).map(|Query(query)| query).unwrap_or_default();
        let path = head.uri.path().to_owned();
        let segments = path.split('/').filter(|segment| !segment.is_empty()).map(str::to_owned).collect();
        Ok(Self { method: head.method, path, segments, query, headers: head.headers, body })
    }

    /// Whether the path is one of the REST API.
    pub fn is_rest(&self) -> bool {
        self.segments.first().is_some_and(|first| first.eq_ignore_ascii_case("ATServicesRest"))
    }

    /// The segments after `ATServicesRest` and the version, in lower case.
    pub fn parts(&self) -> Vec<String> {
        let after = self.segments.iter().skip(1).map(|segment| segment.to_ascii_lowercase());
        let mut parts: Vec<String> = after.collect();
        if parts.first().is_some_and(|first| first == "v1.0") {
            parts.remove(0);
        }
        parts
    }

    /// Whether the path names the version.
    pub fn is_versioned(&self) -> bool {
        self.segments.get(1).is_some_and(|segment| segment.eq_ignore_ascii_case("v1.0"))
    }

    /// The object endpoint, by which threads are counted; notes of a ticket are an endpoint of their own.
    pub fn endpoint(&self) -> &str {
        let at = if self.is_versioned() { 2 } else { 1 };
        let child = self.segments.get(at + 2).map(String::as_str).unwrap_or_default();
        if child.eq_ignore_ascii_case("Notes") {
            return Entity::TicketNotes.path();
        }
        let name = self.segments.get(at).map_or("", String::as_str);
        match Entity::find(name) {
            Some(entity) => entity.path(),
            None => name,
        }
    }

    /// Whether it changes something.
    pub fn is_write(&self) -> bool {
        let asks = self.segments.iter().any(|segment| segment.eq_ignore_ascii_case("query"));
        self.method != Method::GET && !asks
    }

    /// A header; empty when it is missing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// A value of the query, its key in any case.
    pub fn value(&self, key: &str) -> Option<&str> {
        self.query.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, value)| value.as_str())
    }

    /// The body as an object; an empty one when there is none. Error: the text of the service.
    pub fn object(&self) -> Result<Row, Vec<String>> {
        if self.body.iter().all(u8::is_ascii_whitespace) {
            return Ok(Row::new());
        }
        // Some clients begin with a byte order mark.
        let body = self.body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&self.body);
        match serde_json::from_slice(body) {
            Ok(Value::Object(row)) => Ok(row),
            Ok(_) => Err(vec!["The request body must be a JSON object.".to_owned()]),
            Err(error) => Err(vec![format!("The request body could not be read: {error}")]),
        }
    }

    /// The address of the API as the caller sees it, with a slash at the end.
    pub fn base(&self) -> String {
        format!("{}ATServicesRest/", self.root())
    }

    /// The address of the web pages as the caller sees it, with a slash at the end.
    pub fn root(&self) -> String {
        let host = self.headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("127.0.0.1");
        format!("http://{host}/")
    }
}
