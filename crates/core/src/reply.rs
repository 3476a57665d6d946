//! Answers of people to messages: what their words mean ([`read`]), which alerts they act on ([`choose`]), and what is said in return
//! ([`answer`]). Pure: the server knows who wrote and what they were told of.

mod answer;
mod choose;
mod read;
#[cfg(test)]
mod tests;
mod words;

use std::collections::BTreeSet;

pub use answer::{Answer, answer};
pub use choose::{Candidate, Chosen, NotChosen, choose};
pub use read::{MailWords, read, read_mail};

use crate::alert::Happening;

/// What somebody wants done with an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// They have it.
    Accept,
    /// It is over.
    Resolve,
    /// The next level is wanted now.
    Escalate,
}

impl Verb {
    /// What that does to an alert.
    pub const fn happening(self) -> Happening {
        match self {
            Verb::Accept => Happening::Accepted,
            Verb::Resolve => Happening::Resolved { reason: None },
            Verb::Escalate => Happening::EscalatedNow,
        }
    }
}

/// Which alerts are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// What the message with this reply code was about, be it one alert or a summary: "42a", "100aa".
    Code(u32),
    /// The one with this number: "accept 198".
    Alert(i64),
    /// The only one that is open: "a".
    Latest,
    /// All that are open: "accept all".
    All,
}

/// Something to be done with some alerts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reply {
    /// What.
    pub verb: Verb,
    /// With which.
    pub which: Which,
}

/// What the words of a person mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// Do something with alerts.
    Reply(Reply),
    /// Send nothing more here.
    Stop,
    /// Send to here again.
    Start,
    /// How does this work?
    Help,
    /// A comment on the alert; by mail only.
    Comment(String),
    /// Nothing that is understood.
    Unknown,
}

/// The reply code for the next message to a contact: the smallest number that no open alert has there. Codes of resolved alerts
/// are free again, so that they stay short.
pub fn next_code(taken: &BTreeSet<u32>) -> u32 {
    let mut free = 1;
    for code in taken.range(1..) {
        if *code != free {
            break;
        }
        free = free.saturating_add(1);
    }
    free
}
