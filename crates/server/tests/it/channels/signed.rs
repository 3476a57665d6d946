//! Requests in a provider's name, signed as the provider signs them, or as somebody would who has another secret.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use watchbell_connect::channels::Back;
use watchbell_core::ids::NotificationId;
use watchbell_core::provider::ProviderKind;
use watchbell_server::providers;
use watchbell_sim::phone::twilio_signature;
use watchbell_store::doors;
use watchbell_testkit::http::{Answer, client};
use watchbell_testkit::{Lines, TestApp};

/// The type of a form.
pub const FORM: &str = "application/x-www-form-urlencoded";

/// The address of a hook of an account.
pub fn hook(app: &TestApp, lines: &Lines, kind: ProviderKind, hook: &str) -> String {
    format!("{}/{hook}", providers::hooks_of(&app.app, lines.account(kind)))
}

/// Where an account would be called about a message.
pub fn back(app: &TestApp, lines: &Lines, kind: ProviderKind, about: NotificationId) -> Back {
    providers::back(&app.app, doors::ORGANIZATION, lines.account(kind), about)
}

/// Posts to an address.
pub async fn post(url: &str, headers: &[(&str, String)], body: String) -> Answer {
    let request = headers.iter().fold(client().post(url), |request, (name, value)| request.header(*name, value));
    Answer::read(request.body(body).send().await.unwrap()).await
}

/// As Twilio signs with a token.
pub async fn twilio(url: &str, token: &str, form: &[(&str, &str)]) -> Answer {
    let form: Vec<_> = form.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let signature = twilio_signature(token, url, &form);
    let headers = [("content-type", FORM.to_owned()), ("x-twilio-signature", signature)];
    post(url, &headers, serde_html_form::to_string(&form).unwrap()).await
}

/// As Vonage signs with a secret, so many seconds ago.
pub async fn vonage(
    app: &TestApp,
    url: &str,
    (secret, ago_s): (&str, i64),
    (body, signed): (&Value, &Value),
) -> Answer {
    let hash: String = Sha256::digest(signed.to_string()).iter().map(|byte| format!("{byte:02x}")).collect();
    let claims = json!({"iat": app.app.clock.now().as_second() - ago_s, "payload_hash": hash});
    let pack = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let text = format!("{}.{}", pack(json!({"alg": "HS256", "typ": "JWT"})), pack(claims));
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(text.as_bytes());
    let token = format!("Bearer {text}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()));
    let headers = [("content-type", "application/json".to_owned()), ("authorization", token)];
    post(url, &headers, body.to_string()).await
}
