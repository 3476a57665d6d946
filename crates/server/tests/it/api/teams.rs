//! Teams.

use serde_json::json;
use watchbell_core::limits::TEAM_MEMBERS_MAX;
use watchbell_core::user::Role;
use watchbell_testkit::both_databases;

both_databases! {
    async fn a_team_is_made_found_changed_and_deleted(app: TestApp) {
        let (ann, bob) = (app.user("ann").await.id, app.user("bob").await.id);
        let caller = { let id = app.user_of_role("dev", Role::User).await.id; app.as_user(id).await };
        let body = json!({"id": 0, "name": "Network", "members": [{"user": {"id": bob, "firstName": "ignored"}, "role": "STAKEHOLDER"}, {"user": {"id": ann}}]});
        let made = caller.post("/api/teams", &body).await.expect(201).json();
        assert_eq!(made["members"], json!([
            {"user": {"id": ann, "firstName": "ann", "lastName": "Example"}, "role": "RESPONDER"},
            {"user": {"id": bob, "firstName": "bob", "lastName": "Example"}, "role": "STAKEHOLDER"},
        ]));
        assert_eq!((&made["visibility"], &made["createdAt"]), (&json!("PUBLIC"), &json!("2026-01-05T08:00:00Z")));
        let path = format!("/api/teams/{}", made["id"]);
        assert_eq!(caller.get(&path).await.expect(200).json(), made);
        assert_eq!(caller.get("/api/teams/name/NETWORK").await.expect(200).json(), made);
        assert_eq!(caller.get(&format!("/api/teams?members={bob}")).await.expect(200).json(), json!([made]));
        assert_eq!(caller.get("/api/teams?members=987654").await.expect(200).json(), json!([]));

        let renamed = caller.put(&path, &json!({"name": "Networks"})).await.expect(200).json();
        assert_eq!((&renamed["name"], &renamed["members"]), (&json!("Networks"), &made["members"]), "what is left out stays");
        let added = caller.post(&format!("{path}/members"), &json!({"user": {"id": bob}, "role": "ADMIN"})).await.expect(200).json();
        assert_eq!((&added["role"], &added["user"]["id"]), (&json!("ADMIN"), &json!(bob)));
        caller.delete(&format!("{path}/members/{ann}")).await.expect(204);
        caller.delete(&format!("{path}/members/{ann}")).await.expect(404);
        assert_eq!(caller.get(&path).await.expect(200).json()["members"].as_array().unwrap().len(), 1);
        assert_eq!(caller.put(&path, &json!({"name": "Networks", "members": []})).await.expect(200).json()["members"], json!([]));
        caller.delete(&path).await.expect(204);
        caller.get(&path).await.expect(404);
        caller.get("/api/teams/name/networks").await.expect(404);
    }

    async fn what_a_team_may_not_hold_is_named(app: TestApp) {
        let ann = app.user("ann").await.id;
        let caller = { let id = app.user_of_role("dev", Role::User).await.id; app.as_user(id).await };
        let member = json!({"user": {"id": ann}});
        for (body, says) in [
            (json!({}), "name"),
            (json!({"name": " "}), "name"),
            (json!({"name": "x", "visibility": "PRIVATE"}), "visibility"),
            (json!({"name": "x", "members": [{"user": {"id": 987654}}]}), "user 987654"),
            (json!({"name": "x", "members": [member, member]}), "members[1].user"),
            (json!({"name": "x", "members": [{"user": {"id": ann}, "role": "GUEST"}]}), "members[0].role"),
            (json!({"name": "x", "members": [{}]}), "members[0].user"),
            (json!({"name": "x", "members": (0..=TEAM_MEMBERS_MAX).map(|id| json!({"user": {"id": id}})).collect::<Vec<_>>()}), "a team may have at most 200 members"),
        ] {
            let error = caller.post("/api/teams", &body).await.expect(400).json();
            assert!(error["message"].as_str().unwrap().starts_with(says), "{says}: {error}");
        }
        assert_eq!(caller.get("/api/teams").await.expect(200).json(), json!([]), "a team that was refused left nothing");
        let team = caller.post("/api/teams", &json!({"name": "x"})).await.expect(201).json();
        let taken = caller.post("/api/teams", &json!({"name": "X"})).await.expect(400).json();
        assert!(taken["message"].as_str().unwrap().starts_with("name"), "{taken}");
        caller.post(&format!("/api/teams/{}/members", team["id"]), &json!({"user": {"id": 987654}})).await.expect(400);
        caller.post("/api/teams/987654/members", &member).await.expect(404);
    }

    async fn two_hundred_members_are_a_team_and_one_more_is_not(app: TestApp) {
        let caller = { let id = app.user_of_role("dev", Role::User).await.id; app.as_user(id).await };
        let mut members = Vec::new();
        for n in 0..TEAM_MEMBERS_MAX {
            members.push(json!({"user": {"id": app.user(&format!("u{n}")).await.id}}));
        }
        let late = app.user("late").await.id;
        let team = caller.post("/api/teams", &json!({"name": "all", "members": members})).await.expect(201).json();
        let refused = caller.post(&format!("/api/teams/{}/members", team["id"]), &json!({"user": {"id": late}})).await.expect(400).json();
        assert!(refused["message"].as_str().unwrap().contains("200"), "{refused}");
    }

    async fn who_leaves_is_in_no_team(app: TestApp) {
        let (ann, boss) = (app.user("ann").await.id, app.user_of_role("boss", Role::Admin).await.id);
        let boss = app.as_user(boss).await;
        let team = boss.post("/api/teams", &json!({"name": "x", "members": [{"user": {"id": ann}}]})).await.expect(201).json();
        boss.delete(&format!("/api/users/{ann}")).await.expect(204);
        assert_eq!(boss.get(&format!("/api/teams/{}", team["id"])).await.expect(200).json()["members"], json!([]));
    }
}
