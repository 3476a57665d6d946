//! JSON Web Tokens: RS256 for logins of the application, HS256 for signed webhooks.

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use hmac::{Hmac, KeyInit, Mac};
use ring::{
    rand::SystemRandom,
    rsa::KeyPair,
    signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, UnparsedPublicKey},
};
use serde_json::Value;
use sha2::Sha256;

/// The key pair of an application. Vonage has the public half only; the stand-in logs in for tests with the other one.
#[derive(Debug)]
pub(in crate::phone) struct ApplicationKey(KeyPair);

impl ApplicationKey {
    /// Reads a private key, PKCS#8 PEM. Errors: in words.
    pub fn from_pem(pem: &str) -> Result<Self, String> {
        let base64: String = pem.lines().filter(|line| !line.starts_with("-----")).map(str::trim).collect();
        let der = STANDARD.decode(base64).map_err(|_| "the private key of the application is no PEM".to_owned())?;
        KeyPair::from_pkcs8(&der).map(Self).map_err(|why| format!("the private key of the application: {why}"))
    }

    /// A token with these claims.
    pub fn sign(&self, claims: &Value) -> Option<String> {
        let text = unsigned("RS256", claims);
        let mut signature = vec![0; self.0.public().modulus_len()];
        self.0.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text.as_bytes(), &mut signature).ok()?;
        Some(format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }

    /// The claims of a token that this key signed.
    pub fn verify(&self, token: &str) -> Option<Value> {
        let (text, signature) = token.rsplit_once('.')?;
        let (header, claims) = text.split_once('.')?;
        if read(header)?.get("alg")? != "RS256" {
            return None;
        }
        let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, self.0.public_key().as_ref());
        key.verify(text.as_bytes(), &URL_SAFE_NO_PAD.decode(signature).ok()?).ok()?;
        read(claims)
    }
}

/// A token that a shared secret signs.
pub(super) fn sign_hs256(secret: &str, claims: &Value) -> String {
    let text = unsigned("HS256", claims);
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return String::new() };
    mac.update(text.as_bytes());
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}

fn unsigned(algorithm: &str, claims: &Value) -> String {
    let header = format!(r#"{{"alg":"{algorithm}","typ":"JWT"}}"#);
    format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims.to_string()))
}

fn read(part: &str) -> Option<Value> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::{super::STAND_IN_KEY, ApplicationKey};
    use serde_json::json;

    #[test]
    fn a_login_is_read_and_a_forged_one_is_not() {
        let key = ApplicationKey::from_pem(STAND_IN_KEY).unwrap();
        let token = key.sign(&json!({"application_id": "a"})).unwrap();
        assert_eq!(key.verify(&token).unwrap(), json!({"application_id": "a"}));
        let (text, signature) = token.rsplit_once('.').unwrap();
        let (header, _) = text.split_once('.').unwrap();
        for forged in [format!("{header}.e30.{signature}"), format!("{text}."), text.to_owned(), String::new()] {
            assert_eq!(key.verify(&forged), None, "{forged}");
        }
        assert!(ApplicationKey::from_pem("nonsense").is_err());
    }
}
