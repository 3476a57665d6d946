//! The events API: what opens, groups and resolves, and what bad input gets.

use serde_json::json;
use watchbell_core::alert::Status;
use watchbell_core::grouping::Grouping;
use watchbell_testkit::{both_databases, event, minutes};

both_databases! {
    async fn an_event_with_the_key_of_an_open_alert_is_added_to_it(app: TestApp) {
        let source = app.source().escalating_to([]).await;
        let keyed = |kind: &str, key: &str| json!({"eventType": kind, "summary": "disk", "alertKey": key});
        let first = source.send(app, keyed("ALERT", "Host-1")).await.unwrap();
        assert_eq!(source.send(app, keyed("ALERT", " host-1 ")).await, Some(first));
        assert_eq!(app.alert(first).await.event_count, 2);
        assert_eq!(source.send(app, keyed("ACCEPT", "HOST-1")).await, Some(first));
        assert_eq!(app.alert(first).await.status, Status::Accepted);
        assert_eq!(source.send(app, keyed("RESOLVE", "host-1")).await, Some(first));
        assert_eq!(app.alert(first).await.status, Status::Resolved);
        let second = source.send(app, keyed("ALERT", "host-1")).await.unwrap();
        assert_ne!(first, second);
        assert_eq!(source.send(app, keyed("RESOLVE", "unknown")).await, None);
    }

    async fn an_array_is_kept_whole_or_not_at_all(app: TestApp) {
        let source = app.source().with(|s| s.grouping = Grouping::PerSummary).escalating_to([]).await;
        let event = |summary: &str| json!({"integrationKey": source.key, "eventType": "ALERT", "summary": summary});
        app.http.post("/api/events", &json!([event("a"), event("b"), event("A")])).await.expect(202);
        app.settle().await;
        let answer = app.http.post("/api/events", &json!([event("c"), {"integrationKey": source.key, "eventType": "ALERT"}])).await.expect(400);
        assert!(answer.json()["message"].as_str().unwrap().starts_with("[1].summary"), "{}", answer.text);
        let events = watchbell_store::events::list_of_source(&app.app.db, &app.scope(), source.id, None, 10).await.unwrap();
        assert_eq!(events.len(), 3);
        assert_eq!(events[0].alert, events[2].alert);
    }

    async fn each_answer_is_what_ilerts_clients_expect(app: TestApp) {
        let source = app.source().escalating_to([]).await;
        let mut good = event("x");
        good["apiKey"] = source.key.clone().into();
        let answer = app.http.post("/api/v1/events", &good).await.expect(202);
        assert_eq!((answer.text.as_str(), answer.headers["content-type"].to_str().unwrap()), ("{}", "application/json"));
        app.http.post(&format!("/api/v1/events/api/{}", source.key), &event("y")).await.expect(202);
        app.settle().await;
        for (path, body, status) in [
            ("/api/events", json!({"integrationKey": "nobody", "eventType": "ALERT", "summary": "x"}), 404),
            ("/api/events", json!({"eventType": "ALERT", "summary": "x"}), 400),
            ("/api/v1/events/api/nobody", event("x"), 404),
            ("/api/v1/events/nonsense/nobody", event("x"), 404),
            ("/api/nowhere", json!({}), 404),
        ] {
            let error = app.http.post(path, &body).await.expect(status).json();
            assert_eq!(error["status"], status, "{path}");
            assert!(error["message"].is_string() && error["code"].is_string(), "{error}");
        }
    }

    async fn what_the_databases_disagree_about_is_repaired_at_the_edge(app: TestApp) {
        let source = app.source().escalating_to([]).await;
        let nasty = json!({"eventType": "ALERT", "summary": "nul \u{0} <script>alert(1)</script> '; DROP TABLE alert; --", "details": "\u{0}", "alertKey": "k\u{0}",
            "customDetails": {"a\u{0}": "\u{0}"}, "labels": {"l": "\u{0}"}});
        let alert = source.send(app, nasty).await.unwrap();
        assert_eq!(app.alert(alert).await.summary, "nul  <script>alert(1)</script> '; DROP TABLE alert; --");
    }

    async fn a_silent_alert_resolves_by_itself(app: TestApp) {
        let source = app.source().with(|s| s.auto_resolve_s = Some(600)).escalating_to([]).await;
        let mut keyed = event("flaky");
        keyed["alertKey"] = "k".into();
        let alert = source.send(app, keyed.clone()).await.unwrap();
        app.advance(minutes(9)).await;
        source.send(app, keyed).await;
        app.advance(minutes(9)).await;
        assert_eq!(app.alert(alert).await.status, Status::Pending);
        app.advance(minutes(1)).await;
        assert_eq!(app.alert(alert).await.status, Status::Resolved);
    }

    async fn a_window_groups_until_it_is_over_and_one_pending_alert_until_it_is_accepted(app: TestApp) {
        let window = app.source().with(|s| (s.grouping, s.grouping_window_s) = (Grouping::PerWindow, Some(120))).escalating_to([]).await;
        let first = window.send(app, event("a")).await;
        app.advance(minutes(1)).await;
        assert_eq!(window.send(app, event("b")).await, first);
        app.advance(minutes(1)).await;
        assert_ne!(window.send(app, event("c")).await, first);

        let pending = app.source().with(|s| s.grouping = Grouping::OnePending).escalating_to([]).await;
        let first = pending.send(app, event("a")).await;
        assert_eq!(pending.send(app, event("b")).await, first);
        let ann = app.user("ann").await;
        app.happen(first.unwrap(), ann.id, watchbell_core::alert::Happening::Accepted).await;
        assert_ne!(pending.send(app, event("c")).await, first);
    }
}
