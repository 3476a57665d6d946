//! What text messages say in German.

use super::draft::Phrase;

pub(super) fn say(phrase: &Phrase<'_>) -> String {
    match phrase {
        Phrase::ReplyToOne(code) => {
            format!("Antwort {code}a: annehmen, {code}r: erledigt, {code}e: eskalieren")
        }
        Phrase::ReplyToAll(code) => format!("Antwort {code}aa: alle annehmen"),
        Phrase::Several { count, source } => format!("{source}: {count} Alarme. "),
        Phrase::Accepted { by } => format!("Angenommen von {by}"),
        Phrase::Resolved { by: Some(by) } => format!("Erledigt von {by}"),
        Phrase::Resolved { by: None } => "Erledigt".into(),
        Phrase::Escalated { level, by: Some(by) } => format!("Eskaliert auf Stufe {} von {by}", level.number),
        Phrase::Escalated { level, by: None } => format!("Eskaliert auf Stufe {}", level.number),
        Phrase::Test { by } => {
            format!("Watchbell-Test, ausgelöst von {by}: So kommt ein Alarm an. Es ist nichts passiert.")
        }
        Phrase::Code(code) => format!("{code} ist Ihr Watchbell-Code. "),
        Phrase::CodeUse => {
            "Geben Sie ihn in Watchbell ein, um diese Nummer zu bestätigen. Nicht angefordert? Dann ignorieren.".into()
        }
        Phrase::Unnamed(id) => format!("Alarm #{id}"),
        Phrase::Link => "(Link)".into(),
    }
}
