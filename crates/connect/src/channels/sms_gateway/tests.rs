#![allow(clippy::unwrap_used)]

use watchbell_core::provider::Reported;

use super::*;
use crate::channels::{Hook, Report, Text, samples::at};

const TOKEN: &str = "0123456789abcdef";

fn settings(extra: &[(&str, &str)]) -> Settings {
    let mut settings = Settings::default();
    settings.set("url", "https://10.0.0.9/send?to={to}");
    settings.set("body", "text={text}&id={id}");
    settings.set_secret("inboundToken", TOKEN.into());
    for (name, value) in extra {
        match *name == "authHeader" || *name == "inboundToken" {
            true => settings.set_secret(name, (*value).into()),
            false => settings.set(name, value),
        }
    }
    settings
}

fn gateway() -> SmsGateway {
    SmsGateway::configure(&settings(&[])).unwrap()
}

fn hear(hook: Hook, headers: &[(&str, &str)], query: &str, body: &str) -> Result<Vec<Heard>, Refused> {
    let header = |name: &str| headers.iter().find(|(each, _)| *each == name).map(|(_, value)| (*value).to_owned());
    let (method, url) = ("POST", "https://watch.example/hooks/p/1/message");
    gateway().receive(&Inbound { hook, method, url, header: &header, query, body: body.as_bytes(), now: at() })
}

#[test]
fn a_setting_that_cannot_be_used_is_named_and_never_shown() {
    for (name, value, named) in [
        ("url", "ftp://x", "url"),
        ("url", "https://{to}.example/?text={text}", "url"),
        ("body", "hello", "body"),
        ("method", "PUT", "method"),
        ("contentType", "xml", "contentType"),
        ("headers", "no colon", "headers"),
        ("headers", "Host: evil.example", "headers"),
        ("authHeader", "Bearer s3cret", "authHeader"),
        ("successStatus", "300-200", "successStatus"),
        ("messagesPerSecond", "many", "messagesPerSecond"),
        ("inboundToken", "short", "inboundToken"),
        ("from", "0301234 and more", "from"),
    ] {
        let fault = SmsGateway::configure(&settings(&[(name, value)])).unwrap_err();
        assert_eq!(fault.name, named, "{name}={value}");
        assert!(!fault.why.contains("s3cret"));
    }
    let json = [("contentType", "json"), ("body", r#"{"to":"{to}","text":{text}}"#)];
    assert_eq!(SmsGateway::configure(&settings(&json)).unwrap_err().name, "body");
    let good = SmsGateway::configure(&settings(&[("authHeader", "Authorization: Bearer s3cret")])).unwrap();
    assert!(!format!("{good:?}").contains("s3cret") && !format!("{good:?}").contains(TOKEN));
    assert_eq!((good.pace(Channel::Sms).account_ms, good.account().as_str()), (1_000, "The SMS gateway 10.0.0.9"));
}

#[test]
fn texts_come_as_a_form_or_as_json_with_the_token_in_any_of_three_places() {
    let text =
        Text { channel: Channel::Sms, from: "+4915112345678".into(), text: "42a ü".into(), provider_id: "7".into() };
    let bearer = [("authorization", "Bearer 0123456789abcdef")];
    for (headers, query, body) in [
        (bearer.as_slice(), "", r#"{"from":"+4915112345678","text":"42a ü","id":7}"#),
        (&bearer, "", "sender=004915112345678&message=42a+%C3%BC&message_id=7"),
        (&[("x-token", TOKEN)], "", "msisdn=4915112345678&content=42a+%C3%BC&id=7"),
        (&[], "token=0123456789abcdef&from=%2B4915112345678&text=42a+%C3%BC&id=7", ""),
    ] {
        assert_eq!(hear(Hook::Message, headers, query, body), Ok(vec![Heard::Text(text.clone())]), "{query} {body}");
    }
}

#[test]
fn without_the_token_nothing_counts() {
    let body = "from=%2B4915112345678&text=42a&id=7";
    for headers in
        [&[][..], &[("authorization", "Bearer 0123456789abcdeF")], &[("x-token", "")], &[("authorization", TOKEN)]]
    {
        assert!(matches!(hear(Hook::Message, headers, "", body), Err(Refused::Forged(_))), "{headers:?}");
    }
    let mut closed = settings(&[]);
    closed.set_secret("inboundToken", "".into());
    let closed = SmsGateway::configure(&closed).unwrap();
    assert!(!closed.hears_answers(Channel::Sms) && gateway().hears_answers(Channel::Sms));
    assert!(matches!(hear(Hook::Message, &[("x-token", TOKEN)], "", "text=42a"), Err(Refused::Unreadable(_))));
    assert!(matches!(hear(Hook::Keys, &[("x-token", TOKEN)], "", body), Err(Refused::Unreadable(_))));
}

#[test]
fn reports_are_read_in_the_words_of_many() {
    for (status, state) in [
        ("delivered", Reported::Delivered),
        ("DELIVRD", Reported::Delivered),
        ("1", Reported::Delivered),
        ("sent", Reported::Queued),
        ("UNDELIV", Reported::Undelivered),
        ("16", Reported::Undelivered),
    ] {
        let heard = hear(Hook::Status, &[("x-token", TOKEN)], "", &format!("id=notification-1&status={status}"));
        let report = Report { provider_id: "notification-1".into(), state, said: status.into() };
        assert_eq!(heard, Ok(vec![Heard::Report(report)]));
    }
    assert!(matches!(hear(Hook::Status, &[("x-token", TOKEN)], "", "id=1&status=odd"), Err(Refused::Unreadable(_))));
}
