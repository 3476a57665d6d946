//! What surrounds every page: security headers, errors as pages, and the word of the last form, said once.

use super::{answer, shell};
use crate::app::App;
use crate::error::{ApiError, ErrorOut};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use watchbell_ui::assets::CONTENT_SECURITY_POLICY;
use watchbell_ui::pages::error::{ErrorView, error};

/// What is answered to programs.
const PROGRAMS: [&str; 6] = ["/api", "/api-docs", "/healthz", "/readyz", "/metrics", "/assets"];

fn is_for_programs(path: &str) -> bool {
    let is_below =
        |prefix: &&str| path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    PROGRAMS.iter().any(is_below)
}

/// The layer around all routes; it leaves alone what is for programs.
pub async fn frame(State(app): State<App>, request: Request, next: Next) -> Response {
    if is_for_programs(request.uri().path()) {
        return next.run(request).await;
    }
    let headers = request.headers().clone();
    let mut response = next.run(request).await;
    if wants_page(&headers)
        && let Some(refusal) = response.extensions_mut().remove::<ErrorOut>()
    {
        let kept = (response.status(), response.headers().get(header::RETRY_AFTER).cloned());
        response = error_page(&app, &headers, kept, refusal).await;
    }
    if is_html(&response) && answer::flash(&headers).is_some() && response.status() != StatusCode::SEE_OTHER {
        answer::clear_flash(&mut response);
    }
    secure(&app, &mut response);
    response
}

/// Browsers ask for HTML by name when they open a page, live parts of pages say who they are; everything else is a program,
/// and reads our JSON.
fn wants_page(headers: &HeaderMap) -> bool {
    headers.contains_key("hx-request")
        || headers
            .get_all(header::ACCEPT)
            .iter()
            .any(|accept| accept.to_str().is_ok_and(|accept| accept.contains("text/html")))
}

fn is_html(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("text/html"))
}

/// The error as a page, with navigation where somebody is logged in and the database can say so.
async fn error_page(
    app: &App,
    headers: &HeaderMap,
    (status, wait): (StatusCode, Option<HeaderValue>),
    refusal: ErrorOut,
) -> Response {
    let shell = shell::of_headers(app, headers).await.unwrap_or_else(|_: ApiError| shell::bare(app));
    let (title, text) = words(status, refusal.message);
    let view = ErrorView { status: status.as_u16(), title, text, request: None };
    let mut page = (status, error(&shell, &view)).into_response();
    if let Some(wait) = wait {
        page.headers_mut().insert(header::RETRY_AFTER, wait);
    }
    page
}

/// What happened, and what to do.
fn words(status: StatusCode, message: String) -> (String, String) {
    let mut sentence = message.trim_end_matches('.').to_owned();
    if let Some(first) = sentence.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    let todo = match status {
        StatusCode::NOT_FOUND => "It may have been deleted, or the address is incomplete.",
        StatusCode::FORBIDDEN => "An administrator can change what you may do.",
        StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS => "Try again in a moment.",
        StatusCode::INTERNAL_SERVER_ERROR => "The log of the server says more.",
        _ => "Go back and try again.",
    };
    (sentence, todo.to_owned())
}

fn secure(app: &App, response: &mut Response) {
    let is_https = app.config.public_url().starts_with("https://");
    let headers = response.headers_mut();
    // Others learn no address either way. With "no-referrer" browsers would name the origin of our own forms "null", and a form
    // without a session could not be told from a foreign one.
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    let mut set = |name: header::HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    set(header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY);
    set(header::X_FRAME_OPTIONS, "DENY");
    set(header::HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(header::HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()");
    set(header::CACHE_CONTROL, "no-store");
    if is_https {
        set(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
}

/// There is nothing at an address: JSON for programs; [`frame`] makes a page of it for people.
pub async fn not_found() -> ApiError {
    ApiError::not_found("There is nothing at this address.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_segments_tell_programs_from_pages() {
        for path in ["/api", "/api/alerts", "/api-docs/openapi.json", "/healthz", "/assets/app.x.css"] {
            assert!(is_for_programs(path), "{path}");
        }
        for path in ["/", "/api-keys", "/alerts", "/apix", "/metricsx"] {
            assert!(!is_for_programs(path), "{path}");
        }
    }
}
