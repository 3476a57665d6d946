//! Maintenance windows: events are kept and alerts shown, nobody is paged, and what is still open pages at the end.

use jiff::Timestamp;
use serde_json::{Value, json};
use watchbell_core::alert::{Happening, Priority, Status};
use watchbell_core::priority_rule::PriorityRule;
use watchbell_core::timeline::Entry;
use watchbell_core::user::Role;
use watchbell_testkit::http::Caller;
use watchbell_testkit::{Person, TestApp, TestSource, both_databases, event, level, minutes, seconds};

async fn dev(app: &mut TestApp) -> Caller {
    let dev = app.user_of_role("dev", Role::User).await.id;
    app.as_user(dev).await
}

async fn source(app: &TestApp, person: &Person) -> TestSource {
    app.source().escalating_to([level(person, minutes(600))]).await
}

fn window(source: &TestSource, start: &str, end: &str) -> Value {
    json!({"summary": "Patch night", "start": start, "end": end, "timezone": "UTC", "alertSources": [{"id": source.id}]})
}

async fn held_until(app: &TestApp, alert: watchbell_core::ids::AlertId) -> Option<String> {
    app.alert(alert).await.held.map(|hold| hold.until.to_string())
}

async fn make(dev: &Caller, window: &Value) -> String {
    format!("/api/maintenance-windows/{}", dev.post("/api/maintenance-windows", window).await.expect(200).json()["id"])
}

both_databases! {
    /// The clock begins at 08:00.
    async fn what_is_still_open_at_the_end_pages_then_and_what_ran_before_goes_on(app: TestApp) {
        let (dev, ann, bob) = (dev(app).await, app.user("ann").await, app.user("bob").await);
        let source = app.source().escalating_to([level(&ann, minutes(10)), level(&bob, minutes(600))]).await;
        let running = source.send(app, event("before")).await.unwrap();
        ann.expect_mail(app, "before").await;
        make(&dev, &window(&source, "2026-01-05T08:00:00Z", "2026-01-05T09:00:00Z")).await;
        let waiting = source.send(app, event("during")).await.unwrap();
        let over = source.send(app, event("over by then")).await.unwrap();
        assert_eq!(held_until(app, waiting).await.as_deref(), Some("2026-01-05T09:00:00Z"));
        let shown = dev.get(&format!("/api/alerts/{waiting}")).await.expect(200).json();
        assert_eq!((&shown["held"]["reason"], &shown["held"]["name"], &shown["status"]), (&json!("MAINTENANCE"), &json!("Patch night"), &json!("PENDING")));
        assert_eq!(shown["alertSource"]["status"], "IN_MAINTENANCE");

        // ESC-11: an escalation that runs goes on to its next level.
        app.advance(minutes(10)).await;
        bob.expect_mail(app, "before").await;
        app.happen(running, ann.id, Happening::Accepted).await;
        app.happen(over, ann.id, Happening::Resolved { reason: None }).await;
        app.advance(minutes(50) - seconds(1)).await;
        assert_eq!(ann.mails(app), 1);
        app.advance(seconds(1)).await;
        ann.expect_mail(app, "during").await;
        assert_eq!(dev.get(&format!("/api/alert-sources/{}", source.id)).await.expect(200).json()["status"], "PENDING");
        assert_eq!(app.entries(waiting).await.iter().filter(|entry| matches!(entry, Entry::Held { .. })).count(), 1);
    }

    async fn the_border_itself_is_outside_and_the_begin_is_inside(app: TestApp) {
        let (dev, ann) = (dev(app).await, app.user("ann").await);
        let source = source(app, &ann).await;
        make(&dev, &window(&source, "2026-01-05T08:10:00Z", "2026-01-05T08:20:00Z")).await;
        source.send(app, event("just before")).await.unwrap();
        ann.expect_mail(app, "just before").await;
        app.advance(minutes(10)).await;
        let inside = source.send(app, event("at the begin")).await.unwrap();
        assert!(held_until(app, inside).await.is_some());
        app.happen(inside, ann.id, Happening::Accepted).await;
        app.advance(minutes(10)).await;
        let outside = source.send(app, event("at the end")).await.unwrap();
        ann.expect_mail(app, "at the end").await;
        assert_eq!(held_until(app, outside).await, None);
    }

    async fn an_ended_or_deleted_window_pages_at_once_and_a_longer_one_later(app: TestApp) {
        let (dev, ann) = (dev(app).await, app.user("ann").await);
        let source = source(app, &ann).await;
        let path = make(&dev, &window(&source, "2026-01-05T07:00:00Z", "2026-01-05T09:00:00Z")).await;
        source.send(app, event("first")).await.unwrap();
        dev.put(&path, &window(&source, "2026-01-05T07:00:00Z", "2026-01-05T10:00:00Z")).await.expect(200);
        app.advance(minutes(90)).await;
        assert_eq!(ann.mails(app), 0);
        let ended = dev.put(&format!("{path}/end"), &json!({})).await.expect(200).json();
        assert_eq!((&ended["state"], ended.get("current")), (&json!("CLOSED"), None));
        app.settle().await;
        ann.expect_mail(app, "first").await;
        dev.put(&format!("{path}/end"), &json!({})).await.expect(400);
        let named = dev.put(&path, &window(&source, "2026-01-05T07:00:00Z", "2026-01-05T10:00:00Z")).await.expect(200).json();
        assert_eq!(named["state"], "CLOSED", "the same times do not open it again");
        let longer = dev.put(&path, &window(&source, "2026-01-05T07:00:00Z", "2026-01-05T11:00:00Z")).await.expect(200).json();
        assert_eq!(longer["state"], "OPEN", "made longer after its end, it opens anew");
        dev.put(&format!("{path}/end"), &json!({})).await.expect(200);

        let other = make(&dev, &window(&source, "2026-01-05T09:00:00Z", "2026-01-05T12:00:00Z")).await;
        source.send(app, event("second")).await.unwrap();
        app.settle().await;
        assert_eq!(ann.mails(app), 1);
        dev.delete(&other).await.expect(204);
        app.settle().await;
        ann.expect_mail(app, "second").await;
        dev.get(&other).await.expect(404);
    }

    async fn a_window_that_does_not_page_at_its_end_leaves_the_alert_to_people(app: TestApp) {
        let (dev, ann) = (dev(app).await, app.user("ann").await);
        let source = source(app, &ann).await;
        let mut silent = window(&source, "2026-01-05T07:00:00Z", "2026-01-05T09:00:00Z");
        silent["pageAtEnd"] = json!(false);
        let path = make(&dev, &silent).await;
        let alert = source.send(app, event("left")).await.unwrap();
        let chosen = source.send(app, event("chosen")).await.unwrap();
        app.happen(chosen, ann.id, Happening::EscalatedNow).await;
        ann.expect_mail(app, "chosen").await;
        app.advance(minutes(120)).await;
        let left = app.alert(alert).await;
        assert_eq!((left.status, left.escalation.next_step_at, left.held.map(|hold| hold.pages_then)), (Status::Pending, None, Some(false)));
        dev.delete(&path).await.expect(204);
        app.advance(minutes(1)).await;
        assert_eq!(ann.mails(app), 1);
    }

    async fn customers_devices_and_words_narrow_a_window(app: TestApp) {
        let (dev, ann) = (dev(app).await, app.user("ann").await);
        let source = source(app, &ann).await;
        let mut narrow = window(&source, "2026-01-05T07:00:00Z", "2026-01-05T09:00:00Z");
        (narrow["words"], narrow["configurationItems"]) = (json!(["reboot", "offline"]), json!(["SRV-01"]));
        let path = make(&dev, &narrow).await;
        let covered = source.send(app, event("srv-01 is OFFLINE")).await.unwrap();
        assert!(held_until(app, covered).await.is_some());
        source.send(app, event("srv-011 is offline")).await.unwrap();
        ann.expect_mail(app, "srv-011 is offline").await;
        assert_eq!(dev.get(&format!("/api/alert-sources/{}", source.id)).await.expect(200).json()["status"], "PENDING");
        // Edited so that it covers the alert no more: it pages.
        (narrow["words"], narrow["customers"]) = (json!([]), json!(["Contoso"]));
        let edited = dev.put(&path, &narrow).await.expect(200).json();
        assert_eq!((&edited["words"], &edited["configurationItems"]), (&json!([]), &json!(["SRV-01"])));
        app.settle().await;
        ann.expect_mail(app, "srv-01 is OFFLINE").await;
    }

    async fn a_window_comes_back_in_civil_time(app: TestApp) {
        let (dev, ann) = (dev(app).await, app.user("ann").await);
        let source = source(app, &ann).await;
        let mut weekly = window(&source, "2026-03-21T23:00:00", "2026-03-22T04:00:00");
        (weekly["timezone"], weekly["recurrence"]) = (json!("Europe/Berlin"), json!({"unit": "WEEKS"}));
        let made = dev.post("/api/maintenance-windows", &weekly).await.expect(200).json();
        assert_eq!((&made["start"], &made["next"]["from"]), (&json!("2026-03-21T22:00:00Z"), &json!("2026-03-21T22:00:00Z")));
        let to: Timestamp = "2026-03-28T22:30:00Z".parse().unwrap();
        app.app.clock.advance(to.duration_since(app.app.clock.now()));
        app.settle().await;
        let alert = source.send(app, event("in the short night")).await.unwrap();
        assert_eq!(held_until(app, alert).await.as_deref(), Some("2026-03-29T02:00:00Z"));
        app.advance(minutes(209)).await;
        assert_eq!(ann.mails(app), 0);
        app.advance(minutes(1)).await;
        ann.expect_mail(app, "in the short night").await;
        let path = format!("/api/maintenance-windows/{}", made["id"]);
        assert_eq!(dev.get(&path).await.expect(200).json()["next"]["from"], "2026-04-04T21:00:00Z");
    }

    async fn maintenance_and_silent_hours_hold_until_the_later_of_both(app: TestApp) {
        let (dev, ann) = (dev(app).await, app.user("ann").await);
        let day = json!({"start": "09:00", "end": "17:00"});
        let hours = dev.post("/api/support-hours", &json!({"name": "Office", "timezone": "UTC", "supportDays": {"MONDAY": day}})).await.expect(201).json()["id"].as_i64().unwrap();
        let hours = Some(watchbell_core::ids::SupportHoursId(hours));
        let by_hours = |rule| move |s: &mut watchbell_store::sources::SourceIn| (s.priority_rule, s.support_hours, s.auto_raise) = (rule, hours, true);
        let silent = app.source().with(by_hours(PriorityRule::SilentOutsideSupportHours)).escalating_to([level(&ann, minutes(600))]).await;
        let quiet = app.source().with(by_hours(PriorityRule::HighDuringSupportHours)).escalating_to([level(&ann, minutes(600))]).await;
        for source in [&silent, &quiet] {
            make(&dev, &window(source, "2026-01-05T07:00:00Z", "2026-01-05T10:00:00Z")).await;
        }
        let asleep = silent.send(app, event("asleep")).await.unwrap();
        let low = quiet.send(app, event("low")).await.unwrap();
        assert_eq!(held_until(app, asleep).await.as_deref(), Some("2026-01-05T10:00:00Z"));
        app.advance(minutes(90)).await;
        // The border of the hours raises it, but the window holds it still.
        let raised = app.alert(low).await;
        assert_eq!((raised.priority, raised.held.is_some(), ann.mails(app)), (Priority::High, true, 0));
        app.advance(minutes(30)).await;
        ann.expect_mail(app, "asleep").await;
        ann.expect_mail(app, "low").await;
    }

    async fn windows_in_ilerts_shape(app: TestApp) {
        let (dev, ann) = (dev(app).await, app.user("ann").await);
        let source = source(app, &ann).await;
        let mut body = window(&source, "2026-01-05T09:00:00+01:00", "2026-01-05T10:00:00Z");
        (body["description"], body["services"], body["notifications"]) = (json!("**Patches**"), json!([]), json!({"atStart": true}));
        let made = dev.post("/api/maintenance-windows", &body).await.expect(200).json();
        assert_eq!((&made["start"], &made["end"], &made["timezone"]), (&json!("2026-01-05T08:00:00Z"), &json!("2026-01-05T10:00:00Z"), &json!("UTC")));
        assert_eq!((&made["notifications"], &made["services"], &made["pageAtEnd"]), (&json!({"atStart": true}), &json!([]), &json!(true)));
        assert_eq!((&made["alertSources"][0]["id"], &made["current"]["until"]), (&json!(source.id), &json!("2026-01-05T10:00:00Z")));
        make(&dev, &window(&source, "2026-01-04T09:00:00Z", "2026-01-04T10:00:00Z")).await;
        for (query, count) in [
            ("", 2), ("?state=OPEN", 1), ("?state=CLOSED", 1), ("?sources=1&sources=987", usize::from(source.id.0 == 1) * 2), ("?from=2026-01-05T00:00:00Z", 1),
            ("?until=2026-01-04T12:00:00Z", 1), ("?max-results=1", 1), ("?start-index=1", 1),
        ] {
            let listed = dev.get(&format!("/api/maintenance-windows{query}")).await.expect(200).json();
            assert_eq!(listed.as_array().unwrap().len(), count, "{query}: {listed}");
        }
        dev.get("/api/maintenance-windows?state=MAYBE").await.expect(400);
        dev.get("/api/maintenance-windows?max-results=101").await.expect(400);
        for (field, value) in [
            ("summary", json!("")), ("start", json!("soon")), ("end", json!("2026-01-05T08:00:00Z")), ("end", json!("2026-02-05T08:00:01Z")), ("timezone", json!("Mars/Olympus")),
            ("alertSources", json!([])), ("alertSources", json!([{"id": 987}])), ("words", json!([""])), ("customers", json!(["x".repeat(256)])),
            ("recurrence", json!({"unit": "HOURS"})), ("recurrence", json!({"unit": "DAYS", "count": 367})), ("words", json!((0..101).map(|n| n.to_string()).collect::<Vec<_>>())),
        ] {
            let mut wrong = body.clone();
            wrong[field] = value.clone();
            let error = dev.post("/api/maintenance-windows", &wrong).await.expect(400).json();
            assert!(error["message"].as_str().unwrap().starts_with(field), "{field} {value}: {error}");
        }
        // As long as may be, and almost always: the first is taken, the second is not.
        let longest = window(&source, "2026-01-05T08:00:00Z", "2026-02-05T08:00:00Z");
        dev.post("/api/maintenance-windows", &longest).await.expect(200);
        let mut always = window(&source, "2026-01-05T08:00:00Z", "2026-01-06T07:30:00Z");
        always["recurrence"] = json!({"unit": "DAYS"});
        let error = dev.post("/api/maintenance-windows", &always).await.expect(400).json();
        assert!(error["message"].as_str().unwrap().starts_with("recurrence"), "{error}");
    }
}
