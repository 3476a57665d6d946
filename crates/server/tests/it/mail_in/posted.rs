//! Mails that Mailgun and Amazon SES post, instead of delivering them.

use super::*;
use jiff::SignedDuration;
use serde_json::json;

watchbell_testkit::both_databases! {
    async fn nobody_posts_mails_where_nothing_is_set_up(app: TestApp) {
        for path in ["/api/v1/mail/mailgun", "/api/v1/mail/mailgun/mime", "/api/v1/mail/ses"] {
            assert_eq!(post(app, path, "text/plain", b"x").await.0, 404, "{path}");
        }
    }
}

both_databases! {
    async fn mails_of_mailgun_count_once_and_only_with_its_signature(app: TestApp) {
        let ann = app.user("ann").await;
        let paged = Paged::of(app, &ann).await;
        let other = form(app, "once", &paged.reply_to(), "From: ann@example.com\r\nMessage-ID: <1@example.com>\r\nSubject: x\r\n\r\nresolve\r\n");
        let form = form(app, "once", &paged.reply_to(), "From: ann@example.com\r\nMessage-ID: <1@example.com>\r\nSubject: x\r\n\r\naccept\r\n");
        let path = "/api/v1/mail/mailgun/mime";
        let urlencoded = "application/x-www-form-urlencoded";
        let forged = form.replace("token=once", "token=twice");
        assert_eq!(post(app, path, urlencoded, forged.as_bytes()).await.0, 403);
        assert_eq!(paged.alert(app).await.status, Status::Pending);
        assert_eq!(post(app, path, urlencoded, form.as_bytes()).await.0, 200);
        assert_eq!(paged.alert(app).await.status, Status::Accepted);
        assert_eq!(post(app, path, urlencoded, form.as_bytes()).await.0, 200, "its answer was lost: posted again, it counts once");
        assert_eq!(post(app, path, urlencoded, other.as_bytes()).await.0, 403, "the signature is of another mail");
        assert_eq!(post(app, path, "text/plain", b"x").await.0, 400);
        app.app.clock.advance(SignedDuration::from_mins(6));
        assert_eq!(post(app, path, urlencoded, form.replace("once", "late").as_bytes()).await.0, 403, "too old");
        app.settle().await;
        ann.expect_mail(app, "Accepted #").await;
    }

    async fn a_mail_to_an_address_that_nobody_has_is_taken_and_changes_nothing(app: TestApp) {
        let ann = app.user("ann").await;
        let paged = Paged::of(app, &ann).await;
        let elsewhere = paged.reply_to().replace(DOMAIN, "other.example.com");
        let unsigned = format!("reply+{}@{DOMAIN}", "a".repeat(52));
        let before = app.entries(paged.alert).await.len();
        for (token, to) in [("one", unsigned.as_str()), ("two", &elsewhere), ("three", "bell@bell.example.com")] {
            let form = form(app, token, to, "From: ann@example.com\r\nSubject: x\r\n\r\naccept\r\n");
            // Mailgun would post what is refused again for hours.
            let (status, said) = post(app, "/api/v1/mail/mailgun/mime", "application/x-www-form-urlencoded", form.as_bytes()).await;
            assert_eq!(status, 200, "{to}: {said}");
        }
        assert_eq!((paged.alert(app).await.status, app.entries(paged.alert).await.len()), (Status::Pending, before));
    }

    async fn messages_of_other_topics_are_forged(app: TestApp) {
        let body = json!({"Type": "Notification", "MessageId": "1", "TopicArn": "arn:aws:sns:eu-central-1:1:other", "Message": "{}", "Timestamp": "2026-01-05T08:00:00Z",
            "SignatureVersion": "2", "Signature": "eA==", "SigningCertURL": "https://evil.example/a.pem"});
        let path = "/api/v1/mail/ses";
        assert_eq!(post(app, path, "text/plain", body.to_string().as_bytes()).await.0, 403);
        let evil = body.to_string().replace(":other", ":mail");
        assert_eq!(post(app, path, "text/plain", evil.as_bytes()).await.0, 403, "the certificate lies elsewhere");
        assert_eq!(post(app, path, "text/plain", b"nonsense").await.0, 400);
    }
}

fn form(app: &TestApp, token: &str, to: &str, mail: &str) -> String {
    use hmac::{Hmac, KeyInit as _, Mac as _};
    let at = app.app.clock.now().as_second();
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(KEY.as_bytes()).unwrap();
    mac.update(format!("{at}{token}").as_bytes());
    let signature: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    let escape = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
    format!(
        "timestamp={at}&token={token}&signature={signature}&sender=ann%40example.com&recipient={}&body-mime={}",
        escape(to),
        escape(mail)
    )
}
