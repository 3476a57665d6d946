//! The server's half of an SMTP conversation (RFC 5321), without the network: bytes go in, what to do comes out. With PIPELINING, SIZE,
//! 8BITMIME, SMTPUTF8 and, where a certificate is there, STARTTLS; without login, because nothing is passed on.
//!
//! Lines end with CR LF and with nothing else, mails with CR LF . CR LF: a server that is more generous lets a mail be smuggled
//! behind another one.

mod content;

use content::{Content, End};

use super::MAIL_BYTES_MAX;

/// A line of a command, in bytes (RFC 5321 asks for 512, extensions for more).
const LINE_BYTES_MAX: usize = 2_000;
/// Recipients of a mail.
const RECIPIENTS_MAX: usize = 20;
/// Commands of a session.
const COMMANDS_MAX: usize = 500;
/// Commands of a session that are none.
const NONSENSE_MAX: usize = 10;

/// What the server does next.
#[derive(Debug, PartialEq, Eq)]
pub enum Turn {
    /// It says this.
    Say(String),
    /// It says this and ends the connection.
    SayAndEnd(String),
    /// It says this and encrypts; then [`SmtpSession::encrypted`].
    StartTls(String),
    /// It has to keep a mail, and to say what became of it.
    Keep(MailIn),
    /// It waits for more.
    Wait,
}

/// A mail with its envelope.
#[derive(Debug, PartialEq, Eq)]
pub struct MailIn {
    /// The sender; empty for bounces.
    pub sender: String,
    /// The recipients: at least one.
    pub recipients: Vec<String>,
    /// The mail.
    pub raw: Vec<u8>,
}

/// One conversation.
#[derive(Debug)]
pub struct SmtpSession {
    host: String,
    /// Whether STARTTLS is offered.
    offers_tls: bool,
    unread: Vec<u8>,
    content: Option<Content>,
    greeted: bool,
    sender: Option<String>,
    recipients: Vec<String>,
    commands: usize,
    nonsense: usize,
}

impl SmtpSession {
    /// A conversation that begins with [`SmtpSession::greeting`].
    pub fn new(host: &str, offers_tls: bool) -> Self {
        Self {
            host: host.to_owned(),
            offers_tls,
            unread: Vec::new(),
            content: None,
            greeted: false,
            sender: None,
            recipients: Vec::new(),
            commands: 0,
            nonsense: 0,
        }
    }

    /// What the server says first.
    pub fn greeting(&self) -> String {
        format!("220 {} ESMTP Watchbell\r\n", self.host)
    }

    /// The conversation begins anew behind STARTTLS; what was sent before it was encrypted is forgotten (RFC 3207).
    pub fn encrypted(&mut self) {
        *self = Self { commands: self.commands, nonsense: self.nonsense, ..Self::new(&self.host.clone(), false) };
    }

    /// Takes what was received. To be called when [`SmtpSession::next`] waits: then little is left unread.
    pub fn push(&mut self, bytes: &[u8]) {
        self.unread.extend_from_slice(bytes);
    }

    /// What to do next. `is_ours` says whether a recipient is one of ours.
    pub fn next(&mut self, is_ours: impl Fn(&str) -> bool) -> Turn {
        match self.content.take() {
            Some(content) => self.read_content(content),
            None => self.read_command(is_ours),
        }
    }

    fn read_content(&mut self, mut content: Content) -> Turn {
        let (used, end) = content.read(&self.unread);
        self.unread.drain(..used);
        let Some(end) = end else {
            self.content = Some(content);
            return Turn::Wait;
        };
        let (sender, recipients) = (self.sender.take().unwrap_or_default(), std::mem::take(&mut self.recipients));
        match end {
            End::Mail(raw) => Turn::Keep(MailIn { sender, recipients, raw }),
            End::TooLarge => say("552 5.3.4 The mail is too large: at most 10 MB"),
            End::BareBreak => say("550 5.6.0 The mail has lines that do not end with CR LF"),
            End::Endless => end_with("552 5.3.4 The mail is far too large"),
        }
    }

    fn read_command(&mut self, is_ours: impl Fn(&str) -> bool) -> Turn {
        let Some(end) = self.unread.iter().position(|byte| *byte == b'\n') else {
            let is_too_long = self.unread.len() > LINE_BYTES_MAX;
            return if is_too_long { end_with("500 5.5.6 The line is too long") } else { Turn::Wait };
        };
        let line: Vec<u8> = self.unread.drain(..=end).collect();
        let Some(line) = line.strip_suffix(b"\r\n").filter(|line| !line.contains(&b'\r')) else {
            return end_with("500 5.5.2 Lines end with CR LF");
        };
        self.commands += 1;
        match std::str::from_utf8(line) {
            _ if line.len() > LINE_BYTES_MAX => end_with("500 5.5.6 The line is too long"),
            _ if self.commands > COMMANDS_MAX => end_with("421 4.7.0 Too many commands"),
            Ok(line) if !line.contains('\0') => self.answer(line, is_ours),
            _ => self.no_command("500 5.5.2 The line cannot be read"),
        }
    }

    fn answer(&mut self, line: &str, is_ours: impl Fn(&str) -> bool) -> Turn {
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        match verb.to_ascii_uppercase().as_str() {
            "EHLO" => self.hello(rest, true),
            "HELO" => self.hello(rest, false),
            "MAIL" => self.begin(rest),
            "RCPT" => self.add_recipient(rest, is_ours),
            "DATA" => self.begin_content(rest),
            "RSET" => {
                self.forget();
                say("250 2.0.0 Forgotten")
            }
            "STARTTLS" if self.offers_tls => self.start_tls(rest),
            "NOOP" => say("250 2.0.0 Here"),
            "VRFY" => say("252 2.5.2 Send it and see"),
            "QUIT" => end_with("221 2.0.0 Bye"),
            "AUTH" | "EXPN" | "HELP" | "BDAT" | "ETRN" | "STARTTLS" => self.no_command("502 5.5.1 Not here"),
            _ => self.no_command("500 5.5.2 Unknown command"),
        }
    }

    fn no_command(&mut self, words: &str) -> Turn {
        self.nonsense += 1;
        match self.nonsense > NONSENSE_MAX {
            true => end_with("421 4.7.0 Too many errors"),
            false => say(words),
        }
    }

    fn hello(&mut self, name: &str, is_extended: bool) -> Turn {
        if name.trim().is_empty() {
            return say("501 5.5.4 Say your name");
        }
        self.forget();
        self.greeted = true;
        if !is_extended {
            return say(&format!("250 {}", self.host));
        }
        let mut lines = vec![self.host.clone(), "PIPELINING".into(), format!("SIZE {MAIL_BYTES_MAX}")];
        lines.extend(["8BITMIME", "SMTPUTF8"].map(String::from));
        if self.offers_tls {
            lines.push("STARTTLS".into());
        }
        let said: String = lines.iter().map(|line| format!("250-{line}\r\n")).collect();
        Turn::Say(format!("{said}250 ENHANCEDSTATUSCODES\r\n"))
    }

    fn start_tls(&mut self, rest: &str) -> Turn {
        match rest.trim().is_empty() {
            true => Turn::StartTls("220 2.0.0 Go ahead\r\n".into()),
            false => say("501 5.5.4 STARTTLS takes nothing"),
        }
    }

    fn begin(&mut self, rest: &str) -> Turn {
        let size = rest.split(' ').find_map(|word| {
            let (name, value) = word.split_once('=')?;
            name.eq_ignore_ascii_case("SIZE").then(|| value.parse::<usize>().unwrap_or(usize::MAX))
        });
        match address(rest, "FROM:") {
            _ if !self.greeted => say("503 5.5.1 Say EHLO first"),
            _ if self.sender.is_some() => say("503 5.5.1 There is a sender already"),
            None => say("501 5.1.7 The address cannot be read"),
            Some(_) if size.is_some_and(|size| size > MAIL_BYTES_MAX) => {
                say("552 5.3.4 The mail is too large: at most 10 MB")
            }
            Some(sender) => {
                self.sender = Some(sender);
                say("250 2.1.0 Fine")
            }
        }
    }

    fn add_recipient(&mut self, rest: &str, is_ours: impl Fn(&str) -> bool) -> Turn {
        match address(rest, "TO:").filter(|to| !to.is_empty()) {
            _ if self.sender.is_none() => say("503 5.5.1 Say MAIL FROM first"),
            None => say("501 5.1.3 The address cannot be read"),
            // Whoever tries addresses has to connect again and again.
            Some(to) if !is_ours(&to) => self.no_command("550 5.1.1 There is no such address here"),
            Some(_) if self.recipients.len() >= RECIPIENTS_MAX => say("452 4.5.3 Too many recipients"),
            Some(to) => {
                self.recipients.push(to);
                say("250 2.1.5 Fine")
            }
        }
    }

    fn begin_content(&mut self, rest: &str) -> Turn {
        if !rest.trim().is_empty() {
            return say("501 5.5.4 DATA takes nothing");
        }
        if self.recipients.is_empty() {
            return say("503 5.5.1 Nobody to give it to");
        }
        self.content = Some(Content::default());
        say("354 Go ahead; a dot alone ends it")
    }

    fn forget(&mut self) {
        self.sender = None;
        self.recipients.clear();
    }
}

/// A line to say.
pub fn say(words: &str) -> Turn {
    Turn::Say(format!("{words}\r\n"))
}

fn end_with(words: &str) -> Turn {
    Turn::SayAndEnd(format!("{words}\r\n"))
}

/// The address of `FROM:<a@b> ..`; the empty one of a bounce is one.
fn address(rest: &str, keyword: &str) -> Option<String> {
    let head = rest.get(..keyword.len()).filter(|head| head.eq_ignore_ascii_case(keyword))?;
    let inner = rest[head.len()..].trim_start().strip_prefix('<')?;
    let (address, _) = inner.split_once('>')?;
    let is_address =
        address.is_empty() || address.split_once('@').is_some_and(|(local, at)| !local.is_empty() && !at.is_empty());
    let is_plain = address.len() <= 320 && !address.contains(|c: char| c.is_whitespace() || c.is_control());
    // `<@relay:ann@example.com>` is a way of the past (RFC 5321, appendix C).
    (is_address && is_plain && !address.starts_with('@')).then(|| address.to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    const OURS: &str = "reply+x@bell.example.com";

    /// What the server says to these bytes, pushed in pieces of a size; and the mails it kept.
    fn talk_in(pieces: usize, said: &[u8]) -> (String, Vec<MailIn>) {
        let mut session = SmtpSession::new("bell.example.com", false);
        let (mut heard, mut kept) = (String::new(), Vec::new());
        for piece in said.chunks(pieces.max(1)) {
            session.push(piece);
            loop {
                match session.next(|to| to == OURS) {
                    Turn::Say(words) => heard.push_str(&words),
                    Turn::SayAndEnd(words) => return (heard + &words, kept),
                    Turn::StartTls(_) => panic!("it was not offered"),
                    Turn::Keep(mail) => {
                        kept.push(mail);
                        heard.push_str("250 kept\r\n");
                    }
                    Turn::Wait => break,
                }
            }
        }
        (heard, kept)
    }

    fn talk(said: &str) -> (Vec<u16>, Vec<MailIn>) {
        let (heard, kept) = talk_in(7, said.as_bytes());
        let codes = heard.lines().filter(|line| line.as_bytes().get(3) == Some(&b' '));
        (codes.map(|line| line[..3].parse().unwrap()).collect(), kept)
    }

    fn begin() -> String {
        format!("EHLO mx.example.com\r\nMAIL FROM:<ann@example.com> SIZE=20\r\nRCPT TO:<{OURS}>\r\nDATA\r\n")
    }

    #[test]
    fn a_mail_is_kept_with_its_envelope() {
        let (codes, kept) = talk(&format!("{}Subject: x\r\n\r\n..dots\r\n.dot\r\n.\r\nQUIT\r\n", begin()));
        assert_eq!(codes, [250, 250, 250, 354, 250, 221]);
        let raw = b"Subject: x\r\n\r\n.dots\r\ndot\r\n".to_vec();
        assert_eq!(kept, [MailIn { sender: "ann@example.com".into(), recipients: vec![OURS.into()], raw }]);
    }

    #[test]
    fn only_cr_lf_dot_cr_lf_ends_a_mail() {
        for ending in ["\n.\n", "\r\n.\n", "\n.\r\n", "\r.\r", "\r\n.\r", "\r\n.\r\r\n", "\r.\r\n"] {
            let smuggled = "MAIL FROM:<evil@example.com>\r\nRCPT TO:<reply+x@bell.example.com>\r\nDATA\r\nb\r\n.\r\n";
            let (codes, kept) = talk(&format!("{}a{ending}{smuggled}QUIT\r\n", begin()));
            assert_eq!((codes, kept.len()), (vec![250, 250, 250, 354, 550, 221], 0), "{ending:?}");
        }
        let (codes, _) = talk("EHLO a\nMAIL FROM:<a@b>\r\n");
        assert_eq!(codes, [500], "a command ends with CR LF too");
    }

    #[test]
    fn the_order_of_commands_is_kept() {
        for (said, expected) in [
            ("MAIL FROM:<a@b>\r\n".to_owned(), vec![503]),
            ("EHLO a\r\nRCPT TO:<x@y>\r\n".into(), vec![250, 503]),
            ("EHLO a\r\nDATA\r\n".into(), vec![250, 503]),
            ("HELO a\r\nMAIL FROM:<>\r\nMAIL FROM:<a@b>\r\n".into(), vec![250, 250, 503]),
            ("EHLO\r\n".into(), vec![501]),
            ("EHLO a\r\nMAIL FROM:a@b\r\nMAIL FROM:<a b@c>\r\nMAIL FROM:<@x:a@b>\r\n".into(), vec![250, 501, 501, 501]),
            (
                "EHLO a\r\nMAIL FROM:<a@b>\r\nRCPT TO:<other@example.com>\r\nRCPT TO:<>\r\n".into(),
                vec![250, 250, 550, 501],
            ),
            (
                format!("EHLO a\r\nMAIL FROM:<a@b>\r\nRCPT TO:<{OURS}>\r\nRSET\r\nDATA\r\n"),
                vec![250, 250, 250, 250, 503],
            ),
            ("EHLO a\r\nMAIL FROM:<a@b> SIZE=10485761\r\n".into(), vec![250, 552]),
            ("NOOP\r\nVRFY a\r\nAUTH PLAIN x\r\nSTARTTLS\r\nXYZ\r\n\0\r\n".into(), vec![250, 252, 502, 502, 500, 500]),
        ] {
            assert_eq!(talk(&said).0, expected, "{said:?}");
        }
    }

    #[test]
    fn what_is_too_much_ends() {
        assert_eq!(talk(&"x".repeat(LINE_BYTES_MAX + 8)).0, [500]);
        assert_eq!(talk(&"NOOP\r\n".repeat(COMMANDS_MAX + 5)).0.last(), Some(&421));
        let (codes, _) = talk(&"XYZ\r\n".repeat(50));
        assert_eq!((codes.len(), codes.last()), (NONSENSE_MAX + 1, Some(&421)));
        let many =
            format!("EHLO a\r\nMAIL FROM:<a@b>\r\n{}", format!("RCPT TO:<{OURS}>\r\n").repeat(RECIPIENTS_MAX + 1));
        assert_eq!(talk(&many).0.last(), Some(&452));
        let large = format!("{}{}\r\n.\r\nQUIT\r\n", begin(), "x".repeat(MAIL_BYTES_MAX + 1));
        let (heard, kept) = talk_in(65_536, large.as_bytes());
        assert!(
            heard.ends_with("552 5.3.4 The mail is too large: at most 10 MB\r\n221 2.0.0 Bye\r\n") && kept.is_empty()
        );
    }

    #[test]
    fn what_was_sent_in_the_clear_is_forgotten_when_it_encrypts() {
        let mut session = SmtpSession::new("bell.example.com", true);
        session.push(b"EHLO a\r\nSTARTTLS\r\nMAIL FROM:<evil@example.com>\r\n");
        assert!(matches!(session.next(|_| true), Turn::Say(words) if words.contains("STARTTLS")));
        assert!(matches!(session.next(|_| true), Turn::StartTls(_)));
        session.encrypted();
        assert_eq!(session.next(|_| true), Turn::Wait);
        session.push(b"MAIL FROM:<a@b>\r\n");
        assert_eq!(session.next(|_| true), say("503 5.5.1 Say EHLO first"));
    }

    proptest! {
        #[test]
        fn pieces_change_nothing(bytes in proptest::collection::vec(prop_oneof![Just(b'\r'), Just(b'\n'), Just(b'.'), Just(b'a'), any::<u8>()], 0..200), size in 1..9_usize) {
            let mut said = begin().into_bytes();
            said.extend(&bytes);
            prop_assert_eq!(talk_in(size, &said), talk_in(usize::MAX, &said));
            let _ = talk_in(size, &bytes);
        }
    }
}
