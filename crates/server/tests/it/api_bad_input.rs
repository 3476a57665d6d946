//! What bad input gets: an error that names the field, or acceptance with the text shown as text. Never a 5xx.

use reqwest::Method;
use serde_json::{Value, json};
use watchbell_core::user::Role;
use watchbell_testkit::http::{Answer, Caller};
use watchbell_testkit::{TestApp, both_databases, event};

const NASTY: &str = "'; DROP TABLE alert; -- <script>alert(1)</script> \u{202e}{{7*7}} %s \\ \" \u{0} \u{fffd} 𝕏";

/// An error as every error is, with a status below 500; what it says.
#[track_caller]
fn refused(answer: &Answer, what: &str) -> String {
    let status = answer.status.as_u16();
    assert!((400..500).contains(&status), "{what}: {status} {}", answer.text);
    let error = answer.json();
    assert_eq!(error["status"], status, "{what}");
    assert!(error["code"].is_string(), "{what}: {error}");
    error["message"].as_str().unwrap().to_owned()
}

async fn admin(app: &mut TestApp) -> Caller {
    let id = app.user_of_role("boss", Role::Admin).await.id;
    app.as_user(id).await
}

/// Every operation of the document with a body: method and a path that exists.
fn operations(alert: i64, user: i64) -> Vec<(Method, String, bool)> {
    let document = serde_json::to_value(watchbell_server::api::openapi()).unwrap();
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let id = if path.starts_with("/alerts") { alert } else { 987_654 };
            let path = path
                .replace("{user-id}", &user.to_string())
                .replace("{id}", &id.to_string())
                .replace("{level}", "0")
                .replace("{name}", "x");
            all.push((
                method.to_uppercase().parse().unwrap(),
                format!("/api{path}"),
                operation["requestBody"].is_object(),
            ));
        }
    }
    all
}

both_databases! {
    async fn unreadable_bodies_are_refused_by_every_endpoint(app: TestApp) {
        let boss = admin(app).await;
        let user = app.user("ann").await.id.0;
        let alert = app.source().escalating_to([]).await.send(app, event("x")).await.unwrap().0;
        let mut tried = 0;
        for (method, path, _) in operations(alert, user).into_iter().filter(|(.., has_body)| *has_body) {
            for body in [&b"{"[..], b"", b"[1,", b"null", b"\"text\"", b"{\"a\":\"\\ud800\"}", b"{\"name\":\"\xff\xfe\"}", b"\x00", b"{\"a\":1}{\"a\":1}"] {
                let answer = boss.send_bytes(method.clone(), &path, "application/json", body.to_vec()).await;
                refused(&answer, &format!("{method} {path} {body:?}"));
                tried += 1;
            }
        }
        assert!(tried > 200, "{tried}");
    }

    async fn absurd_bodies_and_parameters_are_refused_or_taken_but_never_break(app: TestApp) {
        let boss = admin(app).await;
        let user = app.user("ann").await.id.0;
        let alert = app.source().escalating_to([]).await.send(app, event("x")).await.unwrap().0;
        let absurd = [
            json!({}), json!([]), json!({"summary": {}, "name": [], "email": 5, "content": null, "user": "x", "alertSource": [], "escalationRules": {}, "params": 1}),
            json!({"summary": NASTY, "name": NASTY, "firstName": NASTY, "lastName": NASTY, "email": NASTY, "content": NASTY, "target": NASTY, "type": NASTY, "method": NASTY,
                "integrationType": NASTY, "timezone": NASTY, "mutedUntil": NASTY, "priority": NASTY, "role": NASTY, "language": NASTY, "routingKey": NASTY}),
            json!({"id": i64::MAX, "name": "x", "frequency": i64::MAX, "delayMin": i64::MIN, "mutedUntil": "9999-12-31T23:59:59Z", "escalationRules": [{"escalationTimeout": i64::MIN, "users": [{"id": i64::MAX}]}],
                "alertSource": {"id": i64::MIN}, "summary": "x", "user": {"id": i64::MAX}, "delay": 1e300, "beforeMin": -1}),
        ];
        for (method, path, has_body) in operations(alert, user) {
            if path.ends_with("/resolve") || path.ends_with("/accept") {
                continue;
            }
            for body in absurd.iter().take(if has_body { absurd.len() } else { 1 }) {
                let answer = boss.send(method.clone(), &path, has_body.then_some(body)).await;
                assert!(answer.status.as_u16() < 500, "{method} {path} {body}: {}", answer.text);
            }
            for query in ["start-index=x", "max-results=99999999999", "start-index=-1&max-results=-1", "include=%00&states=%00&from=%00&lang=%00&user=%00&routing-key=%00", "%ff=%ff&states=%ff", "start-index=2147483647"] {
                let answer = boss.send(method.clone(), &format!("{path}?{query}"), has_body.then_some(&absurd[0])).await;
                assert!(answer.status.as_u16() < 500, "{method} {path}?{query}: {}", answer.text);
            }
        }
        for path in ["/api/alerts/%00", "/api/alerts/-1", "/api/alerts/9223372036854775808", "/api/users/%00", "/api/users/%ff", "/api/users/%F0%9D%95%8F", "/api/alert-sources/name/%00",
            "/api/escalation-policies/name/%00", "/api/connectors/%00", "/api/connectors/name/%ff", "/api/v1/events/%00/%00", "/api/alerts/%2e%2e%2fusers"] {
            refused(&boss.get(path).await, path);
        }
    }

    async fn too_much_is_refused_with_the_limit(app: TestApp) {
        let boss = admin(app).await;
        let source = app.source().escalating_to([]).await;
        let big = vec![b' '; 10 * 1024 * 1024];
        for path in ["/api/alerts", "/api/users", "/api/events", &format!("/api/v1/events/api/{}", source.key)] {
            let says = refused(&boss.send_bytes(Method::POST, path, "application/json", big.clone()).await, path);
            assert!(says.contains("bytes"), "{path}: {says}");
        }
        let keys = |fixed: &str| format!("{{{fixed}{}}}", (0..100_000).map(|n| format!(",\"k{n}\":0")).collect::<String>());
        let event_of_keys = keys(&format!("\"integrationKey\":\"{}\",\"eventType\":\"ALERT\",\"summary\":\"x\"", source.key));
        let answer = boss.send_bytes(Method::POST, "/api/events", "application/json", event_of_keys.into()).await;
        assert!(answer.status.as_u16() < 500, "{}", answer.text);
        refused(&boss.send_bytes(Method::POST, "/api/alerts", "application/json", keys("\"summary\":\"x\"").into()).await, "100,000 keys");
        let deep = format!("{{\"integrationKey\":\"{}\",\"customDetails\":{}1{}}}", source.key, "[".repeat(5_000), "]".repeat(5_000));
        refused(&boss.send_bytes(Method::POST, "/api/events", "application/json", deep.into()).await, "deep");
        let many = format!("[{}]", vec!["{}"; 600].join(","));
        refused(&boss.send_bytes(Method::POST, "/api/events", "application/json", many.into()).await, "many events");
    }

    async fn each_wrong_field_of_an_event_is_named(app: TestApp) {
        let source = app.source().escalating_to([]).await;
        let good = json!({"integrationKey": source.key, "eventType": "ALERT", "summary": "x"});
        for (field, value, says) in [
            ("eventType", json!("EXPLODE"), "eventType"), ("eventType", json!(null), "eventType"), ("summary", json!({}), "summary"), ("summary", json!(" "), "summary"),
            ("alertKey", json!("k".repeat(513)), "alertKey"), ("alertKey", json!([]), "alertKey"), ("priority", json!("URGENT"), "priority"), ("severity", json!("SEV1"), "severity"),
            ("severity", json!(6), "severity"), ("links", json!("x"), "links"), ("links", json!([{"text": "x"}]), "links[0].href"), ("images", json!(vec![json!({"src": "x"}); 101]), "images"),
            ("labels", json!([]), "labels"), ("labels", json!({"a": []}), "labels.a"), ("customDetails", json!("x".repeat(70_000)), "customDetails"), ("comments", json!([1]), "comments"),
            ("integrationKey", json!({}), "integrationKey"),
        ] {
            let mut bad = good.clone();
            bad[field] = value;
            let says_so = refused(&app.http.post("/api/events", &bad).await, field);
            assert!(says_so.starts_with(says), "{field}: {says_so}");
        }
        app.http.post("/api/events", &json!([good.clone(), good])).await.expect(202);
        app.settle().await;
    }

    async fn nasty_text_is_kept_and_shown_as_text(app: TestApp) {
        let boss = admin(app).await;
        let source = app.source().escalating_to([]).await;
        let id = source.send(app, json!({"eventType": "ALERT", "summary": NASTY, "details": NASTY, "alertKey": NASTY, "labels": {NASTY: NASTY}, "customDetails": {NASTY: [NASTY]},
            "links": [{"href": "javascript:alert(1)", "text": NASTY}], "images": [{"src": NASTY, "alt": NASTY}]})).await.unwrap();
        let alert = boss.get(&format!("/api/alerts/{id}?include=customDetails")).await.expect(200).json();
        let clean = NASTY.replace('\0', "");
        let kept = clean.trim();
        for shown in [&alert["summary"], &alert["details"], &alert["alertKey"], &alert["links"][0]["text"], &alert["images"][0]["src"], &alert["labels"][kept]] {
            assert_eq!(shown, kept);
        }
        assert_eq!(alert["customDetails"], json!({&clean: [&clean]}));
        assert_eq!(source.send(app, json!({"eventType": "COMMENT", "alertKey": NASTY, "comments": [{"creator": NASTY, "content": NASTY}]})).await, Some(id));
        let made = boss.post("/api/alerts", &json!({"summary": NASTY, "alertSource": {"id": source.id}})).await.expect(201).json();
        assert_eq!(made["summary"], kept);
        boss.post(&format!("/api/alerts/{id}/comments"), &json!({"content": NASTY})).await.expect(201);
        let log = boss.get(&format!("/api/alerts/{id}/log-entries")).await.expect(200);
        assert!(log.json().as_array().unwrap().iter().filter(|line| line["text"].as_str().unwrap().contains("<script>")).count() >= 2, "{}", log.text);
        assert_eq!(log.headers["content-type"], "application/json");
        assert_eq!(log.headers["x-content-type-options"], "nosniff");
    }

    async fn an_unknown_key_opens_nothing(app: TestApp) {
        let stranger = app.http.with_key("no-such-key");
        let mut walked = 0;
        for (method, path, has_body) in operations(1, 1).into_iter().filter(|(_, path, _)| path != "/api/events") {
            let answer = stranger.send(method.clone(), &path, has_body.then_some(&Value::Null)).await.expect(403);
            assert_eq!(answer.json()["code"], "KEY_ERROR", "{method} {path}");
            let nobody = app.http.send(method.clone(), &path, has_body.then_some(&Value::Null)).await.expect(401);
            assert_eq!((&nobody.json()["status"], &nobody.headers["www-authenticate"]), (&json!(401), &"Bearer".parse().unwrap()), "{method} {path}");
            walked += 1;
        }
        assert!(walked > 70, "{walked}");
        for scheme in ["Digest x", "Bearer", "Basic !!!", "Bearer ü"] {
            let request = watchbell_testkit::http::client().get(format!("{}/api/alerts", app.url)).header("authorization", scheme.as_bytes());
            let status = request.send().await.unwrap().status().as_u16();
            assert!(status == 401 || status == 403, "{scheme}: {status}");
        }
    }
}
