//! The check of a webhook's signature, written from its description alone.

use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha2::Sha256;

/// How old or new a signature may be, in seconds.
const AGE_S_MAX: i64 = 300;

/// Why a signature does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureFault {
    /// No header.
    #[error("the signature is missing")]
    Missing,
    /// Not `t=..,v1=..`.
    #[error("the signature cannot be read")]
    Unreadable,
    /// More than five minutes away.
    #[error("the signature is too old or too new")]
    Stale,
    /// Another secret or another body.
    #[error("the signature does not fit the body")]
    Wrong,
}

pub(super) fn verify(header: Option<&str>, secret: &str, body: &[u8], now: Timestamp) -> Result<(), SignatureFault> {
    let header = header.ok_or(SignatureFault::Missing)?;
    let part = |name: &str| header.split(',').find_map(|part| part.strip_prefix(name)?.strip_prefix('='));
    let t: i64 = part("t").and_then(|t| t.parse().ok()).ok_or(SignatureFault::Unreadable)?;
    let v1 = part("v1").and_then(unhex).ok_or(SignatureFault::Unreadable)?;
    if (now.as_second() - t).abs() > AGE_S_MAX {
        return Err(SignatureFault::Stale);
    }
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).map_err(|_| SignatureFault::Wrong)?;
    mac.update(format!("{t}.").as_bytes());
    mac.update(body);
    mac.verify_slice(&v1).map_err(|_| SignatureFault::Wrong)
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(c.to_digit(16)?).ok()).collect();
    let digits = digits.filter(|digits| digits.len().is_multiple_of(2))?;
    Some(digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}
