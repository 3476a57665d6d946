//! Accounts that carry messages, as they are kept in connectors: configured for use, where they call us back, and how they are doing.

mod entering;
mod saving;
mod standing;

pub use entering::{enter, hooks_to_paste};
pub use saving::{Entered, NotKept, save, test, try_out};
pub use standing::{AccountStanding, ChannelStanding, each_account, standing};

use crate::app::App;
use crate::links::{self, Link, Use};
use secrecy::{ExposeSecret as _, SecretString};
use std::collections::BTreeMap;
use watchbell_connect::channels::{AnyProvider, Back, BadSetting, Fault, Outcome, Settings, settings_of};
use watchbell_core::ids::{ConnectorId, NotificationId, OrgId};
use watchbell_core::provider::ProviderKind;
use watchbell_store::connectors::{self, ConnectorState, SEALED};
use watchbell_store::deliveries::Via;
use watchbell_store::providers::ChannelProvider;
use watchbell_store::scope::Scope;
use watchbell_store::{StoreError, jobs};

/// Where the providers call us, below the public address.
pub const HOOKS: &str = "/api/v1/providers";

/// The settings of an account. Errors: `Key`, `Unreadable`.
pub fn settings(app: &App, kind: ProviderKind, provider: &ChannelProvider) -> Result<Settings, StoreError> {
    stored_settings(app, kind, &provider.params, provider.sealed.as_deref())
}

/// The same of a connector's parts.
pub fn stored_settings(
    app: &App,
    kind: ProviderKind,
    params: &serde_json::Value,
    sealed: Option<&[u8]>,
) -> Result<Settings, StoreError> {
    let mut settings = Settings::default();
    for field in settings_of(kind).iter().filter(|field| !field.kind.is_secret()) {
        if let Some(text) = params.get(field.name).and_then(|value| value.as_str()) {
            settings.set(field.name, text);
        }
    }
    let Some(sealed) = sealed else { return Ok(settings) };
    let plain = app.sealer.open(SEALED, sealed)?;
    // The parser's own words could repeat what it read.
    let secrets: BTreeMap<String, String> = serde_json::from_slice(&plain)
        .map_err(|_| StoreError::unreadable("connector", "its secrets have another form"))?;
    for (name, secret) in secrets {
        settings.set_secret(&name, SecretString::from(secret));
    }
    Ok(settings)
}

/// The same to be changed: secrets that cannot be opened count as none, so that they are entered again.
pub fn mendable_settings(
    app: &App,
    kind: ProviderKind,
    params: &serde_json::Value,
    sealed: Option<&[u8]>,
) -> Result<Settings, StoreError> {
    match stored_settings(app, kind, params, sealed) {
        Err(StoreError::Key(_) | StoreError::Unreadable { .. }) => stored_settings(app, kind, params, None),
        read => read,
    }
}

/// The secrets of settings, sealed for a connector.
pub fn seal(app: &App, settings: &Settings) -> Result<Vec<u8>, StoreError> {
    let plain: BTreeMap<&String, &str> =
        settings.secrets().iter().map(|(name, secret)| (name, secret.expose_secret())).collect();
    let plain = serde_json::to_vec(&plain).map_err(|error| StoreError::BadData(error.into()))?;
    app.sealer.seal(SEALED, &plain, &app.ids.fresh())
}

/// Why an account cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Unusable {
    /// Its settings are wrong.
    #[error("the settings of the account cannot be used: {0}")]
    Settings(#[from] BadSetting),
    /// Its secrets cannot be opened, or it is of a kind that this version does not know.
    #[error("{0}")]
    Stored(#[from] StoreError),
}

/// An account, ready for use.
pub fn configure(app: &App, provider: &ChannelProvider) -> Result<AnyProvider, Unusable> {
    let kind = kind_of(provider)?;
    Ok(AnyProvider::configure(kind, &settings(app, kind, provider)?)?)
}

/// Of which kind an account is.
pub fn kind_of(provider: &ChannelProvider) -> Result<ProviderKind, StoreError> {
    ProviderKind::parse(&provider.kind)
        .ok_or_else(|| StoreError::unreadable("connector", format!("{} is no kind of provider", provider.kind)))
}

/// An account as the timeline names it.
pub fn via(provider: &ChannelProvider) -> Via {
    Via { connector: provider.connector.clone(), name: provider.name.clone() }
}

/// The address of an account's hooks, without a slash at its end.
pub fn hooks_of(app: &App, connector: &ConnectorId) -> String {
    format!("{}{HOOKS}/{connector}", app.config.public_url())
}

/// Where an account calls us back about a message.
pub fn back(app: &App, org: OrgId, connector: &ConnectorId, notification: NotificationId) -> Back {
    Back::new(hooks_of(app, connector), links::sign(app, Use::Callback, Link { org, notification }))
}

/// Keeps how an account does: refused, in trouble, or well again. Its owner is told once that it is refused.
pub async fn note(app: &App, scope: &Scope, provider: &ChannelProvider, outcome: &Outcome) -> Result<(), StoreError> {
    let (state, reason) = match outcome {
        Outcome::Sent { .. } => (ConnectorState::Green, None),
        Outcome::Transient { error, .. } => (ConnectorState::Yellow, Some(error)),
        Outcome::Permanent { error, fault: Fault::Account } => (ConnectorState::Red, Some(error)),
        // It answered as it should: this message or contact is at fault.
        Outcome::Permanent { .. } => return Ok(()),
    };
    // Written when it changes only: a thousand messages do not write a thousand times to one row.
    if state == provider.state {
        return Ok(());
    }
    let id = &provider.connector;
    connectors::set_state(&app.db, scope, id, state, reason.cloned(), app.clock.now()).await?;
    if state == ConnectorState::Red {
        tell_owner(app, scope, id).await?;
    }
    Ok(())
}

async fn tell_owner(app: &App, scope: &Scope, id: &ConnectorId) -> Result<(), StoreError> {
    let connector = connectors::get(&app.db, scope, id).await?;
    let told = crate::engine::tell_owner::addressees(app, scope, &connector).await?;
    let (scope, id, now) = (scope.clone(), id.clone(), app.clock.now());
    let write = app.db.write(move |tx| {
        Box::pin(async move {
            if connectors::claim_owner_notice(tx, &scope, &id, now).await? {
                jobs::ask(tx, crate::engine::tell_owner::jobs(&scope, &id, told, now)).await?;
            }
            Ok(())
        })
    });
    write.await
}
