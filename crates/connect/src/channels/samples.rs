//! Messages for the tests beside the code.

use jiff::Timestamp;

use super::message::{
    AlertBrief, AlertChange, AlertPage, AlertSummary, AlertUpdate, Level, Message, Notice, Reader, TestMessage,
    Urgency, VerificationCode,
};

/// `2026-01-01T02:12:00Z`
pub(super) fn at() -> Timestamp {
    Timestamp::constant(1_767_233_520, 0)
}

pub(super) fn reader(language: &str) -> Reader {
    Reader::of("Europe/Berlin", language)
}

pub(super) fn brief(summary: &str) -> AlertBrief {
    AlertBrief {
        id: 42,
        summary: summary.into(),
        customer: Some("Contoso".into()),
        ticket_number: Some("T20260101.0001".into()),
        urgency: Urgency::Pages,
        priority_label: None,
        url: "https://w.example/alerts/42".into(),
    }
}

pub(super) fn page(summary: &str, language: &str) -> AlertPage {
    AlertPage {
        alert: brief(summary),
        details: "more".into(),
        source_name: "Monitoring".into(),
        level: Some(Level { number: 1, of: 3 }),
        queue: None,
        contact: Some("Erika Muster, +49 30 1234".into()),
        due: Vec::new(),
        ticket_url: None,
        accept_url: None,
        resolve_url: None,
        complete_url: None,
        started_at: at(),
        escalates_at: None,
        reply_code: Some(42),
        wording: None,
        reader: reader(language),
    }
}

pub(super) fn summary(language: &str) -> Message {
    Message::Summary(AlertSummary {
        source_name: "Monitoring".into(),
        alerts: ["Disk full", "CPU hot", "Fan stopped", "No backup"].map(brief).to_vec(),
        count: 4,
        urgency: Urgency::Pages,
        url: "https://w.example/alerts".into(),
        started_at: at(),
        reply_code: Some(100),
        reader: reader(language),
    })
}

pub(super) fn update(change: AlertChange, language: &str) -> Message {
    Message::Update(AlertUpdate {
        alert: brief("Disk full"),
        title: None,
        change,
        source_name: "Monitoring".into(),
        at: at(),
        reader: reader(language),
    })
}

pub(super) fn test(language: &str) -> Message {
    Message::Test(TestMessage { requested_by: "Ann".into(), at: at(), url: None, reader: reader(language) })
}

pub(super) fn code(language: &str) -> Message {
    Message::Verification(VerificationCode { code: "482913".into(), expires_at: at(), reader: reader(language) })
}

pub(super) fn notice(language: &str) -> Message {
    Message::Notice(Notice {
        title: "Autotask refused us".into(),
        text: "The secret is wrong.\nEnter a new one.".into(),
        url: Some("https://w.example/settings".into()),
        at: at(),
        needs_you: true,
        reader: reader(language),
    })
}

/// One of each.
pub(super) fn all(summary_text: &str, language: &str) -> Vec<Message> {
    let by = || Some("Ben".to_owned());
    vec![
        Message::Page(page(summary_text, language)),
        summary(language),
        update(AlertChange::Accepted { by: "Ben".into() }, language),
        update(AlertChange::Resolved { by: by(), reason: None }, language),
        update(AlertChange::Escalated { level: Level { number: 2, of: 3 }, by: by() }, language),
        test(language),
        code(language),
        notice(language),
    ]
}
