//! The permission as an extractor: a handler that takes `Can<Configure>` is reached only by those who may configure.

use super::login::login;
use super::roles::{May, Permission};
use super::session::{self, LoggedIn};
use crate::app::App;
use crate::error::ApiError;
use crate::ids::Token;
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, Method, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::SecretString;
use std::marker::PhantomData;
use std::net::{IpAddr, SocketAddr};
use watchbell_core::ids::{ApiKeyId, UserId};
use watchbell_core::user::Role;
use watchbell_store::doors;
use watchbell_store::scope::Scope;

/// Somebody who may do `P`.
#[derive(Debug)]
pub struct Can<P> {
    /// Who, for the store.
    pub scope: Scope,
    /// Their role.
    pub role: Role,
    /// How they proved it.
    pub credential: Credential,
    permission: PhantomData<P>,
}

/// How somebody proved who they are.
#[derive(Debug, Clone)]
pub enum Credential {
    /// An API key.
    ApiKey(ApiKeyId),
    /// E-mail address and password.
    Password,
    /// A browser's session.
    Session(Box<LoggedIn>),
}

impl<P> Can<P> {
    /// The user who asks.
    pub fn user(&self) -> Result<UserId, ApiError> {
        self.scope.actor.user().ok_or_else(|| ApiError::forbidden("Only users can do this."))
    }

    /// Whether they may do something else as well.
    pub fn may(&self, may: May) -> bool {
        may.is_granted_to(self.role)
    }

    /// Lets those through who may do something else as well. Errors: 403.
    pub fn need(&self, may: May) -> Result<(), ApiError> {
        if self.may(may) { Ok(()) } else { Err(denied(may, self.role)) }
    }

    /// The account that is asked for, where it is their own or they may administer.
    pub fn account(&self, user: UserId) -> Result<UserId, ApiError> {
        match self.scope.actor.user() == Some(user) || self.may(May::Administer) {
            true => Ok(user),
            false => Err(denied(May::Administer, self.role)),
        }
    }
}

impl<P: Permission> FromRequestParts<App> for Can<P> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let (scope, credential) = authenticate(app, parts).await?;
        let role = scope.role.ok_or_else(|| ApiError::forbidden("Only users can do this."))?;
        match P::MAY.is_granted_to(role) {
            true => Ok(Self { scope, role, credential, permission: PhantomData }),
            false => Err(denied(P::MAY, role)),
        }
    }
}

fn denied(may: May, role: Role) -> ApiError {
    ApiError::forbidden(format!("This needs the role {} or above; yours is {role}.", may.least_role()))
}

async fn authenticate(app: &App, parts: &Parts) -> Result<(Scope, Credential), ApiError> {
    match parts.headers.get(header::AUTHORIZATION) {
        None => by_session(app, parts).await,
        Some(value) => {
            let value = value.to_str().map_err(|_| unreadable())?;
            let (scheme, credentials) = value.trim().split_once(' ').unwrap_or((value.trim(), ""));
            match scheme.to_ascii_lowercase().as_str() {
                "bearer" => by_api_key(app, credentials.trim()).await,
                "basic" => {
                    by_basic(app, credentials.trim(), client_address(app, &parts.extensions, &parts.headers)).await
                }
                _ => Err(unreadable()),
            }
        }
    }
}

fn unreadable() -> ApiError {
    ApiError::unauthorized(
        "The Authorization header must be `Bearer <API key>`, or Basic with a user name and an API key or password.",
    )
}

async fn by_api_key(app: &App, key: &str) -> Result<(Scope, Credential), ApiError> {
    match doors::api_key(&app.db, Token::hash(key), app.clock.now()).await? {
        Some((scope, id)) => Ok((scope, Credential::ApiKey(id))),
        None => Err(ApiError::key_refused("The API key is unknown or was revoked.")),
    }
}

/// Basic with an API key in place of the password (whatever the user name), or with e-mail address and password.
/// ilert's Go client writes `name@organization` as the user name.
async fn by_basic(app: &App, encoded: &str, address: Option<IpAddr>) -> Result<(Scope, Credential), ApiError> {
    let decoded =
        STANDARD.decode(encoded).ok().and_then(|bytes| String::from_utf8(bytes).ok()).ok_or_else(unreadable)?;
    let (user, secret) = decoded.split_once(':').ok_or_else(unreadable)?;
    if let Some((scope, id)) = doors::api_key(&app.db, Token::hash(secret), app.clock.now()).await? {
        return Ok((scope, Credential::ApiKey(id)));
    }
    let scope = login(app, without_organization(user), SecretString::from(secret.to_owned()), address).await?;
    Ok((scope, Credential::Password))
}

/// An e-mail address has one @, so a second one begins the organization.
fn without_organization(user: &str) -> &str {
    match user.rsplit_once('@') {
        Some((name, _)) if name.contains('@') => name,
        _ => user,
    }
}

async fn by_session(app: &App, parts: &Parts) -> Result<(Scope, Credential), ApiError> {
    let session = session::logged_in(app, &parts.headers).await?;
    let session = session
        .ok_or_else(|| ApiError::unauthorized("Credentials are missing: send `Authorization: Bearer <API key>`."))?;
    if !is_safe(&parts.method) && !csrf_of_header(&parts.headers).is_some_and(|csrf| session.is_own_form(csrf)) {
        return Err(ApiError::forbidden("A request with a session that changes something needs its X-CSRF-Token."));
    }
    Ok((session.scope.clone(), Credential::Session(Box::new(session))))
}

/// What cannot change anything, whoever made the browser send it.
pub(super) fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

pub(super) fn csrf_of_header(headers: &HeaderMap) -> Option<&str> {
    headers.get("x-csrf-token").and_then(|value| value.to_str().ok())
}

/// Where a request comes from; none in tests without a socket.
pub fn client_address(app: &App, extensions: &Extensions, headers: &HeaderMap) -> Option<IpAddr> {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>()?.0.ip();
    Some(app.config.trusted_proxy.caller(peer, headers))
}
