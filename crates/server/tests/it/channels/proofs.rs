//! Proof that a phone rings: what its owner says counts, not what a carrier reports; and nothing goes to a number that wants no texts.

use super::texts::{ANN, BOB};
use crate::pages::browser::Browser;
use serde_json::{Value, json};
use watchbell_core::notify::NotificationState;
use watchbell_core::provider::ProviderKind;
use watchbell_core::user::Channel;
use watchbell_sim::phone::Provider;
use watchbell_store::contact_tests::{self, ContactTest};
use watchbell_store::contacts::{self, Contact};
use watchbell_testkit::lines::OURS;
use watchbell_testkit::{Lines, Person, TestApp, both_databases, event, level, minutes};

async fn phone_of(app: &TestApp, person: &Person) -> Contact {
    let all = contacts::list(&app.app.db, &app.scope(), person.id).await.unwrap();
    all.into_iter().find(|contact| contact.channel == Channel::Sms).unwrap()
}

async fn test_over(app: &TestApp, person: &Person, over: Channel) -> ContactTest {
    let tests = contact_tests::of_user(&app.app.db, &app.scope(), person.id).await.unwrap();
    tests.into_iter().find(|test| test.channel == over).unwrap()
}

/// The phone takes the text, the call is picked up and ends.
async fn all_arrive(app: &mut TestApp, lines: &Lines) {
    app.settle().await;
    app.hear(lines, Provider::Twilio, |body| body.contains("delivered")).await;
    let call = lines.exchange.phone(ANN).wait_for_call().await.unwrap();
    call.answer();
    app.settle().await;
    call.hang_up();
    call.wait_for_end().await.unwrap();
    app.hear(lines, Provider::Twilio, |body| body.contains("completed")).await;
}

both_databases! {
    async fn a_report_of_the_carrier_is_no_proof_and_each_way_is_asked_about(app: TestApp) {
        let lines = app.lines(&[ProviderKind::Twilio]).await;
        let ann = app.user("ann").await.with_phone(app, ANN, &[(Channel::Sms, 0), (Channel::Voice, 60)]).await;
        let mut browser = Browser::of(app, &ann).await;
        let page = browser.submit(&format!("/users/{}/test-rules", ann.id), &[("back", "/on-call")]).await;
        assert!(page.text.contains("Say of each whether it rang") && !page.text.contains("Did it ring?"), "{}", page.text);
        all_arrive(app, &lines).await;
        let (text, call) = (test_over(app, &ann, Channel::Sms).await, test_over(app, &ann, Channel::Voice).await);
        assert_eq!((text.state, text.rang), (NotificationState::Delivered, None));
        assert!(text.wants_an_answer() && call.wants_an_answer(), "{call:?}");
        assert_eq!(phone_of(app, &ann).await.rang_at, None);
        for path in ["/profile", "/on-call"] {
            let page = browser.get(path).await.expect(200).text;
            assert!(page.contains("Did it ring? (SMS)") && page.contains("Did it ring? (Phone call)") && !page.contains("rang <time"), "{page}");
        }

        let rang = format!("/users/{}/contacts/{}/rang", ann.id, phone_of(app, &ann).await.id);
        let page = browser.submit(&rang, &[("over", "VOICE"), ("rang", "yes"), ("back", "/on-call")]).await.text;
        assert!(page.contains("My on-call") && page.contains("Did it ring? (SMS)") && !page.contains("(Phone call)"), "{page}");
        let first = phone_of(app, &ann).await.rang_at;
        assert_eq!(first, Some(app.app.clock.now()));
        let page = browser.submit(&rang, &[("over", "SMS"), ("rang", "no")]).await.text;
        assert!(page.contains("Then it would wake nobody") && !page.contains("Did it ring?") && page.contains("rang <time"), "{page}");
        assert_eq!(test_over(app, &ann, Channel::Sms).await.state, NotificationState::Failed);

        // After an update of the phone it is asked again, and the date is a new one.
        app.advance(minutes(60)).await;
        let test = format!("/users/{}/contacts/{}/test", ann.id, phone_of(app, &ann).await.id);
        browser.submit(&test, &[("over", "SMS")]).await;
        app.settle().await;
        assert!(browser.get("/profile").await.text.contains("Did it ring? (SMS)"));
        browser.submit(&rang, &[("over", "SMS"), ("rang", "yes")]).await;
        assert!(phone_of(app, &ann).await.rang_at > first);
        let page = browser.submit(&rang, &[("over", "SMS"), ("rang", "yes")]).await.text;
        assert!(page.contains("No test was sent there since the last answer"), "{page}");
    }

    async fn the_api_says_of_each_way_what_became_of_its_test(app: TestApp) {
        let _lines = app.lines(&[ProviderKind::Twilio]).await;
        let ann = app.user("ann").await.with_phone(app, ANN, &[(Channel::Sms, 0)]).await;
        let api = app.as_user(ann.id).await;
        let path = format!("/api/users/current/contacts/phone-numbers/{}/test", phone_of(app, &ann).await.id);
        for method in ["SMS", "WHATSAPP"] {
            let made = api.post(&format!("{path}?method={method}"), &Value::Null).await.expect(202).json();
            assert_eq!((&made["method"], &made["state"]), (&json!(method), &json!("PLANNED")));
        }
        // One of the first way is under way: the other is not mistaken for it.
        assert_eq!(api.post(&format!("{path}?method=SMS"), &Value::Null).await.expect(202).json()["method"], "SMS");
        assert_eq!(api.get(&format!("{path}?method=SMS")).await.expect(200).json()["method"], "SMS");
        assert_eq!(api.get(&path).await.expect(200).json()["method"], "WHATSAPP");
        api.get(&format!("{path}?method=VOICE")).await.expect(404);
        api.get(&format!("{path}?method=FAX")).await.expect(400);
        app.settle().await;
    }

    async fn neither_codes_nor_tests_nor_pages_go_to_a_number_that_wants_no_texts(app: TestApp) {
        let lines = app.lines(&[ProviderKind::Twilio]).await;
        let ann = app.user("ann").await.with_phone(app, ANN, &[(Channel::Sms, 0), (Channel::Sms, 600)]).await;
        let ann = ann.with_late_mail(app, 1_200).await;
        let source = app.source().escalating_to([level(&ann, minutes(60))]).await;
        source.send(app, event("disk full")).await.unwrap();
        app.settle().await;
        lines.exchange.phone(ANN).wait_for_sms(|sms| sms.text.contains("disk full")).await.unwrap();
        lines.exchange.phone(ANN).text(OURS, "stop").await;
        app.settle().await;
        let (mut browser, api) = (Browser::of(app, &ann).await, app.as_user(ann.id).await);
        let phone = phone_of(app, &ann).await;
        let path = format!("/api/users/current/contacts/phone-numbers/{}", phone.id);
        let refused = api.post(&format!("{path}/test"), &Value::Null).await.expect(409).json();
        assert!(refused["message"].as_str().unwrap().contains("takes no text messages"), "{refused}");
        api.post(&format!("{path}/send-code?method=WHATSAPP"), &Value::Null).await.expect(409);
        let page = browser.submit(&format!("/users/{}/test-rules", ann.id), &[]).await;
        assert!(page.text.contains("Some rules were not tested"), "{}", page.text);
        app.settle().await;
        ann.expect_mail(app, "[Test]").await;

        // The text that was planned before gives way to the mail.
        app.advance(minutes(11)).await;
        ann.expect_mail(app, "disk full").await;
        let pages = lines.exchange.messages().into_iter().filter(|sms| sms.to == ANN && sms.text.contains("disk full"));
        assert_eq!(pages.count(), 1, "the one that came before the stop");
    }

    async fn a_number_that_was_entered_by_somebody_else_says_stop_before_anybody_proved_it(app: TestApp) {
        let lines = app.lines(&[ProviderKind::Twilio]).await;
        let ann = app.user("ann").await;
        let api = app.as_user(ann.id).await;
        let made = api.post("/api/users/current/contacts/phone-numbers", &json!({"target": BOB})).await.expect(201).json();
        let code = format!("/api/users/current/contacts/phone-numbers/{}/send-code", made["id"]);
        api.post(&code, &Value::Null).await.expect(202);
        for (word, status) in [("stop", 409), ("start", 202)] {
            lines.exchange.phone(BOB).text(OURS, word).await;
            app.settle().await;
            api.post(&code, &Value::Null).await.expect(status);
        }
    }
}
