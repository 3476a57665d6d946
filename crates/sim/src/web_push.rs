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
pub(crate) use routes::router;
pub use subscription::{PushSubscription, SubscriptionState};

use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use crate::{
    clock::Clock,
    listening::{Listening, any_port},
    push::{Misbehaviour, PushFaults, place::Place},
    shelf::{Missing, PATIENCE, Shelf},
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

/// A running push service; dropping it ends it.
#[derive(Debug)]
pub struct WebPush {
    state: Arc<State>,
    place: Place,
}

/// What routes and handle share.
#[derive(Debug)]
pub(crate) struct State {
    pub messages: Shelf<PushMessage>,
    subscriptions: Mutex<Vec<PushSubscription>>,
    /// Where its doors are, seen from the page.
    path: &'static str,
    /// Scheme and authority of its endpoints, known once it listens.
    origin: OnceLock<String>,
    misbehaviour: Misbehaviour,
    clock: Clock,
    next_id: AtomicU64,
}

impl State {
    pub fn new(path: &'static str) -> Self {
        Self {
            messages: Shelf::default(),
            subscriptions: Mutex::default(),
            path,
            origin: OnceLock::new(),
            misbehaviour: Misbehaviour::new(refusal::refuse),
            clock: Clock::default(),
            next_id: AtomicU64::new(1),
        }
    }

    fn next_id(&self) -> u64 {
        self.next_id.fetch_add(1, Ordering::SeqCst)
    }

    fn origin(&self) -> &str {
        self.origin.get().map_or("", String::as_str)
    }

    fn all_subscriptions(&self) -> Vec<PushSubscription> {
        self.subscriptions.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl WebPush {
    /// Starts the service.
    pub async fn start(config: WebPushSimConfig) -> io::Result<Self> {
        let state = Arc::new(State::new(""));
        let listening = Listening::http(config.listen, router(&state)).await?;
        Ok(Self::at(state, Place::alone(listening)))
    }

    pub(crate) fn below(state: Arc<State>, addr: SocketAddr) -> Self {
        let path = state.path;
        Self::at(state, Place::below(addr, path))
    }

    fn at(state: Arc<State>, place: Place) -> Self {
        let _ = state.origin.set(format!("http://{}", place.addr));
        Self { state, place }
    }

    /// The address of the service, without a slash at its end.
    pub fn url(&self) -> String {
        self.place.url()
    }

    /// Its time; moving it forward lets messages and tokens expire.
    pub fn clock(&self) -> &Clock {
        &self.state.clock
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

    /// What was taken, the oldest first, delivered or not.
    pub fn messages(&self) -> Vec<PushMessage> {
        self.state.messages.all()
    }

    /// Forgets what was taken.
    pub fn clear(&self) {
        self.state.messages.clear();
    }

    /// The first message that fits, within ten seconds.
    pub async fn wait_for(&self, fits: impl Fn(&PushMessage) -> bool) -> Result<PushMessage, Missing> {
        self.state.messages.wait_for(PATIENCE, fits).await
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
