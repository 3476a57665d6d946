use serde_json::json;
use watchbell_sim::phone::{GatewaySettings, PhoneFaults, PhoneSimConfig, Provider};

use super::support::{Answer, PHONE, World, answer, form};

#[tokio::test]
async fn a_text_is_taken_by_query_by_form_and_by_json() {
    let world = World::new().await;
    let url = world.url("/gateway/send");
    let Answer(status, said) = answer(world.http.get(format!("{url}?to=%2B4915112345678&text=by+query"))).await;
    assert!(status == 200 && said.as_str().unwrap().starts_with("OK: "));
    answer(form(world.http.post(&url), &[("to", PHONE), ("text", "by form")])).await;
    let Answer(_, said) = answer(world.http.post(&url).json(&json!({"to": PHONE, "text": "by JSON"}))).await;
    assert_eq!((&said["status"], said["id"].is_string()), (&json!("queued"), true));
    let phone = world.exchange.phone(PHONE);
    for text in ["by query", "by form", "by JSON"] {
        phone.wait_for_sms(|message| message.text == text).await.unwrap();
    }
}

#[tokio::test]
async fn names_credentials_and_refusals_are_settings() {
    let gateway = GatewaySettings {
        to_param: "number".to_owned(),
        text_param: "message".to_owned(),
        login: Some(("modem".to_owned(), "hush".to_owned())),
        token: Some(("X-Token".to_owned(), "abc".to_owned())),
        ..GatewaySettings::default()
    };
    let world = World::start(PhoneSimConfig { gateway: gateway.clone(), ..PhoneSimConfig::default() }).await;
    let url = world.url("/gateway/send");
    let send = |fields| form(world.http.post(&url), fields).header("X-Token", "abc");
    let good = [("number", PHONE), ("message", "a"), ("user", "modem"), ("password", "hush")];
    assert_eq!(answer(send(&good)).await.0, 200);
    assert_eq!(answer(send(&good[..2]).basic_auth("modem", Some("hush"))).await.0, 200);
    assert_eq!(answer(form(world.http.post(&url), &good)).await.0, 401, "no token");
    assert_eq!(answer(send(&good[..2])).await, Answer(401, json!("ERROR: wrong credentials\n")));
    let wrong = [("number", "12"), good[1], good[2], good[3]];
    assert_eq!(answer(send(&wrong)).await, Answer(400, json!("ERROR: invalid number 12\n")));
    let small = GatewaySettings { errors_are_200: true, ..GatewaySettings::default() };
    let world = World::start(PhoneSimConfig { gateway: small, ..PhoneSimConfig::default() }).await;
    assert_eq!(answer(world.http.get(world.url("/gateway/send?to=1"))).await, Answer(200, json!("ERROR: no text\n")));
    world.exchange.faults(Provider::Gateway, PhoneFaults { status: Some(503), ..PhoneFaults::default() });
    assert!(answer(world.http.get(world.url("/gateway/send"))).await.1.as_str().unwrap().starts_with("ERROR"));
}

#[tokio::test]
async fn a_phone_answers_its_sender() {
    let gateway = GatewaySettings {
        inbound_token: Some(("X-Gateway-Token".to_owned(), "abc".to_owned())),
        ..GatewaySettings::default()
    };
    let own = gateway.own_number.clone();
    let world = World::start(PhoneSimConfig { gateway, ..PhoneSimConfig::default() }).await;
    world.exchange.webhooks(|webhooks| webhooks.gateway_inbound = Some(world.site.url("/in")));
    answer(world.http.get(world.url("/gateway/send?to=4915112345678&text=hello"))).await;
    let phone = world.exchange.phone(PHONE);
    let hello = phone.wait_for_sms(|_| true).await.unwrap();
    let sent = phone.text(&hello.from, "42a & more").await;
    let got = &world.site.got("/in")[0];
    assert_eq!(["from", "to", "text", "id"].map(|name| got.field(name)), [PHONE, &own, "42a & more", &sent.id]);
    assert_eq!(got.header("x-gateway-token"), "abc");
}
