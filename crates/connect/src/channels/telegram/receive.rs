//! What Telegram tells us: words, presses, and who joined or left. Only private chats are listened to: in a group, anybody could
//! answer for the one whose contact it is.

use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::Value;
use subtle::ConstantTimeEq;
use watchbell_core::{limits::HEARD_CHARS_MAX, user::Channel};

use super::{api::Update, button, config::Telegram};
use crate::channels::{
    Heard, Hook, Inbound, Refused, Text,
    text::{line, paragraph},
};

/// The header in which Telegram repeats the secret of the webhook.
const SECRET_HEADER: &str = "x-telegram-bot-api-secret-token";
/// Longest word behind `/start`: Telegram's own limit.
const WORD_CHARS_MAX: usize = 64;

#[derive(Deserialize)]
struct Happened {
    message: Option<Said>,
    callback_query: Option<Pressed>,
    my_chat_member: Option<Membership>,
}

#[derive(Deserialize)]
struct Said {
    message_id: i64,
    chat: Chat,
    from: Option<Person>,
    text: Option<String>,
}

#[derive(Deserialize)]
struct Pressed {
    id: String,
    from: Person,
    data: Option<String>,
}

#[derive(Deserialize)]
struct Membership {
    chat: Chat,
    new_chat_member: Member,
}

#[derive(Deserialize)]
struct Member {
    status: String,
}

#[derive(Deserialize)]
struct Chat {
    id: i64,
    #[serde(rename = "type", default)]
    kind: String,
}

#[derive(Deserialize)]
struct Person {
    id: i64,
    #[serde(default)]
    first_name: String,
    #[serde(default)]
    last_name: String,
    #[serde(default)]
    username: String,
}

/// What a call of the webhook says.
pub(super) fn receive(bot: &Telegram, call: &Inbound<'_>) -> Result<Vec<Heard>, Refused> {
    if call.hook != Hook::Message || call.method != "POST" {
        return Err(Refused::Unreadable("Telegram posts to the address for messages only.".into()));
    }
    let given = (call.header)(SECRET_HEADER).unwrap_or_default();
    let is_telegram: bool = given.as_bytes().ct_eq(bot.webhook_secret.expose_secret().as_bytes()).into();
    if !is_telegram {
        return Err(Refused::Forged("The secret of the webhook is missing or wrong.".into()));
    }
    let body = serde_json::from_slice(call.body).ok();
    let update = body.and_then(update).ok_or_else(|| Refused::Unreadable("This is no update of Telegram.".into()))?;
    Ok(update.heard.into_iter().collect())
}

/// An update; `None` for JSON that is none. One that we cannot read says nothing, so that it is not asked for again for ever.
pub(super) fn update(json: Value) -> Option<Update> {
    let id = json.get("update_id")?.as_i64()?;
    let happened: Option<Happened> = serde_json::from_value(json).ok();
    Some(Update { id, heard: happened.and_then(heard) })
}

/// Chat and message of what we call a message.
pub(super) fn split_id(provider_id: &str) -> Option<(i64, i64)> {
    let (chat, message) = provider_id.split_once(':')?;
    Some((chat.parse().ok()?, message.parse().ok()?))
}

fn heard(happened: Happened) -> Option<Heard> {
    let Happened { message, callback_query, my_chat_member } = happened;
    let said = message.and_then(said);
    said.or_else(|| callback_query.and_then(pressed)).or_else(|| my_chat_member.and_then(left))
}

fn said(said: Said) -> Option<Heard> {
    if !said.chat.is_private() {
        return None;
    }
    let text = paragraph(said.text.as_deref()?, HEARD_CHARS_MAX);
    let address = said.chat.id.to_string();
    if let Some(word) = start_word(&text) {
        let name = said.from.map(|person| person.name()).unwrap_or_default();
        return Some(Heard::Joined { word: word.to_owned(), address, name });
    }
    let provider_id = format!("{address}:{}", said.message_id);
    Some(Heard::Text(Text { channel: Channel::Telegram, from: address, text, provider_id }))
}

/// The word of `/start word`, as a link `https://t.me/bot?start=word` sends it.
fn start_word(text: &str) -> Option<&str> {
    let mut words = text.split_whitespace();
    let command = words.next()?;
    let (word, rest) = (words.next()?, words.next());
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let is_start = command == "/start" || command.starts_with("/start@");
    (is_start && rest.is_none() && word.len() <= WORD_CHARS_MAX && word.chars().all(allowed)).then_some(word)
}

fn pressed(pressed: Pressed) -> Option<Heard> {
    let (verb, token) = button::read(pressed.data.as_deref()?)?;
    // In a private chat the person and the chat have the same number.
    let from = Some(pressed.from.id.to_string());
    Some(Heard::Press { token, verb: verb.to_owned(), from, press_id: Some(pressed.id) })
}

/// A person who blocked the bot; whoever unblocks it has to press Start again, which is heard as words.
fn left(membership: Membership) -> Option<Heard> {
    let has_left = membership.chat.is_private() && membership.new_chat_member.status == "kicked";
    has_left.then(|| Heard::Left {
        address: membership.chat.id.to_string(),
        said: "The bot was blocked in Telegram.".to_owned(),
    })
}

impl Chat {
    fn is_private(&self) -> bool {
        self.kind == "private"
    }
}

impl Person {
    fn name(&self) -> String {
        let full = line(&format!("{} {}", self.first_name, self.last_name), 100);
        if full.is_empty() { line(&self.username, 100) } else { full }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::json;

    use super::*;

    fn hear(mut happened: Value) -> Option<Heard> {
        happened["update_id"] = 7.into();
        let update = update(happened).unwrap();
        assert_eq!(update.id, 7);
        update.heard
    }

    fn message(text: &str, kind: &str) -> Value {
        let from = json!({ "id": 5, "first_name": "Ann", "last_name": "Weber", "is_bot": false });
        json!({ "message": { "message_id": 3, "chat": { "id": 5, "type": kind }, "from": from, "date": 0, "text": text } })
    }

    #[test]
    fn words_are_heard_with_who_said_them() {
        let text = |text: &str| {
            let (from, provider_id) = ("5".into(), "5:3".into());
            Some(Heard::Text(Text { channel: Channel::Telegram, from, text: text.into(), provider_id }))
        };
        assert_eq!(hear(message("42a", "private")), text("42a"));
        assert_eq!(hear(message("/start", "private")), text("/start"));
        assert_eq!(hear(message("/start two words", "private")), text("/start two words"));
        assert_eq!(hear(message("42a", "group")), None);
    }

    #[test]
    fn a_word_of_ours_joins() {
        let joined = Some(Heard::Joined { word: "k7-Q_3".into(), address: "5".into(), name: "Ann Weber".into() });
        assert_eq!(hear(message("/start k7-Q_3", "private")), joined);
        assert_eq!(hear(message("/start@bell_bot k7-Q_3", "private")), joined);
        assert_eq!(hear(message("/start k7-Q_3", "supergroup")), None);
    }

    #[test]
    fn a_press_names_its_message_by_the_token() {
        let press = |data: &str| {
            let below = json!({ "message_id": 3, "chat": { "id": 5, "type": "private" }, "date": 0 });
            let from = json!({ "id": 5, "first_name": "Ann" });
            hear(json!({ "callback_query": { "id": "q9", "from": from, "message": below, "data": data } }))
        };
        let data = button::write("escalate", "tok.en").unwrap();
        let expected = Heard::Press {
            token: "tok.en".into(),
            verb: "escalate".into(),
            from: Some("5".into()),
            press_id: Some("q9".into()),
        };
        assert_eq!(press(&data), Some(expected));
        assert_eq!(press("x:anything"), None);
    }

    #[test]
    fn a_bot_that_was_blocked_is_known() {
        let member = |status: &str, kind: &str| {
            hear(json!({ "my_chat_member": {
                "chat": { "id": 5, "type": kind }, "new_chat_member": { "status": status, "user": { "id": 1 } } } }))
        };
        assert!(matches!(member("kicked", "private"), Some(Heard::Left { address, .. }) if address == "5"));
        assert_eq!((member("member", "private"), member("kicked", "group")), (None, None));
    }

    #[test]
    fn an_update_that_cannot_be_read_is_passed_over() {
        assert_eq!(hear(json!({ "message": { "chat": "?" } })), None);
        assert_eq!(hear(json!({ "poll": {} })), None);
        assert_eq!(update(json!({ "message": {} })), None);
    }
}
