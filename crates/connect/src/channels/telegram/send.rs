//! A message to a chat.

use serde::Deserialize;
use serde_json::json;

use super::{api::send_body, config::Telegram, fault::Trouble, keyboard::keyboard};
use crate::{
    channels::{
        Outcome, Parcel,
        letter::compose,
        limits::{ANSWER_BYTES_MAX, SEND_DEADLINE},
    },
    http::HttpClient,
};

/// What was sent.
#[derive(Deserialize)]
struct Sent {
    message_id: i64,
    chat: Chat,
}

#[derive(Deserialize)]
struct Chat {
    id: i64,
}

impl Telegram {
    pub(super) async fn send_message(&self, http: &HttpClient, parcel: &Parcel<'_>) -> Outcome {
        let Ok(chat) = parcel.to.trim().parse::<i64>() else {
            return Outcome::bad_contact(
                "The contact is no chat of Telegram. Connect it again from the user's profile.",
            );
        };
        let letter = compose(parcel.message);
        let mut body = send_body(&letter);
        body["chat_id"] = chat.into();
        let rows = keyboard(parcel.message, &letter, parcel.back.token());
        if !rows.is_empty() {
            body["reply_markup"] = json!({ "inline_keyboard": rows });
        }
        match self.call::<Sent>(http, "sendMessage", &body, (SEND_DEADLINE, ANSWER_BYTES_MAX)).await {
            Ok(sent) => Outcome::sent(Some(&format!("{}:{}", sent.chat.id, sent.message_id))),
            // It was taken over, and what it is called there is not known.
            Err(Trouble::Unreadable) => Outcome::sent(None),
            Err(trouble) => trouble.outcome(),
        }
    }
}
