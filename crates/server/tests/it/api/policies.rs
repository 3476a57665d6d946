//! Escalation policies.

use crate::escalation_rotas::{hourly, rota};
use serde_json::json;
use watchbell_core::user::Role;
use watchbell_store::schedules;
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
        assert_eq!(made["escalationRules"][1], json!({"escalationTimeout": 30, "users": [{"id": bob, "firstName": "bob", "lastName": "Example"}], "schedules": [], "teams": [], "acceptsNeeded": 1, "roundRobin": false}));
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

    async fn levels_name_schedules_and_teams_and_what_is_named_stays(app: TestApp) {
        let ann = app.user("ann").await.id;
        let caller = { let id = app.user_of_role("dev", Role::User).await.id; app.as_user(id).await };
        let boss = { let id = app.user_of_role("boss", Role::Admin).await.id; app.as_user(id).await };
        let night = rota(app, "Night", hourly(vec![ann], None)).await;
        let team = boss.post("/api/teams", &json!({"name": "Network", "members": [{"user": {"id": ann}, "role": "RESPONDER"}]})).await.expect(201).json()["id"].clone();
        let body = json!({"name": "Support", "acceptTimeoutMin": 120, "askUntouchedMin": 15, "pageUntouchedMin": 5, "escalationRules": [
            {"escalationTimeout": 15, "schedules": [{"id": night}], "acceptsNeeded": 2, "roundRobin": true},
            {"escalationTimeout": 0, "schedule": {"id": night}, "team": {"id": team}},
        ]});
        let made = caller.post("/api/escalation-policies", &body).await.expect(201).json();
        let first = json!({"escalationTimeout": 15, "users": [], "teams": [], "acceptsNeeded": 2, "roundRobin": true, "schedules": [{"id": night, "name": "Night", "type": "RECURRING"}]});
        assert_eq!((&made["escalationRules"][0], &made["escalationRules"][1]["teams"]), (&first, &json!([{"id": team, "name": "Network"}])));
        assert_eq!((&made["acceptTimeoutMin"], &made["askUntouchedMin"], &made["pageUntouchedMin"]), (&json!(120), &json!(15), &json!(5)));
        let path = format!("/api/escalation-policies/{}", made["id"]);
        assert_eq!(caller.get(&path).await.expect(200).json(), made);
        let level = caller.put(&format!("{path}/levels/0"), &json!({"escalationTimeout": 5, "teams": [{"id": team}]})).await.expect(200).json();
        assert_eq!((&level["schedules"], &level["teams"][0]["id"]), (&json!([]), &team));
        let refused = boss.delete(&format!("/api/teams/{team}")).await.expect(409).json();
        assert!(refused["message"].as_str().unwrap().contains("\"Support\""), "{refused}");
        let refused = schedules::delete(&app.app.db, &app.scope(), night, app.app.clock.now()).await.unwrap_err();
        assert!(refused.to_string().contains("\"Support\""), "{refused}");
    }

    async fn a_policy_that_reaches_nobody_is_refused(app: TestApp) {
        let ann = app.user("ann").await.id;
        let caller = { let id = app.user_of_role("dev", Role::User).await.id; app.as_user(id).await };
        app.tamper(&format!("UPDATE contact SET status = 'LOCKED' WHERE user_id = {ann}")).await;
        let body = json!({"name": "Support", "escalationRules": [{"escalationTimeout": 15, "users": [{"id": ann}]}]});
        let refused = caller.post("/api/escalation-policies", &body).await.expect(400).json();
        assert!(refused["message"].as_str().unwrap().contains("verified contact"), "{refused}");
        app.tamper(&format!("UPDATE contact SET status = 'OK' WHERE user_id = {ann}")).await;
        caller.post("/api/escalation-policies", &body).await.expect(201);
    }

    async fn a_simulation_says_who_would_be_paged_when(app: TestApp) {
        let (ann, bob) = (app.user("ann").await.id, app.user("bob").await.id);
        let caller = { let id = app.user_of_role("dev", Role::User).await.id; app.as_user(id).await };
        let night = rota(app, "Night", hourly(vec![ann, bob], None)).await;
        let body = json!({"name": "Support", "delayMin": 1, "escalationRules": [
            {"escalationTimeout": 15, "schedules": [{"id": night}]}, {"escalationTimeout": 5, "users": [{"id": bob}]}]});
        let path = format!("/api/escalation-policies/{}/simulate", caller.post("/api/escalation-policies", &body).await.expect(201).json()["id"]);
        let run = caller.get(&format!("{path}?at=2026-01-05T08:50:00Z&priority=HIGH")).await.expect(200).json();
        let steps: Vec<(&str, &str, i64)> = run["steps"].as_array().unwrap().iter()
            .map(|step| (step["at"].as_str().unwrap(), step["kind"].as_str().unwrap(), step["notifications"][0]["user"]["id"].as_i64().unwrap_or(0)))
            .collect();
        assert_eq!(steps, [
            ("2026-01-05T08:51:00Z", "level_started", ann.0), ("2026-01-05T09:00:00Z", "handed_over", bob.0),
            ("2026-01-05T09:06:00Z", "level_started", bob.0), ("2026-01-05T09:11:00Z", "escalation_ended", 0)]);
        assert_eq!((&run["steps"][0]["notifications"][0]["method"], &run["nobodyNotified"], &run["goesOn"]), (&json!("EMAIL"), &json!(false), &json!(false)));
        let quiet = caller.get(&format!("{path}?priority=LOW")).await.expect(200).json();
        assert_eq!(quiet["steps"].as_array().unwrap().iter().filter(|step| step["kind"] == "level_started").count(), 1);
        let draft = json!({"name": "Support", "escalationRules": [{"escalationTimeout": 5, "users": [{"id": bob}]}]});
        let run = caller.post(&path, &draft).await.expect(200).json();
        assert_eq!((&run["steps"][0]["level"], &run["steps"][0]["users"][0]["id"]), (&json!(0), &json!(bob)));
        caller.get(&format!("{path}?at=soon")).await.expect(400);
        caller.get(&format!("{path}?priority=MAYBE")).await.expect(400);
        caller.get("/api/escalation-policies/987654/simulate").await.expect(404);
        assert_eq!(caller.get("/api/alerts").await.expect(200).json(), json!([]), "nothing was opened");
    }

    async fn fallback_contacts_are_kept_and_checked(app: TestApp) {
        let ann = app.user("ann").await.id;
        let boss = { let id = app.user_of_role("boss", Role::Admin).await.id; app.as_user(id).await };
        assert_eq!(boss.get("/api/fallback-contacts").await.expect(200).json(), json!({"users": [], "emails": []}));
        let kept = boss.put("/api/fallback-contacts", &json!({"users": [{"id": ann}], "emails": [" noc@example.com "]})).await.expect(200).json();
        assert_eq!((&kept["users"][0]["id"], &kept["emails"]), (&json!(ann), &json!(["noc@example.com"])));
        assert_eq!(boss.put("/api/fallback-contacts", &json!({"emails": []})).await.expect(200).json()["users"], kept["users"], "absence keeps");
        for (body, says) in [
            (json!({"users": [{"id": 987654}]}), "users"),
            (json!({"emails": ["nobody"]}), "emails"),
            (json!({"emails": vec!["a@example.com"; 21]}), "emails"),
        ] {
            let error = boss.put("/api/fallback-contacts", &body).await.expect(400).json();
            assert!(error["message"].as_str().unwrap().starts_with(says), "{error}");
        }
        boss.put("/api/fallback-contacts", &json!({"emails": vec!["a@example.com"; 20]})).await.expect(200);
        let refused = boss.delete(&format!("/api/users/{ann}")).await.expect(409).json();
        assert!(refused["message"].as_str().unwrap().contains("fallback contact"), "{refused}");
        boss.put("/api/fallback-contacts", &json!({"users": []})).await.expect(200);
        boss.delete(&format!("/api/users/{ann}")).await.expect(204);
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
            (json!({"name": "x", "escalationRules": [{"escalationTimeout": 1, "schedules": [{"id": 1}]}]}), "schedule 1 of escalationRules"),
            (json!({"name": "x", "escalationRules": [{"escalationTimeout": 1, "team": {"id": 7}}]}), "team 7 of escalationRules"),
            (json!({"name": "x", "escalationRules": [{"escalationTimeout": 1, "users": [{"id": ann}], "acceptsNeeded": 0}]}), "escalationRules[0].acceptsNeeded"),
            (json!({"name": "x", "escalationRules": [{"escalationTimeout": 1, "users": [{"id": ann}], "acceptsNeeded": 2}]}), "escalationRules[0].acceptsNeeded"),
            (json!({"name": "x", "escalationRules": [rule], "acceptTimeoutMin": 43201}), "acceptTimeoutMin"),
            (json!({"name": "x", "escalationRules": [rule], "askUntouchedMin": -1}), "askUntouchedMin"),
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
