//! A message in the chat of a person and the bot.

use serde::Serialize;
use serde_json::{Value, json};

/// One message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TelegramMessage {
    /// Its number, in all chats.
    pub message_id: i64,
    /// The person whose chat it is.
    pub chat_id: i64,
    /// When it was sent, in Unix seconds.
    pub date: i64,
    /// When it was edited.
    pub edit_date: Option<i64>,
    /// Whether the bot wrote it; else the person did.
    pub from_bot: bool,
    /// What is read, without marks.
    pub text: String,
    /// Which parts are bold, or links.
    pub entities: Vec<TelegramEntity>,
    /// The buttons below it, by row.
    pub buttons: Vec<Vec<TelegramButton>>,
    /// Whether it made no sound.
    pub silent: bool,
    /// The message that it answers.
    pub reply_to: Option<i64>,
    /// Which buttons were pressed.
    pub pressed: Vec<TelegramPress>,
}

/// A part of a text; offset and length count UTF-16 units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TelegramEntity {
    /// `bold`, `italic`, `code`, `text_link` and others.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Where it begins.
    pub offset: usize,
    /// How long it is.
    pub length: usize,
    /// Where a link leads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// A button below a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TelegramButton {
    /// What is on it.
    pub text: String,
    /// What the bot is told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub callback_data: Option<String>,
    /// What is opened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// A button that was pressed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TelegramPress {
    /// What was on the button.
    pub label: String,
    /// The id of the callback query.
    pub query_id: String,
    /// Whether the bot answered it: until then the button shows a wheel.
    pub answered: bool,
    /// What the bot answered, if it said anything.
    pub answer: Option<String>,
    /// Whether the answer was a window, not a line.
    pub alert: bool,
}

impl TelegramMessage {
    /// The button with this text.
    pub fn button(&self, label: &str) -> Option<&TelegramButton> {
        self.buttons.iter().flatten().find(|button| button.text == label)
    }

    /// The message as the Bot API shows it.
    pub(super) fn to_json(&self, person: &Value, bot: &Value) -> Value {
        let mut chat = person.clone();
        if let Some(chat) = chat.as_object_mut() {
            chat.retain(|name, _| matches!(name.as_str(), "id" | "first_name"));
            chat.insert("type".into(), "private".into());
        }
        let from = if self.from_bot { bot } else { person };
        let mut message =
            json!({"message_id": self.message_id, "from": from, "chat": chat, "date": self.date, "text": self.text});
        if let Some(edit_date) = self.edit_date {
            message["edit_date"] = edit_date.into();
        }
        if !self.entities.is_empty() {
            message["entities"] = json!(self.entities);
        }
        if !self.buttons.is_empty() {
            message["reply_markup"] = json!({"inline_keyboard": self.buttons});
        }
        message
    }
}
