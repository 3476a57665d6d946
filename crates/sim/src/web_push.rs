//! A push service with its browsers (RFC 8030, 8291, 8292), and a UnifiedPush server: it checks what a sender sends, decrypts it with
//! the subscription's own keys, and keeps it.
//!
//! `POST /push/{subscription}`. For tests `GET|DELETE /sim/messages`, `GET|PUT /sim/faults`, `GET|POST /sim/subscriptions`,
//! `POST /sim/subscriptions/{id}/{unsubscribe|expire|sleep|wake}`. Not there: receipts of RFC 8030, and the way to a real browser.

pub mod crypto;
mod message;
mod page;
mod refusal;
mod routes;
mod submit;
mod subscription;

pub use message::{PushMessage, PushState};
pub(crate) use page::cards;
pub use subscription::{PushSubscription, SubscriptionState};

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};

use axum::Router;

use crate::{
    clock::Clock,
    listening::any_port,
    push::{Common, Handle, Service},
};

/// How the push service is started.
#[derive(Debug, Clone)]
pub struct WebPushSimConfig {
    /// Where it listens; port 0 is any free one.
    pub listen: SocketAddr,
}

impl Default for WebPushSimConfig {
    fn default() -> Self {
        Self { listen: any_port() }
    }
}

/// A running push service.
pub type WebPush = Handle<State>;

/// What routes and handle share.
#[derive(Debug)]
pub struct State {
    common: Common<PushMessage>,
    subscriptions: Mutex<Vec<PushSubscription>>,
    /// Scheme and authority of its endpoints, known once it listens.
    origin: Mutex<String>,
}

impl Service for State {
    type Config = WebPushSimConfig;
    type Message = PushMessage;
    type UnderWay = ();

    fn listen(config: &WebPushSimConfig) -> SocketAddr {
        config.listen
    }

    fn new(_: WebPushSimConfig, path: &'static str) -> io::Result<Self> {
        let common = Common::new(path, refusal::refuse);
        Ok(Self { common, subscriptions: Mutex::default(), origin: Mutex::default() })
    }

    fn common(&self) -> &Common<PushMessage> {
        &self.common
    }

    fn router(state: &Arc<Self>) -> Router {
        routes::router(state)
    }

    fn begin(state: &Arc<Self>, addr: SocketAddr) {
        state.be_at(addr);
    }
}

impl State {
    fn origin(&self) -> String {
        self.origin.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn be_at(&self, addr: SocketAddr) {
        *self.origin.lock().unwrap_or_else(PoisonError::into_inner) = format!("http://{addr}");
    }

    fn all_subscriptions(&self) -> Vec<PushSubscription> {
        self.subscriptions.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl WebPush {
    /// Its time; moving it forward lets messages and tokens expire.
    pub fn clock(&self) -> &Clock {
        &self.state.common.clock
    }

    /// Is reached at another address from now on, by whatever stands there: new endpoints have it, and senders must name it.
    pub fn stand_behind(&self, addr: SocketAddr) {
        self.state.be_at(addr);
    }

    /// Subscribes as a browser does: with the sender's public key in base64url, the `applicationServerKey`.
    pub fn subscribe(&self, application_server_key: &str) -> io::Result<PushSubscription> {
        self.state.subscribe(Some(application_server_key))
    }

    /// Subscribes as a distributor of UnifiedPush does: anybody who knows the address may send, encrypted or not.
    pub fn unified(&self) -> io::Result<PushSubscription> {
        self.state.subscribe(None)
    }

    /// The subscriptions, the oldest first.
    pub fn subscriptions(&self) -> Vec<PushSubscription> {
        self.state.all_subscriptions()
    }

    /// Ends a subscription on the device: senders get 410 from now on.
    pub fn unsubscribe(&self, id: &str) {
        self.state.turn(id, SubscriptionState::Unsubscribed);
    }

    /// Lets the service forget a subscription: senders get 404 from now on.
    pub fn expire(&self, id: &str) {
        self.state.turn(id, SubscriptionState::Expired);
    }

    /// Takes the device off the network: messages wait.
    pub fn sleep(&self, id: &str) {
        self.state.turn(id, SubscriptionState::Asleep);
    }

    /// Brings the device back: what still waits is delivered.
    pub fn wake(&self, id: &str) {
        self.state.turn(id, SubscriptionState::Awake);
    }
}
