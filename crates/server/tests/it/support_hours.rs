//! Support hours: who is paged during them, and what becomes of what opens outside.

use serde_json::{Value, json};
use watchbell_core::alert::{Happening, Priority, Status};
use watchbell_core::hold::Because;
use watchbell_core::ids::SupportHoursId;
use watchbell_core::priority_rule::PriorityRule;
use watchbell_core::timeline::Entry;
use watchbell_core::user::Role;
use watchbell_testkit::http::Caller;
use watchbell_testkit::{Person, TestApp, TestSource, both_databases, event, level, minutes, seconds};

/// Monday to Friday, in a zone.
fn office(name: &str, zone: &str, start: &str, end: &str) -> Value {
    let day = json!({"start": start, "end": end});
    json!({"name": name, "timezone": zone, "supportDays": {"MONDAY": day, "TUESDAY": day, "WEDNESDAY": day, "THURSDAY": day, "FRIDAY": day}})
}

async fn dev(app: &mut TestApp) -> Caller {
    let dev = app.user_of_role("dev", Role::User).await.id;
    app.as_user(dev).await
}

async fn make(dev: &Caller, hours: &Value) -> SupportHoursId {
    SupportHoursId(dev.post("/api/support-hours", hours).await.expect(201).json()["id"].as_i64().unwrap())
}

/// A source by these hours whose policy calls one person, for an hour.
async fn source(
    app: &TestApp,
    person: &Person,
    rule: PriorityRule,
    hours: SupportHoursId,
    auto_raise: bool,
) -> TestSource {
    let by_hours = |s: &mut watchbell_store::sources::SourceIn| {
        (s.priority_rule, s.support_hours, s.auto_raise) = (rule, Some(hours), auto_raise)
    };
    app.source().with(by_hours).escalating_to([level(person, minutes(60))]).await
}

/// Moves the clock without stopping on the way.
async fn jump(app: &mut TestApp, to: &str) {
    app.jump_to(to.parse().unwrap()).await;
}

async fn held_until(app: &TestApp, alert: watchbell_core::ids::AlertId) -> Option<String> {
    app.alert(alert).await.held.map(|hold| hold.until.to_string())
}

both_databases! {
    async fn outside_the_hours_an_alert_is_quiet_and_is_raised_where_they_begin(app: TestApp) {
        let (dev, ann) = (dev(app).await, app.user("ann").await);
        let hours = make(&dev, &office("Office", "UTC", "09:00", "17:00")).await;
        let source = source(app, &ann, PriorityRule::HighDuringSupportHours, hours, true).await;
        let alert = source.send(app, event("disk full")).await.unwrap();
        ann.expect_mail(app, "[Quiet] disk full").await;
        let quiet = app.alert(alert).await;
        assert_eq!((quiet.priority, quiet.raise_at.map(|at| at.to_string())), (Priority::Low, Some("2026-01-05T09:00:00Z".into())));

        app.advance(minutes(60) - seconds(1)).await;
        assert_eq!(ann.mails(app), 1);
        app.advance(seconds(1)).await;
        ann.expect_mail(app, "disk full").await;
        let raised = app.alert(alert).await;
        assert_eq!((raised.priority, raised.raise_at), (Priority::High, None));
        assert!(app.entries(alert).await.contains(&Entry::Raised));
        // What opens at the very border is loud by itself.
        let loud = source.send(app, event("at the border")).await.unwrap();
        ann.expect_mail(app, "at the border").await;
        assert_eq!(app.alert(loud).await.priority, Priority::High);
    }

    async fn who_has_it_at_the_border_is_not_raised_and_an_event_that_says_its_priority_is_believed(app: TestApp) {
        let (dev, ann) = (dev(app).await, app.user("ann").await);
        let hours = make(&dev, &office("Office", "UTC", "09:00", "17:00")).await;
        let source = source(app, &ann, PriorityRule::HighDuringSupportHours, hours, true).await;
        let taken = source.send(app, event("taken")).await.unwrap();
        ann.expect_mail(app, "[Quiet] taken").await;
        app.happen(taken, ann.id, Happening::Accepted).await;
        for (word, priority) in [("HIGH", Priority::High), ("LOW", Priority::Low)] {
            let mut said = event(&format!("said {word}"));
            said["priority"] = word.into();
            let alert = source.send(app, said).await.unwrap();
            ann.expect_mail(app, &format!("said {word}")).await;
            let alert = app.alert(alert).await;
            assert_eq!((alert.priority, alert.raise_at), (priority, None));
            app.happen(alert.id, ann.id, Happening::Resolved { reason: None }).await;
            // Later ones in the same three minutes would be bundled.
            app.advance(minutes(4)).await;
        }
        app.advance(minutes(61)).await;
        assert_eq!((app.alert(taken).await.priority, app.alert(taken).await.status), (Priority::Low, Status::Accepted));
        // It comes back to pending in the hours: what is quiet only for the night pages at once.
        app.happen(taken, ann.id, Happening::Unaccepted { reason: "nobody works on it".into() }).await;
        ann.expect_mail(app, "taken").await;
        assert_eq!(app.alert(taken).await.priority, Priority::High);
    }

    async fn silent_outside_pages_at_the_start_and_says_why_until_then(app: TestApp) {
        let (dev, ann) = (dev(app).await, app.user("ann").await);
        let hours = make(&dev, &office("Contoso", "UTC", "09:00", "17:00")).await;
        let source = source(app, &ann, PriorityRule::SilentOutsideSupportHours, hours, false).await;
        let alert = source.send(app, event("disk full")).await.unwrap();
        let over = source.send(app, event("over by then")).await.unwrap();
        assert_eq!(held_until(app, alert).await.as_deref(), Some("2026-01-05T09:00:00Z"));
        assert!(matches!(&app.entries(alert).await[..], [Entry::Held { hold }] if hold.because == Because::SupportHours(hours)));
        let shown = dev.get(&format!("/api/alerts/{alert}")).await.expect(200).json();
        assert_eq!(shown["held"], json!({"reason": "SUPPORT_HOURS", "id": hours.0, "name": "Contoso", "until": "2026-01-05T09:00:00Z", "pagesThen": true}));
        app.happen(over, ann.id, Happening::Resolved { reason: None }).await;

        app.advance(minutes(60) - seconds(1)).await;
        assert_eq!(ann.mails(app), 0);
        app.advance(seconds(1)).await;
        ann.expect_mail(app, "disk full").await;
        assert_eq!((held_until(app, alert).await, app.alert(alert).await.escalation.level), (None, 0));
        source.send(app, event("during")).await.unwrap();
        ann.expect_mail(app, "during").await;
    }

    async fn a_person_who_asks_for_pages_ends_the_silence(app: TestApp) {
        let (dev, ann) = (dev(app).await, app.user("ann").await);
        let hours = make(&dev, &office("Office", "UTC", "09:00", "17:00")).await;
        let source = source(app, &ann, PriorityRule::SilentOutsideSupportHours, hours, false).await;
        for happening in [Happening::EscalatedNow, Happening::Raised] {
            let alert = source.send(app, event("asleep")).await.unwrap();
            app.happen(alert, ann.id, happening).await;
            ann.expect_mail(app, "asleep").await;
            assert_eq!(held_until(app, alert).await, None);
            app.happen(alert, ann.id, Happening::Accepted).await;
            app.advance(minutes(4)).await;
        }
        // Whoever opens one by hand wants pages.
        let responder = app.as_user(ann.id).await;
        responder.post("/api/alerts", &json!({"summary": "by hand", "alertSource": {"id": source.id}})).await.expect(201);
        app.settle().await;
        ann.expect_mail(app, "by hand").await;
    }

    async fn hours_that_are_edited_count_at_once_for_what_waits(app: TestApp) {
        let (dev, ann) = (dev(app).await, app.user("ann").await);
        let hours = make(&dev, &office("Office", "UTC", "09:00", "17:00")).await;
        let path = format!("/api/support-hours/{hours}");
        let silent = source(app, &ann, PriorityRule::SilentOutsideSupportHours, hours, false).await;
        let quiet = source(app, &ann, PriorityRule::HighDuringSupportHours, hours, true).await;
        let held = silent.send(app, event("held")).await.unwrap();
        let low = quiet.send(app, event("low")).await.unwrap();
        ann.expect_mail(app, "[Quiet] low").await;

        dev.put(&path, &office("Office", "UTC", "10:00", "17:00")).await.expect(200);
        app.settle().await;
        assert_eq!(held_until(app, held).await.as_deref(), Some("2026-01-05T10:00:00Z"));
        assert_eq!(app.alert(low).await.raise_at.map(|at| at.to_string()).as_deref(), Some("2026-01-05T10:00:00Z"));
        app.advance(minutes(90)).await;
        assert_eq!(ann.mails(app), 1, "the old border means nothing any more");

        dev.put(&path, &office("Office", "UTC", "09:30", "17:00")).await.expect(200);
        app.settle().await;
        ann.expect_mail(app, "held").await;
        ann.expect_mail(app, "low").await;
    }

    async fn a_source_that_is_silent_no_more_pages_what_it_held(app: TestApp) {
        let (dev, ann) = (dev(app).await, app.user("ann").await);
        let hours = make(&dev, &office("Office", "UTC", "09:00", "17:00")).await;
        let source = source(app, &ann, PriorityRule::SilentOutsideSupportHours, hours, false).await;
        source.send(app, event("held")).await.unwrap();
        dev.delete(&format!("/api/support-hours/{hours}")).await.expect(409);
        let path = format!("/api/alert-sources/{}", source.id);
        let shown = dev.get(&path).await.expect(200).json();
        let change = json!({"name": shown["name"], "integrationType": "API", "escalationPolicy": {"id": source.policy}, "alertPriorityRule": "HIGH", "supportHours": null});
        dev.put(&path, &change).await.expect(200);
        app.settle().await;
        ann.expect_mail(app, "held").await;
        dev.delete(&format!("/api/support-hours/{hours}")).await.expect(204);
        dev.get(&format!("/api/support-hours/{hours}")).await.expect(404);
    }

    async fn where_the_clocks_change_the_border_is_civil(app: TestApp) {
        let (dev, ann) = (dev(app).await, app.user("ann").await);
        let hours = make(&dev, &office("Berlin", "Europe/Berlin", "08:00", "17:00")).await;
        let source = source(app, &ann, PriorityRule::SilentOutsideSupportHours, hours, false).await;
        jump(app, "2026-03-28T20:00:00Z").await;
        let alert = source.send(app, event("weekend")).await.unwrap();
        // Monday 08:00 is summer time by then.
        assert_eq!(held_until(app, alert).await.as_deref(), Some("2026-03-30T06:00:00Z"));
        jump(app, "2026-03-30T05:59:59Z").await;
        assert_eq!(ann.mails(app), 0);
        app.advance(seconds(1)).await;
        ann.expect_mail(app, "weekend").await;
        app.happen(alert, ann.id, Happening::Accepted).await;
        jump(app, "2026-10-24T20:00:00Z").await;
        let autumn = source.send(app, event("autumn")).await.unwrap();
        assert_eq!(held_until(app, autumn).await.as_deref(), Some("2026-10-26T07:00:00Z"));
    }

    async fn a_holiday_and_an_exception_are_outside(app: TestApp) {
        let (dev, ann) = (dev(app).await, app.user("ann").await);
        app.tamper("INSERT INTO holiday_calendar (id, org_id, name, name_folded, origin, created_at, updated_at) VALUES (7, 1, 'BY', 'by', '{}', 0, 0)").await;
        app.tamper("INSERT INTO holiday (org_id, calendar_id, day, name) VALUES (1, 7, '2026-01-06', 'Epiphany')").await;
        let mut body = office("Bavaria", "UTC", "09:00", "17:00");
        body["holidayCalendar"] = json!({"id": 7});
        body["exceptions"] = json!([{"name": "Stocktaking", "start": "2026-01-07", "end": "2026-01-07", "supportStatus": "OUTSIDE"}]);
        let hours = make(&dev, &body).await;
        let source = source(app, &ann, PriorityRule::SilentOutsideSupportHours, hours, false).await;
        jump(app, "2026-01-05T17:00:00Z").await;
        let alert = source.send(app, event("after work")).await.unwrap();
        assert_eq!(held_until(app, alert).await.as_deref(), Some("2026-01-08T09:00:00Z"));
        app.happen(alert, ann.id, Happening::Resolved { reason: None }).await;
    }

    async fn support_hours_in_ilerts_shape_and_ours(app: TestApp) {
        let dev = dev(app).await;
        let made = dev.post("/api/support-hours", &office("Office", "Europe/Berlin", "08:00", "17:30")).await.expect(201).json();
        assert_eq!((&made["supportDays"]["FRIDAY"], &made["supportDays"].get("SATURDAY")), (&json!({"start": "08:00", "end": "17:30"}), &None));
        assert_eq!((&made["exceptions"], &made["teams"], &made["during"]), (&json!([]), &json!([]), &json!(true)));
        assert_eq!(made["nextBorder"], "2026-01-05T16:30:00Z");
        let path = format!("/api/support-hours/{}", made["id"]);
        let mut body = office("Office", "Europe/Berlin", "08:00", "17:30");
        body["supportSpans"] = json!({"MONDAY": [{"start": "13:00", "end": "24:00"}, {"start": "08:00", "end": "12:00"}], "SATURDAY": []});
        body["exceptions"] = json!([{"name": "Closed", "start": "2026-12-24", "end": "2026-12-31", "supportStatus": "OUTSIDE"}]);
        let changed = dev.put(&path, &body).await.expect(200).json();
        assert_eq!(changed["supportSpans"]["MONDAY"], json!([{"start": "08:00", "end": "12:00"}, {"start": "13:00", "end": "00:00"}]));
        assert_eq!((&changed["supportDays"]["MONDAY"], &changed["exceptions"]), (&json!({"start": "08:00", "end": "00:00"}), &body["exceptions"]));
        // A client of ilert sends back what it knows: neither the lunch break nor the exceptions are lost.
        let known = json!({"name": "Office", "timezone": "Europe/Berlin", "supportDays": changed["supportDays"]});
        assert_eq!(dev.put(&path, &known).await.expect(200).json(), changed);
        assert_eq!(dev.get("/api/support-hours/name/OFFICE").await.expect(200).json(), changed);
        let listed = dev.get("/api/support-hours?max-results=50").await.expect(200).json();
        assert_eq!((listed.as_array().unwrap().len(), listed[0].get("exceptions")), (1, None));
        dev.get("/api/support-hours?max-results=51").await.expect(400);
        dev.post("/api/support-hours", &office("office", "UTC", "08:00", "09:00")).await.expect(400);
        dev.delete(&path).await.expect(204);
    }

    async fn what_support_hours_may_not_be_is_named(app: TestApp) {
        let dev = dev(app).await;
        let spans = |count: usize| json!({"MONDAY": vec![json!({"start": "08:00", "end": "09:00"}); count]});
        let exceptions = |count: usize| json!(vec![json!({"name": "x", "start": "2026-01-01", "end": "2026-01-01", "supportStatus": "OUTSIDE"}); count]);
        for (field, value) in [
            ("name", json!("")), ("timezone", json!("Mars/Olympus")), ("supportDays", Value::Null), ("supportDays", json!({"FUNDAY": {"start": "08:00", "end": "09:00"}})),
            ("supportDays", json!({"MONDAY": {"start": "25:00", "end": "09:00"}})), ("supportSpans", spans(11)), ("exceptions", exceptions(201)),
            ("exceptions", json!([{"name": "x", "start": "2026-01-02", "end": "2026-01-01", "supportStatus": "OUTSIDE"}])),
            ("exceptions", json!([{"name": "x", "start": "2026-01-02", "end": "2026-01-02", "supportStatus": "MAYBE"}])),
        ] {
            let mut body = office("x", "UTC", "08:00", "17:00");
            body[field] = value.clone();
            let error = dev.post("/api/support-hours", &body).await.expect(400).json();
            assert!(error["message"].as_str().unwrap().starts_with(field), "{field}: {error}");
        }
        let mut full = office("full", "UTC", "08:00", "17:00");
        (full["supportSpans"], full["exceptions"]) = (spans(10), exceptions(200));
        dev.post("/api/support-hours", &full).await.expect(201);
        full["name"] = "lost".into();
        full["holidayCalendar"] = json!({"id": 404});
        let error = dev.post("/api/support-hours", &full).await.expect(400).json();
        assert!(error["message"].as_str().unwrap().contains("404"), "{error}");
    }

    async fn a_source_takes_hours_by_id_or_whole(app: TestApp) {
        let (dev, ann) = (dev(app).await, app.user("ann").await);
        let policy = json!({"name": "Everybody", "escalationRules": [{"escalationTimeout": 1, "users": [{"id": ann.id}]}]});
        let policy = dev.post("/api/escalation-policies", &policy).await.expect(201).json()["id"].clone();
        let source = |hours: Value| json!({"name": "Contoso", "integrationType": "API", "escalationPolicy": {"id": policy}, "alertPriorityRule": "HIGH_DURING_SUPPORT_HOURS", "supportHours": hours});
        let error = dev.post("/api/alert-sources", &source(Value::Null)).await.expect(400).json();
        assert!(error["message"].as_str().unwrap().starts_with("supportHours"), "{error}");
        dev.post("/api/alert-sources", &source(json!({"id": 404}))).await.expect(400);
        let mut whole = office("ignored", "UTC", "09:00", "17:00");
        whole["autoRaiseAlerts"] = json!(true);
        let made = dev.post("/api/alert-sources", &source(whole)).await.expect(201).json();
        assert_eq!((&made["supportHours"]["name"], &made["autoRaiseAlerts"]), (&json!("Support hours of Contoso"), &json!(true)));
        assert_eq!(made["supportHours"]["supportDays"]["MONDAY"], json!({"start": "09:00", "end": "17:00"}));
        let path = format!("/api/alert-sources/{}", made["id"]);
        // Sent again with other times, the same hours are changed; left out, they stay; and another rule by id.
        let again = dev.put(&path, &source(office("ignored", "UTC", "10:00", "17:00"))).await.expect(200).json();
        assert_eq!((&again["supportHours"]["id"], &again["supportHours"]["supportDays"]["MONDAY"]["start"]), (&made["supportHours"]["id"], &json!("10:00")));
        let mut kept = source(Value::Null);
        kept.as_object_mut().unwrap().remove("supportHours");
        assert_eq!(dev.put(&path, &kept).await.expect(200).json()["supportHours"]["id"], made["supportHours"]["id"]);
        let other = make(&dev, &office("Other", "UTC", "09:00", "17:00")).await;
        let by_id = dev.put(&path, &source(json!({"id": other.0}))).await.expect(200).json();
        assert_eq!((&by_id["supportHours"]["name"], &by_id["autoRaiseAlerts"]), (&json!("Other"), &json!(true)));
    }

    async fn an_edit_of_other_hours_leaves_a_snoozed_alert_asleep(app: TestApp) {
        let (dev, ann) = (dev(app).await, app.user("ann").await);
        let hours = make(&dev, &office("Office", "UTC", "09:00", "17:00")).await;
        let other = make(&dev, &office("Other", "UTC", "09:00", "17:00")).await;
        let source = source(app, &ann, PriorityRule::HighDuringSupportHours, hours, true).await;
        let alert = source.send(app, event("disk full")).await.unwrap();
        ann.expect_mail(app, "[Quiet] disk full").await;
        let until = app.app.clock.now() + minutes(180);
        app.happen(alert, ann.id, Happening::Snoozed { until, pages: true }).await;
        dev.put(&format!("/api/support-hours/{other}"), &office("Other", "UTC", "10:00", "16:00")).await.expect(200);
        app.advance(minutes(120)).await;
        let asleep = app.alert(alert).await;
        assert_eq!((asleep.snoozed_until, asleep.priority, ann.mails(app)), (Some(until), Priority::Low, 1));
        app.advance(minutes(60)).await;
        ann.expect_mail(app, "disk full").await;
        assert_eq!(app.alert(alert).await.priority, Priority::High);
    }

    async fn all_quiet_alerts_of_a_night_are_raised_at_one_border(app: TestApp) {
        let (dev, ann) = (dev(app).await, app.user("ann").await);
        let hours = make(&dev, &office("Office", "UTC", "09:00", "17:00")).await;
        let source = source(app, &ann, PriorityRule::HighDuringSupportHours, hours, true).await;
        let mut alerts = Vec::new();
        for nth in 0..12 {
            alerts.push(source.send(app, event(&format!("disk {nth}"))).await.unwrap());
        }
        app.happen(alerts[3], ann.id, Happening::Accepted).await;
        app.advance(minutes(60)).await;
        for alert in alerts {
            let raised = app.entries(alert).await.iter().filter(|entry| **entry == Entry::Raised).count();
            let expected = if app.alert(alert).await.status == Status::Accepted { (0, Priority::Low) } else { (1, Priority::High) };
            assert_eq!((raised, app.alert(alert).await.priority), expected, "{alert}");
        }
        app.expect_any_mails();
    }
}
