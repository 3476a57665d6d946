//! Who we are to push services: RFC 8292.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use p256::ecdsa::{Signature, SigningKey, signature::Signer};
use serde::Serialize;

use super::encrypt::draw_key;
use crate::http::Url;

/// How long a token is good: below the 24 hours of the RFC, so that clocks may differ.
const GOOD_FOR: SignedDuration = SignedDuration::from_hours(12);

/// The key pair of this installation. Browsers subscribe with its public half: losing it ends every subscription.
#[derive(Clone)]
pub struct VapidKey(SigningKey);

/// What is wrong with the key or the subject.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadVapid {
    /// Not 32 bytes, or no number of the curve.
    #[error("the key for push services is no private key on P-256")]
    Key,
    /// Push services refuse anything else.
    #[error("push services want somebody to ask: write mailto:ops@example.com or an https:// address, not {0}")]
    Subject(String),
}

impl VapidKey {
    /// A new key from a source of random bytes. Errors: the source gives no key, which no honest one does.
    pub fn draw(fill: fn(&mut [u8])) -> Result<Self, BadVapid> {
        Ok(Self(SigningKey::from(draw_key(fill).ok_or(BadVapid::Key)?)))
    }

    /// The key of its 32 bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, BadVapid> {
        let bytes: [u8; 32] = bytes.try_into().map_err(|_| BadVapid::Key)?;
        SigningKey::from_slice(&bytes).map(Self).map_err(|_| BadVapid::Key)
    }

    /// Its 32 bytes, secret: to be sealed at once.
    pub fn to_bytes(&self) -> [u8; 32] {
        self.0.to_bytes().into()
    }

    /// The public half in base64url, as a browser wants it for `applicationServerKey`.
    pub fn public_key(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(self.0.verifying_key().to_sec1_bytes())
    }
}

impl std::fmt::Debug for VapidKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("VapidKey").field(&self.public_key()).finish()
    }
}

/// What push messages are sent with: our key, whom push services may ask, and where randomness comes from.
#[derive(Debug, Clone)]
pub struct Vapid {
    key: VapidKey,
    subject: String,
    fill: fn(&mut [u8]),
}

#[derive(Serialize)]
struct Claims<'a> {
    aud: String,
    exp: i64,
    sub: &'a str,
}

impl Vapid {
    /// `subject` is a `mailto:` or `https:` address of the operator; `fill` fills a slice with random bytes, which become the
    /// salts and the one-time keys of messages.
    pub fn new(key: VapidKey, subject: &str, fill: fn(&mut [u8])) -> Result<Self, BadVapid> {
        let subject = subject.trim();
        let address = subject.strip_prefix("mailto:").or_else(|| subject.strip_prefix("https://"));
        let is_usable = address.is_some_and(|address| !address.is_empty()) && !subject.contains(char::is_whitespace);
        match is_usable {
            true => Ok(Self { key, subject: subject.to_owned(), fill }),
            false => Err(BadVapid::Subject(subject.to_owned())),
        }
    }

    /// The public key in base64url.
    pub fn public_key(&self) -> String {
        self.key.public_key()
    }

    pub(super) fn randomness(&self) -> fn(&mut [u8]) {
        self.fill
    }

    /// The `Authorization` header for a message to an endpoint. Signed without randomness (RFC 6979).
    pub(super) fn authorization(&self, endpoint: &Url, now: Timestamp) -> String {
        let exp = now.saturating_add(GOOD_FOR).unwrap_or(now).as_second();
        let claims = Claims { aud: endpoint.origin().ascii_serialization(), exp, sub: &self.subject };
        // Strings and a number are always written.
        let claims = serde_json::to_vec(&claims).unwrap_or_default();
        let header = BASE64_URL_SAFE_NO_PAD.encode(r#"{"typ":"JWT","alg":"ES256"}"#);
        let signed = format!("{header}.{}", BASE64_URL_SAFE_NO_PAD.encode(claims));
        let signature: Signature = self.key.0.sign(signed.as_bytes());
        let signature = BASE64_URL_SAFE_NO_PAD.encode(signature.to_bytes());
        format!("vapid t={signed}.{signature}, k={}", self.public_key())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use p256::ecdsa::signature::Verifier;
    use serde_json::{Value, json};

    use super::{super::from_base64url, *};

    fn key() -> VapidKey {
        VapidKey::draw(|bytes| bytes.fill(7)).unwrap()
    }

    #[test]
    fn a_key_survives_being_kept() {
        let kept = VapidKey::from_bytes(&key().to_bytes()).unwrap();
        assert_eq!(kept.public_key(), key().public_key());
        assert_eq!(from_base64url(&kept.public_key()).unwrap().len(), 65);
        for bad in [&[0; 32][..], &[0xff; 32], &[7; 31], &[]] {
            assert_eq!(VapidKey::from_bytes(bad).unwrap_err(), BadVapid::Key);
        }
        assert!(!format!("{kept:?}").contains("7, 7"));
    }

    #[test]
    fn the_token_is_for_one_origin_and_half_a_day() {
        let vapid = Vapid::new(key(), "mailto:ops@example.com", |bytes| bytes.fill(1)).unwrap();
        let endpoint = Url::parse("https://push.example:8443/send/1?x=2").unwrap();
        let header = vapid.authorization(&endpoint, Timestamp::from_second(1_800_000_000).unwrap());
        let (token, public) = header.strip_prefix("vapid t=").unwrap().split_once(", k=").unwrap();
        assert_eq!(public, vapid.public_key());
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let claims: Value =
            serde_json::from_slice(&from_base64url(signed.split_once('.').unwrap().1).unwrap()).unwrap();
        let expected =
            json!({"aud": "https://push.example:8443", "exp": 1_800_043_200, "sub": "mailto:ops@example.com"});
        assert_eq!(claims, expected);
        let signature = Signature::from_slice(&from_base64url(signature).unwrap()).unwrap();
        assert!(key().0.verifying_key().verify(signed.as_bytes(), &signature).is_ok());
    }

    #[test]
    fn somebody_can_be_asked() {
        let with = |subject: &str| Vapid::new(key(), subject, |bytes| bytes.fill(1));
        assert!(with("mailto:ops@example.com").is_ok() && with(" https://bell.example ").is_ok());
        for bad in ["", "ops@example.com", "mailto:", "https://", "http://bell.example", "mailto:a b"] {
            assert!(matches!(with(bad), Err(BadVapid::Subject(_))), "{bad}");
        }
    }
}
