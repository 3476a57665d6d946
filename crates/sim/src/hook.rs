//! A receiver of webhooks: keeps every request, answers what it is told to, and checks signatures.
//!
//! Any path and method is a webhook but those below `/v1/sim`: `GET|DELETE /v1/sim/received`, `GET|PUT /v1/sim/answer`.

mod received;
mod routes;
mod signature;

pub use received::Received;
pub use routes::HookAnswer;
pub use signature::SignatureFault;

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use crate::{
    clock::Clock,
    listening::{Listening, any_port},
    shelf::{Missing, PATIENCE, Shelf},
};

/// How the receiver is started.
#[derive(Debug, Clone)]
pub struct HookSimConfig {
    /// Where it listens; port 0 is any free one.
    pub listen: SocketAddr,
}

impl Default for HookSimConfig {
    fn default() -> Self {
        Self { listen: any_port() }
    }
}

/// A running receiver; dropping it ends it.
#[derive(Debug)]
pub struct Hook {
    state: Arc<State>,
    listening: Listening,
}

/// What routes and handle share.
#[derive(Debug, Default)]
struct State {
    received: Shelf<Received>,
    answer: Mutex<HookAnswer>,
    clock: Clock,
}

impl Hook {
    /// Starts the receiver.
    pub async fn start(config: HookSimConfig) -> io::Result<Self> {
        let state = Arc::new(State::default());
        let listening = Listening::http(config.listen, routes::router(state.clone())).await?;
        Ok(Self { state, listening })
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.listening.addr
    }

    /// Its address without a slash at its end; any path may follow.
    pub fn url(&self) -> String {
        format!("http://{}", self.listening.addr)
    }

    /// What came, the oldest first.
    pub fn received(&self) -> Vec<Received> {
        self.state.received.all()
    }

    /// Forgets what came.
    pub fn clear(&self) {
        self.state.received.clear();
    }

    /// The first request that fits, within ten seconds.
    pub async fn wait_for(&self, fits: impl Fn(&Received) -> bool) -> Result<Received, Missing> {
        self.state.received.wait_for(PATIENCE, fits).await
    }

    /// What is answered from now on; `HookAnswer::default()` is 200.
    pub fn answer(&self, answer: HookAnswer) {
        self.state.set_answer(answer);
    }

    /// Ends the server; when this returns its port is free.
    pub async fn stop(self) {
        self.listening.stop().await;
    }
}
