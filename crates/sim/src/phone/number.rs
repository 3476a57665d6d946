//! Telephone numbers, however a provider writes them: phones are found by `+` and digits.

/// Digits of a number: <https://www.itu.int/rec/T-REC-E.164>, and no shorter than those that people have.
const DIGITS: std::ops::RangeInclusive<usize> = 7..=15;

/// `+4915112345678`, from any usual spelling; none when it is no telephone number.
pub(super) fn e164(text: &str) -> Option<String> {
    let text = text.trim();
    let text = text.strip_prefix("whatsapp:").unwrap_or(text);
    let text = text.strip_prefix('+').or_else(|| text.strip_prefix("00")).unwrap_or(text);
    let digits: String = text.chars().filter(|c| !matches!(c, ' ' | '-' | '(' | ')' | '/' | '.')).collect();
    let fits = DIGITS.contains(&digits.len()) && !digits.starts_with('0') && digits.bytes().all(|b| b.is_ascii_digit());
    fits.then(|| format!("+{digits}"))
}

/// A number in its one spelling, or a sender's name as it is.
pub(super) fn party(text: &str) -> String {
    e164(text).unwrap_or_else(|| text.trim().to_owned())
}

/// Without the plus, as Vonage writes numbers.
pub(super) fn bare(number: &str) -> &str {
    number.strip_prefix('+').unwrap_or(number)
}

/// Whether it can stand where a sender stands: a number, a short code, or up to 11 letters and digits.
pub(super) fn is_sender(text: &str) -> bool {
    let name = text.strip_prefix("whatsapp:").unwrap_or(text);
    let is_short =
        (1..=11).contains(&name.len()) && name.chars().all(|c| c.is_ascii_alphanumeric() || " -_".contains(c));
    e164(name).is_some() || is_short
}

/// A messaging service of Twilio, which picks the number by itself; here it is the sender.
pub(super) fn is_service(sender: &str) -> bool {
    sender.len() == 34 && sender.starts_with("MG")
}

#[cfg(test)]
mod tests {
    use super::{e164, is_sender};

    #[test]
    fn every_spelling_is_one_phone() {
        for text in ["+49 151 12345678", "4915112345678", "whatsapp:+4915112345678", "0049 (151) 123-45678"] {
            assert_eq!(e164(text).as_deref(), Some("+4915112345678"), "{text}");
        }
        for text in ["", "+0151123456", "12345", "+49151abc4567", "+1234567890123456"] {
            assert_eq!(e164(text), None, "{text}");
        }
        assert!(is_sender("Watchbell") && is_sender("+15005550006") && !is_sender("a name that is too long"));
    }
}
