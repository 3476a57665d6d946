use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac, digest::Digest as _};
use serde_json::{Value, json};
use sha2::Sha256;
use watchbell_sim::phone::{Behaviour, OnText, PhoneFaults, Provider};

use super::support::{Answer, Got, PHONE, SENDER, World, answer};

/// The claims of a signed webhook, checked as a careful receiver would.
pub fn claims(world: &World, got: &Got) -> Value {
    let token = got.header("authorization").strip_prefix("Bearer ").unwrap();
    let (text, signature) = token.rsplit_once('.').unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(world.vonage.signature_secret.as_bytes()).unwrap();
    mac.update(text.as_bytes());
    mac.verify_slice(&URL_SAFE_NO_PAD.decode(signature).unwrap()).unwrap();
    let part = |at| serde_json::from_slice::<Value>(&URL_SAFE_NO_PAD.decode(text.split('.').nth(at).unwrap()).unwrap());
    assert_eq!(part(0).unwrap(), json!({"alg": "HS256", "typ": "JWT"}));
    let claims = part(1).unwrap();
    assert_eq!((&claims["iss"], &claims["api_key"]), (&json!("Vonage"), &json!(world.vonage.api_key)));
    assert_eq!(claims["application_id"], world.vonage.application_id);
    assert!(claims["iat"].is_i64() && claims["jti"].as_str().unwrap().len() == 36);
    if got.method == "POST" {
        let hash: String = Sha256::digest(got.body.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(claims["payload_hash"], hash);
    }
    claims
}

fn text(world: &World) -> Value {
    json!({
        "message_type": "text", "channel": "sms", "to": "4915112345678", "from": "Watchbell", "text": "Ofen kalt",
        "client_ref": "ref-1", "webhook_url": world.site.url("/status"), "webhook_version": "v1",
    })
}

#[tokio::test]
async fn a_text_arrives_and_is_reported_and_signed() {
    let world = World::new().await;
    let Answer(status, sent) = answer(world.vonage("POST", "/v1/messages", &text(&world))).await;
    assert_eq!(status, 202);
    let message = world.exchange.phone(PHONE).wait_for_sms(|message| message.text == "Ofen kalt").await.unwrap();
    assert_eq!((message.id.as_str(), message.from.as_str()), (sent["message_uuid"].as_str().unwrap(), "Watchbell"));
    world.exchange.wait_for_callback(|callback| callback.body.contains("\"delivered\"")).await.unwrap();
    let reports = world.site.got("/status");
    let statuses: Vec<_> = reports.iter().map(|got| got.json()["status"].clone()).collect();
    assert_eq!(statuses, ["submitted", "delivered"]);
    let delivered = reports[1].json();
    assert_eq!((&delivered["client_ref"], &delivered["to"]), (&json!("ref-1"), &json!("4915112345678")));
    reports.iter().for_each(|got| drop(claims(&world, got)));
}

#[tokio::test]
async fn an_account_comes_in_by_its_secret_and_strangers_do_not() {
    let world = World::new().await;
    let (url, body) = (world.url("/v1/messages"), text(&world));
    let post = || world.http.post(&url).json(&body);
    let account = (world.vonage.api_key.clone(), world.vonage.api_secret.clone());
    assert_eq!(answer(post().basic_auth(account.0, Some(account.1))).await.0, 202);
    let Answer(status, problem) = answer(post().basic_auth("x", Some("y"))).await;
    assert_eq!((status, &problem["title"]), (401, &json!("Unauthorized")));
    assert!(problem["type"].as_str().unwrap().ends_with("#unauthorized") && problem["instance"].is_string());
    let forged = world.exchange.vonage_login().replace('.', ".e");
    assert_eq!(answer(post().bearer_auth(forged)).await.0, 401);
    let login = world.exchange.vonage_login();
    assert_eq!(answer(post().bearer_auth(&login)).await.0, 202);
    world.exchange.clock().advance(jiff::SignedDuration::from_mins(16));
    assert_eq!(answer(post().bearer_auth(&login)).await.0, 401, "it has expired");
}

#[tokio::test]
async fn refusals_are_problems() {
    let world = World::new().await;
    for (name, value) in [
        ("to", json!("+4915112345678")),
        ("from", json!("a name that is far too long")),
        ("text", json!("")),
        ("channel", json!("pigeon")),
        ("message_type", json!("image")),
        ("client_ref", json!("r".repeat(101))),
    ] {
        let mut body = text(&world);
        body[name] = value;
        let Answer(status, problem) = answer(world.vonage("POST", "/v1/messages", &body)).await;
        assert_eq!((status, &problem["invalid_parameters"][0]["name"]), (422, &json!(name)));
    }
    let send = || world.vonage("POST", "/v1/messages", &text(&world));
    world.exchange.faults(Provider::Vonage, PhoneFaults { low_balance: true, ..PhoneFaults::default() });
    assert_eq!(answer(send()).await.0, 402);
    let busy = PhoneFaults { status: Some(429), retry_after_s: Some(3), ..PhoneFaults::default() };
    world.exchange.faults(Provider::Vonage, busy);
    let refused = send().send().await.unwrap();
    assert_eq!((refused.status().as_u16(), refused.headers()["retry-after"].to_str().unwrap()), (429, "3"));
    assert_eq!(refused.headers()["content-type"], "application/problem+json");
}

#[tokio::test]
async fn what_is_not_delivered_is_explained() {
    let world = World::new().await;
    for (texts, status, code) in [
        (OnText::Unreachable, "undeliverable", "1260"),
        (OnText::Filtered, "rejected", "1210"),
        (OnText::Landline, "rejected", "1240"),
    ] {
        world.exchange.phone(PHONE).behave(Behaviour { texts, ..Behaviour::default() });
        answer(world.vonage("POST", "/v1/messages", &text(&world))).await;
        let failed = world.exchange.wait_for_callback(|callback| callback.body.contains(&format!("#{code}"))).await;
        let report: Value = serde_json::from_str(&failed.unwrap().body).unwrap();
        assert_eq!((&report["status"], &report["error"]["title"]), (&json!(status), &json!(code)));
    }
}

#[tokio::test]
async fn a_phone_answers_on_both_channels() {
    let world = World::new().await;
    world.exchange.connect_number(Provider::Vonage, SENDER, Some(&world.site.url("/in")), None);
    let phone = world.exchange.phone(PHONE);
    phone.text(SENDER, "42a").await;
    phone.whatsapp(SENDER, "42r").await;
    let got = world.site.got("/in");
    got.iter().for_each(|got| drop(claims(&world, got)));
    let seen: Vec<_> = got.iter().map(Got::json).map(|json| [json["channel"].clone(), json["text"].clone()]).collect();
    assert_eq!(seen, [[json!("sms"), json!("42a")], [json!("whatsapp"), json!("42r")]]);
    assert_eq!(got[0].json()["from"], "4915112345678");
}
