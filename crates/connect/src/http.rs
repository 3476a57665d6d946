//! THE HTTP client out: every request has a deadline, every answer a size limit, nothing is redirected,
//! and addresses that no outside service may have are refused before and after the name is resolved.

mod address;
mod call;
mod deadline;
mod error;
mod resolver;
mod tls;

pub use address::{OutboundPolicy, Reach, reach};
pub use call::{Answer, Call};
pub use deadline::{Late, within};
pub use error::HttpError;
pub use reqwest::{Method, Url};
pub(crate) use resolver::resolve;
pub use tls::install_crypto;
pub(crate) use tls::{client_config, system_certificates};

use std::{sync::Arc, time::Duration};

/// How long a connection may take to come up.
const CONNECT_DEADLINE: Duration = Duration::from_secs(5);
/// How long an unused connection is kept for the next request.
const IDLE_KEPT: Duration = Duration::from_secs(50);
/// Unused connections kept per host.
const IDLE_PER_HOST_MAX: usize = 8;
/// Longest address that is accepted, in bytes.
const URL_BYTES_MAX: usize = 4_000;

/// The client. Cheap to clone; clones share their connections.
#[derive(Debug, Clone)]
pub struct HttpClient {
    inner: reqwest::Client,
    policy: OutboundPolicy,
}

impl HttpClient {
    /// A client that goes where `policy` lets it. Errors: `Setup` where TLS cannot be set up.
    ///
    /// Proxies of the environment are not used: behind one, the address that is reached could not be checked.
    #[expect(clippy::disallowed_methods, reason = "THE client: every other one comes from here")]
    pub fn new(policy: OutboundPolicy) -> Result<Self, HttpError> {
        let inner = reqwest::Client::builder()
            .tls_backend_preconfigured(client_config()?)
            .dns_resolver(Arc::new(resolver::Guarded { policy }))
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .connect_timeout(CONNECT_DEADLINE)
            .pool_idle_timeout(IDLE_KEPT)
            .pool_max_idle_per_host(IDLE_PER_HOST_MAX)
            .referer(false)
            .user_agent(concat!("Watchbell/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|fault| HttpError::Setup(error::causes(&fault)))?;
        Ok(Self { inner, policy })
    }

    /// The addresses that this client may reach.
    pub fn policy(&self) -> OutboundPolicy {
        self.policy
    }

    /// Reads an address and refuses it where its scheme is not HTTP, or its host is an address that may not be reached.
    /// A name passes here; what it resolves to is checked when it is connected to.
    pub fn check(&self, address: &str) -> Result<Url, HttpError> {
        if address.len() > URL_BYTES_MAX {
            return Err(HttpError::BadUrl("it is too long"));
        }
        let url = Url::parse(address).map_err(|_| HttpError::BadUrl("it cannot be read"))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(HttpError::BadUrl("it must begin with http:// or https://"));
        }
        let host = url.host_str().ok_or(HttpError::BadUrl("it names no host"))?;
        // reqwest connects to an address without asking the resolver.
        if let Ok(ip) = host.trim_matches(['[', ']']).parse() {
            self.policy.permit(ip).map_err(|reach| HttpError::Refused { host: host.into(), reach })?;
        }
        Ok(url)
    }

    /// Begins a request. Errors: `BadUrl`, `Refused`.
    pub fn call(&self, method: Method, address: &str) -> Result<Call, HttpError> {
        Ok(Call::new(self.inner.request(method, self.check(address)?)))
    }

    /// Begins a GET. Errors: `BadUrl`, `Refused`.
    pub fn get(&self, address: &str) -> Result<Call, HttpError> {
        self.call(Method::GET, address)
    }

    /// Begins a POST. Errors: `BadUrl`, `Refused`.
    pub fn post(&self, address: &str) -> Result<Call, HttpError> {
        self.call(Method::POST, address)
    }

    /// The client underneath, for a crate that builds its own requests to `base` and below (the Autotask client).
    /// Whoever takes it asks again for every other base address, and sets deadlines and body limits by itself.
    pub fn client_for(&self, base: &str) -> Result<reqwest::Client, HttpError> {
        self.check(base)?;
        Ok(self.inner.clone())
    }
}
