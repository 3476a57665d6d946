//! Mail over TLS, to a server whose certificate is trusted only where the settings say so.

use std::path::PathBuf;

use watchbell_connect::channels::{Channels, Outcome};
use watchbell_sim::smtp::{Smtp, SmtpSimConfig, SmtpTls};

use super::messages::{channels, http, mail, test_message};

async fn server(tls: SmtpTls) -> (Smtp, PathBuf) {
    let smtp = Smtp::start(SmtpSimConfig { tls, ..SmtpSimConfig::default() }).await.unwrap();
    let ca = std::env::temp_dir().join(format!("watchbell-ca-{}-{}.pem", std::process::id(), smtp.addr().port()));
    std::fs::write(&ca, smtp.certificate_pem().unwrap()).unwrap();
    (smtp, ca)
}

#[tokio::test]
async fn mail_goes_out_over_starttls_and_over_tls_from_the_start() {
    for (tls, parameters) in [(SmtpTls::StartTls, "&tls=required"), (SmtpTls::Implicit, "")] {
        let (smtp, ca) = server(tls).await;
        let channels = channels(&smtp, &format!("{parameters}&ca={}", ca.display()));
        let outcome = mail(&channels, &test_message(), "test").await;
        assert!(outcome.is_sent(), "{tls:?}: {outcome:?}");
        assert!(smtp.messages()[0].encrypted);
        std::fs::remove_file(ca).unwrap();
    }
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_gets_no_mail() {
    for (tls, parameters) in [(SmtpTls::StartTls, "&tls=required"), (SmtpTls::Implicit, "")] {
        let (smtp, _) = server(tls).await;
        let outcome = mail(&channels(&smtp, parameters), &test_message(), "test").await;
        let Outcome::Permanent { error, .. } = &outcome else { panic!("{tls:?}: {outcome:?}") };
        assert!(error.contains("its certificate is not trusted") && error.contains("?ca=FILE"), "{error}");
        assert!(smtp.messages().is_empty());
    }
}

#[tokio::test]
async fn to_this_machine_mail_may_go_in_the_clear_even_if_tls_is_offered() {
    let (smtp, _) = server(SmtpTls::StartTls).await;
    assert!(mail(&channels(&smtp, ""), &test_message(), "test").await.is_sent());
    assert!(!smtp.messages()[0].encrypted);
}

#[tokio::test]
async fn a_certificate_file_that_cannot_be_read_is_told_when_it_is_set() {
    let config = "smtp://localhost?from=a@b.example&ca=/nowhere/ca.pem".parse().unwrap();
    let said = Channels::new(http(), Some(config)).unwrap_err().to_string();
    assert!(said.starts_with("the certificate file /nowhere/ca.pem cannot be used:"), "{said}");
}
