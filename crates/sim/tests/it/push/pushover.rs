//! Messages as Pushover takes and refuses them.

use serde_json::{Value, json};
use watchbell_sim::{
    push::PushFaults,
    pushover::{Pushover, PushoverSimConfig, TOKEN, USER},
};

use super::support::{Answer, get, http, post_form, post_json, send, try_send};

async fn start() -> Pushover {
    Pushover::start(PushoverSimConfig::default()).await.unwrap()
}

/// A message with some parameters changed.
async fn submit(pushover: &Pushover, changes: Value) -> Answer {
    let mut message = json!({"token": TOKEN, "user": USER, "message": "Disk full on db-1"});
    message.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    post_json(format!("{}/1/messages.json", pushover.url()), &message).await
}

#[tokio::test]
async fn a_form_and_json_are_the_same_message() {
    let pushover = start().await;
    let answer =
        submit(&pushover, json!({"title": "P1", "priority": 1, "url": "https://w.example/a", "html": 1})).await;
    assert_eq!((answer.status, answer.json()["status"].as_i64()), (200, Some(1)), "{}", answer.text);
    assert_eq!(answer.json().get("receipt"), None, "only emergencies have receipts");
    assert_eq!(answer.header("x-limit-app-limit"), "10000");
    assert_eq!(answer.header("x-limit-app-remaining"), "9999");

    let form = "token=asimapplication000000000000000&user=usimuser0000000000000000000000&message=Disk+full+on+db-1&title=P1&priority=1&url=https%3A%2F%2Fw.example%2Fa&html=1";
    assert_eq!(post_form(format!("{}/1/messages.json", pushover.url()), form).await.status, 200);
    let mut both = pushover.messages();
    (both[0].id, both[0].time) = (both[1].id, both[1].time);
    assert_eq!(both[0], both[1]);
    assert_eq!(get(format!("{}/sim/messages", pushover.url())).await.json()[0]["title"], "P1");
}

#[tokio::test]
async fn what_breaks_a_rule_is_refused_in_their_words() {
    let pushover = start().await;
    let emergency = |changes: Value| {
        let mut all = json!({"priority": 2, "retry": 30, "expire": 600});
        all.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        all
    };
    let cases = [
        (json!({"token": "x"}), "token", "application token is invalid"),
        (json!({"user": "x"}), "user", "user identifier is not a valid user"),
        (json!({"message": ""}), "message", "message cannot be blank"),
        (json!({"message": "é".repeat(1_025)}), "message", "message is too long"),
        (json!({"title": "a".repeat(251)}), "title", "title is too long"),
        (json!({"url": "a".repeat(513)}), "url", "url is too long"),
        (json!({"url_title": "a".repeat(101)}), "url_title", "url_title is too long"),
        (json!({"priority": 3}), "priority", "priority is invalid"),
        (json!({"priority": "high"}), "priority", "priority is not a number"),
        (json!({"priority": 2, "retry": 30}), "expire", "expire must be supplied with priority=2"),
        (json!({"priority": 2, "expire": 30}), "retry", "retry must be supplied with priority=2"),
        (emergency(json!({"retry": 29})), "retry", "at least 30 seconds"),
        (emergency(json!({"expire": 10_801})), "expire", "10800 seconds"),
        (emergency(json!({"callback": "mailto:a@b"})), "callback", "not a valid URL"),
    ];
    for (changes, parameter, error) in cases {
        let answer = submit(&pushover, changes.clone()).await;
        let body = answer.json();
        assert_eq!((answer.status, body["status"].as_i64()), (400, Some(0)), "{changes}");
        assert!(body["errors"][0].as_str().unwrap().contains(error), "{changes}: {body}");
        assert!(body[parameter].is_string() && body["request"].is_string(), "{changes}: {body}");
    }
    assert!(pushover.messages().is_empty());
    assert_eq!(submit(&pushover, json!({"message": "é".repeat(1_024)})).await.status, 200);
}

#[tokio::test]
async fn users_and_their_devices_can_be_asked_for() {
    let pushover = start().await;
    let validate = async |body: Value| post_json(format!("{}/1/users/validate.json", pushover.url()), &body).await;
    let good = validate(json!({"token": TOKEN, "user": USER, "device": "phone"})).await;
    assert_eq!((good.status, good.json()["devices"].clone()), (200, json!(["phone"])));
    let device = validate(json!({"token": TOKEN, "user": USER, "device": "watch"})).await;
    assert_eq!((device.status, device.json()["errors"].clone()), (400, json!(["device name is not valid for user"])));
    assert_eq!(validate(json!({"token": TOKEN, "user": "u"})).await.json()["user"], "invalid");
    assert_eq!(validate(json!({"token": "a", "user": USER})).await.json()["token"], "invalid");
}

#[tokio::test]
async fn the_month_ends_after_so_many_messages() {
    let pushover = Pushover::start(PushoverSimConfig { limit: 1, ..PushoverSimConfig::default() }).await.unwrap();
    assert_eq!(submit(&pushover, json!({})).await.status, 200);
    let answer = submit(&pushover, json!({})).await;
    assert_eq!((answer.status, answer.header("x-limit-app-remaining")), (429, "0"));
    assert!(answer.header("x-limit-app-reset").parse::<i64>().unwrap() > 0);
    let limits = get(format!("{}/1/apps/limits.json?token={TOKEN}", pushover.url())).await.json();
    assert_eq!((limits["limit"].as_i64(), limits["remaining"].as_i64()), (Some(1), Some(0)));
}

#[tokio::test]
async fn faults_happen_when_asked_for() {
    let pushover = start().await;
    pushover.faults(PushFaults::too_many(60));
    let answer = submit(&pushover, json!({})).await;
    assert_eq!((answer.status, answer.header("x-limit-app-remaining")), (429, "0"));
    pushover.faults(PushFaults::status(503));
    assert_eq!(submit(&pushover, json!({})).await.status, 503);
    pushover.faults(PushFaults { refuse_credentials: true, ..PushFaults::default() });
    assert_eq!(submit(&pushover, json!({})).await.json()["token"], "invalid");

    let url = format!("{}/1/messages.json", pushover.url());
    let body = json!({"token": TOKEN, "user": USER, "message": "heard"});
    pushover.faults(PushFaults { hang_ms: Some(1), ..PushFaults::default() });
    assert!(try_send(http().post(&url).json(&body)).await.is_none());
    assert!(pushover.messages().is_empty(), "nothing of all this was taken");

    let faults = json!({"dropConnection": true, "latencyMs": 1});
    assert_eq!(send(http().put(format!("{}/sim/faults", pushover.url())).json(&faults)).await.status, 200);
    assert!(try_send(http().post(&url).json(&body)).await.is_none());
    pushover.wait_for(|message| message.message == "heard").await.unwrap();
    pushover.faults(PushFaults::default());
    assert_eq!(submit(&pushover, json!({})).await.status, 200);
}
