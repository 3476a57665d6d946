//! The people who chat with the bot, and what they do.

use std::sync::{Arc, PoisonError};

use serde_json::{Value, json};

use super::{State, TelegramEntity, TelegramMessage, TelegramPress};

/// The number of the first person.
const FIRST_ID: i64 = 900_000_001;
/// What a link to the bot may carry: <https://core.telegram.org/bots/features#deep-linking>.
const PAYLOAD_CHARS_MAX: usize = 64;

/// A person, as Telegram knows them.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub id: i64,
    pub name: String,
    /// Whether the bot may write to them: they have written first.
    pub has_started: bool,
    pub has_blocked: bool,
}

impl Row {
    pub fn to_json(&self) -> Value {
        json!({"id": self.id, "is_bot": false, "first_name": self.name, "language_code": "en"})
    }
}

/// What a link to the bot cannot carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the payload of a link to a bot is at most 64 letters, digits, - and _")]
pub struct BadPayload;

/// What came of pressing a button.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TelegramPressed {
    /// The bot is asked, with a callback query of this id.
    Asked(String),
    /// The browser opens this address.
    Opens(String),
    /// There is no such button.
    Nothing,
}

/// A person with a phone.
#[derive(Debug, Clone)]
pub struct Person {
    state: Arc<State>,
    id: i64,
}

impl Person {
    pub(super) fn new(state: Arc<State>, id: i64) -> Self {
        Self { state, id }
    }

    /// Their number, which is that of their chat with the bot.
    pub fn id(&self) -> i64 {
        self.id
    }

    /// Opens a link to the bot and presses Start: `https://t.me/<bot>?start=<payload>`.
    pub fn start(&self, payload: &str) -> Result<(), BadPayload> {
        self.state.start(self.id, payload)
    }

    /// Writes to the bot.
    pub fn write(&self, text: &str) {
        self.state.write(self.id, text);
    }

    /// Presses a button below a message.
    pub fn press(&self, message_id: i64, label: &str) -> TelegramPressed {
        self.state.press(self.id, self.id, message_id, label)
    }

    /// Presses a button below a message in the chat of somebody else, as a program that was tampered with may.
    pub fn press_in_chat_of(&self, other: &Person, message_id: i64, label: &str) -> TelegramPressed {
        self.state.press(self.id, other.id, message_id, label)
    }

    /// Stops the bot: it may no longer write.
    pub fn block(&self) {
        self.state.block(self.id, true);
    }

    /// Restarts the bot.
    pub fn unblock(&self) {
        self.state.block(self.id, false);
    }

    /// The chat with the bot, the oldest message first.
    pub fn messages(&self) -> Vec<TelegramMessage> {
        self.state.common.messages.all().into_iter().filter(|message| message.chat_id == self.id).collect()
    }
}

impl State {
    pub(super) fn add_person(&self, name: &str) -> i64 {
        let mut people = self.people.lock().unwrap_or_else(PoisonError::into_inner);
        let id = FIRST_ID + i64::try_from(people.len()).unwrap_or(0);
        people.push(Row { id, name: name.into(), has_started: false, has_blocked: false });
        id
    }

    pub(super) fn people(&self) -> Vec<Row> {
        self.people.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn find_person(&self, id: i64) -> Option<Row> {
        self.people().into_iter().find(|person| person.id == id)
    }

    fn change_person(&self, id: i64, change: impl FnOnce(&mut Row)) -> Option<Row> {
        let mut people = self.people.lock().unwrap_or_else(PoisonError::into_inner);
        let person = people.iter_mut().find(|person| person.id == id)?;
        change(person);
        Some(person.clone())
    }

    pub(super) fn start(&self, id: i64, payload: &str) -> Result<(), BadPayload> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        if payload.len() > PAYLOAD_CHARS_MAX || !payload.chars().all(allowed) {
            return Err(BadPayload);
        }
        self.write(id, format!("/start {payload}").trim_end());
        Ok(())
    }

    pub(super) fn write(&self, id: i64, text: &str) {
        let person = self.change_person(id, |person| {
            person.has_started = true;
            person.has_blocked = false;
        });
        let Some(person) = person else { return };
        let message = TelegramMessage {
            message_id: self.next_id(),
            chat_id: id,
            date: self.now_s(),
            edit_date: None,
            from_bot: false,
            text: text.into(),
            entities: command(text).into_iter().collect(),
            buttons: Vec::new(),
            silent: false,
            reply_to: None,
            pressed: Vec::new(),
        };
        self.common.messages.push(message.clone());
        self.updates.push("message", message.to_json(&person.to_json(), &self.bot_json()));
    }

    /// Somebody presses a button in a chat.
    pub(super) fn press(&self, id: i64, chat: i64, message_id: i64, label: &str) -> TelegramPressed {
        let found = self
            .common
            .messages
            .all()
            .into_iter()
            .find(|message| (message.message_id, message.chat_id) == (message_id, chat));
        let (Some(message), Some(person)) = (found, self.find_person(id)) else { return TelegramPressed::Nothing };
        let Some(button) = message.button(label).cloned() else { return TelegramPressed::Nothing };
        if let Some(url) = button.url {
            return TelegramPressed::Opens(url);
        }
        let query_id = format!("{}{:06}", id, self.next_id());
        let (press, query) = (press(label, &query_id), query_id.clone());
        self.common.messages.change(|messages| {
            if let Some(message) = messages.iter_mut().find(|message| message.message_id == message_id) {
                message.pressed.push(press);
            }
        });
        let (from, bot) = (person.to_json(), self.bot_json());
        self.updates.push(
            "callback_query",
            json!({
                "id": query,
                "from": from,
                "message": message.to_json(&from, &bot),
                "chat_instance": id.to_string(),
                "data": button.callback_data,
            }),
        );
        TelegramPressed::Asked(query_id)
    }

    pub(super) fn block(&self, id: i64, has_blocked: bool) {
        let Some(person) = self.change_person(id, |person| person.has_blocked = has_blocked) else { return };
        let (from, bot) = (person.to_json(), self.bot_json());
        let (old, new) = if has_blocked { ("member", "kicked") } else { ("kicked", "member") };
        self.updates.push(
            "my_chat_member",
            json!({
                "chat": {"id": id, "first_name": person.name, "type": "private"},
                "from": from,
                "date": self.now_s(),
                "old_chat_member": {"user": bot, "status": old},
                "new_chat_member": {"user": bot, "status": new},
            }),
        );
    }
}

fn press(label: &str, query_id: &str) -> TelegramPress {
    TelegramPress { label: label.into(), query_id: query_id.into(), answered: false, answer: None, alert: false }
}

/// The mark of a command at the beginning of a text.
fn command(text: &str) -> Option<TelegramEntity> {
    let word = text.split_whitespace().next().filter(|word| word.starts_with('/') && word.len() > 1)?;
    Some(TelegramEntity { kind: "bot_command", offset: 0, length: word.encode_utf16().count(), url: None })
}
