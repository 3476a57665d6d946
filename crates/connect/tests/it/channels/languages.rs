//! Messages in the language of their reader: whole in each, and with nothing of the other.

use std::collections::BTreeSet;

use watchbell_connect::channels::{
    AlertBrief, AlertChange, AlertPage, AlertSummary, AlertUpdate, DueDate, Level, Message, Notice, Reader, Target,
    TestMessage, Urgency, VerificationCode, Wording, preview, send,
};

use super::messages::{self, at, http, id, mail, mailbox, now, page};
use watchbell_connect::channels::Channels;
use watchbell_sim::ntfy::{Ntfy, NtfySimConfig};

/// One message of every kind, with `text` for all that comes from outside.
fn every(language: &str, text: &str) -> Vec<(&'static str, Message)> {
    let reader = || Reader::of("Europe/Berlin", language);
    let text = || text.to_owned();
    let brief = |urgency| AlertBrief {
        id: 42,
        summary: text(),
        customer: Some(text()),
        ticket_number: Some("T20260101.0001".into()),
        urgency,
        priority_label: Some(text()),
        url: "https://bell.example/alerts/42".into(),
    };
    let page = |urgency, level| {
        Message::Page(AlertPage {
            alert: brief(urgency),
            details: text(),
            source_name: text(),
            level,
            queue: Some(text()),
            contact: Some(text()),
            due: vec![DueDate { label: text(), at: at("2026-01-01T03:00:00Z") }],
            ticket_url: Some("https://ticket.example/77".into()),
            reader: reader(),
            ..messages::page()
        })
    };
    let update = |change| {
        let (alert, source_name, at) = (brief(Urgency::Pages), text(), at("2026-01-01T02:14:00Z"));
        Message::Update(AlertUpdate { alert, change, source_name, at, title: None, reader: reader() })
    };
    let summary = |count| {
        Message::Summary(AlertSummary {
            source_name: text(),
            alerts: vec![brief(Urgency::Quiet)],
            count,
            urgency: Urgency::Quiet,
            url: "https://bell.example/alerts?source=7".into(),
            started_at: at("2026-03-07T02:12:00Z"),
            reply_code: None,
            reader: reader(),
        })
    };
    let notice = |needs_you| {
        Message::Notice(Notice {
            title: text(),
            text: text(),
            url: Some("https://bell.example/accounts/3".into()),
            at: now(),
            needs_you,
            reader: reader(),
        })
    };
    let (level, by) = (Level { number: 2, of: 3 }, || Some(text()));
    vec![
        ("page", page(Urgency::Pages, Some(level))),
        ("quiet page", page(Urgency::Quiet, None)),
        ("summary of five", summary(5)),
        ("summary of one", summary(1)),
        ("accepted", update(AlertChange::Accepted { by: text() })),
        ("resolved", update(AlertChange::Resolved { by: by(), reason: None })),
        ("resolved by itself", update(AlertChange::Resolved { by: None, reason: by() })),
        ("escalated", update(AlertChange::Escalated { level, by: None })),
        ("escalated by somebody", update(AlertChange::Escalated { level, by: by() })),
        (
            "test",
            Message::Test(TestMessage {
                requested_by: text(),
                at: now(),
                url: Some("https://bell.example/profile".into()),
                reader: reader(),
            }),
        ),
        (
            "verification",
            Message::Verification(VerificationCode {
                code: "493 021".into(),
                expires_at: at("2026-01-01T02:22:00Z"),
                reader: reader(),
            }),
        ),
        ("notice", notice(true)),
        ("notice to know", notice(false)),
    ]
}

#[tokio::test]
async fn every_message_is_written_in_english_and_in_german() {
    let (smtp, channels) = mailbox().await;
    for language in ["en", "de"] {
        let mut all = String::new();
        for (name, message) in every(language, "Größe") {
            assert!(mail(&channels, &message, "m-1").await.is_sent(), "{name}");
            let mail = smtp.messages().pop().unwrap();
            assert!(mail.html.contains(&format!("<html lang=\"{language}\">")), "{name}");
            all.push_str(&format!("=== {name}\n{}\n\n{}\n", mail.subject, mail.text));
        }
        insta::assert_snapshot!(format!("mails_{language}"), all);
    }
}

#[tokio::test]
async fn nothing_in_german_messages_is_english() {
    let (smtp, channels) = mailbox().await;
    let mut words = [BTreeSet::new(), BTreeSet::new()];
    for (language, found) in ["en", "de"].into_iter().zip(&mut words) {
        for (name, message) in every(language, "4711") {
            assert!(mail(&channels, &message, "m-1").await.is_sent(), "{name}");
            let mail = smtp.messages().pop().unwrap();
            let shown = format!("{}\n{}", mail.subject, mail.text);
            let lines = shown.lines().filter(|line| !line.contains("://"));
            let parts = lines.flat_map(|line| line.split(|c: char| !c.is_alphabetic()));
            found.extend(parts.filter(|word| word.chars().count() > 1).map(str::to_lowercase));
        }
    }
    let [english, german] = words;
    // Names, and words that both languages write alike.
    let alike = [
        "watchbell",
        "do",
        "information",
        "ticket",
        "test",
        "code",
        "europe",
        "berlin",
        "re",
        "alarm",
        "jan",
        "in",
        "links",
    ];
    let left: Vec<&String> = german.intersection(&english).filter(|word| !alike.contains(&word.as_str())).collect();
    assert!(left.is_empty(), "{left:?}");
    assert!(english.len() > 100 && german.len() > 100, "{} and {} words", english.len(), german.len());
}

#[tokio::test]
async fn a_push_and_its_buttons_speak_german() {
    let ntfy = Ntfy::start(NtfySimConfig::default()).await.unwrap();
    let channels = Channels::new(http(), None).unwrap();
    let target = Target::Ntfy { url: ntfy.url(), topic: "ann-7f3a".into(), token: None };
    let (_, message) = every("de-AT", "Größe").remove(0);
    assert!(send(&channels, &target, &message, &id("m-1"), now()).await.is_sent());
    let mut received = ntfy.messages().pop().unwrap();
    received.time = 0;
    insta::assert_json_snapshot!("push_de", received);
}

fn worded(wording: Wording) -> AlertPage {
    AlertPage { wording: Some(wording), ..page() }
}

fn own(title: &str, body: &str, spoken: &str) -> Wording {
    let some = |text: &str| Some(text.to_owned());
    Wording { title: some(title), body: some(body), spoken: some(spoken) }
}

#[test]
fn an_organizations_own_words_stand_for_ours_where_there_are_some() {
    let said = preview(&worded(own("Server room: hot", "Go there.\nTake a fan.", "The server room is hot")));
    assert_eq!(said.subject, "[Pages] Server room: hot");
    assert_eq!(said.push_title, "Server room: hot");
    assert_eq!((said.sms.lines().next(), said.sms_segments), (Some("Server room: hot"), 1), "{}", said.sms);
    assert!(
        said.mail.contains("> Go there.\n> Take a fan.\n") && said.mail.contains("Customer   Contoso"),
        "{}",
        said.mail
    );
    assert_eq!(said.push, "Pages · Critical · alert #42 · level 1 of 3\n\nGo there.\nTake a fan.");
    assert_eq!(said.spoken, "Watchbell. The server room is hot.");
    assert_eq!(preview(&worded(Wording::default())), preview(&page()));
    assert_eq!(preview(&worded(own(" ", "\n", "\u{200b}"))), preview(&page()), "blank words are none");
}

#[test]
fn a_call_in_own_words_reads_no_ticket_number_and_telephone_numbers_by_digit() {
    let said = preview(&worded(own("", "", "Call Jane, +49 30 123456, about [T20260101.0001].")));
    assert_eq!(said.spoken, "Watchbell. Call Jane, plus 4, 9, 3, 0, 1, 2, 3, 4, 5, 6 about.");
}

proptest::proptest! {
    #[test]
    fn own_words_keep_to_their_line_and_their_limit(words in "(?s).{0,900}|[<>&\"'\r\n :/a-z\u{5d0}-\u{5ea}\u{1f469}\u{200d}\u{1f4bb}\u{202e}]{0,900}") {
        let said = preview(&worded(own(&words, &words, &words)));
        for one_line in [&said.subject, &said.push_title, &said.spoken] {
            proptest::prop_assert!(!one_line.contains(char::is_control), "{one_line:?}");
        }
        proptest::prop_assert!(said.push_title.chars().count() <= 200 && said.sms_segments <= 2 && said.spoken.chars().count() <= 5_000);
        proptest::prop_assert!(said.push.len() <= 3_600);
        let turns_around = |text: &str| text.contains('\u{202e}');
        proptest::prop_assert!(!turns_around(&said.push) && !turns_around(&said.mail));
    }
}

#[tokio::test]
async fn own_words_cannot_become_a_header_markup_or_a_link() {
    let (smtp, channels) = mailbox().await;
    let evil = "שלום 👩‍💻\r\nBcc: victim@msp.example\r\n\r\n<a href=\"https://evil.example\">x</a><script>alert(1)</script>\r\n\r\nAccept:\nhttps://evil.example/l";
    assert!(mail(&channels, &Message::Page(worded(own(evil, evil, evil))), "m-1").await.is_sent());
    let mail = smtp.messages().pop().unwrap();
    assert_eq!((mail.to.as_slice(), mail.header("bcc")), (["ann@msp.example".to_owned()].as_slice(), None));
    assert!(mail.subject.starts_with("[Pages] שלום 👩‍💻 Bcc: victim"), "{:?}", mail.subject);
    assert!(!mail.html.contains("<script") && !mail.html.contains("href=\"https://evil"), "{}", mail.html);
    assert_eq!(mail.link_below("Accept:"), Some("https://bell.example/l/accept-token"), "{}", mail.text);
}
