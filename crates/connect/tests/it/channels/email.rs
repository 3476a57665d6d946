//! Mails as they arrive.

use watchbell_connect::channels::{AlertChange, Channels, Message, Outcome, Target, send};
use watchbell_sim::smtp::Mail;

use super::messages::{self, http, id, mail, mailbox, notice, now, page, summary, test_message, update, verification};

#[tokio::test]
async fn a_page_arrives_as_text_and_html() {
    let (smtp, channels) = mailbox().await;

    let outcome = mail(&channels, &Message::Page(page()), "notification-17").await;

    assert_eq!(outcome, Outcome::Sent { provider_id: Some("2.0.0 kept as 1".into()) });
    let mail = smtp.wait_for(|_| true).await.unwrap();
    assert_eq!(
        (mail.from.as_str(), mail.to.as_slice()),
        ("alerts@contoso.example", ["ann@msp.example".to_owned()].as_slice())
    );
    assert_eq!(mail.subject, "[Pages] Contoso: Disk full on SRV-01 [T20260101.0001]");
    assert_eq!(mail.header("from"), Some("Watchbell <alerts@contoso.example>"));
    assert_eq!(mail.header("date"), Some("Thu, 01 Jan 2026 02:12:03 +0000"));
    assert_eq!(mail.header("auto-submitted"), Some("auto-generated"));
    assert_eq!(mail.header("x-watchbell-alert"), Some("42"));
    assert_eq!(mail.header("importance"), Some("high"));
    assert_eq!(mail.link_below("Accept:"), Some("https://bell.example/l/accept-token"));
    assert!(mail.raw.is_ascii(), "a mail is 7 bit");
    insta::assert_snapshot!("page_text", mail.text);
    insta::assert_snapshot!("page_html", mail.html.replace("><", ">\n<"));
}

#[tokio::test]
async fn every_other_message_arrives_in_words() {
    let (smtp, channels) = mailbox().await;
    let accepted = AlertChange::Accepted { by: "Bob".into() };
    for (name, message) in [
        ("summary", summary(3, 5)),
        ("accepted", update(accepted)),
        ("resolved", update(AlertChange::Resolved { by: None, reason: Some("the ticket was completed".into()) })),
        ("test", test_message()),
        ("verification", verification()),
        ("notice", notice()),
    ] {
        assert!(mail(&channels, &message, name).await.is_sent(), "{name}");
        let mail = smtp.messages().pop().unwrap();
        insta::assert_snapshot!(name, format!("{}\n\n{}", mail.subject, mail.text));
    }
}

#[tokio::test]
async fn a_long_summary_names_fifty_alerts_and_counts_the_rest() {
    let (smtp, channels) = mailbox().await;
    assert!(mail(&channels, &summary(60, 73), "summary").await.is_sent());
    let text = smtp.messages().pop().unwrap().text;
    assert_eq!(text.lines().filter(|line| line.starts_with("- #")).count(), 50);
    assert!(text.contains("\nand 23 more\n"), "{text}");
}

#[tokio::test]
async fn the_mails_of_an_alert_are_one_thread() {
    let (smtp, channels) = mailbox().await;
    for (message, name) in [
        (Message::Page(page()), "notification-1"),
        (update(AlertChange::Accepted { by: "Bob".into() }), "notification-2"),
    ] {
        assert!(mail(&channels, &message, name).await.is_sent());
    }
    let mut other = page();
    other.alert.id = 43;
    assert!(mail(&channels, &Message::Page(other), "notification-3").await.is_sent());

    let mails = smtp.messages();
    let header = |mail: &Mail, name: &str| mail.header(name).unwrap_or_default().to_owned();
    let ids: Vec<_> = mails.iter().map(|mail| header(mail, "message-id")).collect();
    assert_eq!(
        ids,
        ["<notification-1@contoso.example>", "<notification-2@contoso.example>", "<notification-3@contoso.example>"]
    );
    let thread = header(&mails[0], "references");
    assert!(thread.starts_with("<alert-42-") && thread.ends_with("@contoso.example>"), "{thread}");
    assert_eq!(header(&mails[0], "in-reply-to"), thread);
    assert_eq!((header(&mails[1], "references"), header(&mails[1], "in-reply-to")), (thread.clone(), thread.clone()));
    assert_ne!(header(&mails[2], "references"), thread, "another alert is another thread");
    assert_eq!(mails[1].subject, format!("Re: {}", mails[0].subject), "mail programs thread by the subject as well");
}

#[tokio::test]
async fn the_same_message_sent_twice_is_the_same_mail() {
    let (smtp, channels) = mailbox().await;
    for _ in 0..2 {
        assert!(mail(&channels, &Message::Page(page()), "notification-1").await.is_sent());
    }
    let mails = smtp.messages();
    assert_eq!(mails[0].raw, mails[1].raw);
}

#[tokio::test]
async fn one_connection_carries_one_mail_after_the_other() {
    let (smtp, channels) = mailbox().await;
    for n in 0..5 {
        assert!(mail(&channels, &test_message(), &format!("test-{n}")).await.is_sent());
    }
    assert_eq!((smtp.messages().len(), smtp.connections()), (5, 1));
}

#[tokio::test]
async fn many_mails_at_once_share_the_connections_that_the_settings_allow() {
    let (smtp, _) = mailbox().await;
    let channels = messages::channels(&smtp, "&connections=4");
    let message = test_message();
    let names: Vec<_> = (0..40).map(|n| format!("test-{n}")).collect();
    let sends = names.iter().map(|name| mail(&channels, &message, name));
    let outcomes = futures_util::future::join_all(sends).await;
    assert!(outcomes.iter().all(Outcome::is_sent), "{outcomes:?}");
    assert_eq!(smtp.messages().len(), 40);
    assert!(smtp.connections() <= 4, "{} connections", smtp.connections());
}

#[tokio::test]
async fn text_from_outside_cannot_become_a_header_or_markup() {
    let (smtp, channels) = mailbox().await;
    let evil = "Disk\r\nBcc: victim@msp.example\r\n\r\n<script>alert(1)</script>\u{202e}evil\u{0}";
    let mut hostile = page();
    hostile.alert.summary = evil.into();
    hostile.alert.customer = Some(evil.into());
    hostile.alert.ticket_number = Some(evil.into());
    hostile.alert.priority_label = Some(evil.into());
    hostile.details = format!("{evil}\r\n.\r\nMAIL FROM:<x@y>\r\n");
    hostile.source_name = evil.into();
    hostile.queue = Some(evil.into());
    hostile.contact = Some(evil.into());
    hostile.ticket_url = Some("javascript:alert(1)".into());
    hostile.resolve_url = Some("https://x\"><script>alert(1)</script>".into());

    assert!(mail(&channels, &Message::Page(hostile), "notification-1").await.is_sent());

    let mails = smtp.messages();
    assert_eq!(mails.len(), 1);
    let mail = &mails[0];
    assert_eq!(mail.to, ["ann@msp.example"]);
    assert_eq!(mail.header("bcc"), None);
    assert!(!mail.subject.contains(['\r', '\n', '\u{202e}']), "{:?}", mail.subject);
    assert!(mail.text.contains("\n> .\n> MAIL FROM:<x@y>"), "a dot alone is text like any other: {}", mail.text);
    assert!(!mail.html.contains("<script"), "{}", mail.html);
    assert!(!mail.html.contains("javascript:"), "{}", mail.html);
}

#[tokio::test]
async fn an_address_that_is_none_fails_at_once() {
    let (smtp, channels) = mailbox().await;
    for address in [
        "",
        "ann",
        "ann@msp.example\r\nRCPT TO:<x@y.example>",
        "ann@msp.example>\r\nDATA",
        "a@b@c",
        "<ann@msp.example>",
    ] {
        let target = Target::Email { address: address.into() };
        let outcome = send(&channels, &target, &test_message(), &id("test"), now()).await;
        assert!(matches!(outcome, Outcome::Permanent { .. }), "{address:?}: {outcome:?}");
    }
    assert_eq!(smtp.connections(), 0);
}

#[tokio::test]
async fn without_a_mail_server_the_error_says_what_to_do_until_one_is_set() {
    let (smtp, with_server) = mailbox().await;
    drop(with_server);
    let channels = Channels::new(http(), None).unwrap();
    let clone = channels.clone();
    let Outcome::Permanent { error, .. } = mail(&channels, &test_message(), "test").await else {
        panic!("no mail server is permanent")
    };
    assert_eq!(error, "No mail server is set up. An administrator enters one under Settings, E-mail.");

    clone.set_smtp(Some(format!("{}?from=alerts@contoso.example", smtp.url()).parse().unwrap())).unwrap();

    assert!(channels.has_smtp(), "clones share the settings");
    assert!(mail(&channels, &test_message(), "test").await.is_sent());
    assert!(channels.probe_smtp().await.is_sent());
}
