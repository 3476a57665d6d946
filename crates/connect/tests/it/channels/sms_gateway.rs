//! A plain gateway as the exchange speaks it.

use std::time::Duration;

use watchbell_connect::channels::{Fault, Heard, Message, Outcome, Refused};
use watchbell_core::{provider::ProviderKind, user::Channel};
use watchbell_sim::phone::{Behaviour, Exchange, GatewaySettings, OnText, PhoneFaults, PhoneSimConfig, Provider};

use super::providers::{ANN, Line, alert, fault_of, is_transient, wait_of};

const TOKEN: &str = "0123456789abcdef";
const FORM: &[(&str, &str)] = &[("body", "to={to}&text={text}&from={from}"), ("idAfter", "OK: ")];

async fn gateway(gateway: GatewaySettings, extra: &[(&str, &str)]) -> Line {
    let config = PhoneSimConfig { gateway, ..PhoneSimConfig::default() };
    Line::start(ProviderKind::SmsGateway, config, |exchange: &Exchange, settings| {
        settings.set("url", &format!("{}/gateway/send", exchange.url()));
        settings.set("from", "+4915799999999");
        settings.set_secret("inboundToken", TOKEN.into());
        for (name, value) in extra {
            match *name {
                "authHeader" => settings.set_secret(name, (*value).into()),
                "query" => settings.set("url", &format!("{}/gateway/send?{value}", exchange.url())),
                name => settings.set(name, value),
            }
        }
    })
    .await
}

#[tokio::test]
async fn a_text_arrives_in_every_form() {
    let json = [
        ("contentType", "json"),
        ("body", r#"{"to":"{to}","text":"{text}"}"#),
        ("idAfter", "\"id\":\""),
        ("successContains", "queued"),
    ];
    let query = [("method", "GET"), ("query", "to={to}&text={text}"), ("idAfter", "OK:")];
    for extra in [FORM, &json, &query] {
        let line = gateway(GatewaySettings::default(), extra).await;
        assert!(line.probe().await.is_sent());
        let id = line.sent(Channel::Sms, &Message::Page(alert())).await;
        let sms = line.exchange.phone(ANN).wait_for_sms(|_| true).await.unwrap();
        assert_eq!(sms.id, id, "{extra:?}");
        assert!(sms.text.ends_with("\nReply 42a to accept, 42r to resolve, 42e to escalate"), "{}", sms.text);
    }
}

#[tokio::test]
async fn a_text_of_a_person_comes_with_our_token() {
    let inbound_token = Some(("X-Token".to_owned(), TOKEN.to_owned()));
    let line = gateway(GatewaySettings { inbound_token, ..GatewaySettings::default() }, FORM).await;
    line.exchange.connect_number(Provider::Gateway, "+4915799999999", None, None);
    line.exchange.phone(ANN).text("+4915799999999", "42a").await;
    let Heard::Text(text) = line.wait_for(|heard| matches!(heard, Heard::Text(_))).await else { panic!() };
    assert_eq!((text.from.as_str(), text.text.as_str()), (ANN, "42a"));
    let mut forged = line.request().await;
    forged.headers.insert("x-token".into(), "0123456789abcdeg".into());
    assert!(matches!(line.hear(&forged, line.now()), Err(Refused::Forged(_))));
}

#[tokio::test]
async fn a_secret_header_logs_in() {
    let token = Some(("X-Api-Key".to_owned(), "s3cret-key".to_owned()));
    let settings = GatewaySettings { token, ..GatewaySettings::default() };
    let mut extra = FORM.to_vec();
    extra.push(("authHeader", "X-Api-Key: s3cret-key"));
    assert!(gateway(settings.clone(), &extra).await.send(Channel::Sms, &Message::Page(alert())).await.is_sent());
    let (fault, error) = fault_of(gateway(settings, FORM).await.send(Channel::Sms, &Message::Page(alert())).await);
    assert_eq!(fault, Fault::Account, "{error}");
    assert!(error.contains("answered 401: ERROR: wrong credentials"), "{error}");
}

#[tokio::test]
async fn what_the_answer_says_decides() {
    let errors_are_200 = GatewaySettings { errors_are_200: true, ..GatewaySettings::default() };
    for test in [("successContains", "OK"), ("successLacks", "ERROR")] {
        let mut extra = FORM.to_vec();
        extra.push(test);
        let line = gateway(errors_are_200.clone(), &extra).await;
        assert!(line.send(Channel::Sms, &Message::Page(alert())).await.is_sent());
        line.exchange.phone(ANN).behave(Behaviour { texts: OnText::Invalid, ..Behaviour::default() });
        let (fault, error) = fault_of(line.send(Channel::Sms, &Message::Page(alert())).await);
        assert_eq!(fault, Fault::Message);
        assert!(error.contains("ERROR: invalid number"), "{error}");
    }
}

#[tokio::test]
async fn without_an_id_of_its_own_a_message_has_ours() {
    let line = gateway(GatewaySettings::default(), &FORM[..1]).await;
    let outcome = line.send(Channel::Sms, &Message::Page(alert())).await;
    assert_eq!(outcome, Outcome::Sent { provider_id: Some("notification-1".into()) });
}

#[tokio::test]
async fn overload_and_faults_may_pass() {
    let line = gateway(GatewaySettings::default(), FORM).await;
    assert_eq!(wait_of(&line.refused_with(Provider::Gateway, 429, Some(7)).await), Some(Duration::from_secs(7)));
    assert_eq!(wait_of(&line.refused_with(Provider::Gateway, 502, None).await), None);
    line.exchange.faults(Provider::Gateway, PhoneFaults { drop_answers: 1, ..PhoneFaults::default() });
    assert!(is_transient(&line.send(Channel::Sms, &Message::Page(alert())).await), "the connection broke");
}
