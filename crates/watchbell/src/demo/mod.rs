//! `watchbell demo`: the whole product on this machine, with stand-ins for Autotask, the mailboxes and the phones.

mod api;
mod home;
mod seed;
mod stand_ins;
mod tour;

use crate::serve::log_to_stderr;
use crate::stop::StopSignal;
use anyhow::{Context as _, bail};
use clap::Args;
use home::Home;
use stand_ins::StandIns;
use std::net::SocketAddr;
use watchbell_server::config::Config;
use watchbell_server::proxies::TrustedProxies;
use watchbell_server::start;
use watchbell_server::stored_settings::StoredUrl;

/// Try it: everything runs on 127.0.0.1, in a temporary directory that is gone when it ends.
#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// Address of Watchbell; the stand-ins take the five ports after it. Only addresses of this machine.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
}

/// Runs the demonstration until it is stopped.
pub(crate) async fn demo(args: &DemoArgs) -> anyhow::Result<()> {
    if !args.listen.ip().is_loopback() {
        bail!("the demo listens on this machine only: {} is an address that others could reach", args.listen);
    }
    log_to_stderr(false, "error");
    let mut stop = StopSignal::listen()?;
    let home = Home::make(args.listen.port())?;
    let ended = show(args.listen, &home, &mut stop).await;
    home.remove()?;
    ended
}

async fn show(listen: SocketAddr, home: &Home, stop: &mut StopSignal) -> anyhow::Result<()> {
    let stand_ins = StandIns::start(listen).await?;
    let running = start::start(config(listen, home, &stand_ins))
        .await
        .context("Watchbell does not start (--listen takes another address)")?;
    let planted = seed::plant(&running.app, &stand_ins, home).await;
    if let Ok(planted) = &planted {
        tour::print(planted, &stand_ins);
        stop.asked().await;
    }
    running.stop().await;
    planted.map(|_| ())
}

/// The settings of the demonstration: nothing of the environment, which could name a real database.
fn config(listen: SocketAddr, home: &Home, stand_ins: &StandIns) -> Config {
    Config {
        data_dir: home.data_dir(),
        listen,
        database_url: None,
        public_url: Some(format!("http://{listen}")),
        smtp_url: Some(stand_ins.smtp_url().into()),
        seal_key: None,
        outbound_private: true,
        log_json: false,
        smtp_listen: None,
        reply_domain: None,
        smtp_cert: None,
        smtp_key: None,
        mail_checked_by: None,
        mailgun_key: None,
        sns_topic: None,
        stored_url: StoredUrl::default(),
        trusted_proxy: TrustedProxies::default(),
    }
}
