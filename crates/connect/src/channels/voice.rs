//! What a call says: pure composition of scripts. The keys are ours everywhere: 4 accepts, 6 resolves, 8 escalates, 9 repeats.

mod english;
mod german;
mod speech;

use watchbell_core::language::Language;
use watchbell_core::text::names;

use super::{
    message::{AlertBrief, AlertChange, AlertPage, Level, Message},
    script::{Keys, Line, Script},
};
use speech::{digits, numbers_by_digit, spoken};

/// How often the same is announced in one call.
pub const ROUNDS_MAX: u8 = 3;
/// How long a key is waited for after the last word, in seconds.
const KEY_WAIT_S: u8 = 6;
/// A name (a customer, a person, a source), in characters.
const NAME_CHARS_MAX: usize = 80;
/// What an alert or a notice is about, in characters: about fifteen seconds.
const SUMMARY_CHARS_MAX: usize = 200;
/// What an organization says in its own words, in characters: about half a minute.
const OWN_WORDS_CHARS_MAX: usize = 400;

/// What a key means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyMeaning {
    /// 4: I have it. In a test: I hear you.
    Accept,
    /// 6: it is over.
    Resolve,
    /// 8: somebody else, now.
    Escalate,
    /// 9, `*`, a key that means nothing, or none in time: all of it again.
    Repeat,
}

/// What a key means; `None`: none was pressed in time.
pub const fn meaning(key: Option<char>) -> KeyMeaning {
    match key {
        Some('4') => KeyMeaning::Accept,
        Some('6') => KeyMeaning::Resolve,
        Some('8') => KeyMeaning::Escalate,
        _ => KeyMeaning::Repeat,
    }
}

/// What came of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VoiceResult<'a> {
    /// The alert is theirs.
    Accepted,
    /// All alerts of a summary are theirs.
    AllAccepted {
        /// How many.
        count: usize,
    },
    /// The alert is over.
    Resolved,
    /// The next level is asked.
    Escalated {
        /// The level that is asked now.
        level: Option<Level>,
    },
    /// Somebody has it already.
    AlreadyAccepted {
        /// Who.
        by: &'a str,
    },
    /// It was over already.
    AlreadyResolved {
        /// By whom, where it was a person.
        by: Option<&'a str>,
    },
    /// There is nothing to do any more.
    NothingLeft,
    /// A test was heard.
    Heard,
    /// It could not be done.
    Failed,
}

/// What is said in our own words, in each language.
enum Phrase<'a> {
    Alert { customer: Option<&'a str>, summary: &'a str },
    CallBack(&'a str),
    MenuOfOne,
    MenuOfAll,
    MenuOfTest,
    Several { count: usize, source: &'a str },
    First(&'a str),
    Test { by: &'a str },
    Code(&'a str),
    CodeAgain(&'a str),
    Happened { what: &'a AlertChange, by: Option<&'a str> },
    Notice(&'a str),
    Result(VoiceResult<'a>),
    Unnamed,
    LookInto,
    Plus,
    GoodBye,
}

fn say(language: Language, phrase: &Phrase<'_>) -> String {
    match language {
        Language::English => english::say(phrase),
        Language::German => german::say(phrase),
    }
}

/// What is said when the call is picked up (`round` 0), and again when the keys said nothing else. After [`ROUNDS_MAX`] times the
/// call says good bye.
pub fn announce(message: &Message, keys_url: &str, round: u8) -> Script {
    let language = message.reader().language;
    let Some(menu) = menu_of(message) else { return ending(language, lines_of(message)) };
    if round >= ROUNDS_MAX {
        return ending(language, Vec::new());
    }
    let mut lines = lines_of(message);
    lines.extend([Line::Pause(1), Line::Say(say(language, &menu))]);
    Script { language, lines, keys: Some(Keys { url: keys_url.to_owned(), wait_s: KEY_WAIT_S }) }
}

/// What a call says that is about no page: a code. Nothing of it is kept here, so that it goes along with the call.
pub(super) fn of_itself(message: &Message) -> Option<Script> {
    matches!(message, Message::Verification(_)).then(|| announce(message, "", 0))
}

/// What is said after a key; then the call ends.
pub fn said(result: VoiceResult<'_>, message: &Message) -> Script {
    let language = message.reader().language;
    let by = match result {
        VoiceResult::AlreadyAccepted { by } => Some(spoken(by, NAME_CHARS_MAX)),
        VoiceResult::AlreadyResolved { by } => by.map(|by| spoken(by, NAME_CHARS_MAX)),
        _ => None,
    };
    let result = match (result, by.as_deref()) {
        (VoiceResult::AlreadyAccepted { .. }, Some(by)) => VoiceResult::AlreadyAccepted { by },
        (VoiceResult::AlreadyResolved { .. }, by) => VoiceResult::AlreadyResolved { by },
        (other, _) => other,
    };
    ending(language, vec![Line::Say(say(language, &Phrase::Result(result)))])
}

/// What is left on a machine: nobody is asked for a key.
pub fn leave(message: &Message) -> Script {
    let language = message.reader().language;
    let mut lines = vec![Line::Pause(1)];
    lines.extend(lines_of(message));
    if menu_of(message).is_some() {
        lines.push(Line::Say(say(language, &Phrase::LookInto)));
    }
    ending(language, lines)
}

fn ending(language: Language, mut lines: Vec<Line>) -> Script {
    lines.push(Line::Say(say(language, &Phrase::GoodBye)));
    Script { language, lines, keys: None }
}

/// The keys that a message offers; none where it only tells.
fn menu_of(message: &Message) -> Option<Phrase<'static>> {
    match message {
        Message::Page(_) => Some(Phrase::MenuOfOne),
        Message::Summary(_) => Some(Phrase::MenuOfAll),
        Message::Test(_) => Some(Phrase::MenuOfTest),
        Message::Update(_) | Message::Verification(_) | Message::Notice(_) | Message::Answer(_) => None,
    }
}

fn lines_of(message: &Message) -> Vec<Line> {
    let language = message.reader().language;
    let words = |phrase: &Phrase<'_>| Line::Say(say(language, phrase));
    match message {
        Message::Page(page) => page_lines(page, language),
        Message::Summary(summary) => {
            let source = spoken(&summary.source_name, NAME_CHARS_MAX);
            let mut lines = vec![words(&Phrase::Several { count: summary.count, source: &source })];
            if let Some(first) = summary.alerts.first() {
                lines.push(words(&Phrase::First(&named(first, language))));
            }
            lines
        }
        Message::Update(update) => {
            let by = by_of(&update.change).map(|by| spoken(by, NAME_CHARS_MAX));
            vec![
                words(&Phrase::Happened { what: &update.change, by: by.as_deref() }),
                Line::Say(format!("{}.", named(&update.alert, language))),
            ]
        }
        Message::Test(test) => vec![words(&Phrase::Test { by: &spoken(&test.requested_by, NAME_CHARS_MAX) })],
        Message::Verification(code) => {
            let code = digits(&code.code);
            vec![words(&Phrase::Code(&code)), Line::Pause(1), words(&Phrase::CodeAgain(&code))]
        }
        Message::Answer(answer) => vec![Line::Say(spoken(&answer.text, SUMMARY_CHARS_MAX))],
        Message::Notice(notice) => {
            let mut lines = vec![words(&Phrase::Notice(&spoken(&notice.title, SUMMARY_CHARS_MAX)))];
            let text = spoken(&notice.text, SUMMARY_CHARS_MAX);
            lines.extend((!text.is_empty()).then_some(Line::Say(text)));
            lines
        }
    }
}

/// What a page says is wrong, without the keys.
pub(super) fn says(page: &AlertPage) -> String {
    let lines = page_lines(page, page.reader.language);
    let said = lines.iter().filter_map(|line| match line {
        Line::Say(words) => Some(words.as_str()),
        Line::Pause(_) => None,
    });
    said.collect::<Vec<_>>().join(" ")
}

fn page_lines(page: &AlertPage, language: Language) -> Vec<Line> {
    let own = page.wording.as_ref().and_then(|own| own.spoken.as_deref());
    let own = own.map(|own| numbers_by_digit(own, &say(language, &Phrase::Plus), OWN_WORDS_CHARS_MAX));
    if let Some(own) = own.filter(|own| !own.is_empty()) {
        return vec![Line::Say(format!("Watchbell. {}.", own.trim_end_matches(['.', ' '])))];
    }
    let customer = customer_of(&page.alert);
    let summary = summary_of(&page.alert, language);
    let mut lines = vec![Line::Say(say(language, &Phrase::Alert { customer: customer.as_deref(), summary: &summary }))];
    if let Some(contact) = page.contact.as_deref().filter(|contact| !contact.trim().is_empty()) {
        let contact = numbers_by_digit(contact, &say(language, &Phrase::Plus), NAME_CHARS_MAX * 2);
        lines.extend([Line::Pause(1), Line::Say(say(language, &Phrase::CallBack(&contact)))]);
    }
    lines
}

/// The customer and the problem, in one sentence without its end.
fn named(alert: &AlertBrief, language: Language) -> String {
    let customer = customer_of(alert).map(|customer| format!("{customer}: ")).unwrap_or_default();
    format!("{customer}{}", summary_of(alert, language))
}

/// The customer, unless the summary begins with it.
fn customer_of(alert: &AlertBrief) -> Option<String> {
    let customer = spoken(alert.customer.as_deref()?, NAME_CHARS_MAX);
    (!customer.is_empty() && !names(&alert.summary, &customer)).then_some(customer)
}

/// The summary without the number of the ticket: nobody keeps fourteen digits in mind at night.
fn summary_of(alert: &AlertBrief, language: Language) -> String {
    let without = match alert.ticket_number.as_deref().map(str::trim).filter(|number| !number.is_empty()) {
        Some(number) => alert.summary.replace(number, " "),
        None => alert.summary.clone(),
    };
    match spoken(&without, SUMMARY_CHARS_MAX) {
        empty if empty.is_empty() => say(language, &Phrase::Unnamed),
        summary => summary,
    }
}

fn by_of(change: &AlertChange) -> Option<&str> {
    match change {
        AlertChange::Accepted { by } => Some(by),
        AlertChange::Resolved { by, .. } | AlertChange::Escalated { by, .. } => by.as_deref(),
    }
}

#[cfg(test)]
mod tests;
