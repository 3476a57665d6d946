//! What the answer of a push service means.

use jiff::Timestamp;

use crate::{
    channels::{Fault, Outcome, answer, text::line},
    http::{Answer, HttpError},
};

/// What an answer means for the message, the subscription, and our key.
pub(super) fn outcome(who: &str, result: Result<&Answer, &HttpError>, now: Timestamp) -> Outcome {
    let said = result.map(said).unwrap_or_default();
    let words = if said.is_empty() { String::new() } else { format!(" It says: {said}") };
    match result.map(|answer| answer.status) {
        Ok(200..=299) => Outcome::sent(result.ok().and_then(name)),
        Ok(status @ (404 | 410)) => Outcome::bad_contact(format!(
            "The browser ended this subscription ({who} answered {status}). Open Watchbell on that device and switch push on again.{words}"
        )),
        Ok(status @ (401 | 403)) => Outcome::bad_account(format!(
            "{who} refused our key (it answered {status}): the clock of this server is wrong, or the subscription was made with another key.{words}"
        )),
        Ok(413) => Outcome::permanent(format!("{who} answered 413: the message is too long for it.{words}")),
        _ => match answer::outcome(who, result, &said, now) {
            // What it does not take stays with this message: a subscription ends by 404 and 410 alone.
            Outcome::Permanent { error, .. } => Outcome::Permanent { error, fault: Fault::Message },
            outcome => outcome,
        },
    }
}

/// The push service's words, where they are words.
fn said(answer: &Answer) -> String {
    line(&answer.text(), 160)
}

/// What the push service calls the message: the end of the address at which it could be taken back (RFC 8030, section 5).
fn name(answer: &Answer) -> Option<&str> {
    let name = answer.header("location")?.split(['?', '#']).next()?.trim_end_matches('/').rsplit('/').next()?;
    (name.len() <= 300).then_some(name)
}
