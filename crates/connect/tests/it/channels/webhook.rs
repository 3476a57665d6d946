//! Webhooks as a receiver gets them.

use std::{collections::BTreeMap, time::Duration};

use jiff::SignedDuration;
use watchbell_connect::channels::{AlertChange, Channels, Level, Message, Outcome, Target, send};
use watchbell_sim::hook::{Hook, HookAnswer, HookSimConfig, SignatureFault};

use super::messages::{http, id, notice, now, page, summary, test_message, update, verification};

async fn post(url: String, message: &Message) -> Outcome {
    let channels = Channels::new(http(), None).unwrap();
    let target = Target::Webhook { url, secret: "s3cret".into() };
    send(&channels, &target, message, &id("notification-17"), now()).await
}

#[tokio::test]
async fn a_webhook_is_signed_and_says_everything() {
    let hook = Hook::start(HookSimConfig::default()).await.unwrap();
    assert_eq!(
        post(format!("{}/in?team=1", hook.url()), &Message::Page(page())).await,
        Outcome::Sent { provider_id: None }
    );

    let received = hook.wait_for(|_| true).await.unwrap();
    assert_eq!((received.method.as_str(), received.path.as_str()), ("POST", "/in?team=1"));
    assert_eq!(received.header("content-type"), Some("application/json"));
    assert_eq!(received.header("x-watchbell-delivery"), Some("notification-17"));
    assert_eq!(received.verify("s3cret", now()), Ok(()));
    assert_eq!(received.verify("other", now()), Err(SignatureFault::Wrong));
    assert_eq!(received.verify("s3cret", now() + SignedDuration::from_mins(6)), Err(SignatureFault::Stale));
    let mut forged = received.clone();
    forged.body = forged.body.replace("HIGH", "LOW");
    assert_eq!(forged.verify("s3cret", now()), Err(SignatureFault::Wrong));
    insta::assert_json_snapshot!("page_webhook", received.json());
}

#[tokio::test]
async fn every_kind_of_message_has_its_type() {
    let hook = Hook::start(HookSimConfig::default()).await.unwrap();
    let escalated = AlertChange::Escalated { level: Level { number: 2, of: 3 }, by: None };
    for message in [
        summary(2, 9),
        update(AlertChange::Accepted { by: "Bob".into() }),
        update(AlertChange::Resolved { by: None, reason: Some("the ticket was completed".into()) }),
        update(escalated),
        test_message(),
        verification(),
        notice(),
    ] {
        assert!(post(hook.url(), &message).await.is_sent());
    }
    let bodies: Vec<_> = hook.received().iter().map(|received| received.json()).collect();
    insta::assert_json_snapshot!("other_webhooks", bodies);
}

#[tokio::test]
async fn an_answer_decides_whether_it_is_tried_again() {
    let hook = Hook::start(HookSimConfig::default()).await.unwrap();
    let retry = |seconds: &str| BTreeMap::from([("Retry-After".to_owned(), seconds.to_owned())]);
    hook.answer(HookAnswer { headers: retry("12"), ..429.into() });
    let Outcome::Transient { retry_after, .. } = post(hook.url(), &test_message()).await else {
        panic!("429 is transient")
    };
    assert_eq!(retry_after, Some(Duration::from_secs(12)));

    hook.answer(HookAnswer { body: "database <down>\r\nX: y".into(), ..502.into() });
    let Outcome::Transient { error, .. } = post(hook.url(), &test_message()).await else { panic!("502 is transient") };
    assert!(error.ends_with("answered 502: database <down> X: y"), "{error}");

    hook.answer(410.into());
    assert!(matches!(post(hook.url(), &test_message()).await, Outcome::Permanent { .. }));
    hook.answer(HookAnswer { hang: true, ..HookAnswer::default() });
    assert!(matches!(post(hook.url(), &test_message()).await, Outcome::Transient { .. }));
}

#[tokio::test]
async fn a_success_with_an_endless_answer_is_a_success() {
    let hook = Hook::start(HookSimConfig::default()).await.unwrap();
    hook.answer(HookAnswer { body: "x".repeat(1024 * 1024), ..HookAnswer::default() });
    assert!(post(hook.url(), &test_message()).await.is_sent());
    hook.answer(HookAnswer { body: "x".repeat(1024 * 1024), ..500.into() });
    assert!(matches!(post(hook.url(), &test_message()).await, Outcome::Transient { .. }));
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let (hook, elsewhere) =
        (Hook::start(HookSimConfig::default()).await.unwrap(), Hook::start(HookSimConfig::default()).await.unwrap());
    hook.answer(HookAnswer { headers: BTreeMap::from([("Location".to_owned(), elsewhere.url())]), ..307.into() });
    let outcome = post(hook.url(), &test_message()).await;
    let Outcome::Permanent { error, .. } = &outcome else { panic!("{outcome:?}") };
    assert!(error.contains("307, a redirect"), "{error}");
    assert!(elsewhere.received().is_empty());
}

#[tokio::test]
async fn an_error_does_not_show_what_is_secret_in_the_address() {
    for url in [
        "http://127.0.0.1:1/T0/hunter2?key=hunter2",
        "http://169.254.169.254/hunter2",
        "hunter2",
        "ftp://hunter2.example/x",
    ] {
        let error = match post(url.into(), &test_message()).await {
            Outcome::Transient { error, .. } | Outcome::Permanent { error, .. } => error,
            sent => panic!("{url}: {sent:?}"),
        };
        assert!(!error.contains("/hunter2") && !error.contains("key="), "{url}: {error}");
    }
}
