//! The query language of the Autotask stand-in: the query as JSON up to the first line end, then a row of a ticket.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use watchbell_sim::autotask::{Entity, Query, Row};

fn row(json: Option<&[u8]>) -> Row {
    match json.and_then(|json| serde_json::from_slice(json).ok()) {
        Some(Value::Object(row)) => row,
        _ => Row::new(),
    }
}

fuzz_target!(|input: &[u8]| {
    let mut parts = input.splitn(2, |byte| *byte == b'\n');
    let body = row(parts.next());
    match Query::compile(Entity::Tickets, &body) {
        Ok(query) => {
            let row = row(parts.next());
            assert_eq!(query.holds(&row), query.holds(&row));
            assert!((1..=500).contains(&query.page_size));
            assert!(query.project(&row).len() <= row.len());
        }
        Err(errors) => assert!(!errors.is_empty()),
    }
});
