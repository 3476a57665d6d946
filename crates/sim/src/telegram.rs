//! Telegram's Bot API with one bot, and the people who chat with it: <https://core.telegram.org/bots/api>.
//!
//! `/bot{token}/{method}`, GET or POST, with a query, a form or JSON: `getMe`, `sendMessage`, `editMessageText`, `editMessageReplyMarkup`,
//! `answerCallbackQuery`, `setWebhook`, `deleteWebhook`, `getWebhookInfo`, `getUpdates`, `setMyCommands`. For tests
//! `GET|DELETE /sim/messages`, `GET|PUT /sim/faults`, `GET|POST /sim/people`, `POST /sim/people/{id}/{start|write|press|block|unblock}`.
//! Other than there, a webhook may be `http://`. Not there: groups, files, the old `Markdown`,
//! limits of how often, `reply_to_message` in answers.

mod calls;
mod chat;
mod edit;
mod format;
mod html;
mod markdown;
mod markup;
mod page;
mod people;
mod refusal;
mod routes;
mod send;
mod updates;
mod webhook;

pub use chat::{TelegramButton, TelegramEntity, TelegramMessage, TelegramPress};
pub(crate) use page::cards;
pub use people::{BadPayload, Person, TelegramPressed};

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::Router;
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use crate::{
    listening::any_port,
    push::{Common, Handle, Service},
};

/// The bot's token, where none is said.
pub const TOKEN: &str = "7000000001:AAsimulatedBotToken-000000000000000";

/// How Telegram is started.
#[derive(Debug, Clone)]
pub struct TelegramSimConfig {
    /// Where it listens; port 0 is any free one.
    pub listen: SocketAddr,
    /// The bot's token: its number, a colon, a secret.
    pub token: String,
    /// The bot's name without the `@`.
    pub bot: String,
    /// People who have Telegram.
    pub people: Vec<String>,
    /// How long it waits before it tries a webhook again, in milliseconds; twice as long each time.
    pub retry_ms: u64,
}

impl Default for TelegramSimConfig {
    fn default() -> Self {
        let (token, bot, people) = (TOKEN.into(), "watchbell_bot".into(), vec!["Ann".into()]);
        Self { listen: any_port(), token, bot, people, retry_ms: 250 }
    }
}

/// A running Telegram.
pub type Telegram = Handle<State>;

/// The task that posts updates to the webhook; it ends with the handle.
#[derive(Debug)]
pub struct Delivering(JoinHandle<()>);

impl Drop for Delivering {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// What routes and handle share.
#[derive(Debug)]
pub struct State {
    common: Common<TelegramMessage>,
    people: Mutex<Vec<people::Row>>,
    updates: updates::Updates,
    commands: Mutex<Value>,
    token: String,
    bot: String,
    retry: Duration,
    client: reqwest::Client,
}

impl Service for State {
    type Config = TelegramSimConfig;
    type Message = TelegramMessage;
    type UnderWay = Delivering;

    fn listen(config: &TelegramSimConfig) -> SocketAddr {
        config.listen
    }

    fn new(config: TelegramSimConfig, path: &'static str) -> io::Result<Self> {
        let state = Self {
            common: Common::new(path, refusal::refuse),
            people: Mutex::default(),
            updates: updates::Updates::default(),
            commands: Mutex::new(json!([])),
            token: config.token,
            bot: config.bot,
            retry: Duration::from_millis(config.retry_ms.max(1)),
            client: crate::http::client(crate::http::DEADLINE)?,
        };
        for name in config.people {
            state.add_person(&name);
        }
        Ok(state)
    }

    fn common(&self) -> &Common<TelegramMessage> {
        &self.common
    }

    fn router(state: &Arc<Self>) -> Router {
        routes::router(state)
    }

    fn begin(state: &Arc<Self>, _: SocketAddr) -> Delivering {
        Delivering(tokio::spawn(webhook::deliver(state.clone())))
    }
}

impl State {
    fn next_id(&self) -> i64 {
        i64::try_from(self.common.next_id()).unwrap_or(i64::MAX)
    }

    fn now_s(&self) -> i64 {
        self.common.clock.now().as_second()
    }

    /// The bot as a user.
    fn bot_json(&self) -> Value {
        let id: i64 = self.token.split(':').next().and_then(|id| id.parse().ok()).unwrap_or(0);
        json!({"id": id, "is_bot": true, "first_name": "Watchbell", "username": self.bot})
    }
}

impl Telegram {
    /// The bot's token.
    pub fn token(&self) -> &str {
        &self.state.token
    }

    /// The first person of the configuration; "Ann" where it names none.
    pub fn anyone(&self) -> Person {
        let first = self.people().into_iter().next();
        first.unwrap_or_else(|| self.person("Ann"))
    }

    /// A new person, who has not spoken to the bot yet.
    pub fn person(&self, name: &str) -> Person {
        Person::new(self.state.clone(), self.state.add_person(name))
    }

    /// Everybody who has Telegram here.
    pub fn people(&self) -> Vec<Person> {
        self.state.people().into_iter().map(|row| Person::new(self.state.clone(), row.id)).collect()
    }

    /// Updates that neither the webhook nor `getUpdates` has taken.
    pub fn pending_updates(&self) -> usize {
        self.state.updates.pending()
    }
}
