//! Contacts of the push channels, of phones and of Telegram over the API.

use serde_json::{Value, json};
use watchbell_core::ids::UserId;
use watchbell_core::user::Channel;
use watchbell_store::contacts::{self, ContactIn};
use watchbell_testkit::{TestApp, both_databases};

/// Bytes of 4, in base64url: 65 of them.
const P256DH: &str = "BAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQ";
/// 16 of them.
const AUTH: &str = "BAQEBAQEBAQEBAQEBAQEBA";

async fn chat(app: &TestApp, user: UserId) -> i64 {
    let new = ContactIn {
        channel: Channel::Telegram,
        target: "4242".into(),
        region: None,
        primary: false,
        label: Some("Ann".into()),
        sealed: None,
        vouched: true,
    };
    contacts::create(&app.app.db, &app.scope(), user, new, app.app.clock.now()).await.unwrap().id.0
}

both_databases! {
    async fn each_kind_is_added_found_changed_and_deleted(app: TestApp) {
        let id = app.user("ann").await.id;
        let ann = app.as_user(id).await;
        for (kind, body, bad, shown) in [
            ("pushover", json!({"target": "uQiRzpo4DXghDmr9QzzfQu27cmVRsG/phone"}), json!({"target": "no key"}), "label"),
            ("gotify", json!({"target": "https://gotify.example/", "token": "t0k3n"}), json!({"target": "https://gotify.example"}), "hasToken"),
            ("unified-push", json!({"target": "https://up.example/x"}), json!({"target": "https://up.example/y", "auth": AUTH}), "hasKeys"),
            ("web-push", json!({"target": "https://push.example/x", "p256dh": P256DH, "auth": AUTH, "label": "Desk"}), json!({"target": "https://push.example/y"}), "label"),
        ] {
            let path = format!("/api/users/current/contacts/{kind}");
            ann.post(&path, &bad).await.expect(400);
            let made = ann.post(&path, &body).await.expect(201);
            assert!(!made.text.contains("t0k3n") && !made.text.contains(AUTH), "{}", made.text);
            let made = made.json();
            assert!(made["verified"] == false && !made[shown].is_null(), "{made}");
            assert_eq!(ann.get(&path).await.expect(200).json(), json!([made]));
            assert_eq!(ann.post(&format!("{path}/search-target"), &json!({"target": made["target"]})).await.expect(200).json(), made);
            let one = format!("{path}/{}", made["id"]);
            assert_eq!(ann.put(&one, &body).await.expect(200).json(), made);
            ann.get(&format!("/api/users/current/contacts/emails/{}", made["id"])).await.expect(404);
            ann.delete(&one).await.expect(204);
            ann.get(&one).await.expect(404);
        }
    }

    async fn a_kept_secret_does_not_follow_a_contact_elsewhere(app: TestApp) {
        let id = app.user("ann").await.id;
        let ann = app.as_user(id).await;
        let keyed = |target: &str| json!({"target": target, "p256dh": P256DH, "auth": AUTH});
        for (kind, body, same, elsewhere, field) in [
            ("ntfy", json!({"target": "https://ntfy.example/one", "token": "t0k3n"}), "https://NTFY.example/two", "https://evil.example/two", "token"),
            ("gotify", json!({"target": "https://gotify.example", "token": "t0k3n"}), "https://gotify.example/push", "https://gotify.example:8443", "token"),
            ("unified-push", keyed("https://up.example/one"), "https://up.example/one", "https://up.example/two", "p256dh"),
            ("web-push", keyed("https://push.example/one"), "https://push.example/one", "https://push.example/two", "p256dh"),
        ] {
            let path = format!("/api/users/current/contacts/{kind}");
            let made = ann.post(&path, &body).await.expect(201).json();
            let one = format!("{path}/{}", made["id"]);
            ann.put(&one, &json!({"target": same})).await.expect(200);
            let refused = ann.put(&one, &json!({"target": elsewhere})).await.expect(400).json();
            let why = format!("{field}: is needed again, because the address is another one now");
            assert_eq!(refused["message"], why, "{kind}");
            let mut whole = body.clone();
            whole["target"] = json!(elsewhere);
            assert_eq!(ann.put(&one, &whole).await.expect(200).json()["target"], elsewhere, "{kind}");
        }
        // Where none is kept, none is needed.
        let path = "/api/users/current/contacts/ntfy";
        let made = ann.post(path, &json!({"target": "https://ntfy.example/open"})).await.expect(201).json();
        ann.put(&format!("{path}/{}", made["id"]), &json!({"target": "https://ntfy.sh/open"})).await.expect(200);
    }

    async fn a_number_is_read_where_its_owner_lives_and_tested_over_each_channel(app: TestApp) {
        let id = app.user("ann").await.id;
        let ann = app.as_user(id).await;
        let path = "/api/users/current/contacts/phone-numbers";
        let refused = ann.post(path, &json!({"target": "0151 23456789"})).await.expect(400).json();
        assert_eq!(refused["message"], "target: begin with the country code, such as +49 30 123456");
        let made = ann.post(path, &json!({"target": "0151 23456789", "regionCode": "DE"})).await.expect(201).json();
        assert_eq!((&made["target"], &made["regionCode"]), (&json!("+4915123456789"), &json!("DE")));
        let one = format!("{path}/{}", made["id"]);
        app.tamper("UPDATE contact SET verified_at = created_at").await;
        for method in ["SMS", "VOICE", "WHATSAPP"] {
            let refused = ann.post(&format!("{one}/send-code?method={method}"), &Value::Null).await.expect(409).json();
            assert!(refused["message"].as_str().unwrap().contains(&format!("No account that carries {method}")), "{refused}");
            ann.post(&format!("{one}/test?method={method}"), &Value::Null).await.expect(202);
        }
        ann.post(&format!("{one}/test?method=EMAIL"), &Value::Null).await.expect(400);
        app.settle().await;
    }

    async fn chats_are_listed_and_deleted_and_never_entered(app: TestApp) {
        let id = app.user("ann").await.id;
        let (ann, chat) = (app.as_user(id).await, chat(app, id).await);
        let path = "/api/users/current/contacts/telegram";
        let listed = ann.get(path).await.expect(200).json();
        assert_eq!((&listed[0]["label"], &listed[0]["verified"]), (&json!("Ann"), &json!(true)));
        ann.post(path, &json!({"target": "1"})).await.expect(405);
        ann.delete(&format!("{path}/{chat}")).await.expect(204);
        assert_eq!(ann.get(path).await.expect(200).json(), json!([]));
    }
}
