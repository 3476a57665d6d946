//! What a push service refuses, and with which status.

use serde_json::{Value, json};
use watchbell_sim::{
    push::PushFaults,
    web_push::{PushSubscription, WebPush, WebPushSimConfig},
};

use super::{
    sender::{Sender, encrypt},
    support::{Answer, http, send, try_send},
};

async fn start() -> (WebPush, Sender, PushSubscription) {
    let service = WebPush::start(WebPushSimConfig::default()).await.unwrap();
    let sender = Sender::new(1);
    let device = service.subscribe(&sender.key()).unwrap();
    (service, sender, device)
}

fn message(answer: &Answer) -> String {
    assert_eq!(answer.json()["code"], answer.status, "{}", answer.text);
    answer.json()["message"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn headers_are_those_of_the_rfc() {
    let (service, sender, device) = start().await;
    let now_s = service.clock().now().as_second();
    let plain = || sender.request(&device, "a", now_s);
    let long = "a".repeat(33);
    let cases = [
        (plain(), "TTL is missing"),
        (plain().header("TTL", "soon"), "TTL is no number"),
        (plain().header("TTL", "60").header("Urgency", "urgent"), "Urgency is none of"),
        (plain().header("TTL", "60").header("Topic", "alert 1"), "Topic is not"),
        (plain().header("TTL", "60").header("Topic", long.as_str()), "Topic is not"),
        (plain().header("TTL", "60").body("in the clear"), "cannot be decrypted"),
    ];
    for (request, expected) in cases {
        let answer = send(request).await;
        assert_eq!(answer.status, 400, "{expected}");
        let message = message(&answer);
        assert!(message.contains(expected) || message.contains("shorter"), "{message}");
    }
    assert!(service.messages().is_empty());
    assert_eq!(send(plain().header("TTL", "60").header("Topic", &long[1..])).await.status, 201);
}

#[tokio::test]
async fn a_body_is_small_and_encrypted_for_this_device() {
    let (service, sender, device) = start().await;
    let now_s = service.clock().now().as_second();
    let other = service.subscribe(&sender.key()).unwrap();
    let with = |body: Vec<u8>| sender.request(&device, "a", now_s).header("TTL", "60").body(body);
    let foreign = send(with(encrypt(&other, b"a"))).await;
    assert_eq!((foreign.status, message(&foreign).contains("cannot be decrypted")), (400, true));
    assert_eq!(send(with(vec![0; 4_097])).await.status, 413);
    let authorization = sender.authorization(&claims(&service, now_s));
    let clear = http().post(&device.endpoint).header("Authorization", authorization).header("TTL", "60");
    assert_eq!(
        message(&send(clear.body("a")).await),
        "Content-Encoding is missing: a message is encrypted with aes128gcm"
    );
    let largest = "a".repeat(4_096 - 86 - 16 - 3);
    let request = sender.request(&device, &largest, now_s).header("TTL", "60");
    assert_eq!(send(request).await.status, 201, "4096 bytes in all");
}

fn claims(service: &WebPush, now_s: i64) -> Value {
    json!({"aud": service.url(), "exp": now_s + 3_600, "sub": "mailto:ops@example.org"})
}

#[tokio::test]
async fn only_the_sender_of_the_subscription_may_send() {
    let (service, sender, device) = start().await;
    let now_s = service.clock().now().as_second();
    let send_as = async |authorization: Option<String>| {
        let request = http().post(&device.endpoint).header("TTL", "60").header("Content-Encoding", "aes128gcm");
        let request = request.body(encrypt(&device, b"a"));
        send(authorization.into_iter().fold(request, |request, value| request.header("Authorization", value))).await
    };
    let changed = |name: &str, value: Value| {
        let mut claims = claims(&service, now_s);
        claims[name] = value;
        Some(sender.authorization(&claims))
    };
    let nobody = send_as(None).await;
    assert_eq!((nobody.status, nobody.header("www-authenticate")), (401, "vapid"));
    let cases = [
        (Some(Sender::new(2).authorization(&claims(&service, now_s))), "applicationServerKey"),
        (changed("aud", json!("https://fcm.googleapis.com")), "aud"),
        (changed("exp", json!(now_s - 1)), "expired"),
        (changed("exp", json!(now_s + 90_000)), "24 hours"),
        (changed("sub", json!("me")), "sub"),
        (changed("sub", Value::Null), "JWT"),
        (Some("Bearer x".into()), "vapid t="),
    ];
    for (authorization, expected) in cases {
        let answer = send_as(authorization).await;
        assert_eq!(answer.status, 403, "{expected}");
        assert!(message(&answer).contains(expected), "{}", answer.text);
    }
    assert_eq!(send_as(Some(sender.authorization(&claims(&service, now_s)))).await.status, 201);
}

#[tokio::test]
async fn subscriptions_end() {
    let (service, sender, device) = start().await;
    let now_s = service.clock().now().as_second();
    let push = async |to: &PushSubscription| send(sender.request(to, "a", now_s).header("TTL", "60")).await.status;
    assert_eq!(push(&device).await, 201);
    service.unsubscribe(&device.id);
    assert_eq!(push(&device).await, 410);
    service.expire(&device.id);
    assert_eq!(push(&device).await, 404);
    let second = service.subscribe(&sender.key()).unwrap();
    let door = format!("{}/sim/subscriptions/{}/unsubscribe", service.url(), second.id);
    assert_eq!(send(http().post(door)).await.status, 303);
    assert_eq!(push(&second).await, 410);
}

#[tokio::test]
async fn faults_happen_when_asked_for() {
    let (service, sender, device) = start().await;
    let now_s = service.clock().now().as_second();
    let request = || sender.request(&device, "a", now_s).header("TTL", "60");
    service.faults(PushFaults::too_many(12));
    let many = send(request()).await;
    assert_eq!((many.status, many.header("retry-after")), (429, "12"));
    service.faults(PushFaults { refuse_credentials: true, ..PushFaults::default() });
    assert_eq!(send(request()).await.status, 403);
    assert!(service.messages().is_empty());
    service.faults(PushFaults { drop_connection: true, ..PushFaults::default() });
    assert!(try_send(request()).await.is_none());
    assert_eq!(service.messages().len(), 1);
}
