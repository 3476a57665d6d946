//! What a misbehaving mail server means for a message.

use std::time::Duration;

use watchbell_connect::channels::{Outcome, SEND_DEADLINE};
use watchbell_sim::smtp::{Smtp, SmtpFault, SmtpFaults, SmtpSimConfig, SmtpTls};

use super::messages::{channels, http, mail, mailbox, test_message};

/// The kind of an outcome and what it says.
fn told(outcome: Outcome) -> (&'static str, String) {
    match outcome {
        Outcome::Sent { provider_id } => ("sent", provider_id.unwrap_or_default()),
        Outcome::Transient { error, .. } => ("transient", error),
        Outcome::Permanent { error, .. } => ("permanent", error),
    }
}

#[tokio::test]
async fn a_refusal_is_transient_or_permanent_and_says_whose_fault_it_is() {
    let (smtp, channels) = mailbox().await;
    for (fault, kind, words) in [
        (SmtpFault::RefuseRecipient, "permanent", "refused the recipient: 550 5.1.1 no such user here"),
        (
            SmtpFault::TemporaryFailure,
            "transient",
            "does not take mail for the recipient now: 451 4.3.0 try again later",
        ),
        (
            SmtpFault::RefuseSender,
            "permanent",
            "refused our sender address: 550 5.7.60 you may not send as this sender",
        ),
        (SmtpFault::RefuseContent, "permanent", "refused the mail: 554 5.7.1 this looks like spam"),
        (SmtpFault::Close, "transient", "it closed the connection"),
        (SmtpFault::LoseAnswer, "transient", "it closed the connection"),
    ] {
        smtp.faults(fault);
        let (found, said) = told(mail(&channels, &test_message(), "test").await);
        assert!(found == kind && said.contains(words), "{fault:?}: {found}: {said}");
        assert!(said.starts_with(&format!("The mail server {}", smtp.addr())), "{said}");
        smtp.faults(SmtpFaults::default());
        assert!(mail(&channels, &test_message(), "test").await.is_sent(), "after {fault:?} the next mail goes out");
    }
}

#[tokio::test]
async fn one_refused_recipient_disturbs_no_other() {
    let (smtp, channels) = mailbox().await;
    smtp.faults(SmtpFaults { only_to: Some("bob@msp.example".into()), ..SmtpFault::RefuseRecipient.into() });
    assert!(mail(&channels, &test_message(), "test").await.is_sent());
    assert_eq!(smtp.connections(), 1);
}

#[tokio::test]
async fn a_busy_server_and_one_that_is_gone_are_transient() {
    let (smtp, channels) = mailbox().await;
    smtp.faults(SmtpFault::Busy);
    let (kind, said) = told(mail(&channels, &test_message(), "test").await);
    assert!(kind == "transient" && said.contains("421 4.3.2 too busy"), "{said}");

    smtp.stop().await;
    let (kind, said) = told(mail(&channels, &test_message(), "test").await);
    assert!(kind == "transient" && said.to_lowercase().contains("connection refused"), "{said}");
}

#[tokio::test]
async fn a_connection_that_the_server_closed_meanwhile_is_replaced() {
    let (smtp, channels) = mailbox().await;
    assert!(mail(&channels, &test_message(), "test-1").await.is_sent());
    let (listen, http) = (smtp.addr(), smtp.http_url());
    smtp.stop().await;
    let http = http.trim_start_matches("http://").parse().unwrap();
    let smtp = Smtp::start(SmtpSimConfig { listen, http, ..SmtpSimConfig::default() }).await.unwrap();
    assert!(mail(&channels, &test_message(), "test-2").await.is_sent());
    assert_eq!(smtp.messages().len(), 1);
}

#[tokio::test]
async fn a_server_that_hangs_is_given_up_in_time() {
    let (smtp, channels) = mailbox().await;
    assert!(SEND_DEADLINE < Duration::from_secs(20), "a send ends well before the lease of its job");
    smtp.faults(SmtpFaults { times: Some(1), ..SmtpFault::Hang.into() });
    let (kind, said) = told(mail(&channels, &test_message(), "test").await);
    assert!(kind == "transient" && said.contains("no answer within 15 s"), "{said}");
    assert!(
        mail(&channels, &test_message(), "test").await.is_sent(),
        "the next mail does not meet the hung connection"
    );
}

#[tokio::test]
async fn a_refused_login_is_permanent_and_blames_our_settings() {
    let credentials = Some(("alerts".to_owned(), "right".to_owned()));
    let smtp = Smtp::start(SmtpSimConfig { credentials, ..SmtpSimConfig::default() }).await.unwrap();
    let channels_with = |login: &str| {
        let url = smtp.url().replace("smtp://", &format!("smtp://{login}"));
        watchbell_connect::channels::Channels::new(http(), Some(format!("{url}?from=a@b.example").parse().unwrap()))
            .unwrap()
    };

    let (kind, said) = told(mail(&channels_with("alerts:hunter2@"), &test_message(), "test").await);
    assert_eq!(kind, "permanent");
    assert!(
        said.contains("refused user name or password: 535 5.7.8") && said.contains("the contact is not at fault"),
        "{said}"
    );
    assert!(!said.contains("hunter2"), "{said}");

    let (kind, said) = told(mail(&channels_with(""), &test_message(), "test").await);
    assert!(kind == "permanent" && said.contains("530 5.7.0 log in first"), "{said}");

    let right = channels_with("alerts:right@");
    assert!(right.probe_smtp().await.is_sent());
    assert!(mail(&right, &test_message(), "test").await.is_sent());
    let (kind, _) = told(channels_with("alerts:wrong@").probe_smtp().await);
    assert_eq!(kind, "permanent");
}

#[tokio::test]
async fn a_server_without_the_tls_that_the_settings_ask_for_gets_nothing() {
    let smtp = Smtp::start(SmtpSimConfig { tls: SmtpTls::None, ..SmtpSimConfig::default() }).await.unwrap();
    let (kind, said) = told(mail(&channels(&smtp, "&tls=required"), &test_message(), "test").await);
    assert!(kind == "permanent" && said.contains("offers no STARTTLS"), "{said}");
    assert!(smtp.messages().is_empty());
}
