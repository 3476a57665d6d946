//! The same permissions for pages: who is not logged in is sent to the log-in, and forms prove that they are ours.

use super::can::{csrf_of_header, is_safe};
use super::roles::Permission;
use super::session::{self, LoggedIn};
use crate::app::App;
use crate::error::ApiError;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Uri, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::marker::PhantomData;
use watchbell_core::user::Role;
use watchbell_store::scope::Scope;

/// Somebody at a browser who may do `P`. For methods that change something the request has to carry `X-CSRF-Token`
/// (live parts of pages do); plain forms are taken by [`Posted`].
#[derive(Debug)]
pub struct PageCan<P> {
    /// Who, for the store.
    pub scope: Scope,
    /// Their role.
    pub role: Role,
    /// Their session, with the CSRF token for forms.
    pub session: LoggedIn,
    permission: PhantomData<P>,
}

impl<P: Permission> FromRequestParts<App> for PageCan<P> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let visitor = visitor::<P>(parts, app).await?;
        let proven = is_safe(&parts.method)
            || csrf_of_header(&parts.headers).is_some_and(|csrf| visitor.session.is_own_form(csrf));
        if proven { Ok(visitor) } else { Err(foreign_form()) }
    }
}

async fn visitor<P: Permission>(parts: &Parts, app: &App) -> Result<PageCan<P>, Response> {
    let session = session::logged_in(app, &parts.headers).await.map_err(ApiError::into_response)?;
    let session = session.ok_or_else(|| to_login(&parts.uri))?;
    match session.scope.role {
        Some(role) if P::MAY.is_granted_to(role) => {
            Ok(PageCan { scope: session.scope.clone(), role, session, permission: PhantomData })
        }
        _ => Err(ApiError::forbidden(format!("This needs the role {} or above.", P::MAY.least_role())).into_response()),
    }
}

fn to_login(uri: &Uri) -> Response {
    let wanted = uri.path_and_query().map_or("/", |path| path.as_str());
    let escaped: String = wanted.bytes().map(escape).collect();
    Redirect::to(&format!("/login?next={escaped}")).into_response()
}

fn escape(byte: u8) -> String {
    match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    }
}

fn foreign_form() -> Response {
    ApiError::forbidden("This form is out of date: go back, reload the page, and send it again.").into_response()
}

/// A form of one of our pages, sent by somebody who may do `P`: its `csrf` field proves where it comes from.
#[derive(Debug)]
pub struct Posted<P, T> {
    /// Who sent it.
    pub can: PageCan<P>,
    /// What it says.
    pub form: T,
}

#[derive(Deserialize)]
struct CsrfField {
    #[serde(default)]
    csrf: String,
}

impl<P: Permission, T: DeserializeOwned> FromRequest<App> for Posted<P, T> {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let (parts, body) = request.into_parts();
        let can = visitor::<P>(&parts, app).await?;
        let unreadable =
            |error: String| ApiError::bad_request(format!("The form cannot be read: {error}")).into_response();
        let limit = watchbell_core::limits::REQUEST_BODY_BYTES_MAX;
        let body = axum::body::to_bytes(body, limit).await.map_err(|error| unreadable(error.to_string()))?;
        let field: CsrfField = read(&body).map_err(unreadable)?;
        if !can.session.is_own_form(&field.csrf) {
            return Err(foreign_form());
        }
        Ok(Self { can, form: read(&body).map_err(unreadable)? })
    }
}

/// Repeated fields become lists, as in queries.
fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, String> {
    serde_html_form::from_bytes(body).map_err(|error| error.to_string())
}

/// Whether a form without a session (log-in, first start) comes from one of our pages: browsers name the origin of each POST.
pub fn is_same_origin(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    match (text(header::ORIGIN), text(header::HOST)) {
        (None, _) => true,
        (Some(origin), Some(host)) => {
            origin.split_once("://").is_some_and(|(_, named)| named.eq_ignore_ascii_case(host))
        }
        (Some(_), None) => false,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_login_leads_back_and_nowhere_else() {
        let to = to_login(&"/alerts?states=PENDING&q=a%20b".parse().unwrap());
        let location = to.headers().get(header::LOCATION).unwrap();
        assert_eq!(location, "/login?next=/alerts%3Fstates%3DPENDING%26q%3Da%2520b");
    }

    #[test]
    fn a_post_from_elsewhere_is_told_by_its_origin() {
        let headers = |origin: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ORIGIN, origin.parse().unwrap());
            headers.insert(header::HOST, "bell.example.com".parse().unwrap());
            headers
        };
        assert!(is_same_origin(&headers("https://bell.example.com")));
        assert!(!is_same_origin(&headers("https://evil.example.com")));
        assert!(!is_same_origin(&headers("null")));
        assert!(is_same_origin(&HeaderMap::new()));
    }
}
