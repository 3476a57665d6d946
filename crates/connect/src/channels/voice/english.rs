//! What calls say in English.

use super::{Phrase, VoiceResult};
use crate::channels::message::AlertChange;

pub(super) fn say(phrase: &Phrase<'_>) -> String {
    match phrase {
        Phrase::Alert { customer: Some(customer), summary } => format!("Watchbell, alert for {customer}: {summary}."),
        Phrase::Alert { customer: None, summary } => format!("Watchbell, alert: {summary}."),
        Phrase::CallBack(contact) => format!("The contact is {contact}."),
        Phrase::MenuOfOne => "Press 4 to accept, 6 to resolve, 8 to escalate, 9 to repeat.".into(),
        Phrase::MenuOfAll => "Press 4 to accept all, 9 to repeat.".into(),
        Phrase::MenuOfTest => "Press 4 if you can hear this, 9 to repeat.".into(),
        Phrase::Several { count, source } => format!("Watchbell, {count} alerts of {source}."),
        Phrase::First(first) => format!("The first: {first}."),
        Phrase::Test { by } => {
            format!("This is a test call of Watchbell, asked for by {by}. A page sounds like this. Nothing is wrong.")
        }
        Phrase::Code(code) => format!("This is Watchbell. Your code is: {code}."),
        Phrase::CodeAgain(code) => format!("Once more, your code is: {code}."),
        Phrase::Happened { what, by } => happened(what, *by),
        Phrase::Notice(title) => format!("This is Watchbell: {title}."),
        Phrase::Result(result) => outcome(*result),
        Phrase::Unnamed => "an alert without a name".into(),
        Phrase::LookInto => "Please look into Watchbell.".into(),
        Phrase::Plus => "plus".into(),
        Phrase::GoodBye => "Good bye.".into(),
    }
}

fn happened(what: &AlertChange, by: Option<&str>) -> String {
    let who = by.map(|by| format!(" by {by}")).unwrap_or_default();
    match what {
        AlertChange::Accepted { .. } => format!("Watchbell: accepted{who}."),
        AlertChange::Resolved { .. } => format!("Watchbell: resolved{who}."),
        AlertChange::Escalated { level, .. } => format!("Watchbell: escalated to level {}{who}.", level.number),
    }
}

fn outcome(result: VoiceResult<'_>) -> String {
    match result {
        VoiceResult::Accepted => "Accepted. The alert is yours.".into(),
        VoiceResult::AllAccepted { count } => format!("Accepted all {count} alerts. They are yours."),
        VoiceResult::Resolved => "Resolved.".into(),
        VoiceResult::Escalated { level: Some(level) } => format!("Escalated. Level {} is asked now.", level.number),
        VoiceResult::Escalated { level: None } => "Escalated.".into(),
        VoiceResult::AlreadyAccepted { by } => format!("This was accepted by {by} already."),
        VoiceResult::AlreadyResolved { by: Some(by) } => format!("This was resolved by {by} already."),
        VoiceResult::AlreadyResolved { by: None } => "This is resolved already.".into(),
        VoiceResult::NothingLeft => "There is nothing to do any more.".into(),
        VoiceResult::Heard => "Thank you. The test has passed.".into(),
        VoiceResult::Failed => "This could not be done. Please look into Watchbell.".into(),
    }
}
