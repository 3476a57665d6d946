//! Coverage over the API, and owners who are told of gaps.

use serde_json::{Value, json};
use watchbell_core::user::Role;
use watchbell_testkit::http::Caller;
use watchbell_testkit::{TestApp, both_databases, minutes};

const DAY_MIN: i64 = 24 * 60;

async fn configurer(app: &mut TestApp) -> Caller {
    let id = app.user_of_role("dev", Role::User).await.id;
    app.as_user(id).await
}

/// Day by day in turn, from Monday the 5th on.
fn daily(users: &[impl serde::Serialize], ends_on: Option<&str>) -> Value {
    let users: Vec<Value> = users.iter().map(|user| json!({"id": user})).collect();
    json!({"name": "Daily", "startsOn": "2026-01-05T00:00", "endsOn": ends_on, "users": users, "rotation": "P1D"})
}

both_databases! {
    async fn coverage_says_gaps_nights_shares_and_who_is_away(app: TestApp) {
        let (ann, bob) = (app.user("ann").await.id, app.user("bob").await.id);
        let caller = configurer(app).await;
        let body = json!({"name": "Desk", "timezone": "UTC", "scheduleLayers": [daily(&[ann, ann, bob], Some("2026-01-10T00:00"))]});
        let desk = caller.post("/api/schedules", &body).await.expect(201).json();
        let spare = json!({"name": "Spare", "timezone": "UTC", "scheduleLayers": [daily(&[bob], Some("2026-01-08T00:00"))]});
        let spare = caller.post("/api/schedules", &spare).await.expect(201).json();
        app.as_user(bob).await.post("/api/users/current/absences", &json!({"start": "2026-01-07T12:00Z", "end": "2026-01-09T00:00Z", "reason": "Ill"})).await.expect(201);
        let path = format!("/api/schedules/{}/coverage", desk["id"]);
        let found = caller.get(&format!("{path}?from=2026-01-05T08:00Z&until=2026-01-12T00:00")).await.expect(200).json();
        assert_eq!(found["gaps"], json!([{"start": "2026-01-10T00:00:00Z", "end": "2026-01-12T00:00:00Z"}]));
        assert_eq!(found["score"], json!({"covered": 70, "balanced": 71, "total": 71}));
        assert_eq!((&found["fairness"][0]["hours"], &found["fairness"][1]["hours"]), (&json!(88.0), &json!(24.0)));
        let conflict = &found["conflicts"][0];
        assert_eq!((&conflict["user"]["firstName"], &conflict["reason"]), (&json!("bob"), &json!("")), "why is told to themselves");
        let own = app.as_user(bob).await.get(&format!("{path}?from=2026-01-05T08:00Z&until=2026-01-12T00:00")).await.expect(200).json();
        assert_eq!(own["conflicts"][0]["reason"], "Ill");
        assert_eq!((&conflict["start"], &conflict["end"]), (&json!("2026-01-07T12:00:00Z"), &json!("2026-01-08T00:00:00Z")));
        assert_eq!(conflict["shift"], json!({"start": "2026-01-07T00:00:00Z", "end": "2026-01-08T00:00:00Z"}));
        assert_eq!(found["twice"], json!([{"user": conflict["user"], "start": "2026-01-07T00:00:00Z", "end": "2026-01-08T00:00:00Z", "scheduleId": spare["id"]}]));
        for (query, says) in [("from=2026-01-06T00:00Z&until=2026-01-06T00:00Z", "until: must come after from"), ("until=2027-02-10T00:00Z", "until: must come at most 400 days"), ("from=x", "from: must be a time")] {
            let error = caller.get(&format!("{path}?{query}")).await.expect(400).json();
            assert!(error["message"].as_str().unwrap().starts_with(says), "{says}: {error}");
        }
        caller.get("/api/schedules/987654/coverage").await.expect(404);
    }

    async fn owners_hear_once_of_a_gap_in_the_next_seven_days(app: TestApp) {
        let ann = app.user("ann").await;
        let caller = configurer(app).await;
        let body = json!({"name": "Desk", "timezone": "UTC", "owners": [{"id": ann.id}], "scheduleLayers": [daily(&[ann.id], Some("2026-01-14T00:00"))]});
        let desk = caller.post("/api/schedules", &body).await.expect(201).json();
        app.jump(minutes(DAY_MIN)).await;
        assert_eq!(ann.mails(app), 0, "it is more than seven days away");
        app.jump(minutes(DAY_MIN)).await;
        let mail = ann.expect_mail(app, "The schedule \"Desk\" has a gap").await;
        assert!(mail.text.contains("Wed 14 Jan 2026, 00:00"), "{}", mail.text);
        app.jump(minutes(2 * DAY_MIN)).await;
        assert_eq!(ann.mails(app), 1, "once");

        let mut covered = caller.get(&format!("/api/schedules/{}?include=scheduleLayers", desk["id"])).await.expect(200).json();
        covered["scheduleLayers"][0]["endsOn"] = json!(null);
        caller.put(&format!("/api/schedules/{}", desk["id"]), &covered).await.expect(200);
        app.jump(minutes(21 * DAY_MIN)).await;
        assert_eq!(ann.mails(app), 1);
    }

    async fn a_gap_each_night_is_told_of_each_week(app: TestApp) {
        let ann = app.user("ann").await;
        let caller = configurer(app).await;
        let team = caller.post("/api/teams", &json!({"name": "T", "members": [{"user": {"id": ann.id}}]})).await.expect(201).json();
        let mut layer = daily(&[ann.id], None);
        let at = |day: &str, time: &str| json!({"dayOfWeek": day, "time": time});
        layer["restrictions"] = ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"].iter().map(|day| json!({"from": at(day, "08:00"), "to": at(day, "18:00")})).collect();
        caller.post("/api/schedules", &json!({"name": "Desk", "timezone": "UTC", "teams": [{"id": team["id"]}], "scheduleLayers": [layer]})).await.expect(201);
        app.jump(minutes(60)).await;
        ann.expect_mail(app, "has a gap").await;
        app.jump(minutes(6 * DAY_MIN)).await;
        assert_eq!(ann.mails(app), 1);
        app.jump(minutes(3 * DAY_MIN)).await;
        ann.expect_mail(app, "has a gap").await;
        assert_eq!(ann.mails(app), 2);
    }
}
