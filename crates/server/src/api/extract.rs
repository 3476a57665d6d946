//! Extractors whose refusals are our error body and name the field.

use crate::app::App;
use crate::error::ApiError;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use futures_util::StreamExt as _;
use serde::de::DeserializeOwned;
use watchbell_core::limits;

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
        // Without this a list would be taken for the fields in their order.
        match body.trim_ascii_start().first() {
            Some(b'{') => read_json(&body).map(Self),
            _ => Err(ApiError::field("body", "must be a JSON object")),
        }
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
        let field = if path.is_empty() { "body" } else { path };
        ApiError::field(field, error.inner())
    })?;
    json.end().map_err(|error| ApiError::field("body", error))?;
    Ok(value)
}

/// Parameters of the path.
#[derive(Debug)]
pub struct InPath<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<App> for InPath<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let path = axum::extract::Path::<T>::from_request_parts(parts, app).await;
        path.map(|path| Self(path.0)).map_err(|refused| ApiError::bad_request(refused.body_text()))
    }
}

/// Parameters of the query; repeated keys make lists.
#[derive(Debug)]
pub struct InQuery<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<App> for InQuery<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let query = axum_extra::extract::Query::<T>::from_request_parts(parts, app).await;
        query.map(|query| Self(query.0)).map_err(|refused| ApiError::bad_request(refused.body_text()))
    }
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
        assert_eq!(read_json::<Thing>(br#"{"unknown":[{}]}"#).unwrap().rules.len(), 0);
        assert_eq!(
            read_json::<Thing>(br#"{"escalationRules":[{"escalationTimeout":9}]}"#).unwrap().rules[0].timeout,
            9
        );
    }
}
