//! The lines of an alert's log in words, English and German, made from the typed entries.

mod entry;
mod level;
mod message;
mod names;
#[cfg(test)]
mod tests;

pub use names::Names;
#[cfg(test)]
pub(super) use tests::samples;

use entry::entry_text;
use message::{event_text, notification_text};
use watchbell_store::alert_history::Happened;

/// A language of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lang {
    /// English.
    En,
    /// German.
    De,
}

/// The same sentence in both languages; names in braces are variables in scope.
macro_rules! say {
    ($lang:expr, $en:literal, $de:literal) => {
        match $lang {
            Lang::En => format!($en),
            Lang::De => format!($de),
        }
    };
}
use say;

/// A line in words.
pub fn text(what: &Happened, names: &Names, lang: Lang) -> String {
    match what {
        Happened::Event(event) => event_text(event, names, lang),
        Happened::Notification(notification) => notification_text(notification, names, lang),
        Happened::Log(line) => entry_text(&line.entry, &names.actor(&line.actor, lang), names, lang),
    }
}
