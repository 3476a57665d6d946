//! Who is on call, over all policies and schedules.

use serde_json::json;
use watchbell_core::ids::UserId;
use watchbell_core::user::Role;
use watchbell_testkit::{both_databases, minutes};

both_databases! {
    async fn whoever_is_behind_a_team_is_on_call_and_who_is_gone_stays_a_number(app: TestApp) {
        let (ann, bob, cid) = (app.user("ann").await.id, app.user("bob").await.id, app.user("cid").await.id);
        let admin = app.user_of_role("admin", Role::Admin).await.id;
        let caller = app.as_user(admin).await;
        let member = |id: &UserId, role: &str| json!({"user": {"id": id}, "role": role});
        let team = json!({"name": "Night", "members": [member(&ann, "RESPONDER"), member(&bob, "STAKEHOLDER")]});
        let team = caller.post("/api/teams", &team).await.expect(201).json();
        let rule = json!({"escalationTimeout": 5, "users": [{"id": ann}], "teams": [{"id": team["id"]}]});
        caller.post("/api/escalation-policies", &json!({"name": "P", "escalationRules": [rule]})).await.expect(201);
        let all = caller.get("/api/on-calls").await.expect(200).json();
        assert_eq!((all.as_array().unwrap().len(), &all[0]["user"]["id"]), (1, &json!(ann)), "once, and no stakeholder: {all}");
        let far = caller.get("/api/on-calls?from=9999-12-30T22:00:00.999999Z").await.expect(400).json();
        assert!(far["message"].as_str().unwrap().starts_with("from: "), "{far}");

        let layer = json!({"name": "Day", "startsOn": "2026-01-05T08:00", "users": [{"id": cid}], "rotation": "P1D"});
        let desk = caller.post("/api/schedules", &json!({"name": "Desk", "timezone": "UTC", "scheduleLayers": [layer]})).await.expect(201).json();
        app.advance(minutes(120)).await;
        caller.delete(&format!("/api/users/{cid}?replacement={bob}")).await.expect(204);
        let path = format!("/api/schedules/{}/shifts?from=2026-01-05T08:00Z&until=2026-01-05T12:00Z", desk["id"]);
        let shifts = caller.get(&path).await.expect(200).json();
        let people: Vec<_> = shifts.as_array().unwrap().iter().map(|shift| shift["user"]["id"].clone()).collect();
        assert_eq!(people, [json!(cid), json!(bob)], "what was stays as it was: {shifts}");
    }
}

both_databases! {
    async fn a_schedule_counts_once_for_each_level_that_asks_it(app: TestApp) {
        let (ann, bob, cid) = (app.user("ann").await.id, app.user("bob").await.id, app.user("cid").await.id);
        let dev = app.user_of_role("dev", Role::User).await.id;
        let caller = app.as_user(dev).await;
        let layer = |users: &[watchbell_core::ids::UserId]| json!({"name": "Day", "startsOn": "2026-01-05T08:00", "users": users.iter().map(|id| json!({"id": id})).collect::<Vec<_>>(), "rotation": "P1D"});
        let desk = caller.post("/api/schedules", &json!({"name": "Desk", "timezone": "UTC", "scheduleLayers": [layer(&[ann, bob])]})).await.expect(201).json();
        let spare = caller.post("/api/schedules", &json!({"name": "Spare", "timezone": "UTC", "scheduleLayers": [layer(&[bob])]})).await.expect(201).json();
        let rule = |minutes: i64| json!({"escalationTimeout": minutes, "users": [{"id": cid}], "schedules": [{"id": desk["id"]}]});
        let policy = caller.post("/api/escalation-policies", &json!({"name": "P", "escalationRules": [rule(5), rule(10)]})).await.expect(201).json();

        let all = caller.get("/api/on-calls").await.expect(200).json();
        let brief = |entry: &serde_json::Value| (entry["escalationPolicy"]["id"].clone(), entry["escalationLevel"].clone(), entry["schedule"]["id"].clone(), entry["user"]["id"].clone());
        let found: Vec<_> = all.as_array().unwrap().iter().map(brief).collect();
        let null = || serde_json::Value::Null;
        assert_eq!(found, [
            (policy["id"].clone(), json!(1), null(), json!(cid)),
            (policy["id"].clone(), json!(1), desk["id"].clone(), json!(ann)),
            (policy["id"].clone(), json!(2), null(), json!(cid)),
            (policy["id"].clone(), json!(2), desk["id"].clone(), json!(ann)),
            (null(), null(), spare["id"].clone(), json!(bob)),
        ]);
        assert_eq!(all[1]["schedule"], json!({"id": desk["id"], "name": "Desk", "type": "RECURRING"}));
        assert_eq!((&all[1]["start"], &all[1]["end"]), (&json!("2026-01-05T08:00:00Z"), &json!("2026-01-06T08:00:00Z")));
        assert_eq!((all[0].get("start"), all[0]["user"].get("email"), all[0]["escalationPolicy"].get("escalationRules")), (None, None, None));

        let count = async |query: &str| caller.get(&format!("/api/on-calls?{query}")).await.expect(200).json().as_array().unwrap().len();
        assert_eq!(count("policy-levels=2").await, 2);
        assert_eq!(count(&format!("schedules={}&schedules={}", desk["id"], spare["id"])).await, 3);
        assert_eq!(count(&format!("users={bob}")).await, 1);
        assert_eq!(count(&format!("policies={}", policy["id"])).await, 4);
        assert_eq!(count("start-index=3&max-results=1").await, 1);
        let spans = "from=2026-01-05T12:00&until=2026-01-07T12:00&timezone=Europe/Berlin";
        assert_eq!(count(&format!("schedules={}&policy-levels=1&{spans}", desk["id"])).await, 3);
        assert_eq!(count(&format!("schedules={}&from=2026-01-06T08:00&users={ann}", desk["id"])).await, 0);
        let whole = caller.get("/api/on-calls?expand=user&expand=escalationPolicy&expand=schedule&policy-levels=1").await.expect(200).json();
        assert_eq!((&whole[0]["user"]["email"], &whole[0]["escalationPolicy"]["escalationRules"][0]["escalationTimeout"]), (&json!("cid@example.com"), &json!(5)));
        for bad in ["timezone=Mars", "from=x", "from=2026-01-05&until=2026-01-05", "from=2026-01-05&until=2027-03-05", "max-results=101", "users=x"] {
            caller.get(&format!("/api/on-calls?{bad}")).await.expect(400);
        }
    }
}
