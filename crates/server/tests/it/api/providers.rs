//! Connectors that carry messages, and how they do.

use serde_json::{Value, json};
use watchbell_core::user::Role;
use watchbell_sim::hook::{Hook, HookSimConfig};
use watchbell_sim::pushover::{self, Pushover, PushoverSimConfig};
use watchbell_sim::telegram::{Telegram, TelegramSimConfig};
use watchbell_store::audit;
use watchbell_testkit::http::{Answer, Caller};
use watchbell_testkit::{TestApp, both_databases};

async fn caller(app: &mut TestApp, name: &str, role: Role) -> Caller {
    let id = app.user_of_role(name, role).await.id;
    app.as_user(id).await
}

fn pushover(url: &str) -> Value {
    json!({"name": "Loud", "type": "pushover", "params": {"token": pushover::TOKEN, "apiUrl": url, "channels": ["PUSHOVER"]}})
}

fn gateway(name: &str, url: &str) -> Value {
    let params =
        json!({"url": url, "body": "to={to}&text={text}", "channels": ["SMS"], "authHeader": "X-Key: hush-hush"});
    json!({"name": name, "type": "sms_gateway", "params": params})
}

fn id(answer: &Answer) -> String {
    answer.json()["id"].as_str().unwrap().to_owned()
}

fn sms(channels: &Value) -> Value {
    channels.as_array().unwrap().iter().find(|channel| channel["channel"] == "SMS").unwrap().clone()
}

both_databases! {
    async fn an_account_is_made_read_changed_and_deleted_without_its_secrets_coming_out(app: TestApp) {
        let (service, bots) = (Pushover::start(PushoverSimConfig::default()).await.unwrap(), Telegram::start(TelegramSimConfig::default()).await.unwrap());
        let boss = caller(app, "boss", Role::Admin).await;
        let made = boss.post("/api/connectors", &pushover(&service.url())).await.expect(201);
        let path = format!("/api/connectors/{}", id(&made));
        assert_eq!((&made.json()["state"], &made.json()["params"]), (&json!("GREEN"), &json!({"apiUrl": service.url(), "channels": ["PUSHOVER"]})));
        // What was read can be written as it is.
        let read = boss.get(&path).await.expect(200).json();
        assert_eq!(boss.put(&path, &read).await.expect(200).json()["state"], "GREEN");
        let changed = boss.put(&path, &json!({"name": "Louder", "type": "pushover", "params": {"retrySeconds": 60}})).await.expect(200).json();
        assert_eq!(changed["params"], json!({"apiUrl": service.url(), "retrySeconds": "60", "channels": ["PUSHOVER"]}));
        assert_eq!((&changed["name"], &changed["state"]), (&json!("Louder"), &json!("GREEN")), "the token stayed");
        let wrong = json!({"name": "Louder", "type": "pushover", "params": {"token": "awrongtoken0000000000000000000", "retrySeconds": null}});
        let refused = boss.put(&path, &wrong).await.expect(200);
        assert_eq!((&refused.json()["state"], refused.json()["params"].get("retrySeconds")), (&json!("RED"), None));
        assert!(refused.json()["stateReason"].is_string() && !refused.text.contains("awrong"), "{}", refused.text);

        let bot = json!({"name": "Bot", "type": "telegram", "params": {"botToken": bots.token(), "apiUrl": bots.url(), "receive": "WEBHOOK", "channels": ["TELEGRAM"]}});
        let bot = boss.post("/api/connectors", &bot).await.expect(201);
        assert_eq!(bot.json()["state"], "GREEN", "{}", bot.text);
        assert_eq!(boss.get("/api/connectors/name/Bot").await.expect(200).json()["params"]["channels"], json!(["TELEGRAM"]));

        let listed = boss.get("/api/connectors").await.expect(200).text;
        let health = boss.get("/api/providers").await.expect(200).text;
        let audited = format!("{:?}", audit::list(&app.app.db, &app.scope(), watchbell_store::Page::first(100)).await.unwrap());
        for secret in [pushover::TOKEN, bots.token(), "awrongtoken"] {
            for text in [&listed, &health, &audited, &made.text, &bot.text] {
                assert!(!text.contains(secret), "{text}");
            }
        }
        boss.delete(&path).await.expect(204);
        boss.get(&path).await.expect(404);
        boss.post(&format!("/api/providers/{}/test", id(&made)), &json!({})).await.expect(404);
    }

    async fn what_is_wrong_is_named(app: TestApp) {
        let boss = caller(app, "boss", Role::Admin).await;
        let ok = json!({"name": "x", "type": "sms_gateway", "params": {"url": "http://127.0.0.1:9/", "body": "{to}{text}", "channels": ["SMS"]}});
        let with = |changes: Value| {
            let mut body = ok.clone();
            for (name, value) in changes.as_object().unwrap() {
                body["params"][name] = value.clone();
            }
            body
        };
        for (body, says) in [
            (json!({"name": "x", "type": "pigeon", "params": {}}), "type: must be one of autotask, twilio, "),
            (json!({"name": " ", "type": "pushover", "params": {}}), "name: "),
            (json!({"name": "x", "type": "pushover"}), "params: is required"),
            (json!({"name": "x", "type": "pushover", "params": "hush"}), "params: "),
            (json!({"name": "x", "type": "pushover", "params": {}}), "params.channels: at least one is required"),
            (json!({"name": "x", "type": "pushover", "params": {"channels": ["PUSHOVER"]}}), "params.token: is required"),
            (with(json!({"channels": ["VOICE"]})), "params.channels: SMS gateway does not carry VOICE"),
            (with(json!({"channels": ["PIGEON"]})), "params.channels[0]: is no channel"),
            (with(json!({"channels": "SMS"})), "params.channels: must be a list"),
            (with(json!({"url": "gopher://x"})), "params.url: "),
            (with(json!({"method": "BREW"})), "params.method: must be GET or POST"),
            (with(json!({"messagesPerSecond": 1_001})), "params.messagesPerSecond: "),
            (with(json!({"messagesPerSecond": {"a": 1}})), "params.messagesPerSecond: must be a text"),
            (with(json!({"authHeader": 5})), "params.authHeader: must be a text"),
            (with(json!({"body": "x".repeat(10_001)})), "params.body: "),
            (with(json!({"from": "x".repeat(2_001)})), "params.from: "),
            (with(json!({"speed": "fast"})), "params.speed: is no setting of SMS gateway"),
        ] {
            let answer = boss.post("/api/connectors", &body).await.expect(400);
            let message = answer.json()["message"].as_str().unwrap().to_owned();
            assert!(message.starts_with(says), "{says}: {message}");
        }
        assert_eq!(boss.get("/api/connectors").await.expect(200).json(), json!([]));
        let made = boss.post("/api/connectors", &ok).await.expect(201);
        assert_eq!(made.json()["state"], "YELLOW", "nobody listens there, and it is kept all the same: {}", made.text);
        let taken = boss.post("/api/connectors", &ok).await.expect(400);
        assert!(taken.json()["message"].as_str().unwrap().starts_with("name: "), "{}", taken.text);
        let other = json!({"name": "x", "type": "autotask", "params": {"userName": "u"}});
        let answer = boss.put(&format!("/api/connectors/{}", id(&made)), &other).await.expect(400);
        assert!(answer.json()["message"].as_str().unwrap().starts_with("type: cannot be changed"), "{}", answer.text);
    }

    async fn the_order_is_set_and_the_health_is_told(app: TestApp) {
        let (one, other) = (Hook::start(HookSimConfig::default()).await.unwrap(), Hook::start(HookSimConfig::default()).await.unwrap());
        let boss = caller(app, "boss", Role::Admin).await;
        let first = id(&boss.post("/api/connectors", &gateway("One", &one.url())).await.expect(201));
        let second = id(&boss.post("/api/connectors", &gateway("Other", &other.url())).await.expect(201));
        let names = |channel: &Value| channel["accounts"].as_array().unwrap().iter().map(|account| account["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
        let before = sms(&boss.get("/api/providers").await.expect(200).json());
        assert_eq!(names(&before), ["One", "Other"]);
        assert_eq!((&before["waiting"], &before["people"], &before["accounts"][0]["sentLastHour"]), (&json!(0), &json!(0), &json!(0)));
        let after = boss.put("/api/providers/SMS/order", &json!({"connectors": [second]})).await.expect(200);
        assert_eq!(names(&after.json()), ["Other", "One"], "who is left out comes after");
        for (body, says) in [
            (json!({}), "connectors: is required"),
            (json!({"connectors": ["nobody"]}), "connectors[0]: is no account"),
            (json!({"connectors": [first, first]}), "connectors[1]: is named twice"),
        ] {
            let answer = boss.put("/api/providers/SMS/order", &body).await.expect(400);
            assert!(answer.json()["message"].as_str().unwrap().starts_with(says), "{}", answer.text);
        }
        boss.put("/api/providers/EMAIL/order", &json!({"connectors": []})).await.expect(404);
        boss.put("/api/providers/pigeon/order", &json!({"connectors": []})).await.expect(404);
        let tested = boss.post(&format!("/api/providers/{first}/test"), &json!({})).await.expect(200);
        assert_eq!((&tested.json()["state"], tested.text.contains("hush")), (&json!("GREEN"), false));
    }

    async fn accounts_that_carry_messages_are_for_administrators(app: TestApp) {
        let hook = Hook::start(HookSimConfig::default()).await.unwrap();
        let (boss, user) = (caller(app, "boss", Role::Admin).await, caller(app, "user", Role::User).await);
        user.post("/api/connectors", &gateway("Mine", &hook.url())).await.expect(403);
        let made = boss.post("/api/connectors", &gateway("Ours", &hook.url())).await.expect(201);
        let path = format!("/api/connectors/{}", id(&made));
        user.put(&path, &gateway("Mine", &hook.url())).await.expect(403);
        user.delete(&path).await.expect(403);
        user.get("/api/providers").await.expect(403);
        assert_eq!(user.get(&path).await.expect(200).json()["params"], json!({"channels": ["SMS"]}));
        assert_eq!(user.get("/api/connectors").await.expect(200).json()[0]["params"], json!({"channels": ["SMS"]}));
    }
}
