//! A phone number is proven by a code that arrives there, by text message or by call; nobody else can have it tested.

use crate::channels::texts::{ANN, BOB};
use serde_json::{Value, json};
use watchbell_core::provider::ProviderKind;
use watchbell_core::user::Channel;
use watchbell_store::contacts;
use watchbell_testkit::http::Caller;
use watchbell_testkit::{Lines, TestApp, both_databases, event, level, minutes};

/// Ann, and a number of hers that nobody vouched for.
async fn unproven(app: &mut TestApp) -> (Lines, Caller, String) {
    let lines = app.lines(&[ProviderKind::Twilio]).await;
    let id = app.user("ann").await.id;
    let ann = app.as_user(id).await;
    let body = json!({"target": ANN, "regionCode": "DE"});
    let made = ann.post("/api/users/current/contacts/phone-numbers", &body).await.expect(201).json();
    assert_eq!(made["verified"], false);
    (lines, ann, format!("/api/users/{id}/contacts/phone-numbers/{}", made["id"]))
}

/// Six digits, however they are spaced.
fn code_in(text: &str) -> Option<String> {
    let spaced: String = text.chars().filter(|c| !matches!(c, ' ' | ',' | '.')).collect();
    spaced.split(|c: char| !c.is_ascii_digit()).find(|word| word.len() == 6).map(str::to_owned)
}

async fn verify(ann: &Caller, contact: &str, code: &str) {
    let wrong = if code == "000000" { "000001" } else { "000000" };
    ann.post(&format!("{contact}/verify"), &json!({"code": wrong})).await.expect(400);
    let proven = ann.post(&format!("{contact}/verify"), &json!({"code": code})).await.expect(200).json();
    assert_eq!(proven["verified"], true);
}

both_databases! {
    async fn ver_01_a_number_is_proven_by_a_code_by_text_message(app: TestApp) {
        let (lines, ann, contact) = unproven(app).await;
        ann.post(&format!("{contact}/send-code?method=SMS"), &Value::Null).await.expect(202);
        let sms = lines.exchange.phone(ANN).wait_for_sms(|sms| code_in(&sms.text).is_some()).await.unwrap();
        verify(&ann, &contact, &code_in(&sms.text).unwrap()).await;
    }

    async fn ver_01_a_number_is_proven_by_a_code_by_call(app: TestApp) {
        let (lines, ann, contact) = unproven(app).await;
        ann.post(&format!("{contact}/send-code?method=VOICE"), &Value::Null).await.expect(202);
        let call = lines.exchange.phone(ANN).wait_for_call().await.unwrap();
        call.answer();
        let heard = call.wait_until(|call| call.spoken.iter().any(|said| code_in(&said.text).is_some())).await.unwrap();
        let code = heard.spoken.iter().find_map(|said| code_in(&said.text)).unwrap();
        call.hang_up();
        verify(&ann, &contact, &code).await;
    }

    async fn ver_03_a_contact_of_somebody_else_is_not_tested(app: TestApp) {
        let (lines, _, contact) = unproven(app).await;
        let bob = app.user("bob").await;
        let bob = app.as_user(bob.id).await;
        let refused = bob.post(&format!("{contact}/test"), &Value::Null).await;
        assert!(matches!(refused.status.as_u16(), 403 | 404), "{}", refused.text);
        app.settle().await;
        assert!(lines.exchange.messages().is_empty());
    }

    async fn ver_04_a_test_that_waits_is_not_sent_to_a_contact_that_was_locked_meanwhile(app: TestApp) {
        let lines = app.lines(&[ProviderKind::Twilio]).await;
        let ann = app.user("ann").await.with_phone(app, ANN, &[(Channel::Sms, 0)]).await;
        let bob = app.user("bob").await.with_phone(app, BOB, &[(Channel::Sms, 0)]).await;
        let all = contacts::list(&app.app.db, &app.scope(), ann.id).await.unwrap();
        let phone = all.iter().find(|contact| contact.channel == Channel::Sms).unwrap();
        let (api, test) = (app.as_user(ann.id).await, format!("/api/users/current/contacts/phone-numbers/{}/test", phone.id));
        assert_eq!(api.post(&test, &Value::Null).await.expect(202).json()["state"], "PLANNED");
        contacts::refuse(&app.app.db, app.scope().org, phone, "Nobody has this number.", app.app.clock.now()).await.unwrap();
        app.settle().await;
        ann.expect_mail(app, "One of your contacts does not work any more").await;
        assert!(lines.exchange.messages().is_empty());
        let became = api.get(&test).await.expect(200).json();
        assert!(matches!(became["state"].as_str(), Some("FAILED" | "CANCELLED")), "{became}");
        // Whoever comes after it is paged.
        let source = app.source().escalating_to([level(&bob, minutes(60))]).await;
        source.send(app, event("disk full")).await.unwrap();
        lines.exchange.phone(BOB).wait_for_sms(|sms| sms.text.contains("disk full")).await.unwrap();
    }
}
