//! The lines of an alert's log in words, English and German, made from the typed entries.

use super::notifications::method;
use std::collections::HashMap;
use watchbell_core::hold::{Because, Hold};
use watchbell_core::ids::{PolicyId, UserId};
use watchbell_core::notify::NotificationState;
use watchbell_core::provider::Reported;
use watchbell_core::timeline::{Actor, Entry};
use watchbell_store::alert_history::Happened;
use watchbell_store::events::EventHead;
use watchbell_store::notifications::Notification;

/// A language of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lang {
    /// English.
    En,
    /// German.
    De,
}

/// Names of what lines mention by id.
#[derive(Debug, Default)]
pub struct Names {
    /// Users.
    pub users: HashMap<UserId, String>,
    /// Policies.
    pub policies: HashMap<PolicyId, String>,
    /// The source of the alert.
    pub source: String,
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

impl Names {
    fn user(&self, id: UserId, lang: Lang) -> String {
        self.users.get(&id).cloned().unwrap_or_else(|| say!(lang, "user {id}", "Benutzer {id}"))
    }

    fn people(&self, ids: &[UserId], lang: Lang) -> String {
        ids.iter().map(|id| self.user(*id, lang)).collect::<Vec<_>>().join(", ")
    }

    /// Who did it.
    pub fn actor(&self, actor: &Actor, lang: Lang) -> String {
        match actor {
            Actor::User { id } => self.user(*id, lang),
            Actor::Source { .. } => self.source.clone(),
            Actor::Outside { name } => name.clone(),
            Actor::System => "Watchbell".to_owned(),
            Actor::CommandLine => say!(lang, "the command line", "die Kommandozeile"),
        }
    }
}

/// A line in words.
pub fn text(what: &Happened, names: &Names, lang: Lang) -> String {
    match what {
        Happened::Event(event) => event_text(event, names, lang),
        Happened::Notification(notification) => notification_text(notification, names, lang),
        Happened::Log(line) => entry_text(&line.entry, &names.actor(&line.actor, lang), names, lang),
    }
}

fn event_text(event: &EventHead, names: &Names, lang: Lang) -> String {
    let (source, kind) = (&names.source, &event.kind);
    match event.verdict.as_str() {
        "OPENED" => say!(lang, "{source} opened the alert", "{source} hat den Alarm ausgelöst"),
        "GROUPED" => say!(lang, "{source} reported it again", "{source} hat es erneut gemeldet"),
        _ => say!(lang, "{source} sent an event of type {kind}", "{source} hat ein Ereignis vom Typ {kind} gesendet"),
    }
}

fn notification_text(notification: &Notification, names: &Names, lang: Lang) -> String {
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
fn with_via(said: &str, via: Option<&str>) -> String {
    match (said, via) {
        ("", Some(via)) => via.to_owned(),
        (said, Some(via)) => format!("{via}: {said}"),
        (said, None) => said.to_owned(),
    }
}

fn reported_text(state: Reported, said: &str, via: Option<&str>, lang: Lang) -> String {
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

fn entry_text(entry: &Entry, by: &str, names: &Names, lang: Lang) -> String {
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
        Entry::Woken { .. } => say!(lang, "The snooze is over", "Die Zurückstellung ist vorbei"),
        Entry::AskedResponder { after_s } => {
            let minutes = after_s / 60;
            say!(
                lang,
                "The responder was asked: nothing was done for {minutes} minutes",
                "Der Bearbeiter wurde gefragt: seit {minutes} Minuten geschah nichts"
            )
        }
        Entry::TextFailed { form, language, problem } => say!(
            lang,
            "The text {form} ({language}) does not work, the message went out in Watchbell's own words: {problem}",
            "Der Text {form} ({language}) funktioniert nicht, die Nachricht ging in Watchbells eigenen Worten hinaus: {problem}"
        ),
        Entry::FallbackTold { to } => {
            say!(lang, "The fallback contact {to} was told", "Der Ersatzkontakt {to} wurde benachrichtigt")
        }
        Entry::Unaccepted { reason } => {
            say!(lang, "The alert is pending again: {reason}", "Der Alarm ist wieder offen: {reason}")
        }
        Entry::TicketTouched => {
            say!(lang, "{by} works on the ticket", "{by} arbeitet am Ticket")
        }
        Entry::LeftTo { user, name } => {
            let user = names.user(*user, lang);
            say!(
                lang,
                "{name} has no account any more: {user}, who accepted it too, has the alert",
                "{name} hat kein Konto mehr: {user} hat auch angenommen und hat den Alarm"
            )
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
        Entry::EscalatedNow => say!(lang, "{by} called the next level", "{by} hat die nächste Stufe gerufen"),
        Entry::Raised => say!(lang, "{by} raised the priority", "{by} hat die Priorität erhöht"),
        Entry::ResponderAdded { user } => {
            let user = names.user(*user, lang);
            say!(lang, "{by} added {user} as a responder", "{by} hat {user} als Bearbeiter hinzugefügt")
        }
        Entry::ResponderRemoved { user } => {
            let user = names.user(*user, lang);
            say!(lang, "{by} removed {user} as a responder", "{by} hat {user} als Bearbeiter entfernt")
        }
        Entry::Comment { text, author } => {
            let by = author.as_deref().unwrap_or(by);
            format!("{by}: {text}")
        }
        Entry::Told { text } => format!("{by}: {text}"),
        Entry::WrittenBack { what } => say!(lang, "Written to the ticket: {what}", "In das Ticket geschrieben: {what}"),
        Entry::WriteBackFailed { what, error } => {
            say!(
                lang,
                "Could not be written to the ticket ({what}): {error}",
                "Konnte nicht in das Ticket geschrieben werden ({what}): {error}"
            )
        }
        Entry::LevelStarted { .. }
        | Entry::LevelEmpty { .. }
        | Entry::NotPagedByRule { .. }
        | Entry::HandedOver { .. }
        | Entry::LevelUnreachable { .. }
        | Entry::EscalationEnded => level_text(entry, names, lang),
        Entry::Held { hold } => held_text(hold, lang),
        Entry::NobodyNotified => say!(lang, "Nobody could be notified", "Niemand konnte benachrichtigt werden"),
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
    }
}

fn held_text(hold: &Hold, lang: Lang) -> String {
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

fn level_text(entry: &Entry, names: &Names, lang: Lang) -> String {
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

/// One entry of each kind.
#[cfg(test)]
pub(super) fn samples() -> Vec<Entry> {
    use watchbell_core::alert::Priority;
    use watchbell_core::ids::NotificationId;
    use watchbell_core::language::Language;
    use watchbell_core::texts::Form;
    let (user, notification) = (UserId(7), NotificationId(5));
    let words = || "words".to_owned();
    vec![
        Entry::Opened { priority: Priority::High, policy: PolicyId(1) },
        Entry::Accepted,
        Entry::Unaccepted { reason: words() },
        Entry::LeftTo { user, name: words() },
        Entry::TicketTouched,
        Entry::Resolved { reason: None },
        Entry::Resolved { reason: Some(words()) },
        Entry::TooLate { what: words() },
        Entry::ReassignedToUser { user },
        Entry::ReassignedToPolicy { policy: PolicyId(1) },
        Entry::EscalatedNow,
        Entry::Raised,
        Entry::LevelStarted { pass: 1, level: 0, users: vec![user], unreachable: vec![UserId(8)] },
        Entry::LevelStarted { pass: 1, level: -1, users: vec![user], unreachable: vec![] },
        Entry::LevelEmpty { pass: 1, level: 0, unreachable: vec![user], gaps: Vec::new() },
        Entry::NotPagedByRule { pass: 1, level: 0, schedules: Vec::new(), reason: words() },
        Entry::HandedOver { pass: 1, level: 0, users: vec![user], unreachable: vec![] },
        Entry::AcceptedPartly { count: 1, needed: 2 },
        Entry::Snoozed { until: jiff::Timestamp::UNIX_EPOCH, pages: true },
        Entry::Woken { pages: true },
        Entry::AskedResponder { after_s: 600 },
        Entry::FallbackTold { to: words() },
        Entry::TextFailed { form: Form::Title, language: Language::German, problem: words() },
        Entry::LevelUnreachable { pass: 1, level: 0 },
        Entry::Held {
            hold: Hold {
                because: Because::Maintenance(watchbell_core::ids::MaintenanceWindowId(1)),
                name: words(),
                until: jiff::Timestamp::UNIX_EPOCH,
                pages_then: true,
            },
        },
        Entry::EscalationEnded,
        Entry::NobodyNotified,
        Entry::DeliveryFailed { notification, attempt: 1, error: words(), again: true, via: None },
        Entry::Reported { notification, state: Reported::Delivered, said: words(), via: Some("Outside".into()) },
        Entry::Answered { channel: watchbell_core::user::Channel::Sms, said: words() },
        Entry::PossiblyTwice { notification },
        Entry::ResponderAdded { user },
        Entry::ResponderRemoved { user },
        Entry::Comment { text: words(), author: Some("Outside".into()) },
        Entry::Told { text: words() },
        Entry::WrittenBack { what: words() },
        Entry::WriteBackFailed { what: words(), error: words() },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_is_said_in_both_languages() {
        let names =
            Names { users: [(UserId(7), "Ann Lee".to_owned())].into(), source: "Nagios".into(), ..Names::default() };
        for entry in samples() {
            let said = |lang| entry_text(&entry, "Ann Lee", &names, lang);
            let (english, german) = (said(Lang::En), said(Lang::De));
            assert!(!english.is_empty() && !english.contains('{'), "{english}");
            let is_quote = matches!(entry, Entry::Comment { .. } | Entry::Told { .. });
            assert_eq!(english == german, is_quote, "{english} / {german}");
        }
        let level = Entry::LevelStarted { pass: 1, level: 0, users: vec![UserId(7)], unreachable: vec![UserId(8)] };
        assert_eq!(
            entry_text(&level, "", &names, Lang::En),
            "Level 1 is paged (pass 1): Ann Lee; cannot be paged: user 8"
        );
        assert_eq!(entry_text(&Entry::Accepted, "Ann Lee", &names, Lang::De), "Ann Lee hat den Alarm angenommen");
    }
}
