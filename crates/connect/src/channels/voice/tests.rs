#![allow(clippy::unwrap_used)]

use proptest::prelude::*;

use super::*;
use crate::channels::samples::{all, code, notice, page, summary, test, update};

const URL: &str = "https://w.example/hook/keys/abc";

/// All that is said, one line each, with pauses as dots.
fn heard(script: &Script) -> String {
    let lines = script.lines.iter().map(|line| match line {
        Line::Say(text) => text.clone(),
        Line::Pause(seconds) => ".".repeat(usize::from(*seconds)),
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_call_says_who_calls_what_is_wrong_and_which_keys_there_are() {
    let message = Message::Page(page("Disk full on SRV01 [T20260101.0001]", "en"));
    let script = announce(&message, URL, 0);
    assert_eq!(
        heard(&script),
        "Watchbell, alert for Contoso: Disk full on SRV01.\n.\nThe contact is Erika Muster, plus 4, 9, 3, 0, 1, 2, 3, 4.\n.\n\
         Press 4 to accept, 6 to resolve, 8 to escalate, 9 to repeat."
    );
    assert_eq!(script.keys.unwrap().url, URL);
    let german = announce(&Message::Page(page("Platte voll", "de")), URL, 0);
    assert_eq!(german.language, Language::German);
    assert_eq!(
        heard(&german),
        "Watchbell, Alarm für Contoso: Platte voll.\n.\nAnsprechpartner: Erika Muster, plus 4, 9, 3, 0, 1, 2, 3, 4.\n.\n\
         Drücken Sie 4, um anzunehmen, 6, wenn es erledigt ist, 8, um zu eskalieren, 9 zum Wiederholen."
    );
}

#[test]
fn the_same_is_announced_three_times_and_then_the_call_ends() {
    let message = Message::Page(page("Disk full", "en"));
    for round in 0..ROUNDS_MAX {
        assert_eq!(announce(&message, URL, round), announce(&message, URL, 0));
    }
    let end = announce(&message, URL, ROUNDS_MAX);
    assert_eq!((heard(&end).as_str(), end.keys), ("Good bye.", None));
}

/// The case VOI-03: a digit that means nothing repeats the menu; the keys of others mean nothing here.
#[test]
fn four_accepts_six_resolves_eight_escalates_and_everything_else_repeats() {
    for (key, expected) in [('4', KeyMeaning::Accept), ('6', KeyMeaning::Resolve), ('8', KeyMeaning::Escalate)] {
        assert_eq!(meaning(Some(key)), expected);
    }
    for key in ['0', '1', '2', '3', '5', '7', '9', '*', '#', 'x'] {
        assert_eq!(meaning(Some(key)), KeyMeaning::Repeat, "{key}");
    }
    assert_eq!(meaning(None), KeyMeaning::Repeat);
}

/// The case VOI-06.
#[test]
fn a_summary_is_accepted_at_once() {
    assert_eq!(
        heard(&announce(&summary("en"), URL, 0)),
        "Watchbell, 4 alerts of Monitoring.\nThe first: Contoso: Disk full.\n.\nPress 4 to accept all, 9 to repeat."
    );
    let done = said(VoiceResult::AllAccepted { count: 4 }, &summary("en"));
    assert_eq!(heard(&done), "Accepted all 4 alerts. They are yours.\nGood bye.");
}

#[test]
fn what_came_of_a_key_is_said_and_the_call_ends() {
    let message = Message::Page(page("Disk full", "en"));
    for (result, expected) in [
        (VoiceResult::Accepted, "Accepted. The alert is yours."),
        (VoiceResult::Resolved, "Resolved."),
        (VoiceResult::Escalated { level: Some(Level { number: 2, of: 3 }) }, "Escalated. Level 2 is asked now."),
        (VoiceResult::AlreadyAccepted { by: "Ben" }, "This was accepted by Ben already."),
        (VoiceResult::AlreadyResolved { by: None }, "This is resolved already."),
        (VoiceResult::NothingLeft, "There is nothing to do any more."),
    ] {
        let script = said(result, &message);
        assert_eq!((heard(&script), script.keys), (format!("{expected}\nGood bye."), None));
    }
    let german = said(VoiceResult::AlreadyAccepted { by: "Ben" }, &Message::Page(page("x", "de")));
    assert_eq!(heard(&german), "Das hat Ben schon angenommen.\nAuf Wiederhören.");
}

#[test]
fn a_code_is_said_digit_by_digit_and_twice() {
    let script = announce(&code("en"), URL, 0);
    assert_eq!(
        heard(&script),
        "This is Watchbell. Your code is: 4, 8, 2, 9, 1, 3.\n.\nOnce more, your code is: 4, 8, 2, 9, 1, 3.\nGood bye."
    );
    assert_eq!(script.keys, None);
}

#[test]
fn a_test_asks_whether_it_is_heard_and_notices_only_tell() {
    assert!(heard(&announce(&test("en"), URL, 0)).ends_with("Press 4 if you can hear this, 9 to repeat."));
    assert_eq!(
        heard(&announce(&notice("en"), URL, 0)),
        "This is Watchbell: Autotask refused us.\nThe secret is wrong. Enter a new one\nGood bye."
    );
    let accepted = update(AlertChange::Accepted { by: "Ben".into() }, "en");
    assert_eq!(heard(&announce(&accepted, URL, 0)), "Watchbell: accepted by Ben.\nContoso: Disk full.\nGood bye.");
}

#[test]
fn a_machine_is_told_without_being_asked_for_a_key() {
    let script = leave(&Message::Page(page("Disk full", "en")));
    assert!(heard(&script).ends_with("Please look into Watchbell.\nGood bye.") && script.keys.is_none());
    assert!(!heard(&script).contains("Press"));
}

#[test]
fn a_long_summary_is_cut_after_a_word() {
    let long = heard(&announce(&Message::Page(page(&"lorem ipsum ".repeat(60), "en")), URL, 0));
    let first = long.lines().next().unwrap();
    assert!(
        first.chars().count() <= SUMMARY_CHARS_MAX + 40 && (first.ends_with("ipsum.") || first.ends_with("lorem.")),
        "{first}"
    );
}

proptest! {
    #[test]
    fn no_ticket_number_and_no_link_is_read(before in "[a-z ]{0,20}", after in "[a-z ]{0,20}") {
        let summary = format!("{before} T20260101.0001 https://x.example/T20260101.0001 ({after})");
        for message in all(&summary, "en") {
            let found = heard(&announce(&message, URL, 0));
            prop_assert!(!found.contains("20260101") && !found.contains("http"), "{}", found);
        }
    }

    #[test]
    fn whatever_comes_from_outside_is_one_line_of_words(text in "(?s).{0,300}", language in "en|de") {
        for message in all(&text, &language) {
            let script = announce(&message, URL, 0);
            for line in &script.lines {
                let Line::Say(words) = line else { continue };
                prop_assert!(!words.contains(|c: char| c.is_control() || matches!(c, '<' | '>')), "{}", words);
                prop_assert!(words.chars().count() <= 400, "{}", words);
            }
        }
    }
}
