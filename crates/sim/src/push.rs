//! Four push services on one socket, with one page that shows them all: Pushover, Gotify, Telegram, and Web Push.
//!
//! Each is below a path of its own (`/pushover`, `/gotify`, `/telegram`, `/webpush`); what it has alone it has there too.
//! `GET|DELETE /sim/messages` are the messages of all.

mod doors;
mod faults;
mod page;
pub(crate) mod parameters;
mod place;
mod service;

pub use faults::PushFaults;
pub(crate) use faults::Refused;
use faults::{Misbehaviour, misbehave};
pub(crate) use service::Common;
pub use service::{Handle, Service};

use std::{io, net::SocketAddr, sync::Arc};

use axum::{Json, Router, extract::State as Shared, http::StatusCode, response::Html, routing::get};
use serde_json::{Value, json};

use crate::{
    gotify::{Gotify, GotifySimConfig},
    listening::{Listening, any_port},
    pushover::{Pushover, PushoverSimConfig},
    telegram::{Telegram, TelegramSimConfig},
    web_push::{WebPush, WebPushSimConfig},
};

/// How the desk is started; the `listen` of each service is not used.
#[derive(Debug, Clone)]
pub struct PushDeskConfig {
    /// Where it listens; port 0 is any free one.
    pub listen: SocketAddr,
    /// Pushover's users and limits.
    pub pushover: PushoverSimConfig,
    /// Gotify's token.
    pub gotify: GotifySimConfig,
    /// Telegram's bot and people.
    pub telegram: TelegramSimConfig,
}

impl Default for PushDeskConfig {
    fn default() -> Self {
        Self {
            listen: any_port(),
            pushover: PushoverSimConfig::default(),
            gotify: GotifySimConfig::default(),
            telegram: TelegramSimConfig::default(),
        }
    }
}

/// The running services; dropping it ends them.
#[derive(Debug)]
pub struct PushDesk {
    /// Below `/pushover`.
    pub pushover: Pushover,
    /// Below `/gotify`.
    pub gotify: Gotify,
    /// Below `/telegram`.
    pub telegram: Telegram,
    /// Below `/webpush`.
    pub web_push: WebPush,
    listening: Listening,
}

/// What the page shows.
#[derive(Clone)]
struct Shown {
    pushover: Arc<crate::pushover::State>,
    gotify: Arc<crate::gotify::State>,
    telegram: Arc<crate::telegram::State>,
    web_push: Arc<crate::web_push::State>,
}

impl PushDesk {
    /// Starts the services.
    pub async fn start(config: PushDeskConfig) -> io::Result<Self> {
        let shown = Shown {
            pushover: Arc::new(Service::new(config.pushover, "/pushover")?),
            gotify: Arc::new(Service::new(config.gotify, "/gotify")?),
            telegram: Arc::new(Service::new(config.telegram, "/telegram")?),
            web_push: Arc::new(Service::new(WebPushSimConfig::default(), "/webpush")?),
        };
        let listening = Listening::http(config.listen, router(&shown)).await?;
        let addr = listening.addr;
        Ok(Self {
            pushover: Pushover::below(shown.pushover, addr),
            gotify: Gotify::below(shown.gotify, addr),
            telegram: Telegram::below(shown.telegram, addr),
            web_push: WebPush::below(shown.web_push, addr),
            listening,
        })
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.listening.addr
    }

    /// The address of the page, without a slash at its end.
    pub fn url(&self) -> String {
        format!("http://{}", self.listening.addr)
    }

    /// Ends the services; when this returns their port is free.
    pub async fn stop(self) {
        self.listening.stop().await;
    }
}

fn router(shown: &Shown) -> Router {
    Router::new()
        .route("/", get(show_page))
        .route("/sim/messages", get(list).delete(clear))
        .with_state(shown.clone())
        .nest("/pushover", Service::router(&shown.pushover))
        .nest("/gotify", Service::router(&shown.gotify))
        .nest("/telegram", Service::router(&shown.telegram))
        .nest("/webpush", Service::router(&shown.web_push))
}

async fn show_page(Shared(shown): Shared<Shown>) -> Html<String> {
    Html(page::page(&shown).into_string())
}

async fn list(Shared(shown): Shared<Shown>) -> Json<Value> {
    Json(json!({
        "pushover": shown.pushover.common().messages.all(),
        "gotify": shown.gotify.common().messages.all(),
        "telegram": shown.telegram.common().messages.all(),
        "webPush": shown.web_push.common().messages.all(),
    }))
}

async fn clear(Shared(shown): Shared<Shown>) -> StatusCode {
    shown.pushover.common().messages.clear();
    shown.gotify.common().messages.clear();
    shown.telegram.common().messages.clear();
    shown.web_push.common().messages.clear();
    StatusCode::NO_CONTENT
}
