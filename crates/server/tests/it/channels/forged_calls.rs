//! Requests in a provider's name: what is not signed is refused (403) and logged, what is signed and names no message of this account
//! is not found (404); neither changes anything.

use crate::channels::log::Log;
use crate::channels::signed::{FORM, back, hook, post, twilio, vonage};
use crate::channels::texts::ANN;
use serde_json::json;
use watchbell_core::alert::Status;
use watchbell_core::ids::{AlertId, NotificationId};
use watchbell_core::provider::ProviderKind;
use watchbell_core::timeline::Entry;
use watchbell_core::user::Channel;
use watchbell_sim::phone::{TwilioAccount, VonageAccount, twilio_signature};
use watchbell_store::notifications;
use watchbell_testkit::lines::INBOUND_TOKEN;
use watchbell_testkit::{Lines, TestApp, both_databases, event, level, minutes};

const HOOKS: [&str; 4] = ["message", "status", "answer", "keys"];

/// Ann is told of an alert by the first account of these.
async fn told(app: &mut TestApp, kinds: &[ProviderKind]) -> (Lines, AlertId, NotificationId) {
    let lines = app.lines(kinds).await;
    let ann = app.user("ann").await.with_phone(app, ANN, &[(Channel::Sms, 0)]).await;
    let source = app.source().escalating_to([level(&ann, minutes(60))]).await;
    let alert = source.send(app, event("disk full")).await.unwrap();
    app.settle().await;
    lines.exchange.phone(ANN).wait_for_sms(|sms| sms.has_arrived()).await.unwrap();
    let told = notifications::list_of_alert(&app.app.db, &app.scope(), alert, 10).await.unwrap();
    (lines, alert, told[0].id)
}

/// The alert is as it was, and each refusal left a line without what was sent.
async fn unchanged(app: &TestApp, alert: AlertId) {
    assert_eq!(app.alert(alert).await.status, Status::Pending);
    let entries = app.entries(alert).await;
    assert!(!entries.iter().any(|entry| matches!(entry, Entry::Answered { .. })), "{entries:?}");
}

fn refused(log: &Log, lines: &Lines, kind: ProviderKind, hook: &str) -> usize {
    let account = format!("account={}", lines.account(kind));
    let said = log.lines_with(&["a provider's request was refused", &account, &format!("hook=\"{hook}\"")]);
    assert!(said.iter().all(|line| !line.contains(ANN)), "{said:?}");
    said.len()
}

both_databases! {
    async fn what_twilio_did_not_sign_is_refused_and_logged(app: TestApp) {
        let log = Log::listen();
        let (lines, alert, _) = told(app, &[ProviderKind::Twilio]).await;
        let (sms, token) = (lines.exchange.messages()[0].id.clone(), TwilioAccount::default().auth_token);
        let form = [("From", ANN), ("Body", "1a"), ("MessageSid", &*sms), ("CallSid", &*sms), ("Digits", "4"), ("MessageStatus", "failed"), ("CallStatus", "failed")];
        for word in HOOKS {
            let url = hook(app, &lines, ProviderKind::Twilio, word);
            let body = serde_html_form::to_string(form).unwrap();
            post(&url, &[("content-type", FORM.to_owned())], body.clone()).await.expect(403);
            twilio(&url, "another-token", &form).await.expect(403);
            // What was signed for another address does not fit this one.
            let other = twilio_signature(&token, &format!("{url}/other"), &form.map(|(name, value)| (name.to_owned(), value.to_owned())));
            post(&url, &[("content-type", FORM.to_owned()), ("x-twilio-signature", other)], body).await.expect(403);
            assert_eq!(refused(&log, &lines, ProviderKind::Twilio, word), 3, "{word}");
        }
        twilio(&hook(app, &lines, ProviderKind::Twilio, "message"), &token, &[("AccountSid", "AC00"), ("From", ANN), ("Body", "1a"), ("MessageSid", "SM1")]).await.expect(403);
        unchanged(app, alert).await;
    }

    async fn what_twilio_signed_about_no_message_of_the_account_is_not_found(app: TestApp) {
        let (lines, alert, about) = told(app, &[ProviderKind::SmsGateway, ProviderKind::Twilio]).await;
        let token = TwilioAccount::default().auth_token;
        let unknown = [("MessageSid", "SM404"), ("MessageStatus", "failed")];
        twilio(&hook(app, &lines, ProviderKind::Twilio, "status"), &token, &unknown).await.expect(404);
        for word in ["answer", "keys"] {
            twilio(&hook(app, &lines, ProviderKind::Twilio, word), &token, &[("CallSid", "CA404"), ("Digits", "4")]).await.expect(404);
        }
        // The gateway carries the message: Twilio has nothing to say of it, whatever it is called.
        let other = back(app, &lines, ProviderKind::Twilio, about);
        twilio(&other.status(), &token, &unknown).await.expect(404);
        twilio(&other.answer(), &token, &[("CallSid", "CA404")]).await.expect(404);
        twilio(&other.keys(), &token, &[("CallSid", "CA404"), ("Digits", "4")]).await.expect(404);
        let nobodys = back(app, &lines, ProviderKind::Twilio, NotificationId(about.0 + 1_000));
        twilio(&nobodys.status(), &token, &unknown).await.expect(404);
        unchanged(app, alert).await;
    }

    async fn what_vonage_did_not_sign_or_signed_long_ago_is_refused_and_logged(app: TestApp) {
        let log = Log::listen();
        let (lines, alert, _) = told(app, &[ProviderKind::Vonage]).await;
        let secret = VonageAccount::default().signature_secret;
        let body = json!({"message_uuid": "m", "uuid": "c", "from": &ANN[1..], "text": "1a", "status": "rejected", "dtmf": {"digits": "4"}});
        for word in HOOKS {
            let url = hook(app, &lines, ProviderKind::Vonage, word);
            post(&url, &[("content-type", "application/json".to_owned())], body.to_string()).await.expect(403);
            vonage(app, &url, ("another-secret", 0), (&body, &body)).await.expect(403);
            vonage(app, &url, (&secret, 0), (&body, &json!({"text": "hello"}))).await.expect(403);
            vonage(app, &url, (&secret, 301), (&body, &body)).await.expect(403);
            assert_eq!(refused(&log, &lines, ProviderKind::Vonage, word), 4, "{word}");
        }
        unchanged(app, alert).await;
    }

    async fn what_vonage_signed_about_no_message_of_the_account_is_not_found(app: TestApp) {
        let (lines, alert, about) = told(app, &[ProviderKind::SmsGateway, ProviderKind::Vonage]).await;
        let secret = VonageAccount::default().signature_secret;
        let body = json!({"message_uuid": "unknown", "uuid": "unknown", "status": "rejected", "dtmf": {"digits": "4"}});
        for word in ["status", "answer", "keys"] {
            let url = hook(app, &lines, ProviderKind::Vonage, word);
            vonage(app, &url, (&secret, 0), (&body, &body)).await.expect(404);
        }
        let other = back(app, &lines, ProviderKind::Vonage, about);
        for url in [other.status(), other.answer(), other.keys()] {
            vonage(app, &url, (&secret, 0), (&body, &body)).await.expect(404);
        }
        unchanged(app, alert).await;
    }

    async fn a_gateway_without_its_token_is_refused_and_one_with_it_knows_its_own_messages_only(app: TestApp) {
        let log = Log::listen();
        let (lines, alert, about) = told(app, &[ProviderKind::Twilio, ProviderKind::SmsGateway]).await;
        let url = hook(app, &lines, ProviderKind::SmsGateway, "message");
        let answer = json!({"from": ANN, "text": "1a"}).to_string();
        let json = [("content-type", "application/json".to_owned())];
        for query in ["", "?token=", "?token=wrong"] {
            post(&format!("{url}{query}"), &json, answer.clone()).await.expect(403);
        }
        assert_eq!(refused(&log, &lines, ProviderKind::SmsGateway, "message"), 3);
        let other = back(app, &lines, ProviderKind::SmsGateway, about).status();
        let report = json!({"id": "1", "status": "failed"}).to_string();
        post(&format!("{other}?token={INBOUND_TOKEN}"), &json, report).await.expect(404);
        unchanged(app, alert).await;
    }

    async fn what_is_too_large_or_cannot_be_read_is_refused(app: TestApp) {
        let (lines, alert, _) = told(app, &[ProviderKind::Twilio, ProviderKind::Vonage, ProviderKind::SmsGateway]).await;
        let (token, secret) = (TwilioAccount::default().auth_token, VonageAccount::default().signature_secret);
        for kind in [ProviderKind::Twilio, ProviderKind::Vonage, ProviderKind::SmsGateway] {
            for word in HOOKS {
                post(&hook(app, &lines, kind, word), &[], "x".repeat(70_000)).await.expect(413);
            }
        }
        for word in HOOKS {
            twilio(&hook(app, &lines, ProviderKind::Twilio, word), &token, &[("Nothing", "known")]).await.expect(400);
            let odd = json!("nothing that is known");
            vonage(app, &hook(app, &lines, ProviderKind::Vonage, word), (&secret, 0), (&odd, &odd)).await.expect(400);
        }
        unchanged(app, alert).await;
    }

    async fn unknown_accounts_hooks_and_messages_are_not_found(app: TestApp) {
        let lines = app.lines(&[ProviderKind::SmsGateway]).await;
        let gateway = lines.account(ProviderKind::SmsGateway);
        let body = json!({"id": "1", "status": "delivered"});
        app.http.post("/api/v1/providers/nobody/message", &body).await.expect(404);
        app.http.post(&format!("/api/v1/providers/{gateway}/nothing"), &body).await.expect(404);
        app.http.post(&format!("/api/v1/providers/{gateway}/status/forged?token={INBOUND_TOKEN}"), &body).await.expect(404);
    }
}
