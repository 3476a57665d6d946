#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use serde_json::{Value, json};
use watchbell_core::{language::Language, provider::Reported};

use super::{
    token::tests::{KEY, SECRET, claims, signed},
    *,
};
use crate::channels::{Hook, Keys, Line, PickedUpBy, Text, samples::at};

fn settings(extra: &[(&str, &str)]) -> Settings {
    let mut settings = Settings::default();
    settings.set("apiKey", KEY);
    settings.set("smsFrom", "+4930123456");
    settings.set_secret("apiSecret", "s3cret".into());
    settings.set_secret("signatureSecret", SECRET.into());
    extra.iter().for_each(|(name, value)| settings.set(name, value));
    settings
}

fn vonage() -> Vonage {
    Vonage::configure(&settings(&[])).unwrap()
}

fn hear_with(hook: Hook, method: &str, secret: &str, body: &Value) -> Result<Vec<Heard>, Refused> {
    let body = serde_json::to_vec(body).unwrap();
    let token = signed(secret, &claims(&body, at()), "HS256");
    let header = move |name: &str| (name == "authorization").then(|| token.clone());
    let url = "https://watch.example/hooks/p/1/status/tok";
    vonage().receive(&Inbound { hook, method, url, header: &header, query: "", body: &body, now: at() })
}

fn hear(hook: Hook, body: &Value) -> Vec<Heard> {
    hear_with(hook, "POST", SECRET, body).unwrap()
}

fn reported(body: &Value) -> Option<(Reported, String)> {
    match hear(Hook::Status, body).pop()? {
        Heard::Report(report) => Some((report.state, report.said)),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_setting_that_cannot_be_used_is_named() {
    for (name, value, named, why) in [
        ("apiKey", "a/b", "apiKey", "must be letters and digits"),
        ("voiceFrom", "+4930123456", "applicationId", "is required for calls, with its private key"),
        ("applicationId", "x", "privateKey", "is required with an application ID"),
        ("smsFrom", "", "smsFrom", "is required where nothing else can send"),
    ] {
        let fault = Vonage::configure(&settings(&[(name, value)])).unwrap_err();
        assert_eq!((fault.name, fault.why.as_str()), (named, why), "{name}={value}");
    }
    let shown = format!("{:?}", vonage());
    assert!(!shown.contains("s3cret") && !shown.contains(SECRET));
    assert_eq!((vonage().pace(Channel::Sms).account_ms, vonage().pace(Channel::Voice).account_ms), (34, 334));
}

#[test]
fn forged_requests_do_not_count() {
    let body = json!({ "message_uuid": "m", "status": "delivered" });
    assert!(matches!(hear_with(Hook::Status, "POST", "other", &body), Err(Refused::Forged(_))));
    assert!(matches!(hear_with(Hook::Status, "GET", SECRET, &body), Err(Refused::Forged(_))));
    assert!(matches!(hear_with(Hook::Status, "POST", SECRET, &json!({ "status": "x" })), Err(Refused::Unreadable(_))));
    assert!(matches!(hear_with(Hook::Message, "POST", SECRET, &json!([])), Err(Refused::Unreadable(_))));
}

#[test]
fn reports_say_where_a_message_and_a_call_stand() {
    let error = |code: u32, detail: &str| json!({ "type": format!("https://developer.nexmo.com/api-errors/messages-olympus#{code}"), "title": code, "detail": detail });
    for (body, state, said) in [
        (json!({ "message_uuid": "m", "status": "submitted" }), Reported::Queued, "submitted"),
        (json!({ "message_uuid": "m", "status": "delivered" }), Reported::Delivered, "delivered"),
        (
            json!({ "message_uuid": "m", "status": "rejected", "error": error(1190, "Absent Subscriber Permanent") }),
            Reported::Refused,
            "rejected: 1190: Absent Subscriber Permanent",
        ),
        (
            json!({ "message_uuid": "m", "status": "undeliverable", "error": error(1180, "Absent Subscriber Temporary") }),
            Reported::Undelivered,
            "undeliverable: 1180: Absent Subscriber Temporary",
        ),
        (json!({ "uuid": "c", "status": "ringing" }), Reported::Ringing, "ringing"),
        (json!({ "uuid": "c", "status": "answered" }), Reported::Delivered, "answered"),
        (json!({ "uuid": "c", "status": "machine" }), Reported::Machine, "machine"),
        (json!({ "uuid": "c", "status": "completed", "duration": "2" }), Reported::Ended, "completed"),
        (json!({ "uuid": "c", "status": "unanswered" }), Reported::Unanswered, "unanswered"),
        (json!({ "uuid": "c", "status": "busy" }), Reported::Busy, "busy"),
        (
            json!({ "uuid": "c", "status": "failed", "detail": "cannot_route" }),
            Reported::Undelivered,
            "failed: cannot_route",
        ),
    ] {
        assert_eq!(reported(&body), Some((state, said.to_owned())), "{body}");
    }
    assert_eq!(reported(&json!({ "uuid": "c", "status": "transfer" })), None);
}

#[test]
fn texts_pick_ups_and_keys_are_heard() {
    let inbound =
        json!({ "channel": "sms", "message_uuid": "m", "from": "4915112345678", "to": "4930123456", "text": "42a" });
    let text =
        Text { channel: Channel::Sms, from: "+4915112345678".into(), text: "42a".into(), provider_id: "m".into() };
    assert_eq!(hear(Hook::Message, &inbound), [Heard::Text(text)]);
    assert_eq!(
        hear(Hook::Answer, &json!({ "uuid": "c", "from": "1", "to": "2" })),
        [Heard::PickedUp { provider_id: "c".into(), by: PickedUpBy::Unknown }]
    );
    for (dtmf, key) in [
        (json!({ "digits": "4", "timed_out": false }), Some('4')),
        (json!({ "digits": "", "timed_out": true }), None),
        (json!({ "digits": null, "timed_out": true }), None),
        (json!("6"), Some('6')),
        (Value::Null, None),
    ] {
        let heard = hear(Hook::Keys, &json!({ "uuid": "c", "dtmf": dtmf }));
        assert_eq!(heard, [Heard::Key { provider_id: "c".into(), key }]);
    }
}

fn script(text: &str, keys: Option<&str>) -> Script {
    Script {
        language: Language::English,
        lines: vec![Line::Say(text.into()), Line::Pause(1), Line::Say("Press 4".into())],
        keys: keys.map(|url| Keys { url: url.into(), wait_s: 60 }),
    }
}

#[test]
fn a_script_becomes_an_ncco() {
    let spoken = vonage().speak(&script("A & <B>", Some("https://w.example/k"))).unwrap();
    assert_eq!(spoken.content_type, "application/json");
    assert_eq!(
        serde_json::from_str::<Value>(&spoken.body).unwrap(),
        json!([
            {
                "action": "talk",
                "text": "<speak>A &amp; &lt;B&gt; <break time=\"1s\"/> Press 4</speak>",
                "language": "en-GB",
                "bargeIn": true,
            },
            {
                "action": "input",
                "type": ["dtmf"],
                "dtmf": { "maxDigits": 1, "timeOut": 10 },
                "eventUrl": ["https://w.example/k"],
                "eventMethod": "POST",
            },
        ])
    );
    let bare: Value = serde_json::from_str(&vonage().speak(&script("A", None)).unwrap().body).unwrap();
    assert_eq!((bare.as_array().unwrap().len(), &bare[0]["bargeIn"]), (1, &json!(false)));
}

proptest! {
    #[test]
    fn no_text_from_outside_adds_an_action_or_a_mark(text in "(?s)(.|[<>&\"'{}]|</speak>|<break/>|\"\\},\\{){0,60}", url in "(?s).{0,40}") {
        let ncco: Value = serde_json::from_str(&vonage().speak(&script(&text, Some(&url))).unwrap().body).unwrap();
        let actions: Vec<_> = ncco.as_array().unwrap().iter().map(|action| action["action"].as_str().unwrap()).collect();
        prop_assert_eq!(actions, ["talk", "input"]);
        prop_assert_eq!(ncco[0]["text"].as_str().unwrap().matches('<').count(), 3, "speak, break, speak");
    }
}
