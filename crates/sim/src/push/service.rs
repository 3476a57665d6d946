//! What every push service is made of: what it keeps, its doors for scripts, and the handle that a test holds.

use std::{
    fmt, io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use axum::{Router, middleware::from_fn_with_state, response::Response};
use serde::Serialize;

use super::{Misbehaviour, PushFaults, Refused, doors, misbehave, place::Place};
use crate::{
    clock::Clock,
    listening::Listening,
    shelf::{Missing, PATIENCE, Shelf},
};

/// What every push service keeps.
#[derive(Debug)]
pub struct Common<M> {
    pub(crate) messages: Shelf<M>,
    pub(crate) clock: Clock,
    /// Where its doors are, seen from the page.
    pub(crate) path: &'static str,
    misbehaviour: Misbehaviour,
    next_id: AtomicU64,
}

impl<M: Clone + Serialize + Send + Sync + 'static> Common<M> {
    /// Below a path; it says no in its own words.
    pub(crate) fn new(path: &'static str, refuse: fn(Refused) -> Response) -> Self {
        Self {
            messages: Shelf::default(),
            clock: Clock::default(),
            path,
            misbehaviour: Misbehaviour::new(refuse),
            next_id: AtomicU64::new(1),
        }
    }

    /// 1, 2, 3, ..
    pub(crate) fn next_id(&self) -> u64 {
        self.next_id.fetch_add(1, Ordering::SeqCst)
    }

    /// All doors: those of the API, which misbehave; those of people and pages, which do not; those of scripts.
    pub(crate) fn router<S: Clone + Send + Sync + 'static>(&self, api: Router<S>, own: Router<S>, state: S) -> Router {
        api.layer(from_fn_with_state(self.misbehaviour.clone(), misbehave))
            .merge(own)
            .with_state(state)
            .merge(doors::messages(&self.messages))
            .merge(self.misbehaviour.doors())
    }
}

/// A push service: how it is made, and what it does.
pub trait Service: Sized + Send + Sync + 'static {
    /// How it is started.
    type Config: Send;
    /// What it takes.
    type Message: Clone + Serialize + Send + Sync + 'static;
    /// What it does by itself as long as its handle is there.
    type UnderWay: fmt::Debug + Send;

    /// Where it listens.
    fn listen(config: &Self::Config) -> SocketAddr;

    /// The service below a path. Errors: there is no client for its requests.
    fn new(config: Self::Config, path: &'static str) -> io::Result<Self>;

    /// What it keeps.
    fn common(&self) -> &Common<Self::Message>;

    /// Its doors.
    fn router(state: &Arc<Self>) -> Router;

    /// Begins what it does by itself, once it listens.
    fn begin(state: &Arc<Self>, addr: SocketAddr) -> Self::UnderWay;
}

/// A running push service; dropping it ends it.
#[derive(Debug)]
pub struct Handle<S: Service> {
    pub(crate) state: Arc<S>,
    place: Place,
    under_way: S::UnderWay,
}

impl<S: Service> Handle<S> {
    /// Starts the service. Errors: its address cannot be listened on.
    pub async fn start(config: S::Config) -> io::Result<Self> {
        let listen = S::listen(&config);
        let state = Arc::new(S::new(config, "")?);
        let listening = Listening::http(listen, S::router(&state)).await?;
        Ok(Self::at(state, Place::alone(listening)))
    }

    pub(crate) fn below(state: Arc<S>, addr: SocketAddr) -> Self {
        let path = state.common().path;
        Self::at(state, Place::below(addr, path))
    }

    fn at(state: Arc<S>, place: Place) -> Self {
        Self { under_way: S::begin(&state, place.addr), state, place }
    }

    /// What stands for the address of the real service, without a slash at its end.
    pub fn url(&self) -> String {
        self.place.url()
    }

    /// What it took, the oldest first.
    pub fn messages(&self) -> Vec<S::Message> {
        self.state.common().messages.all()
    }

    /// Forgets the messages, and nothing else.
    pub fn clear(&self) {
        self.state.common().messages.clear();
    }

    /// The first message that fits, within ten seconds.
    pub async fn wait_for(&self, fits: impl Fn(&S::Message) -> bool) -> Result<S::Message, Missing> {
        self.state.common().messages.wait_for(PATIENCE, fits).await
    }

    /// Makes its API misbehave from now on; `PushFaults::default()` ends it. What it does by itself goes on all the same.
    pub fn faults(&self, faults: PushFaults) {
        self.state.common().misbehaviour.set(faults);
    }

    /// Ends the service; when this returns its port is free. One of a desk ends with the desk.
    pub async fn stop(self) {
        drop(self.under_way);
        self.place.stop().await;
    }
}
