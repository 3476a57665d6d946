#![allow(clippy::unwrap_used)]
use serde_json::{Value, json};

use super::{Entity, Query};

fn asks(filter: Value) -> Result<bool, Vec<String>> {
    let row = json!({
        "id": 7, "title": "Disk FULL on SRV-1", "status": 1, "priority": 4, "queueID": null, "estimatedHours": 1.5,
        "createDate": "2026-01-31T15:04:05.307Z",
        "userDefinedFields": [{"name": "Site", "value": "Berlin"}, {"name": "Count", "value": "10"}, {"name": "None", "value": null}],
    });
    let body = json!({"Filter": filter});
    Query::compile(Entity::Tickets, body.as_object().unwrap()).map(|query| query.holds(row.as_object().unwrap()))
}

#[test]
fn every_operator_answers() {
    for (holds, op, field, value) in [
        (true, "eq", "Id", json!("7")),
        (false, "eq", "status", json!(5)),
        (true, "noteq", "status", json!(5)),
        (false, "noteq", "queueID", json!(5)),
        (true, "gt", "estimatedHours", json!(1)),
        (true, "gte", "priority", json!(4)),
        (false, "lt", "priority", json!(4)),
        (true, "lte", "createDate", json!("2026-01-31T15:04:05.307")),
        (false, "gt", "createDate", json!("2026-01-31T15:04:05.307Z")),
        (true, "beginsWith", "title", json!("disk")),
        (true, "endsWith", "title", json!("srv-1")),
        (true, "contains", "title", json!("full ON")),
        (false, "exist", "queueID", Value::Null),
        (true, "notExist", "queueID", Value::Null),
        (true, "in", "status", json!([5, "1"])),
        (false, "notIn", "status", json!([5, 1])),
    ] {
        assert_eq!(asks(json!([{"op": op, "field": field, "value": value}])), Ok(holds), "{op} {field} {value}");
    }
}

#[test]
fn groups_and_user_defined_fields_answer() {
    let or = json!({"op": "or", "items": [{"op": "eq", "field": "status", "value": 5}, {"op": "eq", "field": "priority", "value": 4}]});
    assert_eq!(asks(json!([or])), Ok(true));
    let and = json!({"op": "and", "items": [{"op": "eq", "field": "status", "value": 5}, {"op": "eq", "field": "priority", "value": 4}]});
    assert_eq!(asks(json!([and])), Ok(false));
    assert_eq!(asks(json!([{"op": "eq", "field": "site", "udf": true, "value": "berlin"}])), Ok(true));
    assert_eq!(asks(json!([{"op": "gt", "field": "Count", "udf": true, "value": 9}])), Ok(true));
    assert_eq!(asks(json!([{"op": "exist", "field": "None", "udf": true}])), Ok(false));
}

#[test]
fn what_the_service_refuses_is_refused() {
    let many = |op: &str, n: usize| {
        let items: Vec<_> = (0..n).map(|id| json!({"op": "eq", "field": "id", "value": id})).collect();
        json!([{"op": op, "items": items}])
    };
    assert_eq!(asks(many("or", 500)), Ok(true));
    assert!(asks(many("or", 501)).unwrap_err()[0].ends_with("Queries are limited to 500 or fewer 'OR' conditions"));
    assert_eq!(asks(many("and", 501)), Ok(false));
    assert!(asks(json!([{"op": "eq", "field": "shoeSize", "value": 1}])).unwrap_err()[0].contains("shoeSize"));
    assert!(asks(json!([{"op": "eq", "field": "creatorType", "value": 1}])).is_err());
    assert!(asks(json!([{"op": "like", "field": "title", "value": "x"}])).is_err());
    assert!(asks(json!([{"op": "eq", "field": "status", "value": true}])).is_err());
    assert!(asks(json!([])).is_err());
    let deep = (0..100).fold(json!({"op": "exist", "field": "id"}), |inner, _| json!({"op": "and", "items": [inner]}));
    assert!(asks(json!([deep])).is_err());
}
