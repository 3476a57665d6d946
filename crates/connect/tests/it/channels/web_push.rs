//! Push messages as a browser reads them.

use std::time::Duration;

use watchbell_connect::channels::{
    AlertChange, Channels, Fault, Message, Outcome, Target, Urgency, Vapid, VapidKey, send,
};
use watchbell_sim::{
    push::PushFaults,
    web_push::{PushState, PushSubscription, WebPush, WebPushSimConfig},
};

use super::messages::{http, id, notice, now, page, summary, test_message, update, verification};

fn key(byte: u8) -> VapidKey {
    VapidKey::from_bytes(&[byte; 32]).unwrap()
}

/// Bytes that differ, as those of the server do.
fn fill(bytes: &mut [u8]) {
    use std::sync::atomic::{AtomicU8, Ordering};
    static NEXT: AtomicU8 = AtomicU8::new(1);
    bytes.fill_with(|| NEXT.fetch_add(1, Ordering::SeqCst));
}

pub fn channels(byte: u8) -> Channels {
    let channels = Channels::new(http(), None).unwrap();
    channels.set_vapid(Some(Vapid::new(key(byte), "mailto:ops@contoso.example", fill).unwrap()));
    channels
}

pub async fn service() -> WebPush {
    let service = WebPush::start(WebPushSimConfig::default()).await.unwrap();
    service.clock().advance(now().duration_since(service.clock().now()));
    service
}

fn target(subscription: &PushSubscription) -> Target {
    let keys = &subscription.keys;
    Target::WebPush { endpoint: subscription.endpoint.clone(), p256dh: keys.p256dh(), auth: keys.auth().into() }
}

/// A push service with one browser that has subscribed.
async fn browser() -> (WebPush, Channels, PushSubscription) {
    let (service, channels) = (service().await, channels(7));
    let subscription = service.subscribe(&channels.vapid_public_key().unwrap()).unwrap();
    (service, channels, subscription)
}

async fn push(channels: &Channels, subscription: &PushSubscription, message: &Message) -> Outcome {
    send(channels, &target(subscription), message, &id("notification-1"), now()).await
}

#[tokio::test]
async fn a_page_is_read_by_its_browser_alone() {
    let (service, channels, subscription) = browser().await;
    let outcome = push(&channels, &subscription, &Message::Page(page())).await;
    let shown = service.messages().pop().unwrap();
    assert_eq!(outcome, Outcome::Sent { provider_id: Some(shown.id.clone()) });
    assert!(shown.encrypted && !shown.body.contains("Contoso"));
    assert_eq!(shown.sender.as_deref(), Some("mailto:ops@contoso.example"));
    insta::assert_json_snapshot!("page_web_push", shown.json);
}

#[tokio::test]
async fn a_service_keeps_a_message_as_long_as_it_helps() {
    let (service, channels, subscription) = browser().await;
    let mut quiet = page();
    (quiet.alert.urgency, quiet.escalates_at) = (Urgency::Quiet, None);
    let mut late = page();
    late.escalates_at = Some(now());
    for (message, urgency, ttl_s, has_topic) in [
        (Message::Page(page()), "high", 297, true),
        (Message::Page(late), "high", 60, true),
        (Message::Page(quiet), "normal", 14_400, true),
        (summary(3, 3), "high", 14_400, false),
        (update(AlertChange::Accepted { by: "Bob".into() }), "normal", 14_400, true),
        (test_message(), "high", 300, false),
        (verification(), "normal", 597, false),
        (notice(), "high", 14_400, false),
    ] {
        assert!(push(&channels, &subscription, &message).await.is_sent());
        let shown = service.messages().pop().unwrap();
        assert_eq!((shown.urgency.as_str(), shown.ttl_s, shown.topic.is_some()), (urgency, Some(ttl_s), has_topic));
        assert_eq!(shown.json.unwrap()["web_push"], 8030);
    }
}

#[tokio::test]
async fn of_one_alert_a_device_that_wakes_sees_the_newest() {
    let (service, channels, subscription) = browser().await;
    service.sleep(&subscription.id);
    let accepted = update(AlertChange::Accepted { by: "Bob".into() });
    for message in [Message::Page(page()), test_message(), accepted] {
        assert!(push(&channels, &subscription, &message).await.is_sent());
    }
    let states: Vec<_> = service.messages().iter().map(|message| message.state).collect();
    assert_eq!(states, [PushState::Replaced, PushState::Waiting, PushState::Waiting]);
}

#[tokio::test]
async fn a_subscription_that_ended_says_so() {
    let (service, channels, first) = browser().await;
    let second = service.subscribe(&channels.vapid_public_key().unwrap()).unwrap();
    service.unsubscribe(&first.id);
    service.expire(&second.id);
    for (subscription, status) in [(first, "410"), (second, "404")] {
        let outcome = push(&channels, &subscription, &test_message()).await;
        let Outcome::Permanent { error, fault: Fault::Contact } = &outcome else { panic!("{outcome:?}") };
        assert!(error.starts_with("The browser ended this subscription") && error.contains(status), "{error}");
        assert!(!error.contains(&subscription.id), "the address is a secret: {error}");
    }
}

#[tokio::test]
async fn a_service_that_refuses_our_key_is_no_fault_of_the_contact() {
    let (_service, _, subscription) = browser().await;
    let outcome = push(&channels(8), &subscription, &test_message()).await;
    let Outcome::Permanent { error, fault: Fault::Account } = &outcome else { panic!("{outcome:?}") };
    assert!(error.contains("refused our key") && error.contains("403"), "{error}");

    let without_key = Channels::new(http(), None).unwrap();
    let outcome = push(&without_key, &subscription, &test_message()).await;
    assert!(matches!(outcome, Outcome::Permanent { fault: Fault::Account, .. }), "{outcome:?}");
}

#[tokio::test]
async fn a_busy_service_is_transient_and_says_when() {
    let (service, channels, subscription) = browser().await;
    for (faults, expected) in [
        (PushFaults::too_many(7), Some(7)),
        (PushFaults::status(500), None),
        (PushFaults { retry_after_s: Some(90_000), ..PushFaults::status(503) }, Some(3_600)),
        (PushFaults { drop_connection: true, ..PushFaults::default() }, None),
    ] {
        service.faults(faults);
        let outcome = push(&channels, &subscription, &test_message()).await;
        let Outcome::Transient { retry_after, .. } = &outcome else { panic!("{outcome:?}") };
        assert_eq!(*retry_after, expected.map(Duration::from_secs), "{outcome:?}");
    }
    for status in [400, 413] {
        service.faults(PushFaults::status(status));
        let outcome = push(&channels, &subscription, &test_message()).await;
        assert!(matches!(outcome, Outcome::Permanent { fault: Fault::Message, .. }), "{outcome:?}");
    }
}

#[tokio::test]
async fn the_longest_texts_still_fit() {
    let (service, channels, subscription) = browser().await;
    let mut long = page();
    long.alert.summary = "ü".repeat(2_000);
    long.details = "\"ä\"\n".repeat(20_000);
    assert!(push(&channels, &subscription, &Message::Page(long)).await.is_sent());
    assert!(push(&channels, &subscription, &summary(60, 2_000)).await.is_sent());
    assert!(service.messages().iter().all(|message| message.text.len() > 2_000 && message.json.is_some()));
}

#[tokio::test]
async fn an_address_that_is_none_is_not_called() {
    let (service, channels, subscription) = browser().await;
    let keys = &subscription.keys;
    for endpoint in ["http://push.example/1", "https://169.254.169.254/1", "file:///etc/passwd", ""] {
        let target = Target::WebPush { endpoint: endpoint.into(), p256dh: keys.p256dh(), auth: keys.auth().into() };
        let outcome = send(&channels, &target, &test_message(), &id("test"), now()).await;
        assert!(matches!(outcome, Outcome::Permanent { fault: Fault::Contact, .. }), "{endpoint}: {outcome:?}");
    }
    let target = Target::WebPush { endpoint: subscription.endpoint, p256dh: "BAAA".into(), auth: "AAAA".into() };
    let outcome = send(&channels, &target, &test_message(), &id("test"), now()).await;
    assert!(matches!(outcome, Outcome::Permanent { fault: Fault::Contact, .. }), "{outcome:?}");
    assert!(service.messages().is_empty());
}
