//! The certificate of the mail receiver.

use crate::config::Config;
use crate::start::StartError;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::sync::Arc;
use tokio_rustls::TlsAcceptor;

/// What encrypts; `None` where no certificate is set up. Errors: it cannot be read, or key and certificate do not fit.
pub(super) fn acceptor(config: &Config) -> Result<Option<TlsAcceptor>, StartError> {
    let (Some(cert), Some(key)) = (&config.smtp_cert, &config.smtp_key) else { return Ok(None) };
    let bad = |what: &str, why: &dyn std::fmt::Display| StartError::Setting(format!("{what} cannot be used: {why}"));
    let chain: Vec<CertificateDer<'static>> =
        CertificateDer::pem_file_iter(cert).and_then(Iterator::collect).map_err(|error| bad("smtp_cert", &error))?;
    let key = PrivateKeyDer::from_pem_file(key).map_err(|error| bad("smtp_key", &error))?;
    let tls = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key))
        .map_err(|error| bad("smtp_cert", &error))?;
    Ok(Some(TlsAcceptor::from(Arc::new(tls))))
}
