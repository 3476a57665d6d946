//! Calendars of public holidays: entered, read from an address, and what hangs on them.

use serde_json::{Value, json};
use watchbell_core::user::Role;
use watchbell_sim::hook::{Hook, HookAnswer, HookSimConfig};
use watchbell_testkit::http::Caller;
use watchbell_testkit::{TestApp, both_databases, minutes};

async fn configurer(app: &mut TestApp) -> Caller {
    let id = app.user_of_role("dev", Role::User).await.id;
    app.as_user(id).await
}

/// A server that answers with a calendar.
pub async fn serving(text: &str) -> Hook {
    let hook = Hook::start(HookSimConfig::default()).await.unwrap();
    hook.answer(HookAnswer { body: text.replace('\n', "\r\n"), ..HookAnswer::default() });
    hook
}

fn holiday(day: &str, name: &str) -> Value {
    json!({"date": day, "name": name})
}

both_databases! {
    async fn a_list_of_days_is_made_changed_and_deleted_and_what_has_begun_stays(app: TestApp) {
        let caller = configurer(app).await;
        let epiphany = holiday("2026-01-06", "Epiphany");
        let body = json!({"name": "Bavaria", "holidays": [epiphany, holiday("2026-05-01", "Labour Day"), holiday("2026-01-01", "New Year")]});
        let made = caller.post("/api/holiday-calendars", &body).await.expect(201).json();
        assert_eq!(made["holidays"], json!([holiday("2026-01-01", "New Year"), epiphany, holiday("2026-05-01", "Labour Day")]));
        let path = format!("/api/holiday-calendars/{}", made["id"]);
        assert_eq!(caller.get(&path).await.expect(200).json(), made);
        let listed = caller.get("/api/holiday-calendars").await.expect(200).json();
        assert_eq!((&listed[0]["name"], listed[0].get("holidays")), (&json!("Bavaria"), None));

        let changed = caller.put(&path, &json!({"name": "Bavaria", "holidays": [holiday("2026-06-04", "Corpus Christi")]})).await.expect(200).json();
        assert_eq!(changed["holidays"], json!([holiday("2026-01-01", "New Year"), holiday("2026-06-04", "Corpus Christi")]));
        let renamed = caller.put(&path, &json!({"name": "BY"})).await.expect(200).json();
        assert_eq!(renamed["holidays"], changed["holidays"]);
        caller.delete(&path).await.expect(204);
        caller.get(&path).await.expect(404);
    }

    async fn a_holiday_of_tomorrow_counts_and_one_that_has_begun_is_refused_aloud(app: TestApp) {
        let ann = app.user("ann").await.id;
        let caller = configurer(app).await;
        let made = caller.post("/api/holiday-calendars", &json!({"name": "BY", "holidays": [holiday("2026-05-01", "Labour Day")]})).await.expect(201).json();
        let path = format!("/api/holiday-calendars/{}", made["id"]);
        let layer = json!({"name": "L", "startsOn": "2026-01-05T00:00", "users": [{"id": ann}], "rotation": "P1D", "holidays": "NEVER"});
        let body = json!({"name": "Desk", "timezone": "Europe/Berlin", "calendar": {"id": made["id"]}, "scheduleLayers": [layer]});
        caller.post("/api/schedules", &body).await.expect(201);
        // In the first zones of the world the 6th has begun; in Berlin it is Monday the 5th, noon.
        app.jump(minutes(3 * 60)).await;
        let both = json!({"name": "BY", "holidays": [holiday("2026-01-06", "Epiphany"), holiday("2026-05-01", "Labour Day")]});
        let changed = caller.put(&path, &both).await.expect(200).json();
        assert_eq!(changed["holidays"], both["holidays"]);

        app.jump(minutes(12 * 60 + 30)).await;
        let refused = |answer: Value| answer["message"].as_str().unwrap().to_owned();
        for days in [vec![holiday("2026-01-06", "Three Kings")], vec![holiday("2026-01-05", "x"), holiday("2026-01-06", "Epiphany")], Vec::new()] {
            let error = refused(caller.put(&path, &json!({"name": "BY", "holidays": days})).await.expect(400).json());
            assert!(error.contains("has begun and stays as it was: use an override"), "{error}");
        }
        caller.put(&path, &both).await.expect(200);
        app.jump(minutes(24 * 60)).await;
        let without = caller.put(&path, &json!({"name": "BY", "holidays": [holiday("2026-05-01", "Labour Day")]})).await.expect(200).json();
        assert_eq!(without["holidays"], both["holidays"], "a list need not go on naming what is over");
    }

    async fn bad_calendars_are_refused_with_the_field(app: TestApp) {
        let caller = configurer(app).await;
        for (body, says) in [
            (json!({}), "name"),
            (json!({"name": "x", "holidays": [{"date": "2026-02-30", "name": "x"}]}), "holidays[0].date: must be a day"),
            (json!({"name": "x", "holidays": [holiday("2026-01-06", "a"), holiday("2026-01-06", "b")]}), "holidays[1].date: 2026-01-06 is named twice"),
            (json!({"name": "x", "holidays": [holiday("2026-01-06", " ")]}), "holidays[0].name"),
            (json!({"name": "x", "url": "ftp://example.com/x"}), "url: must be an address"),
            (json!({"name": "x", "url": "http://169.254.169.254/x"}), "url: "),
        ] {
            let error = caller.post("/api/holiday-calendars", &body).await.expect(400).json();
            assert!(error["message"].as_str().unwrap().starts_with(says), "{says}: {error}");
        }
        caller.post("/api/holiday-calendars", &json!({"name": "x"})).await.expect(201);
        caller.post("/api/holiday-calendars", &json!({"name": "X"})).await.expect(400);
        let days = |count: i64| {
            let day = |nth: i64| holiday(&(jiff::civil::date(2027, 1, 1) + jiff::SignedDuration::from_hours(24 * nth)).to_string(), "x");
            json!({"name": count.to_string(), "holidays": (0..count).map(day).collect::<Vec<_>>()})
        };
        caller.post("/api/holiday-calendars", &days(5_000)).await.expect(201);
        caller.post("/api/holiday-calendars", &days(5_001)).await.expect(400);
    }

    async fn an_address_is_read_at_once_and_each_day(app: TestApp) {
        let caller = configurer(app).await;
        let server = serving("BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nDTSTART;VALUE=DATE:20200106\nRRULE:FREQ=YEARLY\nSUMMARY:Epiphany\nEND:VEVENT\nEND:VCALENDAR\n").await;
        let made = caller.post("/api/holiday-calendars", &json!({"name": "Feed", "url": format!("{}/by.ics", server.url())})).await.expect(201).json();
        let path = format!("/api/holiday-calendars/{}", made["id"]);
        app.settle().await;
        let read = caller.get(&path).await.expect(200).json();
        assert_eq!(read["readAt"], json!("2026-01-05T08:00:00Z"));
        let days: Vec<&str> = read["holidays"].as_array().unwrap().iter().map(|day| day["date"].as_str().unwrap()).collect();
        assert_eq!(days, ["2025-01-06", "2026-01-06", "2027-01-06", "2028-01-06", "2029-01-06"]);

        server.answer(HookAnswer { body: "<html>log in</html>".into(), ..HookAnswer::default() });
        app.jump(minutes(24 * 60)).await;
        let unread = caller.get(&path).await.expect(200).json();
        assert!(unread["error"].as_str().unwrap().starts_with("this is no iCalendar text"), "{unread}");
        assert_eq!(unread["holidays"], read["holidays"], "what was read stays");

        server.answer(HookAnswer { body: "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:2\r\nDTSTART;VALUE=DATE:20261224\r\nSUMMARY:Eve\r\nEND:VEVENT\r\nEND:VCALENDAR".into(), ..HookAnswer::default() });
        app.jump(minutes(60)).await;
        let again = caller.get(&path).await.expect(200).json();
        assert_eq!(again["error"], json!("2026-01-06: it had begun before this was read, and stays as it was"), "today is taken back too late");
        let days: Vec<&str> = again["holidays"].as_array().unwrap().iter().map(|day| day["date"].as_str().unwrap()).collect();
        assert_eq!(days, ["2025-01-06", "2026-01-06", "2026-12-24"], "what has begun stays");

        // It is Wednesday the 7th by then: a feed that names today too late says so.
        server.answer(HookAnswer { body: "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:2\r\nDTSTART;VALUE=DATE:20260107\r\nSUMMARY:Storm\r\nEND:VEVENT\r\nEND:VCALENDAR".into(), ..HookAnswer::default() });
        app.jump(minutes(24 * 60)).await;
        let late = caller.get(&path).await.expect(200).json();
        assert_eq!(late["error"], json!("2026-01-07: it had begun before this was read, and stays as it was"));
        server.answer(HookAnswer { body: "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:2\r\nDTSTART;VALUE=DATE:20261224\r\nSUMMARY:Eve\r\nEND:VEVENT\r\nEND:VCALENDAR".into(), ..HookAnswer::default() });
        app.jump(minutes(24 * 60)).await;
        let again = caller.get(&path).await.expect(200).json();
        assert_eq!(again.get("error"), None);
        let list = caller.put(&path, &json!({"name": "Feed", "url": null})).await.expect(200).json();
        assert_eq!((list.get("url"), &list["holidays"]), (None, &again["holidays"]));
    }

    async fn a_calendar_that_a_schedule_counts_by_is_not_deleted(app: TestApp) {
        let ann = app.user("ann").await.id;
        let caller = configurer(app).await;
        let calendar = caller.post("/api/holiday-calendars", &json!({"name": "BY", "holidays": [holiday("2026-01-07", "x")]})).await.expect(201).json();
        let layer = json!({"name": "L", "startsOn": "2026-01-05T00:00", "users": [{"id": ann}], "rotation": "P1D", "holidays": "NEVER"});
        let body = json!({"name": "Desk", "timezone": "UTC", "calendar": {"id": calendar["id"]}, "scheduleLayers": [layer]});
        let schedule = caller.post("/api/schedules", &body).await.expect(201).json();
        let error = caller.delete(&format!("/api/holiday-calendars/{}", calendar["id"])).await.expect(409).json();
        assert!(error["message"].as_str().unwrap().contains("the schedule \"Desk\""), "{error}");
        let coverage = caller.get(&format!("/api/schedules/{}/coverage?until=2026-01-09T00:00", schedule["id"])).await.expect(200).json();
        assert_eq!(coverage["gaps"], json!([{"start": "2026-01-07T00:00:00Z", "end": "2026-01-08T00:00:00Z"}]));
        assert_eq!(coverage["holidays"], json!([holiday("2026-01-07", "x")]));
    }
}
