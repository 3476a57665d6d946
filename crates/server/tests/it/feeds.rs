//! iCal feeds, as calendar programs read them.

use serde_json::{Value, json};
use watchbell_core::user::Role;
use watchbell_testkit::http::{Answer, Caller, client};
use watchbell_testkit::{TestApp, both_databases, minutes};

/// A schedule of Ann and Bob by days, and somebody who may configure. The clock stands on Monday 2026-01-05, 08:00 UTC.
async fn rota(app: &mut TestApp) -> (Caller, i64, i64, i64) {
    let (ann, bob) = (app.user("ann").await.id, app.user("bob").await.id);
    let dev = app.user_of_role("dev", Role::User).await.id;
    let caller = app.as_user(dev).await;
    let layer =
        json!({"name": "Days", "startsOn": "2026-01-05T09:00", "users": [{"id": ann}, {"id": bob}], "rotation": "P1D"});
    let body = json!({"name": "Support, nights", "timezone": "Europe/Berlin", "scheduleLayers": [layer]});
    let made = caller.post("/api/schedules", &body).await.expect(201).json();
    (caller, made["id"].as_i64().unwrap(), ann.0, bob.0)
}

async fn read(url: &Value, tag: Option<&str>) -> Answer {
    let request = client().get(url.as_str().unwrap());
    let request = tag.iter().fold(request, |request, tag| request.header("if-none-match", *tag));
    Answer::read(request.send().await.unwrap()).await
}

fn lines<'a>(text: &'a str, key: &str) -> Vec<&'a str> {
    text.split("\r\n").filter_map(|line| line.strip_prefix(key)).collect()
}

both_databases! {
    async fn a_feed_shows_the_shifts_of_a_schedule(app: TestApp) {
        let (dev, schedule, _, bob) = rota(app).await;
        let over = json!({"user": {"id": bob}, "start": "2026-01-05T12:00", "end": "2026-01-05T14:00"});
        dev.put(&format!("/api/schedules/{schedule}/overrides"), &over).await.expect(200);
        let feed = dev.post("/api/calendar-feeds", &json!({"name": "wall", "schedule": {"id": schedule}})).await.expect(201).json();
        let answer = read(&feed["url"], None).await.expect(200);
        assert_eq!(answer.headers["content-type"], "text/calendar; charset=utf-8");
        assert_eq!(answer.headers["cache-control"], "private, no-cache");
        let text = &answer.text;
        let starts = lines(text, "DTSTART;TZID=Europe/Berlin:");
        assert_eq!(starts[..4], ["20260105T090000", "20260105T120000", "20260105T140000", "20260106T090000"], "{text}");
        assert_eq!(starts.len(), 402, "one a day for 400 days, and the override");
        assert_eq!(lines(text, "SUMMARY:")[..2], ["ann Example: Support\\, nights", "bob Example: Support\\, nights"]);
        assert_eq!(lines(text, "X-WR-CALNAME:"), ["Support\\, nights (on call)"]);
        assert!(text.contains("BEGIN:VTIMEZONE\r\nTZID:Europe/Berlin\r\n"), "{text}");

        // The days that are shown move on; what is known keeps its name.
        let tag = answer.headers["etag"].to_str().unwrap().to_owned();
        let again = read(&feed["url"], Some(&tag)).await.expect(304);
        assert_eq!((again.text.as_str(), &again.headers["etag"]), ("", &answer.headers["etag"]));
        read(&feed["url"], Some(&format!("\"other\", W/{tag}"))).await.expect(304);
        read(&feed["url"], Some("\"other\"")).await.expect(200);
        app.app.clock.advance(minutes(24 * 60));
        let later = read(&feed["url"], Some(&tag)).await.expect(200).text;
        let (before, after) = (lines(text, "UID:"), lines(&later, "UID:"));
        assert!(before.iter().all(|uid| after.contains(uid)), "{before:?}");
        app.app.clock.advance(minutes(100 * 24 * 60));
        let uids = read(&feed["url"], None).await.expect(200).text;
        assert!(!lines(&uids, "UID:").contains(&before[0]), "90 days back");
    }

    async fn a_feed_of_a_person_is_on_their_clocks(app: TestApp) {
        let (dev, schedule, ann, bob) = rota(app).await;
        let anns = app.as_user(watchbell_core::ids::UserId(ann)).await;
        let me = json!({"firstName": "Ann", "lastName": "Lee", "email": "ann@example.com", "timezone": "America/New_York"});
        anns.put("/api/users/current", &me).await.expect(200);
        let own = anns.post("/api/calendar-feeds", &json!({"name": "phone"})).await.expect(201).json();
        let text = read(&own["url"], None).await.expect(200).text;
        assert_eq!(lines(&text, "DTSTART;TZID=America/New_York:")[..2], ["20260105T030000", "20260107T030000"]);
        assert_eq!((lines(&text, "SUMMARY:")[0], lines(&text, "X-WR-CALNAME:")[0]), ("On call: Support\\, nights", "Ann Lee (on call)"));
        let take = json!({"user": {"id": bob}, "start": "2026-01-07T09:00", "end": "2026-01-08T09:00"});
        dev.put(&format!("/api/schedules/{schedule}/overrides"), &take).await.expect(200);
        let text = read(&own["url"], None).await.expect(200).text;
        assert_eq!(lines(&text, "DTSTART;TZID=America/New_York:")[..2], ["20260105T030000", "20260109T030000"], "the next one is the day after");
        let bobs = anns.post("/api/calendar-feeds", &json!({"name": "team", "user": {"id": bob}})).await.expect(201).json();
        let text = read(&bobs["url"], None).await.expect(200).text;
        assert_eq!(lines(&text, "DTSTART:").first(), Some(&"20260106T080000Z"), "Bob lives in UTC");
    }

    async fn a_feed_is_shown_once_listed_and_revoked(app: TestApp) {
        let (dev, schedule, ann, bob) = rota(app).await;
        let made = dev.post("/api/calendar-feeds", &json!({"name": "wall", "schedule": {"id": schedule}})).await.expect(201).json();
        let secret = made["url"].as_str().unwrap().rsplit('/').next().unwrap().trim_end_matches(".ics").to_owned();
        assert_eq!(secret.len(), 43, "256 bits");
        let listed = dev.get("/api/calendar-feeds").await.expect(200).json();
        assert_eq!((&listed[0]["id"], listed[0].get("url"), listed[0].get("usedAt")), (&made["id"], None, None));
        app.app.clock.advance(minutes(5));
        read(&made["url"], None).await.expect(200);
        let path = format!("/api/calendar-feeds/{}", made["id"]);
        assert_eq!(dev.get(&path).await.expect(200).json()["usedAt"], "2026-01-05T08:05:00Z");
        let anns = app.as_user(watchbell_core::ids::UserId(ann)).await;
        anns.get(&path).await.expect(404);
        anns.delete(&path).await.expect(404);
        anns.get(&format!("/api/calendar-feeds?user={bob}")).await.expect(403);
        assert_eq!(anns.get("/api/calendar-feeds").await.expect(200).json(), json!([]));
        for (body, status) in [
            (json!({"schedule": {"id": schedule}}), 400),
            (json!({"name": "x", "schedule": {"id": schedule}, "user": {"id": ann}}), 400),
            (json!({"name": "x", "schedule": {"id": 987654}}), 404),
            (json!({"name": "x", "user": {"id": 987654}}), 404),
        ] {
            dev.post("/api/calendar-feeds", &body).await.expect(status);
        }
        read(&json!(made["url"].as_str().unwrap().replace(&secret, "nobody")), None).await.expect(404);
        dev.delete(&path).await.expect(204);
        read(&made["url"], None).await.expect(404);
    }

    async fn a_feed_shows_no_more_than_its_maker_may_see(app: TestApp) {
        let (_, _, ann, _) = rota(app).await;
        let anns = app.as_user(watchbell_core::ids::UserId(ann)).await;
        let boss = app.user_of_role("boss", Role::Admin).await.id;
        let boss = app.as_user(boss).await;
        let feed = anns.post("/api/calendar-feeds", &json!({"name": "phone"})).await.expect(201).json();
        read(&feed["url"], None).await.expect(200);
        let demoted = json!({"firstName": "Ann", "lastName": "Lee", "email": "ann@example.com", "role": "STAKEHOLDER"});
        boss.put(&format!("/api/users/{ann}"), &demoted).await.expect(200);
        read(&feed["url"], None).await.expect(404);
    }

    async fn there_is_a_limit_to_feeds(app: TestApp) {
        let (dev, ..) = rota(app).await;
        for nth in 0..50 {
            dev.post("/api/calendar-feeds", &json!({"name": nth.to_string()})).await.expect(201);
        }
        let refused = dev.post("/api/calendar-feeds", &json!({"name": "one more"})).await.expect(400).json();
        assert!(refused["message"].as_str().unwrap().contains("at most 50"), "{refused}");
    }
}
