//! Pushover as its users see it: what is sent, acknowledged, taken back, and refused.

use jiff::{SignedDuration, Timestamp};
use watchbell_connect::channels::{
    AlertChange, Back, Fault, Heard, Hook, Inbound, Message, Outcome, Parcel, Provider, Pushover, Refused, Settings,
    Urgency,
};
use watchbell_core::{provider::Reported, user::Channel};
use watchbell_sim::{
    hook::{self, HookSimConfig},
    push::PushFaults,
    pushover::{self as sim, Acknowledged, PushoverSimConfig, TOKEN, USER},
};

use super::messages::{http, id, now, page, test_message, update};

fn account(service: &sim::Pushover, token: &str) -> Pushover {
    let mut settings = Settings::default();
    settings.set_secret("token", token.into());
    settings.set("apiUrl", &service.url());
    settings.set("sound", "siren");
    Pushover::configure(&settings).unwrap()
}

async fn service() -> (sim::Pushover, Pushover) {
    let service = sim::Pushover::start(PushoverSimConfig::default()).await.unwrap();
    let account = account(&service, TOKEN);
    (service, account)
}

async fn send_at(account: &Pushover, to: &str, message: &Message, root: &str, now: Timestamp) -> Outcome {
    let (back, id) = (Back::new(root, "tok_en-1"), id("notification-1"));
    let parcel = Parcel { channel: Channel::Pushover, to, message, id: &id, back: &back, now };
    account.send(&http(), &parcel).await
}

/// Nobody listens at the address for callbacks.
const NOWHERE: &str = "http://127.0.0.1:9/hooks/p/7";

async fn send(account: &Pushover, to: &str, message: &Message) -> Outcome {
    send_at(account, to, message, NOWHERE, now()).await
}

/// What the service calls a message that it took.
async fn sent(account: &Pushover, message: &Message) -> String {
    match send(account, USER, message).await {
        Outcome::Sent { provider_id: Some(provider_id) } => provider_id,
        other => panic!("{other:?}"),
    }
}

fn quiet() -> Message {
    let mut quiet = page();
    quiet.alert.urgency = Urgency::Quiet;
    Message::Page(quiet)
}

#[tokio::test]
async fn a_page_rings_until_it_is_acknowledged() {
    let (service, account) = service().await;
    let receipt = sent(&account, &Message::Page(page())).await;
    let shown = service.messages().pop().unwrap();
    let emergency = shown.emergency.clone().unwrap();
    assert_eq!((shown.priority, shown.sound.as_deref(), emergency.receipt), (2, Some("siren"), receipt));
    assert_eq!((emergency.retry_s, emergency.expires_at - shown.time, emergency.tags.len()), (30, 3_600, 1));
    assert_eq!(emergency.callback.as_deref(), Some("http://127.0.0.1:9/hooks/p/7/status/tok_en-1"));
    assert_eq!(shown.title.as_deref(), Some("Contoso: Disk full on SRV-01 [T20260101.0001]"));
    assert_eq!(shown.url.as_deref(), Some("https://bell.example/alerts/42"));
    insta::assert_snapshot!("page_pushover", shown.message);
}

#[tokio::test]
async fn a_test_rings_like_a_page_and_ends_soon_and_the_rest_is_quiet() {
    let (service, account) = service().await;
    sent(&account, &test_message()).await;
    let shown = service.messages().pop().unwrap();
    assert_eq!((shown.priority, shown.emergency.map(|it| it.expires_at - shown.time)), (2, Some(60)));
    for message in [quiet(), update(AlertChange::Accepted { by: "Bob".into() })] {
        sent(&account, &message).await;
        let shown = service.messages().pop().unwrap();
        assert_eq!((shown.priority, shown.emergency), (0, None));
    }
    let outcome = send(&account, &format!("{USER}/phone"), &quiet()).await;
    assert!(outcome.is_sent());
    assert_eq!(service.messages().pop().unwrap().device.as_deref(), Some("phone"));
}

#[tokio::test]
async fn acknowledging_calls_back_and_accepts() {
    let (service, account) = service().await;
    let ours = hook::Hook::start(HookSimConfig::default()).await.unwrap();
    let message = Message::Page(page());
    let outcome = send_at(&account, USER, &message, &ours.url(), now()).await;
    let Outcome::Sent { provider_id: Some(receipt) } = outcome else { panic!("{outcome:?}") };
    assert_eq!(service.acknowledge(&receipt).await, Acknowledged::CalledBack(200));

    let call = ours.received().pop().unwrap();
    let url = format!("{}{}", ours.url(), call.path);
    let inbound = Inbound {
        hook: Hook::Status,
        method: &call.method,
        url: &url,
        header: &|name| call.header(name).map(Into::into),
        query: "",
        body: call.body.as_bytes(),
        now: now(),
    };
    let heard = account.receive(&inbound).unwrap();
    let [Heard::Press { token, verb, .. }, Heard::Report(report)] = heard.as_slice() else { panic!("{heard:?}") };
    assert_eq!((report.provider_id.as_str(), report.state), (receipt.as_str(), Reported::Read));
    assert_eq!(report.said, "Acknowledged on phone");
    assert_eq!((token.as_str(), verb.as_str()), ("tok_en-1", "accept"));

    let forged = Inbound { body: b"receipt=../../x&acknowledged=1", ..inbound };
    assert!(matches!(account.receive(&forged), Err(Refused::Unreadable(_))));
}

#[tokio::test]
async fn a_receipt_can_be_asked_about() {
    let (service, account) = service().await;
    let (read, late) = (sent(&account, &Message::Page(page())).await, sent(&account, &Message::Page(page())).await);
    let calm = sent(&account, &quiet()).await;
    let http = http();
    let ask = async |it: &str| account.ask(&http, Channel::Pushover, it, now()).await.unwrap().map(|it| it.state);
    assert_eq!(ask(&read).await, Some(Reported::Ringing));
    assert!(matches!(service.acknowledge(&read).await, Acknowledged::Quietly | Acknowledged::Unanswered(_)));
    service.clock().advance(SignedDuration::from_hours(2));
    assert_eq!(
        (ask(&read).await, ask(&late).await, ask(&calm).await),
        (Some(Reported::Read), Some(Reported::Unanswered), None)
    );
}

#[tokio::test]
async fn an_emergency_is_taken_back() {
    let (service, account) = service().await;
    let (loud, calm) = (sent(&account, &Message::Page(page())).await, sent(&account, &quiet()).await);
    assert_eq!(account.take_back(&http(), Channel::Pushover, &loud, now()).await, Ok(true));
    assert_eq!(account.take_back(&http(), Channel::Pushover, &calm, now()).await, Ok(false));
    let emergency = service.messages().remove(0).emergency.unwrap();
    assert!(emergency.cancelled_at.is_some());
}

#[tokio::test]
async fn a_refusal_says_whose_fault_it_is() {
    let (service, right) = service().await;
    let wrong = account(&service, "awrongtoken");
    let fault = |outcome: &Outcome| match outcome {
        Outcome::Permanent { fault, .. } => Some(*fault),
        _ => None,
    };
    for (account, to, expected) in [
        (&right, "unobody", Some(Fault::Contact)),
        (&right, "not a key", Some(Fault::Contact)),
        (&wrong, USER, Some(Fault::Account)),
    ] {
        let outcome = send(account, to, &test_message()).await;
        assert_eq!(fault(&outcome), expected, "{outcome:?}");
        assert!(!format!("{outcome:?}").contains("awrongtoken"));
    }
    assert!(right.probe(&http(), now()).await.is_sent());
    assert_eq!(fault(&wrong.probe(&http(), now()).await), Some(Fault::Account));

    let spent = PushoverSimConfig { limit: 0, ..PushoverSimConfig::default() };
    let spent = sim::Pushover::start(spent).await.unwrap();
    let outcome = send(&account(&spent, TOKEN), USER, &test_message()).await;
    assert_eq!(fault(&outcome), Some(Fault::Account), "{outcome:?}");
}

#[tokio::test]
async fn a_busy_service_is_transient_and_says_when() {
    let (service, account) = service().await;
    let real = service.clock().now();
    service.faults(PushFaults::too_many(90));
    let outcome = send_at(&account, USER, &test_message(), NOWHERE, real).await;
    let Outcome::Transient { retry_after: Some(wait), .. } = &outcome else { panic!("{outcome:?}") };
    assert!((80..=95).contains(&wait.as_secs()), "{wait:?}");
    for faults in [PushFaults::status(500), PushFaults { drop_connection: true, ..PushFaults::default() }] {
        service.faults(faults);
        let outcome = send(&account, USER, &test_message()).await;
        assert!(matches!(outcome, Outcome::Transient { retry_after: None, .. }), "{outcome:?}");
    }
}

#[tokio::test]
async fn the_longest_texts_still_fit() {
    let (_service, account) = service().await;
    let mut long = page();
    long.alert.summary = "ü".repeat(2_000);
    long.details = "🔥\n".repeat(20_000);
    long.alert.url = format!("https://bell.example/{}", "x".repeat(1_900));
    sent(&account, &Message::Page(long)).await;
}
