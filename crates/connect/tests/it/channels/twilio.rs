//! Twilio as the exchange speaks it.

use std::time::Duration;

use jiff::SignedDuration;
use watchbell_connect::channels::{Fault, Heard, Message, Outcome, PickedUpBy, Refused, voice};
use watchbell_core::{
    provider::{ProviderKind, Reported},
    user::Channel,
};
use watchbell_sim::phone::{Behaviour, Exchange, OnText, PhoneFaults, PhoneSimConfig, Provider, TwilioAccount};

use super::{
    messages::verification,
    providers::{ANN, Line, OURS, alert, fault_of, is_transient, wait_of},
};

async fn twilio() -> Line {
    with(PhoneSimConfig::default(), &[]).await
}

async fn with(config: PhoneSimConfig, extra: &[(&str, &str)]) -> Line {
    Line::start(ProviderKind::Twilio, config, |exchange: &Exchange, settings| {
        let account = TwilioAccount::default();
        settings.set("accountSid", &account.account_sid);
        settings.set_secret("authToken", account.auth_token.into());
        settings.set("apiUrl", &exchange.url());
        for name in ["smsFrom", "voiceFrom", "whatsappFrom"] {
            settings.set(name, OURS);
        }
        extra.iter().for_each(|(name, value)| settings.set(name, value));
    })
    .await
}

#[tokio::test]
async fn a_text_arrives_is_reported_and_is_answered() {
    let line = twilio().await;
    assert!(line.probe().await.is_sent());
    let id = line.sent(Channel::Sms, &Message::Page(alert())).await;
    let sms = line.exchange.phone(ANN).wait_for_sms(|_| true).await.unwrap();
    assert_eq!((sms.id.as_str(), sms.from.as_str()), (id.as_str(), OURS));
    assert!(sms.text.starts_with("Contoso: Disk full on SRV-01 [T20260101.0001]\n"), "{}", sms.text);
    assert!(sms.text.ends_with("Reply 42a to accept, 42r to resolve, 42e to escalate"), "{}", sms.text);
    line.wait_for_report(&id, Reported::Delivered).await;
    assert_eq!(line.states(&id), [Reported::Queued, Reported::Delivered]);
    assert_eq!(line.ask(Channel::Sms, &id).await.map(|report| report.state), Some(Reported::Delivered));

    line.exchange.phone(ANN).text(OURS, "42a").await;
    let Heard::Text(text) = line.wait_for(|heard| matches!(heard, Heard::Text(_))).await else { panic!() };
    assert_eq!((text.channel, text.from.as_str(), text.text.as_str()), (Channel::Sms, ANN, "42a"));
}

#[tokio::test]
async fn a_whatsapp_message_goes_by_template_where_there_is_one() {
    let line = twilio().await;
    line.sent(Channel::WhatsApp, &Message::Page(alert())).await;
    let plain = line.exchange.phone(ANN).wait_for_whatsapp(|_| true).await.unwrap();
    assert!(plain.text.contains("\nReply 42a"), "{}", plain.text);
    line.exchange.phone(ANN).whatsapp(OURS, "42r").await;
    let Heard::Text(text) = line.wait_for(|heard| matches!(heard, Heard::Text(_))).await else { panic!() };
    assert_eq!((text.channel, text.from.as_str(), text.text.as_str()), (Channel::WhatsApp, ANN, "42r"));

    let template = "HX00000000000000000000000000000001";
    let account = TwilioAccount {
        templates: [(template.to_owned(), "Alert: {{1}}".to_owned())].into(),
        ..TwilioAccount::default()
    };
    let config = PhoneSimConfig { twilio: account, ..PhoneSimConfig::default() };
    let line = with(config, &[("whatsappContentSid", template)]).await;
    line.sent(Channel::WhatsApp, &Message::Page(alert())).await;
    let filled = line.exchange.phone(ANN).wait_for_whatsapp(|_| true).await.unwrap();
    assert!(filled.text.starts_with("Alert: Contoso: Disk full") && !filled.text.contains('\n'), "{}", filled.text);
}

#[tokio::test]
async fn outside_of_the_window_a_plain_whatsapp_message_is_reported_as_not_delivered() {
    let twilio = TwilioAccount { whatsapp_window: true, ..TwilioAccount::default() };
    let line = with(PhoneSimConfig { twilio, ..PhoneSimConfig::default() }, &[]).await;
    let id = line.sent(Channel::WhatsApp, &Message::Page(alert())).await;
    let report = line.wait_for_report(&id, Reported::Undelivered).await;
    assert!(report.said.starts_with("63016: WhatsApp takes only templates now"), "{}", report.said);
}

#[tokio::test]
async fn a_call_is_picked_up_and_accepted_by_a_key() {
    twilio().await.accepts_by_key().await;
}

#[tokio::test]
async fn a_call_that_nobody_needs_any_more_is_taken_back() {
    twilio().await.takes_a_call_back().await;
}

#[tokio::test]
async fn a_machine_is_not_taken_for_a_person() {
    let line = twilio().await;
    let page = Message::Page(alert());
    line.answer_with(&voice::leave(&page));
    let id = line.sent(Channel::Voice, &page).await;
    let call = line.exchange.phone(ANN).wait_for_call().await.unwrap();
    assert!(call.answer_by_machine());
    let picked_up = line.wait_for(|heard| matches!(heard, Heard::PickedUp { .. })).await;
    assert_eq!(picked_up, Heard::PickedUp { provider_id: id.clone(), by: PickedUpBy::Machine });
    call.wait_for_end().await.unwrap();
    line.wait_for_report(&id, Reported::Ended).await;
    let states = line.states(&id);
    assert!(!states.contains(&Reported::Delivered), "{states:?}");
    assert_eq!(states.last_chunk(), Some(&[Reported::Machine, Reported::Ended]), "{states:?}");
}

#[tokio::test]
async fn a_code_is_said_twice() {
    let line = twilio().await;
    line.answer_with(&voice::announce(&verification(), &line.back().keys(), 0));
    line.sent(Channel::Voice, &verification()).await;
    let call = line.exchange.phone(ANN).wait_for_call().await.unwrap();
    assert!(call.answer());
    let ended = call.wait_for_end().await.unwrap();
    assert_eq!((ended.transcript().matches(", ").count() >= 10, ended.fault), (true, None));
}

#[tokio::test]
async fn each_refusal_says_whose_fault_it_is() {
    let line = twilio().await;
    for (code, fault) in
        [(21_211, Fault::Contact), (21_610, Fault::Contact), (21_408, Fault::Message), (30_002, Fault::Account)]
    {
        line.exchange.faults(Provider::Twilio, PhoneFaults { twilio_code: Some(code), ..PhoneFaults::default() });
        let (found, error) = fault_of(line.send(Channel::Sms, &Message::Page(alert())).await);
        assert_eq!(found, fault, "{error}");
        assert!(error.starts_with("Twilio (AC574741…) answered ") && error.contains(&code.to_string()), "{error}");
    }
    line.exchange.faults(Provider::Twilio, PhoneFaults { twilio_code: Some(14_107), ..PhoneFaults::default() });
    assert!(is_transient(&line.send(Channel::Sms, &Message::Page(alert())).await));
    line.exchange.faults(Provider::Twilio, PhoneFaults { refuse_credentials: true, ..PhoneFaults::default() });
    let (fault, error) = fault_of(line.send(Channel::Sms, &Message::Page(alert())).await);
    assert_eq!(fault, Fault::Account, "{error}");
    assert!(!error.contains("stand-in-auth-token"));
    assert_eq!(fault_of(line.probe().await).0, Fault::Account);
}

#[tokio::test]
async fn overload_and_faults_may_pass() {
    let line = twilio().await;
    assert_eq!(wait_of(&line.refused_with(Provider::Twilio, 429, Some(7)).await), Some(Duration::from_secs(7)));
    assert_eq!(wait_of(&line.refused_with(Provider::Twilio, 503, None).await), None);
    line.exchange.faults(Provider::Twilio, PhoneFaults { drop_answers: 1, ..PhoneFaults::default() });
    assert!(is_transient(&line.send(Channel::Sms, &Message::Page(alert())).await), "the connection broke");
}

#[tokio::test]
async fn what_the_carrier_says_is_reported_with_its_reason() {
    let line = twilio().await;
    for (texts, state, said) in [
        (OnText::Unreachable, Reported::Undelivered, "30003: the phone cannot be reached"),
        (OnText::Unknown, Reported::Refused, "30005: nobody has this number"),
        (OnText::Landline, Reported::Refused, "30006: a landline, or a carrier that cannot be reached"),
        (OnText::Filtered, Reported::Undelivered, "30007: the carrier took it for spam"),
    ] {
        line.exchange.phone(ANN).behave(Behaviour { texts, ..Behaviour::default() });
        let id = line.sent(Channel::Sms, &Message::Page(alert())).await;
        assert_eq!(line.wait_for_report(&id, state).await.said, said);
        let asked = line.ask(Channel::Sms, &id).await.unwrap();
        assert_eq!(asked.state, state);
    }
    assert_eq!(line.ask(Channel::Sms, "../../Accounts").await, None, "an id that is none is not asked for");
}

#[tokio::test]
async fn a_forged_report_does_not_count() {
    let line = twilio().await;
    line.sent(Channel::Sms, &Message::Page(alert())).await;
    let request = line.request().await;
    assert!(line.hear(&request, line.now()).is_ok());
    assert!(line.hear(&request, line.now() + SignedDuration::from_hours(1)).is_ok(), "there is no time in it");
    let mut forged = request.clone();
    forged.body = forged.body.replace("MessageStatus=sent", "MessageStatus=delivered").replace("AC57", "AC58");
    assert!(matches!(line.hear(&forged, line.now()), Err(Refused::Forged(_))));
    let mut unsigned = request.clone();
    unsigned.headers.remove("x-twilio-signature");
    assert!(matches!(line.hear(&unsigned, line.now()), Err(Refused::Forged(_))));
}

#[tokio::test]
async fn an_account_without_a_sender_says_so() {
    let line = with(PhoneSimConfig::default(), &[("voiceFrom", "")]).await;
    let (fault, error) = fault_of(line.send(Channel::Voice, &Message::Page(alert())).await);
    assert_eq!(fault, Fault::Account);
    assert!(error.contains("Calls from"), "{error}");
    assert!(matches!(line.send(Channel::Email, &Message::Page(alert())).await, Outcome::Permanent { .. }));
}
