//! Push messages as a Gotify server gets them.

use std::time::Duration;

use watchbell_connect::channels::{AlertChange, Channels, Fault, Message, Outcome, Target, Urgency, send};
use watchbell_sim::{
    gotify::{Gotify, GotifySimConfig},
    push::PushFaults,
};

use super::messages::{http, id, notice, now, page, summary, test_message, update, verification};

async fn push(gotify: &Gotify, token: &str, message: &Message) -> Outcome {
    let channels = Channels::new(http(), None).unwrap();
    let target = Target::Gotify { url: format!("{}/", gotify.url()), token: token.into() };
    send(&channels, &target, message, &id("notification-1"), now()).await
}

async fn gotify() -> Gotify {
    Gotify::start(GotifySimConfig::default()).await.unwrap()
}

#[tokio::test]
async fn a_page_is_plain_text_and_a_tap_leads_to_accept() {
    let gotify = gotify().await;
    let outcome = push(&gotify, gotify.token(), &Message::Page(page())).await;
    let shown = gotify.messages().pop().unwrap();
    assert_eq!(outcome, Outcome::Sent { provider_id: Some(shown.id.to_string()) });
    assert_eq!(shown.click_url(), Some("https://bell.example/l/accept-token"));
    assert_eq!(shown.title, "Contoso: Disk full on SRV-01 [T20260101.0001]");
    assert_eq!(shown.extras.unwrap()["client::display"]["contentType"], "text/plain");
    insta::assert_snapshot!("page_gotify", shown.message);
}

#[tokio::test]
async fn the_priority_wakes_for_pages_only() {
    let gotify = gotify().await;
    let mut quiet = page();
    quiet.alert.urgency = Urgency::Quiet;
    for (message, priority) in [
        (Message::Page(page()), 10),
        (Message::Page(quiet), 5),
        (summary(3, 3), 10),
        (update(AlertChange::Accepted { by: "Bob".into() }), 5),
        (test_message(), 10),
        (verification(), 5),
        (notice(), 8),
    ] {
        assert!(push(&gotify, gotify.token(), &message).await.is_sent());
        let shown = gotify.messages().pop().unwrap();
        assert_eq!(shown.priority, priority, "{}", shown.title);
    }
}

#[tokio::test]
async fn a_token_that_is_refused_is_the_contacts_fault() {
    let gotify = gotify().await;
    let outcome = push(&gotify, "Awrong", &test_message()).await;
    let Outcome::Permanent { error, fault: Fault::Contact } = &outcome else { panic!("{outcome:?}") };
    assert!(error.contains("token") && !error.contains("Awrong"), "{error}");
    assert!(gotify.messages().is_empty());
}

#[tokio::test]
async fn a_busy_server_is_transient_and_says_when() {
    let gotify = gotify().await;
    for (faults, expected) in [(PushFaults::too_many(7), Some(7)), (PushFaults::status(503), None)] {
        gotify.faults(faults);
        let outcome = push(&gotify, gotify.token(), &test_message()).await;
        let Outcome::Transient { retry_after, .. } = &outcome else { panic!("{outcome:?}") };
        assert_eq!(*retry_after, expected.map(Duration::from_secs));
    }
    gotify.faults(PushFaults::status(404));
    let outcome = push(&gotify, gotify.token(), &test_message()).await;
    assert!(matches!(outcome, Outcome::Permanent { fault: Fault::Message, .. }), "{outcome:?}");
}
