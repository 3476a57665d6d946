//! Who is trusted: Mozilla's roots, which come with the binary so that an empty container works,
//! and the system's, so that a company's own authority works. One provider of cryptography: ring.

use std::sync::{Arc, OnceLock};

use rustls::{ClientConfig, RootCertStore, pki_types::CertificateDer};

use super::HttpError;

/// Makes ring the provider of this process for whoever does not name one. Repeating it does nothing.
pub fn install_crypto() {
    // The error says that a provider is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// The certificates that this machine trusts and that can be read. Read from disk once.
pub(crate) fn system_certificates() -> &'static [CertificateDer<'static>] {
    static FOUND: OnceLock<Vec<CertificateDer<'static>>> = OnceLock::new();
    FOUND.get_or_init(|| {
        let mut found = rustls_native_certs::load_native_certs();
        for fault in &found.errors {
            tracing::warn!(%fault, "a certificate of the system cannot be read");
        }
        found.certs.retain(|certificate| RootCertStore::empty().add(certificate.clone()).is_ok());
        found.certs
    })
}

/// What a TLS client of ours trusts and speaks. Errors: `Setup`.
pub(crate) fn client_config() -> Result<ClientConfig, HttpError> {
    install_crypto();
    let mut roots = RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    roots.add_parsable_certificates(system_certificates().iter().cloned());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|fault| HttpError::Setup(fault.to_string()))?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}
