//! The only functions without a scope: each turns a proof from outside into one.

use crate::args;
use crate::db::Db;
use crate::error::StoreError;
use crate::feeds::{self, Feed};
use crate::scope::Scope;
use crate::source_webhooks::{self, SourceWebhook};
use crate::sources::{self, Source};
use crate::stored;
use crate::value::timestamp;
use jiff::{SignedDuration, Timestamp};
use watchbell_core::ids::{ApiKeyId, OrgId, SourceId, UserId};
use watchbell_core::text::fold;
use watchbell_core::timeline::Actor;
use watchbell_core::user::Role;

sql! {
    LOGIN { both: "SELECT org_id, id, role, password_hash FROM user_account WHERE org_id = $1 AND email_folded = $2" }
    USER { both: "SELECT org_id, id, role FROM user_account WHERE org_id = $1 AND id = $2" }
    SESSION { both: "SELECT s.org_id, s.user_id, u.role, s.csrf_hash, s.expires_at, s.seen_at FROM session s \
        JOIN user_account u ON u.org_id = s.org_id AND u.id = s.user_id WHERE s.token_hash = $1 AND s.expires_at > $2" }
    TOUCH_SESSION { both: "UPDATE session SET seen_at = $2 WHERE token_hash = $1" }
    API_KEY { both: "SELECT k.org_id, k.user_id, u.role, k.id, k.used_at FROM api_key k \
        JOIN user_account u ON u.org_id = k.org_id AND u.id = k.user_id WHERE k.token_hash = $1" }
    TOUCH_API_KEY { both: "UPDATE api_key SET used_at = $2 WHERE id = $1" }
    INTEGRATION_KEY { both: "SELECT org_id, id, name, integration_type, key_sealed, policy_id, active, grouping, grouping_window_s, \
        priority_rule, support_hours_id, auto_raise, auto_resolve_s, connector_id, settings, rules, started_at, polled_at, poll_state, created_at, updated_at, deleted_at \
        FROM alert_source WHERE key_hash = $1 AND deleted_at IS NULL" }
    FEED { both: "SELECT f.org_id, u.role, f.id, f.user_id, f.name, f.schedule_id, f.person_id, f.created_at, f.used_at FROM calendar_feed f \
        JOIN user_account u ON u.org_id = f.org_id AND u.id = f.user_id WHERE f.token_hash = $1" }
    TOUCH_FEED { both: "UPDATE calendar_feed SET used_at = $2 WHERE id = $1" }
}

/// The organization of an installation: there is one for now, made by the first migration.
pub const ORGANIZATION: OrgId = OrgId(1);

/// How exact "last used" is, in seconds: so seldom is it written.
const TOUCH_S: i64 = 60;

fn user_scope(org: i64, user: i64, role: &str) -> Result<Scope, StoreError> {
    let role = stored::word("user", role, Role::parse)?;
    Ok(Scope::new(OrgId(org), Actor::User { id: UserId(user) }, Some(role)))
}

/// An account that somebody claims; the password still has to prove it.
#[derive(Debug)]
pub struct Claim {
    /// PHC string; `None` cannot log in with a password.
    pub password_hash: Option<String>,
    /// Whose account.
    pub user: UserId,
    scope: Scope,
}

impl Claim {
    /// The scope, once the password has been found to be right.
    pub fn proven(self) -> Scope {
        self.scope
    }
}

/// The account of an e-mail address.
pub async fn login(db: &Db, email: &str) -> Result<Option<Claim>, StoreError> {
    let row: Option<(i64, i64, String, Option<String>)> = db.one(LOGIN, args![ORGANIZATION, fold(email)]).await?;
    let claim = |(org, user, role, password_hash): (i64, i64, String, Option<String>)| {
        Ok(Claim { password_hash, user: UserId(user), scope: user_scope(org, user, &role)? })
    };
    row.map(claim).transpose()
}

/// A webhook that somebody claims to be; the signature still has to prove it.
#[derive(Debug)]
pub struct WebhookClaim {
    /// The webhook, with the sealed key of its signatures.
    pub webhook: SourceWebhook,
    /// Its source.
    pub source: Source,
    scope: Scope,
}

impl WebhookClaim {
    /// The scope, once the signature has been found to be right.
    pub fn proven(&self) -> &Scope {
        &self.scope
    }

    /// The program's own scope, to note that the signature was wrong.
    pub fn unproven(&self) -> Scope {
        system(self.webhook.org)
    }
}

/// The webhook that calls an address; none where it, or its source, is gone.
pub async fn webhook(db: &Db, address: &str) -> Result<Option<WebhookClaim>, StoreError> {
    let Some(webhook) = source_webhooks::of_address(db, address).await? else { return Ok(None) };
    let scope = source(webhook.org, webhook.source);
    match sources::get(db, &scope, webhook.source).await {
        Ok(source) => Ok(Some(WebhookClaim { webhook, source, scope })),
        Err(StoreError::NotFound { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// A browser that is logged in.
#[derive(Debug, Clone)]
pub struct SessionProof {
    /// Who.
    pub scope: Scope,
    /// SHA-256 of the CSRF token that its forms carry.
    pub csrf_hash: Vec<u8>,
    /// When the session ends.
    pub expires_at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct SessionRow {
    org_id: i64,
    user_id: i64,
    role: String,
    csrf_hash: Vec<u8>,
    expires_at: i64,
    seen_at: i64,
}

/// The session of a token's SHA-256; none when it has ended.
pub async fn session(db: &Db, token_hash: [u8; 32], now: Timestamp) -> Result<Option<SessionProof>, StoreError> {
    let row: Option<SessionRow> = db.one(SESSION, args![token_hash, now]).await?;
    let Some(row) = row else { return Ok(None) };
    if is_stale(Some(row.seen_at), now) {
        db.write(move |tx| Box::pin(async move { tx.exec(TOUCH_SESSION, args![token_hash, now]).await })).await?;
    }
    let scope = user_scope(row.org_id, row.user_id, &row.role)?;
    Ok(Some(SessionProof { scope, csrf_hash: row.csrf_hash, expires_at: timestamp(row.expires_at) }))
}

fn is_stale(used_at: Option<i64>, now: Timestamp) -> bool {
    used_at.is_none_or(|at| now.duration_since(timestamp(at)) >= SignedDuration::from_secs(TOUCH_S))
}

/// The user of an API key's SHA-256, and which key it was.
pub async fn api_key(db: &Db, token_hash: [u8; 32], now: Timestamp) -> Result<Option<(Scope, ApiKeyId)>, StoreError> {
    let row: Option<(i64, i64, String, i64, Option<i64>)> = db.one(API_KEY, args![token_hash]).await?;
    let Some((org, user, role, id, used_at)) = row else { return Ok(None) };
    if is_stale(used_at, now) {
        db.write(move |tx| Box::pin(async move { tx.exec(TOUCH_API_KEY, args![id, now]).await })).await?;
    }
    Ok(Some((user_scope(org, user, &role)?, ApiKeyId(id))))
}

#[derive(sqlx::FromRow)]
struct KeyRow {
    org_id: i64,
    #[sqlx(flatten)]
    source: sources::Row,
}

/// The source of an integration key's SHA-256, switched off or not.
pub async fn integration_key(db: &Db, key_hash: [u8; 32]) -> Result<Option<(Scope, Source)>, StoreError> {
    let row: Option<KeyRow> = db.one(INTEGRATION_KEY, args![key_hash]).await?;
    let Some(row) = row else { return Ok(None) };
    let source = row.source.read()?;
    Ok(Some((Scope::new(OrgId(row.org_id), Actor::Source { id: source.id }, None), source)))
}

#[derive(sqlx::FromRow)]
struct FeedRow {
    org_id: i64,
    role: String,
    #[sqlx(flatten)]
    feed: feeds::Row,
}

/// The calendar feed of a secret's SHA-256, seen as by the person who made it.
pub async fn feed(db: &Db, token_hash: [u8; 32], now: Timestamp) -> Result<Option<(Scope, Feed)>, StoreError> {
    let row: Option<FeedRow> = db.one(FEED, args![token_hash]).await?;
    let Some(row) = row else { return Ok(None) };
    let feed = row.feed.read()?;
    if is_stale(feed.used_at.map(|at| at.as_microsecond()), now) {
        let id = feed.id;
        db.write(move |tx| Box::pin(async move { tx.exec(TOUCH_FEED, args![id, now]).await })).await?;
    }
    Ok(Some((user_scope(row.org_id, feed.user.0, &row.role)?, feed)))
}

/// A source acting by itself (a poll), for a job that names it.
pub fn source(org: OrgId, id: SourceId) -> Scope {
    Scope::new(org, Actor::Source { id }, None)
}

/// Whom a link names whose signature was found to be right; none when the account is gone.
pub async fn signed_link(db: &Db, org: OrgId, user: UserId) -> Result<Option<Scope>, StoreError> {
    let row: Option<(i64, i64, String)> = db.one(USER, args![org, user]).await?;
    row.map(|(org, user, role)| user_scope(org, user, &role)).transpose()
}

/// Whoever may start programs on this machine.
pub fn command_line() -> Scope {
    Scope::new(ORGANIZATION, Actor::CommandLine, Some(Role::Admin))
}

/// Watchbell itself, for the organization of a job that was claimed.
pub fn system(org: OrgId) -> Scope {
    Scope::new(org, Actor::System, None)
}
