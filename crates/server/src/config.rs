//! Settings of a node: defaults, then a file, then the environment, then the command line. The one home of the environment.

use crate::stored_settings::StoredUrl;
use figment::Figment;
use figment::providers::{Env, Format as _, Serialized, Toml};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// Settings of a node.
#[derive(Debug, Clone, Deserialize)]
pub struct Config {
    /// Where the embedded database, the key and the lock live.
    pub data_dir: PathBuf,
    /// Where the server listens.
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
    pub outbound_private: bool,
    /// Whether log lines are JSON.
    pub log_json: bool,
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
            layers = layers.merge(Toml::file_exact(file));
        }
        let layers = layers.merge(Env::prefixed("WATCHBELL_")).merge(Serialized::defaults(overrides));
        let mut config: Config = layers.extract().map_err(|error| ConfigError(error.to_string()))?;
        config.public_url = config.public_url.map(|url| url.trim_end_matches('/').to_owned());
        if let Some(url) = &config.public_url {
            check_public_url(url)?;
        }
        Ok(config)
    }

    /// Where people and tools reach this server, without a slash at the end.
    pub fn public_url(&self) -> String {
        self.public_url.clone().or_else(|| self.stored_url.get()).unwrap_or_else(|| format!("http://{}", self.listen))
    }
}

/// A setting that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ConfigError(String);

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
