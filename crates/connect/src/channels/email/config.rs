//! The settings of the mail server, written as one URL.
//!
//! | URL | meaning |
//! |---|---|
//! | `smtps://user:password@smtp.example.com?from=alerts@example.com` | TLS from the start, port 465 |
//! | `smtp://user:password@smtp.example.com?from=..` | STARTTLS, port 587; without it only to private addresses |
//! | `smtp://..?tls=required` | STARTTLS or nothing |
//! | `smtp://10.0.0.5:25?tls=none&from=..` | never TLS; only to this machine and private addresses |
//!
//! Further parameters: `from` (an address, also as `Watchbell <alerts@example.com>`; may be left out where the user name is
//! an address), `ca` (a PEM file with a certificate to trust for this server), `helo` (the name we greet with; the domain of
//! `from` where not said), `connections` (how many at once, 1 to 20, 3 where not said). Special characters in user and password are written as `%40`.

use std::{fmt, path::PathBuf, str::FromStr};

use lettre::message::Mailbox;
use percent_encoding::percent_decode_str;
use secrecy::SecretString;

use crate::{
    channels::limits::{SMTP_CONNECTIONS, SMTP_CONNECTIONS_MAX},
    http::Url,
};

/// The settings of the mail server.
#[derive(Debug, Clone)]
pub struct SmtpConfig {
    /// Name or address of the server.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the way to it is protected.
    pub security: SmtpSecurity,
    /// Login, where the server wants one.
    pub credentials: Option<SmtpCredentials>,
    /// The sender of every mail; its domain also ends every Message-ID.
    pub from: Mailbox,
    /// The name we greet with.
    pub helo: String,
    /// A PEM file with certificates to trust for this server besides the usual ones.
    pub ca_file: Option<PathBuf>,
    /// Connections at once.
    pub connections_max: usize,
}

/// How the way to the mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmtpSecurity {
    /// TLS from the start (RFC 8314).
    Tls,
    /// STARTTLS, or nothing is sent.
    StartTls,
    /// Nothing to this machine; STARTTLS where a server in a private network offers it; always STARTTLS to the internet.
    Auto,
    /// Never; refused where the server has a public address.
    Plain,
}

/// Login at the mail server.
#[derive(Debug, Clone)]
pub struct SmtpCredentials {
    /// User name, mostly an address.
    pub user: String,
    /// Password or app password.
    pub password: SecretString,
}

/// What is wrong with the settings. No variant repeats the URL: it holds the password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SmtpConfigError {
    /// No URL.
    #[error(
        "the SMTP URL cannot be read: {0}. It looks like smtps://user:password@host:465?from=alerts@example.com; write @ / : # % in user and password as %40 %2F %3A %23 %25"
    )]
    Unreadable(String),
    /// Another scheme.
    #[error("the SMTP URL begins with {0}://, it must begin with smtps:// (TLS from the start) or smtp:// (STARTTLS)")]
    Scheme(String),
    /// No host.
    #[error("the SMTP URL names no host")]
    NoHost,
    /// A user without a password, or the other way round.
    #[error("the SMTP URL names a user without a password, or a password without a user")]
    HalfCredentials,
    /// No sender.
    #[error("the SMTP URL names no sender: add ?from=alerts@example.com")]
    NoFrom,
    /// The sender is no address.
    #[error("from={0} is not an e-mail address")]
    BadFrom(String),
    /// The greeting is no name.
    #[error("helo={0} is not a host name")]
    BadHelo(String),
    /// An unknown value of `tls`.
    #[error("tls={0} is unknown: write required, auto or none; smtps:// takes no tls parameter")]
    BadTls(String),
    /// A number of connections that is none.
    #[error("connections={0} is not a number from 1 to 20")]
    BadConnections(String),
    /// An unknown parameter.
    #[error("the SMTP URL has an unknown parameter {0}; known are from, tls, ca, helo and connections")]
    UnknownParameter(String),
    /// The certificate file.
    #[error("the certificate file {path} cannot be used: {reason}")]
    Ca {
        /// The file.
        path: String,
        /// Why.
        reason: String,
    },
    /// TLS cannot be set up.
    #[error("TLS to the mail server cannot be set up: {0}")]
    Tls(String),
}

impl SmtpConfig {
    /// Host and port, for messages to people.
    pub fn server(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }
}

/// Shows everything but the password.
impl fmt::Display for SmtpConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.security == SmtpSecurity::Tls { "smtps" } else { "smtp" };
        let user = self.credentials.as_ref().map(|login| format!("{}@", login.user)).unwrap_or_default();
        write!(f, "{scheme}://{user}{} from {}", self.server(), self.from)
    }
}

impl FromStr for SmtpConfig {
    type Err = SmtpConfigError;

    fn from_str(text: &str) -> Result<Self, SmtpConfigError> {
        let url = Url::parse(text.trim()).map_err(|fault| SmtpConfigError::Unreadable(fault.to_string()))?;
        let implicit_tls = match url.scheme() {
            "smtps" => true,
            "smtp" => false,
            other => return Err(SmtpConfigError::Scheme(other.into())),
        };
        let host = url.host_str().map(|host| host.trim_matches(['[', ']']).to_owned()).filter(|host| !host.is_empty());
        let credentials = credentials(&url)?;
        let parameters = Parameters::read(&url)?;
        let from = sender(parameters.from, credentials.as_ref())?;
        Ok(Self {
            host: host.ok_or(SmtpConfigError::NoHost)?,
            port: url.port().unwrap_or(if implicit_tls { 465 } else { 587 }),
            security: security(implicit_tls, parameters.tls)?,
            helo: greeting(parameters.helo, &from)?,
            ca_file: parameters.ca.map(PathBuf::from),
            connections_max: connections(parameters.connections)?,
            credentials,
            from,
        })
    }
}

#[derive(Default)]
struct Parameters {
    from: Option<String>,
    tls: Option<String>,
    ca: Option<String>,
    helo: Option<String>,
    connections: Option<String>,
}

impl Parameters {
    fn read(url: &Url) -> Result<Self, SmtpConfigError> {
        let mut found = Self::default();
        for (name, value) in url.query_pairs() {
            let slot = match &*name {
                "from" => &mut found.from,
                "tls" => &mut found.tls,
                "ca" => &mut found.ca,
                "helo" => &mut found.helo,
                "connections" => &mut found.connections,
                other => return Err(SmtpConfigError::UnknownParameter(other.into())),
            };
            *slot = Some(value.into_owned());
        }
        Ok(found)
    }
}

fn credentials(url: &Url) -> Result<Option<SmtpCredentials>, SmtpConfigError> {
    let decode = |raw: &str| percent_decode_str(raw).decode_utf8_lossy().into_owned();
    match (url.username(), url.password().unwrap_or_default()) {
        ("", "") => Ok(None),
        ("", _) | (_, "") => Err(SmtpConfigError::HalfCredentials),
        (user, password) => Ok(Some(SmtpCredentials { user: decode(user), password: decode(password).into() })),
    }
}

fn security(implicit_tls: bool, tls: Option<String>) -> Result<SmtpSecurity, SmtpConfigError> {
    match (implicit_tls, tls.as_deref()) {
        (true, None) => Ok(SmtpSecurity::Tls),
        (false, None | Some("auto")) => Ok(SmtpSecurity::Auto),
        (false, Some("required")) => Ok(SmtpSecurity::StartTls),
        (false, Some("none")) => Ok(SmtpSecurity::Plain),
        (_, Some(other)) => Err(SmtpConfigError::BadTls(other.into())),
    }
}

/// `from`, or the user name where it is an address. The plain address is shown as Watchbell.
fn sender(from: Option<String>, credentials: Option<&SmtpCredentials>) -> Result<Mailbox, SmtpConfigError> {
    let written = match (from, credentials) {
        (Some(from), _) => from,
        (None, Some(login)) if login.user.contains('@') => login.user.clone(),
        (None, _) => return Err(SmtpConfigError::NoFrom),
    };
    // A line break in a header would begin the next one.
    let mailbox = (!written.contains(char::is_control)).then(|| written.parse::<Mailbox>().ok()).flatten();
    let mut mailbox = mailbox.ok_or(SmtpConfigError::BadFrom(written))?;
    mailbox.name.get_or_insert_with(|| "Watchbell".into());
    Ok(mailbox)
}

fn connections(written: Option<String>) -> Result<usize, SmtpConfigError> {
    let Some(written) = written else { return Ok(SMTP_CONNECTIONS) };
    let number = written.parse().ok().filter(|number| (1..=SMTP_CONNECTIONS_MAX).contains(number));
    number.ok_or(SmtpConfigError::BadConnections(written))
}

fn greeting(helo: Option<String>, from: &Mailbox) -> Result<String, SmtpConfigError> {
    let name = helo.unwrap_or_else(|| from.email.domain().to_owned());
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    match !name.is_empty() && name.len() <= 253 && name.chars().all(allowed) {
        true => Ok(name),
        false => Err(SmtpConfigError::BadHelo(name)),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn a_url_becomes_settings() {
        let full: SmtpConfig =
            "smtps://ann%40contoso.com:p%40ss%2Fw%C3%B6rd@smtp.contoso.com:4465?from=On+call+%3Calerts@contoso.com%3E&helo=bell.contoso.com&ca=/etc/ca.pem"
                .parse()
                .unwrap();
        let login = full.credentials.as_ref().unwrap();
        assert_eq!((login.user.as_str(), login.password.expose_secret()), ("ann@contoso.com", "p@ss/wörd"));
        assert_eq!((full.host.as_str(), full.port, full.security), ("smtp.contoso.com", 4465, SmtpSecurity::Tls));
        assert_eq!(full.from.to_string(), "On call <alerts@contoso.com>");
        assert_eq!((full.helo.as_str(), full.ca_file.unwrap().to_str()), ("bell.contoso.com", Some("/etc/ca.pem")));
    }

    #[test]
    fn what_is_left_out_has_a_default() {
        let config = |text: &str| text.parse::<SmtpConfig>().unwrap();
        let tls = config("smtps://alerts%40contoso.com:x@smtp.contoso.com");
        assert_eq!(
            (tls.port, tls.from.to_string(), tls.helo),
            (465, "Watchbell <alerts@contoso.com>".into(), "contoso.com".into())
        );
        let auto = config("smtp://localhost?from=a@b.example");
        assert_eq!((auto.port, auto.security, auto.credentials.is_none()), (587, SmtpSecurity::Auto, true));
        assert_eq!(config("smtp://h?from=a@b.example&tls=required").security, SmtpSecurity::StartTls);
        assert_eq!(config("smtp://[::1]:25?from=a@b.example&tls=none").host, "::1");
    }

    #[test]
    fn what_is_wrong_is_named_without_the_password() {
        for (text, expected) in [
            ("mail.example.com", "cannot be read"),
            ("https://u:hunter2@h?from=a@b.example", "begins with https://"),
            ("smtp://?from=a@b.example", "names no host"),
            ("smtp://u@h?from=a@b.example", "without a password"),
            ("smtp://u:hunter2@h", "names no sender"),
            ("smtp://u:hunter2@h?from=nobody", "from=nobody is not"),
            ("smtp://u:hunter2@h?from=a@b.example%0d%0aBcc:x@y.example", "is not an e-mail address"),
            ("smtp://u:hunter2@h?from=a@b.example&helo=a%20b", "helo=a b is not"),
            ("smtp://u:hunter2@h?from=a@b.example&tls=maybe", "tls=maybe is unknown"),
            ("smtps://u:hunter2@h?from=a@b.example&tls=none", "tls=none is unknown"),
            ("smtp://u:hunter2@h?from=a@b.example&connections=0", "connections=0 is not"),
            ("smtp://u:hunter2@h?from=a@b.example&connections=21", "connections=21 is not"),
            ("smtp://u:hunter2@h?from=a@b.example&form=x", "unknown parameter form"),
            ("smtp://u:hunter2@h:99999?from=a@b.example", "cannot be read"),
        ] {
            let said = text.parse::<SmtpConfig>().unwrap_err().to_string();
            assert!(said.contains(expected) && !said.contains("hunter2"), "{text}: {said}");
        }
    }

    #[test]
    fn settings_show_no_password() {
        let config: SmtpConfig = "smtps://alerts%40contoso.com:hunter2@smtp.contoso.com".parse().unwrap();
        assert!(!format!("{config:?} {config}").contains("hunter2"));
    }

    proptest::proptest! {
        #[test]
        fn any_text_becomes_settings_or_an_error_without_the_password(
            text in "\\PC{0,80}",
            host in "[a-z0-9.:\\[\\]%-]{0,20}",
            parameters in "[a-z=&%@<>0-9 .-]{0,40}",
        ) {
            let _ = text.parse::<SmtpConfig>();
            let url = format!("smtp://user:HUNTER2@{host}?{parameters}");
            match url.parse::<SmtpConfig>() {
                Ok(config) => {
                    let shown = format!("{config:?} {config}");
                    proptest::prop_assert!(!config.host.is_empty() && !shown.contains("HUNTER2"), "{}", shown);
                }
                Err(fault) => proptest::prop_assert!(!fault.to_string().contains("HUNTER2"), "{}", fault),
            }
        }
    }
}
