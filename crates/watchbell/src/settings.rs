//! The options that say where a node's data lies and how it is reached.

use anyhow::Context as _;
use clap::Args;
use std::path::PathBuf;
use watchbell_server::config::{Config, Overrides};
use watchbell_server::start;
use watchbell_store::Db;

/// Where this node finds its settings. Each is also an environment variable: WATCHBELL_DATA_DIR and so on.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Settings {
    /// File with settings (TOML).
    #[arg(long, value_name = "FILE", env = "WATCHBELL_CONFIG", hide_env_values = true)]
    config: Option<PathBuf>,
    /// Directory of the embedded database and the key [env: WATCHBELL_DATA_DIR] [default: watchbell-data]
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// Address to listen on [env: WATCHBELL_LISTEN] [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR")]
    listen: Option<String>,
    /// postgres://user:password@host/name instead of the embedded database [env: WATCHBELL_DATABASE_URL]
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// How people and tools reach this server [env: WATCHBELL_PUBLIC_URL]
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// Reverse proxy (an address or a network such as 10.0.0.0/8) that is believed when it says where a request comes from
    /// (X-Forwarded-For); may be given several times [env: WATCHBELL_TRUSTED_PROXY, with commas]
    #[arg(long, value_name = "ADDR")]
    trusted_proxy: Vec<String>,
    /// Address to receive mail on, for answers to messages; none is received without it [env: WATCHBELL_SMTP_LISTEN]
    #[arg(long, value_name = "ADDR")]
    smtp_listen: Option<String>,
    /// Domain of the addresses that answers to mails go to [env: WATCHBELL_REPLY_DOMAIN]
    #[arg(long, value_name = "DOMAIN")]
    reply_domain: Option<String>,
}

impl Settings {
    /// All layers together.
    pub(crate) fn load(&self) -> anyhow::Result<Config> {
        let overrides = Overrides {
            data_dir: self.data_dir.clone(),
            listen: self.listen.clone(),
            database_url: self.database.clone(),
            public_url: self.public_url.clone(),
            trusted_proxy: self.trusted_proxy.clone(),
            smtp_listen: self.smtp_listen.clone(),
            reply_domain: self.reply_domain.clone(),
        };
        Ok(Config::load(self.config.as_deref(), overrides)?)
    }

    /// The database of these settings, made where there is none yet.
    pub(crate) async fn open(&self) -> anyhow::Result<Db> {
        let config = self.load()?;
        make_data_dir(&config)?;
        Ok(start::open_database(&config).await?)
    }
}

/// Makes the data directory, if it is not there.
pub(crate) fn make_data_dir(config: &Config) -> anyhow::Result<()> {
    std::fs::create_dir_all(&config.data_dir)
        .with_context(|| format!("the data directory {} cannot be made", config.data_dir.display()))
}
