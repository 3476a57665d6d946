//! Whether an event comes from Autotask: `X-Hook-Signature`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha1::Sha1;

/// The header with the signature.
pub const WEBHOOK_SIGNATURE_HEADER: &str = "x-hook-signature";
/// What the header's value begins with; not every sample has it.
const PREFIX: &str = "sha1=";

/// Why a signature does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum SignatureError {
    /// No header, or an empty one.
    #[error("the webhook is not signed: the header X-Hook-Signature is missing")]
    Missing,
    /// Not the base64 of a SHA-1.
    #[error("the webhook's signature cannot be read: X-Hook-Signature is sha1= and the base64 of an HMAC-SHA1")]
    Unreadable,
    /// Another secret, or another body.
    #[error("the webhook's signature does not fit: another secret key, or the body was changed on its way")]
    Wrong,
}

/// Checks the signature of an event: base64 of HMAC-SHA1 over the body, byte for byte as it came, keyed with the webhook's
/// `secretKey`. Takes the same time wherever the signatures differ.
///
/// Anyone who knows the address can send a `Deactivated` or a ticket's id there: act on nothing before this is [`Ok`].
pub fn verify_signature(header: Option<&str>, secret: &SecretString, body: &[u8]) -> Result<(), SignatureError> {
    let header = header.map(str::trim).filter(|header| !header.is_empty()).ok_or(SignatureError::Missing)?;
    let said = STANDARD.decode(without_prefix(header).trim()).map_err(|_| SignatureError::Unreadable)?;
    if said.len() != SHA1_BYTES {
        return Err(SignatureError::Unreadable);
    }
    // HMAC takes keys of any length, so this never fails.
    let mut mac = Hmac::<Sha1>::new_from_slice(secret.expose_secret().as_bytes()).map_err(|_| SignatureError::Wrong)?;
    mac.update(body);
    mac.verify_slice(&said).map_err(|_| SignatureError::Wrong)
}

/// A whole one: a shorter would be easier to guess.
const SHA1_BYTES: usize = 20;

fn without_prefix(header: &str) -> &str {
    match header.get(..PREFIX.len()) {
        Some(start) if start.eq_ignore_ascii_case(PREFIX) => &header[PREFIX.len()..],
        _ => header,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From Python: `base64.b64encode(hmac.new(key, body, hashlib.sha1).digest())`.
    const SIGNATURE: &str = "uYfftDCoSOmBZ06onxwQ7Q3P18Y=";
    const BODY: &[u8] = br#"{"Action":"Update","Id":351181,"Fields":{"Title":"B\u00FCro \u0026 \u0022Ofen\u0022"}}"#;

    fn verify(header: &str, secret: &str, body: &[u8]) -> Result<(), SignatureError> {
        verify_signature(Some(header), &secret.into(), body)
    }

    #[test]
    fn a_signature_made_elsewhere_is_right_with_and_without_its_prefix() {
        for header in [SIGNATURE.to_owned(), format!("sha1={SIGNATURE}"), format!(" SHA1= {SIGNATURE} ")] {
            assert_eq!(verify(&header, "stand-in-key-0001", BODY), Ok(()), "{header}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        let signed = format!("sha1={SIGNATURE}");
        assert_eq!(verify(&signed, "stand-in-key-0002", BODY), Err(SignatureError::Wrong));
        assert_eq!(verify(&signed, "stand-in-key-0001", &BODY[1..]), Err(SignatureError::Wrong));
        let short = STANDARD.encode(&STANDARD.decode(SIGNATURE).unwrap_or_default()[..10]);
        for header in ["sha1=", "sha1=nonsense!", "sha256=AAAA", "ä=", &short] {
            assert_eq!(verify(header, "stand-in-key-0001", BODY), Err(SignatureError::Unreadable), "{header}");
        }
        assert_eq!(verify_signature(None, &"stand-in-key-0001".into(), BODY), Err(SignatureError::Missing));
        assert_eq!(verify("  ", "stand-in-key-0001", BODY), Err(SignatureError::Missing));
    }
}
