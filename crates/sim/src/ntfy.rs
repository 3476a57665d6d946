//! An ntfy server that keeps what is published and shows it like a phone, with buttons that really do what they say.
//!
//! `POST /` (JSON), `POST|PUT /{topic}` (headers), `GET /{topic}/json?poll=1`, and for tests `GET|DELETE /v1/sim/messages`,
//! `GET|PUT /v1/sim/faults`. Not there: streams (`/json` without `poll`), attachments, accounts.

mod action;
mod http;
mod message;
mod page;
mod publish;
mod refusal;
mod routes;

pub use action::{NtfyAction, Pressed};
pub use message::NtfyMessage;
pub use routes::NtfyFaults;

use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use crate::{
    clock::Clock,
    listening::{Listening, any_port},
    shelf::{Missing, PATIENCE, Shelf},
};

/// How the ntfy server is started.
#[derive(Debug, Clone)]
pub struct NtfySimConfig {
    /// Where it listens; port 0 is any free one.
    pub listen: SocketAddr,
    /// The access token that publishing takes, if any.
    pub token: Option<String>,
}

impl Default for NtfySimConfig {
    fn default() -> Self {
        Self { listen: any_port(), token: None }
    }
}

/// A running ntfy server; dropping it ends it.
#[derive(Debug)]
pub struct Ntfy {
    state: Arc<State>,
    listening: Listening,
}

/// What routes and handle share.
#[derive(Debug)]
struct State {
    messages: Shelf<NtfyMessage>,
    token: Option<String>,
    faults: Mutex<NtfyFaults>,
    clock: Clock,
    client: http::Phone,
    next_id: AtomicU64,
}

impl State {
    /// An id as ntfy makes them: twelve letters and digits.
    fn next_id(&self) -> String {
        format!("sim{:09}", self.next_id.fetch_add(1, Ordering::SeqCst))
    }
}

impl Ntfy {
    /// Starts the server.
    pub async fn start(config: NtfySimConfig) -> io::Result<Self> {
        let state = Arc::new(State {
            messages: Shelf::default(),
            token: config.token,
            faults: Mutex::default(),
            clock: Clock::default(),
            client: http::Phone::new()?,
            next_id: AtomicU64::new(1),
        });
        let listening = Listening::http(config.listen, routes::router(state.clone())).await?;
        Ok(Self { state, listening })
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.listening.addr
    }

    /// The address of the server, without a slash at its end.
    pub fn url(&self) -> String {
        format!("http://{}", self.listening.addr)
    }

    /// What was published, the oldest first.
    pub fn messages(&self) -> Vec<NtfyMessage> {
        self.state.messages.all()
    }

    /// Forgets what was published.
    pub fn clear(&self) {
        self.state.messages.clear();
    }

    /// The first message that fits, within ten seconds.
    pub async fn wait_for(&self, fits: impl Fn(&NtfyMessage) -> bool) -> Result<NtfyMessage, Missing> {
        self.state.messages.wait_for(PATIENCE, fits).await
    }

    /// Makes the server misbehave from now on; `NtfyFaults::default()` ends it.
    pub fn faults(&self, faults: NtfyFaults) {
        self.state.set_faults(faults);
    }

    /// Presses the button of a message that has this label, as its reader would.
    pub async fn press(&self, message_id: &str, label: &str) -> Pressed {
        self.state.press(message_id, label).await
    }

    /// Ends the server; when this returns its port is free.
    pub async fn stop(self) {
        self.listening.stop().await;
    }
}
