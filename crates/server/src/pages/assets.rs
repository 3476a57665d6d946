//! Style, scripts and icons. Their addresses carry a hash of their content, so browsers keep them for ever.

use crate::app::App;
use crate::error::ApiError;
use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use tower_http::compression::CompressionLayer;
use watchbell_ui::assets::{Asset, asset_named};
use watchbell_ui::routes;

/// The routes. Only these are compressed: a page holds a token, and its length must not tell of it.
pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/assets/{*path}", get(serve))
        .layer(CompressionLayer::new())
        .route("/robots.txt", get(robots))
        .route(routes::SERVICE_WORKER, get(async |headers: HeaderMap| lasting("sw.js", &headers)))
        .route(routes::MANIFEST, get(manifest))
        .route("/icons/{name}", get(icon))
}

async fn serve(Path(path): Path<String>, headers: HeaderMap) -> Result<Response, ApiError> {
    answer(watchbell_ui::asset(&path), &headers, "public, max-age=31536000, immutable")
}

/// An asset with an address of its own: browsers ask each time whether it is still the same.
fn lasting(name: &str, headers: &HeaderMap) -> Result<Response, ApiError> {
    answer(asset_named(name), headers, "no-cache")
}

/// An asset, or that it is still the same.
fn answer(asset: Option<&Asset>, headers: &HeaderMap, caching: &'static str) -> Result<Response, ApiError> {
    let asset = asset.ok_or_else(|| ApiError::not_found("There is no such file."))?;
    let kept = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let caching = [(header::CACHE_CONTROL, caching), (header::ETAG, asset.etag.as_str())];
    if kept == Some(asset.etag.as_str()) {
        return Ok((StatusCode::NOT_MODIFIED, caching).into_response());
    }
    let content_type = [(header::CONTENT_TYPE, asset.content_type)];
    Ok((content_type, caching, asset.bytes.clone().into_owned()).into_response())
}

/// The icons that the service worker names, which knows no hashes.
async fn icon(Path(name): Path<String>, headers: HeaderMap) -> Result<Response, ApiError> {
    lasting(&format!("icons/{name}"), &headers)
}

async fn manifest() -> Response {
    let headers = [(header::CONTENT_TYPE, "application/manifest+json"), (header::CACHE_CONTROL, "no-cache")];
    (headers, watchbell_ui::assets::manifest().to_string()).into_response()
}

/// Nothing here is for search engines.
async fn robots() -> &'static str {
    "User-agent: *\nDisallow: /\n"
}
