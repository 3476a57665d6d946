//! Extractors whose refusals are our error body and name the field.

use crate::app::App;
use crate::error::ApiError;
use axum::body::Bytes;
use axum::extract::path::ErrorKind;
use axum::extract::rejection::PathRejection;
use axum::extract::{FromRequest, FromRequestParts, RawPathParams, Request};
use axum::http::request::Parts;
use futures_util::StreamExt as _;
use serde::de::DeserializeOwned;
use watchbell_core::{limits, text};

/// How much of a body that is too large is read and thrown away: a client that still sends would not see why it was refused.
const DRAINED_BYTES_MAX: usize = 16 * 1024 * 1024;

/// A body as it was sent, of at most `MAX` bytes.
#[derive(Debug)]
pub struct InBytes<const MAX: usize>(pub Bytes);

impl<const MAX: usize> FromRequest<App> for InBytes<MAX> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &App) -> Result<Self, ApiError> {
        let mut chunks = request.into_body().into_data_stream();
        let mut body = Vec::new();
        let mut seen = 0;
        while let Some(chunk) = chunks.next().await {
            let chunk = chunk.map_err(|_| ApiError::bad_request("The body ended early."))?;
            seen += chunk.len();
            match seen {
                _ if seen <= MAX => body.extend_from_slice(&chunk),
                _ if seen <= DRAINED_BYTES_MAX => body.clear(),
                _ => break,
            }
        }
        match seen <= MAX {
            true => Ok(Self(body.into())),
            false => Err(ApiError::too_large(format!("The body may have at most {MAX} bytes."))),
        }
    }
}

/// A JSON object of at most [`limits::REQUEST_BODY_BYTES_MAX`] bytes. Unknown fields are ignored, as ilert does.
#[derive(Debug)]
pub struct InJson<T>(pub T);

impl<T: DeserializeOwned> FromRequest<App> for InJson<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &App) -> Result<Self, ApiError> {
        let InBytes(body) = InBytes::<{ limits::REQUEST_BODY_BYTES_MAX }>::from_request(request, app).await?;
        read_object(&body).map(Self)
    }
}

/// Reads a JSON object: without the check a list would be taken for the fields in their order.
pub fn read_object<T: DeserializeOwned>(body: &[u8]) -> Result<T, ApiError> {
    match body.trim_ascii_start().first() {
        Some(b'{') => read_json(body),
        _ => Err(ApiError::field("body", "must be a JSON object")),
    }
}

/// Reads JSON; the error names the field by its path.
pub fn read_json<T: DeserializeOwned>(body: &[u8]) -> Result<T, ApiError> {
    let mut json = serde_json::Deserializer::from_slice(body);
    let read = serde_path_to_error::deserialize(&mut json);
    let value = read.map_err(|error| {
        // The last step is "?" where the text broke off inside it.
        let path = error.path().to_string();
        let path = path.trim_end_matches('?').trim_end_matches('.');
        let says = error.inner().to_string();
        match (missing(&says), path) {
            (Some(field), "") => ApiError::field(field, "is required"),
            (Some(field), path) => ApiError::field(&format!("{path}.{field}"), "is required"),
            (None, "") => ApiError::field("body", says),
            (None, path) => ApiError::field(path, says),
        }
    })?;
    json.end().map_err(|error| ApiError::field("body", error))?;
    Ok(value)
}

/// The field of serde's "missing field `name`".
fn missing(says: &str) -> Option<&str> {
    says.strip_prefix("missing field `")?.split('`').next()
}

/// Parameters of the path.
#[derive(Debug)]
pub struct InPath<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<App> for InPath<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let refused = match axum::extract::Path::<T>::from_request_parts(parts, app).await {
            Ok(path) => return Ok(Self(path.0)),
            Err(refused) => refused,
        };
        let raw = RawPathParams::from_request_parts(parts, app).await.ok();
        let names: Vec<&str> = raw.iter().flatten().map(|(name, _)| name).collect();
        Err(bad_path(refused, &names))
    }
}

fn bad_path(refused: PathRejection, names: &[&str]) -> ApiError {
    let PathRejection::FailedToDeserializePathParams(refused) = refused else {
        return ApiError::bad_request(refused.body_text());
    };
    match refused.kind() {
        // Every parameter that can be unreadable is a number.
        ErrorKind::ParseErrorAtKey { key, value, .. } => not_a_number(key, value),
        ErrorKind::ParseErrorAtIndex { index, value, .. } => {
            not_a_number(names.get(*index).copied().unwrap_or("id"), value)
        }
        ErrorKind::ParseError { value, .. } => not_a_number(names.first().copied().unwrap_or("id"), value),
        ErrorKind::InvalidUtf8InPathParam { key } => ApiError::field(key, "must be UTF-8"),
        _ => ApiError::bad_request(refused.body_text()),
    }
}

fn not_a_number(name: &str, value: &str) -> ApiError {
    ApiError::field(name, format!("must be a whole number, not {:?}", text::cut(value, 40)))
}

/// Parameters of the query; repeated keys make lists.
#[derive(Debug)]
pub struct InQuery<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<App> for InQuery<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, ApiError> {
        read_query(parts.uri.query().unwrap_or_default()).map(Self)
    }
}

/// Reads a query; the error names the parameter.
fn read_query<T: DeserializeOwned>(query: &str) -> Result<T, ApiError> {
    serde_path_to_error::deserialize(serde_html_form::Deserializer::from_bytes(query.as_bytes())).map_err(|error| {
        let path = error.path().to_string();
        let name = path.split(['[', '.']).next().unwrap_or_default();
        let says = error.inner().to_string();
        if let Some(missing) = missing(&says) {
            return ApiError::field(missing, "is required");
        }
        match (says.as_str(), name) {
            // How the library says that a single value came as a list.
            ("unsupported value", name) => ApiError::field(name, "may be given only once"),
            (says, "." | "?" | "") => ApiError::field("query", says),
            (says, name) => ApiError::field(name, says),
        }
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    struct Thing {
        #[serde(default, rename = "escalationRules")]
        rules: Vec<Rule>,
    }

    #[derive(Debug, serde::Deserialize)]
    struct Rule {
        #[serde(rename = "escalationTimeout")]
        timeout: i32,
    }

    #[derive(Debug, serde::Deserialize)]
    struct Asked {
        #[serde(default, rename = "max-results")]
        results: Option<i32>,
        #[serde(default)]
        sources: Vec<i64>,
        #[serde(rename = "routing-key")]
        key: String,
    }

    #[test]
    fn the_error_names_the_parameter() {
        let refused = |query: &str| read_query::<Asked>(query).unwrap_err().message().to_owned();
        assert_eq!(refused("routing-key=k&max-results=x"), "max-results: invalid digit found in string");
        assert_eq!(refused("routing-key=k&max-results=1&max-results=2"), "max-results: may be given only once");
        assert!(refused("routing-key=k&sources=1&sources=x").starts_with("sources: "));
        assert_eq!(refused("max-results=1"), "routing-key: is required");
        let asked: Asked = read_query("?&&=&routing-key=%ff&sources=1&sources=2&max-results=&a=1&a=2").unwrap();
        assert_eq!((asked.results, asked.sources, asked.key.as_str()), (None, vec![1, 2], "\u{fffd}"));
    }

    #[test]
    fn the_error_names_the_field() {
        let refused = |body: &str| read_json::<Thing>(body.as_bytes()).unwrap_err().message().to_owned();
        let wrong_type = refused(r#"{"escalationRules":[{"escalationTimeout":1},{"escalationTimeout":"x"}]}"#);
        assert!(wrong_type.starts_with("escalationRules[1].escalationTimeout: "), "{wrong_type}");
        assert!(refused("").starts_with("body: "));
        assert!(refused("{").starts_with("body: "));
        assert!(refused(r#"{"escalationRules":[{"#).starts_with("escalationRules[0]: "));
        assert!(refused("{} trailing").starts_with("body: "));
        assert!(refused(r#"{"escalationRules":"\ud800"}"#).starts_with("escalationRules: "));
        assert_eq!(refused(r#"{"escalationRules":[{}]}"#), "escalationRules[0].escalationTimeout: is required");
        assert_eq!(read_json::<Thing>(br#"{"unknown":[{}]}"#).unwrap().rules.len(), 0);
        assert_eq!(
            read_json::<Thing>(br#"{"escalationRules":[{"escalationTimeout":9}]}"#).unwrap().rules[0].timeout,
            9
        );
    }
}
