//! The events API: any bytes are events within the limits, or an error that names a field.
#![no_main]

use libfuzzer_sys::fuzz_target;
use watchbell_connect::sources::api::{ApiEvent, parse};
use watchbell_core::event::EventType;
use watchbell_core::limits;

fuzz_target!(|body: &[u8]| match parse(body) {
    Ok(read) => {
        assert!((1..=limits::EVENT_BATCH_MAX).contains(&read.events.len()));
        assert!(read.is_array || read.events.len() == 1);
        read.events.iter().for_each(check);
    }
    Err(error) => assert!(!error.field.is_empty() && !error.problem.is_empty()),
});

fn check(read: &ApiEvent) {
    let event = &read.event;
    assert!(event.kind != EventType::Alert || !event.summary.is_empty());
    for (text, max) in [(&event.summary, limits::SUMMARY_CHARS_MAX), (&event.details, limits::DETAILS_CHARS_MAX)] {
        assert!(text.chars().count() <= max && !text.contains('\0'));
    }
    let content = serde_json::to_string(&event.content).expect("what was read can be written");
    assert!(!content.contains("\\u0000"), "PostgreSQL refuses NUL in JSON");
    // What is kept raw is read again later, alone: it says the same.
    assert_eq!(parse(&read.body).expect("read before").events[0].event, *event);
}
