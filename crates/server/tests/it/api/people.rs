//! Users, contacts, preferences, API keys.

use serde_json::json;
use watchbell_core::user::Role;
use watchbell_testkit::http::Caller;
use watchbell_testkit::{TestApp, both_databases};

async fn boss(app: &mut TestApp) -> Caller {
    let id = app.user_of_role("boss", Role::Admin).await.id;
    app.as_user(id).await
}

both_databases! {
    async fn a_user_is_made_found_changed_and_deleted(app: TestApp) {
        let boss = boss(app).await;
        let body = json!({"id": 0, "firstName": "Ann", "lastName": "Nguyễn", "email": "Ann@example.com", "role": "RESPONDER",
            "timezone": "America/New_York", "position": "Chief", "mutedUntil": "2026-02-01T00:00", "somethingNew": [1]});
        let made = boss.post("/api/users?send-no-invitation=true", &body).await.expect(201).json();
        assert_eq!((&made["timezone"], &made["mutedUntil"], &made["createdAt"]), (&json!("America/New_York"), &json!("2026-02-01T00:00:00Z"), &json!("2026-01-05T08:00:00Z")));
        let path = format!("/api/users/{}", made["id"]);
        assert_eq!(boss.get(&path).await.expect(200).json(), made);
        assert_eq!(boss.get("/api/users/ann%40example.com").await.expect(200).json(), made);
        assert_eq!(boss.post("/api/users/search-email", &json!({"email": "ANN@EXAMPLE.COM"})).await.expect(200).json(), made);
        boss.post("/api/users/search-email", &json!({"email": "bob@example.com"})).await.expect(404);
        let changed = boss.put(&path, &json!({"firstName": "Anne", "lastName": "X", "email": "anne@example.com", "mutedUntil": null})).await.expect(200).json();
        assert_eq!((&changed["firstName"], &changed["role"], changed.get("position"), changed.get("mutedUntil")), (&json!("Anne"), &json!("RESPONDER"), None, None));
        let taken = boss.post("/api/users", &json!({"firstName": "B", "lastName": "C", "email": "ANNE@example.com"})).await.expect(400).json();
        assert!(taken["message"].as_str().unwrap().contains("email"), "{taken}");
        boss.delete(&path).await.expect(204);
        boss.get(&path).await.expect(404);
        boss.delete(&path).await.expect(404);
    }

    async fn bad_fields_of_users_are_named(app: TestApp) {
        let boss = boss(app).await;
        let good = json!({"firstName": "Ann", "lastName": "X", "email": "ann@example.com"});
        for (field, value) in [
            ("firstName", json!("")), ("lastName", json!("x".repeat(256))), ("email", json!("ann")), ("email", json!("a@b\r\nBcc: c@d")),
            ("role", json!("BOSS")), ("timezone", json!("Mars")), ("language", json!("deutsch")), ("shiftColor", json!("red")), ("mutedUntil", json!("soon")),
            ("email", json!(7)), ("firstName", json!(null)),
        ] {
            let mut body = good.clone();
            body[field] = value.clone();
            let error = boss.post("/api/users", &body).await.expect(400).json();
            assert!(error["message"].as_str().unwrap().starts_with(&format!("{field}: ")), "{field} {value}: {error}");
        }
        let shown = boss.post("/api/users", &json!({"firstName": "<b>\u{0}x", "lastName": "'; DROP TABLE user_account; --", "email": "ann@example.com"})).await.expect(201).json();
        assert_eq!((&shown["firstName"], &shown["lastName"]), (&json!("<b>x"), &json!("'; DROP TABLE user_account; --")));
    }

    async fn nobody_promotes_themselves(app: TestApp) {
        let id = app.user_of_role("ann", Role::User).await.id;
        let ann = app.as_user(id).await;
        let mut me = ann.get("/api/users/current").await.expect(200).json();
        me["role"] = json!("ADMIN");
        ann.put("/api/users/current", &me).await.expect(403);
        me["role"] = json!("USER");
        me["firstName"] = json!("Anne");
        assert_eq!(ann.put("/api/users/current", &me).await.expect(200).json()["firstName"], "Anne");
    }

    async fn lists_are_paged_and_more_than_the_cap_is_refused(app: TestApp) {
        let boss = boss(app).await;
        for n in 0..3 {
            app.user(&format!("u{n}")).await;
        }
        let emails = |answer: serde_json::Value| answer.as_array().unwrap().iter().map(|user| user["email"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
        assert_eq!(emails(boss.get("/api/users?start-index=1&max-results=2").await.expect(200).json()), ["u0@example.com", "u1@example.com"]);
        assert_eq!(boss.get("/api/users?max-results=100&").await.expect(200).json().as_array().unwrap().len(), 4);
        for bad in ["max-results=101", "max-results=-1", "start-index=-1", "max-results=many", "start-index=99999999999999"] {
            boss.get(&format!("/api/users?{bad}")).await.expect(400);
        }
        boss.get("/api/alert-sources?max-results=51").await.expect(400);
    }

    async fn contacts_keep_their_secrets(app: TestApp) {
        let id = app.user("ann").await.id;
        let boss = boss(app).await;
        let base = format!("/api/users/{id}/contacts");
        assert_eq!(boss.get(&format!("{base}/emails")).await.expect(200).json()[0]["target"], "ann@example.com");
        let mail = boss.post(&format!("{base}/emails"), &json!({"target": "ann@home.example"})).await.expect(201).json();
        assert_eq!((&mail["status"], &mail["verified"]), (&json!("OK"), &json!(true)), "an administrator vouches");
        assert_eq!(boss.post(&format!("{base}/emails/search-target"), &json!({"target": "ANN@home.example"})).await.expect(200).json(), mail);
        let phone = boss.post(&format!("{base}/phone-numbers"), &json!({"regionCode": "DE", "target": "+49 30 1234567", "primary": true})).await.expect(201).json();
        assert_eq!((&phone["target"], &phone["regionCode"], &phone["primary"]), (&json!("+49301234567"), &json!("DE"), &json!(true)));
        let ntfy = boss.post(&format!("{base}/ntfy"), &json!({"target": "https://ntfy.sh/ann", "token": "tk_secret"})).await.expect(201);
        assert!(!ntfy.text.contains("tk_secret") && ntfy.json()["hasToken"] == true);
        let hook = boss.post(&format!("{base}/webhooks"), &json!({"target": "https://example.com/hook"})).await.expect(201).json();
        assert!(hook["secret"].as_str().unwrap().len() > 40, "shown once");
        let again = boss.get(&format!("{base}/webhooks/{}", hook["id"])).await.expect(200).json();
        assert!(again.get("secret").is_none());
        boss.get(&format!("{base}/emails/{}", hook["id"])).await.expect(404);
        for (kind, target) in [("emails", "x"), ("phone-numbers", "HELP"), ("ntfy", "https://ntfy.sh"), ("webhooks", "ftp://x/y"), ("emails", "ann@home.example")] {
            boss.post(&format!("{base}/{kind}"), &json!({"target": target})).await.expect(400);
        }
        let moved = boss.put(&format!("{base}/ntfy/{}", ntfy.json()["id"]), &json!({"target": "https://ntfy.sh/other"})).await.expect(200).json();
        assert_eq!((&moved["target"], &moved["hasToken"]), (&json!("https://ntfy.sh/other"), &json!(true)));
        boss.delete(&format!("{base}/emails/{}", mail["id"])).await.expect(204);
    }

    async fn what_people_enter_for_themselves_has_to_be_verified(app: TestApp) {
        let ann = app.user("ann").await.id;
        let caller = app.as_user(ann).await;
        let mail = caller.post("/api/users/current/contacts/emails", &json!({"target": "elsewhere@example.com"})).await.expect(201).json();
        assert_eq!(mail["verified"], false);
        let bob = app.user("bob").await.id;
        caller.get(&format!("/api/users/{bob}/contacts/emails")).await.expect(403);
        caller.get("/api/users/bob@example.com/contacts/emails").await.expect(403);
        caller.get("/api/users/nobody@example.com/contacts/emails").await.expect(403);
    }

    async fn all_four_collections_of_preferences_take_their_types(app: TestApp) {
        let id = app.user("ann").await.id;
        let boss = boss(app).await;
        let base = format!("/api/users/{id}");
        let email = boss.get(&format!("{base}/contacts/emails")).await.expect(200).json()[0]["id"].clone();
        let phone = boss.post(&format!("{base}/contacts/phone-numbers"), &json!({"regionCode": "DE", "target": "+49301234567"})).await.expect(201).json()["id"].clone();
        boss.post(&format!("{base}/contacts/ntfy"), &json!({"target": "https://ntfy.sh/ann"})).await.expect(201);
        let prefs = |collection: &str| format!("{base}/notification-preferences/{collection}");
        assert_eq!(boss.get(&prefs("alerts")).await.expect(200).json().as_array().unwrap().len(), 2, "the defaults");
        let call = boss.post(&prefs("alerts"), &json!({"method": "VOICE", "contact": {"id": phone, "status": "OK"}, "delayMin": 5, "type": "HIGH_PRIORITY"})).await.expect(201).json();
        assert_eq!((&call["method"], &call["contact"]["regionCode"], &call["delayMin"]), (&json!("VOICE"), &json!("DE"), &json!(5)));
        let push = boss.post(&prefs("alerts"), &json!({"method": "PUSH", "delayMin": 0, "type": "LOW_PRIORITY"})).await.expect(201).json();
        assert_eq!((&push["method"], &push["contact"]["target"]), (&json!("PUSH"), &json!("https://ntfy.sh/ann")));
        let duty = boss.post(&prefs("duties"), &json!({"method": "EMAIL", "contact": {"id": email}, "beforeMin": 180, "type": "ON_CALL"})).await.expect(201).json();
        assert_eq!(duty["beforeMin"], 180);
        let update = boss.post(&prefs("updates"), &json!({"method": "EMAIL", "contact": {"id": email}, "type": "ALERT_RESOLVED"})).await.expect(201).json();
        assert_eq!(update["type"], "ALERT_RESOLVED");
        boss.post(&prefs("subscriptions"), &json!({"method": "EMAIL", "contact": {"target": "ANN@example.com"}})).await.expect(201);
        let item = format!("{}/{}", prefs("alerts"), call["id"]);
        let later = boss.put(&item, &json!({"method": "SMS", "contact": {"id": phone}, "delayMin": 10, "type": "LOW_PRIORITY"})).await.expect(200).json();
        assert_eq!(boss.get(&item).await.expect(200).json(), later);
        boss.get(&format!("{}/{}", prefs("updates"), call["id"])).await.expect(404);
        for (collection, bad) in [
            ("alerts", json!({"method": "FAX", "contact": {"id": email}})), ("alerts", json!({"method": "EMAIL"})),
            ("alerts", json!({"method": "VOICE", "contact": {"id": email}})), ("alerts", json!({"method": "EMAIL", "contact": {"id": 987654}})),
            ("alerts", json!({"method": "EMAIL", "contact": {"id": email}, "delayMin": 1441})), ("duties", json!({"method": "EMAIL", "contact": {"id": email}, "beforeMin": 1441})),
            ("duties", json!({"method": "VOICE", "contact": {"id": phone}})), ("updates", json!({"method": "EMAIL", "contact": {"id": email}, "type": "NONSENSE"})),
        ] {
            boss.post(&prefs(collection), &bad).await.expect(400);
        }
        boss.delete(&item).await.expect(204);
        boss.get(&item).await.expect(404);
    }

    async fn an_api_key_is_shown_once_and_revoked_at_once(app: TestApp) {
        let id = app.user_of_role("ann", Role::Stakeholder).await.id;
        let ann = app.as_user(id).await;
        let made = ann.post("/api/api-keys", &json!({"name": "laptop"})).await.expect(201).json();
        let other = app.http.with_key(made["token"].as_str().unwrap());
        other.get("/api/users/current").await.expect(200);
        let listed = ann.get("/api/api-keys").await.expect(200);
        assert!(listed.json().as_array().unwrap().len() == 2 && !listed.text.contains("token"), "{}", listed.text);
        ann.delete(&format!("/api/api-keys/{}", made["id"])).await.expect(204);
        other.get("/api/users/current").await.expect(403);
        let bob = app.user("bob").await.id;
        ann.post("/api/api-keys", &json!({"name": "x", "user": {"id": bob}})).await.expect(403);
        ann.get(&format!("/api/api-keys?user={bob}")).await.expect(403);
    }
}
