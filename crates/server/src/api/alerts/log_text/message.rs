//! Events that came in and messages that went out.

use super::super::notifications::method;
use super::{Lang, Names, say};
use watchbell_core::notify::NotificationState;
use watchbell_core::provider::Reported;
use watchbell_store::events::EventHead;
use watchbell_store::notifications::Notification;

/// An event of the source.
pub(super) fn event_text(event: &EventHead, names: &Names, lang: Lang) -> String {
    let (source, kind) = (&names.source, &event.kind);
    match event.verdict.as_str() {
        "OPENED" => say!(lang, "{source} opened the alert", "{source} hat den Alarm ausgelöst"),
        "GROUPED" => say!(lang, "{source} reported it again", "{source} hat es erneut gemeldet"),
        _ => say!(lang, "{source} sent an event of type {kind}", "{source} hat ein Ereignis vom Typ {kind} gesendet"),
    }
}

/// A message, and what became of it.
pub(super) fn notification_text(notification: &Notification, names: &Names, lang: Lang) -> String {
    let (who, how, target) =
        (names.user(notification.user, lang), method(&notification.channel), notification.shown_target());
    let why =
        notification.error.as_ref().or(notification.reason.as_ref()).map(|why| format!(": {why}")).unwrap_or_default();
    match notification.state {
        NotificationState::Planned => {
            say!(lang, "{how} to {who} ({target}) is planned", "{how} an {who} ({target}) ist geplant")
        }
        NotificationState::Sending => {
            say!(lang, "{how} to {who} ({target}) is being sent", "{how} an {who} ({target}) wird gesendet")
        }
        NotificationState::Sent => {
            say!(lang, "{how} to {who} ({target}) was sent", "{how} an {who} ({target}) wurde gesendet")
        }
        NotificationState::Delivered => {
            say!(lang, "{how} to {who} ({target}) was delivered", "{how} an {who} ({target}) wurde zugestellt")
        }
        NotificationState::Failed => {
            say!(lang, "{how} to {who} ({target}) failed{why}", "{how} an {who} ({target}) ist fehlgeschlagen{why}")
        }
        NotificationState::Cancelled => say!(
            lang,
            "{how} to {who} ({target}) was cancelled{why}",
            "{how} an {who} ({target}) wurde abgebrochen{why}"
        ),
        NotificationState::Suppressed => say!(
            lang,
            "{how} to {who} ({target}) was held back{why}",
            "{how} an {who} ({target}) wurde zurückgehalten{why}"
        ),
    }
}

/// What was said, and by whom.
pub(super) fn with_via(said: &str, via: Option<&str>) -> String {
    match (said, via) {
        ("", Some(via)) => via.to_owned(),
        (said, Some(via)) => format!("{via}: {said}"),
        (said, None) => said.to_owned(),
    }
}

/// What the other side told of a message.
pub(super) fn reported_text(state: Reported, said: &str, via: Option<&str>, lang: Lang) -> String {
    let said = with_via(said, via);
    match state {
        Reported::Queued => say!(lang, "The message is on its way ({said})", "Die Nachricht ist unterwegs ({said})"),
        Reported::Ringing => say!(lang, "The phone rings ({said})", "Das Telefon klingelt ({said})"),
        Reported::Delivered => say!(lang, "The message arrived ({said})", "Die Nachricht kam an ({said})"),
        Reported::Machine => say!(lang, "A machine picked up ({said})", "Ein Anrufbeantworter nahm ab ({said})"),
        Reported::Read => say!(lang, "The message was answered ({said})", "Die Nachricht wurde beantwortet ({said})"),
        Reported::Ended => say!(lang, "The call ended ({said})", "Der Anruf ist beendet ({said})"),
        Reported::Unanswered => say!(lang, "Nobody picked up ({said})", "Niemand nahm ab ({said})"),
        Reported::Busy => say!(lang, "The line was engaged ({said})", "Die Leitung war besetzt ({said})"),
        Reported::Undelivered => {
            say!(lang, "The message did not arrive ({said})", "Die Nachricht kam nicht an ({said})")
        }
        Reported::Refused => say!(lang, "The message was refused ({said})", "Die Nachricht wurde abgewiesen ({said})"),
        Reported::TakenBack => {
            say!(lang, "The message was taken back ({said})", "Die Nachricht wurde zurückgenommen ({said})")
        }
    }
}
