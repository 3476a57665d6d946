//! Text messages: what is said in two segments at most, the customer first, the problem second, the number last.

mod alphabet;
mod countries;
mod draft;
mod english;
mod fit;
mod german;

pub use alphabet::{Encoding, Size, size};
pub use countries::{Customs, customs_of};

use super::Message;
use draft::Draft;

/// What may be in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Manner {
    /// How to answer is said: somebody hears it.
    pub answers: bool,
    /// Links are written.
    pub links: bool,
    /// Characters outside of the GSM alphabet pass.
    pub any_character: bool,
}

impl Manner {
    /// To a number, through a provider with numbers in many countries: what the country of the number allows.
    pub fn to(number: &str, answers: bool) -> Self {
        let customs = customs_of(number);
        Self { answers: answers && customs.answers, links: customs.links, any_character: true }
    }
}

/// A message as a text of at most two segments. The line that says how to answer is never cut.
pub fn text(message: &Message, manner: Manner) -> String {
    fit::fit(&Draft::of(message, manner), manner.any_character)
}

/// A message for a messenger: one text with room for more, on one line unless `lines` says so (templates of WhatsApp take no others).
pub fn chat(message: &Message, answers: bool, lines: bool) -> String {
    let manner = Manner { answers, links: true, any_character: true };
    let text = fit::whole(&Draft::of(message, manner), CHAT_CHARS_MAX);
    if lines { text } else { text.replace('\n', " ") }
}

/// Text for a messenger, in characters; WhatsApp takes 1,600 through Twilio, and 1,024 in a template.
const CHAT_CHARS_MAX: usize = 1_000;

/// Whether a text is a number in the form of E.164.
pub(super) fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or_default();
    (7..=15).contains(&digits.len()) && !digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a text can send messages: a number, a short code, or a name (3GPP TS 23.040: 11 characters).
pub(super) fn is_sender(text: &str) -> bool {
    let short_code =
        (3..=8).contains(&text.len()) && !text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number(text) || short_code || is_name(text)
}

/// Whether people can answer to a sender: to a number, not to a name.
pub(super) fn hears(sender: &str) -> bool {
    !is_name(sender)
}

fn is_name(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, ' ' | '-' | '_' | '&' | '+' | '.');
    (1..=11).contains(&text.len()) && text.chars().all(allowed) && text.chars().any(|c| c.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests;
