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
pub(crate) use routes::router;

use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use serde_json::{Value, json};
use tokio::task::JoinHandle;

use crate::{
    clock::Clock,
    listening::{Listening, any_port},
    push::{Misbehaviour, PushFaults, place::Place},
    shelf::{Missing, PATIENCE, Shelf},
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

/// A running Telegram; dropping it ends it.
#[derive(Debug)]
pub struct Telegram {
    state: Arc<State>,
    place: Place,
    delivering: Delivering,
}

/// The task that posts updates to the webhook; it ends with the handle.
#[derive(Debug)]
struct Delivering(JoinHandle<()>);

impl Drop for Delivering {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// What routes and handle share.
#[derive(Debug)]
pub(crate) struct State {
    pub messages: Shelf<TelegramMessage>,
    people: Mutex<Vec<people::Row>>,
    updates: updates::Updates,
    commands: Mutex<Value>,
    /// Where its doors are, seen from the page.
    path: &'static str,
    token: String,
    bot: String,
    retry: Duration,
    misbehaviour: Misbehaviour,
    clock: Clock,
    client: reqwest::Client,
    next_id: AtomicI64,
}

impl State {
    pub fn new(config: TelegramSimConfig, path: &'static str) -> io::Result<Self> {
        let state = Self {
            messages: Shelf::default(),
            people: Mutex::default(),
            updates: updates::Updates::default(),
            commands: Mutex::new(json!([])),
            path,
            token: config.token,
            bot: config.bot,
            retry: Duration::from_millis(config.retry_ms.max(1)),
            misbehaviour: Misbehaviour::new(refusal::refuse),
            clock: Clock::default(),
            client: crate::http::client()?,
            next_id: AtomicI64::new(1),
        };
        for name in config.people {
            state.add_person(&name);
        }
        Ok(state)
    }

    fn next_id(&self) -> i64 {
        self.next_id.fetch_add(1, Ordering::SeqCst)
    }

    fn now_s(&self) -> i64 {
        self.clock.now().as_second()
    }

    /// The bot as a user.
    fn bot_json(&self) -> Value {
        let id: i64 = self.token.split(':').next().and_then(|id| id.parse().ok()).unwrap_or(0);
        json!({"id": id, "is_bot": true, "first_name": "Watchbell", "username": self.bot})
    }
}

impl Telegram {
    /// Starts the service.
    pub async fn start(config: TelegramSimConfig) -> io::Result<Self> {
        let listen = config.listen;
        let state = Arc::new(State::new(config, "")?);
        let listening = Listening::http(listen, router(&state)).await?;
        Ok(Self::at(state, Place::alone(listening)))
    }

    pub(crate) fn below(state: Arc<State>, addr: SocketAddr) -> Self {
        let path = state.path;
        Self::at(state, Place::below(addr, path))
    }

    fn at(state: Arc<State>, place: Place) -> Self {
        let delivering = Delivering(tokio::spawn(webhook::deliver(state.clone())));
        Self { state, place, delivering }
    }

    /// What stands for `https://api.telegram.org`, without a slash at its end.
    pub fn url(&self) -> String {
        self.place.url()
    }

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

    /// All messages of all chats, of the bot and of people, the oldest first.
    pub fn messages(&self) -> Vec<TelegramMessage> {
        self.state.messages.all()
    }

    /// Forgets the messages. Updates that were not fetched yet stay.
    pub fn clear(&self) {
        self.state.messages.clear();
    }

    /// The first message that fits, within ten seconds.
    pub async fn wait_for(&self, fits: impl Fn(&TelegramMessage) -> bool) -> Result<TelegramMessage, Missing> {
        self.state.messages.wait_for(PATIENCE, fits).await
    }

    /// Updates that neither the webhook nor `getUpdates` has taken.
    pub fn pending_updates(&self) -> usize {
        self.state.updates.pending()
    }

    /// Makes the Bot API misbehave from now on; `PushFaults::default()` ends it. Updates are posted all the same.
    pub fn faults(&self, faults: PushFaults) {
        self.state.misbehaviour.set(faults);
    }

    /// Ends the service; when this returns its port is free. One of a desk ends with the desk.
    pub async fn stop(self) {
        drop(self.delivering);
        self.place.stop().await;
    }
}
