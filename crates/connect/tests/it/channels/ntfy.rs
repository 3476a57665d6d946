//! Push messages as an ntfy server gets them.

use std::time::Duration;

use watchbell_connect::channels::{AlertChange, Channels, Message, Outcome, Target, Urgency, send};
use watchbell_sim::{
    hook::{Hook, HookSimConfig},
    ntfy::{Ntfy, NtfyFaults, NtfySimConfig, Pressed},
};

use super::messages::{http, id, notice, now, page, summary, test_message, update, verification};

async fn publish(ntfy: &Ntfy, token: Option<&str>, message: &Message) -> Outcome {
    let channels = Channels::new(http(), None).unwrap();
    let target = Target::Ntfy { url: ntfy.url(), topic: "ann-7f3a".into(), token: token.map(Into::into) };
    send(&channels, &target, message, &id("notification-1"), now()).await
}

#[tokio::test]
async fn a_page_is_published_with_buttons() {
    let ntfy = Ntfy::start(NtfySimConfig::default()).await.unwrap();
    let outcome = publish(&ntfy, None, &Message::Page(page())).await;
    let mut message = ntfy.wait_for(|_| true).await.unwrap();
    assert_eq!(outcome, Outcome::Sent { provider_id: Some(message.id.clone()) });
    message.time = 0;
    insta::assert_json_snapshot!("page_ntfy", message);
}

#[tokio::test]
async fn accept_posts_the_confirmation_and_resolve_opens_the_page_that_asks() {
    let ntfy = Ntfy::start(NtfySimConfig::default()).await.unwrap();
    let links = Hook::start(HookSimConfig::default()).await.unwrap();
    let mut page = page();
    page.accept_url = Some(format!("{}/l/accept", links.url()));
    page.resolve_url = Some(format!("{}/l/resolve", links.url()));
    assert!(publish(&ntfy, None, &Message::Page(page)).await.is_sent());
    let message = ntfy.wait_for(|_| true).await.unwrap();
    assert!(links.received().is_empty(), "delivering opens no link");

    assert!(matches!(ntfy.press(&message.id, "Accept").await, Pressed::Answered(200, _)));
    assert_eq!(ntfy.press(&message.id, "Resolve").await, Pressed::Opens(format!("{}/l/resolve", links.url())));

    let clicks = links.received();
    assert_eq!(clicks.len(), 1);
    assert_eq!(
        (clicks[0].method.as_str(), clicks[0].path.as_str(), clicks[0].body.as_str()),
        ("POST", "/l/accept", "confirm=1")
    );
    assert_eq!(clicks[0].header("content-type"), Some("application/x-www-form-urlencoded"));
}

#[tokio::test]
async fn the_priority_wakes_for_pages_only() {
    let ntfy = Ntfy::start(NtfySimConfig::default()).await.unwrap();
    let mut quiet = page();
    quiet.alert.urgency = Urgency::Quiet;
    for (message, priority) in [
        (Message::Page(page()), 5),
        (Message::Page(quiet), 3),
        (summary(3, 3), 5),
        (update(AlertChange::Accepted { by: "Bob".into() }), 3),
        (test_message(), 5),
        (verification(), 3),
        (notice(), 4),
    ] {
        ntfy.clear();
        assert!(publish(&ntfy, None, &message).await.is_sent());
        let shown = ntfy.messages().pop().unwrap();
        assert_eq!(shown.priority, Some(priority), "{:?}", shown.title);
        assert!(shown.title.is_some_and(|title| !title.is_empty()) && !shown.message.is_empty());
    }
}

#[tokio::test]
async fn the_longest_texts_still_fit() {
    let ntfy = Ntfy::start(NtfySimConfig::default()).await.unwrap();
    let mut long = page();
    long.alert.summary = "ü".repeat(2_000);
    long.details = "ä\n".repeat(20_000);
    assert!(publish(&ntfy, None, &Message::Page(long)).await.is_sent());
    assert!(publish(&ntfy, None, &summary(60, 2_000)).await.is_sent());
    assert!(ntfy.messages().iter().all(|message| message.message.len() <= 4_096));
}

#[tokio::test]
async fn a_token_opens_a_closed_topic() {
    let ntfy = Ntfy::start(NtfySimConfig { token: Some("tk_right".into()), ..NtfySimConfig::default() }).await.unwrap();
    assert!(publish(&ntfy, Some("tk_right"), &test_message()).await.is_sent());
    for (token, status) in [(Some("tk_wrong"), "401"), (None, "403")] {
        let outcome = publish(&ntfy, token, &test_message()).await;
        let Outcome::Permanent { error, .. } = &outcome else { panic!("{outcome:?}") };
        assert!(error.contains(status) && error.contains("credentials") && !error.contains("tk_"), "{error}");
    }
}

#[tokio::test]
async fn a_busy_server_is_transient_and_says_when() {
    let ntfy = Ntfy::start(NtfySimConfig::default()).await.unwrap();
    for (status, retry_after_s, expected) in
        [(429, Some(7), Some(7)), (429, None, None), (500, None, None), (503, Some(90_000), Some(3_600))]
    {
        ntfy.faults(NtfyFaults { status: Some(status), retry_after_s, hang: false });
        let outcome = publish(&ntfy, None, &test_message()).await;
        let Outcome::Transient { error, retry_after, .. } = &outcome else { panic!("{status}: {outcome:?}") };
        assert_eq!(*retry_after, expected.map(Duration::from_secs), "{error}");
        assert!(error.contains("a fault that was asked for"), "{error}");
    }
}

#[tokio::test]
async fn a_topic_that_is_none_is_not_asked_for() {
    let ntfy = Ntfy::start(NtfySimConfig::default()).await.unwrap();
    let channels = Channels::new(http(), None).unwrap();
    for topic in ["", "a b", "../admin", &"x".repeat(65)] {
        let target = Target::Ntfy { url: ntfy.url(), topic: topic.into(), token: None };
        let outcome = send(&channels, &target, &test_message(), &id("test"), now()).await;
        assert!(matches!(outcome, Outcome::Permanent { .. }), "{topic}: {outcome:?}");
    }
}
