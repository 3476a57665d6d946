//! The outside world of the demonstration, on the ports after Watchbell's.

use anyhow::Context as _;
use std::net::SocketAddr;
use watchbell_sim::autotask::{Autotask, Config};
use watchbell_sim::ntfy::{Ntfy, NtfySimConfig};
use watchbell_sim::phone::{Exchange, Pace, PhoneSimConfig};
use watchbell_sim::smtp::{Smtp, SmtpSimConfig};

/// The stand-ins; dropping them ends them.
#[derive(Debug)]
pub(crate) struct StandIns {
    pub(crate) autotask: Autotask,
    pub(crate) smtp: Smtp,
    pub(crate) ntfy: Ntfy,
    pub(crate) phones: Exchange,
}

impl StandIns {
    /// Starts them: Autotask one port after Watchbell's, then the page of the mailboxes, push messages, the mail server, and the phones.
    pub(crate) async fn start(watchbell: SocketAddr) -> anyhow::Result<Self> {
        let port = |nth: u16| {
            let next = watchbell.port().checked_add(nth).filter(|_| watchbell.port() != 0);
            SocketAddr::new(watchbell.ip(), next.unwrap_or(0))
        };
        let taken = |port: SocketAddr| {
            format!("the stand-ins of the demo need {port}, which is taken: give the demo another --listen")
        };
        let autotask = Autotask::start(Config { listen: port(1), ..Config::default() }).await;
        let mail = SmtpSimConfig { http: port(2), listen: port(4), ..SmtpSimConfig::default() };
        let ntfy = Ntfy::start(NtfySimConfig { listen: port(3), token: None }).await;
        // Words take as long as they would be spoken, nearly.
        let pace = Pace { letter_ms: 40, ..Pace::default() };
        let phones = Exchange::start(PhoneSimConfig { listen: port(5), pace, ..PhoneSimConfig::default() }).await;
        Ok(Self {
            autotask: autotask.with_context(|| taken(port(1)))?,
            smtp: Smtp::start(mail).await.with_context(|| format!("{} or {}", taken(port(2)), port(4)))?,
            ntfy: ntfy.with_context(|| taken(port(3)))?,
            phones: phones.with_context(|| taken(port(5)))?,
        })
    }

    /// How Watchbell sends mail there.
    pub(crate) fn smtp_url(&self) -> String {
        format!("{}?from=watchbell@northbell.example", self.smtp.url())
    }
}
