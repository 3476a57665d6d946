//! One SMTP conversation (RFC 5321) with PIPELINING, SIZE, 8BITMIME, SMTPUTF8, AUTH PLAIN and LOGIN, STARTTLS.

mod login;
mod wire;

use std::{io, sync::Arc};

use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};

use super::{SmtpFault, SmtpTls, state::State};
use wire::{Data, Wire};

/// Largest mail, in bytes.
const MAIL_BYTES_MAX: usize = 10 * 1024 * 1024;
/// Recipients of one mail.
const RECIPIENTS_MAX: usize = 100;

/// Speaks with one client until it is done.
pub(super) async fn hold(stream: TcpStream, state: Arc<State>) {
    // A client that goes away in the middle is no fault of this server.
    let _ = speak(stream, &state).await;
}

async fn speak(stream: TcpStream, state: &State) -> io::Result<()> {
    match (&state.tls, state.tls_mode) {
        (Some(tls), SmtpTls::Implicit) => {
            let mut encrypted = Wire::new(tls.acceptor.accept(stream).await?);
            Conversation::new(state, true).run(&mut encrypted, true).await.map(drop)
        }
        (tls, _) => {
            let mut plain = Wire::new(stream);
            let end = Conversation::new(state, false).run(&mut plain, true).await?;
            let (End::StartTls, Some(tls)) = (end, tls) else { return Ok(()) };
            // What was sent behind STARTTLS in the clear is dropped with the buffer (RFC 3207).
            let mut encrypted = Wire::new(tls.acceptor.accept(plain.into_stream()).await?);
            Conversation::new(state, true).run(&mut encrypted, false).await.map(drop)
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum End {
    Closed,
    StartTls,
}

/// What follows a command.
enum Next {
    Reply(String),
    ReplyAndEnd(String, End),
    End(End),
    Hang,
}

fn reply(text: &str) -> Next {
    Next::Reply(text.to_owned())
}

struct Conversation<'a> {
    state: &'a State,
    encrypted: bool,
    greeted: bool,
    logged_in: bool,
    from: Option<String>,
    to: Vec<String>,
}

impl<'a> Conversation<'a> {
    fn new(state: &'a State, encrypted: bool) -> Self {
        Self { state, encrypted, greeted: false, logged_in: false, from: None, to: Vec::new() }
    }

    async fn run<S: AsyncRead + AsyncWrite + Unpin>(mut self, wire: &mut Wire<S>, greet: bool) -> io::Result<End> {
        if greet && self.state.strikes(SmtpFault::Busy, None) {
            wire.reply("421 4.3.2 too busy").await?;
            return Ok(End::Closed);
        }
        if greet {
            wire.reply("220 stand-in ESMTP, keeps every mail and delivers none").await?;
        }
        while let Some(line) = wire.line().await? {
            match self.answer(&line, wire).await? {
                Next::Reply(text) => wire.reply(&text).await?,
                Next::ReplyAndEnd(text, end) => {
                    wire.reply(&text).await?;
                    return Ok(end);
                }
                Next::End(end) => return Ok(end),
                Next::Hang => {
                    while wire.line().await?.is_some() {}
                    return Ok(End::Closed);
                }
            }
        }
        Ok(End::Closed)
    }

    async fn answer<S: AsyncRead + AsyncWrite + Unpin>(&mut self, line: &str, wire: &mut Wire<S>) -> io::Result<Next> {
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        Ok(match verb.to_ascii_uppercase().as_str() {
            "EHLO" => self.hello(rest, true),
            "HELO" => self.hello(rest, false),
            "AUTH" => self.log_in(rest, wire).await?,
            "STARTTLS" if self.state.tls_mode == SmtpTls::StartTls && !self.encrypted => {
                Next::ReplyAndEnd("220 2.0.0 go ahead".into(), End::StartTls)
            }
            "MAIL" => self.begin(rest),
            "RCPT" => self.add_recipient(rest),
            "DATA" => self.take_mail(wire).await?,
            "RSET" => {
                self.forget();
                reply("250 2.0.0 forgotten")
            }
            "NOOP" => reply("250 2.0.0 still here"),
            "VRFY" => reply("252 2.5.2 send it and see"),
            "QUIT" => Next::ReplyAndEnd("221 2.0.0 bye".into(), End::Closed),
            _ => reply("500 5.5.2 unknown command"),
        })
    }

    fn hello(&mut self, name: &str, extended: bool) -> Next {
        if name.trim().is_empty() {
            return reply("501 5.5.4 a name is missing");
        }
        self.greeted = true;
        self.forget();
        if !extended {
            return reply("250 stand-in");
        }
        let mut lines = vec!["stand-in".to_owned(), "PIPELINING".into(), format!("SIZE {MAIL_BYTES_MAX}")];
        lines.extend(["8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES", "AUTH PLAIN LOGIN"].map(String::from));
        if self.state.tls_mode == SmtpTls::StartTls && !self.encrypted {
            lines.push("STARTTLS".into());
        }
        let last = lines.len() - 1;
        let lines: Vec<_> = lines
            .iter()
            .enumerate()
            .map(|(i, line)| format!("250{}{line}", if i == last { ' ' } else { '-' }))
            .collect();
        Next::Reply(lines.join("\r\n"))
    }

    async fn log_in<S: AsyncRead + AsyncWrite + Unpin>(&mut self, rest: &str, wire: &mut Wire<S>) -> io::Result<Next> {
        let Some((user, password)) = login::read(rest, wire).await? else {
            return Ok(reply("501 5.5.2 this login cannot be read"));
        };
        let wanted = self.state.credentials.as_ref().is_none_or(|wanted| *wanted == (user, password));
        if self.state.strikes(SmtpFault::RefuseLogin, None) || !wanted {
            return Ok(reply("535 5.7.8 user name or password is wrong"));
        }
        self.logged_in = true;
        Ok(reply("235 2.7.0 welcome"))
    }

    fn begin(&mut self, rest: &str) -> Next {
        let parameters = rest.to_ascii_uppercase();
        let size = parameters.split(' ').find_map(|word| word.strip_prefix("SIZE=")?.parse::<usize>().ok());
        match (address(rest, "FROM:"), &self.from) {
            _ if !self.greeted => reply("503 5.5.1 say EHLO first"),
            _ if self.state.credentials.is_some() && !self.logged_in => reply("530 5.7.0 log in first"),
            (None, _) => reply("501 5.1.7 the address cannot be read"),
            (_, Some(_)) => reply("503 5.5.1 there is a sender already"),
            _ if size.is_some_and(|size| size > MAIL_BYTES_MAX) => reply("552 5.3.4 too big"),
            _ if self.state.strikes(SmtpFault::RefuseSender, None) => {
                reply("550 5.7.60 you may not send as this sender")
            }
            (Some(from), None) => {
                self.from = Some(from);
                reply("250 2.1.0 sender ok")
            }
        }
    }

    fn add_recipient(&mut self, rest: &str) -> Next {
        let Some(to) = address(rest, "TO:").filter(|to| to.contains('@')) else {
            return reply("501 5.1.3 the address cannot be read");
        };
        let strikes = |fault| self.state.strikes(fault, Some(&to));
        if self.from.is_none() {
            return reply("503 5.5.1 say MAIL FROM first");
        }
        if self.to.len() >= RECIPIENTS_MAX {
            return reply("452 4.5.3 too many recipients");
        }
        if strikes(SmtpFault::RefuseRecipient) {
            return reply("550 5.1.1 no such user here");
        }
        if strikes(SmtpFault::TemporaryFailure) {
            return reply("451 4.3.0 try again later");
        }
        if strikes(SmtpFault::Hang) {
            return Next::Hang;
        }
        if strikes(SmtpFault::Close) {
            return Next::End(End::Closed);
        }
        self.to.push(to);
        reply("250 2.1.5 recipient ok")
    }

    async fn take_mail<S: AsyncRead + AsyncWrite + Unpin>(&mut self, wire: &mut Wire<S>) -> io::Result<Next> {
        let Some(from) = self.from.clone().filter(|_| !self.to.is_empty()) else {
            return Ok(reply("503 5.5.1 nobody to send it to"));
        };
        wire.reply("354 go ahead, end with a dot alone").await?;
        let mail = match wire.data(MAIL_BYTES_MAX).await? {
            Data::Mail(mail) => mail,
            Data::TooBig => {
                self.forget();
                return Ok(reply("552 5.3.4 too big"));
            }
            Data::Ended => return Ok(Next::End(End::Closed)),
        };
        let to = std::mem::take(&mut self.to);
        self.forget();
        if self.state.strikes(SmtpFault::RefuseContent, None) {
            return Ok(reply("554 5.7.1 this looks like spam"));
        }
        let id = self.state.keep(from, to, &mail, self.encrypted);
        if self.state.strikes(SmtpFault::LoseAnswer, None) {
            return Ok(Next::End(End::Closed));
        }
        Ok(Next::Reply(format!("250 2.0.0 kept as {id}")))
    }

    fn forget(&mut self) {
        self.from = None;
        self.to.clear();
    }
}

/// The address of `FROM:<a@b> ...`; the empty sender of a bounce is one.
fn address(rest: &str, keyword: &str) -> Option<String> {
    let head = rest.get(..keyword.len()).filter(|head| head.eq_ignore_ascii_case(keyword))?;
    let inner = rest[head.len()..].trim_start().strip_prefix('<')?;
    let (address, _) = inner.split_once('>')?;
    (!address.contains(char::is_whitespace)).then(|| address.to_owned())
}
