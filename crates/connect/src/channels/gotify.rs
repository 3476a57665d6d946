//! Push messages by a Gotify server: <https://gotify.net/docs/pushmsg>. It has no buttons: a tap opens the page with Accept.

use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    Message, Outcome, answer,
    letter::{Letter, Mood, compose},
    limits::{ANSWER_BYTES_MAX, GOTIFY_TEXT_BYTES_MAX, SEND_DEADLINE, TITLE_CHARS_MAX},
    push,
    target::host_of,
    text::{cut_bytes, line},
};
use crate::http::{Answer, HttpClient, HttpError};

#[derive(Serialize)]
struct Body {
    title: String,
    message: String,
    priority: u8,
    extras: Value,
}

#[derive(Deserialize)]
struct Created {
    id: u64,
}

/// Sends one message.
pub(super) async fn send(
    http: &HttpClient,
    url: &str,
    token: &SecretString,
    message: &Message,
    now: Timestamp,
) -> Outcome {
    let result = create(http, url, token, message).await;
    let who = format!("The Gotify server {}", host_of(url));
    let said = result.as_ref().map(said).unwrap_or_default();
    match (answer::outcome(&who, result.as_ref(), &said, now), result) {
        (Outcome::Sent { .. }, Ok(answer)) => {
            Outcome::sent(answer.json::<Created>().ok().map(|it| it.id.to_string()).as_deref())
        }
        (Outcome::Permanent { .. }, Ok(Answer { status: status @ (401 | 403), .. })) => Outcome::bad_contact(format!(
            "{who} refused the token of the application ({status}). Make a new one there under Apps and enter it in the contact."
        )),
        (outcome, _) => outcome,
    }
}

async fn create(http: &HttpClient, url: &str, token: &SecretString, message: &Message) -> Result<Answer, HttpError> {
    // The server may lie below a path of a reverse proxy.
    http.post(&format!("{}/message", url.trim_end_matches('/')))?
        .answer_bytes_max(ANSWER_BYTES_MAX)
        .deadline(SEND_DEADLINE)
        .secret_header("X-Gotify-Key", token.expose_secret())
        .json(&body(&compose(message)))
        .send()
        .await
}

fn body(letter: &Letter) -> Body {
    let mut extras = json!({ "client::display": { "contentType": "text/plain" } });
    if let Some(url) = push::click(letter) {
        extras["client::notification"] = json!({ "click": { "url": url } });
    }
    Body {
        title: line(&letter.title, TITLE_CHARS_MAX),
        message: cut_bytes(push::text(letter), GOTIFY_TEXT_BYTES_MAX),
        priority: priority(letter.mood),
        extras,
    }
}

/// Above 7 its app rings and shows the message over others, from 4 to 7 it makes a sound.
fn priority(mood: Mood) -> u8 {
    match mood {
        Mood::Pages | Mood::Test => 10,
        Mood::Warning => 8,
        Mood::Quiet | Mood::Accepted | Mood::Resolved | Mood::Escalated | Mood::Plain => 5,
    }
}

/// Gotify's error in words: `{"error":"Unauthorized","errorCode":401,"errorDescription":".."}`.
fn said(answer: &Answer) -> String {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Refusal {
        error_description: String,
    }
    answer.json::<Refusal>().map(|it| line(&it.error_description, 200)).unwrap_or_default()
}
