//! What happened to an alert: its log, its messages, its raw events.

use serde_json::{Value, json};
use watchbell_core::user::Role;
use watchbell_testkit::{both_databases, event, level, minutes};

fn types(log: &Value) -> Vec<&str> {
    log.as_array().unwrap().iter().map(|line| line["logEntryType"].as_str().unwrap()).collect()
}

both_databases! {
    async fn the_log_is_one_list_in_two_languages(app: TestApp) {
        let (ann, bob) = (app.user("ann").await, app.user("bob").await);
        let caller = app.as_user(ann.id).await;
        let source = app.source().with(|s| s.name = "Nagios".into()).escalating_to([level(&ann, minutes(15)), level(&bob, minutes(15))]).await;
        let id = source.send(app, json!({"eventType": "ALERT", "summary": "disk full", "alertKey": "k"})).await.unwrap();
        ann.expect_mail(app, "disk full").await;
        app.advance(minutes(15)).await;
        bob.expect_mail(app, "disk full").await;
        app.app.clock.advance(minutes(1));
        source.send(app, json!({"eventType": "ALERT", "summary": "again", "alertKey": "k"})).await;
        app.app.clock.advance(minutes(1));
        caller.post(&format!("/api/alerts/{id}/comments"), &json!({"content": "looking"})).await.expect(201);
        app.app.clock.advance(minutes(1));
        caller.put(&format!("/api/alerts/{id}/resolve"), &Value::Null).await.expect(200);
        let path = format!("/api/alerts/{id}/log-entries");
        let log = caller.get(&path).await.expect(200).json();
        assert_eq!(types(&log), ["UserResponseLogEntry", "AlertCommentAddedLogEntry", "AlertReceivedLogEntry", "NotificationLogEntry", "AlertEscalatedToLevelLogEntry",
            "NotificationLogEntry", "AlertAssignedBySystemLogEntry", "AlertReceivedLogEntry"]);
        let texts: Vec<&str> = log.as_array().unwrap().iter().map(|line| line["text"].as_str().unwrap()).collect();
        assert_eq!(texts, ["ann Example resolved the alert", "ann Example: looking", "Nagios reported it again", "EMAIL to bob Example (bob@example.com) was sent",
            "Level 2 is paged (pass 1): bob Example", "EMAIL to ann Example (ann@example.com) was sent", "Level 1 is paged (pass 1): ann Example", "Nagios opened the alert"]);
        let ids: std::collections::BTreeSet<i64> = log.as_array().unwrap().iter().map(|line| line["id"].as_i64().unwrap()).collect();
        assert_eq!(ids.len(), 8, "ids are unique across events, entries and messages");
        assert!(log.as_array().unwrap().iter().all(|line| line["alertId"] == json!(id) && line.get("vars").is_none()));
        let german = caller.get(&format!("{path}?lang=de&max-results=2&include=vars")).await.expect(200).json();
        assert_eq!((&german[0]["text"], &german[1]["vars"]["text"]), (&json!("ann Example hat den Alarm gelöst"), &json!("looking")));
        assert_eq!((&german[0]["vars"]["actor"], &german[0]["vars"]["actorId"]), (&json!("ann Example"), &json!(ann.id.to_string())));
        let mut paged = Vec::new();
        for start in (0..9).step_by(3) {
            let part = caller.get(&format!("{path}?start-index={start}&max-results=3")).await.expect(200).json();
            paged.extend(part.as_array().unwrap().clone());
        }
        assert_eq!(json!(paged), log, "pages neither repeat nor skip");
        for (filter, expected) in [("NOTIFICATIONS", 2), ("ALERT_SOURCE_EVENTS", 2), ("ALERT_UPDATES", 4), ("CONNECTOR_EVENTS", 0), ("CALL_ROUTING_EVENTS", 0), ("INCIDENT_COMMUNICATIONS", 0)] {
            let part = caller.get(&format!("{path}?filter-types={filter}")).await.expect(200).json();
            assert_eq!(part.as_array().unwrap().len(), expected, "{filter}");
            assert!(part.as_array().unwrap().iter().all(|line| line["filterTypes"] == json!([filter])));
        }
        assert_eq!(caller.get(&format!("{path}?filter-types=NOTIFICATIONS&filter-types=ALERT_UPDATES")).await.expect(200).json().as_array().unwrap().len(), 6);
        for bad in ["lang=fr", "filter-types=X", "max-results=101"] {
            caller.get(&format!("{path}?{bad}")).await.expect(400);
        }
        caller.get("/api/alerts/987654/log-entries").await.expect(404);
    }

    async fn messages_are_listed_with_what_became_of_them(app: TestApp) {
        let ann = app.user("ann").await.with_webhook(app, 300, false).await;
        let caller = app.as_user(ann.id).await;
        let source = app.source().escalating_to([level(&ann, minutes(15))]).await;
        let id = source.send(app, event("disk full")).await.unwrap();
        ann.expect_mail(app, "disk full").await;
        let path = format!("/api/alerts/{id}/notifications");
        let planned = caller.get(&path).await.expect(200).json();
        assert_eq!((&planned[0]["method"], &planned[0]["status"], &planned[0]["state"], &planned[0]["target"]), (&json!("EMAIL"), &json!("SUCCESS"), &json!("SENT"), &json!("ann@example.com")));
        assert_eq!((&planned[1]["method"], &planned[1]["status"], &planned[1]["notificationTime"]), (&json!("WEBHOOK"), &json!("SCHEDULED"), &json!("2026-01-05T08:05:00Z")));
        assert_eq!((&planned[0]["user"], &planned[0]["subject"]), (&json!({"id": ann.id, "firstname": "ann", "lastname": "Example"}), &json!("disk full")));
        caller.put(&format!("/api/alerts/{id}/accept"), &Value::Null).await.expect(200);
        let cancelled = caller.get(&format!("{path}?start-index=1")).await.expect(200).json();
        assert_eq!((&cancelled[0]["status"], &cancelled[0]["state"], &cancelled[0]["errorMessage"]), (&json!("ERROR"), &json!("CANCELLED"), &json!("somebody has the alert")));
        assert_eq!(cancelled.as_array().unwrap().len(), 1);
        app.advance(minutes(30)).await;
    }

    async fn raw_events_are_shown_without_the_key_of_their_source(app: TestApp) {
        let guest = { let id = app.user_of_role("guest", Role::Guest).await.id; app.as_user(id).await };
        let source = app.source().escalating_to([]).await;
        let keyed = |summary: &str| json!({"eventType": "ALERT", "summary": summary, "alertKey": "k"});
        let id = source.send(app, keyed("first")).await.unwrap();
        source.send(app, keyed("second")).await;
        source.send(app, json!({"eventType": "RESOLVE", "alertKey": "k"})).await;
        let answer = guest.get(&format!("/api/alerts/{id}/events")).await.expect(200);
        assert!(!answer.text.contains(&source.key), "{}", answer.text);
        let events = answer.json();
        let told: Vec<(&str, &str)> = events.as_array().unwrap().iter().map(|event| (event["eventType"].as_str().unwrap(), event["verdict"].as_str().unwrap())).collect();
        assert_eq!(told, [("RESOLVE", "APPLIED"), ("ALERT", "GROUPED"), ("ALERT", "OPENED")]);
        assert!(events[2]["body"].as_str().unwrap().contains("first") && events[2]["contentType"] == "application/json");
        let second = guest.get(&format!("/api/alerts/{id}/events?start-index=1&max-results=1")).await.expect(200).json();
        assert_eq!(second, json!([events[1]]));
        guest.get(&format!("/api/alerts/{id}/events?max-results=51")).await.expect(400);
    }
}
