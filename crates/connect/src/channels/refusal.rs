//! What the refusal of a provider means, in the five words that the engine knows.

use std::time::Duration;

use jiff::Timestamp;
use watchbell_core::provider::Reported;

use super::{Outcome, answer::retry_after};
use crate::http::{Answer, HttpError};

/// What a refusal means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// Nothing sent to this contact will arrive.
    Contact,
    /// Nothing of this account will pass before an administrator acts.
    Account,
    /// This message does not pass; others may.
    Message,
    /// It may pass later.
    Transient,
    /// We are too fast.
    Throttled,
}

impl Meaning {
    /// What a status of HTTP means where the provider says no more.
    pub fn of_status(status: u16) -> Self {
        match status {
            401..=403 => Meaning::Account,
            429 => Meaning::Throttled,
            408 | 425 | 500.. => Meaning::Transient,
            _ => Meaning::Message,
        }
    }

    /// What became of the send.
    pub fn outcome(self, error: &str, retry_after: Option<Duration>) -> Outcome {
        match self {
            Meaning::Contact => Outcome::bad_contact(error),
            Meaning::Account => Outcome::bad_account(error),
            Meaning::Message => Outcome::permanent(error),
            Meaning::Transient | Meaning::Throttled => Outcome::throttled(error, retry_after),
        }
    }

    /// The same of a message that had been taken over.
    pub fn reported(self) -> Reported {
        match self {
            Meaning::Contact => Reported::Refused,
            Meaning::Account | Meaning::Message | Meaning::Transient | Meaning::Throttled => Reported::Undelivered,
        }
    }
}

/// An answer that refuses, in words: `Twilio (AC12..) answered 400: 21211: The 'To' number is not valid`.
pub(super) fn refused(who: &str, answer: &Answer, meaning: Meaning, said: &str, now: Timestamp) -> Outcome {
    let said = if said.is_empty() { String::new() } else { format!(": {said}") };
    meaning.outcome(&format!("{who} answered {}{said}", answer.status), retry_after(Some(answer), now))
}

/// No answer came. What does not pass by itself is wrong in the settings of the account.
pub(super) fn unanswered(who: &str, fault: &HttpError) -> Outcome {
    let meaning = match fault {
        // It was taken over, and what it is called there is not known.
        HttpError::TooLarge { status: 200..=299, .. } => return Outcome::sent(None),
        HttpError::TooLarge { status, .. } => Meaning::of_status(*status),
        fault if fault.is_transient() => return Outcome::unheard(format!("{who}: {fault}")),
        _ => Meaning::Account,
    };
    meaning.outcome(&format!("{who}: {fault}"), None)
}
