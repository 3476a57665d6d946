//! What is said in return: short, one text message, in the reader's language.

use super::choose::NotChosen;
use super::{Candidate, Verb};
use crate::ids::AlertId;
use crate::language::Language;
use crate::text::cut;

/// What became of a reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It acted on one alert.
    Done {
        /// What it did.
        verb: Verb,
        /// Which alert.
        alert: AlertId,
        /// What that is about: "Contoso: disk full".
        headline: String,
    },
    /// It acted on several.
    DoneAll {
        /// What it did.
        verb: Verb,
        /// How many.
        count: usize,
    },
    /// It did nothing.
    Nothing(NotChosen),
    /// Nothing more is sent here.
    Stopped,
    /// Messages are sent here again.
    Started,
    /// How it works; with what is open for them.
    Help {
        /// An example of a code: one that is open, if any is.
        code: Option<u32>,
    },
    /// Not understood; said once, with what would be.
    Unknown {
        /// An example of a code: one that is open, if any is.
        code: Option<u32>,
    },
}

impl Answer {
    /// Help with the code of an alert that is open.
    pub fn help(told: &[Candidate]) -> Self {
        Self::Help { code: example(told) }
    }

    /// Not understood, with the code of an alert that is open.
    pub fn unknown(told: &[Candidate]) -> Self {
        Self::Unknown { code: example(told) }
    }
}

fn example(told: &[Candidate]) -> Option<u32> {
    told.iter().filter(|one| one.is_open()).max_by_key(|one| one.id).and_then(|one| one.code)
}

/// Longest answer, in characters: one text message, where the alphabet of GSM has them all.
pub const ANSWER_CHARS_MAX: usize = 160;

/// The words of an answer, of at most [`ANSWER_CHARS_MAX`] characters. A channel that lacks some of them writes what is nearest.
pub fn answer(language: Language, answer: &Answer) -> String {
    let words = match language {
        Language::English => english(answer),
        Language::German => german(answer),
    };
    cut(&words, ANSWER_CHARS_MAX)
}

fn english(answer: &Answer) -> String {
    match answer {
        Answer::Done { verb, alert, headline } => {
            let done = match verb {
                Verb::Accept => "Accepted",
                Verb::Resolve => "Resolved",
                Verb::Escalate => "Escalated",
            };
            about(&format!("{done} #{alert}"), headline)
        }
        Answer::DoneAll { verb: Verb::Accept, count } => format!("Accepted all {count} alerts."),
        Answer::DoneAll { verb: Verb::Resolve, count } => format!("Resolved all {count} alerts."),
        Answer::DoneAll { verb: Verb::Escalate, count } => format!("Escalated all {count} alerts."),
        Answer::Nothing(why) => english_why(why),
        Answer::Stopped => "Nothing more is sent here. Reply START to be paged here again.".into(),
        Answer::Started => "You are paged here again. Reply STOP to end that.".into(),
        Answer::Help { code } | Answer::Unknown { code } => {
            let n = code.unwrap_or(1);
            let begin = if matches!(answer, Answer::Help { .. }) { "Watchbell" } else { "Not understood" };
            format!(
                "{begin}. Reply {n}a to accept, {n}r to resolve, {n}e to escalate; ACCEPT ALL for all; STOP to end."
            )
        }
    }
}

fn english_why(why: &NotChosen) -> String {
    match why {
        NotChosen::NoSuchCode { code } => {
            format!("Nothing was changed: no alert has the code {code}. Use the number in the message.")
        }
        NotChosen::SeveralOpen { codes } => match listed(codes) {
            Some(codes) => {
                format!("Nothing was changed: several alerts are open. Say which, such as 42a. Open: {codes}")
            }
            None => "Nothing was changed: several alerts are open. Say which, such as ACCEPT 42.".into(),
        },
        NotChosen::NotYours { alert } => {
            format!("Nothing was changed: you were not told of alert #{alert} here.")
        }
        NotChosen::AlreadyAccepted { alert, by_me: true } => format!("You have already accepted #{alert}."),
        NotChosen::AlreadyAccepted { alert, by_me: false } => {
            format!("Nothing was changed: somebody else has already accepted #{alert}.")
        }
        NotChosen::AlreadyResolved { alert } => format!("Nothing to do: #{alert} is already resolved."),
        NotChosen::NothingOpen => "Nothing to do: no alert is open for you.".into(),
    }
}

fn german(answer: &Answer) -> String {
    match answer {
        Answer::Done { verb, alert, headline } => {
            let done = match verb {
                Verb::Accept => "Angenommen",
                Verb::Resolve => "Erledigt",
                Verb::Escalate => "Eskaliert",
            };
            about(&format!("{done} #{alert}"), headline)
        }
        Answer::DoneAll { verb: Verb::Accept, count } => format!("Alle {count} Alarme angenommen."),
        Answer::DoneAll { verb: Verb::Resolve, count } => format!("Alle {count} Alarme erledigt."),
        Answer::DoneAll { verb: Verb::Escalate, count } => format!("Alle {count} Alarme eskaliert."),
        Answer::Nothing(why) => german_why(why),
        Answer::Stopped => "Hierher wird nichts mehr gesendet. START schaltet es wieder ein.".into(),
        Answer::Started => "Sie werden hier wieder alarmiert. STOPP beendet das.".into(),
        Answer::Help { code } | Answer::Unknown { code } => {
            let n = code.unwrap_or(1);
            let begin = if matches!(answer, Answer::Help { .. }) { "Watchbell" } else { "Nicht verstanden" };
            format!(
                "{begin}. {n}a nimmt an, {n}r erledigt, {n}e eskaliert; ALLE ANNEHMEN nimmt alle an; STOPP beendet."
            )
        }
    }
}

fn german_why(why: &NotChosen) -> String {
    match why {
        NotChosen::NoSuchCode { code } => {
            format!("Nichts geändert: kein Alarm hat den Code {code}. Nehmen Sie die Zahl aus der Nachricht.")
        }
        NotChosen::SeveralOpen { codes } => match listed(codes) {
            Some(codes) => format!("Nichts geändert: mehrere Alarme sind offen. Welcher, etwa 42a? Offen: {codes}"),
            None => "Nichts geändert: mehrere Alarme sind offen. Welcher, etwa ANNEHMEN 42?".into(),
        },
        NotChosen::NotYours { alert } => {
            format!("Nichts geändert: von Alarm #{alert} haben Sie hier keine Nachricht.")
        }
        NotChosen::AlreadyAccepted { alert, by_me: true } => format!("Sie haben #{alert} schon angenommen."),
        NotChosen::AlreadyAccepted { alert, by_me: false } => {
            format!("Nichts geändert: jemand anderes hat #{alert} schon angenommen.")
        }
        NotChosen::AlreadyResolved { alert } => format!("Nichts zu tun: #{alert} ist schon erledigt."),
        NotChosen::NothingOpen => "Nichts zu tun: für Sie ist kein Alarm offen.".into(),
    }
}

fn about(done: &str, headline: &str) -> String {
    match headline.trim() {
        "" => format!("{done}."),
        headline => format!("{done}: {headline}"),
    }
}

/// Codes that a message can name; the rest is counted.
const LISTED_MAX: usize = 8;

fn listed(codes: &[u32]) -> Option<String> {
    let named: Vec<String> = codes.iter().take(LISTED_MAX).map(u32::to_string).collect();
    let more = codes.len().saturating_sub(LISTED_MAX);
    let more = if more > 0 { format!(" +{more}") } else { String::new() };
    (!named.is_empty()).then(|| format!("{}{more}", named.join(", ")))
}
