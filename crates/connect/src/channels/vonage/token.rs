//! Tokens of both directions (JWT, RFC 7519): ours, by which an application logs in, and Vonage's, which sign what it tells us.

use std::fmt;

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use jiff::Timestamp;
use ring::{
    digest::{SHA256, digest},
    hmac, rand,
    signature::{RSA_PKCS1_SHA256, RsaKeyPair},
};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::json;

/// How long a token of ours counts, in seconds.
const TOKEN_S: i64 = 300;
/// How old a token of theirs may be, and how far ahead their clock, in seconds.
const SKEW_S: i64 = 300;

/// Logs in as an application.
pub(super) struct Signer {
    application_id: String,
    key: RsaKeyPair,
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer").field("application_id", &self.application_id).finish_non_exhaustive()
    }
}

impl Signer {
    /// Errors: why the key cannot be used; without a part of it.
    pub fn new(application_id: &str, pem: &SecretString) -> Result<Self, String> {
        let body = pem.expose_secret().trim().strip_prefix("-----BEGIN PRIVATE KEY-----");
        let Some(body) = body.and_then(|rest| rest.trim_end().strip_suffix("-----END PRIVATE KEY-----")) else {
            return Err("must begin with -----BEGIN PRIVATE KEY----- and end with -----END PRIVATE KEY-----".into());
        };
        let packed: String = body.split_whitespace().collect();
        let der = STANDARD.decode(packed).map_err(|_| "cannot be read: a part of it is missing".to_owned())?;
        let key = RsaKeyPair::from_pkcs8(&der).map_err(|why| format!("is no RSA key that can be used: {why}"))?;
        Ok(Self { application_id: application_id.to_owned(), key })
    }

    /// A token for one request. `about` makes it differ from others of the same second.
    pub fn token(&self, about: &str, now: Timestamp) -> Result<String, &'static str> {
        let claims = json!({
            "application_id": self.application_id,
            "iat": now.as_second(),
            "exp": now.as_second() + TOKEN_S,
            "jti": unique(&format!("{about} {}", now.as_nanosecond())),
        });
        let signed = format!("{}.{}", packed(&json!({ "alg": "RS256", "typ": "JWT" })), packed(&claims));
        let mut signature = vec![0; self.key.public().modulus_len()];
        // The random numbers only blind the computation; the signature is always the same.
        self.key
            .sign(&RSA_PKCS1_SHA256, &rand::SystemRandom::new(), signed.as_bytes(), &mut signature)
            .map_err(|_| "the private key does not sign")?;
        Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }
}

fn packed(value: &serde_json::Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

/// In the form of a UUID, as Vonage asks for.
fn unique(about: &str) -> String {
    let hex = hex_sha256(about.as_bytes());
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..32])
}

fn hex_sha256(bytes: &[u8]) -> String {
    digest(&SHA256, bytes).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[derive(Deserialize)]
struct Header {
    alg: String,
}

#[derive(Deserialize)]
struct Claims {
    iat: i64,
    exp: Option<i64>,
    payload_hash: Option<String>,
    api_key: Option<String>,
}

/// Whether a request with this header `Authorization` and this body is Vonage's, and new. Errors: why not.
///
/// The token signs the hash of the body, and says when it was made. The address is not in it.
pub(super) fn check(
    authorization: Option<&str>,
    secret: &SecretString,
    api_key: &str,
    body: &[u8],
    now: Timestamp,
) -> Result<(), &'static str> {
    let token = authorization
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    let (_, token) = token.ok_or("the header Authorization: Bearer is missing: switch on signed webhooks at Vonage")?;
    let (signed, signature) = token.trim().rsplit_once('.').ok_or("the token cannot be read")?;
    let (header, claims) = signed.split_once('.').ok_or("the token cannot be read")?;
    // Whoever may choose how a token is signed could choose not at all.
    if unpacked::<Header>(header)?.alg != "HS256" {
        return Err("the token is not signed with HS256");
    }
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.expose_secret().as_bytes());
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| "the token cannot be read")?;
    hmac::verify(&key, signed.as_bytes(), &signature)
        .map_err(|_| "the signature does not fit: check the signature secret")?;
    fits(&unpacked(claims)?, api_key, body, now)
}

fn fits(claims: &Claims, api_key: &str, body: &[u8], now: Timestamp) -> Result<(), &'static str> {
    let now = now.as_second();
    if claims.iat.abs_diff(now) > SKEW_S.unsigned_abs() || claims.exp.is_some_and(|until| until < now) {
        return Err("it is older than five minutes, or the clocks differ");
    }
    if claims.api_key.as_deref().is_some_and(|key| key != api_key) {
        return Err("it is for another account of Vonage");
    }
    match &claims.payload_hash {
        Some(hash) if hash.eq_ignore_ascii_case(&hex_sha256(body)) => Ok(()),
        Some(_) => Err("the body is not the one that was signed"),
        None => Err("the body is not signed"),
    }
}

fn unpacked<T: DeserializeOwned>(part: &str) -> Result<T, &'static str> {
    let bytes = URL_SAFE_NO_PAD.decode(part).map_err(|_| "the token cannot be read")?;
    serde_json::from_slice(&bytes).map_err(|_| "the token cannot be read")
}

#[cfg(test)]
pub(super) mod tests;
