//! Entries in words.

use super::level::{held_text, level_text};
use super::message::{reported_text, with_via};
use super::{Lang, Names, say};
use watchbell_core::timeline::Entry;

/// An entry in words. `by`: who did it.
pub(super) fn entry_text(entry: &Entry, by: &str, names: &Names, lang: Lang) -> String {
    match entry {
        Entry::Opened { .. }
        | Entry::Accepted
        | Entry::AcceptedPartly { .. }
        | Entry::Snoozed { .. }
        | Entry::Unaccepted { .. }
        | Entry::Resolved { .. }
        | Entry::TooLate { .. }
        | Entry::EscalatedNow
        | Entry::Raised => decision_text(entry, by, lang),
        Entry::LeftTo { .. }
        | Entry::ReassignedToUser { .. }
        | Entry::ReassignedToPolicy { .. }
        | Entry::ResponderAdded { .. }
        | Entry::ResponderRemoved { .. } => given_text(entry, by, names, lang),
        Entry::TicketMade { .. }
        | Entry::TicketTouched
        | Entry::WrittenBack { .. }
        | Entry::LeftAsItIs { .. }
        | Entry::WriteBackFailed { .. } => ticket_text(entry, by, lang),
        Entry::Woken { .. }
        | Entry::AskedResponder { .. }
        | Entry::FallbackTold { .. }
        | Entry::TextFailed { .. }
        | Entry::NobodyNotified => own_text(entry, lang),
        Entry::Reported { .. }
        | Entry::Answered { .. }
        | Entry::DeliveryFailed { .. }
        | Entry::PossiblyTwice { .. } => delivery_text(entry, by, lang),
        Entry::Comment { text, author } => {
            let by = author.as_deref().unwrap_or(by);
            format!("{by}: {text}")
        }
        Entry::Told { text } => format!("{by}: {text}"),
        Entry::LevelStarted { .. }
        | Entry::LevelEmpty { .. }
        | Entry::NotPagedByRule { .. }
        | Entry::HandedOver { .. }
        | Entry::LevelUnreachable { .. }
        | Entry::EscalationEnded => level_text(entry, names, lang),
        Entry::Held { hold } => held_text(hold, lang),
    }
}

/// What people and sources decided.
fn decision_text(entry: &Entry, by: &str, lang: Lang) -> String {
    match entry {
        Entry::Opened { .. } => say!(lang, "{by} opened the alert", "{by} hat den Alarm ausgelöst"),
        Entry::Accepted => say!(lang, "{by} accepted the alert", "{by} hat den Alarm angenommen"),
        Entry::AcceptedPartly { count, needed } => {
            say!(
                lang,
                "{by} accepted the alert ({count} of {needed})",
                "{by} hat den Alarm angenommen ({count} von {needed})"
            )
        }
        Entry::Snoozed { until, .. } => {
            say!(lang, "{by} snoozed the alert until {until}", "{by} hat den Alarm bis {until} zurückgestellt")
        }
        Entry::Unaccepted { reason } => {
            say!(lang, "The alert is pending again: {reason}", "Der Alarm ist wieder offen: {reason}")
        }
        Entry::Resolved { reason: None } => say!(lang, "{by} resolved the alert", "{by} hat den Alarm gelöst"),
        Entry::Resolved { reason: Some(reason) } => {
            say!(lang, "{by} resolved the alert: {reason}", "{by} hat den Alarm gelöst: {reason}")
        }
        Entry::TooLate { what } => say!(
            lang,
            "{by} came too late to {what} the alert: it was resolved",
            "{by} kam zu spät ({what}): der Alarm war gelöst"
        ),
        Entry::EscalatedNow => say!(lang, "{by} called the next level", "{by} hat die nächste Stufe gerufen"),
        Entry::Raised => say!(lang, "{by} raised the priority", "{by} hat die Priorität erhöht"),
        // Not asked for.
        _ => String::new(),
    }
}

/// Who has it, or is asked to help.
fn given_text(entry: &Entry, by: &str, names: &Names, lang: Lang) -> String {
    match entry {
        Entry::LeftTo { user, name } => {
            let user = names.user(*user, lang);
            say!(
                lang,
                "{name} has no account any more: {user}, who accepted it too, has the alert",
                "{name} hat kein Konto mehr: {user} hat auch angenommen und hat den Alarm"
            )
        }
        Entry::ReassignedToUser { user } => {
            let user = names.user(*user, lang);
            say!(lang, "{by} gave the alert to {user}", "{by} hat den Alarm an {user} gegeben")
        }
        Entry::ReassignedToPolicy { policy } => {
            let policy = names.policies.get(policy).cloned().unwrap_or_else(|| policy.to_string());
            say!(
                lang,
                "{by} gave the alert to the escalation policy {policy}",
                "{by} hat den Alarm an die Eskalationsrichtlinie {policy} gegeben"
            )
        }
        Entry::ResponderAdded { user } => {
            let user = names.user(*user, lang);
            say!(lang, "{by} added {user} as a responder", "{by} hat {user} als Bearbeiter hinzugefügt")
        }
        Entry::ResponderRemoved { user } => {
            let user = names.user(*user, lang);
            say!(lang, "{by} removed {user} as a responder", "{by} hat {user} als Bearbeiter entfernt")
        }
        // Not asked for.
        _ => String::new(),
    }
}

/// What was done at the ticket.
fn ticket_text(entry: &Entry, by: &str, lang: Lang) -> String {
    match entry {
        Entry::TicketMade { number, company, action, .. } => say!(
            lang,
            "Ticket {number} for {company} was made by the alert action {action}",
            "Ticket {number} für {company} wurde von der Alarmaktion {action} angelegt"
        ),
        Entry::TicketTouched => {
            say!(lang, "{by} works on the ticket", "{by} arbeitet am Ticket")
        }
        Entry::WrittenBack { what } => say!(lang, "Written to the ticket: {what}", "In das Ticket geschrieben: {what}"),
        Entry::LeftAsItIs { what } => {
            say!(lang, "Left on the ticket as it is: {what}", "Im Ticket so gelassen: {what}")
        }
        Entry::WriteBackFailed { what, error } => {
            say!(
                lang,
                "Could not be written to the ticket ({what}): {error}",
                "Konnte nicht in das Ticket geschrieben werden ({what}): {error}"
            )
        }
        // Not asked for.
        _ => String::new(),
    }
}

/// What Watchbell did by itself.
fn own_text(entry: &Entry, lang: Lang) -> String {
    match entry {
        Entry::Woken { .. } => say!(lang, "The snooze is over", "Die Zurückstellung ist vorbei"),
        Entry::AskedResponder { after_s } => {
            let minutes = after_s / 60;
            say!(
                lang,
                "The responder was asked: nothing was done for {minutes} minutes",
                "Der Bearbeiter wurde gefragt: seit {minutes} Minuten geschah nichts"
            )
        }
        Entry::FallbackTold { to } => {
            say!(lang, "The fallback contact {to} was told", "Der Ersatzkontakt {to} wurde benachrichtigt")
        }
        Entry::TextFailed { form, language, problem } => say!(
            lang,
            "The text {form} ({language}) does not work, the message went out in Watchbell's own words: {problem}",
            "Der Text {form} ({language}) funktioniert nicht, die Nachricht ging in Watchbells eigenen Worten hinaus: {problem}"
        ),
        Entry::NobodyNotified => say!(lang, "Nobody could be notified", "Niemand konnte benachrichtigt werden"),
        // Not asked for.
        _ => String::new(),
    }
}

/// What became of messages.
fn delivery_text(entry: &Entry, by: &str, lang: Lang) -> String {
    match entry {
        Entry::Reported { state, said, via, .. } => reported_text(*state, said, via.as_deref(), lang),
        Entry::Answered { channel, said } => {
            say!(lang, "{by} answered by {channel}: {said}", "{by} hat per {channel} geantwortet: {said}")
        }
        Entry::DeliveryFailed { attempt, error, again, via, .. } => {
            let error = with_via(error, via.as_deref());
            let then = if *again {
                say!(lang, "it is tried again", "es wird erneut versucht")
            } else {
                say!(lang, "it was given up", "es wurde aufgegeben")
            };
            say!(
                lang,
                "Try {attempt} to send failed ({error}); {then}",
                "Versuch {attempt} zu senden ist fehlgeschlagen ({error}); {then}"
            )
        }
        Entry::PossiblyTwice { .. } => {
            say!(
                lang,
                "A send was cut off and repeated: it may have arrived twice",
                "Ein Versand wurde unterbrochen und wiederholt: er kam vielleicht doppelt an"
            )
        }
        // Not asked for.
        _ => String::new(),
    }
}
