//! The sending side of RFC 8291 and RFC 8292, written for these tests alone.

use aes_gcm::{
    Aes128Gcm, Nonce,
    aead::{Aead, KeyInit},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use hkdf::Hkdf;
use p256::{
    PublicKey, SecretKey,
    ecdsa::{Signature, SigningKey, signature::Signer},
};
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use sha2::Sha256;
use watchbell_sim::web_push::PushSubscription;

use super::support::http;

/// An application server.
pub struct Sender {
    key: SigningKey,
}

impl Sender {
    /// A sender whose key is made of one number.
    pub fn new(number: u8) -> Self {
        Self { key: SigningKey::from_slice(&[number; 32]).unwrap() }
    }

    /// The `applicationServerKey`.
    pub fn key(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(self.key.verifying_key().to_sec1_bytes())
    }

    /// The `Authorization` header for some claims.
    pub fn authorization(&self, claims: &Value) -> String {
        let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&json!({"typ": "JWT", "alg": "ES256"})), part(claims));
        let signature: Signature = self.key.sign(signed.as_bytes());
        format!("vapid t={signed}.{}, k={}", BASE64_URL_SAFE_NO_PAD.encode(signature.to_bytes()), self.key())
    }

    /// A request that a push service takes, as it would be built for `now_s`.
    pub fn request(&self, to: &PushSubscription, text: &str, now_s: i64) -> RequestBuilder {
        let origin = to.endpoint.split('/').take(3).collect::<Vec<_>>().join("/");
        let claims = json!({"aud": origin, "exp": now_s + 3_600, "sub": "mailto:ops@example.org"});
        http()
            .post(&to.endpoint)
            .header("Authorization", self.authorization(&claims))
            .header("Content-Encoding", "aes128gcm")
            .body(encrypt(to, text.as_bytes()))
    }
}

/// A body with `Content-Encoding: aes128gcm` for a subscription.
pub fn encrypt(to: &PushSubscription, plain: &[u8]) -> Vec<u8> {
    let json = to.to_json();
    let part = |name: &str| BASE64_URL_SAFE_NO_PAD.decode(json["keys"][name].as_str().unwrap()).unwrap();
    let (receiver, auth) = (part("p256dh"), part("auth"));
    let (once, salt) = (SecretKey::from_slice(&[9; 32]).unwrap(), [5; 16]);
    let sender = once.public_key().to_sec1_bytes();
    let shared = once.diffie_hellman(&PublicKey::from_sec1_bytes(&receiver).unwrap());
    let expand = |salt: &[u8], ikm: &[u8], info: &[u8], out: &mut [u8]| {
        Hkdf::<Sha256>::new(Some(salt), ikm).expand(info, out).unwrap();
    };
    let (mut ikm, mut key, mut nonce) = ([0; 32], [0; 16], [0; 12]);
    let info = [b"WebPush: info\0", &*receiver, &*sender].concat();
    expand(&auth, shared.raw_secret_bytes(), &info, &mut ikm);
    expand(&salt, &ikm, b"Content-Encoding: aes128gcm\0", &mut key);
    expand(&salt, &ikm, b"Content-Encoding: nonce\0", &mut nonce);
    let padded = [plain, &[2, 0, 0]].concat();
    let record = Aes128Gcm::new(&key.into()).encrypt(&Nonce::from(nonce), padded.as_slice()).unwrap();
    [&salt[..], &4_096_u32.to_be_bytes(), &[65], &*sender, &record].concat()
}
