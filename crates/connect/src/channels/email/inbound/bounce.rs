//! A mail that says that one of ours did not arrive: RFC 3464, and what older servers write by hand.

use mail_parser::{Message, MimeHeaders as _, PartType};
use watchbell_core::text;

use super::{Envelope, Heads, TEXT_BYTES_MAX};

/// A mail of ours did not arrive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bounce {
    /// The enhanced status code (RFC 3463), such as `5.1.1`.
    pub status: String,
    /// What the other server said.
    pub diagnostic: String,
    /// Whom it was for.
    pub final_recipient: Option<String>,
    /// The id of our mail.
    pub original_message_id: Option<String>,
    /// Whether the address itself is to blame, and will stay so: no such mailbox, mailbox closed. A full mailbox, a mail that was
    /// too large or refused by a filter say nothing of the next mail.
    pub permanent: bool,
}

/// A diagnostic text, in characters.
const DIAGNOSTIC_CHARS_MAX: usize = 400;

pub(super) fn read(mail: &Message<'_>, heads: &Heads, envelope: &Envelope<'_>) -> Option<Bounce> {
    let report = parts(mail).find(|part| part.0 == "message/delivery-status").map(|part| part.1);
    match report {
        Some(report) => standard(&report, mail),
        None if looks_like_one(mail, heads, envelope) => by_hand(mail),
        None => None,
    }
}

/// Type and text of each part, mails within included.
fn parts<'a>(mail: &'a Message<'a>) -> impl Iterator<Item = (String, String)> + 'a {
    mail.parts.iter().map(|part| {
        let kind = part.content_type().map_or_else(String::new, |kind| {
            format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or_default()).to_ascii_lowercase()
        });
        let text = match &part.body {
            PartType::Text(text) | PartType::Html(text) => text.to_string(),
            PartType::Binary(bytes) | PartType::InlineBinary(bytes) => {
                String::from_utf8_lossy(&bytes[..bytes.len().min(TEXT_BYTES_MAX)]).into_owned()
            }
            PartType::Message(inner) => raw_of(inner, part.offset_body, part.offset_end),
            PartType::Multipart(_) => String::new(),
        };
        (kind, text)
    })
}

/// A mail within, as it was written.
fn raw_of(inner: &Message<'_>, from: u32, to: u32) -> String {
    let raw = inner.raw_message();
    let span = raw.get(from as usize..to as usize).unwrap_or(raw);
    String::from_utf8_lossy(&span[..span.len().min(TEXT_BYTES_MAX)]).into_owned()
}

/// A report by the rules: the fields of the first recipient that failed.
fn standard(report: &str, mail: &Message<'_>) -> Option<Bounce> {
    let groups = report.replace("\r\n", "\n");
    let failed = groups.split("\n\n").find(|group| {
        field(group, "action").is_some_and(|action| action.eq_ignore_ascii_case("failed"))
            || (field(group, "action").is_none() && field(group, "status").is_some())
    })?;
    let status = field(failed, "status").and_then(|said| status_in(&said)).unwrap_or_else(|| "5.0.0".into());
    let typed = |value: String| value.split_once(';').map_or(value.clone(), |(_, rest)| rest.trim().to_owned());
    Some(Bounce {
        permanent: blames_address(&status),
        diagnostic: text::cut(&field(failed, "diagnostic-code").map(typed).unwrap_or_default(), DIAGNOSTIC_CHARS_MAX),
        final_recipient: field(failed, "final-recipient").map(typed).map(|to| text::cut(&to, 320)),
        original_message_id: original_id(mail),
        status,
    })
}

/// A field of a group, unfolded.
fn field(group: &str, name: &str) -> Option<String> {
    let mut lines = group.lines();
    let first = lines.by_ref().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.trim().eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
    })?;
    let more = lines.take_while(|line| line.starts_with([' ', '\t'])).map(str::trim);
    Some(std::iter::once(first.as_str()).chain(more).collect::<Vec<_>>().join(" "))
}

/// Whose fault it is (RFC 3463): `X.1` the address, `X.2.1` a mailbox that is closed, `X.4.4` a domain without a server; servers that
/// say no more than that it failed for good mean the address too. `X.1.7` and `X.1.8` blame the sender's.
pub(in crate::channels::email) fn blames_address(status: &str) -> bool {
    let mut parts = status.split('.');
    match (parts.next(), parts.next(), parts.next()) {
        (Some("5"), Some("0"), _) | (Some("5"), Some("2"), Some("1")) | (Some("5"), Some("4"), Some("4")) => true,
        (Some("5"), Some("1"), detail) => !matches!(detail, Some("7" | "8")),
        _ => false,
    }
}

/// From a mail system, and about a delivery.
fn looks_like_one(mail: &Message<'_>, heads: &Heads, envelope: &Envelope<'_>) -> bool {
    let from = heads.first("from").unwrap_or_default().to_ascii_lowercase();
    let is_system = ["mailer-daemon", "postmaster", "mail delivery"].iter().any(|name| from.contains(name));
    let is_without_sender = envelope.sender == Some("") || heads.first("return-path") == Some("<>");
    let subject = mail.subject().unwrap_or_default().to_lowercase();
    let about = [
        "undeliver",
        "delivery status",
        "delivery failure",
        "delivery fail",
        "failure notice",
        "returned mail",
        "mail delivery",
        "returned to sender",
        "unzustellbar",
        "nicht zugestellt",
        "could not be delivered",
    ];
    let is_about = about.iter().any(|words| subject.contains(words)) || heads.has("x-failed-recipients");
    (is_system || is_without_sender) && is_about
}

fn by_hand(mail: &Message<'_>) -> Option<Bounce> {
    let written = super::written(mail);
    let lower = written.to_lowercase();
    let status = status_in(&written).or_else(|| {
        let gone = [
            "user unknown",
            "unknown user",
            "no such user",
            "does not exist",
            "mailbox unavailable",
            "address rejected",
            "recipient rejected",
            "invalid recipient",
            "existiert nicht",
            "unbekannter empf",
        ];
        let full = ["mailbox full", "mailbox is full", "over quota", "quota exceeded", "postfach ist voll"];
        match (gone.iter().any(|words| lower.contains(words)), full.iter().any(|words| lower.contains(words))) {
            (_, true) => Some("4.2.2".to_owned()),
            (true, false) => Some("5.1.1".to_owned()),
            (false, false) => {
                ["550 ", "553 ", "554 "].iter().any(|code| lower.contains(code)).then(|| "5.0.0".to_owned())
            }
        }
    })?;
    let telling = written.lines().find(|line| line.contains(&status) || line.trim_start().starts_with(['4', '5']));
    let diagnostic = telling.or_else(|| written.lines().find(|line| !line.trim().is_empty())).unwrap_or_default();
    Some(Bounce {
        permanent: blames_address(&status),
        diagnostic: text::cut(diagnostic, DIAGNOSTIC_CHARS_MAX),
        final_recipient: None,
        original_message_id: original_id(mail),
        status,
    })
}

/// The first enhanced status code of failure in a text: `5.1.1`, not a version or an address.
pub(in crate::channels::email) fn status_in(text: &str) -> Option<String> {
    let is_code = |word: &str| {
        let mut parts = word.split('.');
        let class = parts.next().is_some_and(|class| class == "4" || class == "5");
        let rest: Vec<&str> = parts.collect();
        class
            && rest.len() == 2
            && rest.iter().all(|part| (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit()))
    };
    let words = text.split(|c: char| !(c.is_ascii_digit() || c == '.')).map(|word| word.trim_matches('.'));
    words.take(100_000).find(|word| is_code(word)).map(str::to_owned)
}

/// The id of our mail, in the part that quotes it: the mail itself, its headers, or a text.
fn original_id(mail: &Message<'_>) -> Option<String> {
    let quoted: Vec<(String, String)> = parts(mail).skip(1).collect();
    let is_original = |kind: &str| kind == "message/rfc822" || kind == "text/rfc822-headers";
    let mut ordered: Vec<&(String, String)> = quoted.iter().filter(|(kind, _)| is_original(kind)).collect();
    ordered.extend(quoted.iter().filter(|(kind, _)| !is_original(kind)));
    let own = super::written(mail);
    ordered.into_iter().map(|(_, text)| text.as_str()).chain([own.as_str()]).find_map(message_id_in)
}

/// A `Message-ID:` line of a mail that is quoted.
fn message_id_in(text: &str) -> Option<String> {
    let mut lines = text.lines().map(|line| line.trim_start_matches(['>', ' ', '\t']));
    while let Some(line) = lines.next() {
        let Some((name, value)) = line.split_once(':') else { continue };
        if !name.eq_ignore_ascii_case("message-id") {
            continue;
        }
        // A long id may be folded onto a line of its own.
        let value = if value.trim().is_empty() { lines.next().unwrap_or_default() } else { value };
        return value.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map(|(id, _)| text::cut(id, 320));
    }
    None
}
