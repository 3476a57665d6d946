//! Vonage as the exchange speaks it.

use std::time::Duration;

use jiff::SignedDuration;
use watchbell_connect::channels::{Fault, Heard, Message, Refused, voice};
use watchbell_core::{
    provider::{ProviderKind, Reported},
    user::Channel,
};
use watchbell_sim::phone::{Behaviour, Exchange, OnText, PhoneFaults, PhoneSimConfig, Provider, VonageAccount};

use super::{
    messages::page,
    providers::{ANN, Line, OURS, alert, fault_of, is_transient, wait_of},
};

async fn vonage() -> Line {
    with(&VonageAccount::default().signature_secret, "on").await
}

async fn with(signature_secret: &str, machine_detection: &str) -> Line {
    Line::start(ProviderKind::Vonage, PhoneSimConfig::default(), |exchange: &Exchange, settings| {
        let account = VonageAccount::default();
        settings.set("apiKey", &account.api_key);
        settings.set_secret("apiSecret", account.api_secret.into());
        settings.set_secret("signatureSecret", signature_secret.into());
        settings.set("applicationId", &account.application_id);
        settings.set_secret("privateKey", exchange.vonage_private_key().into());
        settings.set("apiUrl", &exchange.url());
        settings.set("smsFrom", OURS);
        settings.set("voiceFrom", OURS);
        settings.set("machineDetection", machine_detection);
    })
    .await
}

#[tokio::test]
async fn a_text_arrives_is_reported_and_is_answered() {
    let line = vonage().await;
    assert!(line.probe().await.is_sent());
    let id = line.sent(Channel::Sms, &Message::Page(alert())).await;
    let sms = line.exchange.phone(ANN).wait_for_sms(|_| true).await.unwrap();
    assert_eq!((sms.id.as_str(), sms.client_ref.as_deref()), (id.as_str(), Some("notification-1")));
    assert!(sms.text.ends_with("Reply 42a to accept, 42r to resolve, 42e to escalate"), "{}", sms.text);
    line.wait_for_report(&id, Reported::Delivered).await;
    assert_eq!(line.states(&id), [Reported::Queued, Reported::Delivered]);
    assert_eq!(line.ask(Channel::Sms, &id).await.map(|report| report.state), Some(Reported::Delivered));

    line.exchange.phone(ANN).text(OURS, "42a").await;
    let Heard::Text(text) = line.wait_for(|heard| matches!(heard, Heard::Text(_))).await else { panic!() };
    assert_eq!((text.channel, text.from.as_str(), text.text.as_str()), (Channel::Sms, ANN, "42a"));
}

#[tokio::test]
async fn a_call_is_picked_up_and_accepted_by_a_key() {
    // Vonage takes a script from the answer to any event of a detection, and the ear answers all requests alike.
    with(&VonageAccount::default().signature_secret, "off").await.accepts_by_key().await;
}

#[tokio::test]
async fn a_call_that_nobody_needs_any_more_is_taken_back() {
    vonage().await.takes_a_call_back().await;
}

#[tokio::test]
async fn a_machine_is_told_of_after_it_picked_up() {
    let line = vonage().await;
    let message = Message::Page(page());
    line.answer_with(&voice::leave(&message));
    let id = line.sent(Channel::Voice, &message).await;
    let call = line.exchange.phone(ANN).wait_for_call().await.unwrap();
    assert!(call.answer_by_machine());
    line.wait_for_report(&id, Reported::Machine).await;
    call.wait_for_end().await.unwrap();
    line.wait_for_report(&id, Reported::Ended).await;
}

#[tokio::test]
async fn each_refusal_says_whose_fault_it_is() {
    let line = vonage().await;
    line.exchange.phone(ANN).behave(Behaviour { texts: OnText::Invalid, ..Behaviour::default() });
    for channel in [Channel::Sms, Channel::Voice] {
        let (fault, error) = fault_of(line.send(channel, &Message::Page(alert())).await);
        assert_eq!(fault, Fault::Contact, "{error}");
        assert!(error.starts_with("Vonage (57414b45) answered 4"), "{error}");
    }
    line.exchange.phone(ANN).behave(Behaviour::default());
    line.exchange.faults(Provider::Vonage, PhoneFaults { low_balance: true, ..PhoneFaults::default() });
    let (fault, error) = fault_of(line.send(Channel::Sms, &Message::Page(alert())).await);
    assert_eq!(fault, Fault::Account, "{error}");
    assert!(error.contains("balance"), "{error}");
    line.exchange.faults(Provider::Vonage, PhoneFaults { refuse_credentials: true, ..PhoneFaults::default() });
    assert_eq!(fault_of(line.send(Channel::Voice, &Message::Page(alert())).await).0, Fault::Account);
    assert_eq!(fault_of(line.probe().await).0, Fault::Account);
}

#[tokio::test]
async fn overload_and_faults_may_pass() {
    let line = vonage().await;
    assert_eq!(wait_of(&line.refused_with(Provider::Vonage, 429, Some(7)).await), Some(Duration::from_secs(7)));
    assert_eq!(wait_of(&line.refused_with(Provider::Vonage, 500, None).await), None);
    line.exchange.faults(Provider::Vonage, PhoneFaults { drop_answers: 1, ..PhoneFaults::default() });
    assert!(is_transient(&line.send(Channel::Sms, &Message::Page(alert())).await), "the connection broke");
}

#[tokio::test]
async fn what_the_carrier_says_is_reported_with_its_reason() {
    let line = vonage().await;
    for (texts, state, code) in [
        (OnText::Unreachable, Reported::Undelivered, "1260"),
        (OnText::Unknown, Reported::Refused, "1190"),
        (OnText::Filtered, Reported::Undelivered, "1210"),
    ] {
        line.exchange.phone(ANN).behave(Behaviour { texts, ..Behaviour::default() });
        let id = line.sent(Channel::Sms, &Message::Page(alert())).await;
        let report = line.wait_for_report(&id, state).await;
        assert!(report.said.contains(code), "{}", report.said);
        assert_eq!(line.ask(Channel::Sms, &id).await.map(|report| report.state), Some(state));
    }
    assert_eq!(line.ask(Channel::Sms, "../../v1/calls").await, None, "an id that is none is not asked for");
}

#[tokio::test]
async fn a_forged_or_old_report_does_not_count() {
    let line = vonage().await;
    line.sent(Channel::Sms, &Message::Page(alert())).await;
    let request = line.request().await;
    assert!(line.hear(&request, line.now()).is_ok());
    let late = line.hear(&request, line.now() + SignedDuration::from_mins(6));
    assert!(matches!(late, Err(Refused::Forged(why)) if why.contains("five minutes")));
    let mut forged = request.clone();
    forged.body.push(' ');
    assert!(matches!(line.hear(&forged, line.now()), Err(Refused::Forged(_))));
    let other = with("another secret of ours", "on").await;
    assert!(matches!(other.hear(&request, line.now()), Err(Refused::Forged(_))));
}
