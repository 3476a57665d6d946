//! Connecting an account that carries messages, and changing it: what was entered is checked by the account's own rules, kept, and
//! tried by logging in. It is kept all the same where that fails: its state says what is wrong.

use super::{hooks_of, kind_of, seal, stored_settings};
use crate::app::App;
use crate::engine::polling;
use crate::error::ApiError;
use watchbell_connect::channels::{AnyProvider, Fault, Outcome, Settings, settings_of, telegram::Receiving};
use watchbell_core::ids::ConnectorId;
use watchbell_core::provider::ProviderKind;
use watchbell_core::user::Channel;
use watchbell_store::connectors::{self, Connector, ConnectorIn, ConnectorState};
use watchbell_store::providers as accounts;
use watchbell_store::scope::Scope;
use watchbell_store::StoreError;

/// An account as it was entered.
#[derive(Debug)]
pub struct Entered {
    /// Of which kind; not changed later.
    pub kind: ProviderKind,
    /// How people call it.
    pub name: String,
    /// Which channels it carries.
    pub channels: Vec<Channel>,
    /// Its settings; secrets that are left out stay as they are.
    pub settings: Settings,
}

/// Why an account is not kept.
#[derive(Debug, thiserror::Error)]
pub enum NotKept {
    /// A setting cannot be used; by its name.
    #[error("{name}: {why}")]
    Setting {
        /// Which.
        name: String,
        /// What is wrong.
        why: String,
    },
    /// Something else.
    #[error("{0}")]
    Store(#[from] StoreError),
}

impl From<NotKept> for ApiError {
    fn from(error: NotKept) -> Self {
        match error {
            NotKept::Setting { name, why } => Self::field(&name, why),
            NotKept::Store(error) => error.into(),
        }
    }
}

/// Keeps a new account, or changes one, and tries it.
pub async fn save(
    app: &App,
    scope: &Scope,
    id: Option<&ConnectorId>,
    entered: Entered,
) -> Result<Connector, NotKept> {
    let Entered { kind, name, channels, settings } = entered;
    check_channels(kind, &channels)?;
    let settings = match id {
        Some(id) => with_kept(app, scope, id, kind, settings).await?,
        None => settings,
    };
    let bad = |bad: watchbell_connect::channels::BadSetting| NotKept::Setting { name: bad.name.into(), why: bad.why };
    let provider = AnyProvider::configure(kind, &settings).map_err(bad)?;
    let params = serde_json::to_value(settings.shown()).map_err(|error| StoreError::BadData(error.into()))?;
    let sealed = seal(app, &settings)?;
    let new = ConnectorIn { kind: kind.as_str().to_owned(), name, params, sealed, owner: None };
    let now = app.clock.now();
    let kept = match id {
        Some(id) => connectors::update(&app.db, scope, id, new, now).await?,
        None => connectors::create(&app.db, scope, ConnectorId(app.ids.uuid()), new, now).await?,
    };
    accounts::set_channels(&app.db, scope, &kept.id, &channels, now).await?;
    try_out(app, scope, &kept.id, &provider).await?;
    Ok(connectors::get(&app.db, scope, &kept.id).await?)
}

fn check_channels(kind: ProviderKind, channels: &[Channel]) -> Result<(), NotKept> {
    let other = channels.iter().find(|channel| !kind.channels().contains(channel));
    let why = match other {
        Some(channel) => format!("{} does not carry {channel}", kind.name()),
        None if channels.is_empty() => "at least one is required".to_owned(),
        None => return Ok(()),
    };
    Err(NotKept::Setting { name: "channels".into(), why })
}

/// Secrets that were left out are those that are kept. Errors: `NotFound`.
async fn with_kept(
    app: &App,
    scope: &Scope,
    id: &ConnectorId,
    kind: ProviderKind,
    mut entered: Settings,
) -> Result<Settings, StoreError> {
    let connector = connectors::get(&app.db, scope, id).await?;
    let sealed = connectors::secrets(&app.db, scope, id).await?;
    let kept = stored_settings(app, kind, &connector.params, sealed.as_deref())?;
    for field in settings_of(kind).iter().filter(|field| field.kind.is_secret()) {
        if let (None, Some(secret)) = (entered.secret(field.name), kept.secret(field.name)) {
            entered.set_secret(field.name, secret.clone());
        }
    }
    Ok(entered)
}

/// Logs in with an account and keeps what came of it; how it hears is set up as well.
pub async fn try_out(app: &App, scope: &Scope, id: &ConnectorId, provider: &AnyProvider) -> Result<Outcome, StoreError> {
    let probed = provider.probe(app.channels.http(), app.clock.now()).await;
    let outcome = if probed.is_sent() { hear(app, scope, id, provider).await? } else { probed };
    let (state, reason) = match &outcome {
        Outcome::Sent { .. } => (ConnectorState::Green, None),
        Outcome::Transient { error, .. } => (ConnectorState::Yellow, Some(error.clone())),
        Outcome::Permanent { error, fault: Fault::Message | Fault::Contact } => {
            (ConnectorState::Yellow, Some(error.clone()))
        }
        Outcome::Permanent { error, fault: Fault::Account } => (ConnectorState::Red, Some(error.clone())),
    };
    connectors::set_state(&app.db, scope, id, state, reason, app.clock.now()).await?;
    Ok(outcome)
}

/// A bot is told where to call us, or is asked from now on.
async fn hear(app: &App, scope: &Scope, id: &ConnectorId, provider: &AnyProvider) -> Result<Outcome, StoreError> {
    let well = Outcome::Sent { provider_id: None };
    let AnyProvider::Telegram(bot) = provider else { return Ok(well) };
    let http = app.channels.http();
    let set = match bot.receiving() {
        Receiving::Webhook => bot.set_webhook(http, &format!("{}/message", hooks_of(app, id))).await,
        Receiving::Poll => bot.delete_webhook(http).await,
    };
    if set.is_ok() && polling::is_polled(provider) {
        polling::begin(app, scope.org, id).await?;
    }
    Ok(set.err().unwrap_or(well))
}

/// Logs in with an account that is kept. Errors: `NotFound`.
pub async fn test(app: &App, scope: &Scope, id: &ConnectorId) -> Result<Outcome, NotKept> {
    let account = accounts::of_connector(&app.db, scope, id).await?.into_iter().next();
    let account = account.ok_or_else(|| StoreError::not_found("provider", id))?;
    kind_of(&account)?;
    match super::configure(app, &account) {
        Ok(provider) => Ok(try_out(app, scope, id, &provider).await?),
        Err(why) => Ok(Outcome::Permanent { error: why.to_string(), fault: Fault::Account }),
    }
}
