//! Tests, verification codes and notices in words.

use super::{Letter, Mood, moment, push_fact, push_link};
use crate::channels::{
    limits::{DETAILS_CHARS_MAX, TITLE_CHARS_MAX},
    message::{Answer, Notice, TestMessage, VerificationCode},
    text::{line, paragraph},
    words,
};

pub(super) fn test(test: &TestMessage) -> Letter {
    let language = test.reader.language;
    let mut facts = Vec::new();
    push_fact(&mut facts, words::asked_by(language), Some(&test.requested_by));
    facts.push((words::when(language), moment(test.at, &test.reader)));
    let mut links = Vec::new();
    push_link(&mut links, words::open_contacts(language), test.url.as_deref());
    Letter {
        subject: words::test_subject(language).into(),
        title: words::test_title(language).into(),
        lead: words::test_lead(language).into(),
        facts,
        links,
        mood: Mood::Test,
        ..Letter::default()
    }
}

pub(super) fn verification(code: &VerificationCode) -> Letter {
    let language = code.reader.language;
    let shown = line(&code.code, 40);
    let title = words::code_title(language, &shown);
    Letter {
        subject: title.clone(),
        title,
        lead: words::code_lead(language, &shown),
        facts: vec![(words::valid_until(language), moment(code.expires_at, &code.reader))],
        footer: words::code_not_asked(language),
        ..Letter::default()
    }
}

pub(super) fn notice(notice: &Notice) -> Letter {
    let language = notice.reader.language;
    let title = line(&notice.title, TITLE_CHARS_MAX);
    let mut links = Vec::new();
    push_link(&mut links, words::open_here(language), notice.url.as_deref());
    let lead = if notice.needs_you { words::needs_you(language) } else { words::for_information(language) };
    Letter {
        subject: format!("[{}] {title}", words::notice(language)),
        lead: lead.into(),
        details: paragraph(&notice.text, DETAILS_CHARS_MAX),
        facts: vec![(words::when(language), moment(notice.at, &notice.reader))],
        links,
        mood: if notice.needs_you { Mood::Warning } else { Mood::Quiet },
        title,
        ..Letter::default()
    }
}

pub(super) fn answer(answer: &Answer) -> Letter {
    let title = line(&answer.text, TITLE_CHARS_MAX);
    Letter { subject: title.clone(), title, ..Letter::default() }
}
