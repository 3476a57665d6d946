//! What a push message says, readable to its subscriber alone: RFC 8291 in the coding of RFC 8188.

use aes_gcm::{
    Aes128Gcm, Nonce,
    aead::{Aead, KeyInit},
};
use hkdf::Hkdf;
use p256::{PublicKey, SecretKey};
use secrecy::ExposeSecret;
use sha2::Sha256;

use super::from_base64url;
use crate::channels::PushKeys;

/// The record size that is announced: a message is one record, at most this long.
const RECORD_BYTES: u32 = 4_096;
/// Ends the last record: RFC 8188, section 2.
const LAST: u8 = 2;
/// Tries to draw a key: one in 2^32 fails.
const DRAWS_MAX: usize = 8;

/// Who a message is for.
pub(super) struct Recipient {
    key: PublicKey,
    auth: [u8; 16],
}

/// Keys that cannot be those of a subscriber.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the keys of the subscription cannot be read. Remove it and subscribe again on that device.")]
pub(super) struct BadKeys;

impl Recipient {
    /// Reads the keys as the browser handed them on.
    pub fn parse(keys: &PushKeys) -> Result<Self, BadKeys> {
        let point = from_base64url(&keys.p256dh).filter(|point| point.len() == 65).ok_or(BadKeys)?;
        let key = PublicKey::from_sec1_bytes(&point).map_err(|_| BadKeys)?;
        let auth = from_base64url(keys.auth.expose_secret()).ok_or(BadKeys)?;
        Ok(Self { key, auth: auth.try_into().map_err(|_| BadKeys)? })
    }
}

/// What is drawn for one message and never used again.
pub(super) struct Once {
    salt: [u8; 16],
    secret: SecretKey,
}

impl Once {
    /// Draws salt and key; `None` where the source gives no key, which no honest one does.
    pub fn draw(fill: fn(&mut [u8])) -> Option<Self> {
        let mut salt = [0; 16];
        fill(&mut salt);
        Some(Self { salt, secret: draw_key(fill)? })
    }
}

/// A private key of random bytes.
pub(super) fn draw_key(fill: fn(&mut [u8])) -> Option<SecretKey> {
    (0..DRAWS_MAX).find_map(|_| {
        let mut bytes = [0; 32];
        fill(&mut bytes);
        SecretKey::from_slice(&bytes).ok()
    })
}

/// Header and record: RFC 8291, section 4. `None` for a message that does not fit one record.
pub(super) fn encrypt(plain: &[u8], to: &Recipient, once: &Once) -> Option<Vec<u8>> {
    let (theirs, ours) = (to.key.to_sec1_bytes(), once.secret.public_key().to_sec1_bytes());
    let shared = once.secret.diffie_hellman(&to.key);
    let info = [b"WebPush: info\0", &*theirs, &*ours].concat();
    let ikm: [u8; 32] = expand(&to.auth, shared.raw_secret_bytes(), &info)?;
    let key: [u8; 16] = expand(&once.salt, &ikm, b"Content-Encoding: aes128gcm\0")?;
    let nonce: [u8; 12] = expand(&once.salt, &ikm, b"Content-Encoding: nonce\0")?;
    let padded = [plain, &[LAST]].concat();
    let record = Aes128Gcm::new(&key.into()).encrypt(&Nonce::from(nonce), &*padded).ok()?;
    (record.len() <= RECORD_BYTES as usize).then_some(())?;
    let length = u8::try_from(ours.len()).ok()?;
    Some([&once.salt, &RECORD_BYTES.to_be_bytes()[..], &[length], &*ours, &record].concat())
}

/// HKDF with SHA-256, extracted and expanded.
fn expand<const N: usize>(salt: &[u8], ikm: &[u8], info: &[u8]) -> Option<[u8; N]> {
    let mut out = [0; N];
    Hkdf::<Sha256>::new(Some(salt), ikm).expand(info, &mut out).ok()?;
    Some(out)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn bytes<const N: usize>(text: &str) -> [u8; N] {
        from_base64url(text).unwrap().try_into().unwrap()
    }

    fn keys() -> PushKeys {
        PushKeys {
            p256dh: "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4".into(),
            auth: "BTBZMqHH6r4Tts7J_aSIgg".into(),
        }
    }

    /// Appendix A of RFC 8291.
    #[test]
    fn the_example_of_the_rfc_comes_out() {
        let once = Once {
            salt: bytes("DGv6ra1nlYgDCS1FRnbzlw"),
            secret: SecretKey::from_slice(&bytes::<32>("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw")).unwrap(),
        };
        let body = encrypt(b"When I grow up, I want to be a watermelon", &Recipient::parse(&keys()).unwrap(), &once);
        let expected = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN";
        assert_eq!(body, from_base64url(expected));
    }

    #[test]
    fn the_longest_message_fits_and_a_longer_one_is_not_sent() {
        let recipient = Recipient::parse(&keys()).unwrap();
        let once = || Once::draw(|bytes| bytes.fill(7)).unwrap();
        let longest = encrypt(&[b'x'; crate::channels::limits::PUSH_BYTES_MAX], &recipient, &once()).unwrap();
        assert!(longest.len() <= 4_096, "{}", longest.len());
        assert_eq!(encrypt(&[b'x'; 4_090], &recipient, &once()), None);
    }

    #[test]
    fn keys_that_are_none_are_refused() {
        let with = |p256dh: &str, auth: &str| PushKeys { p256dh: p256dh.into(), auth: auth.into() };
        let (key, auth) = (keys().p256dh, "BTBZMqHH6r4Tts7J_aSIgg");
        assert!(
            Recipient::parse(&with(&format!("{key}="), "BTBZMqHH6r4Tts7J_aSIgg==")).is_ok(),
            "padding is put up with"
        );
        for bad in
            [with("", auth), with("BAAA", auth), with(&key, ""), with(&key, "AAAA"), with(&key.replace('B', "!"), auth)]
        {
            assert!(Recipient::parse(&bad).is_err(), "{}", bad.p256dh);
        }
        let mut off_the_curve = from_base64url(&key).unwrap();
        off_the_curve[64] ^= 1;
        use base64::Engine as _;
        let off_the_curve = base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(off_the_curve);
        assert!(Recipient::parse(&with(&off_the_curve, auth)).is_err());
    }

    #[test]
    fn a_source_that_gives_no_key_makes_no_message() {
        assert!(Once::draw(|bytes| bytes.fill(0)).is_none());
        assert!(Once::draw(|bytes| bytes.fill(0xff)).is_none());
    }
}
