//! The one HTTP client of the stand-ins' phones and services: it makes the requests that they make by themselves.

use std::{io, time::Duration};

use reqwest::Client;

/// How long an answer may take where nobody says otherwise.
pub(crate) const DEADLINE: Duration = Duration::from_secs(10);

/// A client that knows no proxy, and waits so long for an answer. Errors: it cannot be made.
#[expect(clippy::disallowed_methods, reason = "a stand-in is not the product: it has a client of its own")]
pub(crate) fn client(deadline: Duration) -> io::Result<Client> {
    // The error says that there is a provider already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = || Client::builder().timeout(deadline).no_proxy();
    // A machine without certificates can still make requests to http://.
    builder().build().or_else(|_| builder().tls_certs_only([]).build()).map_err(io::Error::other)
}
