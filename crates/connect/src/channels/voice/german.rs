//! What calls say in German.

use super::{Phrase, VoiceResult};
use crate::channels::message::AlertChange;

pub(super) fn say(phrase: &Phrase<'_>) -> String {
    match phrase {
        Phrase::Alert { customer: Some(customer), summary } => format!("Watchbell, Alarm für {customer}: {summary}."),
        Phrase::Alert { customer: None, summary } => format!("Watchbell, Alarm: {summary}."),
        Phrase::CallBack(contact) => format!("Ansprechpartner: {contact}."),
        Phrase::MenuOfOne => {
            "Drücken Sie 4, um anzunehmen, 6, wenn es erledigt ist, 8, um zu eskalieren, 9 zum Wiederholen.".into()
        }
        Phrase::MenuOfAll => "Drücken Sie 4, um alle anzunehmen, 9 zum Wiederholen.".into(),
        Phrase::MenuOfTest => "Drücken Sie 4, wenn Sie das hören, 9 zum Wiederholen.".into(),
        Phrase::Several { count, source } => format!("Watchbell, {count} Alarme von {source}."),
        Phrase::First(first) => format!("Der erste: {first}."),
        Phrase::Test { by } => {
            format!(
                "Das ist ein Testanruf von Watchbell, ausgelöst von {by}. So klingt ein Alarm. Es ist nichts passiert."
            )
        }
        Phrase::Code(code) => format!("Hier ist Watchbell. Ihr Code lautet: {code}."),
        Phrase::CodeAgain(code) => format!("Noch einmal, Ihr Code lautet: {code}."),
        Phrase::Happened { what, by } => happened(what, *by),
        Phrase::Notice(title) => format!("Hier ist Watchbell: {title}."),
        Phrase::Result(result) => outcome(*result),
        Phrase::Unnamed => "ein Alarm ohne Namen".into(),
        Phrase::LookInto => "Bitte sehen Sie in Watchbell nach.".into(),
        Phrase::Plus => "plus".into(),
        Phrase::GoodBye => "Auf Wiederhören.".into(),
    }
}

fn happened(what: &AlertChange, by: Option<&str>) -> String {
    let who = by.map(|by| format!(" von {by}")).unwrap_or_default();
    match what {
        AlertChange::Accepted { .. } => format!("Watchbell: angenommen{who}."),
        AlertChange::Resolved { .. } => format!("Watchbell: erledigt{who}."),
        AlertChange::Escalated { level, .. } => format!("Watchbell: eskaliert auf Stufe {}{who}.", level.number),
    }
}

fn outcome(result: VoiceResult<'_>) -> String {
    match result {
        VoiceResult::Accepted => "Angenommen. Der Alarm gehört Ihnen.".into(),
        VoiceResult::AllAccepted { count } => format!("Alle {count} Alarme angenommen. Sie gehören Ihnen."),
        VoiceResult::Resolved => "Erledigt.".into(),
        VoiceResult::Escalated { level: Some(level) } => format!("Eskaliert. Jetzt ist Stufe {} dran.", level.number),
        VoiceResult::Escalated { level: None } => "Eskaliert.".into(),
        VoiceResult::AlreadyAccepted { by } => format!("Das hat {by} schon angenommen."),
        VoiceResult::AlreadyResolved { by: Some(by) } => format!("Das hat {by} schon erledigt."),
        VoiceResult::AlreadyResolved { by: None } => "Das ist schon erledigt.".into(),
        VoiceResult::NothingLeft => "Es ist nichts mehr zu tun.".into(),
        VoiceResult::Heard => "Danke. Der Test hat geklappt.".into(),
        VoiceResult::Failed => "Das hat nicht geklappt. Bitte sehen Sie in Watchbell nach.".into(),
    }
}
