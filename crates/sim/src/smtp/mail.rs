//! One mail as it came, with its parts decoded.

use std::collections::BTreeMap;

use jiff::Timestamp;
use mail_parser::{MessageParser, PartType};
use serde::Serialize;

/// A mail that the server kept.
#[derive(Debug, Clone, Serialize)]
pub struct Mail {
    /// Its number, from 1.
    pub id: u64,
    /// The sender of the envelope.
    pub from: String,
    /// The recipients of the envelope.
    pub to: Vec<String>,
    /// The subject, decoded.
    pub subject: String,
    /// The headers by name as written, unfolded but not decoded; a repeated one has its values in lines.
    pub headers: BTreeMap<String, String>,
    /// The text part, decoded; empty if there is none.
    pub text: String,
    /// The HTML part, decoded; empty if there is none.
    pub html: String,
    /// The mail itself.
    pub raw: String,
    /// Whether it came encrypted.
    pub encrypted: bool,
    /// When it came.
    pub received_at: Timestamp,
}

impl Mail {
    pub(super) fn read(
        id: u64,
        from: String,
        to: Vec<String>,
        raw: &[u8],
        encrypted: bool,
        received_at: Timestamp,
    ) -> Self {
        let mut mail = Self {
            id,
            from,
            to,
            subject: String::new(),
            headers: BTreeMap::new(),
            text: String::new(),
            html: String::new(),
            raw: String::from_utf8_lossy(raw).into_owned(),
            encrypted,
            received_at,
        };
        let Some(parsed) = MessageParser::default().parse(raw) else { return mail };
        mail.subject = parsed.subject().unwrap_or_default().to_owned();
        for (name, value) in parsed.headers_raw() {
            let unfolded = value.split("\r\n").map(str::trim).collect::<Vec<_>>().join(" ").trim().to_owned();
            mail.headers
                .entry(name.to_owned())
                .and_modify(|kept| *kept = format!("{kept}\n{unfolded}"))
                .or_insert(unfolded);
        }
        for part in &parsed.parts {
            match &part.body {
                PartType::Text(text) if mail.text.is_empty() => mail.text = text.replace("\r\n", "\n"),
                PartType::Html(html) if mail.html.is_empty() => mail.html = html.replace("\r\n", "\n"),
                _ => {}
            }
        }
        mail
    }

    /// A header by its name, whatever its case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The web addresses in the text part, in their order.
    pub fn links(&self) -> Vec<&str> {
        let is_link = |word: &&str| word.starts_with("http://") || word.starts_with("https://");
        self.text.split_whitespace().filter(is_link).collect()
    }

    /// The first address in the text part that stands below a label, such as `Accept:`.
    pub fn link_below(&self, label: &str) -> Option<&str> {
        let mut lines = self.text.lines();
        lines.by_ref().find(|line| line.trim() == label)?;
        lines.next().map(str::trim)
    }
}
