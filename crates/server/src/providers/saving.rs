//! Connecting an account that carries messages, and changing it: what was entered is checked by the account's own rules, kept, and
//! tried by logging in. It is kept all the same where that fails: its state says what is wrong.

use super::{hooks_of, kind_of, mendable_settings, seal};
use crate::api::parse;
use crate::app::App;
use crate::engine::polling;
use crate::error::ApiError;
use watchbell_connect::channels::{
    AnyProvider, Fault, Outcome, SettingKind, Settings, settings_of, telegram::Receiving,
};
use watchbell_core::ids::ConnectorId;
use watchbell_core::provider::ProviderKind;
use watchbell_core::user::Channel;
use watchbell_store::StoreError;
use watchbell_store::connectors::{self, Connector, ConnectorIn, ConnectorState};
use watchbell_store::providers as accounts;
use watchbell_store::scope::Scope;

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
    /// Secrets that are erased, by name.
    pub forget: Vec<&'static str>,
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
pub async fn save(app: &App, scope: &Scope, id: Option<&ConnectorId>, entered: Entered) -> Result<Connector, NotKept> {
    let Entered { kind, name, channels, settings, forget } = entered;
    check_channels(kind, &channels)?;
    let (settings, had_secrets) = match id {
        Some(id) => with_kept(app, scope, id, kind, (settings, &forget)).await?,
        None => (settings, false),
    };
    let bad = |bad: watchbell_connect::channels::BadSetting| NotKept::Setting { name: bad.name.into(), why: bad.why };
    let provider = AnyProvider::configure(kind, &settings).map_err(bad)?;
    let params = serde_json::to_value(settings.shown()).map_err(|error| StoreError::BadData(error.into()))?;
    let has_secrets = had_secrets || !settings.secrets().is_empty();
    let sealed = has_secrets.then(|| seal(app, &settings)).transpose()?;
    let new = ConnectorIn { kind: kind.as_str().to_owned(), name, params, sealed, owner: None };
    let now = app.clock.now();
    let kept = match id {
        Some(id) => connectors::update(&app.db, scope, id, new, now).await?,
        None => connectors::create(&app.db, scope, ConnectorId(app.ids.uuid()), new, now).await?,
    };
    if let Err(error) = accounts::set_channels(&app.db, scope, &kept.id, &channels, now).await {
        if id.is_none() {
            connectors::delete(&app.db, scope, &kept.id, now).await?;
        }
        return Err(error.into());
    }
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

/// Secrets that were left out are those that are kept; and whether any are. Errors: `NotFound`, a secret that would go elsewhere.
async fn with_kept(
    app: &App,
    scope: &Scope,
    id: &ConnectorId,
    kind: ProviderKind,
    (mut entered, forget): (Settings, &[&str]),
) -> Result<(Settings, bool), NotKept> {
    let connector = connectors::get(&app.db, scope, id).await?;
    if connector.kind != kind.as_str() {
        let why = format!("cannot be changed: this account is of the type {}", connector.kind);
        return Err(NotKept::Setting { name: "type".into(), why });
    }
    let sealed = connectors::secrets(&app.db, scope, id).await?;
    let kept = mendable_settings(app, kind, &connector.params, sealed.as_deref())?;
    let moves = goes_elsewhere(kind, &kept, &entered);
    for field in settings_of(kind).iter().filter(|field| field.kind.is_secret() && !forget.contains(&field.name)) {
        if let (None, Some(secret)) = (entered.secret(field.name), kept.secret(field.name)) {
            // A secret must not travel to another server than the one it was entered for.
            if moves {
                let why = "is needed again, because the address is another server's now".to_owned();
                return Err(NotKept::Setting { name: field.name.into(), why });
            }
            entered.set_secret(field.name, secret.clone());
        }
    }
    Ok((entered, sealed.is_some()))
}

/// Whether an address names another server than before.
fn goes_elsewhere(kind: ProviderKind, kept: &Settings, entered: &Settings) -> bool {
    let urls = settings_of(kind).iter().filter(|field| field.kind == SettingKind::Url);
    let server = |settings: &Settings, name| settings.get(name).map(parse::server_of);
    urls.into_iter().any(|field| server(kept, field.name) != server(entered, field.name))
}

/// Logs in with an account and keeps what came of it; how it hears is set up as well.
pub async fn try_out(
    app: &App,
    scope: &Scope,
    id: &ConnectorId,
    provider: &AnyProvider,
) -> Result<Outcome, StoreError> {
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
        Err(why) => {
            let error = why.to_string();
            let now = app.clock.now();
            connectors::set_state(&app.db, scope, id, ConnectorState::Red, Some(error.clone()), now).await?;
            Ok(Outcome::Permanent { error, fault: Fault::Account })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_server_is_told_from_another_page_of_the_same() {
        let moved = |before: &str, after: &str| {
            let settings = |url| {
                let mut settings = Settings::default();
                settings.set("url", url);
                settings
            };
            goes_elsewhere(ProviderKind::SmsGateway, &settings(before), &settings(after))
        };
        let kept = "https://sms.example.com/send?to={to}";
        assert!(!moved(kept, "https://SMS.example.com/other?text={text}"));
        for elsewhere in
            ["https://evil.example/send", "http://sms.example.com/send", "https://sms.example.com:8443/", ""]
        {
            assert!(moved(kept, elsewhere), "{elsewhere}");
        }
        assert!(moved(kept, "https://sms.example.com@evil.example/send"));
    }
}
