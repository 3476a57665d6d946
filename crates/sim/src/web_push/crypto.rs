//! The receiving side of RFC 8291 (what a push message says) and of RFC 8292 (who sent it), as a browser and a push service do it.

use aes_gcm::{Aes128Gcm, Nonce, aead::Aead, aead::KeyInit};
use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
    prelude::BASE64_URL_SAFE_NO_PAD,
};
use hkdf::Hkdf;
use p256::{
    PublicKey, SecretKey,
    ecdsa::{Signature, VerifyingKey, signature::Verifier},
};
use serde::Deserialize;
use sha2::Sha256;

/// Salt, record size, and the length of the key that follows: RFC 8188, section 2.1.
const HEADER_BYTES: usize = 21;
/// A point of P-256 without compression.
const POINT_BYTES: usize = 65;
/// The tag of AES-GCM at the end of a record.
const TAG_BYTES: usize = 16;
/// How long a token may still be good: RFC 8292, section 2.
const TOKEN_AGE_S_MAX: i64 = 24 * 60 * 60;

/// Why a body could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecryptFault {
    /// Shorter than its header says, or than a header is.
    #[error("the body is shorter than an aes128gcm header and one record")]
    Short,
    /// The key id is no uncompressed point of P-256.
    #[error("the key id of the header is no uncompressed point of P-256")]
    Key,
    /// More than one record, or a record size below 18.
    #[error("a push message is one record that fits its record size")]
    Records,
    /// Another key, another secret, or other bytes.
    #[error("the body cannot be decrypted with the keys of this subscription")]
    Cipher,
    /// No delimiter 2 before the padding.
    #[error("the last record does not end with the delimiter 2")]
    Padding,
}

/// The half of a subscription that stays on the device: a private key, and the secret that it shares with the sender.
#[derive(Clone)]
pub struct DeviceKeys {
    secret: SecretKey,
    auth: [u8; 16],
}

impl std::fmt::Debug for DeviceKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DeviceKeys").field("p256dh", &self.p256dh()).finish_non_exhaustive()
    }
}

impl DeviceKeys {
    /// Keys of a private key of 32 bytes; none if it is no key.
    pub fn new(private_key: &[u8], auth: [u8; 16]) -> Option<Self> {
        Some(Self { secret: SecretKey::from_slice(private_key).ok()?, auth })
    }

    /// The public key as the browser hands it on: 65 bytes in base64url.
    pub fn p256dh(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(self.point())
    }

    /// The shared secret as the browser hands it on: 16 bytes in base64url.
    pub fn auth(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(self.auth)
    }

    /// The private key in base64url, for a check by another program. No browser hands it out.
    pub fn private_key(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(self.secret.to_bytes())
    }

    fn point(&self) -> Box<[u8]> {
        self.secret.public_key().to_sec1_bytes()
    }

    /// The message in a body with `Content-Encoding: aes128gcm`: RFC 8291, section 3.
    pub fn decrypt(&self, body: &[u8]) -> Result<Vec<u8>, DecryptFault> {
        let (header, rest) = body.split_at_checked(HEADER_BYTES).ok_or(DecryptFault::Short)?;
        let (salt, sizes) = header.split_at(16);
        let record_bytes = sizes.iter().take(4).fold(0, |size: usize, byte| size << 8 | usize::from(*byte));
        if usize::from(sizes[4]) != POINT_BYTES {
            return Err(DecryptFault::Key);
        }
        let (sender, record) = rest.split_at_checked(POINT_BYTES).ok_or(DecryptFault::Short)?;
        if record.len() <= TAG_BYTES {
            return Err(DecryptFault::Short);
        }
        if record_bytes < TAG_BYTES + 2 || record.len() > record_bytes {
            return Err(DecryptFault::Records);
        }
        let (key, nonce) = self.derive(salt, sender)?;
        let cipher = Aes128Gcm::new(&key.into());
        let padded = cipher.decrypt(&Nonce::from(nonce), record).map_err(|_| DecryptFault::Cipher)?;
        without_padding(padded)
    }

    /// Content key and nonce: RFC 8291, section 3.4.
    fn derive(&self, salt: &[u8], sender: &[u8]) -> Result<([u8; 16], [u8; 12]), DecryptFault> {
        let public = PublicKey::from_sec1_bytes(sender).map_err(|_| DecryptFault::Key)?;
        let shared = self.secret.diffie_hellman(&public);
        let info = [b"WebPush: info\0", &*self.point(), sender].concat();
        let ikm: [u8; 32] = expand(&self.auth, shared.raw_secret_bytes(), &info);
        let key = expand(salt, &ikm, b"Content-Encoding: aes128gcm\0");
        let nonce = expand(salt, &ikm, b"Content-Encoding: nonce\0");
        Ok((key, nonce))
    }
}

/// HKDF with SHA-256, extracted and expanded.
fn expand<const N: usize>(salt: &[u8], ikm: &[u8], info: &[u8]) -> [u8; N] {
    let mut out = [0; N];
    // Fails for more than 255 hashes only.
    let _ = Hkdf::<Sha256>::new(Some(salt), ikm).expand(info, &mut out);
    out
}

/// Takes the delimiter of a last record away, and the zeros behind it: RFC 8188, section 2.
fn without_padding(mut padded: Vec<u8>) -> Result<Vec<u8>, DecryptFault> {
    let end = padded.iter().rposition(|byte| *byte != 0).filter(|end| padded[*end] == 2);
    padded.truncate(end.ok_or(DecryptFault::Padding)?);
    Ok(padded)
}

/// Who sent a message, as its token says and its signature proves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vapid {
    /// The application server's key: 65 bytes in base64url, without padding.
    pub key: String,
    /// Whom to ask: `mailto:` or `https:`.
    pub subject: String,
    /// Until when the token is good, in Unix seconds.
    pub expires_at: i64,
}

/// Why a sender is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VapidFault {
    /// Not `vapid t=.., k=..`.
    #[error("the Authorization header is not: vapid t=TOKEN, k=KEY")]
    Scheme,
    /// The token has not three parts in base64url, or no JSON in the first two.
    #[error("the token is no signed JWT")]
    Token,
    /// Another algorithm.
    #[error("the token is signed with another algorithm than ES256")]
    Algorithm,
    /// The key is no point of P-256 in base64url.
    #[error("k is no uncompressed public key on P-256")]
    Key,
    /// Another key signed, or other words were signed.
    #[error("the signature of the token does not fit its key")]
    Signature,
    /// For another push service.
    #[error("aud is not the origin of this push service")]
    Audience,
    /// No longer good.
    #[error("the token has expired")]
    Expired,
    /// Good for more than a day.
    #[error("exp is more than 24 hours away")]
    TooLong,
    /// No address to ask.
    #[error("sub is neither a mailto: nor an https: address")]
    Subject,
}

#[derive(Deserialize)]
struct JoseHeader {
    alg: String,
}

#[derive(Deserialize)]
struct Claims {
    aud: Audience,
    exp: i64,
    #[serde(default)]
    sub: String,
}

/// RFC 7519 allows one audience, and several.
#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

impl Audience {
    fn names(&self, origin: &str) -> bool {
        match self {
            Self::One(one) => one == origin,
            Self::Several(several) => several.iter().any(|one| one == origin),
        }
    }
}

impl Vapid {
    /// Checks an `Authorization` header against the push service's own origin and the time in Unix seconds: RFC 8292.
    pub fn verify(authorization: &str, origin: &str, now_s: i64) -> Result<Self, VapidFault> {
        let (token, key) = split_header(authorization).ok_or(VapidFault::Scheme)?;
        let point = from_base64url(key).filter(|point| point.len() == POINT_BYTES).ok_or(VapidFault::Key)?;
        let verifying = VerifyingKey::from_sec1_bytes(&point).map_err(|_| VapidFault::Key)?;
        let (signed, signature) = token.rsplit_once('.').ok_or(VapidFault::Token)?;
        let (header, claims) = signed.split_once('.').ok_or(VapidFault::Token)?;
        let header: JoseHeader = read_part(header)?;
        if header.alg != "ES256" {
            return Err(VapidFault::Algorithm);
        }
        let signature = from_base64url(signature).ok_or(VapidFault::Token)?;
        let signature = Signature::from_slice(&signature).map_err(|_| VapidFault::Signature)?;
        verifying.verify(signed.as_bytes(), &signature).map_err(|_| VapidFault::Signature)?;
        let claims: Claims = read_part(claims)?;
        claims.check(origin, now_s)?;
        Ok(Self { key: BASE64_URL_SAFE_NO_PAD.encode(point), subject: claims.sub, expires_at: claims.exp })
    }
}

impl Claims {
    fn check(&self, origin: &str, now_s: i64) -> Result<(), VapidFault> {
        if !self.aud.names(origin) {
            return Err(VapidFault::Audience);
        }
        if self.exp <= now_s {
            return Err(VapidFault::Expired);
        }
        if self.exp.saturating_sub(now_s) > TOKEN_AGE_S_MAX {
            return Err(VapidFault::TooLong);
        }
        let address = self.sub.strip_prefix("mailto:").or_else(|| self.sub.strip_prefix("https://"));
        address.filter(|address| !address.is_empty()).map(|_| ()).ok_or(VapidFault::Subject)
    }
}

/// Token and key of `vapid t=.., k=..`, in any order, with or without quotes.
fn split_header(header: &str) -> Option<(&str, &str)> {
    let (scheme, parameters) = header.trim().split_once(' ')?;
    let parameter = |name: &str| {
        let mut pairs = parameters.split(',').filter_map(|pair| pair.trim().split_once('='));
        pairs.find(|(given, _)| given.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim_matches('"'))
    };
    scheme.eq_ignore_ascii_case("vapid").then_some(())?;
    Some((parameter("t")?, parameter("k")?))
}

fn read_part<T: for<'de> Deserialize<'de>>(part: &str) -> Result<T, VapidFault> {
    let bytes = from_base64url(part).ok_or(VapidFault::Token)?;
    serde_json::from_slice(&bytes).map_err(|_| VapidFault::Token)
}

/// Bytes of base64url; padding is put up with, as push services do.
pub(super) fn from_base64url(text: &str) -> Option<Vec<u8>> {
    let config = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    GeneralPurpose::new(&alphabet::URL_SAFE, config).decode(text).ok()
}

#[cfg(test)]
mod tests;
