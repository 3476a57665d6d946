//! Tables and properties of the parser.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use proptest::prelude::*;
use secrecy::ExposeSecret;

use super::*;

const CAPTURED: &str = "id=7865&number=T20191029.0002&status=New&created_datetime=2019-10-29T14:14:47.64300000-04:00:00&last_activity_datetime=2019-10-30T15:06:38.58300000-04:00:00";

fn parse(body: &str) -> Result<Callout, CalloutError> {
    Callout::parse(None, None, body.as_bytes())
}

fn number(text: &str) -> TicketNumber {
    text.parse().unwrap()
}

#[test]
fn reads_the_captured_body_with_every_content_type() {
    for content_type in [None, Some("application/x-www-form-urlencoded"), Some("text/plain"), Some("application/json")]
    {
        let callout = Callout::parse(content_type, None, CAPTURED.as_bytes()).unwrap();
        assert_eq!(callout.ticket, TicketRef::Id(7865));
        assert_eq!(callout.number, Some(number("T20191029.0002")));
        assert_eq!(callout.status_label.as_deref(), Some("New"));
        assert_eq!(callout.created, Some("2019-10-29T18:14:47.643Z".parse().unwrap()));
        assert_eq!(callout.last_activity, Some("2019-10-30T19:06:38.583Z".parse().unwrap()));
        assert!(callout.others.is_empty());
    }
}

#[test]
fn reads_the_captured_fields_from_a_query_string() {
    let callout = Callout::parse(None, Some(CAPTURED), b"").unwrap();
    assert_eq!((callout.ticket, callout.status_label.as_deref()), (TicketRef::Id(7865), Some("New")));
}

#[test]
fn an_unescaped_plus_of_an_offset_is_understood() {
    let callout = parse("id=1&last_activity_datetime=2019-10-30T15:06:38.58300000+02:00:00").unwrap();
    assert_eq!(callout.last_activity, Some("2019-10-30T13:06:38.583Z".parse().unwrap()));
}

#[test]
fn finds_the_ticket_under_every_spelling() {
    let by_id = TicketRef::Id(7865);
    let by_number = TicketRef::Number(number("T20191029.0002"));
    for (body, ticket) in [
        ("ID=7865", &by_id),
        ("TicketID=7865", &by_id),
        ("ticket_id=7865", &by_id),
        ("ticketId=7865&id=1", &by_id),
        ("id=&id=x&id=7865", &by_id),
        ("id=7865&number=nonsense", &by_id),
        ("Number=T20191029.0002", &by_number),
        ("ticketNumber=T20191029.0002", &by_number),
        ("ticket_number=t20191029.0002", &by_number),
        ("id=T20191029.0002", &by_number),
        ("something=T20191029.0002", &by_number),
        ("T20191029.0002", &by_number),
        (r#"{"id": 7865, "status": "New"}"#, &by_id),
        (r#"{"Id": "7865"}"#, &by_id),
        (r#"[{"TicketID": 7865.0}]"#, &by_id),
        (r#"{"company": {"id": 3}, "ticket": {"id": 7865}}"#, &by_id),
        (r#"{"ticketNumber": "T20191029.0002", "company": {"id": 3}}"#, &by_number),
        ("\u{feff}<ticket><id>7865</id></ticket>", &by_id),
        (
            "<?xml version='1.0'?><s:Envelope xmlns:s='urn:x'><s:Body><a:TicketID> 7865 </a:TicketID></s:Body></s:Envelope>",
            &by_id,
        ),
        ("<ticket ID='7865'/>", &by_id),
        ("<ticket id='ns1'><id>7865</id></ticket>", &by_id),
        ("<t><Number><![CDATA[T20191029.0002]]></Number></t>", &by_number),
        ("<t><what>T20191029&#46;0002</what></t>", &by_number),
    ] {
        assert_eq!(&parse(body).unwrap().ticket, ticket, "{body}");
    }
}

#[test]
fn reads_the_other_fields_and_hides_the_password() {
    let callout = parse("id=1&domain=acme.com&Username=hook&Password=hunter2&My+UDF=caf%E9&empty=").unwrap();
    assert_eq!(callout.domain.as_deref(), Some("acme.com"));
    assert_eq!(callout.user_name.as_deref(), Some("hook"));
    assert_eq!(callout.password.as_ref().unwrap().expose_secret(), "hunter2");
    assert_eq!(callout.others, [("My UDF".to_owned(), "café".to_owned())]);
    assert!(!format!("{callout:?}").contains("hunter2"));
}

#[test]
fn reads_labels_of_every_charset() {
    for body in [
        "id=1&status=Erledigt%E4".as_bytes().to_vec(),
        b"id=1&status=Erledigt\xE4".to_vec(),
        "id=1&status=Erledigt%C3%A4".as_bytes().to_vec(),
        "id=1&status=Erledigtä".as_bytes().to_vec(),
        b"<t><id>1</id><status>Erledigt\xE4</status></t>".to_vec(),
        "<t><id>1</id><status>Erledigt&#228;</status></t>".as_bytes().to_vec(),
        "\u{feff}<t><id>1</id><status>Erledigtä</status></t>".encode_utf16().flat_map(u16::to_le_bytes).collect(),
        r#"{"id":1,"status":"Erledigt\u00e4"}"#.as_bytes().to_vec(),
    ] {
        let callout = Callout::parse(None, None, &body).unwrap();
        assert_eq!(callout.status_label.as_deref(), Some("Erledigtä"), "{body:?}");
    }
}

#[test]
fn says_why_a_callout_cannot_be_read() {
    let json = |body: &str| matches!(parse(body), Err(CalloutError::Json(_)));
    let xml = |body: &str| matches!(parse(body), Err(CalloutError::Xml(_)));
    assert_eq!(parse("").unwrap_err(), CalloutError::Empty);
    assert_eq!(parse("  \r\n ").unwrap_err(), CalloutError::Empty);
    assert_eq!(parse("&&&").unwrap_err(), CalloutError::Empty);
    assert!(json("{\"id\": 1") && json(r#"{"id": "\ud800"}"#) && json(&"[".repeat(60_000)));
    assert!(xml("<t><id>1</id>") && xml("<t><id>1</t>") && xml("<"));
    assert_eq!(parse("id=abc").unwrap_err(), CalloutError::BadId("abc".to_owned()));
    assert!(matches!(parse("id=0").unwrap_err(), CalloutError::BadId(_)));
    assert!(matches!(parse("id=-5").unwrap_err(), CalloutError::BadId(_)));
    assert!(matches!(parse("id=99999999999999999999").unwrap_err(), CalloutError::BadId(_)));
    assert_eq!(parse("a=1&b\0=2").unwrap_err(), CalloutError::NoTicket("a, b".to_owned()));
    assert_eq!(
        Callout::parse(Some("multipart/form-data; boundary=x"), None, b"--x").unwrap_err(),
        CalloutError::Multipart
    );
    assert_eq!(Callout::parse(None, None, &[b'a'; CALLOUT_BYTES_MAX + 1]).unwrap_err(), CalloutError::TooLarge);
    assert_eq!(
        Callout::parse(None, Some(&"a".repeat(CALLOUT_BYTES_MAX + 1)), b"").unwrap_err(),
        CalloutError::TooLarge
    );
}

#[test]
fn accepts_the_absurd_without_keeping_it() {
    let callout =
        parse("id=1&status=%00New%07&created=9999-99-99T99:99:99&last_activity_datetime=0001-01-01T00:00:00Z").unwrap();
    assert_eq!(callout.status_label.as_deref(), Some("New"));
    assert_eq!((callout.created, callout.last_activity), (None, None));
    assert_eq!(
        parse(&format!("id=1&status={}", "x".repeat(60_000))).unwrap().status_label.unwrap().len(),
        LABEL_CHARS_MAX
    );
}

#[test]
fn many_fields_are_cut_not_feared() {
    let keys = |count: usize, one: &str, end: &str| (0..count).map(|_| one).collect::<String>() + end;
    assert_eq!(parse(&format!("id=1&{}", keys(30_000, "&a", ""))).unwrap().others.len(), 0);
    assert_eq!(parse(&format!("id=1{}", keys(20_000, "&b=", "c"))).unwrap().ticket, TicketRef::Id(1));
    assert!(parse(&keys(15_000, "a=1&", "id=1")).is_err(), "past the limit of fields");
    assert!(parse(&keys(100_000, "a=1&", "id=1")).is_err(), "past the limit of bytes");
    assert_eq!(parse(&format!("<t id='1' {}/>", keys(12_000, "a='' ", ""))).unwrap().ticket, TicketRef::Id(1));
    assert!(parse(&keys(21_000, "<a>", "")).is_err());
}

#[test]
fn entities_of_a_document_are_not_expanded() {
    let bomb = "<!DOCTYPE t [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]><t><id>1</id><status>N&b;ew</status></t>";
    assert_eq!(parse(bomb).unwrap().status_label.as_deref(), Some("New"));
}

proptest! {
    #[test]
    fn never_panics_on_bytes(body in proptest::collection::vec(any::<u8>(), 0..600), query in ".{0,80}") {
        let _ = Callout::parse(None, Some(&query), &body);
    }

    #[test]
    fn never_panics_on_what_looks_right(body in r#"[<\[{]?(id|number|status|created)?[=:"'>]{0,2}[0-9TZ%+&;.<>/\-:\\u\x00é]{0,60}"#) {
        let _ = Callout::parse(Some("application/json"), None, body.as_bytes());
    }

    #[test]
    fn every_form_says_the_same(id in 1..i64::MAX, status in "[A-Za-zÄÖÜß][ A-Za-zÄÖÜß0-9]{0,20}[a-z]", day in 1..29u8, sequence in 0..9999u16) {
        let number = format!("T202601{day:02}.{sequence:04}");
        let escaped: String = status.bytes().map(|byte| format!("%{byte:02X}")).collect();
        for body in [
            format!("id={id}&number={number}&status={escaped}"),
            serde_json::json!({"id": id, "number": number, "status": status}).to_string(),
            format!("<x:T xmlns:x='u'><x:Id>{id}</x:Id><x:Number>{number}</x:Number><x:Status>{status}</x:Status></x:T>"),
        ] {
            let callout = parse(&body).unwrap();
            prop_assert_eq!(callout.ticket, TicketRef::Id(id));
            prop_assert_eq!(callout.number.map(String::from), Some(number.clone()));
            prop_assert_eq!(callout.status_label.as_deref(), Some(status.as_str()));
        }
    }

    #[test]
    fn times_keep_their_instant(seconds in 0..4_000_000_000i64, offset_minutes in -720..720i32) {
        let time = Timestamp::from_second(seconds).unwrap();
        let offset = jiff::tz::Offset::from_seconds(offset_minutes * 60).unwrap();
        let local = offset.to_datetime(time).strftime("%Y-%m-%dT%H:%M:%S.12300000").to_string();
        let (sign, minutes) = (if offset_minutes < 0 { '-' } else { '+' }, offset_minutes.abs());
        let callout = parse(&format!("id=1&created_datetime={local}{sign}{:02}:{:02}:00", minutes / 60, minutes % 60)).unwrap();
        prop_assert_eq!(callout.created.unwrap().as_second(), seconds);
    }
}
