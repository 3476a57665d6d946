//! Overrides and temporary schedules over the API.

use serde_json::{Value, json};
use watchbell_core::ids::UserId;
use watchbell_core::user::Role;
use watchbell_testkit::http::Caller;
use watchbell_testkit::{TestApp, both_databases, minutes};

/// A schedule that Ann has alone, and somebody who may configure. The clock stands on Monday 2026-01-05, 08:00 UTC.
async fn schedule_of(app: &mut TestApp, ann: UserId) -> (Caller, String) {
    let id = app.user_of_role("dev", Role::User).await.id;
    let caller = app.as_user(id).await;
    let layer = json!({"name": "Week", "startsOn": "2026-01-01T09:00", "users": [{"id": ann}], "rotation": "P7D"});
    let body = json!({"name": "Support", "timezone": "Europe/Berlin", "scheduleLayers": [layer]});
    let made = caller.post("/api/schedules", &body).await.expect(201).json();
    (caller, format!("/api/schedules/{}", made["id"]))
}

fn over(user: impl serde::Serialize, start: &str, end: &str) -> Value {
    json!({"user": {"id": user}, "start": start, "end": end})
}

async fn people(caller: &Caller, path: &str, query: &str) -> Vec<i64> {
    let shifts = caller.get(&format!("{path}/shifts?{query}")).await.expect(200).json();
    shifts.as_array().unwrap().iter().map(|shift| shift["user"]["id"].as_i64().unwrap()).collect()
}

both_databases! {
    async fn responders_put_only_themselves_on_call(app: TestApp) {
        let (ann, bob) = (app.user("ann").await.id, app.user("bob").await.id);
        let (dev, path) = schedule_of(app, ann).await;
        let overrides = format!("{path}/overrides");
        let bobs = app.as_user(bob).await;
        let made = bobs.put(&overrides, &over(bob, "2026-01-06T09:00", "2026-01-06T17:00")).await.expect(200).json();
        assert_eq!(made, json!({"id": made["id"], "name": "Support", "type": "RECURRING"}));
        bobs.put(&overrides, &over(ann, "2026-01-07T09:00", "2026-01-07T17:00")).await.expect(403);
        bobs.post(&overrides, &json!({"user": null, "start": "2026-01-07T09:00", "end": "2026-01-07T17:00"})).await.expect(403);
        // ilert's Go client posts.
        dev.post(&overrides, &over(ann, "2026-01-08T09:00", "2026-01-08T17:00")).await.expect(200);
        let listed = dev.get(&overrides).await.expect(200).json();
        assert_eq!((listed.as_array().unwrap().len(), &listed[0]["user"]["email"], &listed[0]["start"]), (2, &json!("bob@example.com"), &json!("2026-01-06T08:00:00Z")));
        let (bobs_own, anns) = (format!("{overrides}/{}", listed[0]["id"]), format!("{overrides}/{}", listed[1]["id"]));
        bobs.delete(&anns).await.expect(403);
        bobs.put(&anns, &over(bob, "2026-01-08T09:00", "2026-01-08T17:00")).await.expect(403);
        bobs.put(&bobs_own, &over(ann, "2026-01-06T09:00", "2026-01-06T17:00")).await.expect(403);
        let moved = bobs.put(&bobs_own, &over(bob, "2026-01-06T10:00", "2026-01-06T17:00")).await.expect(200).json();
        assert_eq!((&moved["id"], &moved["start"]), (&listed[0]["id"], &json!("2026-01-06T09:00:00Z")));
        assert_eq!(people(&dev, &path, "from=2026-01-06T00:00&until=2026-01-07T00:00").await, [ann.0, bob.0, ann.0]);
        assert_eq!(people(&dev, &path, "from=2026-01-06T00:00&until=2026-01-07T00:00&exclude-overrides=true").await, [ann.0]);
        bobs.delete(&bobs_own).await.expect(204);
        bobs.delete(&bobs_own).await.expect(404);
    }

    async fn an_override_wins_and_nobody_is_possible(app: TestApp) {
        let (ann, bob) = (app.user("ann").await.id, app.user("bob").await.id);
        let (dev, path) = schedule_of(app, ann).await;
        let on_call = format!("{path}/user-on-call");
        dev.put(&format!("{path}/overrides"), &over(bob, "2026-01-05T08:00:00Z", "2026-01-05T10:00:00Z")).await.expect(200);
        let now = dev.get(&on_call).await.expect(200).json();
        assert_eq!((&now["user"]["id"], &now["end"], &now["because"]["type"]), (&json!(bob), &json!("2026-01-05T10:00:00Z"), &json!("OVERRIDE")));
        let nobody = json!({"user": null, "start": "2026-01-05T08:30:00Z", "end": "2026-01-05T09:00:00Z", "reason": "the office is open"});
        dev.put(&format!("{path}/overrides"), &nobody).await.expect(200);
        app.app.clock.advance(minutes(30));
        dev.get(&on_call).await.expect(204);
        let listed = dev.get(&format!("{path}/overrides")).await.expect(200).json();
        assert_eq!((&listed[1]["user"], &listed[1]["reason"]), (&Value::Null, &json!("the office is open")));
        app.app.clock.advance(minutes(30));
        assert_eq!(dev.get(&on_call).await.expect(200).json()["user"]["id"], json!(bob));
        app.app.clock.advance(minutes(60));
        assert_eq!(dev.get(&on_call).await.expect(200).json()["user"]["id"], json!(ann));
        assert_eq!(dev.get(&format!("{path}/overrides")).await.expect(200).json(), json!([]));
        assert_eq!(dev.get(&format!("{path}/overrides?past=true")).await.expect(200).json().as_array().unwrap().len(), 2);
    }

    async fn the_past_of_an_override_stays(app: TestApp) {
        let (ann, bob) = (app.user("ann").await.id, app.user("bob").await.id);
        let (dev, path) = schedule_of(app, ann).await;
        let overrides = format!("{path}/overrides");
        dev.put(&overrides, &over(bob, "2026-01-05T08:00:00Z", "2026-01-05T12:00:00Z")).await.expect(200);
        let id = dev.get(&overrides).await.expect(200).json()[0]["id"].clone();
        app.app.clock.advance(minutes(60));
        dev.delete(&format!("{overrides}/{id}")).await.expect(204);
        assert_eq!(people(&dev, &path, "from=2026-01-05T08:00:00Z&until=2026-01-05T12:00:00Z").await, [bob.0, ann.0]);
        let error = dev.delete(&format!("{overrides}/{id}")).await.expect(400).json();
        assert!(error["message"].as_str().unwrap().contains("is over"), "{error}");
    }

    async fn of_two_who_take_the_same_shift_at_once_the_second_is_told(app: TestApp) {
        let (ann, bob) = (app.user("ann").await.id, app.user("bob").await.id);
        let (dev, path) = schedule_of(app, ann).await;
        let (overrides, bobs) = (format!("{path}/overrides"), app.as_user(bob).await);
        let body = over(bob, "2026-01-06T09:00", "2026-01-06T17:00");
        let (one, other) = tokio::join!(bobs.put(&overrides, &body), dev.put(&overrides, &body));
        let mut codes = [one.status.as_u16(), other.status.as_u16()];
        codes.sort_unstable();
        assert_eq!(codes, [200, 409], "{} {}", one.text, other.text);
        assert_eq!(dev.get(&overrides).await.expect(200).json().as_array().unwrap().len(), 1);
    }

    async fn what_an_override_may_not_hold_is_named(app: TestApp) {
        let ann = app.user("ann").await.id;
        let (dev, path) = schedule_of(app, ann).await;
        let overrides = format!("{path}/overrides");
        for (body, what) in [
            (over(ann, "2026-01-05T07:00:00Z", "2026-01-05T08:00:00Z"), "end: lies in the past"),
            (over(ann, "2026-01-06T09:00", "2026-01-06T09:00"), "end: must come after start"),
            (over(ann, "2026-01-06T09:00", "2027-01-07T09:00:01"), "end: must come at most 366 days"),
            (over(ann, "soon", "2026-01-06T09:00"), "start: "),
            (over(987_654, "2026-01-06T09:00", "2026-01-06T10:00"), "user: user 987654"),
            (json!({"start": "2026-01-06T09:00", "end": "2026-01-06T10:00"}), "user: is required"),
            (json!({"user": {"id": ann}, "start": "2026-01-06T09:00"}), "end: is required"),
        ] {
            let error = dev.put(&overrides, &body).await.expect(400).json();
            assert!(error["message"].as_str().unwrap().starts_with(what), "{what}: {error}");
        }
        dev.put(&overrides, &over(ann, "2026-01-06T09:00", "2027-01-07T09:00")).await.expect(200);
        dev.put("/api/schedules/987654/overrides", &over(ann, "2026-01-06T09:00", "2026-01-06T10:00")).await.expect(404);
        dev.get(&format!("{overrides}?max-results=101")).await.expect(400);
    }

    async fn on_call_is_taken_for_some_hours(app: TestApp) {
        let (ann, bob) = (app.user("ann").await.id, app.user("bob").await.id);
        let (dev, path) = schedule_of(app, ann).await;
        let bobs = app.as_user(bob).await;
        let taken = bobs.post(&format!("{path}/take-on-call"), &json!({"hours": 4})).await.expect(200).json();
        assert_eq!((&taken["user"]["id"], &taken["end"]), (&json!(bob), &json!("2026-01-05T12:00:00Z")));
        bobs.post(&format!("{path}/take-on-call"), &json!({"hours": 4, "user": {"id": ann}})).await.expect(403);
        dev.post(&format!("{path}/take-on-call"), &json!({"hours": 168, "user": {"id": ann}})).await.expect(200);
        dev.post(&format!("{path}/take-on-call"), &json!({"hours": 169})).await.expect(400);
        dev.post(&format!("{path}/take-on-call"), &json!({"hours": 0})).await.expect(400);
    }

    async fn a_temporary_schedule_replaces_the_plan_for_a_span(app: TestApp) {
        let (ann, bob) = (app.user("ann").await.id, app.user("bob").await.id);
        let (dev, path) = schedule_of(app, ann).await;
        let all = format!("{path}/temporary-schedules");
        let body = json!({"start": "2026-01-06T00:00", "end": "2026-01-08T00:00", "shifts": [over(bob, "2026-01-06T08:00", "2026-01-06T20:00")]});
        let made = dev.post(&all, &body).await.expect(201).json();
        let one = format!("{all}/{}", made["id"]);
        assert_eq!(dev.get(&one).await.expect(200).json(), made);
        assert_eq!(dev.get(&all).await.expect(200).json(), json!([made]));
        assert_eq!(people(&dev, &path, "from=2026-01-05T12:00&until=2026-01-08T08:00").await, [ann.0, bob.0, ann.0]);
        let outside = json!({"start": "2026-01-06T00:00", "end": "2026-01-06T01:00", "shifts": [over(bob, "2026-01-06T08:00", "2026-01-06T20:00")]});
        let error = dev.put(&one, &outside).await.expect(400).json();
        assert!(error["message"].as_str().unwrap().starts_with("shifts[0]: "), "{error}");
        dev.put(&one, &json!({"start": "2026-01-06T00:00", "end": "2026-01-07T00:00", "shifts": []})).await.expect(200);
        dev.delete(&one).await.expect(204);
        dev.get(&one).await.expect(404);
        app.as_user(bob).await.post(&all, &body).await.expect(403);
    }
}
