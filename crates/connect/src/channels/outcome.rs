//! What became of one send.

use std::time::Duration;

use super::{limits::ERROR_CHARS_MAX, text::line};

/// What became of one send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The next server took it over.
    Sent {
        /// What that server calls it: the last line of the mail server, ntfy's message id.
        provider_id: Option<String>,
    },
    /// Trying again may help: out of reach, overloaded, a 4xx of SMTP, 429 or 5xx of HTTP.
    Transient {
        /// What happened, in words for a person; without secrets.
        error: String,
        /// How long the server asks to wait, at most one hour.
        retry_after: Option<Duration>,
    },
    /// Trying again does not help: this message fails now, so that the next contact is tried at once.
    ///
    /// It says nothing about the contact for later messages. A mail server that refuses our own login or sender is permanent
    /// too (nothing changes before an administrator acts), and the error says whose fault it is.
    Permanent {
        /// What happened and what to do, in words for a person; without secrets.
        error: String,
    },
}

impl Outcome {
    pub(super) fn sent(provider_id: Option<&str>) -> Self {
        Self::Sent { provider_id: provider_id.map(|id| line(id, ERROR_CHARS_MAX)).filter(|id| !id.is_empty()) }
    }

    pub(super) fn transient(error: impl AsRef<str>) -> Self {
        Self::Transient { error: line(error.as_ref(), ERROR_CHARS_MAX), retry_after: None }
    }

    pub(super) fn permanent(error: impl AsRef<str>) -> Self {
        Self::Permanent { error: line(error.as_ref(), ERROR_CHARS_MAX) }
    }

    pub(super) fn no_mail_server() -> Self {
        Self::permanent("No mail server is set up. An administrator enters one under Settings, E-mail.")
    }

    /// Whether the message was taken over.
    pub fn is_sent(&self) -> bool {
        matches!(self, Self::Sent { .. })
    }
}
