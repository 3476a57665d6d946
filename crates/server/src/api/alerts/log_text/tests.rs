//! Every entry in words, in both languages.

use super::entry::entry_text;
use super::{Lang, Names};
use watchbell_core::alert::Priority;
use watchbell_core::hold::{Because, Hold};
use watchbell_core::ids::{MaintenanceWindowId, NotificationId, PolicyId, UserId};
use watchbell_core::language::Language;
use watchbell_core::provider::Reported;
use watchbell_core::texts::Form;
use watchbell_core::timeline::Entry;
use watchbell_core::user::Channel;

/// One entry of each kind.
pub(in super::super) fn samples() -> Vec<Entry> {
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
                because: Because::Maintenance(MaintenanceWindowId(1)),
                name: words(),
                until: jiff::Timestamp::UNIX_EPOCH,
                pages_then: true,
            },
        },
        Entry::EscalationEnded,
        Entry::NobodyNotified,
        Entry::DeliveryFailed { notification, attempt: 1, error: words(), again: true, via: None },
        Entry::Reported { notification, state: Reported::Delivered, said: words(), via: Some("Outside".into()) },
        Entry::Answered { channel: Channel::Sms, said: words() },
        Entry::PossiblyTwice { notification },
        Entry::ResponderAdded { user },
        Entry::ResponderRemoved { user },
        Entry::Comment { text: words(), author: Some("Outside".into()) },
        Entry::Told { text: words() },
        Entry::WrittenBack { what: words() },
        Entry::TicketMade { number: words(), company: words(), found_by: words(), action: words() },
        Entry::WriteBackFailed { what: words(), error: words() },
    ]
}

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
    assert_eq!(entry_text(&level, "", &names, Lang::En), "Level 1 is paged (pass 1): Ann Lee; cannot be paged: user 8");
    assert_eq!(entry_text(&Entry::Accepted, "Ann Lee", &names, Lang::De), "Ann Lee hat den Alarm angenommen");
}
