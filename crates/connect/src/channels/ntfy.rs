//! Push messages by an ntfy server, ntfy.sh or one's own.

mod body;
mod topic;

pub use topic::{subscribe_link, topic_name};

use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::{
    Message, Outcome, answer,
    letter::{Letter, compose},
    limits::{ANSWER_BYTES_MAX, SEND_DEADLINE},
    target::host_of,
    text::line,
};
use crate::http::{Answer, HttpClient, HttpError};

/// Where a push message is published.
#[derive(Clone, Copy)]
pub(super) struct Topic<'a> {
    pub url: &'a str,
    pub topic: &'a str,
    pub token: Option<&'a SecretString>,
}

/// The text of a push message.
pub(super) fn text(letter: &Letter) -> String {
    body::text(letter)
}

/// Publishes one message.
pub(super) async fn send(http: &HttpClient, topic: Topic<'_>, message: &Message, now: Timestamp) -> Outcome {
    // ntfy's own rule for topics.
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if topic.topic.is_empty() || topic.topic.len() > 64 || !topic.topic.chars().all(allowed) {
        return Outcome::permanent("The topic of the ntfy contact must be 1 to 64 letters, digits, - or _.");
    }
    let result = publish(http, topic, message).await;
    let who = format!("The ntfy server {}", host_of(topic.url));
    let said = result.as_ref().map(said).unwrap_or_default();
    match (answer::outcome(&who, result.as_ref(), &said, now), &result) {
        (Outcome::Sent { .. }, Ok(answer)) => Outcome::sent(answer.json::<Published>().ok().map(|it| it.id).as_deref()),
        (outcome, _) => outcome,
    }
}

async fn publish(http: &HttpClient, topic: Topic<'_>, message: &Message) -> Result<Answer, HttpError> {
    // JSON is published at the root of the server, which may lie below a path of a reverse proxy.
    let root = format!("{}/", topic.url.trim_end_matches('/'));
    let mut call = http
        .post(&root)?
        .answer_bytes_max(ANSWER_BYTES_MAX)
        .deadline(SEND_DEADLINE)
        .json(&body::body(topic.topic, &compose(message)));
    if let Some(token) = topic.token {
        call = call.bearer(token.expose_secret());
    }
    call.send().await
}

#[derive(Deserialize)]
struct Published {
    id: String,
}

/// ntfy's error in words: `{"code":40301,"http":403,"error":"forbidden","link":".."}`.
fn said(answer: &Answer) -> String {
    #[derive(Deserialize)]
    struct Refusal {
        error: String,
    }
    answer.json::<Refusal>().map(|it| line(&it.error, 200)).unwrap_or_default()
}
