//! Users, contacts, rules, tests, passwords, keys.

use super::browser::{Browser, PASSWORD, between};
use serde_json::json;
use watchbell_core::user::Role;
use watchbell_store::{contacts, users};
use watchbell_testkit::{both_databases, minutes};

both_databases! {
    async fn a_contact_is_proven_by_the_code_that_arrives_there(app: TestApp) {
        let ann = app.user("ann").await;
        let mut browser = Browser::of(app, &ann).await;
        let own = format!("/users/{}", ann.id);
        browser.post(&format!("{own}/contacts"), &[("channel", "EMAIL"), ("address", "nonsense")]).await.expect(422);
        let page = browser.submit(&format!("{own}/contacts"), &[("channel", "EMAIL"), ("address", "night@example.com")]).await;
        assert!(page.text.contains("Not verified"), "{}", page.text);
        let all = contacts::list(&app.app.db, &app.scope(), ann.id).await.unwrap();
        let contact = all.iter().find(|contact| contact.target == "night@example.com").unwrap().id;
        browser.submit(&format!("{own}/contacts/{contact}/send-code"), &[]).await;
        let mail = app.expect_mail_to("night@example.com", "").await;
        let is_code = |word: &&str| word.len() == 6 && word.bytes().all(|byte| byte.is_ascii_digit());
        let code = mail.text.split(|c: char| !c.is_ascii_digit()).find(is_code).unwrap_or_else(|| panic!("a code in {}", mail.text)).to_owned();
        let wrong = if code == "000000" { "000001" } else { "000000" };
        let refused = browser.post(&format!("{own}/contacts/{contact}/verify"), &[("code", wrong)]).await.expect(422);
        assert!(refused.text.contains("This is not the code"), "{}", refused.text);
        let page = browser.submit(&format!("{own}/contacts/{contact}/verify"), &[("code", &code)]).await;
        assert!(page.text.contains("Verified: messages arrive there."), "{}", page.text);
        assert!(contacts::get(&app.app.db, &app.scope(), ann.id, contact).await.unwrap().verified_at.is_some());
    }

    async fn codes_cannot_be_guessed_and_grow_old(app: TestApp) {
        let ann = app.user("ann").await;
        let mut browser = Browser::of(app, &ann).await;
        let own = format!("/users/{}", ann.id);
        browser.submit(&format!("{own}/contacts"), &[("channel", "EMAIL"), ("address", "night@example.com")]).await;
        let contact = contacts::list(&app.app.db, &app.scope(), ann.id).await.unwrap().last().unwrap().id;
        browser.submit(&format!("{own}/contacts/{contact}/send-code"), &[]).await;
        let mail = app.expect_mail_to("night@example.com", "").await;
        let code = mail.text.split(|c: char| !c.is_ascii_digit()).find(|word| word.len() == 6).unwrap().to_owned();
        for _ in 0..6 {
            browser.post(&format!("{own}/contacts/{contact}/verify"), &[("code", "12345")]).await.expect(422);
        }
        let right = browser.post(&format!("{own}/contacts/{contact}/verify"), &[("code", &code)]).await.expect(422);
        assert!(right.text.contains("Too many wrong codes"), "{}", right.text);
        app.advance(minutes(16)).await;
        browser.post(&format!("{own}/contacts/{contact}/verify"), &[("code", &code)]).await.expect(422);
    }

    async fn a_test_goes_the_real_way_and_the_person_says_whether_it_rang(app: TestApp) {
        let ann = app.user("ann").await;
        let mut browser = Browser::of(app, &ann).await;
        let contact = contacts::list(&app.app.db, &app.scope(), ann.id).await.unwrap()[0].id;
        let base = format!("/users/{}/contacts/{contact}", ann.id);
        let page = browser.submit(&format!("{base}/test"), &[]).await;
        assert!(page.text.contains("E-mail test to ann Example planned"), "{}", page.text);
        app.settle().await;
        ann.expect_mail(app, "").await;
        let page = browser.get("/profile").await.expect(200);
        assert!(page.text.contains("E-mail test to ann Example sent") && page.text.contains("Did it ring?"), "{}", page.text);
        let page = browser.submit(&format!("{base}/rang"), &[("rang", "yes")]).await;
        assert!(page.text.contains("rang <time"), "{}", page.text);

        app.smtp.faults(watchbell_sim::smtp::SmtpFault::RefuseRecipient);
        browser.submit(&format!("{base}/test"), &[]).await;
        app.settle().await;
        let page = browser.get("/profile").await.expect(200);
        assert!(page.text.contains("E-mail test to ann Example not delivered"), "{}", page.text);
    }

    async fn users_are_made_changed_and_deleted_by_administrators(app: TestApp) {
        let ada = app.user_of_role("ada", Role::Admin).await;
        let mut browser = Browser::of(app, &ada).await;
        let form = |email: &'static str| [("name", "Bob Ray"), ("email", email), ("role", "RESPONDER"), ("password", PASSWORD)];
        let page = browser.submit("/users/new", &form("bob@example.com")).await;
        assert!(page.text.contains("Bob Ray") && page.text.contains("Verified"), "{}", page.text);
        let taken = browser.post("/users/new", &form("BOB@example.com")).await.expect(422);
        assert!(taken.text.contains("A user with this email exists already.") && taken.text.contains("value=\"Bob Ray\""), "{}", taken.text);
        assert!(!taken.text.contains(PASSWORD));
        let bob = users::find_by_email(&app.app.db, &app.scope(), "bob@example.com").await.unwrap().unwrap();
        browser.post(&format!("/users/{}/delete", bob.id), &[]).await.expect(422);
        browser.submit(&format!("/users/{}/delete", bob.id), &[("confirmed", "on")]).await;
        assert!(users::find_by_email(&app.app.db, &app.scope(), "bob@example.com").await.unwrap().is_none());
        let last = browser.post(&format!("/users/{}/delete", ada.id), &[("confirmed", "on")]).await.expect(422);
        assert!(last.text.contains("only administrator"), "{}", last.text);
    }

    async fn who_has_turns_is_deleted_once_somebody_else_has_them(app: TestApp) {
        let (ada, ann) = (app.user_of_role("ada", Role::Admin).await, app.user("ann").await);
        let layer = json!({"name": "Days", "startsOn": "2026-01-05T09:00", "users": [{"id": ann.id}], "rotation": "P1D"});
        let api = app.as_user(ada.id).await;
        let body = json!({"name": "Support", "timezone": "UTC", "scheduleLayers": [layer]});
        let schedule = api.post("/api/schedules", &body).await.expect(201).json()["id"].clone();
        let mut browser = Browser::of(app, &ada).await;
        let page = browser.get(&format!("/users/{}", ann.id)).await.expect(200);
        assert!(page.text.contains("They have turns in &quot;Support&quot; (layer Days)"), "{}", page.text);
        let path = format!("/users/{}/delete", ann.id);
        let refused = browser.post(&path, &[("confirmed", "on"), ("replacement", "")]).await.expect(422);
        assert!(refused.text.contains("say who takes those turns"), "{}", refused.text);
        let ada_id = ada.id.to_string();
        browser.submit(&path, &[("confirmed", "on"), ("replacement", &ada_id)]).await;
        app.app.clock.advance(minutes(120));
        let now = api.get(&format!("/api/schedules/{schedule}/user-on-call")).await.expect(200).json();
        assert_eq!(now["user"]["id"], json!(ada.id));
    }

    async fn rules_say_how_one_is_reached(app: TestApp) {
        let ann = app.user("ann").await;
        let mut browser = Browser::of(app, &ann).await;
        let page = browser.get("/profile").await.expect(200);
        let rule = between(&page.text, &format!("/users/{}/rules/", ann.id), "/delete").unwrap().to_owned();
        let contact = contacts::list(&app.app.db, &app.scope(), ann.id).await.unwrap()[0].id.to_string();
        browser.submit(&format!("/users/{}/rules/{rule}/delete", ann.id), &[]).await;
        let page = browser.get("/profile").await.expect(200);
        assert!(page.text.contains("A page would not reach this person"), "{}", page.text);
        for (minutes, status) in [("-1", 422), ("1441", 422), ("x", 422), ("5", 303)] {
            let form = [("for", "HIGH"), ("contact", contact.as_str()), ("delay_min", minutes)];
            browser.post(&format!("/users/{}/rules", ann.id), &form).await.expect(status);
        }
        assert!(browser.get("/profile").await.text.contains("after 5 min"));
    }

    async fn a_new_password_needs_the_old_one_and_ends_other_sessions(app: TestApp) {
        let ann = app.user("ann").await;
        let (mut browser, mut other) = (Browser::of(app, &ann).await, Browser::of(app, &ann).await);
        let path = format!("/users/{}/password", ann.id);
        browser.post(&path, &[("current", "wrong wrong wrong"), ("new", "another long one")]).await.expect(422);
        browser.post(&path, &[("current", PASSWORD), ("new", "short")]).await.expect(422);
        browser.submit(&path, &[("current", PASSWORD), ("new", "another long one")]).await;
        other.get("/alerts").await.expect(303);
        browser.get("/alerts").await.expect(200);
    }

    async fn a_key_is_shown_once_and_works_until_it_is_revoked(app: TestApp) {
        let ann = app.user("ann").await;
        let mut browser = Browser::of(app, &ann).await;
        browser.get("/api-keys").await.expect(200);
        let page = browser.post("/api-keys", &[("name", "Grafana")]).await.expect(200);
        let key = between(&page.text, "id=\"made-key\" type=\"text\" readonly value=\"", "\"").unwrap().to_owned();
        assert!(!browser.get("/api-keys").await.text.contains(&key));
        let api = app.http.with_key(&key);
        api.get("/api/alerts").await.expect(200);
        let page = browser.get("/api-keys").await.expect(200);
        let id = between(&page.text, "/api-keys/", "/delete").unwrap().to_owned();
        browser.submit(&format!("/api-keys/{id}/delete"), &[]).await;
        api.get("/api/alerts").await.expect(403);
        browser.post("/api-keys", &[("name", "  ")]).await.expect(422);
    }
}
