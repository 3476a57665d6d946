//! A callout as names and values, whatever it was written in.

use super::{CALLOUT_BYTES_MAX, CalloutError, charset, form, json, xml};
use crate::ticket_number::TicketNumber;

/// Most pairs that are read of one callout; Autotask sends five. What comes behind is ignored.
pub(super) const PAIRS_MAX: usize = 1_000;

/// A name with its value, both as text.
#[derive(Debug, Clone)]
pub(super) struct Pair {
    /// The name as it came.
    pub name: String,
    /// The name for comparing: lower case without `_`, `-`, `.` and blanks.
    pub folded: String,
    /// The value as it came.
    pub value: String,
}

impl Pair {
    /// A pair with its name folded.
    pub fn new(name: String, value: String) -> Self {
        let folded =
            name.chars().filter(|c| !matches!(c, '_' | '-' | '.' | ' ')).flat_map(char::to_lowercase).collect();
        Self { name, folded, value }
    }

    /// The ticket number that the value is, or the name where there is no value (a bare line of text).
    pub fn as_number(&self) -> Option<TicketNumber> {
        let text = if self.value.is_empty() { &self.name } else { &self.value };
        text.parse().ok()
    }
}

/// The pairs in the order in which they came.
#[derive(Debug, Default)]
pub(super) struct Pairs(Vec<Pair>);

impl Pairs {
    /// The first non-empty value under any of the folded names, in the order of the names.
    pub fn first(&self, names: &[&'static str]) -> Option<&str> {
        names.iter().find_map(|name| self.values(name).find(|value| !value.trim().is_empty()))
    }

    /// All values under a folded name.
    pub fn values(&self, name: &'static str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |pair| pair.folded == name).map(|pair| pair.value.as_str())
    }

    /// All pairs.
    pub fn iter(&self) -> impl Iterator<Item = &Pair> {
        self.0.iter()
    }
}

/// Reads body and query string: the body's pairs come first.
pub(super) fn read(content_type: Option<&str>, query: &str, body: &[u8]) -> Result<Pairs, CalloutError> {
    if body.len() > CALLOUT_BYTES_MAX || query.len() > CALLOUT_BYTES_MAX {
        return Err(CalloutError::TooLarge);
    }
    let mut pairs = read_body(content_type, body)?;
    pairs.extend(form::read(query.as_bytes()));
    pairs.truncate(PAIRS_MAX);
    if pairs.is_empty() { Err(CalloutError::Empty) } else { Ok(Pairs(pairs)) }
}

/// The first character tells the form: no form starts with a brace or an angle bracket, no JSON object with a letter.
fn read_body(content_type: Option<&str>, body: &[u8]) -> Result<Vec<Pair>, CalloutError> {
    if content_type.is_some_and(|kind| kind.trim_start().to_ascii_lowercase().starts_with("multipart/")) {
        return Err(CalloutError::Multipart);
    }
    let text = charset::decode_text(body);
    match text.trim_start().chars().next() {
        None => Ok(Vec::new()),
        Some('{' | '[') => json::read(&text),
        Some('<') => xml::read(&text),
        Some(_) => Ok(form::read(text.trim().as_bytes())),
    }
}
