//! E-mail over SMTP: text and HTML, threaded per alert.
//!
//! The mail server is the operator's own choice, so private addresses are always allowed here; link-local ones never.

mod answers;
mod compose;
mod config;
mod connection;
mod content;
mod fault;
mod html;
pub mod inbound;
mod plain;

pub use answers::{MailAnswers, MailBack, Unsubscribe};
pub use config::{SmtpConfig, SmtpConfigError, SmtpCredentials, SmtpSecurity};

use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use lettre::{
    Address,
    transport::smtp::{
        client::AsyncSmtpConnection,
        commands::{Data, Mail, Rcpt, Rset},
        extension::{Extension, MailParameter},
    },
};
use tokio::sync::Semaphore;

use super::{DeliveryId, Message, Outcome, letter::Letter, limits::SMTP_NOOP_DEADLINE};
use crate::http::within;
use connection::Connector;
use content::Content;
use fault::{Fault, Stage};

/// The text part of a mail.
pub(super) fn text_part(letter: &Letter) -> String {
    plain::render(letter)
}

/// The mail server with its kept connections.
///
/// A connection belongs to the send that uses it and is put back only after a finished exchange: a send that is dropped at
/// its deadline takes its connection with it, so no answer is ever read by the wrong message.
pub(super) struct Mailer {
    config: SmtpConfig,
    connector: Connector,
    idle: Mutex<Vec<AsyncSmtpConnection>>,
    slots: Semaphore,
}

impl std::fmt::Debug for Mailer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mailer").field("config", &self.config).finish_non_exhaustive()
    }
}

impl Mailer {
    pub(super) fn new(config: SmtpConfig) -> Result<Self, SmtpConfigError> {
        let connector = Connector::new(&config)?;
        let slots = Semaphore::new(config.connections_max);
        Ok(Self { config, connector, idle: Mutex::default(), slots })
    }

    /// Host and port, for messages to people.
    pub(super) fn server(&self) -> String {
        self.config.server()
    }

    /// The address of the sender.
    pub(super) fn sender(&self) -> String {
        self.config.from.email.to_string()
    }

    /// How many connections there may be at once.
    pub(super) fn connections_max(&self) -> usize {
        self.config.connections_max
    }

    /// Sends one message to one address.
    pub(super) async fn send(
        &self,
        address: &str,
        message: &Message,
        id: &DeliveryId,
        back: Option<&MailBack>,
        now: Timestamp,
    ) -> Outcome {
        let to: Address = match address.trim().parse() {
            Ok(to) => to,
            Err(_) => {
                return Outcome::permanent("The contact is not an e-mail address. Correct it in the user's profile.");
            }
        };
        let mail = match compose::mail(&self.config.from, &to, message, (id, back), now) {
            Ok(mail) => mail,
            Err(fault) => return Outcome::permanent(format!("The mail cannot be put together: {fault}")),
        };
        self.outcome(self.hand_over(&to, &mail).await)
    }

    /// Connects and logs in, without sending anything.
    pub(super) async fn probe(&self) -> Outcome {
        let result = match self.connection().await {
            Ok(mut connection) => connection.command(Rset).await.map_err(|said| Fault::said(Stage::Hello, said)),
            Err(fault) => Err(fault),
        };
        self.outcome(result.map(|_| String::new()))
    }

    fn outcome(&self, result: Result<String, Fault>) -> Outcome {
        match result {
            Ok(said) => Outcome::sent(Some(&said)),
            Err(fault) => fault.outcome(&self.config),
        }
    }

    /// Gives a mail to the server; the answer is what the server calls it.
    async fn hand_over(&self, to: &Address, mail: &[u8]) -> Result<String, Fault> {
        // Never closed: the error cannot happen.
        let _slot = self.slots.acquire().await.map_err(|_| Fault::Closed)?;
        let mut connection = self.connection().await?;
        let result = self.exchange(&mut connection, to, mail).await;
        let usable = match &result {
            Ok(_) => true,
            // After a refusal the conversation goes on; RSET forgets the sender. Anything else ended it.
            Err(fault) => fault.is_answer() && connection.command(Rset).await.is_ok(),
        };
        if usable {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        }
        result
    }

    async fn exchange(&self, connection: &mut AsyncSmtpConnection, to: &Address, mail: &[u8]) -> Result<String, Fault> {
        let at = |stage| move |said| Fault::said(stage, said);
        connection
            .command(Mail::new(Some(self.config.from.email.clone()), self.parameters(connection, to)?))
            .await
            .map_err(at(Stage::Sender))?;
        connection.command(Rcpt::new(to.clone(), vec![])).await.map_err(at(Stage::Recipient))?;
        connection.command(Data).await.map_err(at(Stage::Content))?;
        let said = connection.command(Content(mail)).await.map_err(at(Stage::Content))?;
        Ok(said.message().last().unwrap_or_default().to_owned())
    }

    /// An address with letters beyond ASCII needs SMTPUTF8 (RFC 6531); the mail itself is 7 bit always.
    fn parameters(&self, connection: &AsyncSmtpConnection, to: &Address) -> Result<Vec<MailParameter>, Fault> {
        let ascii = |address: &Address| AsRef::<str>::as_ref(address).is_ascii();
        match (
            ascii(to) && ascii(&self.config.from.email),
            connection.server_info().supports_feature(Extension::SmtpUtfEight),
        ) {
            (true, _) => Ok(vec![]),
            (false, true) => Ok(vec![MailParameter::SmtpUtfEight]),
            (false, false) => Err(Fault::NeedsUtf8),
        }
    }

    /// A kept connection that still answers, or a new one.
    async fn connection(&self) -> Result<AsyncSmtpConnection, Fault> {
        loop {
            let kept = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let Some(mut connection) = kept else { return self.connector.connect().await };
            if within(SMTP_NOOP_DEADLINE, connection.test_connected()).await == Ok(true) {
                return Ok(connection);
            }
        }
    }
}
