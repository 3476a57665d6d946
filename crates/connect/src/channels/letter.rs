//! A message in words, before it becomes a mail or a push: one composition for all channels that people read.

mod alert;
mod other;

use jiff::Timestamp;
use watchbell_core::language::Language;
use watchbell_core::text::names;

use super::{
    limits::{LINE_CHARS_MAX, TITLE_CHARS_MAX},
    message::{AlertBrief, Level, Message, Reader, Urgency},
    text::{line, web_link},
    words,
};

/// What a reader sees, clean and cut; still to be escaped by the form it is put into.
#[derive(Debug, Clone, Default)]
pub(super) struct Letter {
    /// Subject of a mail: the same for all mails of an alert, because mail programs thread by it.
    pub subject: String,
    /// Title of a push and heading of a mail.
    pub title: String,
    /// The most important in one line.
    pub lead: String,
    /// Several lines of the source's own.
    pub details: String,
    /// Label and value.
    pub facts: Vec<(&'static str, String)>,
    /// Alerts of a summary: text and link.
    pub listed: Vec<(String, Option<String>)>,
    /// What the list leaves out.
    pub more: Option<String>,
    /// What can be done, the first first.
    pub actions: Vec<Action>,
    /// Where to read on: label and address.
    pub links: Vec<(&'static str, String)>,
    /// How the mail itself is answered, where somebody hears that.
    pub answering: &'static str,
    /// Small print.
    pub footer: &'static str,
    /// The alert that it belongs to.
    pub thread: Option<Thread>,
    /// How it is shown.
    pub mood: Mood,
    /// In which language it is written.
    pub language: Language,
    /// Whether the details are the organization's own words for all that is to be said.
    pub own_words: bool,
}

/// Something the reader can do by a signed link.
#[derive(Debug, Clone)]
pub(super) struct Action {
    pub verb: Verb,
    pub url: String,
}

/// The verbs of product.md.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verb {
    Accept,
    Resolve,
    Complete,
}

impl Verb {
    pub fn words(self, language: Language) -> &'static str {
        match self {
            Self::Accept => words::accept(language),
            Self::Resolve => words::resolve(language),
            Self::Complete => words::complete(language),
        }
    }
}

/// The alert that a letter belongs to.
#[derive(Debug, Clone)]
pub(super) struct Thread {
    pub alert_id: i64,
    pub alert_url: String,
}

/// How a letter is shown: colour, tag, priority.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Mood {
    /// Somebody is needed now.
    Pages,
    /// Somebody is needed some time.
    Quiet,
    /// Somebody has it.
    Accepted,
    /// It is over.
    Resolved,
    /// The next level is asked.
    Escalated,
    /// It rings like a page, and nothing is wrong.
    Test,
    /// Somebody must look after Watchbell itself.
    Warning,
    /// Nothing of these.
    #[default]
    Plain,
}

impl From<Urgency> for Mood {
    fn from(urgency: Urgency) -> Self {
        match urgency {
            Urgency::Pages => Self::Pages,
            Urgency::Quiet => Self::Quiet,
        }
    }
}

/// Puts a message into words.
pub(super) fn compose(message: &Message) -> Letter {
    let letter = match message {
        Message::Page(page) => alert::page(page),
        Message::Summary(summary) => alert::summary(summary),
        Message::Update(update) => alert::update(update),
        Message::Test(test) => other::test(test),
        Message::Verification(code) => other::verification(code),
        Message::Notice(notice) => other::notice(notice),
        Message::Answer(answer) => other::answer(answer),
    };
    Letter { language: message.reader().language, ..letter }
}

/// The alert in a line as pages and mails name it: the customer, the problem, and the ticket's number last.
pub(super) fn title(alert: &AlertBrief, own: Option<&str>, language: Language) -> String {
    let own = own.map(|own| line(own, TITLE_CHARS_MAX)).filter(|own| !own.is_empty());
    own.unwrap_or_else(|| headline(alert, language))
}

/// The alert in a line: customer, summary and ticket number, each named once even where the summary names it already.
pub fn headline(alert: &AlertBrief, language: Language) -> String {
    let summary = line(&alert.summary, TITLE_CHARS_MAX);
    let named = |part: &str| names(&summary, part);
    let customer = alert.customer.as_deref().map(|name| line(name, 60)).filter(|name| !name.is_empty() && !named(name));
    let ticket = alert
        .ticket_number
        .as_deref()
        .map(|number| line(number, 40))
        .filter(|number| !number.is_empty() && !named(number));
    let before = customer.map(|name| format!("{name}: ")).unwrap_or_default();
    let after = ticket.map(|number| format!(" [{number}]")).unwrap_or_default();
    // The number is what people say on the phone: the summary is cut before it.
    let room = TITLE_CHARS_MAX.saturating_sub(before.chars().count() + after.chars().count());
    let middle = if summary.is_empty() { words::alert_number(language, alert.id) } else { line(&summary, room) };
    format!("{before}{middle}{after}")
}

/// A time as its reader reads it, with its zone: `Thu 1 Jan 2026, 03:12 (Europe/Berlin)`.
fn moment(at: Timestamp, reader: &Reader) -> String {
    watchbell_core::moment::moment(at, &reader.zone, reader.language)
}

fn level_words(level: Level, language: Language) -> String {
    words::level(language, level.number, level.of)
}

/// Adds a fact unless there is nothing to say.
fn push_fact(facts: &mut Vec<(&'static str, String)>, label: &'static str, value: Option<&str>) {
    let value = line(value.unwrap_or_default(), LINE_CHARS_MAX);
    if !value.is_empty() {
        facts.push((label, value));
    }
}

/// Adds a link unless it cannot be one.
fn push_link(links: &mut Vec<(&'static str, String)>, label: &'static str, url: Option<&str>) {
    links.extend(url.and_then(web_link).map(|url| (label, url.to_owned())));
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn brief(summary: &str, customer: Option<&str>, number: Option<&str>) -> AlertBrief {
        AlertBrief {
            id: 42,
            summary: summary.into(),
            customer: customer.map(Into::into),
            ticket_number: number.map(Into::into),
            urgency: Urgency::Pages,
            priority_label: None,
            url: String::new(),
        }
    }

    #[test]
    fn a_headline_names_customer_and_ticket_once() {
        for (summary, customer, number, expected) in [
            ("Disk full", Some("Contoso"), Some("T20260101.0001"), "Contoso: Disk full [T20260101.0001]"),
            (
                "Contoso: Disk full [T20260101.0001]",
                Some("Contoso"),
                Some("T20260101.0001"),
                "Contoso: Disk full [T20260101.0001]",
            ),
            ("CONTOSO disk", Some("Contoso"), None, "CONTOSO disk"),
            ("Disk full", None, None, "Disk full"),
            (" \n ", None, Some("T1"), "alert #42 [T1]"),
        ] {
            assert_eq!(headline(&brief(summary, customer, number), Language::English), expected);
        }
    }

    #[test]
    fn the_ticket_number_survives_a_long_summary() {
        let long = headline(&brief(&"x".repeat(900), Some("Contoso"), Some("T20260101.0001")), Language::English);
        assert!(long.ends_with("… [T20260101.0001]"), "{long}");
        assert_eq!(long.chars().count(), TITLE_CHARS_MAX);
    }

    #[test]
    fn a_moment_names_its_zone() {
        let at = "2026-07-01T22:05:00Z".parse().unwrap();
        assert_eq!(moment(at, &Reader::of("Europe/Berlin", "en")), "Thu 2 Jul 2026, 00:05 (Europe/Berlin)");
        assert_eq!(moment(at, &Reader::of("America/New_York", "en")), "Wed 1 Jul 2026, 18:05 (America/New_York)");
        assert_eq!(moment(at, &Reader::of("Nowhere/Land", "fr")), "Wed 1 Jul 2026, 22:05 (UTC)");
    }
}
