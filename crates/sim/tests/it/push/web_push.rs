//! Push messages that arrive: decrypted, replaced, expired.

use jiff::SignedDuration;
use serde_json::{Value, json};
use watchbell_sim::web_push::{PushState, PushSubscription, WebPush, WebPushSimConfig};

use super::{
    sender::{Sender, encrypt},
    support::{Answer, get, http, post_json, send},
};

struct World {
    service: WebPush,
    sender: Sender,
    device: PushSubscription,
}

async fn start() -> World {
    let service = WebPush::start(WebPushSimConfig::default()).await.unwrap();
    let sender = Sender::new(1);
    let device = service.subscribe(&sender.key()).unwrap();
    World { service, sender, device }
}

impl World {
    async fn push(&self, text: &str, topic: &str, ttl_s: u32) -> Answer {
        let request = self.sender.request(&self.device, text, self.service.clock().now().as_second());
        send(request.header("TTL", ttl_s).header("Urgency", "high").header("Topic", topic)).await
    }

    fn states(&self) -> Vec<(String, PushState)> {
        self.service.messages().into_iter().map(|message| (message.text, message.state)).collect()
    }
}

#[tokio::test]
async fn a_message_is_checked_and_decrypted() {
    let world = start().await;
    let notification =
        json!({"web_push": 8030, "notification": {"title": "Disk full", "navigate": "https://w.example/a/1"}});
    let answer = world.push(&notification.to_string(), "alert-1", 300).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    let message = world.service.wait_for(|_| true).await.unwrap();
    assert!(answer.header("location").ends_with(&format!("/message/{}", message.id)));
    assert_eq!(message.json, Some(notification));
    assert_eq!(
        (message.ttl_s, message.urgency.as_str(), message.topic.as_deref()),
        (Some(300), "high", Some("alert-1"))
    );
    assert_eq!((message.sender.as_deref(), message.encrypted), (Some("mailto:ops@example.org"), true));
    assert_eq!((message.state, message.subscription.as_str()), (PushState::Delivered, world.device.id.as_str()));
    let page = get(world.service.url()).await.text;
    assert!(page.contains("Disk full") && page.contains("href=\"https://w.example/a/1\""), "{page}");
}

#[tokio::test]
async fn a_subscription_is_what_a_browser_hands_out() {
    let world = start().await;
    let json = world.device.to_json();
    assert!(json["endpoint"].as_str().unwrap().starts_with(&format!("{}/push/", world.service.url())));
    assert_eq!(
        (json["keys"]["p256dh"].as_str().unwrap().len(), json["keys"]["auth"].as_str().unwrap().len()),
        (87, 22)
    );
    assert_eq!(json["expirationTime"], Value::Null);
    assert!(world.service.subscribe("AAAA").is_err());
    let wanted = json!({"applicationServerKey": world.sender.key()});
    let made = post_json(format!("{}/sim/subscriptions", world.service.url()), &wanted).await.json();
    assert_eq!(made["privateKey"].as_str().unwrap().len(), 43, "scripts decrypt by themselves");
    assert_eq!(world.service.subscriptions().len(), 2);
    assert!(!format!("{:?}", world.device).contains(&world.device.keys.private_key()));
}

#[tokio::test]
async fn a_newer_message_of_a_topic_replaces_what_still_waits() {
    let world = start().await;
    world.push("seen", "alert-1", 300).await;
    world.service.sleep(&world.device.id);
    world.push("first", "alert-1", 300).await;
    world.push("other", "alert-2", 300).await;
    world.push("second", "alert-1", 300).await;
    world.service.wake(&world.device.id);
    use PushState::{Delivered, Replaced};
    let expected = [("seen", Delivered), ("first", Replaced), ("other", Delivered), ("second", Delivered)];
    assert_eq!(world.states(), expected.map(|(text, state)| (text.to_owned(), state)));
}

#[tokio::test]
async fn what_waits_too_long_is_not_delivered() {
    let world = start().await;
    world.service.sleep(&world.device.id);
    world.push("now or never", "a", 0).await;
    world.push("short", "b", 60).await;
    world.push("long", "c", 6_000).await;
    assert_eq!(world.states()[2].1, PushState::Waiting);
    world.service.clock().advance(SignedDuration::from_secs(120));
    world.service.wake(&world.device.id);
    let states: Vec<_> = world.states().into_iter().map(|(_, state)| state).collect();
    assert_eq!(states, [PushState::Expired, PushState::Expired, PushState::Delivered]);
}

#[tokio::test]
async fn unified_push_takes_what_comes() {
    let world = start().await;
    let unified = world.service.unified().unwrap();
    let raw = send(http().post(&unified.endpoint).body("plain words")).await;
    assert_eq!(raw.status, 201, "{}", raw.text);
    let secret = http().post(&unified.endpoint).header("Content-Encoding", "aes128gcm").header("TTL", "60");
    assert_eq!(send(secret.body(encrypt(&unified, b"hidden words"))).await.status, 201);
    let signed = world.sender.request(&unified, "signed words", world.service.clock().now().as_second());
    assert_eq!(send(signed.header("TTL", "60")).await.status, 201, "the same request as to a browser");
    let messages = world.service.messages();
    let texts: Vec<_> = messages.iter().map(|message| (message.text.as_str(), message.encrypted)).collect();
    assert_eq!(texts, [("plain words", false), ("hidden words", true), ("signed words", true)]);
    assert_eq!(get(&unified.endpoint).await.json(), json!({"unifiedpush": {"version": 1}}));
    assert_eq!(get(&world.device.endpoint).await.status, 404);
}
