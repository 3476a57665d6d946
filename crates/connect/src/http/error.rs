//! What can go wrong on the way to an outside service. No variant carries a path or a query: they may hold secrets.

use super::{Late, Reach};

/// A request that got no answer, or none that could be read. An answer of any status is no error.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// The address cannot be one of a web service.
    #[error("the address cannot be used: {0}")]
    BadUrl(&'static str),
    /// The address is one that may not be reached.
    #[error("{host} is {reach}, which may not be reached from here")]
    Refused {
        /// The host as it was written.
        host: String,
        /// What it is.
        reach: Reach,
    },
    /// The name has no address, or the resolver did not answer.
    #[error("the name {host} cannot be resolved: {reason}")]
    Unresolved {
        /// The host as it was written.
        host: String,
        /// What the resolver says.
        reason: String,
    },
    /// Nobody answered: refused, unreachable, or its certificate is not trusted.
    #[error("no connection: {0}")]
    Unreachable(String),
    /// The server's certificate is not trusted.
    #[error("the certificate of the server is not trusted: {0}")]
    Untrusted(String),
    /// No answer in time.
    #[error(transparent)]
    Late(#[from] Late),
    /// The answer is longer than its limit; its status was read.
    #[error("the answer (status {status}) is longer than {bytes_max} bytes")]
    TooLarge {
        /// The status of the answer.
        status: u16,
        /// The limit.
        bytes_max: usize,
    },
    /// The connection broke, or what came was no HTTP.
    #[error("the connection broke: {0}")]
    Broken(String),
    /// The request could not be put together.
    #[error("the request cannot be made: {0}")]
    Unsendable(String),
    /// The client could not be set up.
    #[error("the HTTP client cannot be set up: {0}")]
    Setup(String),
}

impl HttpError {
    /// Whether the same request may succeed later without anybody changing a setting.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Unresolved { .. } | Self::Unreachable(_) | Self::Late(_) | Self::Broken(_) => true,
            Self::BadUrl(_)
            | Self::Refused { .. }
            | Self::Untrusted(_)
            | Self::TooLarge { .. }
            | Self::Unsendable(_)
            | Self::Setup(_) => false,
        }
    }

    /// Reads what the client underneath says.
    pub(super) fn of(fault: reqwest::Error, late: Late) -> Self {
        let mut source: Option<&(dyn std::error::Error + 'static)> = Some(&fault);
        while let Some(cause) = source {
            match cause.downcast_ref::<Self>() {
                Some(Self::Refused { host, reach }) => return Self::Refused { host: host.clone(), reach: *reach },
                Some(Self::Unresolved { host, reason }) => {
                    return Self::Unresolved { host: host.clone(), reason: reason.clone() };
                }
                _ => source = cause.source(),
            }
        }
        if fault.is_timeout() {
            return Self::Late(late);
        }
        let said = causes(&fault);
        match () {
            () if fault.is_connect() && said.contains("certificate") => Self::Untrusted(said),
            () if fault.is_connect() => Self::Unreachable(said),
            () if fault.is_builder() => Self::Unsendable(said),
            () => Self::Broken(said),
        }
    }
}

/// The innermost cause in words: outer ones repeat "error sending request" and the address.
pub(super) fn causes(fault: &reqwest::Error) -> String {
    let mut innermost: &(dyn std::error::Error + 'static) = fault;
    while let Some(cause) = innermost.source() {
        innermost = cause;
    }
    // The outermost is reqwest's own, whose text may end with the address.
    match innermost.downcast_ref::<reqwest::Error>() {
        Some(own) if own.is_timeout() => "no answer in time".into(),
        Some(_) => "the request failed".into(),
        None => innermost.to_string(),
    }
}
