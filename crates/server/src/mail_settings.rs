//! How e-mail leaves, as people set it in the pages: kept in a setting, the password sealed, in use at once and on every node.

use crate::app::App;
use crate::config::Config;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use watchbell_connect::channels::{SmtpConfig, SmtpConfigError};
use watchbell_store::scope::Scope;
use watchbell_store::settings::{self, SEALED};
use watchbell_store::{StoreError, doors};

/// The setting: [`MailSettings`] as JSON.
const NAME: &str = "smtp";

/// The mail server without its password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailSettings {
    /// Name or address of the server.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the way to it is protected.
    pub security: Security,
    /// Who logs in, where the server wants that.
    pub user: Option<String>,
    /// The sender.
    pub from: String,
}

/// How the way to the mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Security {
    /// TLS from the start.
    Tls,
    /// STARTTLS or nothing.
    StartTls,
    /// None: this machine and private networks only.
    Plain,
}

impl Security {
    /// The word of forms.
    pub const fn as_str(self) -> &'static str {
        match self {
            Security::Tls => "tls",
            Security::StartTls => "starttls",
            Security::Plain => "plain",
        }
    }

    /// The value of a word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Tls, Self::StartTls, Self::Plain].into_iter().find(|security| security.as_str() == word)
    }
}

impl MailSettings {
    /// For the channel. Errors: what is wrong, without the password.
    pub fn to_config(&self, password: Option<&SecretString>) -> Result<SmtpConfig, SmtpConfigError> {
        let (scheme, tls) = match self.security {
            Security::Tls => ("smtps", ""),
            Security::StartTls => ("smtp", "&tls=required"),
            Security::Plain => ("smtp", "&tls=none"),
        };
        let login = match (&self.user, password) {
            (Some(user), Some(password)) => format!("{}:{}@", escaped(user), escaped(password.expose_secret())),
            (Some(user), None) => format!("{}@", escaped(user)),
            (None, _) => String::new(),
        };
        let host = if self.host.contains(':') {
            format!("[{}]", self.host.trim_matches(['[', ']']))
        } else {
            self.host.clone()
        };
        format!("{scheme}://{login}{host}:{}?from={}{tls}", self.port, escaped(&self.from)).parse()
    }
}

/// Every byte that means something in a URL as `%xx`.
fn escaped(text: &str) -> String {
    text.bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

/// What is kept: the settings, and whether a password is.
pub async fn get(app: &App, scope: &Scope) -> Result<Option<(MailSettings, bool)>, StoreError> {
    let Some(setting) = settings::get(&app.db, scope, NAME).await? else { return Ok(None) };
    let mail = read(setting.value.as_deref())?;
    Ok(Some((mail, setting.sealed.is_some())))
}

fn read(json: Option<&str>) -> Result<MailSettings, StoreError> {
    serde_json::from_str(json.unwrap_or_default()).map_err(|error| StoreError::unreadable("setting smtp", error))
}

/// The password that is kept.
pub async fn password(app: &App, scope: &Scope) -> Result<Option<SecretString>, StoreError> {
    let sealed = settings::get(&app.db, scope, NAME).await?.and_then(|setting| setting.sealed);
    let open = |sealed: Vec<u8>| app.sealer.open_text(SEALED, &sealed).map(SecretString::from);
    sealed.map(open).transpose()
}

/// Keeps settings; without a password the one that is kept stays, as long as the user does. They are in use from then on.
pub async fn put(
    app: &App,
    scope: &Scope,
    mail: &MailSettings,
    password: Option<&SecretString>,
) -> Result<(), StoreError> {
    let sealed = match password {
        Some(password) => Some(app.sealer.seal(SEALED, password.expose_secret().as_bytes(), &app.ids.fresh())?),
        None => None,
    };
    let json = serde_json::to_string(mail).map_err(|error| StoreError::BadData(error.into()))?;
    settings::put(&app.db, scope, NAME, (Some(json), sealed), app.clock.now()).await?;
    apply(app).await
}

/// Takes what is kept into use; without any, what the configuration says. Settings that cannot be used leave the mail server as it is.
pub async fn apply(app: &App) -> Result<(), StoreError> {
    let scope = doors::system(doors::ORGANIZATION);
    let Some((mail, _)) = get(app, &scope).await? else { return Ok(()) };
    let password = password(app, &scope).await?;
    let taken = mail.to_config(password.as_ref()).and_then(|config| app.channels.set_smtp(Some(config)));
    if let Err(error) = taken {
        tracing::error!(%error, "the e-mail settings cannot be used");
    }
    Ok(())
}

/// Settings that the configuration makes, by name, and that people cannot change in the pages.
pub fn fixed_by(config: &Config) -> Vec<String> {
    config.public_url.iter().map(|url| format!("the public address {url} (WATCHBELL_PUBLIC_URL)")).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use watchbell_connect::channels::SmtpSecurity;

    fn mail(security: Security, user: Option<&str>) -> MailSettings {
        MailSettings {
            host: "smtp.example.com".into(),
            port: 587,
            security,
            user: user.map(Into::into),
            from: "Bell <bell@example.com>".into(),
        }
    }

    #[test]
    fn every_way_becomes_the_channels_own() {
        let password = SecretString::from("p@ss/w:ö?&#%".to_owned());
        let config = mail(Security::StartTls, Some("ann@example.com")).to_config(Some(&password)).unwrap();
        let login = config.credentials.unwrap();
        assert_eq!((login.user.as_str(), login.password.expose_secret()), ("ann@example.com", "p@ss/w:ö?&#%"));
        assert_eq!(
            (config.security, config.from.to_string()),
            (SmtpSecurity::StartTls, "Bell <bell@example.com>".into())
        );
        assert_eq!(mail(Security::Tls, None).to_config(None).unwrap().security, SmtpSecurity::Tls);
        assert_eq!(mail(Security::Plain, None).to_config(None).unwrap().security, SmtpSecurity::Plain);
        assert!(mail(Security::Tls, Some("ann")).to_config(None).is_err());
    }

    #[test]
    fn an_ipv6_address_is_a_host() {
        let mail = MailSettings { host: "::1".into(), ..mail(Security::Plain, None) };
        assert_eq!(mail.to_config(None).unwrap().host, "::1");
    }
}
