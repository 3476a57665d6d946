//! Browser sessions: a random token in a cookie that scripts cannot read, and a CSRF token derived from it for forms.

use crate::app::App;
use crate::error::ApiError;
use crate::ids::Token;
use axum::http::{HeaderMap, header};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::Cookie;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use watchbell_core::ids::UserId;
use watchbell_core::text;
use watchbell_store::scope::Scope;
use watchbell_store::sessions::{self, NewSession};
use watchbell_store::{StoreError, doors};

/// The cookie's name.
pub const SESSION_COOKIE: &str = "watchbell_session";

/// How long a session lasts, in days.
const SESSION_DAYS: i64 = 30;

/// Somebody with a session.
#[derive(Debug, Clone)]
pub struct LoggedIn {
    /// Who.
    pub scope: Scope,
    /// What the forms of this session carry.
    pub csrf: String,
    /// SHA-256 of the session's token: what names it.
    pub token_hash: [u8; 32],
    /// When the session ends.
    pub expires_at: Timestamp,
    csrf_hash: Vec<u8>,
}

impl LoggedIn {
    /// Whether a form came from a page of this session.
    pub fn is_own_form(&self, csrf: &str) -> bool {
        Token::hash(csrf).as_slice().ct_eq(&self.csrf_hash).into()
    }
}

/// The CSRF token of a session's token: derived, so that pages can print it again; one way, so that a page does not hold the session.
pub fn csrf_of(session_token: &str) -> String {
    let mut digest = Sha256::new();
    digest.update(b"watchbell csrf\0");
    digest.update(session_token.as_bytes());
    URL_SAFE_NO_PAD.encode(digest.finalize())
}

/// Begins a session for somebody who has just been proven: the cookie to set.
pub async fn begin_session(app: &App, scope: &Scope, headers: &HeaderMap) -> Result<Cookie<'static>, StoreError> {
    let user = scope.actor.user().ok_or_else(|| StoreError::Refused("only users have sessions".into()))?;
    let token = app.ids.token().text();
    let now = app.clock.now();
    let session = NewSession {
        user,
        token_hash: Token::hash(&token),
        csrf_hash: Token::hash(&csrf_of(&token)),
        expires_at: now + SignedDuration::from_hours(24 * SESSION_DAYS),
        agent: agent(headers),
    };
    sessions::create(&app.db, scope, session, now).await?;
    Ok(cookie(app, token, SESSION_DAYS * 24 * 3_600))
}

fn agent(headers: &HeaderMap) -> String {
    text::cut(headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default(), 200)
}

fn cookie(app: &App, token: String, max_age_s: i64) -> Cookie<'static> {
    let secure = if app.config.public_url().starts_with("https://") { "; Secure" } else { "" };
    let text = format!("{SESSION_COOKIE}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={max_age_s}{secure}");
    // A token is base64: this text always parses.
    Cookie::parse(text).unwrap_or_else(|_| Cookie::new(SESSION_COOKIE, token))
}

/// The session of a request's cookie; none when there is no cookie or its session has ended.
pub async fn logged_in(app: &App, headers: &HeaderMap) -> Result<Option<LoggedIn>, ApiError> {
    let jar = CookieJar::from_headers(headers);
    let Some(token) = jar.get(SESSION_COOKIE).map(|cookie| cookie.value().to_owned()) else { return Ok(None) };
    let token_hash = Token::hash(&token);
    let proof = doors::session(&app.db, token_hash, app.clock.now()).await?;
    Ok(proof.map(|proof| LoggedIn {
        scope: proof.scope,
        csrf: csrf_of(&token),
        token_hash,
        expires_at: proof.expires_at,
        csrf_hash: proof.csrf_hash,
    }))
}

/// Ends a session: the cookie to set.
pub async fn end_session(app: &App, session: &LoggedIn) -> Result<Cookie<'static>, StoreError> {
    sessions::delete(&app.db, &session.scope, session.token_hash).await?;
    Ok(cookie(app, String::new(), 0))
}

/// Ends all sessions of a user but the given one: after a change of the password.
pub async fn end_other_sessions(
    app: &App,
    scope: &Scope,
    user: UserId,
    but: Option<[u8; 32]>,
) -> Result<u64, StoreError> {
    sessions::delete_all(&app.db, scope, user, but).await
}
