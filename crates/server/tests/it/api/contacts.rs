//! Contacts are proven and tested over the API as they are in the pages.

use serde_json::{Value, json};
use watchbell_testkit::http::Caller;
use watchbell_testkit::{TestApp, both_databases, minutes};

/// Ann, and a mailbox of hers that nobody vouched for.
async fn unproven(app: &mut TestApp) -> (Caller, String) {
    let id = app.user("ann").await.id;
    let ann = app.as_user(id).await;
    let contact = added(&ann, "night@example.com").await;
    assert_eq!(ann.get(&contact).await.expect(200).json()["verified"], false);
    (ann, contact)
}

/// Another mailbox, that nobody vouched for: its path.
async fn added(person: &Caller, address: &str) -> String {
    let made = person.post("/api/users/current/contacts/emails", &json!({"target": address})).await.expect(201).json();
    format!("/api/users/current/contacts/emails/{}", made["id"])
}

async fn sent_code(app: &TestApp, ann: &Caller, contact: &str) -> String {
    let sent = ann.post(&format!("{contact}/send-code"), &Value::Null).await.expect(202).json();
    assert!(sent["expiresAt"].as_str().unwrap().starts_with("2026-"), "{sent}");
    let mail = app.expect_mail_to("night@example.com", "").await;
    mail.text.split(|c: char| !c.is_ascii_digit()).find(|word| word.len() == 6).unwrap().to_owned()
}

both_databases! {
    async fn a_contact_is_verified_by_the_code_that_arrives(app: TestApp) {
        let (ann, contact) = unproven(app).await;
        let code = sent_code(app, &ann, &contact).await;
        let wrong = if code == "000000" { "000001" } else { "000000" };
        let refused = ann.post(&format!("{contact}/verify"), &json!({"code": wrong})).await.expect(400).json();
        assert!(refused["message"].as_str().unwrap().starts_with("code: "), "{refused}");
        let proven = ann.post(&format!("{contact}/verify"), &json!({"code": format!(" {code} ")})).await.expect(200).json();
        assert_eq!(proven["verified"], true);
        assert_eq!(ann.get(&contact).await.expect(200).json(), proven);
        ann.post(&format!("{contact}/verify"), &json!({"code": code})).await.expect(400);
    }

    async fn a_code_says_nothing_of_an_address_that_was_entered_after_it(app: TestApp) {
        let (ann, contact) = unproven(app).await;
        let code = sent_code(app, &ann, &contact).await;
        ann.put(&contact, &json!({"target": "stranger@example.com"})).await.expect(200);
        ann.post(&format!("{contact}/verify"), &json!({"code": code})).await.expect(400);
        assert_eq!(ann.get(&contact).await.expect(200).json()["verified"], false);
    }

    async fn codes_and_guesses_have_an_end(app: TestApp) {
        let (ann, contact) = unproven(app).await;
        let code = sent_code(app, &ann, &contact).await;
        for _ in 0..5 {
            ann.post(&format!("{contact}/verify"), &json!({"code": "12345"})).await.expect(400);
        }
        ann.post(&format!("{contact}/verify"), &json!({"code": code})).await.expect(429);
        app.advance(minutes(16)).await;
        ann.post(&format!("{contact}/verify"), &json!({"code": code})).await.expect(400);
    }

    async fn a_code_that_cannot_be_sent_is_no_fault_of_the_server(app: TestApp) {
        let id = app.user("ann").await.id;
        let ann = app.as_user(id).await;
        let phone = ann.post("/api/users/current/contacts/phone-numbers", &json!({"target": "+4930123456"})).await.expect(201).json();
        let path = format!("/api/users/current/contacts/phone-numbers/{}", phone["id"]);
        let refused = ann.post(&format!("{path}/send-code"), &Value::Null).await.expect(409).json();
        assert!(refused["message"].as_str().unwrap().starts_with("The code could not be sent: "), "{refused}");
        ann.post(&format!("{}/send-code", path.replace("phone-numbers", "emails")), &Value::Null).await.expect(404);
    }

    async fn a_test_goes_the_real_way_and_says_what_became_of_it(app: TestApp) {
        let person = app.user("ann").await;
        let ann = app.as_user(person.id).await;
        let id = ann.get("/api/users/current/contacts/emails").await.expect(200).json()[0]["id"].clone();
        let path = format!("/api/users/current/contacts/emails/{id}/test");
        ann.get(&path).await.expect(404);
        assert_eq!(ann.post(&path, &Value::Null).await.expect(202).json()["state"], "PLANNED");
        app.settle().await;
        person.expect_mail(app, "").await;
        let test = ann.get(&path).await.expect(200).json();
        assert_eq!((&test["state"], &test["tries"]), (&json!("SENT"), &json!(1)));
    }

    async fn nobody_floods_a_mailbox_with_tests(app: TestApp) {
        let person = app.user("ann").await;
        let ann = app.as_user(person.id).await;
        let id = ann.get("/api/users/current/contacts/emails").await.expect(200).json()[0]["id"].clone();
        let path = format!("/api/users/current/contacts/emails/{id}/test");
        for _ in 0..20 {
            ann.post(&path, &Value::Null).await.expect(202);
        }
        ann.post(&path, &Value::Null).await.expect(429);
        app.settle().await;
        // Those that were asked for while one was under way are that one.
        person.expect_mail(app, "").await;
    }

    async fn no_test_goes_to_an_address_that_nobody_proved(app: TestApp) {
        let (ann, contact) = unproven(app).await;
        let refused = ann.post(&format!("{contact}/test"), &Value::Null).await.expect(409).json();
        assert!(refused["message"].as_str().unwrap().starts_with("This contact is not verified."), "{refused}");
        app.settle().await;
    }

    async fn a_contact_that_is_removed_and_added_again_starts_no_new_count(app: TestApp) {
        let (ann, contact) = unproven(app).await;
        let mut contact = contact;
        for _ in 0..5 {
            ann.post(&format!("{contact}/send-code"), &Value::Null).await.expect(202);
            ann.post(&format!("{contact}/verify"), &json!({"code": "12345"})).await.expect(400);
            app.expect_mail_to("night@example.com", "").await;
            ann.delete(&contact).await.expect(204);
            contact = added(&ann, "Night@Example.com").await;
        }
        ann.post(&format!("{contact}/send-code"), &Value::Null).await.expect(429);
        ann.post(&format!("{contact}/verify"), &json!({"code": "12345"})).await.expect(429);
        // Somebody else who enters the address finds it counted as well.
        let bob = app.user("bob").await.id;
        let bob = app.as_user(bob).await;
        let bobs = added(&bob, "night@example.com").await;
        bob.post(&format!("{bobs}/send-code"), &Value::Null).await.expect(429);
    }

    async fn one_person_sends_so_many_codes_to_whomever(app: TestApp) {
        let id = app.user("ann").await.id;
        let ann = app.as_user(id).await;
        for nth in 0..10 {
            let contact = added(&ann, &format!("stranger{nth}@example.com")).await;
            ann.post(&format!("{contact}/send-code"), &Value::Null).await.expect(202);
            app.expect_mail_to(&format!("stranger{nth}@example.com"), "").await;
            ann.delete(&contact).await.expect(204);
        }
        let contact = added(&ann, "stranger@example.com").await;
        ann.post(&format!("{contact}/send-code"), &Value::Null).await.expect(429);
        app.advance(minutes(16)).await;
        ann.post(&format!("{contact}/send-code"), &Value::Null).await.expect(202);
        app.expect_mail_to("stranger@example.com", "").await;
    }

    async fn the_contacts_of_nobody_are_not_found(app: TestApp) {
        let boss = app.user_of_role("boss", watchbell_core::user::Role::Admin).await.id;
        let boss = app.as_user(boss).await;
        for path in ["contacts/emails", "notification-preferences/alerts"] {
            boss.get(&format!("/api/users/987654/{path}")).await.expect(404);
        }
    }
}
