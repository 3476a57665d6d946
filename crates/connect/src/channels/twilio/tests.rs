#![allow(clippy::unwrap_used)]

use base64::{Engine, engine::general_purpose::STANDARD};
use proptest::prelude::*;
use quick_xml::{Reader, events::Event};
use ring::hmac;
use secrecy::SecretString;
use watchbell_core::{language::Language, provider::Reported};

use super::*;
use crate::channels::{Hook, Keys, Line, PickedUpBy, Text, refusal::Meaning, samples::at};

const SID: &str = "AC00000000000000000000000000000001";
const URL: &str = "https://watch.example/hooks/p/1/status/tok";

fn settings(extra: &[(&str, &str)]) -> Settings {
    let mut settings = Settings::default();
    settings.set("accountSid", SID);
    settings.set("smsFrom", "+4930123456");
    settings.set_secret("authToken", SecretString::from("t0ken"));
    extra.iter().for_each(|(name, value)| settings.set(name, value));
    settings
}

fn twilio(extra: &[(&str, &str)]) -> Twilio {
    Twilio::configure(&settings(extra)).unwrap()
}

/// A request that Twilio signed with `token`.
fn hear(hook: Hook, token: &str, form: &[(&str, &str)]) -> Result<Vec<Heard>, Refused> {
    let mut sorted = form.to_vec();
    sorted.sort_unstable();
    let signed: String = sorted.iter().flat_map(|(name, value)| [*name, *value]).collect();
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, token.as_bytes());
    let signature = STANDARD.encode(hmac::sign(&key, format!("{URL}{signed}").as_bytes()));
    let header = move |name: &str| (name == "x-twilio-signature").then(|| signature.clone());
    let body = serde_html_form::to_string(form).unwrap();
    let (method, query, body) = ("POST", "", body.as_bytes());
    twilio(&[]).receive(&Inbound { hook, method, url: URL, header: &header, query, body, now: at() })
}

fn reported(form: &[(&str, &str)]) -> Vec<(Reported, String)> {
    let heard = hear(Hook::Status, "t0ken", form).unwrap();
    let reports = heard.into_iter().map(|heard| match heard {
        Heard::Report(report) => (report.state, report.said),
        other => panic!("{other:?}"),
    });
    reports.collect()
}

#[test]
fn a_setting_that_cannot_be_used_is_named() {
    for (name, value, why) in [
        ("accountSid", "AC1", "must be AC and 32 digits and letters a to f"),
        ("accountSid", "AC0000000000000000000000000000/../1", "must be AC and 32 digits and letters a to f"),
        ("smsFrom", "0301234", "must be a number such as +4930123456, or a name of at most 11 letters and digits"),
        ("voiceFrom", "Watchbell", "must be a number such as +4930123456"),
        ("ringSeconds", "3", "must be a whole number from 5 to 120"),
        ("machineDetection", "maybe", "must be on or off"),
        ("apiUrl", "ftp://x", "must be an address such as https://api.example.com"),
        ("apiKeySid", "SK00000000000000000000000000000001", "is required with an API key SID"),
        ("smsFrom", "", "is required where nothing else can send"),
    ] {
        let fault = Twilio::configure(&settings(&[(name, value)])).unwrap_err();
        assert_eq!(fault.why, why, "{name}={value}");
    }
    assert!(!format!("{:?}", twilio(&[])).contains("t0ken"), "the token is in no log");
}

#[test]
fn people_answer_to_numbers_and_not_to_names() {
    assert!(twilio(&[]).hears_answers(Channel::Sms));
    assert!(!twilio(&[("smsFrom", "Watchbell")]).hears_answers(Channel::Sms));
    let service = [("smsFrom", "Watchbell"), ("messagingServiceSid", "MG00000000000000000000000000000001")];
    assert!(twilio(&service).hears_answers(Channel::Sms));
    assert_eq!(twilio(&[("messagesPerSecond", "3")]).pace(Channel::Sms).account_ms, 334);
    assert_eq!(twilio(&[]).pace(Channel::Sms), Pace::FREE);
}

#[test]
fn forged_requests_do_not_count() {
    let form = [("MessageSid", "SM1"), ("MessageStatus", "delivered"), ("AccountSid", SID)];
    assert!(hear(Hook::Status, "t0ken", &form).is_ok());
    assert!(matches!(hear(Hook::Status, "other", &form), Err(Refused::Forged(_))));
    let foreign = [("MessageSid", "SM1"), ("MessageStatus", "delivered"), ("AccountSid", "AC2")];
    assert!(matches!(hear(Hook::Status, "t0ken", &foreign), Err(Refused::Forged(_))));
    let unsigned = Inbound {
        hook: Hook::Status,
        method: "POST",
        url: URL,
        header: &|_| None,
        query: "",
        body: b"MessageSid=SM1&MessageStatus=delivered",
        now: at(),
    };
    assert!(matches!(twilio(&[]).receive(&unsigned), Err(Refused::Forged(_))));
    assert!(matches!(hear(Hook::Status, "t0ken", &[("MessageSid", "SM1")]), Err(Refused::Unreadable(_))));
}

#[test]
fn reports_say_where_a_message_stands() {
    for (status, code, state, said) in [
        ("sent", "", Reported::Queued, "sent"),
        ("delivered", "", Reported::Delivered, "delivered"),
        ("read", "", Reported::Read, "read"),
        ("undelivered", "30003", Reported::Undelivered, "30003: the phone cannot be reached"),
        ("undelivered", "30005", Reported::Refused, "30005: nobody has this number"),
        ("failed", "30007", Reported::Undelivered, "30007: the carrier took it for spam"),
        (
            "failed",
            "63016",
            Reported::Undelivered,
            "63016: WhatsApp takes only templates now: enter a template in the settings of Twilio",
        ),
        ("failed", "39999", Reported::Undelivered, "39999"),
    ] {
        let found = reported(&[("MessageSid", "SM1"), ("MessageStatus", status), ("ErrorCode", code)]);
        assert_eq!(found, [(state, said.to_owned())], "{status} {code}");
    }
    assert_eq!(reported(&[("MessageSid", "SM1"), ("MessageStatus", "receiving")]), []);
}

#[test]
fn reports_say_where_a_call_stands_and_a_machine_is_no_person() {
    for (status, by, extra, expected) in [
        ("initiated", "", ("", ""), vec![(Reported::Queued, "initiated")]),
        ("ringing", "", ("", ""), vec![(Reported::Ringing, "ringing")]),
        ("in-progress", "", ("", ""), vec![(Reported::Ringing, "in-progress")]),
        ("in-progress", "human", ("", ""), vec![(Reported::Delivered, "in-progress")]),
        ("in-progress", "machine_start", ("", ""), vec![(Reported::Machine, "in-progress")]),
        ("completed", "human", ("CallDuration", "17"), vec![(Reported::Ended, "completed after 17 s")]),
        (
            "completed",
            "machine_start",
            ("CallDuration", "4"),
            vec![(Reported::Machine, "answered by machine_start"), (Reported::Ended, "answered by machine_start")],
        ),
        ("busy", "", ("SipResponseCode", "486"), vec![(Reported::Busy, "busy (SIP 486)")]),
        ("no-answer", "", ("", ""), vec![(Reported::Unanswered, "no-answer")]),
        ("failed", "", ("SipResponseCode", "604"), vec![(Reported::Refused, "failed (SIP 604)")]),
        ("failed", "", ("SipResponseCode", "503"), vec![(Reported::Undelivered, "failed (SIP 503)")]),
        ("failed", "", ("ErrorCode", "13224"), vec![(Reported::Undelivered, "13224: the number cannot be called")]),
        ("canceled", "", ("", ""), vec![(Reported::TakenBack, "canceled")]),
    ] {
        let found = reported(&[("CallSid", "CA1"), ("CallStatus", status), ("AnsweredBy", by), extra]);
        let found: Vec<_> = found.iter().map(|(state, said)| (*state, said.as_str())).collect();
        assert_eq!(found, expected, "{status} {by}");
    }
}

#[test]
fn texts_pick_ups_and_keys_are_heard() {
    for (from, channel) in [("+4915112345678", Channel::Sms), ("whatsapp:+4915112345678", Channel::WhatsApp)] {
        let heard = hear(Hook::Message, "t0ken", &[("MessageSid", "SM9"), ("From", from), ("Body", "42a 👍")]).unwrap();
        let text = Text { channel, from: "+4915112345678".into(), text: "42a 👍".into(), provider_id: "SM9".into() };
        assert_eq!(heard, [Heard::Text(text)]);
    }
    for (by, expected) in
        [("human", PickedUpBy::Person), ("machine_end_beep", PickedUpBy::Machine), ("", PickedUpBy::Unknown)]
    {
        let heard = hear(Hook::Answer, "t0ken", &[("CallSid", "CA1"), ("AnsweredBy", by)]).unwrap();
        assert_eq!(heard, [Heard::PickedUp { provider_id: "CA1".into(), by: expected }]);
    }
    for (digits, key) in [("4", Some('4')), ("*", Some('*')), ("", None)] {
        let heard = hear(Hook::Keys, "t0ken", &[("CallSid", "CA1"), ("Digits", digits)]).unwrap();
        assert_eq!(heard, [Heard::Key { provider_id: "CA1".into(), key }]);
    }
}

#[test]
fn each_code_says_whose_fault_it_is() {
    for (code, expected) in [
        (21_211, Meaning::Contact),
        (21_610, Meaning::Contact),
        (21_614, Meaning::Contact),
        (20_003, Meaning::Account),
        (30_002, Meaning::Account),
        (21_408, Meaning::Message),
        (21_219, Meaning::Message),
        (30_003, Meaning::Transient),
        (14_107, Meaning::Throttled),
        (20_429, Meaning::Throttled),
    ] {
        assert_eq!(errors::meaning_of(code), Some(expected), "{code}");
    }
    assert_eq!(errors::meaning_of(1), None);
}

fn script(text: &str, keys: Option<&str>) -> Script {
    Script {
        language: Language::German,
        lines: vec![Line::Say(text.into()), Line::Pause(1), Line::Say("4".into())],
        keys: keys.map(|url| Keys { url: url.into(), wait_s: 6 }),
    }
}

#[test]
fn a_script_becomes_twiml() {
    assert_eq!(
        twilio(&[]).speak(&script("A & <B>", Some("https://w.example/k?a=1&b=2"))).unwrap().body,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response><Gather input=\"dtmf\" numDigits=\"1\" finishOnKey=\"\" timeout=\"6\" \
         actionOnEmptyResult=\"true\" method=\"POST\" action=\"https://w.example/k?a=1&amp;b=2\"><Say language=\"de-DE\">A &amp; \
         &lt;B&gt;</Say><Pause length=\"1\"/><Say language=\"de-DE\">4</Say></Gather></Response>"
    );
    let bare = twilio(&[]).speak(&script("A", None)).unwrap().body;
    assert!(bare.ends_with("<Say language=\"de-DE\">4</Say><Hangup/></Response>"), "{bare}");
}

/// The verbs of a document, in order.
fn verbs(body: &str) -> Vec<String> {
    let mut reader = Reader::from_str(body);
    let mut verbs = Vec::new();
    loop {
        match reader.read_event().unwrap() {
            Event::Start(tag) | Event::Empty(tag) => verbs.push(String::from(tag.name().as_ref())),
            Event::Eof => return verbs,
            Event::Text(_) | Event::GeneralRef(_) | Event::End(_) | Event::Decl(_) => {}
            other => panic!("{other:?}"),
        }
    }
}

proptest! {
    #[test]
    fn no_text_from_outside_adds_a_verb(text in "(?s)(.|[<>&\"']|<Say>|</Say>|]]>|<!--){0,60}", url in "(?s).{0,40}") {
        let body = twilio(&[]).speak(&script(&text, Some(&url))).unwrap().body;
        prop_assert_eq!(verbs(&body), ["Response", "Gather", "Say", "Pause", "Say"]);
    }
}
