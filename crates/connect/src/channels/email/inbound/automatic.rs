//! Whether a program wrote a mail (RFC 3834): whoever answers it starts a loop.

use super::{Envelope, Heads};

/// Headers that only programs write.
const MARKS: [&str; 8] = [
    "x-autoreply",
    "x-autorespond",
    "x-autoreply-from",
    "x-mail-autoreply",
    "x-auto-reply",
    "x-loop",
    "list-id",
    "list-unsubscribe",
];

/// How the subjects of out-of-office notes begin, in English and German. Only the beginning counts: alerts may be about such notes.
const BEGINNINGS: [&str; 14] = [
    "automatic reply",
    "auto reply",
    "auto-reply",
    "autoreply",
    "auto:",
    "out of office",
    "out of the office",
    "out-of-office",
    "automatische antwort",
    "autom. antwort",
    "abwesenheit",
    "abwesend",
    "ich bin nicht im büro",
    "nicht im haus",
];

pub(super) fn is_automatic(heads: &Heads, subject: &str, envelope: &Envelope<'_>) -> bool {
    let says = |name: &str, words: &[&str]| {
        heads.all(name).any(|value| words.iter().any(|word| value.to_ascii_lowercase().starts_with(word)))
    };
    let is_submitted = heads.all("auto-submitted").any(|value| !value.to_ascii_lowercase().starts_with("no"));
    let is_bulk = says("precedence", &["bulk", "junk", "list", "auto_reply"]);
    let is_without_sender = envelope.sender == Some("") || heads.first("return-path").is_some_and(|path| path == "<>");
    let subject = subject.to_lowercase();
    is_submitted
        || is_bulk
        || is_without_sender
        || MARKS.iter().any(|mark| heads.has(mark))
        || BEGINNINGS.iter().any(|begin| subject.starts_with(begin))
}
