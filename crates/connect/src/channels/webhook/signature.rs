//! The signature of a webhook: who has the secret can tell that the body is ours and new.

use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha2::Sha256;

/// `t=<unix seconds>,v1=<hex of HMAC-SHA256 of "t.body">`.
pub fn sign(secret: &str, at: Timestamp, body: &[u8]) -> String {
    let t = at.as_second();
    // HMAC takes a key of any length (RFC 2104); the error cannot happen.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return String::new() };
    mac.update(format!("{t}.").as_bytes());
    mac.update(body);
    let v1: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("t={t},v1={v1}")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// Computed with `printf '1735700000.{"a":1}' | openssl dgst -sha256 -hmac s3cret`.
    #[test]
    fn the_signature_is_one_that_others_compute() {
        let at = Timestamp::from_second(1_735_700_000).unwrap();
        assert_eq!(
            sign("s3cret", at, br#"{"a":1}"#),
            "t=1735700000,v1=2a35861525786d785af96672c5ab97cacc78357c41bb1a98991be1b358e6ee9c"
        );
    }
}
