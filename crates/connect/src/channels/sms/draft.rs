//! A text before it is cut to its size: which part may be cut, and which may not.

use watchbell_core::language::Language;
use watchbell_core::text::names;

use super::{Manner, english, german};
use crate::channels::{
    limits::TITLE_CHARS_MAX,
    message::{AlertBrief, AlertChange, AlertPage, AlertSummary, AlertUpdate, Level, Message, Notice},
    text::{line, web_link},
};

/// Room for a customer's or a person's name, in characters.
const NAME_CHARS_MAX: usize = 40;
/// Room for the number of a ticket, in characters.
const NUMBER_CHARS_MAX: usize = 24;
/// Room for everything that can be cut, in characters: more is never shown.
const MIDDLE_CHARS_MAX: usize = 600;
/// Alerts named in a summary.
const LISTED_MAX: usize = 5;

/// The parts of a text, in order. Each is clean: one line, no control characters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Draft {
    /// Customer, or what happened.
    pub before: String,
    /// The problem: cut first.
    pub middle: String,
    /// The number that people say on the phone.
    pub after: String,
    /// The alert's page, where there is room.
    pub link: Option<String>,
    /// How to answer: never cut.
    pub hint: Option<String>,
}

/// What is said in our own words, in each language.
pub(super) enum Phrase<'a> {
    ReplyToOne(u32),
    ReplyToAll(u32),
    Several { count: usize, source: &'a str },
    Accepted { by: &'a str },
    Resolved { by: Option<&'a str> },
    Escalated { level: Level, by: Option<&'a str> },
    Test { by: &'a str },
    Code(&'a str),
    CodeUse,
    Unnamed(i64),
    Link,
}

pub(super) fn say(language: Language, phrase: &Phrase<'_>) -> String {
    match language {
        Language::English => english::say(phrase),
        Language::German => german::say(phrase),
    }
}

impl Draft {
    pub fn of(message: &Message, manner: Manner) -> Self {
        let language = message.reader().language;
        let draft = match message {
            Message::Page(page) => of_page(page, language),
            Message::Summary(summary) => of_summary(summary, language),
            Message::Update(update) => of_update(update, language),
            Message::Test(test) => Self {
                middle: say(language, &Phrase::Test { by: &line(&test.requested_by, NAME_CHARS_MAX) }),
                ..Self::default()
            },
            Message::Verification(code) => Self {
                before: say(language, &Phrase::Code(&line(&code.code, NUMBER_CHARS_MAX))),
                middle: say(language, &Phrase::CodeUse),
                ..Self::default()
            },
            Message::Notice(notice) => of_notice(notice),
            Message::Answer(answer) => Self { middle: line(&answer.text, MIDDLE_CHARS_MAX), ..Self::default() },
        };
        draft.in_manner(manner, language)
    }

    fn in_manner(mut self, manner: Manner, language: Language) -> Self {
        if !manner.answers {
            self.hint = None;
        }
        if !manner.links {
            self.link = None;
            let word = say(language, &Phrase::Link);
            for part in [&mut self.before, &mut self.middle, &mut self.after] {
                *part = without_links(part, &word);
            }
        }
        self
    }

    /// Every part changed alike.
    pub fn map(&self, change: impl Fn(&str) -> String) -> Self {
        Self {
            before: change(&self.before),
            middle: change(&self.middle),
            after: change(&self.after),
            link: self.link.clone(),
            hint: self.hint.as_deref().map(change),
        }
    }

    /// All of it, with `middle` in the place of the problem.
    pub fn with(&self, middle: &str, link: Option<&str>) -> String {
        let main = format!("{}{middle}{}", self.before, self.after);
        let parts = [Some(main.trim()), link, self.hint.as_deref()];
        parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n")
    }
}

fn of_page(page: &AlertPage, language: Language) -> Draft {
    let own = page.wording.as_ref().and_then(|own| own.title.as_deref());
    Draft {
        hint: page.reply_code.map(|code| say(language, &Phrase::ReplyToOne(code))),
        ..worded(&page.alert, own, language)
    }
}

/// In the organization's own words where it has some; all of them are what may be cut.
fn worded(alert: &AlertBrief, own: Option<&str>, language: Language) -> Draft {
    let draft = of_alert(alert, language);
    match own.map(|own| line(own, MIDDLE_CHARS_MAX)).filter(|own| !own.is_empty()) {
        Some(own) => Draft { before: String::new(), middle: own, after: String::new(), ..draft },
        None => draft,
    }
}

/// `Contoso: Disk full (T20260101.0001)`, each named once even where the summary names it already.
fn of_alert(alert: &AlertBrief, language: Language) -> Draft {
    let summary = match line(&alert.summary, TITLE_CHARS_MAX) {
        empty if empty.is_empty() => say(language, &Phrase::Unnamed(alert.id)),
        summary => summary,
    };
    let named = |part: &str| names(&summary, part);
    let part = |raw: &Option<String>, chars_max: usize| {
        raw.as_deref().map(|raw| line(raw, chars_max)).filter(|part| !part.is_empty())
    };
    let customer = part(&alert.customer, NAME_CHARS_MAX).filter(|name| !named(name));
    let number = part(&alert.ticket_number, NUMBER_CHARS_MAX).unwrap_or_else(|| format!("#{}", alert.id));
    Draft {
        before: customer.map(|name| format!("{name}: ")).unwrap_or_default(),
        after: if named(&number) { String::new() } else { format!(" ({number})") },
        middle: summary,
        link: web_link(&alert.url).map(Into::into),
        hint: None,
    }
}

fn of_summary(summary: &AlertSummary, language: Language) -> Draft {
    let source = line(&summary.source_name, NAME_CHARS_MAX);
    let listed: Vec<_> = summary.alerts.iter().take(LISTED_MAX).map(|alert| listed(alert, language)).collect();
    Draft {
        before: say(language, &Phrase::Several { count: summary.count, source: &source }),
        middle: line(&listed.join("; "), MIDDLE_CHARS_MAX),
        after: String::new(),
        link: web_link(&summary.url).map(Into::into),
        hint: summary.reply_code.map(|code| say(language, &Phrase::ReplyToAll(code))),
    }
}

fn listed(alert: &AlertBrief, language: Language) -> String {
    let draft = of_alert(alert, language);
    format!("{}{}{}", draft.before, draft.middle, draft.after)
}

fn of_update(update: &AlertUpdate, language: Language) -> Draft {
    let name = |raw: &str| line(raw, NAME_CHARS_MAX);
    let happened = match &update.change {
        AlertChange::Accepted { by } => say(language, &Phrase::Accepted { by: &name(by) }),
        AlertChange::Resolved { by, .. } => say(language, &Phrase::Resolved { by: by.as_deref().map(name).as_deref() }),
        AlertChange::Escalated { level, by } => {
            say(language, &Phrase::Escalated { level: *level, by: by.as_deref().map(name).as_deref() })
        }
    };
    let alert = worded(&update.alert, update.title.as_deref(), language);
    Draft { before: format!("{happened}: {}", alert.before), ..alert }
}

fn of_notice(notice: &Notice) -> Draft {
    let (title, text) = (line(&notice.title, TITLE_CHARS_MAX), line(&notice.text, MIDDLE_CHARS_MAX));
    let middle = [title, text].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(". ");
    Draft {
        before: "Watchbell: ".into(),
        middle,
        link: notice.url.as_deref().and_then(web_link).map(Into::into),
        ..Draft::default()
    }
}

fn without_links(text: &str, word: &str) -> String {
    let is_link = |part: &str| part.contains("://") || part.to_lowercase().starts_with("www.");
    text.split(' ').map(|part| if is_link(part) { word } else { part }).collect::<Vec<_>>().join(" ")
}
