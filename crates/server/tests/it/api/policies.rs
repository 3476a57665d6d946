//! Escalation policies.

use serde_json::json;
use watchbell_core::user::Role;
use watchbell_testkit::both_databases;

both_databases! {
    async fn a_policy_is_made_found_changed_and_deleted(app: TestApp) {
        let (ann, bob) = (app.user("ann").await.id, app.user("bob").await.id);
        let caller = { let id = app.user_of_role("dev", Role::User).await.id; app.as_user(id).await };
        let body = json!({"id": 0, "name": "Support", "escalationRules": [
            {"escalationTimeout": 15, "users": [{"id": ann, "firstName": "ignored"}], "schedules": [], "teams": null},
            {"escalationTimeout": 30, "user": {"id": bob}, "schedule": null},
        ], "teams": [], "repeating": true, "frequency": 3, "delayMin": 2, "routingKey": "support"});
        let made = caller.post("/api/escalation-policies", &body).await.expect(201).json();
        assert_eq!(made["escalationRules"][1], json!({"escalationTimeout": 30, "users": [{"id": bob, "firstName": "bob", "lastName": "Example"}], "schedules": [], "teams": []}));
        assert_eq!((&made["repeating"], &made["frequency"], &made["delayMin"], &made["routingKey"]), (&json!(true), &json!(3), &json!(2), &json!("support")));
        let path = format!("/api/escalation-policies/{}", made["id"]);
        assert_eq!(caller.get(&path).await.expect(200).json(), made);
        assert_eq!(caller.get("/api/escalation-policies/name/support").await.expect(200).json(), made);
        assert_eq!(caller.get("/api/escalation-policies/resolve?routing-key=none,SUPPORT").await.expect(200).json(), made);
        caller.get("/api/escalation-policies/resolve?routing-key=none").await.expect(404);
        caller.get("/api/escalation-policies/resolve").await.expect(400);
        let level = caller.put(&format!("{path}/levels/1"), &json!({"escalationTimeout": 5, "users": [{"id": ann}]})).await.expect(200).json();
        assert_eq!((&level["escalationTimeout"], &level["users"][0]["id"]), (&json!(5), &json!(ann)));
        caller.put(&format!("{path}/levels/2"), &json!({"escalationTimeout": 5, "users": [{"id": ann}]})).await.expect(404);
        caller.put(&format!("{path}/levels/-1"), &json!({"escalationTimeout": 5, "users": [{"id": ann}]})).await.expect(400);
        let renamed = caller.put(&path, &json!({"name": "Support 2", "escalationRules": [{"escalationTimeout": 0, "users": [{"id": ann}]}]})).await.expect(200).json();
        assert_eq!((&renamed["frequency"], renamed.get("routingKey")), (&json!(1), None));
        caller.delete(&path).await.expect(204);
        caller.get(&path).await.expect(404);
        assert_eq!(caller.get("/api/escalation-policies").await.expect(200).json(), json!([]));
    }

    async fn what_a_policy_may_not_hold_is_named(app: TestApp) {
        let ann = app.user("ann").await.id;
        let caller = { let id = app.user_of_role("dev", Role::User).await.id; app.as_user(id).await };
        let rule = json!({"escalationTimeout": 1, "users": [{"id": ann}]});
        for (body, says) in [
            (json!({"name": "x", "escalationRules": []}), "escalationRules"),
            (json!({"name": " ", "escalationRules": [rule]}), "name"),
            (json!({"name": "x", "escalationRules": vec![rule.clone(); 51]}), "escalationRules"),
            (json!({"name": "x", "escalationRules": [{"escalationTimeout": 1, "users": []}]}), "escalationRules[0].users"),
            (json!({"name": "x", "escalationRules": [rule, {"escalationTimeout": 525601, "users": [{"id": ann}]}]}), "escalationRules[1].escalationTimeout"),
            (json!({"name": "x", "escalationRules": [{"escalationTimeout": 1, "schedules": [{"id": 1}]}]}), "escalationRules[0].schedules"),
            (json!({"name": "x", "escalationRules": [{"escalationTimeout": 1, "users": (0..26).map(|id| json!({"id": id})).collect::<Vec<_>>()}]}), "escalationRules[0].users"),
            (json!({"name": "x", "escalationRules": [{"escalationTimeout": 1, "users": [{"id": 987654}]}]}), "user 987654"),
            (json!({"name": "x", "escalationRules": [rule], "frequency": 10}), "frequency"),
            (json!({"name": "x", "escalationRules": [rule], "delayMin": 61}), "delayMin"),
            (json!({"name": "x", "escalationRules": [rule], "routingKey": "a,b"}), "routingKey"),
        ] {
            let error = caller.post("/api/escalation-policies", &body).await.expect(400).json();
            assert!(error["message"].as_str().unwrap().starts_with(says), "{says}: {error}");
        }
        caller.post("/api/escalation-policies", &json!({"name": "x", "escalationRules": vec![rule.clone(); 50], "delayMin": 60, "frequency": 9})).await.expect(201);
        let error = caller.post("/api/escalation-policies", &json!({"name": "X", "escalationRules": [rule]})).await.expect(400).json();
        assert!(error["message"].as_str().unwrap().contains("name"), "{error}");
        let boss = { let id = app.user_of_role("boss", Role::Admin).await.id; app.as_user(id).await };
        let refused = boss.delete(&format!("/api/users/{ann}")).await.expect(409).json();
        assert!(refused["message"].as_str().unwrap().contains("\"x\""), "{refused}");
    }
}
