//! Testing an account: what works, or what is wrong with it in words that say what to do.

use super::account::{Account, client};
use super::health;
use crate::accounts::{AutotaskParams, AutotaskSecrets};
use crate::app::App;
use autotask::{Address, Error, Fault, ZoneInformation, discover_zone};
use std::time::Duration;
use watchbell_connect::http::within;
use watchbell_core::ids::ConnectorId;
use watchbell_store::StoreError;
use watchbell_store::connectors::{self, ConnectorState};
use watchbell_store::scope::Scope;

/// How long somebody who saves an account over the API waits for its test.
const TEST_WITHIN: Duration = Duration::from_secs(5);

/// An account that works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connected {
    /// Host and zone, for people.
    pub address: String,
    /// Calls used of the hour, and how many there are, where Autotask tells.
    pub calls: Option<(i64, i64)>,
}

/// What is wrong with an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// The address: the user lives in another zone, or this is not Autotask.
    Zone,
    /// No zone knows the user name.
    UserName,
    /// The secret, or the integration code: Autotask does not tell which.
    Secret,
    /// The integration code.
    Code,
    /// A permission is missing.
    Permission,
    /// No calls are left, or too many at a time.
    Limit,
    /// No connection.
    Unreachable,
    /// Autotask is under maintenance or failing.
    Outage,
}

/// What is wrong with an account, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{words}")]
pub struct AccountFault {
    /// Which field or side it concerns.
    pub kind: FaultKind,
    /// In words.
    pub words: String,
    /// Whether it may pass by itself, so that the account is tried again.
    pub passes: bool,
}

impl AccountFault {
    fn new(kind: FaultKind, words: impl Into<String>) -> Self {
        Self { kind, words: words.into(), passes: false }
    }
}

/// Tests an account as it was entered, with one attempt to log in. Nothing is kept.
pub async fn test_account(
    app: &App,
    params: &AutotaskParams,
    secrets: &AutotaskSecrets,
) -> Result<Connected, AccountFault> {
    let address = match &params.web_server {
        Some(entered) => {
            entered.parse::<Address>().map_err(|error| AccountFault::new(FaultKind::Zone, error.to_string()))?
        }
        None => zone_of_user(app, &Address::directory(), params).await.map_err(|error| of_discovery(&error, params))?.0,
    };
    let client = client(app, &address, params, secrets).map_err(|error| plain(&error))?;
    match client.test_connection().await {
        Ok(found) => Ok(Connected {
            address: address.label(),
            calls: found.threshold.map(|threshold| (threshold.requests, threshold.requests_max)),
        }),
        Err(error @ Error::Credential { .. }) => Err(why_refused(app, &address, params, &error).await),
        Err(error) => Err(plain(&error)),
    }
}

/// Tests the account of a connector that was saved, within a time that a caller waits, and keeps what the test says: one that
/// works is used at once, one that was refused by nobody, any other is tried again. Its state holds the fault in words.
pub async fn test_saved(app: &App, scope: &Scope, id: &ConnectorId) -> Result<(), StoreError> {
    let params = AutotaskParams::of(&connectors::get(&app.db, scope, id).await?)?;
    let tested = match AutotaskSecrets::open(app, scope, id).await? {
        Some(secrets) => match within(TEST_WITHIN, test_account(app, &params, &secrets)).await {
            Ok(tested) => tested,
            Err(late) => {
                let words = format!("Autotask was asked, and gave {late}.");
                Err(AccountFault { passes: true, ..AccountFault::new(FaultKind::Unreachable, words) })
            }
        },
        None => Err(AccountFault::new(FaultKind::Permission, "The account has no secret: enter one.")),
    };
    let now = app.clock.now();
    match tested {
        Ok(_) => super::try_again(app, scope, id).await,
        Err(fault) if fault.is_refusal() => note_refusal(app, scope, id, &fault).await,
        Err(fault) => {
            super::try_again(app, scope, id).await?;
            connectors::set_state(&app.db, scope, id, ConnectorState::Yellow, Some(fault.words), now).await.map(|_| ())
        }
    }
}

impl AccountFault {
    /// Whether asking again without a change would be refused again, and might lock the user.
    fn is_refusal(&self) -> bool {
        let is_login = matches!(self.kind, FaultKind::Zone | FaultKind::UserName | FaultKind::Secret | FaultKind::Code);
        is_login && !self.passes
    }
}

async fn note_refusal(app: &App, scope: &Scope, id: &ConnectorId, fault: &AccountFault) -> Result<(), StoreError> {
    health::forget(app, scope, id).await?;
    let Ok(standing) = health::look(app, scope, id).await else { return Ok(()) };
    health::refuse(app, scope, &standing, fault).await.map(|_| ())
}

/// Autotask answers every refused log-in alike; where the user lives tells the zone from the secret.
async fn why_refused(app: &App, address: &Address, params: &AutotaskParams, error: &Error) -> AccountFault {
    if error.to_string().to_lowercase().contains("integrationcode") {
        return AccountFault::new(
            FaultKind::Code,
            format!("The API integration code (Tracking Identifier) was refused. {error}"),
        );
    }
    let directory = if address.is_vendor() { Address::directory() } else { address.clone() };
    match zone_of_user(app, &directory, params).await {
        Ok((found, _)) if found != *address => {
            let (found, entered) = (found.label(), address.label());
            AccountFault::new(
                FaultKind::Zone,
                format!("The user {} lives at {found}, not at {entered}: choose that zone.", params.user_name),
            )
        }
        Ok(_) => AccountFault::new(
            FaultKind::Secret,
            format!(
                "Autotask knows the user {}, but refused the secret or the API integration code. Enter both again as Autotask shows them at the API user under Admin > Resources/Users.",
                params.user_name
            ),
        ),
        Err(fault) => match of_discovery(&fault, params) {
            fault if fault.kind == FaultKind::UserName => fault,
            _ => AccountFault::new(FaultKind::Secret, error.to_string()),
        },
    }
}

async fn zone_of_user(
    app: &App,
    directory: &Address,
    params: &AutotaskParams,
) -> Result<(Address, ZoneInformation), Error> {
    let refused = |reason: String| Error::Zone { host: directory.host().to_owned(), reason };
    let http = app.channels.http().client_for(directory.as_str()).map_err(|error| refused(error.to_string()))?;
    discover_zone(&http, directory, &params.user_name).await
}

/// The directory answers an unknown user with "could not be determined".
fn of_discovery(error: &Error, params: &AutotaskParams) -> AccountFault {
    match error {
        Error::Zone { .. } => AccountFault::new(
            FaultKind::UserName,
            format!(
                "No zone of Autotask knows the user name {}: check \"Username (Key)\" of the API user.",
                params.user_name
            ),
        ),
        other => plain(other),
    }
}

fn plain(error: &Error) -> AccountFault {
    let kind = match error.fault() {
        Fault::Zone => FaultKind::Zone,
        Fault::Credential => FaultKind::Secret,
        Fault::Permission | Fault::Request => FaultKind::Permission,
        Fault::Limit => FaultKind::Limit,
        Fault::Unreachable => FaultKind::Unreachable,
        Fault::Outage | Fault::Answer => FaultKind::Outage,
    };
    AccountFault { passes: !error.is_permanent(), ..AccountFault::new(kind, error.to_string()) }
}

impl Account {
    /// The account for a person who sets up a source. Errors: in words.
    pub(super) async fn for_person(app: &App, scope: &Scope, id: &ConnectorId) -> Result<Self, String> {
        Self::open(app, scope, id).await.map_err(|trouble| trouble.why())
    }
}
