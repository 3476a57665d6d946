//! The edges of the API: what cannot be read is named, and everything that is not there says so in one shape.

use reqwest::Method;
use serde_json::{Value, json};
use watchbell_core::user::Role;
use watchbell_testkit::http::{Caller, client};
use watchbell_testkit::{TestApp, both_databases, event};

async fn boss(app: &mut TestApp) -> Caller {
    let id = app.user_of_role("boss", Role::Admin).await.id;
    app.as_user(id).await
}

fn says(error: &Value) -> &str {
    error["message"].as_str().unwrap()
}

both_databases! {
    async fn an_unreadable_parameter_is_named(app: TestApp) {
        let boss = boss(app).await;
        for (path, name) in [
            ("/api/alerts?start-index=x", "start-index: "), ("/api/alerts?sources=1&sources=x", "sources: "), ("/api/alerts?max-results=1&max-results=2", "max-results: may be given only once"),
            ("/api/escalation-policies/resolve", "routing-key: is required"), ("/api/alerts/abc", "id: must be a whole number, not \"abc\""), ("/api/alerts/99999999999999999999", "id: "),
            ("/api/users/current/contacts/emails/x", "id: "), ("/api/users/%ff", "user-id: "),
        ] {
            let error = boss.get(path).await.expect(400).json();
            assert!(says(&error).starts_with(name) && error["code"] == "VALIDATION_ERROR", "{path}: {error}");
        }
        let error = boss.put("/api/escalation-policies/1/levels/-1", &json!({})).await.expect(400).json();
        assert_eq!(says(&error), "level: must be a whole number, not \"-1\"");
        let me = boss.get("/api/users/current").await.expect(200).json();
        let error = boss.post("/api/users", &me).await.expect(400).json();
        assert_eq!(says(&error), "email: a user with this email exists already");
        let error = boss.post("/api/users", &json!({"firstName": "A", "lastName": "B"})).await.expect(400).json();
        assert_eq!(says(&error), "email: is required");
        let error = boss.post("/api/escalation-policies", &json!({"name": "N", "escalationRules": [{}]})).await.expect(400).json();
        assert_eq!(says(&error), "escalationRules[0].escalationTimeout: is required");
    }

    async fn programs_read_one_shape_of_error_at_every_address(app: TestApp) {
        for (method, path, status) in [
            (Method::GET, "/nothing/here", 404), (Method::POST, "/wp-login.php", 404), (Method::GET, "/api", 404), (Method::GET, "/api/status-pages", 404), (Method::PATCH, "/api/alerts", 405),
            (Method::DELETE, "/healthz", 405), (Method::POST, "/api-docs/openapi.json", 405), (Method::GET, "/api/v1/events/nagios", 404),
        ] {
            let answer = app.http.send(method.clone(), path, None).await.expect(status);
            assert_eq!(answer.headers["content-type"], "application/json", "{method} {path}");
            let error = answer.json();
            assert!(error["status"] == status && error["code"].is_string() && !says(&error).is_empty(), "{method} {path}: {error}");
        }
        let page = client().get(format!("{}/nothing/here", app.url)).header("accept", "text/html,*/*").send().await.unwrap();
        assert_eq!((page.status().as_u16(), page.headers()["content-type"].to_str().unwrap()), (404, "text/html; charset=utf-8"));
    }

    async fn an_array_with_one_bad_event_keeps_nothing_and_names_it(app: TestApp) {
        let source = app.source().escalating_to([]).await;
        let mut good = event("disk full");
        good["integrationKey"] = json!(source.key);
        for (field, value, status) in [("eventType", json!("BOOM"), 400), ("summary", json!(null), 400), ("integrationKey", json!(null), 400), ("integrationKey", json!("nobody's"), 404)] {
            let mut bad = good.clone();
            bad[field] = value;
            let error = app.http.post("/api/events", &json!([good, good, bad])).await.expect(status).json();
            assert!(says(&error).starts_with(&format!("[2].{field}: ")), "{error}");
        }
        let boss = boss(app).await;
        assert_eq!(boss.get("/api/alerts/count").await.expect(200).json()["count"], 0);
    }

    async fn a_source_that_is_switched_off_or_deleted_takes_nothing_from_then_on(app: TestApp) {
        let boss = boss(app).await;
        let source = app.source().escalating_to([]).await;
        let path = format!("/api/alert-sources/{}", source.id);
        let send = async || app.http.post("/api/events", &json!({"integrationKey": source.key, "eventType": "ALERT", "summary": "x"})).await.status.as_u16();
        let count = async || boss.get("/api/alerts/count").await.expect(200).json()["count"].clone();
        assert_eq!((send().await, count().await), (202, json!(1)));
        // The clock of tests stands still: a key that were remembered would be known all the time.
        let mut changed = boss.get(&path).await.expect(200).json();
        changed["active"] = json!(false);
        boss.put(&path, &changed).await.expect(200);
        assert_eq!((send().await, count().await), (202, json!(1)));
        boss.delete(&path).await.expect(204);
        assert_eq!((send().await, count().await), (404, json!(1)));
        app.settle().await;
    }

    async fn events_are_posted(app: TestApp) {
        let source = app.source().escalating_to([]).await;
        let error = app.http.get(&format!("/api/v1/events/api/{}", source.key)).await.expect(405).json();
        assert!(says(&error).contains("POST"), "{error}");
        app.http.get(&format!("/api/v1/events/prometheus/{}", source.key)).await.expect(404);
        app.http.get("/api/v1/events/api/nobody").await.expect(404);
    }
}
