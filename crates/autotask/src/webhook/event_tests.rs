#![allow(clippy::unwrap_used, clippy::expect_used)]
use proptest::prelude::*;
use serde_json::json;

use super::*;

fn parse(body: &str) -> Result<WebhookEvent, WebhookEventError> {
    WebhookEvent::parse(body.as_bytes())
}

#[test]
fn an_event_is_read_as_public_clients_show_it() {
    let body = r#"{"Action":"Create","Guid":"0f8fad5b-d9cb-469f-a165-70867728950e","EntityType":"Ticket","Id":351181,
        "Fields":{"TicketNumber":"T20250915.0001","Title":"K\u00FChlung \u0026 Ofen","Status":1,"ContactID":null},
        "EventTime":"2025-09-15T14:57:50Z","SequenceNumber":1,"PersonID":30691780}"#;
    let event = parse(body).unwrap();
    assert_eq!(
        (&event.action, event.kind(), event.id),
        (&WebhookAction::Create, Some(WebhookKind::Ticket), Some(351_181))
    );
    assert_eq!(event.guid.as_deref(), Some("0f8fad5b-d9cb-469f-a165-70867728950e"));
    assert_eq!(event.field("title"), Some(&json!("Kühlung & Ofen")));
    assert_eq!((event.number("STATUS"), event.field("contactID")), (Some(1), Some(&Value::Null)));
    assert_eq!(event.event_time, Some("2025-09-15T14:57:50Z".parse().unwrap()));
    assert_eq!((event.sequence_number, event.person_id), (Some(1), Some(30_691_780)));
}

#[test]
fn case_and_types_may_differ() {
    let body = r#"{"action":"UPDATE","entitytype":"ticketnote","id":"7","FIELDS":{"publish":"2"},
        "eventTime":"2025-09-15T14:57:50","sequenceNumber":"12","PersonId":"4"}"#;
    let event = parse(body).unwrap();
    assert_eq!(
        (&event.action, event.kind(), event.id),
        (&WebhookAction::Update, Some(WebhookKind::TicketNote), Some(7))
    );
    assert_eq!((event.number("Publish"), event.sequence_number, event.person_id), (Some(2), Some(12), Some(4)));
    assert_eq!(event.event_time, Some("2025-09-15T14:57:50Z".parse().unwrap()));
    let marked = WebhookEvent::parse(b"\xEF\xBB\xBF{\"Action\":\"Delete\",\"Id\":1}").unwrap();
    assert_eq!((&marked.action, marked.kind()), (&WebhookAction::Delete, None));
}

#[test]
fn what_is_not_about_a_row_needs_no_id() {
    let event = parse(r#"{"Action":"Deactivated","Guid":"g"}"#).unwrap();
    assert_eq!((event.action, event.id), (WebhookAction::Deactivated, None));
    let event = parse(r#"{"Action":"Archived","Id":0,"EntityType":"Account"}"#).unwrap();
    assert_eq!(
        (event.action.clone(), event.id, event.kind()),
        (WebhookAction::Other("Archived".to_owned()), None, None)
    );
}

#[test]
fn what_cannot_be_used_says_why() {
    use WebhookEventError as E;
    assert!(matches!(parse("hello").unwrap_err(), E::Json(_)));
    assert!(matches!(parse("").unwrap_err(), E::Json(_)));
    for (body, error) in [
        ("[1]", E::NotAnObject),
        ("{}", E::NoAction),
        (r#"{"Action":" "}"#, E::NoAction),
        (r#"{"Action":"Create"}"#, E::NoId),
        (r#"{"Action":"Create","Id":null}"#, E::NoId),
        (r#"{"Action":"Update","Id":0}"#, E::BadId("0".to_owned())),
        (r#"{"Action":"Delete","Id":"T2025"}"#, E::BadId("\"T2025\"".to_owned())),
    ] {
        assert_eq!(parse(body).unwrap_err(), error, "{body}");
    }
    let large = vec![b' '; WEBHOOK_BYTES_MAX + 1];
    assert_eq!(WebhookEvent::parse(&large).unwrap_err(), E::TooLarge);
}

#[test]
fn fields_are_cleaned_and_limited() {
    let fields: Fields = (0..900).map(|at| (format!("F{at}"), json!(at))).collect();
    let event = parse(&json!({"Action": "Update", "Id": 1, "Fields": fields}).to_string()).unwrap();
    assert_eq!(event.fields.len(), FIELDS_MAX);
    let fields = json!({"Title": "a\u{0}b\u{1b}", "List": [1], "Object": {"x": 1}, "": 1, "Text": "x".repeat(40_000)});
    let event = parse(&json!({"Action": "Update", "Id": 1, "Fields": fields}).to_string()).unwrap();
    assert_eq!(event.field("Title"), Some(&json!("ab")));
    assert_eq!(event.field("Text").unwrap().as_str().unwrap().len(), NOTE_TEXT_CHARS_MAX);
    assert_eq!(event.fields.len(), 2);
}

proptest! {
    #[test]
    fn nothing_makes_it_fall_over(body: Vec<u8>, key in "[A-Za-z]{0,8}", text in ".{0,20}") {
        let _ = WebhookEvent::parse(&body);
        let _ = WebhookEvent::parse(json!({"Action": text, "Id": text, key: text}).to_string().as_bytes());
    }
}
