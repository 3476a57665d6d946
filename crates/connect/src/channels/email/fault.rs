//! What went wrong between us and the mail server, whose fault it is, and whether trying again helps.

use lettre::transport::smtp::Error;

use super::{
    SmtpConfig,
    inbound::{blames_address, status_in},
};
use crate::{channels::Outcome, http::HttpError};

/// Where the conversation with the mail server was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// Connecting, greeting, TLS.
    Hello,
    /// AUTH.
    Login,
    /// MAIL FROM: our own address.
    Sender,
    /// RCPT TO: the contact's address.
    Recipient,
    /// DATA and the mail itself.
    Content,
}

/// What went wrong.
#[derive(Debug)]
pub(super) enum Fault {
    /// The server's name or address.
    Address(HttpError),
    /// The server has a public address, and the settings forbid TLS.
    PlainToInternet,
    /// The server offers no STARTTLS.
    NoStartTls,
    /// The server offers no way to log in that we speak.
    NoLogin,
    /// The address needs SMTPUTF8, which the server lacks.
    NeedsUtf8,
    /// The mailer is gone.
    Closed,
    /// What the server said, or that it said nothing.
    Said(Stage, Error),
}

impl Fault {
    pub(super) fn said(stage: Stage, error: Error) -> Self {
        Self::Said(stage, error)
    }

    /// The server answered with a refusal: the conversation can go on.
    pub(super) fn is_answer(&self) -> bool {
        matches!(self, Self::NeedsUtf8)
            || matches!(self, Self::Said(_, error) if error.status().is_some_and(|code| code.to_string() != "421"))
    }

    /// What it means for the message; the error says what to do.
    pub(super) fn outcome(self, config: &SmtpConfig) -> Outcome {
        let server = format!("The mail server {}", config.server());
        match self {
            Self::Address(fault) if fault.is_transient() => Outcome::transient(format!("{server}: {fault}")),
            Self::Address(fault) => Outcome::permanent(format!("{server}: {fault}")),
            Self::PlainToInternet => Outcome::permanent(format!(
                "{server} has a public address, and the e-mail settings say tls=none. Use smtps:// or tls=required."
            )),
            Self::NoStartTls => Outcome::permanent(format!(
                "{server} offers no STARTTLS. Use smtps:// with port 465, or tls=none for a server in a private network."
            )),
            Self::NoLogin => Outcome::permanent(format!(
                "{server} offers no login by user name and password (AUTH PLAIN or LOGIN). {OURS}"
            )),
            Self::NeedsUtf8 => {
                Outcome::permanent(format!("{server} does not take addresses with letters beyond ASCII (SMTPUTF8)."))
            }
            Self::Closed => Outcome::transient(format!("{server}: the connection was given up")),
            Self::Said(stage, error) => said(&server, stage, &error),
        }
    }
}

const OURS: &str = "An administrator corrects the e-mail settings; the contact is not at fault.";

fn said(server: &str, stage: Stage, error: &Error) -> Outcome {
    let words = words(error);
    if error.is_permanent() && stage == Stage::Recipient && nobody_there(&words) {
        return Outcome::bad_contact(format!("{server} refused the recipient: {words}"));
    }
    if error.is_permanent() {
        return Outcome::permanent(match stage {
            Stage::Recipient => format!("{server} refused the recipient: {words}"),
            Stage::Content => format!("{server} refused the mail: {words}"),
            Stage::Login => format!("{server} refused user name or password: {words}. {OURS}"),
            Stage::Sender => format!("{server} refused our sender address: {words}. {OURS}"),
            Stage::Hello => format!("{server} refused us: {words}. {OURS}"),
        });
    }
    if error.is_transient() {
        return Outcome::transient(match stage {
            Stage::Recipient => format!("{server} does not take mail for the recipient now: {words}"),
            Stage::Hello | Stage::Login | Stage::Sender | Stage::Content => {
                format!("{server} does not take mail now: {words}")
            }
        });
    }
    if certificate_refused(error) {
        return Outcome::permanent(format!(
            "{server}: its certificate is not trusted ({words}). Add ?ca=FILE with its authority to the SMTP URL. {OURS}"
        ));
    }
    if error.is_client() {
        return Outcome::permanent(format!("{server}: {words}. {OURS}"));
    }
    Outcome::transient(format!("{server}: {words}"))
}

/// Whether a refusal of the recipient says, by its enhanced status code, that the address is at fault. A server that gives none, or only
/// that it failed, may mean us: our address is on a list, say.
fn nobody_there(words: &str) -> bool {
    status_in(words).is_some_and(|status| !status.starts_with("5.0.") && blames_address(&status))
}

/// The code and what the server or the network says, without the names that lettre puts before.
fn words(error: &Error) -> String {
    let mut innermost: &dyn std::error::Error = error;
    while let Some(cause) = innermost.source() {
        innermost = cause;
    }
    let said = innermost.to_string();
    match error.status() {
        Some(code) if error.is_permanent() || error.is_transient() => format!("{code} {said}"),
        _ if said == "incomplete response" => "it closed the connection".into(),
        _ => said,
    }
}

fn certificate_refused(error: &Error) -> bool {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(each) = cause {
        // tokio-rustls wraps what rustls says into an error of IO, which does not give it out as its source.
        let inner = each.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        let tls = each.downcast_ref::<rustls::Error>().or_else(|| inner.and_then(|inner| inner.downcast_ref()));
        if let Some(rustls::Error::InvalidCertificate(_)) = tls {
            return true;
        }
        cause = each.source();
    }
    false
}
