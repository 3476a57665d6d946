//! A received mail: whether its envelope has a sender up to the first line end, then the mail.
#![no_main]

use libfuzzer_sys::fuzz_target;
use watchbell_connect::channels::email::inbound::{Envelope, InboundRules, TEXT_BYTES_MAX, receive};
use watchbell_core::reply::{Said, read, read_mail};

fuzz_target!(|input: &[u8]| {
    let (sender, raw) = input.split_at(input.iter().position(|byte| *byte == b'\n').map_or(0, |at| at + 1));
    let sender = std::str::from_utf8(sender).map(str::trim).ok();
    let recipients = ["reply+aaaaaaaaaaaaaaaaaaaaaaaaaa@bell.example.com".to_owned()];
    let rules = InboundRules { domain: "bell.example.com", trusted_server: Some("mx.example.com") };
    let Ok(mail) = receive(raw, &Envelope { sender, recipients: &recipients }, &rules) else { return };
    assert!(mail.text.len() <= TEXT_BYTES_MAX + 16 && mail.tokens.len() <= 11);
    assert!(mail.bounce.is_none() || mail.is_automatic);
    if let Said::Comment(comment) = read_mail(&mail.text).said {
        assert!(!comment.trim().is_empty() && !comment.contains('\0'));
    }
    let _ = read(&mail.text);
});
