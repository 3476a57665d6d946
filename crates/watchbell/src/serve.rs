//! `watchbell serve`: a node until SIGTERM or Ctrl-C, which finish commits and sends in hand.

use crate::settings::Settings;
use crate::stop::StopSignal;
use anyhow::bail;
use std::io::IsTerminal as _;
use tracing_subscriber::EnvFilter;

/// Runs a node.
pub(crate) async fn serve(settings: &Settings) -> anyhow::Result<()> {
    let config = settings.load()?;
    log_to_stderr(config.log_json, "info");
    let mut stop = StopSignal::listen()?;
    let _ = watchbell_server::health::recorder();
    let running = watchbell_server::start::start(config).await?;
    tracing::info!(address = %running.address, public_url = running.app.config.public_url(), "watchbell listens");
    stop.asked().await;
    tracing::info!("stopping: commits and sends in hand are finished first");
    tokio::select! {
        () = running.stop() => Ok(()),
        () = stop.asked() => bail!("asked to stop twice: ended at once, what was in hand is done again at the next start"),
    }
}

/// One structured line per thing that happened, from `level` on; `RUST_LOG` says otherwise.
pub(crate) fn log_to_stderr(json: bool, level: &str) {
    let usual = || EnvFilter::new(format!("{level},sqlx=warn,hyper=warn,tower_http=warn"));
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| usual());
    // A line that cannot be written (the log's disk is full) is dropped: complaining about it to the same place would panic.
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_target(false)
        .with_ansi(std::io::stderr().is_terminal())
        .log_internal_errors(false);
    if json { log.json().init() } else { log.init() }
}
