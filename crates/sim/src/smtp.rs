//! A mail server that keeps every mail and delivers none: SMTP on one socket, what it kept over HTTP on another.

mod conversation;
mod fault;
mod http;
mod mail;
mod page;
mod state;
mod tls;

pub use fault::{SmtpFault, SmtpFaults};
pub use mail::Mail;
pub use tls::SmtpTls;

use std::{io, net::SocketAddr, sync::Arc};

use futures_util::{FutureExt, future::BoxFuture};
use tokio::net::TcpStream;

use crate::{
    listening::{Listening, any_port},
    shelf::{Missing, PATIENCE},
};
use state::State;

/// How the mail server is started.
#[derive(Debug, Clone)]
pub struct SmtpSimConfig {
    /// Where it speaks SMTP; port 0 is any free one.
    pub listen: SocketAddr,
    /// Where it shows what it kept; port 0 is any free one.
    pub http: SocketAddr,
    /// Whether it encrypts, with a certificate of its own that nobody trusts by itself.
    pub tls: SmtpTls,
    /// User name and password that it wants, if any.
    pub credentials: Option<(String, String)>,
}

impl Default for SmtpSimConfig {
    fn default() -> Self {
        Self { listen: any_port(), http: any_port(), tls: SmtpTls::None, credentials: None }
    }
}

/// A running mail server; dropping it ends it.
#[derive(Debug)]
pub struct Smtp {
    state: Arc<State>,
    smtp: Listening,
    http: Listening,
}

impl Smtp {
    /// Starts the server.
    pub async fn start(config: SmtpSimConfig) -> io::Result<Self> {
        let state = Arc::new(State::new(config.tls, config.credentials)?);
        let smtp = Listening::start(config.listen, accept(state.clone())).await?;
        let http = Listening::http(config.http, http::router(state.clone())).await?;
        Ok(Self { state, smtp, http })
    }

    /// Where it speaks SMTP.
    pub fn addr(&self) -> SocketAddr {
        self.smtp.addr
    }

    /// The SMTP URL without parameters: `smtp://127.0.0.1:2525`.
    pub fn url(&self) -> String {
        let scheme = if self.state.tls_mode == SmtpTls::Implicit { "smtps" } else { "smtp" };
        format!("{scheme}://{}", self.smtp.addr)
    }

    /// Where it shows what it kept: `http://127.0.0.1:8025`.
    pub fn http_url(&self) -> String {
        format!("http://{}", self.http.addr)
    }

    /// The certificate, for a client to trust; none where it does not encrypt.
    pub fn certificate_pem(&self) -> Option<&str> {
        self.state.tls.as_ref().map(|tls| tls.certificate_pem.as_str())
    }

    /// The mails kept, the oldest first.
    pub fn messages(&self) -> Vec<Mail> {
        self.state.mails.all()
    }

    /// Forgets the mails.
    pub fn clear(&self) {
        self.state.mails.clear();
    }

    /// The first mail that fits, within ten seconds.
    pub async fn wait_for(&self, fits: impl Fn(&Mail) -> bool) -> Result<Mail, Missing> {
        self.state.mails.wait_for(PATIENCE, fits).await
    }

    /// Makes the server misbehave from now on; `SmtpFaults::default()` ends it.
    pub fn faults(&self, faults: impl Into<SmtpFaults>) {
        self.state.set_faults(faults.into());
    }

    /// How many connections were opened so far.
    pub fn connections(&self) -> u64 {
        self.state.connections()
    }

    /// Ends the server; when this returns its ports are free.
    pub async fn stop(self) {
        self.smtp.stop().await;
        self.http.stop().await;
    }
}

fn accept(state: Arc<State>) -> impl Fn(TcpStream) -> BoxFuture<'static, ()> {
    move |stream| {
        state.count_connection();
        conversation::hold(stream, state.clone()).boxed()
    }
}
