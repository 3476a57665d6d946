//! Settings of a node: defaults, then a file, then the environment, then the command line. The one home of the environment.

use crate::proxies::TrustedProxies;
use crate::stored_settings::StoredUrl;
use figment::Figment;
use figment::providers::{Env, Format as _, Serialized, Toml};
use secrecy::SecretString;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// Settings of a node.
#[derive(Debug, Clone, Deserialize)]
pub struct Config {
    /// Where the embedded database, the key and the lock live.
    pub data_dir: PathBuf,
    /// Where the server listens.
    #[serde(deserialize_with = "listen_address")]
    pub listen: SocketAddr,
    /// `postgres://...`; without it the embedded database in the data directory.
    pub database_url: Option<SecretString>,
    /// How people and tools reach this server; links in messages begin with it.
    pub public_url: Option<String>,
    /// `smtps://user:password@host:465?from=...`; settings made in the pages go before it.
    pub smtp_url: Option<SecretString>,
    /// The sealing key, 64 hexadecimal digits; without it a file in the data directory, made at first start.
    pub seal_key: Option<SecretString>,
    /// Whether messages may go to private networks (ntfy, gateways on the LAN).
    #[serde(deserialize_with = "switch")]
    pub outbound_private: bool,
    /// Whether log lines are JSON.
    #[serde(deserialize_with = "switch")]
    pub log_json: bool,
    /// Reverse proxies that are believed when they say where a request comes from.
    #[serde(default)]
    pub trusted_proxy: TrustedProxies,
    /// Where the mail receiver listens; without it there is none.
    #[serde(default, deserialize_with = "optional_address")]
    pub smtp_listen: Option<SocketAddr>,
    /// The domain of the addresses that answers to mails go to, such as `bell.example.com`; without it no mail says how it is answered.
    pub reply_domain: Option<String>,
    /// The certificate of the mail receiver with its chain (PEM), and its key; without both it does not encrypt.
    pub smtp_cert: Option<PathBuf>,
    /// See [`Config::smtp_cert`].
    pub smtp_key: Option<PathBuf>,
    /// The server before us that checks senders, by the name in its `Authentication-Results`.
    pub mail_checked_by: Option<String>,
    /// The HTTP webhook signing key of Mailgun; without it no mail is taken from there.
    pub mailgun_key: Option<SecretString>,
    /// The topic that SES publishes mails to: `arn:aws:sns:eu-central-1:123456789012:mail`; without it no mail is taken from there.
    pub sns_topic: Option<String>,
    /// The public address as people set it in the pages; used where `public_url` names none.
    #[serde(skip)]
    pub stored_url: StoredUrl,
}

/// What the command line says; only what was said goes before the other layers.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Overrides {
    /// See [`Config::data_dir`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_dir: Option<PathBuf>,
    /// See [`Config::listen`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listen: Option<String>,
    /// See [`Config::database_url`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub database_url: Option<String>,
    /// See [`Config::public_url`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_url: Option<String>,
    /// See [`Config::trusted_proxy`].
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub trusted_proxy: Vec<String>,
    /// See [`Config::smtp_listen`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub smtp_listen: Option<String>,
    /// See [`Config::reply_domain`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_domain: Option<String>,
}

#[derive(Serialize)]
struct Defaults {
    data_dir: &'static str,
    listen: &'static str,
    outbound_private: bool,
    log_json: bool,
}

const DEFAULTS: Defaults =
    Defaults { data_dir: "watchbell-data", listen: "127.0.0.1:8080", outbound_private: true, log_json: false };

impl Config {
    /// Reads all layers. Errors name the setting and where it came from.
    pub fn load(file: Option<&Path>, overrides: Overrides) -> Result<Self, ConfigError> {
        let mut layers = Figment::from(Serialized::defaults(DEFAULTS));
        if let Some(file) = file {
            layers = layers.merge(read_file(file)?);
        }
        let environment = environment();
        let overridden = Figment::from(Serialized::defaults(&overrides));
        let layers = layers.merge(Serialized::defaults(&environment)).merge(&overridden);
        let mut config: Config = layers.extract().map_err(|error| {
            let name = error.path.last().map(String::as_str).unwrap_or_default();
            let place = match (overridden.contains(name), environment.contains_key(name), file) {
                (true, ..) => format!("--{}", name.replace('_', "-")),
                (false, true, _) => format!("{PREFIX}{}", name.to_uppercase()),
                (false, false, Some(file)) => format!("{name} in {}", file.display()),
                (false, false, None) => name.to_owned(),
            };
            ConfigError(format!("{place}: {}", error.kind))
        })?;
        config.public_url = config.public_url.map(|url| url.trim_end_matches('/').to_owned());
        if let Some(url) = &config.public_url {
            check_public_url(url)?;
        }
        config.reply_domain = config.reply_domain.map(|domain| domain.trim().to_ascii_lowercase());
        check_mail(&config)?;
        Ok(config)
    }

    /// Where people and tools reach this server, without a slash at the end.
    pub fn public_url(&self) -> String {
        self.public_url.clone().or_else(|| self.stored_url.get()).unwrap_or_else(|| format!("http://{}", self.listen))
    }
}

/// What a setting may be called, in the file and after the prefix in the environment.
const NAMES: [&str; 16] = [
    "data_dir",
    "listen",
    "database_url",
    "public_url",
    "smtp_url",
    "seal_key",
    "outbound_private",
    "log_json",
    "trusted_proxy",
    "smtp_listen",
    "reply_domain",
    "smtp_cert",
    "smtp_key",
    "mail_checked_by",
    "mailgun_key",
    "sns_topic",
];

/// A misspelt setting is an error: one that is not heard is found out when it is needed.
fn read_file(file: &Path) -> Result<Figment, ConfigError> {
    let place = file.display();
    let text =
        std::fs::read_to_string(file).map_err(|error| ConfigError(format!("{place} cannot be read: {error}")))?;
    let layer = Figment::from(Toml::string(&text));
    let found: BTreeMap<String, figment::value::Value> =
        layer.extract().map_err(|error| ConfigError(format!("{place}: {}", error.kind)))?;
    match found.keys().find(|name| !NAMES.contains(&name.as_str())) {
        Some(name) => {
            Err(ConfigError(format!("{place}: there is no setting {name:?}; there are {}", NAMES.join(", "))))
        }
        None => Ok(layer),
    }
}

const PREFIX: &str = "WATCHBELL_";

/// The settings of the environment, as texts; what is empty is not set. Other programs' variables may begin like ours.
fn environment() -> BTreeMap<String, String> {
    let named = Env::prefixed(PREFIX).iter().map(|(name, value)| (name.as_str().to_lowercase(), value)).collect();
    let mut named: BTreeMap<String, String> = named;
    named.retain(|name, value| NAMES.contains(&name.as_str()) && !value.trim().is_empty());
    named
}

fn listen_address<'de, D: Deserializer<'de>>(value: D) -> Result<SocketAddr, D::Error> {
    let text = String::deserialize(value)?;
    let numeric = text.trim().replacen("localhost:", "127.0.0.1:", 1);
    numeric.parse().map_err(|_| D::Error::custom(format!("must be an address such as 127.0.0.1:8080, not {text:?}")))
}

fn optional_address<'de, D: Deserializer<'de>>(value: D) -> Result<Option<SocketAddr>, D::Error> {
    let text = String::deserialize(value)?;
    let numeric = text.trim().replacen("localhost:", "127.0.0.1:", 1);
    let address =
        numeric.parse().map_err(|_| D::Error::custom(format!("must be an address such as 0.0.0.0:25, not {text:?}")));
    address.map(Some)
}

/// Yes or no; the environment has texts only.
fn switch<'de, D: Deserializer<'de>>(value: D) -> Result<bool, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Said {
        Switch(bool),
        Text(String),
    }
    match Said::deserialize(value) {
        Ok(Said::Switch(is_on)) => Ok(is_on),
        Ok(Said::Text(text)) if ["true", "1"].contains(&text.trim()) => Ok(true),
        Ok(Said::Text(text)) if ["false", "0"].contains(&text.trim()) => Ok(false),
        _ => Err(D::Error::custom("must be true or false")),
    }
}

/// A setting that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ConfigError(String);

/// What belongs together is there together: a receiver knows its domain, a certificate has a key.
fn check_mail(config: &Config) -> Result<(), ConfigError> {
    let is_domain = |domain: &str| {
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
        domain.len() <= 200 && domain.split('.').all(|label| !label.is_empty()) && domain.chars().all(allowed)
    };
    match (&config.reply_domain, config.smtp_listen, config.smtp_cert.is_some(), config.smtp_key.is_some()) {
        (Some(domain), ..) if !is_domain(domain) => {
            Err(ConfigError(format!("reply_domain must be a domain such as bell.example.com, not {domain:?}")))
        }
        (None, Some(_), ..) => Err(ConfigError(
            "smtp_listen needs reply_domain: the domain whose MX record leads here, such as bell.example.com".into(),
        )),
        (_, _, true, false) | (_, _, false, true) => {
            Err(ConfigError("smtp_cert and smtp_key belong together: name both or none".into()))
        }
        _ => Ok(()),
    }
}

fn check_public_url(url: &str) -> Result<(), ConfigError> {
    let is_url =
        ["http://", "https://"].iter().any(|scheme| url.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty()));
    match is_url && !url.contains(char::is_whitespace) {
        true => Ok(()),
        false => Err(ConfigError(format!(
            "public_url must be an http or https address such as https://bell.example.com, not {url:?}"
        ))),
    }
}
