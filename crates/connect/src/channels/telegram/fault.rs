//! What went wrong, and whose fault it is.

use std::time::Duration;

use serde::Deserialize;

use crate::{
    channels::{Outcome, refusal::unanswered, text::line},
    http::{Answer, HttpError},
};

/// What came instead of a result.
#[derive(Debug, thiserror::Error)]
pub(super) enum Trouble {
    #[error(transparent)]
    Http(#[from] HttpError),
    #[error("the answer cannot be read")]
    Unreadable,
    #[error("refused")]
    Refused(Refusal),
}

/// `{"ok":false,"error_code":403,"description":"Forbidden: bot was blocked by the user","parameters":{"retry_after":5}}`
#[derive(Debug)]
pub(super) struct Refusal {
    status: u16,
    said: String,
    retry_after_s: Option<u64>,
    has_moved: bool,
}

#[derive(Default, Deserialize)]
struct Body {
    #[serde(default)]
    description: String,
    #[serde(default)]
    parameters: Parameters,
}

#[derive(Default, Deserialize)]
struct Parameters {
    retry_after: Option<u64>,
    migrate_to_chat_id: Option<i64>,
}

/// What Telegram says of a chat that is not there, or not for the bot.
const NO_CHAT: [&str; 5] =
    ["chat not found", "user not found", "PEER_ID_INVALID", "chat_id is empty", "user is deactivated"];

impl Refusal {
    pub fn read(answer: &Answer) -> Self {
        let body: Body = answer.json().unwrap_or_default();
        Self {
            status: answer.status,
            said: line(&body.description, 200),
            retry_after_s: body.parameters.retry_after,
            has_moved: body.parameters.migrate_to_chat_id.is_some(),
        }
    }

    /// An edit that was not needed: the text is there already, or the message is not.
    pub fn leaves_all_as_it_is(&self) -> bool {
        let words = ["message is not modified", "message to edit not found", "message can't be edited"];
        self.status == 400 && words.iter().any(|word| self.said.contains(word))
    }

    fn outcome(&self) -> Outcome {
        let Self { status, said, .. } = self;
        let is_telegram = !said.is_empty();
        let said = if is_telegram { format!("{status}: {said}") } else { format!("{status}") };
        match status {
            // Telegram says why. What does not is a proxy before it.
            401 | 403 | 404 if !is_telegram => Outcome::bad_account(format!(
                "Something that is not Telegram answered {said}: a proxy on the way, or the address of the API is wrong."
            )),
            // 404 is what Telegram says to a token that cannot be one.
            401 | 404 => Outcome::bad_account(format!(
                "Telegram refused the bot token ({said}). Enter the token that @BotFather shows for this bot."
            )),
            403 => Outcome::bad_contact(format!(
                "Telegram does not let the bot write there ({said}). Open the bot in Telegram and press Start, then confirm the contact again."
            )),
            400 if self.has_moved || NO_CHAT.iter().any(|word| self.said.contains(word)) => {
                Outcome::bad_contact(format!("Telegram does not know this chat ({said}). Connect the contact again."))
            }
            409 => Outcome::transient(format!(
                "Telegram answered {said}. Another program uses this bot: each Watchbell needs a bot of its own."
            )),
            429 => Outcome::throttled(format!("Telegram answered {said}"), self.retry_after_s.map(Duration::from_secs)),
            408 | 425 | 500.. => Outcome::transient(format!("Telegram answered {said}")),
            _ => Outcome::permanent(format!("Telegram answered {said}")),
        }
    }
}

impl Trouble {
    /// The same in the engine's words.
    pub fn outcome(self) -> Outcome {
        match self {
            Self::Http(fault) => unanswered("Telegram", &fault),
            Self::Unreadable => Outcome::transient("Telegram: the answer cannot be read"),
            Self::Refused(refusal) => refusal.outcome(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::channels::Fault;

    fn read(status: u16, body: &str) -> Refusal {
        Refusal::read(&Answer { status, headers: Default::default(), body: body.into() })
    }

    #[test]
    fn a_refusal_says_whose_fault_it_is() {
        for (status, description, expected) in [
            (401, "Unauthorized", Some(Fault::Account)),
            (404, "Not Found", Some(Fault::Account)),
            (403, "Forbidden: bot was blocked by the user", Some(Fault::Contact)),
            (403, "Forbidden: user is deactivated", Some(Fault::Contact)),
            (403, "", Some(Fault::Account)),
            (400, "Bad Request: chat not found", Some(Fault::Contact)),
            (400, "Bad Request: BUTTON_URL_INVALID", Some(Fault::Message)),
            (400, "", Some(Fault::Message)),
            (409, "Conflict: terminated by other getUpdates request", None),
            (500, "Internal Server Error", None),
            (502, "", None),
        ] {
            let body = serde_json::json!({ "ok": false, "error_code": status, "description": description });
            let fault = match read(status, &body.to_string()).outcome() {
                Outcome::Permanent { fault, .. } => Some(fault),
                _ => None,
            };
            assert_eq!(fault, expected, "{status} {description}");
        }
        let moved = r#"{"description":"Bad Request: group chat was upgraded to a supergroup chat","parameters":{"migrate_to_chat_id":-1}}"#;
        assert!(matches!(read(400, moved).outcome(), Outcome::Permanent { fault: Fault::Contact, .. }));
    }

    #[test]
    fn too_many_requests_say_how_long_to_wait() {
        let outcome =
            read(429, r#"{"description":"Too Many Requests: retry after 7","parameters":{"retry_after":7}}"#).outcome();
        assert!(matches!(outcome, Outcome::Transient { retry_after: Some(wait), .. } if wait.as_secs() == 7));
        assert!(matches!(read(429, "<html>").outcome(), Outcome::Transient { retry_after: None, .. }));
    }
}
