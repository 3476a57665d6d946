//! What became of one send.

use std::time::Duration;

use super::{
    limits::{ERROR_CHARS_MAX, RETRY_AFTER_MAX},
    text::line,
};

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
        /// Whether nobody answered at all.
        unheard: bool,
    },
    /// Trying again does not help: this message fails now, so that the next provider or contact is tried at once.
    Permanent {
        /// What happened and what to do, in words for a person; without secrets.
        error: String,
        /// Whose fault it is, and so what else would fail.
        fault: Fault,
    },
}

/// Whose fault a permanent failure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// This message: others may pass.
    Message,
    /// The contact: nothing sent there will arrive. It is locked, and its owner is told by another way.
    Contact,
    /// Our account with the provider: nothing that it sends will pass before an administrator acts.
    Account,
}

impl Outcome {
    pub(super) fn sent(provider_id: Option<&str>) -> Self {
        Self::Sent { provider_id: provider_id.map(|id| line(id, ERROR_CHARS_MAX)).filter(|id| !id.is_empty()) }
    }

    pub(super) fn transient(error: impl AsRef<str>) -> Self {
        Self::throttled(error, None)
    }

    /// Nobody answered: out of reach, or not in time.
    pub(super) fn unheard(error: impl AsRef<str>) -> Self {
        Self::Transient { error: line(error.as_ref(), ERROR_CHARS_MAX), retry_after: None, unheard: true }
    }

    pub(super) fn throttled(error: impl AsRef<str>, retry_after: Option<Duration>) -> Self {
        let retry_after = retry_after.map(|after| after.min(RETRY_AFTER_MAX));
        Self::Transient { error: line(error.as_ref(), ERROR_CHARS_MAX), retry_after, unheard: false }
    }

    pub(super) fn permanent(error: impl AsRef<str>) -> Self {
        Self::Permanent { error: line(error.as_ref(), ERROR_CHARS_MAX), fault: Fault::Message }
    }

    pub(super) fn bad_contact(error: impl AsRef<str>) -> Self {
        Self::Permanent { error: line(error.as_ref(), ERROR_CHARS_MAX), fault: Fault::Contact }
    }

    pub(super) fn bad_account(error: impl AsRef<str>) -> Self {
        Self::Permanent { error: line(error.as_ref(), ERROR_CHARS_MAX), fault: Fault::Account }
    }

    pub(super) fn no_mail_server() -> Self {
        Self::permanent("No mail server is set up. An administrator enters one under Settings, E-mail.")
    }

    /// Whether nobody answered.
    pub(super) fn is_unheard(&self) -> bool {
        matches!(self, Self::Transient { unheard: true, .. })
    }

    /// Whether the message was taken over.
    pub fn is_sent(&self) -> bool {
        matches!(self, Self::Sent { .. })
    }
}
