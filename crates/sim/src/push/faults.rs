//! How a push service misbehaves, the same for all four.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    Json, Router,
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
    routing::get,
};
use serde::{Deserialize, Serialize};

use crate::{clock::pause, listening::BrokenOff};

/// Faults of a push service; the default has none. They concern its API, not its page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct PushFaults {
    /// A request is kept waiting this long, then its connection breaks off. Nothing was done.
    pub hang_ms: Option<u64>,
    /// Every answer comes this much later.
    pub latency_ms: u64,
    /// Credentials are refused, whatever they are.
    pub refuse_credentials: bool,
    /// Whoever a message is for is gone: the user unknown, the bot blocked, the subscription ended. Gotify knows only its token.
    pub refuse_recipient: bool,
    /// Requests are refused with this status.
    pub status: Option<u16>,
    /// And with this wait, as the service says it: a header, or a number in the body.
    pub retry_after_s: Option<u64>,
    /// Requests do what they ask for, and the connection breaks off instead of an answer.
    pub drop_connection: bool,
}

impl PushFaults {
    /// Requests are refused with this status.
    pub fn status(status: u16) -> Self {
        Self { status: Some(status), ..Self::default() }
    }

    /// Requests are too many: 429, with a wait.
    pub fn too_many(retry_after_s: u64) -> Self {
        Self { retry_after_s: Some(retry_after_s), ..Self::status(429) }
    }
}

/// A refusal that was asked for; each service has words of its own for it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Refused {
    /// Somebody unknown.
    Credentials,
    /// Nobody is there for the message.
    Recipient,
    /// A status, and a wait.
    Status(u16, Option<u64>),
}

/// The faults that a service has now, and how it says no. Clones share them.
#[derive(Debug, Clone)]
pub(crate) struct Misbehaviour {
    faults: Arc<Mutex<PushFaults>>,
    refuse: fn(Refused) -> Response,
}

impl Misbehaviour {
    pub fn new(refuse: fn(Refused) -> Response) -> Self {
        Self { faults: Arc::default(), refuse }
    }

    pub fn set(&self, faults: PushFaults) {
        *self.faults.lock().unwrap_or_else(PoisonError::into_inner) = faults;
    }

    pub fn get(&self) -> PushFaults {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// `GET|PUT /sim/faults`.
    pub fn doors(&self) -> Router {
        Router::new().route("/sim/faults", get(show).put(change)).with_state(self.clone())
    }
}

/// The middleware of a service's API.
pub(crate) async fn misbehave(State(misbehaviour): State<Misbehaviour>, request: Request, next: Next) -> Response {
    let faults = misbehaviour.get();
    if let Some(hang_ms) = faults.hang_ms {
        pause(Duration::from_millis(hang_ms)).await;
        return BrokenOff.into_response();
    }
    if faults.latency_ms > 0 {
        pause(Duration::from_millis(faults.latency_ms)).await;
    }
    if faults.refuse_credentials {
        return (misbehaviour.refuse)(Refused::Credentials);
    }
    if faults.refuse_recipient {
        return (misbehaviour.refuse)(Refused::Recipient);
    }
    if let Some(status) = faults.status {
        return (misbehaviour.refuse)(Refused::Status(status, faults.retry_after_s));
    }
    let response = next.run(request).await;
    if faults.drop_connection { BrokenOff.into_response() } else { response }
}

async fn show(State(misbehaviour): State<Misbehaviour>) -> Json<PushFaults> {
    Json(misbehaviour.get())
}

async fn change(State(misbehaviour): State<Misbehaviour>, Json(faults): Json<PushFaults>) -> Json<PushFaults> {
    misbehaviour.set(faults);
    Json(misbehaviour.get())
}
