//! Alerts over the API: lists, what people do with one, who has it, and opening one by hand.

use serde_json::{Value, json};
use watchbell_core::alert::Happening;
use watchbell_core::event::{Content, TicketRef};
use watchbell_core::ids::AlertId;
use watchbell_core::user::Role;
use watchbell_testkit::http::Caller;
use watchbell_testkit::{Person, TestApp, both_databases, event, level, minutes, seconds};

async fn ids(caller: &Caller, query: &str) -> Vec<i64> {
    let listed = caller.get(&format!("/api/alerts?{query}")).await.expect(200).json();
    listed.as_array().unwrap().iter().map(|alert| alert["id"].as_i64().unwrap()).collect()
}

async fn count(caller: &Caller, query: &str) -> i64 {
    caller.get(&format!("/api/alerts/count?{query}")).await.expect(200).json()["count"].as_i64().unwrap()
}

fn message(error: &Value) -> &str {
    error["message"].as_str().unwrap()
}

/// Ann and Bob, paged one after the other, and what Ann sends.
async fn ann_and_bob(app: &mut TestApp) -> (Person, Person, Caller) {
    let (ann, bob) = (app.user("ann").await, app.user("bob").await);
    let caller = app.as_user(ann.id).await;
    (ann, bob, caller)
}

both_databases! {
    async fn lists_are_filtered_paged_and_newest_first(app: TestApp) {
        let caller = { let guest = app.user_of_role("guest", Role::Guest).await.id; app.as_user(guest).await };
        let (first, second) = (app.source().escalating_to([]).await, app.source().escalating_to([]).await);
        let mut alerts = Vec::new();
        for (source, summary) in [(&first, "a"), (&second, "b"), (&first, "c"), (&second, "d")] {
            alerts.push(source.send(app, event(summary)).await.unwrap());
            app.app.clock.advance(minutes(1));
        }
        let [a, b, c, d] = [0, 1, 2, 3].map(|i: usize| alerts[i].0);
        let dev = app.user("dev").await;
        app.happen(alerts[0], dev.id, Happening::Accepted).await;
        app.happen(alerts[1], dev.id, Happening::Resolved { reason: None }).await;
        let policy = first.policy;
        for (query, expected) in [
            (String::new(), vec![d, c, b, a]),
            ("states=PENDING&states=ACCEPTED".into(), vec![d, c, a]),
            ("states=PENDING,ACCEPTED".into(), vec![d, c, a]),
            ("state=RESOLVED".into(), vec![b]),
            (format!("sources={}", first.id), vec![c, a]),
            (format!("sources={}&sources={}", first.id, second.id), vec![d, c, b, a]),
            (format!("alert-source={}&states=PENDING", second.id), vec![d]),
            (format!("policies={policy}"), vec![c, a]),
            (format!("responders={}", dev.id), vec![a]),
            ("assigned-to=DEV%40example.com".into(), vec![a]),
            ("responders=987654".into(), vec![]),
            ("from=2026-01-05T08:02:00Z".into(), vec![d, c]),
            ("from=2026-01-05T08:01:00Z&until=2026-01-05T08:03".into(), vec![c, b]),
            ("from=0001-01-01T00:00:00Z&until=9999-01-01T00:00:00Z".into(), vec![d, c, b, a]),
        ] {
            assert_eq!(ids(&caller, &query).await, expected, "{query}");
            assert_eq!(count(&caller, &query).await, expected.len() as i64, "{query}");
        }
        assert_eq!(ids(&caller, "start-index=1&max-results=2").await, [c, b]);
        assert_eq!(ids(&caller, "states=PENDING&start-index=1&max-results=1").await, [c]);
        assert_eq!(ids(&caller, "max-results=0").await, Vec::<i64>::new());
        for (query, says) in [
            ("max-results=101", "max-results"), ("start-index=-1", "start-index"), ("states=OPEN", "states"), ("sources=x", "sources"),
            ("from=yesterday", "from"), ("until=99999-01-01T00:00Z", "until"), ("responders=nobody%40example.com", "responders"),
        ] {
            let error = caller.get(&format!("/api/alerts?{query}")).await.expect(400).json();
            assert!(message(&error).contains(says), "{query}: {error}");
        }
        let many = (0..101).map(|n| format!("sources={n}&")).collect::<String>();
        caller.get(&format!("/api/alerts?{many}")).await.expect(400);
    }

    async fn an_alert_says_all_it_knows(app: TestApp) {
        let (ann, bob, caller) = ann_and_bob(app).await;
        let source = app.source().escalating_to([level(&ann, minutes(15)), level(&bob, minutes(15))]).await;
        let sent = json!({"eventType": "ALERT", "summary": "disk <b>full</b>", "details": "97 %", "alertKey": "Host-1", "priority": "HIGH",
            "links": [{"href": "https://example.com/1", "text": "graph"}], "images": [{"src": "https://example.com/1.png", "alt": "a graph"}],
            "labels": {"site": "b"}, "customDetails": {"load": 3}});
        let id = source.send(app, sent.clone()).await.unwrap();
        ann.expect_mail(app, "disk").await;
        let path = format!("/api/alerts/{id}");
        let alert = caller.get(&path).await.expect(200).json();
        for field in ["summary", "details", "alertKey", "priority", "links", "images", "labels"] {
            assert_eq!(alert[field], sent[field], "{field}");
        }
        assert_eq!((&alert["status"], &alert["eventCount"], &alert["nobodyNotified"]), (&json!("PENDING"), &json!(1), &json!(false)));
        assert_eq!((&alert["reportTime"], &alert["nextEscalation"]), (&json!("2026-01-05T08:00:00Z"), &json!("2026-01-05T08:15:00Z")));
        assert_eq!((&alert["alertSource"]["id"], &alert["escalationPolicy"]["id"]), (&json!(source.id), &json!(source.policy)));
        assert_eq!(alert["alertSource"]["integrationKey"], Value::Null);
        assert_eq!(alert["responders"], json!([{"user": {"id": ann.id, "firstName": "ann", "lastName": "Example"}, "status": "PENDING"}]));
        assert_eq!(alert["assignedTo"]["id"], json!(ann.id));
        for absent in ["customDetails", "escalationRules", "nextEscalationUser", "nextEscalationRuleIndex", "resolvedOn", "ticket", "customer"] {
            assert_eq!(alert.get(absent), None, "{absent}");
        }
        let more = caller.get(&format!("{path}?include=nextEscalationUser&include=escalationRules&include=customDetails&include=other")).await.expect(200).json();
        assert_eq!((&more["nextEscalationUser"]["email"], &more["nextEscalationRuleIndex"]), (&json!("bob@example.com"), &json!(1)));
        assert_eq!((&more["escalationRules"][0]["users"][0]["id"], &more["customDetails"]), (&json!(ann.id), &json!({"load": 3})));
        let listed = caller.get("/api/alerts?include=nextEscalationUser").await.expect(200).json();
        assert_eq!((&listed[0]["nextEscalationUser"]["id"], listed[0].get("escalationRules")), (&json!(bob.id), None));
        let empty = app.source().escalating_to([]).await.send(app, event("x")).await.unwrap();
        assert_eq!(caller.get(&format!("/api/alerts/{empty}")).await.expect(200).json()["nobodyNotified"], json!(true));
        caller.get("/api/alerts/987654").await.expect(404);
        caller.get("/api/alerts/x").await.expect(400);
        caller.get("/api/alerts/99999999999999999999").await.expect(400);
    }

    async fn accepting_stops_and_resolving_is_final(app: TestApp) {
        let (ann, bob, caller) = ann_and_bob(app).await;
        let source = app.source().escalating_to([level(&ann, minutes(15)), level(&bob, minutes(15))]).await;
        let id = source.send(app, event("disk full")).await.unwrap();
        ann.expect_mail(app, "disk full").await;
        let accepted = caller.put(&format!("/api/alerts/{id}/accept"), &Value::Null).await.expect(200).json();
        assert_eq!((&accepted["status"], accepted.get("nextEscalation")), (&json!("ACCEPTED"), None));
        assert_eq!((&accepted["responders"][0]["status"], &accepted["responders"][0]["acceptedAt"]), (&json!("ACCEPTED"), &json!("2026-01-05T08:00:00Z")));
        assert_eq!(accepted["assignedTo"]["id"], json!(ann.id));
        app.advance(minutes(60)).await;
        let second = app.as_user(bob.id).await.put(&format!("/api/alerts/{id}/accept"), &Value::Null).await.expect(200).json();
        assert_eq!(second["responders"].as_array().unwrap().len(), 2, "a second person may accept too");
        let resolved = caller.put(&format!("/api/alerts/{id}/resolve"), &Value::Null).await.expect(200).json();
        assert_eq!((&resolved["status"], &resolved["resolvedOn"]), (&json!("RESOLVED"), &json!("2026-01-05T09:00:00Z")));
        app.app.clock.advance(minutes(1));
        for verb in ["accept", "resolve"] {
            let again = caller.put(&format!("/api/alerts/{id}/{verb}"), &Value::Null).await.expect(200).json();
            assert_eq!(again, resolved, "{verb} changes nothing");
        }
        for verb in ["escalate".to_owned(), "raise".to_owned(), format!("assign?user={}", bob.id), format!("assign?policy={}", source.policy)] {
            let error = caller.put(&format!("/api/alerts/{id}/{verb}"), &Value::Null).await.expect(409).json();
            assert!(message(&error).contains("final"), "{error}");
        }
        caller.put("/api/alerts/987654/accept", &Value::Null).await.expect(404);
    }

    async fn an_alert_is_given_to_people_and_policies(app: TestApp) {
        let (ann, bob, caller) = ann_and_bob(app).await;
        let source = app.source().escalating_to([level(&ann, minutes(15))]).await;
        let other = app.source().escalating_to([level(&bob, minutes(5))]).await;
        let id = source.send(app, event("disk full")).await.unwrap();
        ann.expect_mail(app, "disk full").await;
        caller.put(&format!("/api/alerts/{id}/accept"), &Value::Null).await.expect(200);
        let path = format!("/api/alerts/{id}/assign");
        for query in [format!("user={}", bob.id), "user-id=bob%40example.com".into()] {
            let given = caller.put(&format!("{path}?{query}"), &Value::Null).await.expect(200).json();
            assert_eq!(given["status"], "PENDING", "{query}");
            app.settle().await;
            bob.expect_mail(app, "disk full").await;
        }
        let given = caller.put(&format!("{path}?policy-id={}", other.policy), &Value::Null).await.expect(200).json();
        assert_eq!(given["escalationPolicy"]["id"], json!(other.policy));
        app.advance(seconds(30)).await;
        bob.expect_mail(app, "disk full").await;
        caller.put(&format!("/api/alerts/{id}/accept"), &Value::Null).await.expect(200);
        for (query, says) in [
            ("", "user"), ("user=1&policy=1", "user"), ("schedule=1", "schedule"), ("schedule-id=1&user=1", "schedule"), ("user=987654", "user"),
            ("user=nobody%40example.com", "user"), ("policy=987654", "policy"), ("policy=x", "policy"),
        ] {
            let error = caller.put(&format!("{path}?{query}"), &Value::Null).await.expect(400).json();
            assert!(message(&error).starts_with(says), "{query}: {error}");
        }
    }

    async fn responders_come_and_go(app: TestApp) {
        let (ann, bob, caller) = ann_and_bob(app).await;
        let source = app.source().escalating_to([level(&ann, minutes(15))]).await;
        let id = source.send(app, event("disk full")).await.unwrap();
        ann.expect_mail(app, "disk full").await;
        let path = format!("/api/alerts/{id}/responders");
        let added = caller.post(&path, &json!({"user": {"id": bob.id}})).await.expect(201).json();
        assert_eq!((&added["user"]["firstName"], &added["status"]), (&json!("bob"), &json!("PENDING")));
        app.settle().await;
        bob.expect_mail(app, "disk full").await;
        let refused = caller.post(&path, &json!({"id": bob.id})).await.expect(405).json();
        assert!(message(&refused).contains("already"), "{refused}");
        caller.post(&path, &json!({"user": {"id": 987654}})).await.expect(404);
        let error = caller.post(&path, &json!({})).await.expect(400).json();
        assert!(message(&error).starts_with("user.id"), "{error}");
        caller.post("/api/alerts/987654/responders", &json!({"user": {"id": bob.id}})).await.expect(404);
        let alert = caller.get(&format!("/api/alerts/{id}")).await.expect(200).json();
        assert_eq!(alert["responders"].as_array().unwrap().len(), 2, "{alert}");
        assert_eq!(ids(&caller, &format!("responders={}", bob.id)).await, [id.0]);
        assert_eq!(ids(&caller, &format!("responders={}&states=PENDING", ann.id)).await, [id.0], "who is being paged now");
        let suggested = caller.get(&format!("/api/alerts/{id}/suggested-responders?lang=de")).await.expect(200).json();
        let groups: Vec<(&str, i64, bool)> = suggested.as_array().unwrap().iter()
            .map(|one| (one["group"].as_str().unwrap(), one["id"].as_i64().unwrap(), one["disabled"].as_bool().unwrap())).collect();
        assert_eq!(groups, [("SUGGESTED", ann.id.0, false), ("USER", ann.id.0, false), ("USER", bob.id.0, true), ("ESCALATION_POLICY", source.policy.0, true)]);
        caller.delete(&format!("{path}/{}", bob.id)).await.expect(204);
        caller.delete(&format!("{path}/bob@example.com")).await.expect(404);
        caller.delete(&format!("{path}/{}", ann.id)).await.expect(404);
        caller.put(&format!("/api/alerts/{id}/resolve"), &Value::Null).await.expect(200);
        caller.post(&path, &json!({"user": {"id": bob.id}})).await.expect(409);
        app.advance(minutes(30)).await;
    }

    async fn an_alert_is_opened_by_hand(app: TestApp) {
        let (ann, bob, caller) = ann_and_bob(app).await;
        let source = app.source().with(|s| s.grouping = watchbell_core::grouping::Grouping::OneOpen).escalating_to([level(&ann, minutes(15))]).await;
        let other = app.source().escalating_to([]).await;
        let open = source.send(app, event("by the tool")).await.unwrap();
        ann.expect_mail(app, "by the tool").await;
        let body = json!({"id": 0, "summary": "Phone: <i>site down</i>", "details": null, "alertSource": {"id": source.id}, "responders": [{"user": {"id": bob.id}}, {"user": {"id": bob.id}}],
            "links": [{"href": "https://example.com"}], "unknown": {}});
        let made = caller.post("/api/alerts", &body).await.expect(201).json();
        assert_ne!(made["id"], json!(open), "what a person opens stands alone");
        assert_eq!((&made["summary"], &made["priority"], &made["links"]), (&body["summary"], &json!("HIGH"), &body["links"]));
        app.settle().await;
        ann.expect_mail(app, "Phone:").await;
        bob.expect_mail(app, "Phone:").await;
        let log = caller.get(&format!("/api/alerts/{}/log-entries", made["id"])).await.expect(200).json();
        let types: Vec<&str> = log.as_array().unwrap().iter().map(|line| line["logEntryType"].as_str().unwrap()).collect();
        assert!(types.contains(&"AlertCreatedByUserLogEntry") && types.contains(&"StakeholderAddedLogEntry"), "{types:?}");
        let quiet = json!({"summary": "x", "alertSource": {"id": source.id}, "escalationPolicy": {"id": other.policy}, "priority": "LOW"});
        let quiet = caller.post("/api/alerts", &quiet).await.expect(201).json();
        assert_eq!((&quiet["priority"], &quiet["escalationPolicy"]["id"]), (&json!("LOW"), &json!(other.policy)));
        let off = app.source().with(|s| s.active = false).escalating_to([]).await;
        for (field, value, says) in [
            ("summary", json!(" \u{0} "), "summary"), ("summary", json!(5), "summary"), ("alertSource", json!({"id": 987654}), "alertSource"),
            ("alertSource", json!({"id": off.id}), "alertSource"), ("escalationPolicy", json!({"id": 987654}), "escalationPolicy"),
            ("priority", json!("URGENT"), "priority"), ("responders", json!([{"user": {"id": 987654}}]), "responders"), ("responders", json!([{}]), "responders[0]"),
            ("links", json!([{"href": ""}]), "links[0].href"), ("images", json!({}), "images"), ("assignedTo", json!({"id": "x"}), "assignedTo.id"),
        ] {
            let mut bad = json!({"summary": "x", "alertSource": {"id": source.id}});
            bad[field] = value;
            let error = caller.post("/api/alerts", &bad).await.expect(400).json();
            assert!(message(&error).starts_with(says), "{bad}: {error}");
        }
        let guest = { let id = app.user_of_role("guest", Role::Guest).await.id; app.as_user(id).await };
        guest.post("/api/alerts", &json!({"summary": "x", "alertSource": {"id": source.id}})).await.expect(403);
        caller.put(&format!("/api/alerts/{open}/resolve"), &Value::Null).await.expect(200);
        caller.put(&format!("/api/alerts/{}/resolve", made["id"]), &Value::Null).await.expect(200);
    }

    async fn the_next_level_the_priority_and_comments(app: TestApp) {
        let (ann, bob, caller) = ann_and_bob(app).await;
        let source = app.source().with(|s| s.priority_rule = watchbell_core::alert::Priority::Low.into()).escalating_to([level(&ann, minutes(15)), level(&bob, minutes(15))]).await;
        let id = source.send(app, event("disk full")).await.unwrap();
        ann.expect_mail(app, "disk full").await;
        let raised = caller.put(&format!("/api/alerts/{id}/raise"), &Value::Null).await.expect(200).json();
        assert_eq!(raised["priority"], "HIGH");
        app.settle().await;
        ann.expect_mail(app, "disk full").await;
        caller.put(&format!("/api/alerts/{id}/escalate"), &Value::Null).await.expect(200);
        app.settle().await;
        bob.expect_mail(app, "disk full").await;
        let kept = caller.post(&format!("/api/alerts/{id}/comments"), &json!({"content": " <script>alert(1)</script>\u{0} "})).await.expect(201).json();
        assert_eq!((&kept["content"], &kept["creator"]["id"]), (&json!("<script>alert(1)</script>"), &json!(ann.id)));
        let log = caller.get(&format!("/api/alerts/{id}/log-entries")).await.expect(200).json();
        let line = log.as_array().unwrap().iter().find(|line| line["id"] == kept["id"]).unwrap();
        assert!(line["text"].as_str().unwrap().contains("alert(1)"), "{line}");
        for (body, says) in [(json!({"content": " "}), "content"), (json!({}), "content: is required"), (json!({"content": "x".repeat(8_001)}), "content"), (json!({"content": {}}), "content")] {
            let error = caller.post(&format!("/api/alerts/{id}/comments"), &body).await.expect(400).json();
            assert!(message(&error).starts_with(says), "{error}");
        }
        caller.post(&format!("/api/alerts/{id}/comments"), &json!({"content": "x".repeat(8_000)})).await.expect(201);
        let error = caller.post(&format!("/api/alerts/{id}/resolve-and-complete"), &Value::Null).await.expect(400).json();
        assert!(message(&error).contains("no ticket"), "{error}");
        caller.put(&format!("/api/alerts/{id}/resolve"), &Value::Null).await.expect(200);
    }

    async fn resolving_can_complete_the_ticket(app: TestApp) {
        let (ann, _, caller) = ann_and_bob(app).await;
        let source = app.source().escalating_to([]).await;
        let id: AlertId = source.send(app, event("ticket")).await.unwrap();
        let ticket = TicketRef { id: 77, number: "T20260105.0001".into(), queue: Some("Service Desk".into()), ..TicketRef::default() };
        let content = Content { ticket: Some(ticket), customer: Some("Contoso".into()), ..Content::default() };
        app.happen(id, ann.id, Happening::Refreshed { summary: "ticket".into(), details: String::new(), content: Box::new(content) }).await;
        let alert = caller.get(&format!("/api/alerts/{id}")).await.expect(200).json();
        assert_eq!((&alert["customer"], &alert["ticket"]), (&json!("Contoso"), &json!({"id": 77, "number": "T20260105.0001", "queue": "Service Desk"})));
        for body in [json!({"resolution": "x".repeat(8_001)}), json!({"resolution": 7}), json!(["restarted"])] {
            let error = caller.post(&format!("/api/alerts/{id}/resolve-and-complete"), &body).await.expect(400).json();
            assert!(message(&error).starts_with("resolution") || message(&error).starts_with("body"), "{error}");
        }
        assert_eq!(caller.get(&format!("/api/alerts/{id}")).await.expect(200).json()["status"], "PENDING");
        let solved = json!({"resolution": " Restarted <it> "});
        let done = caller.post(&format!("/api/alerts/{id}/resolve-and-complete"), &solved).await.expect(200).json();
        assert_eq!(done["status"], "RESOLVED");
        let log = caller.get(&format!("/api/alerts/{id}/log-entries")).await.expect(200).json();
        assert!(log.to_string().contains("Restarted <it>"), "{log}");
        caller.post(&format!("/api/alerts/{id}/resolve-and-complete"), &json!({"resolution": " "})).await.expect(200);
        caller.post(&format!("/api/alerts/{id}/resolve-and-complete"), &Value::Null).await.expect(200);
        // The source is no Autotask source: there is nothing to write to, and the job ends.
        app.settle().await;
    }
}
