//! All routes of a node, and what every request passes through.

use crate::app::App;
use crate::error::ApiError;
use crate::{api, feeds, health, hooks, pages};
use axum::Router;
use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderValue, Method, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use tower_http::catch_panic::CatchPanicLayer;

/// The routes of an app.
pub fn router(app: App) -> Router {
    let api = hooks::router().merge(api::router());
    Router::new()
        .nest("/api", api)
        .merge(health::router())
        .merge(api::docs_router())
        .merge(feeds::router())
        .merge(pages::router())
        .fallback(pages::frame::not_found)
        .method_not_allowed_fallback(|| async {
            ApiError::method_not_allowed("This address does not take this method.")
        })
        .layer(middleware::from_fn(observe))
        .layer(CatchPanicLayer::custom(|_: Box<dyn std::any::Any + Send>| {
            ApiError::internal("a handler panicked").into_response()
        }))
        .layer(middleware::from_fn_with_state(app.clone(), pages::frame::frame))
        .with_state(app)
}

/// A word for the counters: callers may make up methods, and each would be a counter of its own.
fn known_method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::PATCH => "PATCH",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// Counts and guards each answer. The matched route is noted, never the address: it may hold a secret.
async fn observe(request: Request, next: Next) -> Response {
    let route =
        request.extensions().get::<MatchedPath>().map_or_else(|| "none".to_owned(), |path| path.as_str().to_owned());
    let method = known_method(request.method());
    let mut response = next.run(request).await;
    let status = response.status().as_u16().to_string();
    metrics::counter!("watchbell_http_requests_total", "method" => method, "route" => route, "status" => status)
        .increment(1);
    let headers = response.headers_mut();
    headers.entry(header::REFERRER_POLICY).or_insert(HeaderValue::from_static("no-referrer"));
    headers.entry(header::X_CONTENT_TYPE_OPTIONS).or_insert(HeaderValue::from_static("nosniff"));
    response
}
