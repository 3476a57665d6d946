//! The methods of the Bot API that we use: <https://core.telegram.org/bots/api#available-methods>.

use std::time::Duration;

use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::{
    config::Telegram,
    fault::{Refusal, Trouble},
    keyboard, receive, text,
};
use crate::{
    channels::{
        Heard, Message, Outcome,
        letter::compose,
        limits::{ANSWER_BYTES_MAX, SEND_DEADLINE},
        text::line,
    },
    http::HttpClient,
};

/// What we want to hear of; Telegram remembers it.
const UPDATES: [&str; 3] = ["message", "callback_query", "my_chat_member"];
/// Updates of one answer, and how long the answer may be: each is at most a text and the one that it answers, escaped.
const UPDATES_MAX: usize = 20;
const UPDATES_BYTES_MAX: usize = 2 * 1024 * 1024;
/// Longest wait for updates, in seconds.
const WAIT_S_MAX: u64 = 20;
/// What an answer of Telegram's takes besides.
const SPARE: Duration = Duration::from_secs(8);
/// Words in the bubble after a press, in characters.
const BUBBLE_CHARS_MAX: usize = 200;

/// The bot as Telegram knows it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Bot {
    /// Its name in `https://t.me/name?start=word`.
    pub username: String,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Update {
    /// Its number: the next one to ask for is one higher.
    pub id: i64,
    /// What it says; `None` where it says nothing to us.
    pub heard: Option<Heard>,
}

#[derive(Deserialize)]
struct Reply<T> {
    result: Option<T>,
}

impl Telegram {
    /// Who the bot is. Errors: as of a send.
    pub async fn me(&self, http: &HttpClient) -> Result<Bot, Outcome> {
        self.ask_for(http, "getMe", &json!({})).await
    }

    /// Has Telegram call `url`, an address of the hook for messages, with our secret.
    pub async fn set_webhook(&self, http: &HttpClient, url: &str) -> Result<(), Outcome> {
        let secret = self.webhook_secret.expose_secret();
        let body = json!({ "url": url, "secret_token": secret, "allowed_updates": UPDATES });
        self.ask_for::<Value>(http, "setWebhook", &body).await.map(drop)
    }

    /// Has Telegram call nobody: then updates can be asked for. What has not been heard yet is kept there.
    pub async fn delete_webhook(&self, http: &HttpClient) -> Result<(), Outcome> {
        self.ask_for::<Value>(http, "deleteWebhook", &json!({ "drop_pending_updates": false })).await.map(drop)
    }

    /// What happened from the update `offset` on; those before it are forgotten there. Waits up to `wait_s` seconds, at most 20.
    pub async fn get_updates(&self, http: &HttpClient, offset: i64, wait_s: u64) -> Result<Vec<Update>, Outcome> {
        let wait_s = wait_s.min(WAIT_S_MAX);
        let body = json!({ "offset": offset, "limit": UPDATES_MAX, "timeout": wait_s, "allowed_updates": UPDATES });
        let limits = (Duration::from_secs(wait_s) + SPARE, UPDATES_BYTES_MAX);
        let updates: Vec<Value> = self.call(http, "getUpdates", &body, limits).await.map_err(Trouble::outcome)?;
        Ok(updates.into_iter().take(UPDATES_MAX).filter_map(receive::update).collect())
    }

    /// Ends the waiting of a button that was pressed, with a few words in a bubble.
    pub async fn answer_press(&self, http: &HttpClient, press_id: &str, words: &str) -> Result<(), Outcome> {
        let body = json!({ "callback_query_id": press_id, "text": line(words, BUBBLE_CHARS_MAX) });
        self.ask_for::<Value>(http, "answerCallbackQuery", &body).await.map(drop)
    }

    /// Writes a message anew and takes its acting buttons away: "Accepted by Ann", for an alert that somebody has. One that is
    /// gone, or says this already, is no error.
    pub async fn edit(&self, http: &HttpClient, provider_id: &str, message: &Message) -> Result<(), Outcome> {
        let Some((chat, number)) = receive::split_id(provider_id) else {
            return Err(Outcome::permanent("This is no message of Telegram."));
        };
        let letter = compose(message);
        let mut body = send_body(&letter);
        body["chat_id"] = chat.into();
        body["message_id"] = number.into();
        body["reply_markup"] = json!({ "inline_keyboard": keyboard::reading(&letter) });
        match self.call::<Value>(http, "editMessageText", &body, (SEND_DEADLINE, ANSWER_BYTES_MAX)).await {
            Err(Trouble::Refused(refusal)) if refusal.leaves_all_as_it_is() => Ok(()),
            result => result.map(drop).map_err(Trouble::outcome),
        }
    }

    pub(super) async fn ask_for<T: DeserializeOwned>(
        &self,
        http: &HttpClient,
        method: &str,
        body: &impl Serialize,
    ) -> Result<T, Outcome> {
        self.call(http, method, body, (SEND_DEADLINE, ANSWER_BYTES_MAX)).await.map_err(Trouble::outcome)
    }

    pub(super) async fn call<T: DeserializeOwned>(
        &self,
        http: &HttpClient,
        method: &str,
        body: &impl Serialize,
        (deadline, bytes_max): (Duration, usize),
    ) -> Result<T, Trouble> {
        // No error of the client shows the path, which holds the token.
        let call = http.post(&format!("{}/bot{}/{method}", self.api_url, self.token.expose_secret()));
        let answer = call?.deadline(deadline).answer_bytes_max(bytes_max).json(body).send().await?;
        if !answer.is_success() {
            return Err(Trouble::Refused(Refusal::read(&answer)));
        }
        answer.json::<Reply<T>>().ok().and_then(|reply| reply.result).ok_or(Trouble::Unreadable)
    }
}

/// What a message says, without whom it is for.
pub(super) fn send_body(letter: &crate::channels::letter::Letter) -> Value {
    json!({ "text": text::html(letter), "parse_mode": "HTML", "link_preview_options": { "is_disabled": true } })
}
