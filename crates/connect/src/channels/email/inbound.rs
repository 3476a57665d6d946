//! Mails that come in: answers to ours, out-of-office notes, bounces. Raw bytes become a [`ReceivedMail`]; nothing is looked up.
//!
//! A token in the address, or in the Message-ID that the mail answers, is the proof of who may act; the caller verifies it.

mod automatic;
mod bounce;
mod checks;
mod html;
mod ids;
pub mod mailgun;
mod multipart;
mod quote;
pub mod ses;
pub mod smtp;
pub mod sns;
#[cfg(test)]
mod tests;

use std::panic::{AssertUnwindSafe, catch_unwind};

use mail_parser::{Message, MessageParser, PartType};
use watchbell_core::text;

pub use bounce::Bounce;
pub(super) use bounce::{blames_address, status_in};
pub use checks::Checks;
pub use ids::{Door, address_of, door_of, token_of_message_id};

use super::super::text::line;

/// Largest mail that is read, in bytes.
pub const MAIL_BYTES_MAX: usize = 10 * 1024 * 1024;
/// Text of a mail that is considered, in bytes.
pub const TEXT_BYTES_MAX: usize = 256 * 1024;
/// Mails within mails, and reports, that may be named: each could hold the next.
const NESTED_MAX: usize = 64;
/// Parts of a mail.
const PARTS_MAX: usize = 1_000;
/// An address or an id, in characters.
const NAME_CHARS_MAX: usize = 320;

/// A mail as far as it matters here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivedMail {
    /// Who says to have written it.
    pub from: Option<String>,
    /// For whom it is, by its envelope.
    pub to: Vec<String>,
    /// The subject.
    pub subject: String,
    /// Its own id: the same when it is delivered again.
    pub message_id: Option<String>,
    /// What it is for.
    pub door: Door,
    /// The tokens that it carries, the likeliest first; whether one is ours has to be verified.
    pub tokens: Vec<String>,
    /// What its author wrote above what they quote.
    pub text: String,
    /// Whether a program wrote it: nobody answers it, and it does nothing.
    pub is_automatic: bool,
    /// What it says of a mail of ours that did not arrive.
    pub bounce: Option<Bounce>,
    /// What a trusted server found out about its sender.
    pub checks: Checks,
}

/// Around a mail: what the way that it came says of it.
#[derive(Debug, Clone, Copy)]
pub struct Envelope<'a> {
    /// The sender; empty for bounces, `None` where the way does not tell.
    pub sender: Option<&'a str>,
    /// The recipients.
    pub recipients: &'a [String],
}

/// How mails are read here.
#[derive(Debug, Clone, Copy)]
pub struct InboundRules<'a> {
    /// The domain of the addresses that answers go to.
    pub domain: &'a str,
    /// The name of the server whose `Authentication-Results` are believed (RFC 8601); `None`: nobody's.
    pub trusted_server: Option<&'a str>,
}

/// A mail that is no mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Too many bytes.
    #[error("the mail is larger than {} MB", MAIL_BYTES_MAX / 1024 / 1024)]
    TooLarge,
    /// Mails in mails in mails.
    #[error("the mail holds too many mails or parts")]
    TooDeep,
    /// Nothing that looks like a mail.
    #[error("this is not a mail")]
    NoMail,
}

/// Reads a mail. Errors: it is too large, too deep, or none.
pub fn receive(raw: &[u8], envelope: &Envelope<'_>, rules: &InboundRules<'_>) -> Result<ReceivedMail, Unreadable> {
    let mail = parse(raw)?;
    let heads = Heads::of(&mail);
    let bounce = bounce::read(&mail, &heads, envelope);
    let (door, mut tokens) = ids::tokens(&heads, envelope, rules.domain);
    if let Some(original) = bounce.as_ref().and_then(|bounce| bounce.original_message_id.as_deref()) {
        tokens.extend(ids::token_of_message_id(original));
    }
    let subject = line(mail.subject().unwrap_or_default(), NAME_CHARS_MAX);
    let is_automatic = bounce.is_some() || automatic::is_automatic(&heads, &subject, envelope);
    let name = |raw: &str| text::cut(raw, NAME_CHARS_MAX);
    Ok(ReceivedMail {
        from: mail.from().and_then(|from| from.first()).and_then(|from| from.address()).map(name),
        to: envelope.recipients.iter().map(|to| name(to)).collect(),
        message_id: mail.message_id().map(name),
        text: quote::above(&written(&mail)),
        checks: rules.trusted_server.map(|server| checks::read(&heads, server)).unwrap_or_default(),
        subject,
        door,
        tokens,
        is_automatic,
        bounce,
    })
}

fn parse(raw: &[u8]) -> Result<Message<'_>, Unreadable> {
    if raw.len() > MAIL_BYTES_MAX {
        return Err(Unreadable::TooLarge);
    }
    // A mail in a mail is a box in a box: taken apart they would use up the stack.
    if ["message/", "/digest"].iter().map(|kind| count(raw, kind.as_bytes())).sum::<usize>() > NESTED_MAX {
        return Err(Unreadable::TooDeep);
    }
    // The parser is not ours, and what it reads is anybody's: a mail that it fails on is one that cannot be read.
    let parsed = catch_unwind(AssertUnwindSafe(|| MessageParser::default().parse(raw)));
    let mail = parsed.ok().flatten().filter(|mail| !mail.parts.is_empty()).ok_or(Unreadable::NoMail)?;
    match mail.parts.len() > PARTS_MAX {
        true => Err(Unreadable::TooDeep),
        false => Ok(mail),
    }
}

/// How often a word occurs, in any case.
fn count(raw: &[u8], word: &[u8]) -> usize {
    raw.windows(word.len()).filter(|window| window.eq_ignore_ascii_case(word)).count()
}

/// What stands in the mail for people: its first text, or its HTML as text.
fn written(mail: &Message<'_>) -> String {
    let mut found = None;
    for part in mail.text_body.iter().chain(&mail.html_body).filter_map(|id| mail.part(*id)) {
        match &part.body {
            PartType::Text(text) => return head(text).replace("\r\n", "\n"),
            PartType::Html(html) if found.is_none() => found = Some(html::to_text(head(html))),
            _ => {}
        }
    }
    found.unwrap_or_default()
}

fn head(text: &str) -> &str {
    &text[..text.floor_char_boundary(TEXT_BYTES_MAX)]
}

/// The headers of a mail, unfolded, in order.
struct Heads(Vec<(String, String)>);

/// Headers that are looked at.
const HEADS_MAX: usize = 500;

impl Heads {
    fn of(mail: &Message<'_>) -> Self {
        let unfolded = |raw: &str| raw.split_whitespace().collect::<Vec<_>>().join(" ");
        let heads = mail.headers_raw().take(HEADS_MAX).map(|(name, raw)| {
            let cut = &raw[..raw.floor_char_boundary(8_192)];
            (name.to_ascii_lowercase(), unfolded(cut))
        });
        Self(heads.collect())
    }

    /// The values of a header, the topmost first; the name in lower case.
    fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    fn first(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    fn has(&self, name: &str) -> bool {
        self.first(name).is_some()
    }
}
