#![allow(clippy::unwrap_used)]

use super::*;

pub(in crate::channels::vonage) const SECRET: &str = "0123456789abcdef0123456789abcdef";
pub(in crate::channels::vonage) const KEY: &str = "abcd1234";

/// A token as Vonage makes one.
pub(in crate::channels::vonage) fn signed(secret: &str, claims: &serde_json::Value, alg: &str) -> String {
    let head = format!("{}.{}", packed(&json!({ "alg": alg, "typ": "JWT" })), packed(claims));
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let signature = URL_SAFE_NO_PAD.encode(hmac::sign(&key, head.as_bytes()));
    format!("Bearer {head}.{signature}")
}

pub(in crate::channels::vonage) fn claims(body: &[u8], now: Timestamp) -> serde_json::Value {
    json!({ "iat": now.as_second(), "jti": "x", "iss": "Vonage", "payload_hash": hex_sha256(body), "api_key": KEY })
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn checked(authorization: Option<&str>, body: &[u8], now: i64) -> Result<(), &'static str> {
    check(authorization, &SECRET.into(), KEY, body, at(now))
}

#[test]
fn a_request_counts_when_its_token_is_right_new_and_about_this_body() {
    let body = br#"{"a":1}"#;
    let good = signed(SECRET, &claims(body, at(1_000_000)), "HS256");
    for now in [999_700, 1_000_000, 1_000_300] {
        assert_eq!(checked(Some(&good), body, now), Ok(()));
    }
    let forged = |authorization: Option<&str>, body: &[u8], now| checked(authorization, body, now).unwrap_err();
    assert!(forged(Some(&good), body, 1_000_301).contains("five minutes"));
    assert!(forged(Some(&good), body, 999_699).contains("five minutes"));
    assert!(forged(Some(&good), b"{}", 1_000_000).contains("body"));
    assert!(forged(None, body, 1_000_000).contains("Authorization"));
    assert!(forged(Some("Bearer x"), body, 1_000_000).contains("cannot be read"));
    assert!(
        forged(Some(&signed("other", &claims(body, at(1_000_000)), "HS256")), body, 1_000_000).contains("signature")
    );
    assert!(forged(Some(&signed(SECRET, &claims(body, at(1_000_000)), "none")), body, 1_000_000).contains("HS256"));
    let unsigned = json!({ "iat": 1_000_000 });
    assert!(forged(Some(&signed(SECRET, &unsigned, "HS256")), body, 1_000_000).contains("not signed"));
    let mut foreign = claims(body, at(1_000_000));
    foreign["api_key"] = json!("other");
    assert!(forged(Some(&signed(SECRET, &foreign, "HS256")), body, 1_000_000).contains("another account"));
}

#[test]
fn a_key_that_cannot_be_used_is_told_without_its_text() {
    for (pem, why) in [
        ("s3cret", "must begin with"),
        ("-----BEGIN PRIVATE KEY-----\ns3cret!\n-----END PRIVATE KEY-----", "a part of it is missing"),
        ("-----BEGIN PRIVATE KEY-----\nczNjcmV0\n-----END PRIVATE KEY-----", "is no RSA key"),
    ] {
        let found = Signer::new("app", &pem.into()).unwrap_err();
        assert!(found.contains(why) && !found.contains("s3cret"), "{found}");
    }
}
