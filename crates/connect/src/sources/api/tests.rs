use super::*;
use serde_json::json;

fn one(body: Value) -> Result<ApiEvent, FieldError> {
    parse(body.to_string().as_bytes()).map(|mut events| events.events.remove(0))
}

#[test]
fn old_names_and_nulls_are_accepted_and_unknown_fields_ignored() {
    let body = json!({"apiKey": "k", "eventType": "ALERT", "summary": " disk ", "incidentKey": " Host-1 ", "details": null, "priority": null,
        "images": null, "links": null, "comments": null, "labels": null, "customDetails": null, "routingKey": null, "severity": null, "new": {"a": 1}});
    let event = one(body).unwrap();
    assert_eq!((event.integration_key.as_deref(), event.event.summary.as_str()), (Some("k"), "disk"));
    assert_eq!(event.event.key.unwrap().folded(), "host-1");
}

#[test]
fn what_scripts_on_windows_send_is_read() {
    let json = r#"{"eventType":"ALERT","summary":"Lüfter defekt"}"#;
    let latin = json.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect::<Vec<u8>>();
    let marked = [b"\xEF\xBB\xBF", json.as_bytes()].concat();
    let utf16 = std::iter::once(0xFEFF).chain(json.encode_utf16()).flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let list = [b"[", latin.as_slice(), b"]"].concat();
    for body in [json.as_bytes().to_vec(), latin, marked, utf16, list] {
        let events = parse(&body).unwrap();
        assert_eq!(events.events[0].event.summary, "Lüfter defekt", "{body:?}");
        assert_eq!(String::from_utf8(events.events[0].body.clone()).unwrap(), json);
    }
    assert!(parse(b"\xff\xfe{\"a").is_err() && parse(b"{\"eventType\":\"\xff\"}").is_err());
}

#[test]
fn errors_name_the_field() {
    let cases = [
        (json!({}), "eventType"),
        (json!({"eventType": "NEW"}), "eventType"),
        (json!({"eventType": ["ALERT"]}), "eventType"),
        (json!({"eventType": "ALERT"}), "summary"),
        (json!({"eventType": "ALERT", "summary": {"a": 1}}), "summary"),
        (json!({"eventType": "RESOLVE", "alertKey": "x".repeat(limits::ALERT_KEY_CHARS_MAX + 1)}), "alertKey"),
        (json!({"eventType": "ALERT", "summary": "x", "priority": "URGENT"}), "priority"),
        (json!({"eventType": "ALERT", "summary": "x", "severity": "SEV1"}), "severity"),
        (json!({"eventType": "ALERT", "summary": "x", "links": [{"href": "a"}, {"text": "b"}]}), "links[1].href"),
        (json!({"eventType": "ALERT", "summary": "x", "links": "http://x"}), "links"),
        (json!({"eventType": "ALERT", "summary": "x", "labels": {"a": []}}), "labels.a"),
        (
            json!({"eventType": "ALERT", "summary": "x", "customDetails": {"a": "x".repeat(limits::CUSTOM_DETAILS_BYTES_MAX)}}),
            "customDetails",
        ),
        (
            json!({"eventType": "ALERT", "summary": "x", "images": vec![json!({"src": "x"}); limits::EVENT_PARTS_MAX + 1]}),
            "images",
        ),
        (json!("text"), "body"),
    ];
    for (body, field) in cases {
        assert_eq!(one(body.clone()).unwrap_err().field, field, "{body}");
    }
}

#[test]
fn an_array_names_the_index_and_has_limits() {
    let good = json!({"eventType": "ALERT", "summary": "x"});
    let events = parse(json!([good, good]).to_string().as_bytes()).unwrap();
    assert!(events.is_array && events.events.len() == 2);
    assert_eq!(events.events[1].body, good.to_string().into_bytes());
    assert_eq!(parse(json!([good, {"eventType": "ALERT"}]).to_string().as_bytes()).unwrap_err().field, "[1].summary");
    for count in [0, limits::EVENT_BATCH_MAX + 1] {
        assert_eq!(parse(json!(vec![good.clone(); count]).to_string().as_bytes()).unwrap_err().field, "body");
    }
}

#[test]
fn texts_are_cut_and_lose_nul_and_what_is_not_json_is_refused() {
    let long = "ä".repeat(limits::SUMMARY_CHARS_MAX + 1);
    let event = one(
        json!({"eventType": "alert", "summary": long, "details": "a\u{0}b", "customDetails": {"k\u{0}": ["\u{0}v"]}}),
    )
    .unwrap()
    .event;
    assert_eq!((event.summary.chars().count(), event.details.as_str()), (limits::SUMMARY_CHARS_MAX, "ab"));
    assert_eq!(event.content.custom_details, Some(json!({"k": ["v"]})));
    for body in [&b"{"[..], b"", b"\xff\xfe", br#"{"eventType":"ALERT","summary":"\ud800"}"#, b"[", b"null"] {
        assert_eq!(parse(body).unwrap_err().field, "body", "{body:?}");
    }
}

proptest::proptest! {
    #[test]
    fn whatever_comes_is_parsed_or_refused(body in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200)) {
        let _ = parse(&body);
    }

    #[test]
    fn what_is_accepted_fits_the_database(summary in "\\PC{0,600}", key in "\\PC{0,600}") {
        if let Ok(event) = one(json!({"eventType": "ALERT", "summary": summary, "alertKey": key})) {
            proptest::prop_assert!(!event.event.summary.contains('\0') && event.event.summary.chars().count() <= limits::SUMMARY_CHARS_MAX);
        }
    }
}
