//! What proves that a mail which was posted comes from Mailgun or SES: kept in a setting, the key sealed; where nothing is kept, the
//! configuration says it.

use crate::app::App;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use watchbell_store::StoreError;
use watchbell_store::scope::Scope;
use watchbell_store::settings::{self, SEALED};

/// The setting: [`MailInSettings`] as JSON, beside the signing key of Mailgun.
const NAME: &str = "mail_in";

/// Who may post mails to us, without the key.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailInSettings {
    /// The topic that SES publishes to: `arn:aws:sns:eu-central-1:123456789012:mail`.
    #[serde(default)]
    pub sns_topic: Option<String>,
}

/// Who may post mails, and the signing key of Mailgun.
pub async fn get(app: &App, scope: &Scope) -> Result<(MailInSettings, Option<SecretString>), StoreError> {
    let Some(setting) = settings::get(&app.db, scope, NAME).await? else {
        let configured = MailInSettings { sns_topic: app.config.sns_topic.clone() };
        return Ok((configured, app.config.mailgun_key.clone()));
    };
    let json = setting.value.as_deref().unwrap_or("{}");
    let kept = serde_json::from_str(json).map_err(|error| StoreError::unreadable("setting mail_in", error))?;
    let open = |sealed: Vec<u8>| app.sealer.open_text(SEALED, &sealed).map(SecretString::from);
    Ok((kept, setting.sealed.map(open).transpose()?))
}

/// Keeps them; without a key there is none.
pub async fn put(
    app: &App,
    scope: &Scope,
    kept: &MailInSettings,
    mailgun_key: Option<&SecretString>,
) -> Result<(), StoreError> {
    let seal = |key: &SecretString| app.sealer.seal(SEALED, key.expose_secret().as_bytes(), &app.ids.fresh());
    let sealed = mailgun_key.map(seal).transpose()?;
    let json = serde_json::to_string(kept).map_err(|error| StoreError::BadData(error.into()))?;
    settings::put(&app.db, scope, NAME, (Some(json), sealed), app.clock.now()).await
}
