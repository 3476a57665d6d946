//! Pushover: takes messages, repeats emergencies until somebody acknowledges them, and tells the sender: <https://pushover.net/api>.
//!
//! `POST /1/messages.json`, `POST /1/users/validate.json`, `GET /1/receipts/{receipt}.json`, `POST /1/receipts/{receipt}/cancel.json`,
//! `POST /1/receipts/cancel_by_tag/{tag}.json`, `GET /1/apps/limits.json`. For tests `GET|DELETE /sim/messages`, `GET|PUT /sim/faults`,
//! `POST /sim/receipts/{receipt}/acknowledge`. Not there: attachments, groups, a second try of a callback that failed.

mod acknowledge;
mod message;
mod page;
mod receipt;
mod refusal;
mod routes;
mod submit;

pub use acknowledge::Acknowledged;
pub use message::{PushoverEmergency, PushoverMessage};
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

/// The application's token, where none is said.
pub const TOKEN: &str = "asimapplication000000000000000";
/// The key of the one user, where none is said.
pub const USER: &str = "usimuser0000000000000000000000";

/// How Pushover is started.
#[derive(Debug, Clone)]
pub struct PushoverSimConfig {
    /// Where it listens; port 0 is any free one.
    pub listen: SocketAddr,
    /// The token of its one application.
    pub token: String,
    /// The keys of users, each with the names of their devices.
    pub users: Vec<(String, Vec<String>)>,
    /// Messages that the application may send in a month.
    pub limit: u64,
}

impl Default for PushoverSimConfig {
    fn default() -> Self {
        let users = vec![(USER.into(), vec!["phone".into()])];
        Self { listen: any_port(), token: TOKEN.into(), users, limit: 10_000 }
    }
}

/// A running Pushover; dropping it ends it.
#[derive(Debug)]
pub struct Pushover {
    state: Arc<State>,
    place: Place,
}

/// What routes and handle share.
#[derive(Debug)]
pub(crate) struct State {
    pub messages: Shelf<PushoverMessage>,
    /// Where its doors are, seen from the page.
    path: &'static str,
    token: String,
    users: Vec<(String, Vec<String>)>,
    limit: u64,
    sent: AtomicU64,
    misbehaviour: Misbehaviour,
    clock: Clock,
    client: reqwest::Client,
    next_id: AtomicU64,
}

impl State {
    pub fn new(config: PushoverSimConfig, path: &'static str) -> io::Result<Self> {
        Ok(Self {
            messages: Shelf::default(),
            path,
            token: config.token,
            users: config.users,
            limit: config.limit,
            sent: AtomicU64::new(0),
            misbehaviour: Misbehaviour::new(refusal::refuse),
            clock: Clock::default(),
            client: crate::http::client()?,
            next_id: AtomicU64::new(1),
        })
    }

    fn next_id(&self) -> u64 {
        self.next_id.fetch_add(1, Ordering::SeqCst)
    }

    fn remaining(&self) -> u64 {
        self.limit.saturating_sub(self.sent.load(Ordering::SeqCst))
    }

    fn devices(&self, user: &str) -> Option<&[String]> {
        self.users.iter().find(|(key, _)| key == user).map(|(_, devices)| devices.as_slice())
    }
}

impl Pushover {
    /// Starts the service.
    pub async fn start(config: PushoverSimConfig) -> io::Result<Self> {
        let listen = config.listen;
        let state = Arc::new(State::new(config, "")?);
        let listening = Listening::http(listen, router(&state)).await?;
        Ok(Self { state, place: Place::alone(listening) })
    }

    pub(crate) fn below(state: Arc<State>, addr: SocketAddr) -> Self {
        let path = state.path;
        Self { state, place: Place::below(addr, path) }
    }

    /// What stands for `https://api.pushover.net`, without a slash at its end.
    pub fn url(&self) -> String {
        self.place.url()
    }

    /// Its time; moving it forward lets emergencies repeat and expire.
    pub fn clock(&self) -> &Clock {
        &self.state.clock
    }

    /// What was sent, the oldest first.
    pub fn messages(&self) -> Vec<PushoverMessage> {
        self.state.messages.all()
    }

    /// Forgets what was sent.
    pub fn clear(&self) {
        self.state.messages.clear();
    }

    /// The first message that fits, within ten seconds.
    pub async fn wait_for(&self, fits: impl Fn(&PushoverMessage) -> bool) -> Result<PushoverMessage, Missing> {
        self.state.messages.wait_for(PATIENCE, fits).await
    }

    /// Acknowledges an emergency on the user's first device, as its reader would, and calls the sender back.
    pub async fn acknowledge(&self, receipt: &str) -> Acknowledged {
        self.state.acknowledge(receipt).await
    }

    /// Makes the service misbehave from now on; `PushFaults::default()` ends it.
    pub fn faults(&self, faults: PushFaults) {
        self.state.misbehaviour.set(faults);
    }

    /// Ends the service; when this returns its port is free. One of a desk ends with the desk.
    pub async fn stop(self) {
        self.place.stop().await;
    }
}
