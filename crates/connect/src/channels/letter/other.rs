//! Tests, verification codes and notices in words.

use super::{Letter, Mood, moment, push_fact, push_link};
use crate::channels::{
    limits::{DETAILS_CHARS_MAX, TITLE_CHARS_MAX},
    message::{Notice, TestMessage, VerificationCode},
    text::{line, paragraph},
};

pub(super) fn test(test: &TestMessage) -> Letter {
    let mut facts = Vec::new();
    push_fact(&mut facts, "Asked by", Some(&test.requested_by));
    facts.push(("When", moment(test.at, &test.reader.zone)));
    let mut links = Vec::new();
    push_link(&mut links, "Open your contacts", test.url.as_deref());
    Letter {
        subject: "[Test] Watchbell reaches you here".into(),
        title: "Test: Watchbell reaches you here".into(),
        lead: "This is how a page arrives. Nothing is wrong, and there is nothing to accept.".into(),
        facts,
        links,
        mood: Mood::Test,
        ..Letter::default()
    }
}

pub(super) fn verification(code: &VerificationCode) -> Letter {
    let shown = line(&code.code, 40);
    Letter {
        subject: format!("Watchbell code {shown}"),
        title: format!("Watchbell code {shown}"),
        lead: format!("Type {shown} into Watchbell to confirm that this contact is yours."),
        facts: vec![("Valid until", moment(code.expires_at, &code.reader.zone))],
        footer: "If you did not ask for a code, ignore this message: without it nothing is sent here.",
        ..Letter::default()
    }
}

pub(super) fn notice(notice: &Notice) -> Letter {
    let title = line(&notice.title, TITLE_CHARS_MAX);
    let mut links = Vec::new();
    push_link(&mut links, "Open it in Watchbell", notice.url.as_deref());
    Letter {
        subject: format!("[Notice] {title}"),
        lead: if notice.needs_you { "Watchbell needs you.".into() } else { "For your information.".into() },
        details: paragraph(&notice.text, DETAILS_CHARS_MAX),
        facts: vec![("When", moment(notice.at, &notice.reader.zone))],
        links,
        mood: if notice.needs_you { Mood::Warning } else { Mood::Quiet },
        title,
        ..Letter::default()
    }
}
