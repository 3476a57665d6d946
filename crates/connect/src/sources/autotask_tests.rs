//! Rows of the API as the rules see them.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;
use serde_json::json;

fn row(value: serde_json::Value) -> autotask::Ticket {
    serde_json::from_value(value).unwrap()
}

#[test]
fn a_callout_points_to_a_ticket_by_id_or_number() {
    let body = b"id=7865&number=T20191029.0002&status=New";
    let pointer = parse(Some("application/x-www-form-urlencoded"), None, body).unwrap();
    assert_eq!((pointer.subject().as_str(), pointer.status_label.as_deref()), ("ticket:7865", Some("New")));
    let pointer = parse(None, Some("number=T20191029.0002"), b"").unwrap();
    assert_eq!(pointer.subject(), "number:T20191029.0002");
    assert!(parse(None, None, b"hello=1").is_err());
}

#[test]
fn a_row_keeps_all_its_fields_for_templates() {
    let ticket = to_ticket(&row(json!({
        "id": 7, "ticketNumber": "T20191029.0002", "title": "nul \u{0}", "status": 8, "priority": 4, "queueID": 5, "companyID": 0,
        "assignedResourceID": 9, "lastTrackedModificationDateTime": "2024-01-31T15:04:05.307", "brandNew": "x",
        "userDefinedFields": [{"name": "Site", "value": "Berlin"}]
    })));
    assert_eq!((ticket.number.as_str(), ticket.title.as_str(), ticket.status), ("T20191029.0002", "nul ", 8));
    assert_eq!((ticket.company, ticket.assignee, ticket.queue), (Some(0), Some(9), Some(5)));
    assert_eq!(ticket.udfs["Site"].as_deref(), Some("Berlin"));
    assert_eq!(ticket.raw["brandNew"], "x");
}

#[test]
fn contacts_persons_and_programs_are_told_apart() {
    let touch =
        |kind: i64| last_touch(&row(json!({"id": 7, "lastActivityPersonType": kind, "lastActivityResourceID": 9})));
    assert_eq!((touch(1), touch(2)), (LastTouch::Resource(9), LastTouch::Contact));
    assert_eq!(last_touch(&row(json!({"id": 7}))), LastTouch::Unknown);
    let resource = |id: i64, license: i64| -> Resource {
        serde_json::from_value(
            json!({"id": id, "firstName": "A", "lastName": "B", "licenseType": license, "userName": "a@b"}),
        )
        .unwrap()
    };
    assert!(to_actor(&resource(9, 1), &[7], "us").is_person());
    assert!(!to_actor(&resource(9, 7), &[7], "us").is_person());
    assert!(!to_actor(&resource(9, 7), &[], "us").is_person());
    assert!(!to_actor(&resource(9, 1), &[7], "A@B").is_person(), "our own user");
    assert_eq!(to_actor(&resource(4, 1), &[7], "us"), Actor::System);
}
