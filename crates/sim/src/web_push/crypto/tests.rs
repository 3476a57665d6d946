//! The vector of RFC 8291, appendix A, and what is not believed.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use p256::ecdsa::{SigningKey, signature::Signer};
use serde_json::{Value, json};

use super::*;

const BODY: &str = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN";
const ORIGIN: &str = "https://push.example.net";
const NOW_S: i64 = 1_800_000_000;

fn bytes(text: &str) -> Vec<u8> {
    from_base64url(text).unwrap()
}

fn keys() -> DeviceKeys {
    let auth = bytes("BTBZMqHH6r4Tts7J_aSIgg").try_into().unwrap();
    DeviceKeys::new(&bytes("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"), auth).unwrap()
}

#[test]
fn the_example_of_the_rfc_is_read() {
    let point = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
    assert_eq!(keys().p256dh(), point);
    assert_eq!(keys().decrypt(&bytes(BODY)).unwrap(), b"When I grow up, I want to be a watermelon");
}

#[test]
fn a_body_that_was_touched_is_refused() {
    let body = bytes(BODY);
    let with = |place: usize, byte: u8| {
        let mut body = body.clone();
        body[place] ^= byte;
        body
    };
    let cases = [
        (body[..20].to_vec(), DecryptFault::Short),
        (body[..HEADER_BYTES + POINT_BYTES + TAG_BYTES].to_vec(), DecryptFault::Short),
        (with(20, 1), DecryptFault::Key),
        (with(21, 1), DecryptFault::Key),
        (with(18, 0x10), DecryptFault::Records),
        (with(0, 1), DecryptFault::Cipher),
        (with(body.len() - 1, 1), DecryptFault::Cipher),
    ];
    for (body, fault) in cases {
        assert_eq!(keys().decrypt(&body), Err(fault));
    }
    let other = DeviceKeys { auth: [0; 16], ..keys() };
    assert_eq!(other.decrypt(&body), Err(DecryptFault::Cipher));
}

#[test]
fn padding_ends_with_its_delimiter() {
    assert_eq!(without_padding(b"a\x02\0\0".to_vec()).unwrap(), b"a");
    assert_eq!(without_padding(b"\x02".to_vec()).unwrap(), b"");
    for wrong in [&b"a\x01"[..], b"a", b"\0\0", b""] {
        assert_eq!(without_padding(wrong.to_vec()), Err(DecryptFault::Padding));
    }
}

fn signer() -> SigningKey {
    SigningKey::from_slice(&[7; 32]).unwrap()
}

fn public() -> String {
    BASE64_URL_SAFE_NO_PAD.encode(signer().verifying_key().to_sec1_bytes())
}

fn token(header: &Value, claims: &Value) -> String {
    let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(header), part(claims));
    let signature: Signature = signer().sign(signed.as_bytes());
    format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature.to_bytes()))
}

fn good_claims() -> Value {
    json!({"aud": ORIGIN, "exp": NOW_S + 3600, "sub": "mailto:ops@example.org"})
}

fn verify(token: &str, key: &str) -> Result<Vapid, VapidFault> {
    Vapid::verify(&format!("vapid t={token}, k={key}"), ORIGIN, NOW_S)
}

#[test]
fn a_signed_token_names_its_sender() {
    let token = token(&json!({"typ": "JWT", "alg": "ES256"}), &good_claims());
    let vapid = verify(&token, &public()).unwrap();
    assert_eq!(vapid, Vapid { key: public(), subject: "mailto:ops@example.org".into(), expires_at: NOW_S + 3600 });
    let turned = Vapid::verify(&format!("Vapid k=\"{}\",t=\"{token}\"", public()), ORIGIN, NOW_S);
    assert_eq!(turned, Ok(vapid));
}

#[test]
fn claims_that_are_not_kept_are_named() {
    let cases = [
        ("aud", json!("https://push.example.net/"), VapidFault::Audience),
        ("exp", json!(NOW_S), VapidFault::Expired),
        ("exp", json!(NOW_S + 86_401), VapidFault::TooLong),
        ("sub", json!("ops@example.org"), VapidFault::Subject),
        ("sub", json!("mailto:"), VapidFault::Subject),
        ("exp", json!("soon"), VapidFault::Token),
    ];
    for (name, value, fault) in cases {
        let mut claims = good_claims();
        claims[name] = value;
        assert_eq!(verify(&token(&json!({"alg": "ES256"}), &claims), &public()), Err(fault), "{name}");
    }
}

#[test]
fn headers_and_signatures_that_do_not_fit_are_refused() {
    let good = token(&json!({"alg": "ES256"}), &good_claims());
    let none = token(&json!({"alg": "none"}), &good_claims());
    let other = SigningKey::from_slice(&[8; 32]).unwrap();
    let other = BASE64_URL_SAFE_NO_PAD.encode(other.verifying_key().to_sec1_bytes());
    assert_eq!(verify(&none, &public()), Err(VapidFault::Algorithm));
    assert_eq!(verify(&good, &other), Err(VapidFault::Signature));
    assert_eq!(verify(&good, "BAAA"), Err(VapidFault::Key));
    assert_eq!(verify("a.b", &public()), Err(VapidFault::Token));
    for header in ["", "vapid", "vapid t=a", "Bearer t=a, k=b", "WebPush a.b.c"] {
        assert_eq!(Vapid::verify(header, ORIGIN, NOW_S), Err(VapidFault::Scheme), "{header}");
    }
}
