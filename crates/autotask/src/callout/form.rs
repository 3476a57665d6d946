//! Name-value pairs: a form body or a query string.

use super::charset;
use super::pairs::{PAIRS_MAX, Pair};

/// Reads `name=value&name=value`. Never fails; a bad escape stays as it is.
pub(super) fn read(form: &[u8]) -> Vec<Pair> {
    let parts = form.split(|byte| *byte == b'&').filter(|part| !part.is_empty());
    parts.take(PAIRS_MAX).map(read_pair).collect()
}

fn read_pair(part: &[u8]) -> Pair {
    let (name, value) = match part.iter().position(|byte| *byte == b'=') {
        Some(at) => (&part[..at], &part[at + 1..]),
        None => (part, &[][..]),
    };
    Pair::new(unescape(name), unescape(value))
}

/// `+` is a blank, `%XX` a byte; the bytes may be UTF-8 or Windows-1252.
fn unescape(escaped: &[u8]) -> String {
    let mut bytes = Vec::with_capacity(escaped.len());
    let mut rest = escaped;
    while let [first, behind @ ..] = rest {
        let (byte, behind) = match (first, behind) {
            (b'%', [high, low, behind @ ..]) => match hex(*high).zip(hex(*low)) {
                Some((high, low)) => (high * 16 + low, behind),
                None => (b'%', &rest[1..]),
            },
            (b'+', behind) => (b' ', behind),
            (other, behind) => (*other, behind),
        };
        bytes.push(byte);
        rest = behind;
    }
    charset::decode_text(&bytes)
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}
