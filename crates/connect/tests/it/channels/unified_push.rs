//! Push messages as an app gets them from its distributor.

use watchbell_connect::channels::{Channels, Fault, Message, Outcome, PushKeys, Target, send};
use watchbell_sim::{push::PushFaults, web_push::PushSubscription};

use super::{
    messages::{http, id, now, page, test_message},
    web_push::{channels, service},
};

async fn push(channels: &Channels, to: &PushSubscription, is_encrypted: bool, message: &Message) -> Outcome {
    let keys = is_encrypted.then(|| PushKeys { p256dh: to.keys.p256dh(), auth: to.keys.auth().into() });
    let target = Target::UnifiedPush { endpoint: to.endpoint.clone(), keys };
    send(channels, &target, message, &id("notification-1"), now()).await
}

#[tokio::test]
async fn an_app_gets_the_same_message_with_and_without_keys() {
    let service = service().await;
    let subscription = service.unified().unwrap();
    assert!(push(&channels(7), &subscription, true, &Message::Page(page())).await.is_sent());
    let plain = Channels::new(http(), None).unwrap();
    assert!(push(&plain, &subscription, false, &Message::Page(page())).await.is_sent());

    let [closed, open] = <[_; 2]>::try_from(service.messages()).unwrap();
    assert!(closed.encrypted && !open.encrypted);
    assert_eq!(closed.json.as_ref().unwrap()["notification"]["title"], "Contoso: Disk full on SRV-01 [T20260101.0001]");
    assert_eq!(closed.json, open.json);
    assert!(open.text.len() <= 4_096);
}

#[tokio::test]
async fn an_app_that_is_gone_and_a_server_that_is_busy_are_told_apart() {
    let service = service().await;
    let (gone, here) = (service.unified().unwrap(), service.unified().unwrap());
    service.unsubscribe(&gone.id);
    let outcome = push(&channels(7), &gone, false, &test_message()).await;
    assert!(matches!(outcome, Outcome::Permanent { fault: Fault::Contact, .. }), "{outcome:?}");
    // What ntfy answers while the app's owner is not known to it.
    service.faults(PushFaults::status(507));
    let outcome = push(&channels(7), &here, false, &test_message()).await;
    assert!(matches!(outcome, Outcome::Transient { .. }), "{outcome:?}");
}
