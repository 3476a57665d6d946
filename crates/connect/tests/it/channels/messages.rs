//! Messages that the tests send.

use jiff::Timestamp;
use watchbell_connect::{
    channels::{
        AlertBrief, AlertChange, AlertPage, AlertSummary, AlertUpdate, Channels, DeliveryId, DueDate, Level, Message,
        Notice, Outcome, Reader, SmtpConfig, Target, TestMessage, Urgency, VerificationCode, send,
    },
    http::{HttpClient, OutboundPolicy},
};
use watchbell_sim::smtp::{Smtp, SmtpSimConfig};

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub fn now() -> Timestamp {
    at("2026-01-01T02:12:03Z")
}

pub fn id(text: &str) -> DeliveryId {
    DeliveryId::parse(text).unwrap()
}

pub fn brief() -> AlertBrief {
    AlertBrief {
        id: 42,
        summary: "Contoso: Disk full on SRV-01 [T20260101.0001]".into(),
        customer: Some("Contoso".into()),
        ticket_number: Some("T20260101.0001".into()),
        urgency: Urgency::Pages,
        priority_label: Some("Critical".into()),
        url: "https://bell.example/alerts/42".into(),
    }
}

pub fn page() -> AlertPage {
    AlertPage {
        alert: brief(),
        details: "Free space on C: is 1 %.\r\nBackups < 2 days & \"shadow copies\" fill it — größer als <b>sonst</b>."
            .into(),
        source_name: "Autotask".into(),
        level: Some(Level { number: 1, of: 3 }),
        queue: Some("Level I Support".into()),
        contact: Some("Jane Doe, +49 30 1234567".into()),
        due: vec![DueDate { label: "First response".into(), at: at("2026-01-01T03:00:00Z") }],
        ticket_url: Some(
            "https://ww14.autotask.net/Autotask/AutotaskExtend/ExecuteCommand.aspx?Code=OpenTicketDetail&TicketID=77"
                .into(),
        ),
        accept_url: Some("https://bell.example/l/accept-token".into()),
        resolve_url: Some("https://bell.example/l/resolve-token".into()),
        complete_url: Some("https://bell.example/l/complete-token".into()),
        started_at: at("2026-01-01T02:12:00Z"),
        escalates_at: Some(at("2026-01-01T02:17:00Z")),
        reply_code: None,
        wording: None,
        reader: Reader::of("Europe/Berlin", "en"),
    }
}

pub fn update(change: AlertChange) -> Message {
    Message::Update(AlertUpdate {
        alert: brief(),
        change,
        source_name: "Autotask".into(),
        at: at("2026-01-01T02:14:00Z"),
        title: None,
        reader: Reader::of("Europe/Berlin", "en"),
    })
}

pub fn summary(listed: usize, count: usize) -> Message {
    let alerts = (0..listed)
        .map(|n| AlertBrief { id: 100 + n as i64, summary: format!("Alert number {n}"), ..brief() })
        .collect();
    Message::Summary(AlertSummary {
        source_name: "Autotask".into(),
        alerts,
        count,
        urgency: Urgency::Pages,
        url: "https://bell.example/alerts?source=7".into(),
        started_at: at("2026-01-01T02:12:00Z"),
        reply_code: None,
        reader: Reader::of("America/New_York", "en"),
    })
}

pub fn test_message() -> Message {
    Message::Test(TestMessage {
        requested_by: "Ann Admin".into(),
        at: now(),
        url: Some("https://bell.example/profile".into()),
        reader: Reader::of("UTC", "en"),
    })
}

pub fn verification() -> Message {
    Message::Verification(VerificationCode {
        code: "493 021".into(),
        expires_at: at("2026-01-01T02:22:00Z"),
        reader: Reader::of("Europe/Berlin", "en"),
    })
}

pub fn notice() -> Message {
    Message::Notice(Notice {
        title: "Autotask refused the account \"Main\"".into(),
        text: "User name, secret, integration code or zone was refused (401).\nEvery use of the account has stopped."
            .into(),
        url: Some("https://bell.example/accounts/3".into()),
        at: now(),
        needs_you: true,
        reader: Reader::of("Europe/Berlin", "en"),
    })
}

pub fn http() -> HttpClient {
    HttpClient::new(OutboundPolicy::default()).unwrap()
}

/// Channels whose mail server is the stand-in, with further parameters of its URL.
pub fn channels(smtp: &Smtp, parameters: &str) -> Channels {
    let config: SmtpConfig = format!("{}?from=alerts@contoso.example{parameters}", smtp.url()).parse().unwrap();
    Channels::new(http(), Some(config)).unwrap()
}

pub async fn mailbox() -> (Smtp, Channels) {
    let smtp = Smtp::start(SmtpSimConfig::default()).await.unwrap();
    let channels = channels(&smtp, "");
    (smtp, channels)
}

/// Mails a message to Ann.
pub async fn mail(channels: &Channels, message: &Message, name: &str) -> Outcome {
    let target = Target::Email { address: "ann@msp.example".into() };
    send(channels, &target, message, &id(name), now()).await
}
