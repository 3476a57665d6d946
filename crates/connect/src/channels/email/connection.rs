//! A new connection to the mail server: resolved and checked, encrypted as the settings ask, logged in.

use std::net::SocketAddr;

use lettre::transport::smtp::{
    authentication::{Credentials, Mechanism},
    client::{AsyncSmtpConnection, Certificate, CertificateStore, TlsParameters},
    extension::ClientId,
};
use secrecy::ExposeSecret;

use super::{
    SmtpConfig, SmtpConfigError, SmtpSecurity,
    fault::{Fault, Stage},
};
use crate::{
    channels::limits::SMTP_CONNECT_DEADLINE,
    http::{OutboundPolicy, Reach, install_crypto, reach, resolve, system_certificates},
};

/// How connections to one mail server are made.
pub(super) struct Connector {
    config: SmtpConfig,
    tls: TlsParameters,
    helo: ClientId,
}

/// Where the addresses of the mail server are, the farthest counting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Distance {
    ThisMachine,
    PrivateNetwork,
    Internet,
}

/// What is done about TLS after the greeting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Upgrade {
    Never,
    IfOffered,
    Required,
}

impl Connector {
    /// Reads the certificate file, if one is named. Errors: `Ca`, `Tls`.
    pub(super) fn new(config: &SmtpConfig) -> Result<Self, SmtpConfigError> {
        install_crypto();
        let helo = ClientId::Domain(config.helo.clone());
        Ok(Self { config: config.clone(), tls: tls_parameters(config)?, helo })
    }

    /// Connects, encrypts, logs in.
    pub(super) async fn connect(&self) -> Result<AsyncSmtpConnection, Fault> {
        let policy = OutboundPolicy { allow_private: true };
        let addresses = resolve(policy, &self.config.host, self.config.port).await.map_err(Fault::Address)?;
        let mut connection = match (self.config.security, distance(&addresses)) {
            (SmtpSecurity::Plain, Distance::Internet) => return Err(Fault::PlainToInternet),
            (SmtpSecurity::Tls, _) => self.open(&addresses, Some(self.tls.clone())).await?,
            (SmtpSecurity::Plain, _) | (SmtpSecurity::Auto, Distance::ThisMachine) => {
                self.greet(&addresses, Upgrade::Never).await?
            }
            (SmtpSecurity::Auto, Distance::PrivateNetwork) => self.greet(&addresses, Upgrade::IfOffered).await?,
            (SmtpSecurity::Auto, Distance::Internet) | (SmtpSecurity::StartTls, _) => {
                self.greet(&addresses, Upgrade::Required).await?
            }
        };
        self.log_in(&mut connection).await?;
        Ok(connection)
    }

    async fn greet(&self, addresses: &[SocketAddr], upgrade: Upgrade) -> Result<AsyncSmtpConnection, Fault> {
        let mut connection = self.open(addresses, None).await?;
        match (upgrade, connection.can_starttls()) {
            (Upgrade::Never, _) | (Upgrade::IfOffered, false) => Ok(connection),
            (Upgrade::Required, false) => Err(Fault::NoStartTls),
            (Upgrade::IfOffered | Upgrade::Required, true) => {
                let upgraded = connection.starttls(self.tls.clone(), &self.helo).await;
                upgraded.map_err(|said| Fault::said(Stage::Hello, said))?;
                Ok(connection)
            }
        }
    }

    async fn open(&self, addresses: &[SocketAddr], tls: Option<TlsParameters>) -> Result<AsyncSmtpConnection, Fault> {
        AsyncSmtpConnection::connect_tokio1(addresses, Some(SMTP_CONNECT_DEADLINE), &self.helo, tls, None)
            .await
            .map_err(|said| Fault::said(Stage::Hello, said))
    }

    async fn log_in(&self, connection: &mut AsyncSmtpConnection) -> Result<(), Fault> {
        let Some(login) = &self.config.credentials else { return Ok(()) };
        let offered = [Mechanism::Plain, Mechanism::Login];
        if !offered.iter().any(|mechanism| connection.server_info().supports_auth_mechanism(*mechanism)) {
            return Err(Fault::NoLogin);
        }
        let credentials = Credentials::new(login.user.clone(), login.password.expose_secret().to_owned());
        connection.auth(&offered, &credentials).await.map_err(|said| Fault::said(Stage::Login, said))?;
        Ok(())
    }
}

fn distance(addresses: &[SocketAddr]) -> Distance {
    addresses.iter().fold(Distance::ThisMachine, |so_far, address| match (reach(address.ip()), so_far) {
        (Reach::Loopback, so_far) => so_far,
        (Reach::Private, Distance::ThisMachine | Distance::PrivateNetwork) => Distance::PrivateNetwork,
        _ => Distance::Internet,
    })
}

/// The same trust as the HTTP client's, and the file of the settings.
fn tls_parameters(config: &SmtpConfig) -> Result<TlsParameters, SmtpConfigError> {
    let setup = |fault: lettre::transport::smtp::Error| SmtpConfigError::Tls(fault.to_string());
    let mut builder = TlsParameters::builder(config.host.clone()).certificate_store(CertificateStore::WebpkiRoots);
    for certificate in system_certificates() {
        builder = builder.add_root_certificate(Certificate::from_der(certificate.to_vec()).map_err(setup)?);
    }
    if let Some(path) = &config.ca_file {
        let fault = |reason: String| SmtpConfigError::Ca { path: path.display().to_string(), reason };
        let pem = std::fs::read(path).map_err(|said| fault(said.to_string()))?;
        builder = builder.add_root_certificate(Certificate::from_pem(&pem).map_err(|said| fault(said.to_string()))?);
    }
    builder.build_rustls().map_err(setup)
}
