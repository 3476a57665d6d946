//! How an account is: refused (red), away for the moment (yellow), or well; and when it is asked again. Kept in the database, so
//! that every node and every job knows: the first refusal stops all of them.

use crate::app::App;
use crate::engine::tell_owner;
use autotask::{Cause, Error};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use watchbell_core::ids::ConnectorId;
use watchbell_store::connectors::{self, Connector, ConnectorState};
use watchbell_store::scope::Scope;
use watchbell_store::{StoreError, connector_cache, job_changes, jobs};

/// The name of the cached fact.
const NAME: &str = "away";
/// Where a fault says nothing about waiting, and while an account is refused: how often it is looked at again.
const LOOK_AGAIN_S: i64 = 60;
/// How long a call that tries an account again may take before another one does.
const PROBE_S: i64 = 16;
/// How soon the others look what became of it.
const PROBE_LOOK_S: i64 = 2;
/// Doublings of a wait; the longest wait ends it long before.
const DOUBLINGS_MAX: u32 = 20;

/// Why Autotask did not do what was asked.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// The account cannot be used at the moment.
    Away {
        /// Why, in words.
        why: String,
        /// When to ask again.
        again_at: Timestamp,
    },
    /// Autotask refused this request; others may pass.
    Refused(Error),
    /// Our own database.
    Store(StoreError),
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Trouble::Store(error)
    }
}

impl Trouble {
    /// In words.
    pub(crate) fn why(&self) -> String {
        match self {
            Trouble::Away { why, .. } => why.clone(),
            Trouble::Refused(error) => error.to_string(),
            Trouble::Store(error) => error.to_string(),
        }
    }

    /// When to ask again; refusals of one request are asked about again too, since a person may lift them.
    pub(crate) fn again_at(&self, now: Timestamp) -> Timestamp {
        match self {
            Trouble::Away { again_at, .. } => *again_at,
            Trouble::Refused(_) | Trouble::Store(_) => now + SignedDuration::from_secs(LOOK_AGAIN_S),
        }
    }
}

/// An account that does not answer, as all nodes know it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Away {
    fault: String,
    since: Timestamp,
    noted_at: Timestamp,
    tries: u32,
    retry_at: Timestamp,
    why: String,
    /// Whether a call tries it right now.
    #[serde(default)]
    probing: bool,
}

impl Away {
    /// When others may ask again: while somebody tries it, soon.
    fn again_at(&self, now: Timestamp) -> Timestamp {
        let soon = now + SignedDuration::from_secs(PROBE_LOOK_S);
        if self.probing { self.retry_at.min(soon) } else { self.retry_at }
    }
}

/// An account as it was when it was about to be used.
#[derive(Debug)]
pub(super) struct Standing {
    connector: Connector,
    away: Option<Away>,
    /// The same as it is kept.
    kept: Json,
    asked_at: Timestamp,
}

/// Whether an account may be asked now, for one call. Errors: `Away`.
pub(super) async fn check(app: &App, scope: &Scope, id: &ConnectorId) -> Result<Standing, Trouble> {
    let standing = look(app, scope, id).await?;
    match &standing.away {
        Some(away) => probe(app, scope, &standing, away).await.map(|()| standing),
        None => Ok(standing),
    }
}

/// Whether an account may be asked now, without asking it. Errors: `Away`.
pub(super) async fn look(app: &App, scope: &Scope, id: &ConnectorId) -> Result<Standing, Trouble> {
    let asked_at = app.clock.now();
    let connector = connectors::get(&app.db, scope, id).await?;
    if connector.state == ConnectorState::Red {
        let why = connector.state_reason.unwrap_or_else(|| "The account was refused.".to_owned());
        return Err(Trouble::Away { why, again_at: asked_at + SignedDuration::from_secs(LOOK_AGAIN_S) });
    }
    let cached = connector_cache::get(&app.db, scope, id, NAME).await?;
    let kept = cached.map_or(Json::Null, |cached| cached.value);
    match read(&kept) {
        Some(away) if away.retry_at > asked_at => {
            let again_at = away.again_at(asked_at);
            Err(Trouble::Away { why: away.why, again_at })
        }
        away => Ok(Standing { connector, away, kept, asked_at }),
    }
}

fn read(kept: &Json) -> Option<Away> {
    serde_json::from_value(kept.clone()).ok().flatten()
}

fn to_json(away: &Away) -> Result<Json, StoreError> {
    serde_json::to_value(Some(away)).map_err(|error| StoreError::unreadable("connector cache", error))
}

/// An account that was away is asked by one call at a time: the others wait for what becomes of it.
async fn probe(app: &App, scope: &Scope, standing: &Standing, away: &Away) -> Result<(), Trouble> {
    let (id, now) = (&standing.connector.id, standing.asked_at);
    let probing = Away { retry_at: now + SignedDuration::from_secs(PROBE_S), probing: true, ..away.clone() };
    // Compared as it is kept: another version of this program may have written it.
    let both = (&standing.kept, &to_json(&probing)?);
    match connector_cache::replace(&app.db, scope, id, NAME, both).await? {
        true => Ok(()),
        false => Err(Trouble::Away { again_at: probing.again_at(now), why: probing.why }),
    }
}

/// It answered: whatever kept it away is over.
pub(super) async fn note_success(app: &App, scope: &Scope, standing: &Standing) -> Result<(), StoreError> {
    if standing.away.is_none() {
        return Ok(());
    }
    let (id, now) = (&standing.connector.id, app.clock.now());
    connector_cache::put(&app.db, scope, id, NAME, &Json::Null, now).await?;
    set_green(app, scope, standing).await
}

/// Tickets can be read: a missing permission was given.
pub(super) async fn note_permitted(app: &App, scope: &Scope, standing: &Standing) -> Result<(), StoreError> {
    match standing.connector.state {
        ConnectorState::Yellow if standing.away.is_none() => set_green(app, scope, standing).await,
        _ => Ok(()),
    }
}

async fn set_green(app: &App, scope: &Scope, standing: &Standing) -> Result<(), StoreError> {
    let (id, now) = (&standing.connector.id, app.clock.now());
    let (scope, id, pool) = (scope.clone(), id.clone(), super::pool_of(id));
    let connector = id.clone();
    let write = app.db.write(move |tx| {
        Box::pin(async move {
            connectors::set_state_in(tx, &scope, &id, ConnectorState::Green, None, now).await?;
            // What waited for it is done now.
            job_changes::wake_pool(tx, scope.org, &pool, now).await
        })
    });
    write.await?;
    app.wake.notify_one();
    tracing::info!(%connector, "the Autotask account answers again");
    Ok(())
}

/// Forgets what kept an account away: a person said that it should be tried again.
pub(super) async fn forget(app: &App, scope: &Scope, id: &ConnectorId) -> Result<(), StoreError> {
    let now = app.clock.now();
    connector_cache::put(&app.db, scope, id, NAME, &Json::Null, now).await?;
    connectors::set_state(&app.db, scope, id, ConnectorState::Green, None, now).await.map(|_| ())
}

/// It did not do what was asked: what that says about the account, and when to ask again. `used`: calls used of the hour, in words.
pub(super) async fn note_fault(
    app: &App,
    scope: &Scope,
    standing: &Standing,
    error: Error,
    used: Option<String>,
) -> Result<Trouble, StoreError> {
    match &error {
        Error::Credential { .. } => refuse(app, scope, standing, &error).await,
        Error::Validation { .. }
        | Error::Method { .. }
        | Error::NotFound { .. }
        | Error::TooLarge { .. }
        | Error::Unreadable { .. } => Ok(Trouble::Refused(error)),
        Error::Permission { .. } => {
            let (id, now) = (&standing.connector.id, app.clock.now());
            let why = Some(error.to_string());
            connectors::set_state(&app.db, scope, id, ConnectorState::Yellow, why, now).await?;
            Ok(Trouble::Refused(error))
        }
        Error::Zone { .. }
        | Error::ThreadLimit { .. }
        | Error::HourlyLimit { .. }
        | Error::Maintenance { .. }
        | Error::Transient { .. }
        | Error::Unreachable { .. } => go_away(app, scope, standing, &error, used).await,
    }
}

/// The first refusal stops every use of the account, and its owner is told once.
pub(super) async fn refuse(
    app: &App,
    scope: &Scope,
    standing: &Standing,
    because: impl std::fmt::Display + Send,
) -> Result<Trouble, StoreError> {
    let (connector, now) = (&standing.connector, app.clock.now());
    let why = format!(
        "User name, secret, integration code or zone refused by Autotask. Nothing uses this account before its credentials are edited, or somebody says \"try again\". {because}"
    );
    let told = tell_owner::addressees(app, scope, connector).await?;
    let (scope, id, reason) = (scope.clone(), connector.id.clone(), why.clone());
    let write = app.db.write(move |tx| {
        Box::pin(async move {
            connectors::set_state_in(tx, &scope, &id, ConnectorState::Red, Some(reason), now).await?;
            if connectors::claim_owner_notice(tx, &scope, &id, now).await? {
                jobs::ask(tx, tell_owner::jobs(&scope, &id, told, now)).await?;
            }
            Ok(())
        })
    });
    write.await?;
    tracing::error!(connector = %connector.id, "an Autotask account was refused; nothing uses it any more");
    Ok(Trouble::Away { why, again_at: now + SignedDuration::from_secs(LOOK_AGAIN_S) })
}

async fn go_away(
    app: &App,
    scope: &Scope,
    standing: &Standing,
    error: &Error,
    used: Option<String>,
) -> Result<Trouble, StoreError> {
    let (id, now) = (&standing.connector.id, app.clock.now());
    let known = connector_cache::get(&app.db, scope, id, NAME).await?;
    let known = known.and_then(|cached| read(&cached.value));
    // Another call that was under way at the same time has noted it already.
    if let Some(known) = known.as_ref().filter(|known| known.noted_at >= standing.asked_at && known.retry_at > now) {
        return Ok(Trouble::Away { why: known.why.clone(), again_at: known.again_at(now) });
    }
    let fault = word(error).to_owned();
    let same = known.filter(|known| known.fault == fault);
    let tries = same.as_ref().map_or(0, |known| known.tries) + 1;
    let since = same.as_ref().map_or(now, |known| known.since);
    let why = match (&same, used) {
        (Some(known), None) => known.why.clone(),
        (_, used) => say(error, since, used),
    };
    let retry_at = now + wait(app, error, tries);
    let away = Away { fault, since, noted_at: now, tries, retry_at, why: why.clone(), probing: false };
    connector_cache::put(&app.db, scope, id, NAME, &to_json(&away)?, now).await?;
    connectors::set_state(&app.db, scope, id, ConnectorState::Yellow, Some(why.clone()), now).await?;
    tracing::warn!(connector = %id, %error, tries, "Autotask cannot be used");
    Ok(Trouble::Away { why, again_at: retry_at })
}

fn word(error: &Error) -> &'static str {
    match error {
        Error::Zone { .. } => "zone",
        Error::ThreadLimit { .. } => "threads",
        Error::HourlyLimit { .. } => "hour",
        Error::Maintenance { .. } => "maintenance",
        Error::Transient { .. } => "failing",
        _ => "unreachable",
    }
}

/// What the page of the account says.
fn say(error: &Error, since: Timestamp, used: Option<String>) -> String {
    let since = since.strftime("%Y-%m-%d %H:%M UTC");
    let used = used.map(|used| format!(" {used}")).unwrap_or_default();
    match error {
        Error::ThreadLimit { .. } => format!("Autotask lets no more calls in since {since}. {error}{used}"),
        Error::HourlyLimit { .. } => {
            format!("The limit of the tenant is reached, by all vendors together, since {since}. {error}")
        }
        Error::Maintenance { .. } => format!("Autotask is under maintenance since {since}. {error}"),
        Error::Unreachable { cause: Cause::Name, .. } | Error::Unreachable { .. } => {
            format!("Autotask is unreachable since {since}. {error}")
        }
        Error::Transient { .. } => format!("Autotask fails since {since}. {error}"),
        other => format!("Since {since}: {other}"),
    }
}

/// The wait that the server asks for, where that is the only thing in the way; else the fault's own, doubled with each try. What
/// comes back by itself gets jitter, so that nodes and vendors do not knock at once.
fn wait(app: &App, error: &Error, tries: u32) -> SignedDuration {
    if let Error::ThreadLimit { retry_after: Some(asked) } = error {
        return SignedDuration::try_from(*asked).unwrap_or(SignedDuration::from_secs(LOOK_AGAIN_S));
    }
    let Some(backoff) = error.backoff() else { return SignedDuration::from_secs(LOOK_AGAIN_S) };
    let doubled = backoff.first.saturating_mul(1 << (tries - 1).min(DOUBLINGS_MAX)).min(backoff.longest);
    let ms = u64::try_from(doubled.as_millis()).unwrap_or(u64::MAX);
    let jitter = match error {
        Error::Transient { .. } | Error::Unreachable { .. } => app.ids.below(ms / 8),
        _ => 0,
    };
    SignedDuration::from_millis(i64::try_from(ms.saturating_sub(jitter)).unwrap_or(i64::MAX))
}
