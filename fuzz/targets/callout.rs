//! Extension callouts, in any form: the content type up to the first line end, the query up to the second, then the body.
#![no_main]

use autotask::{Callout, TicketRef};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let mut parts = input.splitn(3, |byte| *byte == b'\n');
    let mut text = || parts.next().and_then(|part| std::str::from_utf8(part).ok()).filter(|part| !part.is_empty());
    let (content_type, query) = (text(), text());
    match Callout::parse(content_type, query, parts.next().unwrap_or_default()) {
        Ok(callout) => check(&callout),
        Err(error) => assert!(error.to_string().chars().count() < 1_000, "an error quotes little of what came"),
    }
});

fn check(callout: &Callout) {
    if let TicketRef::Id(id) = callout.ticket {
        assert!(id > 0);
    }
    assert!(callout.others.len() <= 50);
    let texts = [&callout.status_label, &callout.domain].into_iter().flatten();
    for text in texts.chain(callout.others.iter().flat_map(|(name, value)| [name, value])) {
        assert!(!text.is_empty() && !text.contains('\0') && text.chars().count() <= 2_000);
    }
}
