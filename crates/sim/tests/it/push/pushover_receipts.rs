//! Emergencies: repeated until somebody acknowledges them, and the sender knows.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use serde_json::{Value, json};
use watchbell_sim::{
    hook::{Hook, HookAnswer},
    pushover::{Acknowledged, Pushover, PushoverSimConfig, TOKEN, USER},
};

use super::support::{Answer, get, hook, http, post_json, send};

async fn start() -> Pushover {
    Pushover::start(PushoverSimConfig::default()).await.unwrap()
}

/// Sends an emergency; its receipt.
async fn emergency(pushover: &Pushover, callback: Option<&str>, tags: &str) -> String {
    let message = json!({
        "token": TOKEN, "user": USER, "message": "Fire", "priority": 2, "retry": 30, "expire": 600,
        "callback": callback, "tags": tags,
    });
    let answer = post_json(format!("{}/1/messages.json", pushover.url()), &message).await.json();
    let receipt = answer["receipt"].as_str().unwrap().to_owned();
    assert!(receipt.len() == 30 && receipt.chars().all(|c| c.is_ascii_alphanumeric()), "{receipt}");
    receipt
}

async fn receipt(pushover: &Pushover, receipt: &str) -> Value {
    get(format!("{}/1/receipts/{receipt}.json?token={TOKEN}", pushover.url())).await.json()
}

async fn post(pushover: &Pushover, path: &str) -> Answer {
    post_json(format!("{}/1/receipts/{path}", pushover.url()), &json!({"token": TOKEN})).await
}

/// The form that a callback got.
async fn form(hook: &Hook) -> BTreeMap<String, String> {
    let call = hook.wait_for(|call| call.path == "/acknowledged").await.unwrap();
    assert_eq!(call.header("content-type"), Some("application/x-www-form-urlencoded"));
    call.body.split('&').filter_map(|pair| pair.split_once('=')).map(|(n, v)| (n.into(), v.into())).collect()
}

#[tokio::test]
async fn acknowledging_calls_the_sender_back() {
    let (pushover, sender) = (start().await, hook().await);
    let id = emergency(&pushover, Some(&format!("{}/acknowledged", sender.url())), "").await;
    let before = receipt(&pushover, &id).await;
    assert_eq!((before["status"].as_i64(), before["acknowledged"].as_i64()), (Some(1), Some(0)));
    assert_eq!((before["expired"].as_i64(), before["called_back"].as_i64()), (Some(0), Some(0)));
    assert_eq!(before["acknowledged_by"], "");

    assert_eq!(pushover.acknowledge(&id).await, Acknowledged::CalledBack(200));
    let form = form(&sender).await;
    assert_eq!((form["receipt"].as_str(), form["acknowledged"].as_str()), (id.as_str(), "1"));
    assert_eq!((form["acknowledged_by"].as_str(), form["acknowledged_by_device"].as_str()), (USER, "phone"));
    let after = receipt(&pushover, &id).await;
    assert_eq!(after["acknowledged_at"].as_i64().unwrap().to_string(), form["acknowledged_at"]);
    assert_eq!((after["acknowledged_by"].as_str(), after["called_back"].as_i64()), (Some(USER), Some(1)));
    assert_eq!(pushover.acknowledge(&id).await, Acknowledged::TooLate, "once is enough");
}

#[tokio::test]
async fn a_callback_that_fails_is_no_call() {
    let (pushover, sender) = (start().await, hook().await);
    sender.answer(HookAnswer::from(500));
    let id = emergency(&pushover, Some(&sender.url()), "").await;
    assert_eq!(pushover.acknowledge(&id).await, Acknowledged::CalledBack(500));
    let after = receipt(&pushover, &id).await;
    assert_eq!((after["acknowledged"].as_i64(), after["called_back"].as_i64()), (Some(1), Some(0)));
}

#[tokio::test]
async fn an_emergency_is_repeated_until_it_expires() {
    let pushover = start().await;
    let id = emergency(&pushover, None, "").await;
    let sent_at = pushover.messages()[0].time;
    pushover.clock().advance(SignedDuration::from_secs(75));
    assert_eq!(receipt(&pushover, &id).await["last_delivered_at"], sent_at + 60);
    pushover.clock().advance(SignedDuration::from_secs(600));
    let after = receipt(&pushover, &id).await;
    assert_eq!((after["expired"].as_i64(), after["expires_at"].as_i64()), (Some(1), Some(sent_at + 600)));
    assert_eq!(pushover.acknowledge(&id).await, Acknowledged::TooLate);
}

#[tokio::test]
async fn the_sender_ends_an_emergency_by_receipt_or_by_tag() {
    let pushover = start().await;
    let first = emergency(&pushover, None, "alert-1,ann").await;
    let second = emergency(&pushover, None, "alert-2,ann").await;
    assert_eq!(post(&pushover, &format!("{first}/cancel.json")).await.json()["status"], 1);
    assert_eq!(receipt(&pushover, &first).await["expired"], 1);
    assert_eq!(receipt(&pushover, &second).await["expired"], 0);
    assert_eq!(post(&pushover, "cancel_by_tag/ann.json").await.json()["canceled"], 1, "one was open");
    assert_eq!(receipt(&pushover, &second).await["expired"], 1);
    assert_eq!(pushover.acknowledge(&second).await, Acknowledged::TooLate);
}

#[tokio::test]
async fn receipts_are_the_senders() {
    let pushover = start().await;
    let id = emergency(&pushover, None, "").await;
    let url = format!("{}/1/receipts/{id}.json", pushover.url());
    assert_eq!(get(&url).await.json()["token"], "invalid");
    let unknown = get(format!("{}/1/receipts/r0.json?token={TOKEN}", pushover.url())).await;
    assert_eq!((unknown.status, unknown.json()["receipt"].as_str().unwrap()), (404, "not found"));
    assert_eq!(post(&pushover, "r0/cancel.json").await.status, 404);
}

#[tokio::test]
async fn the_page_has_the_button() {
    let pushover = start().await;
    let id = emergency(&pushover, None, "").await;
    let action = format!("/sim/receipts/{id}/acknowledge");
    let page = get(pushover.url()).await.text;
    assert!(page.contains(&format!("action=\"{action}\"")) && page.contains("Acknowledge"), "{page}");
    assert_eq!(send(http().post(format!("{}{action}", pushover.url()))).await.status, 303);
    assert_eq!(receipt(&pushover, &id).await["acknowledged"], 1);
    assert!(!get(pushover.url()).await.text.contains(&action));
}
