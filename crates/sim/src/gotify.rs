//! A Gotify server that takes messages and shows them: `POST /message`, `GET /version`.
//!
//! For tests `GET|DELETE /sim/messages` and `GET|PUT /sim/faults`. Not there: streams, clients, applications, plugins.

mod message;
mod page;
mod refusal;
mod routes;

pub use message::GotifyMessage;
pub(crate) use page::cards;
pub(crate) use routes::router;

use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use crate::{
    clock::Clock,
    listening::{Listening, any_port},
    push::{Misbehaviour, PushFaults, place::Place},
    shelf::{Missing, PATIENCE, Shelf},
};

/// The token of the application, where none is said.
pub const TOKEN: &str = "AsimApplication";

/// How the Gotify server is started.
#[derive(Debug, Clone)]
pub struct GotifySimConfig {
    /// Where it listens; port 0 is any free one.
    pub listen: SocketAddr,
    /// The token of its one application.
    pub token: String,
}

impl Default for GotifySimConfig {
    fn default() -> Self {
        Self { listen: any_port(), token: TOKEN.into() }
    }
}

/// A running Gotify server; dropping it ends it.
#[derive(Debug)]
pub struct Gotify {
    state: Arc<State>,
    place: Place,
}

/// What routes and handle share.
#[derive(Debug)]
pub(crate) struct State {
    pub messages: Shelf<GotifyMessage>,
    token: String,
    misbehaviour: Misbehaviour,
    clock: Clock,
    next_id: AtomicU64,
}

impl State {
    pub fn new(config: GotifySimConfig) -> Self {
        Self {
            messages: Shelf::default(),
            token: config.token,
            misbehaviour: Misbehaviour::new(refusal::refuse),
            clock: Clock::default(),
            next_id: AtomicU64::new(1),
        }
    }

    fn next_id(&self) -> u64 {
        self.next_id.fetch_add(1, Ordering::SeqCst)
    }
}

impl Gotify {
    /// Starts the server.
    pub async fn start(config: GotifySimConfig) -> io::Result<Self> {
        let listen = config.listen;
        let state = Arc::new(State::new(config));
        let listening = Listening::http(listen, router(&state)).await?;
        Ok(Self { state, place: Place::alone(listening) })
    }

    pub(crate) fn below(state: Arc<State>, addr: SocketAddr) -> Self {
        Self { state, place: Place::below(addr, "/gotify") }
    }

    /// The address of the server, without a slash at its end.
    pub fn url(&self) -> String {
        self.place.url()
    }

    /// The token of its application.
    pub fn token(&self) -> &str {
        &self.state.token
    }

    /// What was sent, the oldest first.
    pub fn messages(&self) -> Vec<GotifyMessage> {
        self.state.messages.all()
    }

    /// Forgets what was sent.
    pub fn clear(&self) {
        self.state.messages.clear();
    }

    /// The first message that fits, within ten seconds.
    pub async fn wait_for(&self, fits: impl Fn(&GotifyMessage) -> bool) -> Result<GotifyMessage, Missing> {
        self.state.messages.wait_for(PATIENCE, fits).await
    }

    /// Makes the server misbehave from now on; `PushFaults::default()` ends it.
    pub fn faults(&self, faults: PushFaults) {
        self.state.misbehaviour.set(faults);
    }

    /// Ends the server; when this returns its port is free. One of a desk ends with the desk.
    pub async fn stop(self) {
        self.place.stop().await;
    }
}
