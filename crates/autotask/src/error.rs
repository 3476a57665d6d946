//! What can go wrong with Autotask, in words for the person who has to do something about it.

use std::time::Duration;

/// Why a request did not do its work. Cheap to clone; never contains a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// 401, or a text about the integration code. A wrong zone looks the same. Trying again locks the API user.
    #[error("Autotask ({host}) refused the user name, secret or API integration code, or this is not the tenant's zone. Check them under Admin > Resources/Users at the API user, then try again.{}", ending(.said))]
    Credential {
        /// Host that was asked.
        host: String,
        /// What Autotask said, if anything.
        said: String,
    },
    /// The tenant's address could not be found out, or is not that of the API.
    #[error("The Autotask zone is not right ({host}): {reason}. Choose the zone by hand, or check the user name.")]
    Zone {
        /// Host that was asked.
        host: String,
        /// What is wrong.
        reason: String,
    },
    /// The API user may not do this.
    #[error("The Autotask API user may not do this. Give its security level the permission under Admin > Resources/Users > Security.{}", ending(.said))]
    Permission {
        /// What Autotask said.
        said: String,
    },
    /// Autotask refused what was sent. Sending the same again is refused again.
    #[error("Autotask refused the request: {}", .errors.join("; "))]
    Validation {
        /// Autotask's sentences.
        errors: Vec<String>,
        /// The row that was written all the same: a success may carry errors.
        item_id: Option<i64>,
    },
    /// This path does not take this verb.
    #[error("Autotask does not take {what} by this method.{}", ending(.said))]
    Method {
        /// What was asked for.
        what: String,
        /// What the server said.
        said: String,
    },
    /// There is no such row (or no such path).
    #[error("Autotask has no {what}")]
    NotFound {
        /// What was asked for.
        what: String,
    },
    /// More than three requests at a time for one endpoint and integration code.
    #[error(
        "Autotask allows three requests at a time per kind of record, and more are running with this integration code. It works again in seconds."
    )]
    ThreadLimit {
        /// What the server asks for.
        retry_after: Option<Duration>,
    },
    /// The requests of the hour are used up.
    #[error(
        "The hourly request limit of the Autotask tenant is reached, by all vendors together. See Admin > Extensions & Integrations > API Activity by Hour for who uses it up."
    )]
    HourlyLimit {
        /// What the server asks for.
        retry_after: Option<Duration>,
    },
    /// A web page instead of data.
    #[error(
        "Autotask ({host}) answered with a web page instead of data: it is under maintenance. If it lasts, check the address."
    )]
    Maintenance {
        /// Host that was asked.
        host: String,
        /// What the server asks for.
        retry_after: Option<Duration>,
    },
    /// Autotask failed by itself.
    #[error("Autotask ({host}) failed with status {status}. It usually passes by itself.{}", ending(.said))]
    Transient {
        /// Host that was asked.
        host: String,
        /// HTTP status.
        status: u16,
        /// Beginning of what it said.
        said: String,
        /// What the server asks for.
        retry_after: Option<Duration>,
    },
    /// No answer, or none to its end. A write may have been done all the same: look before repeating it.
    #[error("Autotask ({host}) cannot be reached: {cause}.")]
    Unreachable {
        /// Host that was asked.
        host: String,
        /// Where it stopped.
        cause: Cause,
    },
    /// The answer is larger than the client reads.
    #[error("The answer of Autotask is larger than {bytes_max} bytes. Ask for fewer rows or fields.")]
    TooLarge {
        /// The limit, in bytes.
        bytes_max: usize,
    },
    /// An answer that is not what this request is answered with.
    #[error("The answer of Autotask ({host}) cannot be understood: {reason}.")]
    Unreadable {
        /// Host that was asked.
        host: String,
        /// What is wrong with it.
        reason: String,
    },
}

/// Where a connection stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Cause {
    /// The host's name is not known.
    #[error("its name is not known; check the zone, and this machine's DNS")]
    Name,
    /// Nobody listens, or a firewall says no.
    #[error("the connection was refused")]
    Refused,
    /// It took too long.
    #[error("it did not answer in time")]
    Timeout,
    /// No trust in its certificate, or no common cipher.
    #[error("no encrypted connection could be made; check this machine's clock and a proxy in between")]
    Tls,
    /// The connection broke.
    #[error("the connection broke")]
    Broken,
}

/// What a fault is about: what a page or a test of the connection names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fault {
    /// Wrong address.
    Zone,
    /// Wrong user name, secret or integration code (or zone: Autotask does not tell).
    Credential,
    /// Missing permission.
    Permission,
    /// Too many requests, at a time or in the hour.
    Limit,
    /// Autotask is under maintenance or failing.
    Outage,
    /// No connection.
    Unreachable,
    /// What was asked for is wrong or gone.
    Request,
    /// The answer could not be used.
    Answer,
}

/// How to try again: the first wait and the longest; each failure doubles it. Add jitter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// Before the second try.
    pub first: Duration,
    /// Never wait longer.
    pub longest: Duration,
}

impl Error {
    /// Whether the same request would fail the same way until a person changes something.
    pub fn is_permanent(&self) -> bool {
        self.backoff().is_none()
    }

    /// How to try again; `None` for what is permanent.
    pub fn backoff(&self) -> Option<Backoff> {
        match self {
            Self::Credential { .. } | Self::Zone { .. } | Self::Permission { .. } => None,
            Self::Validation { .. } | Self::Method { .. } | Self::NotFound { .. } | Self::TooLarge { .. } => None,
            Self::ThreadLimit { .. } => Some(seconds(2, 60)),
            Self::HourlyLimit { .. } => Some(seconds(60, 60)),
            Self::Maintenance { .. } => Some(seconds(30, 30)),
            Self::Transient { .. } | Self::Unreachable { .. } | Self::Unreadable { .. } => Some(seconds(1, 60)),
        }
    }

    /// The wait that the server asked for (at most an hour); it goes before [`Self::backoff`].
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::ThreadLimit { retry_after }
            | Self::HourlyLimit { retry_after }
            | Self::Maintenance { retry_after, .. }
            | Self::Transient { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// What the fault is about.
    pub fn fault(&self) -> Fault {
        match self {
            Self::Zone { .. } | Self::Unreachable { cause: Cause::Name, .. } => Fault::Zone,
            Self::Credential { .. } => Fault::Credential,
            Self::Permission { .. } => Fault::Permission,
            Self::ThreadLimit { .. } | Self::HourlyLimit { .. } => Fault::Limit,
            Self::Maintenance { .. } | Self::Transient { .. } => Fault::Outage,
            Self::Unreachable { .. } => Fault::Unreachable,
            Self::Validation { .. } | Self::Method { .. } | Self::NotFound { .. } => Fault::Request,
            Self::TooLarge { .. } | Self::Unreadable { .. } => Fault::Answer,
        }
    }

    /// A value that no HTTP header can carry.
    pub(crate) fn unsendable_credential(host: &str, noun: &str) -> Self {
        let said = format!("the {noun} is empty or contains characters that cannot be sent");
        Self::Credential { host: host.to_owned(), said }
    }

    pub(crate) fn unreadable(host: &str, reason: impl Into<String>) -> Self {
        Self::Unreadable { host: host.to_owned(), reason: reason.into() }
    }
}

fn seconds(first: u64, longest: u64) -> Backoff {
    Backoff { first: Duration::from_secs(first), longest: Duration::from_secs(longest) }
}

/// The end of a sentence, where the server said something.
fn ending(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!(" It said: {text}") }
}
