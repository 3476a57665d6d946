//! Templates: whatever a user writes ends soon, in a short text or an error, and an alert has a summary in any case.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::json;
use watchbell_core::template::{TEMPLATE_BYTES_MAX, TEMPLATE_OUTPUT_BYTES_MAX, check, render, render_or_default};

fuzz_target!(|source: &str| {
    let context = json!({
        "ticket": {"id": 7, "title": "Disk {{ full }}", "ticketNumber": "T20260101.0001", "priority": null, "hours": 1.5},
        "company": {"companyName": "Bäckerei \"Süß\""},
        "udfs": {"Site": "Berlin", "List": ["a", "b", "c"], "Flag": true},
    });
    let rendered = render(source, &context);
    if let Ok(text) = &rendered {
        assert!(text.len() <= TEMPLATE_OUTPUT_BYTES_MAX && !text.contains('\0'));
        assert!(source.len() <= TEMPLATE_BYTES_MAX);
        assert_eq!(check(source), Ok(()), "what renders can be saved");
    }
    let shown = render_or_default(Some(source), "{{ ticket.title }}", "a ticket", &context);
    assert!(!shown.text.is_empty());
    assert_eq!(shown.problem, rendered.err());
});
