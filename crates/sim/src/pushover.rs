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

use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use axum::Router;

use crate::{
    clock::Clock,
    listening::any_port,
    push::{Common, Handle, Service},
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

/// A running Pushover.
pub type Pushover = Handle<State>;

/// What routes and handle share.
#[derive(Debug)]
pub struct State {
    common: Common<PushoverMessage>,
    token: String,
    users: Vec<(String, Vec<String>)>,
    limit: u64,
    sent: AtomicU64,
    client: reqwest::Client,
}

impl Service for State {
    type Config = PushoverSimConfig;
    type Message = PushoverMessage;
    type UnderWay = ();

    fn listen(config: &PushoverSimConfig) -> SocketAddr {
        config.listen
    }

    fn new(config: PushoverSimConfig, path: &'static str) -> io::Result<Self> {
        Ok(Self {
            common: Common::new(path, refusal::refuse),
            token: config.token,
            users: config.users,
            limit: config.limit,
            sent: AtomicU64::new(0),
            client: crate::http::client(crate::http::DEADLINE)?,
        })
    }

    fn common(&self) -> &Common<PushoverMessage> {
        &self.common
    }

    fn router(state: &Arc<Self>) -> Router {
        routes::router(state)
    }

    fn begin(_: &Arc<Self>, _: SocketAddr) {}
}

impl State {
    fn remaining(&self) -> u64 {
        self.limit.saturating_sub(self.sent.load(Ordering::SeqCst))
    }

    fn devices(&self, user: &str) -> Option<&[String]> {
        self.users.iter().find(|(key, _)| key == user).map(|(_, devices)| devices.as_slice())
    }
}

impl Pushover {
    /// Its time; moving it forward lets emergencies repeat and expire.
    pub fn clock(&self) -> &Clock {
        &self.state.common.clock
    }

    /// Acknowledges an emergency on the user's first device, as its reader would, and calls the sender back.
    pub async fn acknowledge(&self, receipt: &str) -> Acknowledged {
        self.state.acknowledge(receipt).await
    }
}
