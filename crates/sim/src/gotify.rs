//! A Gotify server that takes messages and shows them: `POST /message`, `GET /version`.
//!
//! For tests `GET|DELETE /sim/messages` and `GET|PUT /sim/faults`. Not there: streams, clients, applications, plugins.

mod message;
mod page;
mod refusal;
mod routes;

pub use message::GotifyMessage;
pub(crate) use page::cards;

use std::{io, net::SocketAddr, sync::Arc};

use axum::Router;

use crate::{
    listening::any_port,
    push::{Common, Handle, Service},
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

/// A running Gotify server.
pub type Gotify = Handle<State>;

/// What routes and handle share.
#[derive(Debug)]
pub struct State {
    common: Common<GotifyMessage>,
    token: String,
}

impl Service for State {
    type Config = GotifySimConfig;
    type Message = GotifyMessage;
    type UnderWay = ();

    fn listen(config: &GotifySimConfig) -> SocketAddr {
        config.listen
    }

    fn new(config: GotifySimConfig, path: &'static str) -> io::Result<Self> {
        Ok(Self { common: Common::new(path, refusal::refuse), token: config.token })
    }

    fn common(&self) -> &Common<GotifyMessage> {
        &self.common
    }

    fn router(state: &Arc<Self>) -> Router {
        routes::router(state)
    }

    fn begin(_: &Arc<Self>, _: SocketAddr) {}
}

impl Gotify {
    /// The token of its application.
    pub fn token(&self) -> &str {
        &self.state.token
    }
}
