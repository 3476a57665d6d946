use std::time::Duration;

use serde_json::json;
use watchbell_sim::{
    clock::Clock,
    phone::{PhoneFaults, Provider},
};

use super::support::{Answer, PHONE, SENDER, World, answer};

async fn with(faults: PhoneFaults) -> World {
    let world = World::new().await;
    world.exchange.faults(Provider::Twilio, faults);
    world
}

#[tokio::test]
async fn an_accepted_message_may_lose_its_answer() {
    let world = with(PhoneFaults { drop_answers: 1, ..PhoneFaults::default() }).await;
    let fields = [("To", PHONE), ("From", SENDER), ("Body", "once")];
    let broken = world.twilio("POST", "/Messages.json", &fields).send().await;
    assert!(broken.is_err(), "{broken:?}");
    world.exchange.phone(PHONE).wait_for_sms(|message| message.text == "once").await.unwrap();
    assert_eq!(world.sms(PHONE, "twice").await.0, 201);
}

#[tokio::test]
async fn a_provider_refuses_is_slow_or_hangs() {
    let world =
        with(PhoneFaults { status: Some(429), retry_after_s: Some(7), refuse_next: Some(1), ..PhoneFaults::default() })
            .await;
    let fields = [("To", PHONE), ("From", SENDER), ("Body", "a")];
    let refused = world.twilio("POST", "/Messages.json", &fields).send().await.unwrap();
    assert_eq!((refused.status().as_u16(), refused.headers()["retry-after"].to_str().unwrap()), (429, "7"));
    assert_eq!(refused.json::<serde_json::Value>().await.unwrap()["code"], 20429);
    assert_eq!(world.sms(PHONE, "b").await.0, 201);
    let code = PhoneFaults { twilio_code: Some(21408), ..PhoneFaults::default() };
    world.exchange.faults(Provider::Twilio, code);
    assert_eq!(world.sms(PHONE, "c").await.1["code"], 21408);
    world.exchange.faults(Provider::Twilio, PhoneFaults { refuse_credentials: true, ..PhoneFaults::default() });
    assert_eq!(world.sms(PHONE, "d").await.0, 401);
    world.exchange.faults(Provider::Twilio, PhoneFaults { latency_ms: 60, ..PhoneFaults::default() });
    let (clock, before) = (Clock::default(), Clock::default().now());
    assert_eq!(world.sms(PHONE, "e").await.0, 201);
    assert!(clock.now().duration_since(before).as_millis() >= 60);
    world.exchange.faults(Provider::Twilio, PhoneFaults { hang: true, ..PhoneFaults::default() });
    let hung = world.twilio("GET", ".json", &[]).timeout(Duration::from_millis(100)).send().await;
    assert!(hung.unwrap_err().is_timeout());
}

#[tokio::test]
async fn reports_are_lost_doubled_or_late() {
    let world = with(PhoneFaults { lose_callbacks: true, ..PhoneFaults::default() }).await;
    world.sms(PHONE, "lost").await;
    world.exchange.phone(PHONE).wait_for_sms(|_| true).await.unwrap();
    assert!(world.exchange.callbacks().is_empty());
    let twice = PhoneFaults { duplicate_callbacks: true, ..PhoneFaults::default() };
    world.exchange.faults(Provider::Twilio, twice.clone());
    let sid = world.sms(PHONE, "twice").await.1["sid"].as_str().unwrap().to_owned();
    let delivered = |callback: &watchbell_sim::phone::Callback| callback.body.contains("MessageStatus=delivered");
    world.exchange.wait_for_callback(delivered).await.unwrap();
    let queued =
        world.exchange.callbacks().iter().filter(|callback| callback.body.contains("MessageStatus=queued")).count();
    assert_eq!(queued, 2, "{sid}");
    world.exchange.connect_number(Provider::Twilio, SENDER, Some(&world.site.url("/in")), None);
    world.exchange.phone(PHONE).text(SENDER, "42a").await;
    assert_eq!(world.site.got("/in").len(), 2);
    world.exchange.faults(Provider::Twilio, PhoneFaults { late_callbacks_ms: 30, ..PhoneFaults::default() });
    world.exchange.clear();
    world.sms(PHONE, "late").await;
    world.exchange.phone(PHONE).wait_for_sms(|message| message.text == "late").await.unwrap();
    world.exchange.wait_for_callback(delivered).await.unwrap();
}

#[tokio::test]
async fn what_is_under_way_ends_with_the_exchange() {
    let world = World::new().await;
    world.exchange.faults(Provider::Twilio, PhoneFaults { late_callbacks_ms: 60_000, ..PhoneFaults::default() });
    world.sms(PHONE, "a").await;
    world.ring(&[]).await;
    let call = world.exchange.phone(PHONE).wait_for_call().await.unwrap();
    let url = world.exchange.url();
    world.exchange.stop().await;
    assert!(world.http.get(url).send().await.unwrap_err().is_connect());
    assert!(!call.answer(), "nobody is on the line any more");
}

#[tokio::test]
async fn a_key_that_is_none_is_refused_at_the_start() {
    let mut config = watchbell_sim::phone::PhoneSimConfig::default();
    config.vonage.private_key_pem = "nonsense".to_owned();
    assert!(watchbell_sim::phone::Exchange::start(config).await.is_err());
    let world = World::new().await;
    let Answer(_, pem) = answer(world.sim("GET", "/vonage-private-key", &json!({}))).await;
    assert_eq!(pem, json!(world.exchange.vonage_private_key()));
}
