//! What escalation did, and why nobody was paged.

use super::{Lang, Names, say};
use watchbell_core::hold::{Because, Hold};
use watchbell_core::timeline::Entry;

/// Nobody is paged until later.
pub(super) fn held_text(hold: &Hold, lang: Lang) -> String {
    let (name, until) = (&hold.name, hold.until);
    let then = match (hold.pages_then, lang) {
        (true, Lang::En) => "it pages then if it is still open",
        (true, Lang::De) => "danach wird alarmiert, wenn er noch offen ist",
        (false, Lang::En) => "nor then",
        (false, Lang::De) => "auch danach nicht",
    };
    match hold.because {
        Because::SupportHours(_) => say!(
            lang,
            "Nobody is paged until {until}: outside the support hours {name}; {then}",
            "Niemand wird bis {until} alarmiert: außerhalb der Servicezeiten {name}; {then}"
        ),
        Because::Maintenance(_) => say!(
            lang,
            "Nobody is paged until {until}: maintenance {name}; {then}",
            "Niemand wird bis {until} alarmiert: Wartung {name}; {then}"
        ),
    }
}

/// What became of a level.
pub(super) fn level_text(entry: &Entry, names: &Names, lang: Lang) -> String {
    let number = |level: &i64| level + 1;
    match entry {
        Entry::LevelStarted { level: -1, users, .. } => {
            let users = names.people(users, lang);
            say!(lang, "{users} is paged", "{users} wird alarmiert")
        }
        Entry::LevelStarted { pass, level, users, unreachable } => {
            let (level, users) = (number(level), names.people(users, lang));
            let missing = match names.people(unreachable, lang) {
                none if none.is_empty() => none,
                missing => say!(lang, "; cannot be paged: {missing}", "; nicht erreichbar: {missing}"),
            };
            say!(
                lang,
                "Level {level} is paged (pass {pass}): {users}{missing}",
                "Stufe {level} wird alarmiert (Durchgang {pass}): {users}{missing}"
            )
        }
        Entry::LevelEmpty { level: -1, .. } => {
            say!(lang, "The person it was given to cannot be paged", "Die Person, an die er ging, ist nicht erreichbar")
        }
        Entry::LevelEmpty { pass, level, .. } => {
            let level = number(level);
            say!(
                lang,
                "Nobody of level {level} can be paged (pass {pass}): the next one starts at once",
                "Niemand der Stufe {level} ist erreichbar (Durchgang {pass}): die nächste beginnt sofort"
            )
        }
        Entry::NotPagedByRule { level, reason, .. } => {
            let level = number(level);
            say!(
                lang,
                "Level {level} is not paged by rule: {reason}",
                "Stufe {level} wird planmäßig nicht alarmiert: {reason}"
            )
        }
        Entry::HandedOver { level, users, .. } => {
            let (level, users) = (number(level), names.people(users, lang));
            say!(
                lang,
                "Hand-over at level {level}: {users} is paged as well",
                "Übergabe auf Stufe {level}: {users} wird auch alarmiert"
            )
        }
        Entry::LevelUnreachable { pass, level } => {
            let level = number(level);
            say!(
                lang,
                "No message to level {level} arrived (pass {pass}): the next one starts at once",
                "Keine Nachricht an Stufe {level} kam an (Durchgang {pass}): die nächste beginnt sofort"
            )
        }
        _ => say!(lang, "The escalation is over", "Die Eskalation ist zu Ende"),
    }
}
