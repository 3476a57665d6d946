//! What is said to a person, before a channel puts it into its own form.
//!
//! Texts come from outside as they are; the channels clean, cut and escape them.

use super::words;
use jiff::{Timestamp, tz::TimeZone};
use watchbell_core::language::Language;

/// One message to one contact.
#[derive(Debug, Clone)]
#[expect(clippy::large_enum_variant, reason = "one is made for each send, and handed on by reference")]
pub enum Message {
    /// An alert needs somebody.
    Page(AlertPage),
    /// Several alerts of one source, sent as one message.
    Summary(AlertSummary),
    /// An alert that this person was told of has changed.
    Update(AlertUpdate),
    /// A test of a contact, asked for by a person.
    Test(TestMessage),
    /// The code that proves that a contact is the user's own.
    Verification(VerificationCode),
    /// Something for the owner of an account or a source: "Autotask refused ...".
    Notice(Notice),
    /// What is said to somebody who wrote to us.
    Answer(Answer),
}

/// Who reads a message.
#[derive(Debug, Clone)]
pub struct Reader {
    /// In which zone times are told.
    pub zone: TimeZone,
    /// In which language it is written.
    pub language: Language,
}

impl Reader {
    /// By the IANA name of the zone, and the tag of the language; UTC and English where they are not known.
    pub fn of(zone: &str, language: &str) -> Self {
        Self { zone: zone_named(zone), language: Language::of(language) }
    }
}

impl Message {
    /// Who reads it.
    pub fn reader(&self) -> &Reader {
        match self {
            Message::Page(page) => &page.reader,
            Message::Summary(summary) => &summary.reader,
            Message::Update(update) => &update.reader,
            Message::Test(test) => &test.reader,
            Message::Verification(code) => &code.reader,
            Message::Notice(notice) => &notice.reader,
            Message::Answer(answer) => &answer.reader,
        }
    }
}

/// Whether an alert wakes people (`HIGH`) or waits for them (`LOW`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Urgency {
    /// `HIGH`: escalates.
    Pages,
    /// `LOW`: tells the first level only.
    Quiet,
}

impl Urgency {
    /// The word on the badge.
    pub fn word(self, language: Language) -> &'static str {
        match self {
            Self::Pages => words::pages(language),
            Self::Quiet => words::quiet(language),
        }
    }

    /// The word of the API.
    pub fn priority(self) -> &'static str {
        match self {
            Self::Pages => "HIGH",
            Self::Quiet => "LOW",
        }
    }
}

/// What names an alert.
#[derive(Debug, Clone)]
pub struct AlertBrief {
    /// Its number.
    pub id: i64,
    /// Its summary.
    pub summary: String,
    /// The customer it concerns.
    pub customer: Option<String>,
    /// The number of its ticket.
    pub ticket_number: Option<String>,
    /// Whether it pages.
    pub urgency: Urgency,
    /// The source's own label of the priority, such as Critical.
    pub priority_label: Option<String>,
    /// Its page; needs a login.
    pub url: String,
}

/// An alert in the organization's own words; what is `None` is said in Watchbell's. Outside text like any other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wording {
    /// In a line, for titles and subjects.
    pub title: Option<String>,
    /// In several lines, in place of the details.
    pub body: Option<String>,
    /// For a call.
    pub spoken: Option<String>,
}

/// A level of an escalation policy: `number` of `of`, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Level {
    /// This level.
    pub number: u32,
    /// How many there are.
    pub of: u32,
}

/// A date that the source promises something by.
#[derive(Debug, Clone)]
pub struct DueDate {
    /// What is due, such as "First response".
    pub label: String,
    /// When.
    pub at: Timestamp,
}

/// An alert needs somebody.
#[derive(Debug, Clone)]
pub struct AlertPage {
    /// Which alert.
    pub alert: AlertBrief,
    /// What the source says about it; several lines.
    pub details: String,
    /// The alert source.
    pub source_name: String,
    /// The level at which this person is reached.
    pub level: Option<Level>,
    /// The queue of the ticket.
    pub queue: Option<String>,
    /// Whom to call back, with the number.
    pub contact: Option<String>,
    /// Due dates of the ticket.
    pub due: Vec<DueDate>,
    /// The ticket in its own tool.
    pub ticket_url: Option<String>,
    /// The signed link that accepts after a confirming click.
    pub accept_url: Option<String>,
    /// The signed link that resolves after a confirming click.
    pub resolve_url: Option<String>,
    /// The signed link that resolves and completes the ticket after a confirming click.
    pub complete_url: Option<String>,
    /// When the alert was opened.
    pub started_at: Timestamp,
    /// When the next level starts, if nobody accepts.
    pub escalates_at: Option<Timestamp>,
    /// The short number by which this reader answers: `42` in "Reply 42a to accept". `None` where no answer can be heard.
    pub reply_code: Option<u32>,
    /// The organization's own words for it, where it has some.
    pub wording: Option<Wording>,
    /// Who reads it.
    pub reader: Reader,
}

/// Several alerts of one source, sent as one message.
#[derive(Debug, Clone)]
pub struct AlertSummary {
    /// The alert source.
    pub source_name: String,
    /// The alerts to name, the first first; of a longer list the rest is counted.
    pub alerts: Vec<AlertBrief>,
    /// How many there are in all, those that are not in `alerts` included.
    pub count: usize,
    /// Whether one of them pages.
    pub urgency: Urgency,
    /// The list of these alerts; needs a login.
    pub url: String,
    /// When the first of them was opened.
    pub started_at: Timestamp,
    /// The short number by which this reader answers for all of them: `42` in "Reply 42aa to accept all".
    pub reply_code: Option<u32>,
    /// Who reads it.
    pub reader: Reader,
}

/// An alert that this person was told of has changed.
#[derive(Debug, Clone)]
pub struct AlertUpdate {
    /// Which alert.
    pub alert: AlertBrief,
    /// What happened to it.
    pub change: AlertChange,
    /// The alert source.
    pub source_name: String,
    /// When it happened.
    pub at: Timestamp,
    /// The organization's own title of its page, so that mail programs thread the two.
    pub title: Option<String>,
    /// Who reads it.
    pub reader: Reader,
}

/// What happened to an alert.
#[derive(Debug, Clone)]
pub enum AlertChange {
    /// Somebody has it.
    Accepted {
        /// Who.
        by: String,
    },
    /// It is over.
    Resolved {
        /// Who, where it was a person.
        by: Option<String>,
        /// Why, where there is more to say, such as "the ticket was completed".
        reason: Option<String>,
    },
    /// The next level is asked.
    Escalated {
        /// The level that is asked now.
        level: Level,
        /// Who asked for it; nobody where the time ran out.
        by: Option<String>,
    },
}

/// A test of a contact.
#[derive(Debug, Clone)]
pub struct TestMessage {
    /// Who asked for it.
    pub requested_by: String,
    /// When.
    pub at: Timestamp,
    /// The page where the contact is.
    pub url: Option<String>,
    /// Who reads it.
    pub reader: Reader,
}

/// The code that proves that a contact is the user's own.
#[derive(Debug, Clone)]
pub struct VerificationCode {
    /// The code, to be typed in.
    pub code: String,
    /// Until when it counts.
    pub expires_at: Timestamp,
    /// Who reads it.
    pub reader: Reader,
}

/// What is said to somebody who wrote to us: nothing is put before or behind it.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The words.
    pub text: String,
    /// Who reads it.
    pub reader: Reader,
}

/// Something for the owner of an account or a source.
#[derive(Debug, Clone)]
pub struct Notice {
    /// What it is about, in a line.
    pub title: String,
    /// What happened and what to do; several lines.
    pub text: String,
    /// Where to do it.
    pub url: Option<String>,
    /// When it happened.
    pub at: Timestamp,
    /// Whether the reader has to do something; otherwise it is good to know.
    pub needs_you: bool,
    /// Who reads it.
    pub reader: Reader,
}

/// The zone of an IANA name; UTC where the name is not known, so that a message never fails on it.
pub fn zone_named(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap_or(TimeZone::UTC)
}
