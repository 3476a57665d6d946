//! Starting and stopping a node: database, key, canary, leases; then the loops and the listener.

use crate::app::{App, Parts};
use crate::bus::Bus;
use crate::clock::Clock;
use crate::config::Config;
use crate::engine::gate::Gate;
use crate::engine::ingest::{self, Committer, IngestQueue, IngestReceiver};
use crate::hooks::{SourceKeys, WebhookRefusals};
use crate::ids::Ids;
use crate::texts::StoredTexts;
use crate::{engine, mail_in, push_key, router, setup, stored_settings};
use axum::serve::ListenerExt as _;
use jiff::SignedDuration;
use secrecy::ExposeSecret as _;
use std::fs::{File, TryLockError};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use watchbell_connect::channels::{Channels, SmtpConfig};
use watchbell_connect::http::{HttpClient, OutboundPolicy, install_crypto};
use watchbell_store::jobs;
use watchbell_store::seal::Sealer;
use watchbell_store::{Db, StoreError, canary, doors, standing};

/// Why a node did not start: what is wrong and what to do.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A file or directory.
    #[error("{what}: {cause}")]
    File {
        /// What was tried.
        what: String,
        /// What the system said.
        cause: std::io::Error,
    },
    /// Another process uses the data directory.
    #[error("another Watchbell runs on the data directory {0}: stop it first, or give this one its own --data-dir")]
    Locked(String),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A setting or the sealing key.
    #[error("{0}")]
    Setting(String),
}

/// An app with its queue, before its loops run.
#[derive(Debug)]
pub struct Built {
    /// The app.
    pub app: App,
    /// The other end of its ingest queue.
    pub ingest: IngestReceiver,
    /// Proves that this process is alone on an embedded database; held for as long as it runs.
    lock: Option<File>,
}

/// Opens the database and everything that hangs on it: the same for production and for tests.
pub async fn build(config: Config, clock: Clock) -> Result<Built, StartError> {
    let lock = lock_data_dir(&config)?;
    let (app, ingest) = assemble(config, clock).await?;
    prepare(&app, lock.is_some()).await?;
    stored_settings::load(&app).await?;
    push_key::apply(&app).await?;
    engine::polling::begin_all(&app).await?;
    Ok(Built { app, ingest, lock })
}

/// An app beside the server, which may run: for commands that look. It takes no events and does no jobs.
pub async fn attach(config: Config) -> Result<App, StartError> {
    let (app, _) = assemble(config, Clock::System).await?;
    stored_settings::load(&app).await?;
    Ok(app)
}

async fn assemble(config: Config, clock: Clock) -> Result<(App, IngestReceiver), StartError> {
    install_crypto();
    let db = open_database(&config).await?;
    let ids = Ids;
    let sealer = load_key(&config, &db, &ids).await?;
    canary::ensure(&db, &sealer, &ids.fresh(), clock.now()).await?;
    let (queue, ingest) = IngestQueue::new();
    let app = App::new(Parts {
        channels: open_channels(&config)?,
        db,
        sealer,
        clock,
        ids,
        config: Arc::new(config),
        ingest: queue,
        source_keys: SourceKeys::default(),
        webhook_refusals: WebhookRefusals::default(),
        texts: StoredTexts::default(),
        wake: Arc::default(),
        bus: Bus::default(),
        gate: Gate::default(),
    });
    mail_in::hear_answers(&app);
    Ok((app, ingest))
}

fn committer(app: &App) -> Committer {
    let (db, clock, wake) = (app.db.clone(), app.clock.clone(), app.wake.clone());
    Committer { db, clock, wake, bus: app.bus.clone(), gate: app.gate.clone() }
}

/// What every start sees to: leases of a process that is gone, and the jobs that never end.
async fn prepare(app: &App, is_alone: bool) -> Result<(), StoreError> {
    let now = app.clock.now();
    if is_alone {
        jobs::free_leases(&app.db, now).await?;
    }
    app.db
        .write(move |tx| Box::pin(async move { standing::ask_all(tx, &doors::system(doors::ORGANIZATION), now).await }))
        .await
}

fn lock_data_dir(config: &Config) -> Result<Option<File>, StartError> {
    let file = |what: String| move |cause| StartError::File { what, cause };
    let dir = config.data_dir.display().to_string();
    std::fs::create_dir_all(&config.data_dir).map_err(file(format!("the data directory {dir} cannot be made")))?;
    if config.database_url.is_some() {
        return Ok(None);
    }
    let lock = File::create(config.data_dir.join("lock"))
        .map_err(file(format!("the data directory {dir} cannot be written")))?;
    match lock.try_lock() {
        Ok(()) => Ok(Some(lock)),
        Err(TryLockError::WouldBlock) => Err(StartError::Locked(dir)),
        Err(TryLockError::Error(cause)) => {
            Err(StartError::File { what: format!("the data directory {dir} cannot be locked"), cause })
        }
    }
}

/// The URL of a configuration's database; it may hold a password.
pub fn database_url(config: &Config) -> String {
    match &config.database_url {
        Some(url) => url.expose_secret().to_owned(),
        None => format!("sqlite:{}", config.data_dir.join("watchbell.db").display()),
    }
}

/// The database of a configuration, migrated.
pub async fn open_database(config: &Config) -> Result<Db, StartError> {
    Ok(Db::open(&database_url(config)).await?)
}

fn open_channels(config: &Config) -> Result<Channels, StartError> {
    let setting = |error: &dyn std::fmt::Display| StartError::Setting(error.to_string());
    let http =
        HttpClient::new(OutboundPolicy { allow_private: config.outbound_private }).map_err(|error| setting(&error))?;
    let smtp = config.smtp_url.as_ref().map(|url| url.expose_secret().parse::<SmtpConfig>()).transpose();
    let smtp = smtp.map_err(|error| StartError::Setting(format!("smtp_url: {error}")))?;
    Channels::new(http, smtp).map_err(|error| setting(&error))
}

/// The sealing key: of the setting, else of the file in the data directory, else made where the database has never had one.
pub async fn load_key(config: &Config, db: &Db, ids: &Ids) -> Result<Sealer, StartError> {
    let path = config.data_dir.join("seal.key");
    let text = match &config.seal_key {
        Some(key) => key.expose_secret().to_owned(),
        None if path.exists() => std::fs::read_to_string(&path)
            .map_err(|cause| StartError::File { what: "the key file cannot be read".into(), cause })?,
        None if canary::exists(db).await? => {
            let message = format!(
                "The database holds secrets, but {} is missing. Copy seal.key from the node or backup that has it, or set WATCHBELL_SEAL_KEY.",
                path.display()
            );
            return Err(StartError::Setting(message));
        }
        None => make_key(&path, ids)?,
    };
    read_key(&text)
}

/// A sealing key from its text. Errors: it is none.
pub fn read_key(text: &str) -> Result<Sealer, StartError> {
    parse_key(text.trim())
        .map(Sealer::new)
        .ok_or_else(|| StartError::Setting("the sealing key must be 64 hexadecimal digits".into()))
}

fn make_key(path: &Path, ids: &Ids) -> Result<String, StartError> {
    use std::io::Write as _;
    let text: String = ids.token().0.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written =
        options.open(path).and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()));
    written.map_err(|cause| StartError::File {
        what: format!("the key file {} cannot be written", path.display()),
        cause,
    })?;
    tracing::warn!(path = %path.display(), "a new sealing key was made: keep a copy of it with every backup, without it the secrets in the database are lost");
    Ok(text)
}

fn parse_key(text: &str) -> Option<[u8; 32]> {
    let mut key = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (i, byte) in key.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * i..2 * i + 2)?, 16).ok()?;
    }
    Some(key)
}

/// A node that runs.
#[derive(Debug)]
pub struct Running {
    /// The app.
    pub app: App,
    /// Where it listens.
    pub address: SocketAddr,
    stop_http: Arc<Notify>,
    stop_engine: Arc<Notify>,
    http: JoinHandle<std::io::Result<()>>,
    engine: JoinHandle<()>,
    settings: JoinHandle<()>,
    nudges: JoinHandle<()>,
    mail_in: Option<mail_in::Receiver>,
    _lock: Option<File>,
}

/// Starts a node and returns when it listens.
pub async fn start(config: Config) -> Result<Running, StartError> {
    let Built { app, ingest, lock } = build(config, Clock::System).await?;
    let (address, stop_http, http) = listen(&app).await?;
    spawn_ingest(&app, ingest);
    let mail_in = mail_in::Receiver::start(&app).await?;
    let stop_engine = Arc::new(Notify::new());
    let engine = tokio::spawn(engine::run(app.clone(), stop_engine.clone()));
    let settings = tokio::spawn(stored_settings::follow(app.clone()));
    let nudges = tokio::spawn(engine::nudge::follow(app.clone()));
    setup::announce(&app).await?;
    Ok(Running { app, address, stop_http, stop_engine, http, engine, settings, nudges, mail_in, _lock: lock })
}

/// Starts the ingest loop of an app.
pub fn spawn_ingest(app: &App, ingest: IngestReceiver) {
    tokio::spawn(ingest::run(ingest, committer(app)));
}

/// Starts the listener of an app: where it listens, what stops it, and its task.
pub async fn listen(app: &App) -> Result<(SocketAddr, Arc<Notify>, JoinHandle<std::io::Result<()>>), StartError> {
    let cannot = |cause| StartError::File { what: format!("cannot listen on {}", app.config.listen), cause };
    let listener = TcpListener::bind(app.config.listen).await.map_err(cannot)?;
    let address = listener.local_addr().map_err(cannot)?;
    let stop = Arc::new(Notify::new());
    let (rung, service) =
        (stop.clone(), router::router(app.clone()).into_make_service_with_connect_info::<SocketAddr>());
    let listener = listener.tap_io(|stream| {
        // Answers are small and wanted at once.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY was refused");
        }
    });
    let http = tokio::spawn(async move {
        axum::serve(listener, service).with_graceful_shutdown(async move { rung.notified().await }).await
    });
    Ok((address, stop, http))
}

/// How long requests in hand may take when a node stops; live streams are cut then.
const STOP_DEADLINE: SignedDuration = SignedDuration::from_secs(10);

impl Running {
    /// Stops accepting, finishes commits and sends in hand, and closes the database.
    pub async fn stop(self) {
        let app = self.app;
        drop(self.mail_in);
        self.stop_http.notify_one();
        let http = self.http.abort_handle();
        tokio::select! {
            _ = self.http => {}
            () = app.clock.sleep_until(app.clock.now() + STOP_DEADLINE) => http.abort(),
        }
        self.stop_engine.notify_one();
        if let Err(error) = self.engine.await {
            tracing::error!(%error, "the engine did not stop by itself");
        }
        self.settings.abort();
        self.nudges.abort();
        app.db.close().await;
    }
}
