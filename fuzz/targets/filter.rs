//! Filters of a source: the filter as JSON up to the first line end, then a ticket. A filter that may be saved decides about
//! any ticket, always alike, and reads back as it was written.
#![no_main]

use libfuzzer_sys::fuzz_target;
use watchbell_core::autotask::{Filter, Ticket};

fuzz_target!(|input: &[u8]| {
    let mut parts = input.splitn(2, |byte| *byte == b'\n');
    let Ok(filter) = serde_json::from_slice::<Filter>(parts.next().unwrap_or_default()) else { return };
    let ticket: Ticket = parts.next().and_then(|ticket| serde_json::from_slice(ticket).ok()).unwrap_or_default();
    if filter.validate().is_err() {
        return;
    }
    let decided = filter.check(&ticket);
    assert_eq!(decided, filter.check(&ticket));
    let written = serde_json::to_vec(&filter).expect("what was read can be written");
    assert_eq!(serde_json::from_slice::<Filter>(&written).expect("what was written can be read"), filter);
});
