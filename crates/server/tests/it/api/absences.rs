//! Absences: one's own, those of others for administrators, and those that are read from a calendar.

use super::holiday_calendars::serving;
use serde_json::json;
use watchbell_core::user::Role;
use watchbell_sim::hook::HookAnswer;
use watchbell_testkit::{both_databases, minutes};

both_databases! {
    async fn people_enter_their_own_and_administrators_anybodys(app: TestApp) {
        let (ann, bob) = (app.user("ann").await.id, app.user_of_role("bob", Role::Responder).await.id);
        let boss = app.user_of_role("boss", Role::Admin).await.id;
        let (caller, boss) = (app.as_user(bob).await, app.as_user(boss).await);
        let made = caller.post("/api/users/current/absences", &json!({"start": "2026-02-02T00:00Z", "end": "2026-02-09T00:00Z", "reason": "Skiing"})).await.expect(201).json();
        assert_eq!((&made["start"], &made["fromCalendar"]), (&json!("2026-02-02T00:00:00Z"), &json!(false)));
        let path = format!("/api/users/{bob}/absences");
        assert_eq!(caller.get(&path).await.expect(200).json(), json!([made]));
        assert_eq!(caller.get(&format!("{path}?from=2026-02-09T00:00Z")).await.expect(200).json(), json!([]));
        let one = format!("{path}/{}", made["id"]);
        let moved = boss.put(&one, &json!({"start": "2026-02-03T00:00Z", "end": "2026-02-09T00:00Z"})).await.expect(200).json();
        assert_eq!(caller.get(&one).await.expect(200).json(), moved);
        caller.get(&format!("/api/users/{ann}/absences")).await.expect(403);
        caller.post(&format!("/api/users/{ann}/absences"), &json!({"start": "2026-02-02T00:00Z", "end": "2026-02-09T00:00Z"})).await.expect(403);
        boss.get(&format!("/api/users/{ann}/absences/{}", made["id"])).await.expect(404);
        for (body, says) in [
            (json!({"start": "2026-02-02T00:00Z", "end": "2026-02-02T00:00Z"}), "end: must come after start"),
            (json!({"start": "2026-02-02T00:00Z", "end": "2029-02-05T00:00Z"}), "end: must come at most 1098 days after start"),
            (json!({"start": "soon", "end": "2026-02-02T00:00Z"}), "start: must be a time"),
            (json!({"end": "2026-02-02T00:00Z"}), "start"),
        ] {
            let error = caller.post(&path, &body).await.expect(400).json();
            assert!(error["message"].as_str().unwrap().starts_with(says), "{says}: {error}");
        }
        caller.post(&path, &json!({"start": "2026-02-02T00:00Z", "end": "2029-02-04T00:00Z"})).await.expect(201);
        caller.delete(&one).await.expect(204);
        caller.get(&one).await.expect(404);
    }

    async fn a_persons_calendar_is_read_and_its_address_never_shown(app: TestApp) {
        let bob = app.user_of_role("bob", Role::Responder).await.id;
        let caller = app.as_user(bob).await;
        let event = |uid: &str, day: &str, name: &str| format!("BEGIN:VEVENT\r\nUID:{uid}\r\nDTSTART;VALUE=DATE:{day}\r\nSUMMARY:{name}\r\nEND:VEVENT\r\n");
        let calendar = |events: String| format!("BEGIN:VCALENDAR\r\n{events}END:VCALENDAR");
        let server = serving(&calendar(event("a", "20260202", "Leave") + &event("b", "20260303", "Doctor"))).await;
                caller.get("/api/users/current/absence-feed").await.expect(404);
        let put = caller.put("/api/users/current/absence-feed", &json!({"url": format!("{}/secret-of-bob.ics", server.url())})).await.expect(200);
        assert!(!put.text.contains("secret-of-bob"));
        app.settle().await;
        let found = caller.get("/api/users/current/absences").await.expect(200).json();
        assert_eq!((&found[0]["reason"], &found[1]["reason"], &found[0]["fromCalendar"]), (&json!("Leave"), &json!("Doctor"), &json!(true)));
        let one = format!("/api/users/current/absences/{}", found[0]["id"]);
        let error = caller.delete(&one).await.expect(400).json();
        assert!(error["message"].as_str().unwrap().contains("change it there"), "{error}");

        server.answer(HookAnswer { body: calendar(event("a", "20260202", "Leave") + &event("c", "20260404", "Leave")), ..HookAnswer::default() });
        app.jump(minutes(24 * 60)).await;
        let again = caller.get("/api/users/current/absences").await.expect(200).json();
        assert_eq!(again[0], found[0], "what is the same stays the same absence");
        assert_eq!((again.as_array().unwrap().len(), &again[1]["start"]), (2, &json!("2026-04-04T00:00:00Z")));
        let read = caller.get("/api/users/current/absence-feed").await.expect(200).json();
        assert_eq!(read["readAt"], json!("2026-01-06T08:00:00Z"));
        caller.delete("/api/users/current/absence-feed").await.expect(204);
        assert_eq!(caller.get("/api/users/current/absences").await.expect(200).json(), json!([]));
        app.settle().await;
    }
}
