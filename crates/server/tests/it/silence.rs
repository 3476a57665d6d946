//! Quiet hours, muting, and being told that somebody has it.

use serde_json::json;
use watchbell_core::alert::{Happening, Priority};
use watchbell_core::ids::UserId;
use watchbell_core::user::{Channel, Role};
use watchbell_sim::ntfy::{Ntfy, NtfySimConfig};
use watchbell_store::contacts::{self, ContactIn};
use watchbell_store::preferences::{self, Collection, PreferenceIn};
use watchbell_testkit::{TestApp, both_databases, event, level, minutes, seconds};

both_databases! {
    async fn quiet_alerts_wait_for_the_end_of_quiet_hours_unless_handled_meanwhile(app: TestApp) {
        let ann = app.user("ann").await;
        let me = app.as_user(ann.id).await;
        let body = json!({"firstName": "Ann", "lastName": "X", "email": "ann@example.com", "timezone": "Europe/Berlin", "quietHours": {"from": "8:00", "until": "12:30"}});
        let shown = me.put("/api/users/current", &body).await.expect(200).json();
        assert_eq!(shown["quietHours"], json!({"from": "08:00", "until": "12:30"}));
        let quiet = app.source().with(|s| s.priority_rule = Priority::Low.into()).escalating_to([level(&ann, minutes(60))]).await;
        let pages = app.source().escalating_to([level(&ann, minutes(60))]).await;
        // It is 09:00 in Berlin.
        quiet.send(app, event("disk is filling")).await;
        let handled = quiet.send(app, event("backup is late")).await.unwrap();
        assert_eq!(ann.mails(app), 0);
        pages.send(app, event("disk full")).await;
        ann.expect_mail(app, "disk full").await;
        app.happen(handled, ann.id, Happening::Accepted).await;
        app.advance(minutes(209)).await;
        assert_eq!(ann.mails(app), 1);
        app.advance(minutes(1)).await;
        ann.expect_mail(app, "disk is filling").await;
    }

    async fn bad_silence_is_named(app: TestApp) {
        let boss = { let id = app.user_of_role("boss", Role::Admin).await.id; app.as_user(id).await };
        let good = json!({"firstName": "Ann", "lastName": "X", "email": "ann@example.com"});
        for (field, value) in [
            ("quietHours.from", json!({"quietHours": {"from": "25:00", "until": "07:00"}})),
            ("quietHours.until", json!({"quietHours": {"from": "22:00", "until": "late"}})),
            ("quietHours.until", json!({"quietHours": {"from": "22:00", "until": "22:00"}})),
            ("quietHours.until", json!({"quietHours": {"from": "22:00"}})),
            ("mutedFrom", json!({"mutedFrom": "soon"})),
            ("mutedUntil", json!({"mutedFrom": "2026-01-06T00:00:00Z", "mutedUntil": "2026-01-06T00:00:00Z"})),
            ("mutedUntil", json!({"mutedUntil": "2027-02-01T00:00:00Z"})),
            ("toldOfAnswers", json!({"toldOfAnswers": "yes"})),
        ] {
            let mut body = good.clone();
            body.as_object_mut().unwrap().extend(value.as_object().unwrap().clone());
            let error = boss.post("/api/users", &body).await.expect(400).json();
            assert!(error["message"].as_str().unwrap().starts_with(&format!("{field}: ")), "{field}: {error}");
        }
        let made = boss.post("/api/users", &json!({"firstName": "Ann", "lastName": "X", "email": "ann@example.com", "quietHours": {"from": "22:00", "until": "07:00"}, "mutedUntil": "2026-02-01T00:00:00Z"})).await.expect(201).json();
        let path = format!("/api/users/{}", made["id"]);
        let kept = boss.put(&path, &good).await.expect(200).json();
        assert_eq!((&kept["quietHours"], &kept["mutedUntil"], &kept["toldOfAnswers"]), (&json!({"from": "22:00", "until": "07:00"}), &json!("2026-02-01T00:00:00Z"), &json!(true)));
        let mut cleared = good.clone();
        cleared["quietHours"] = json!(null);
        cleared["mutedUntil"] = json!(null);
        let cleared = boss.put(&path, &cleared).await.expect(200).json();
        assert_eq!((cleared.get("quietHours"), cleared.get("mutedUntil")), (None, None));
    }

    async fn who_is_muted_from_tomorrow_is_paged_today(app: TestApp) {
        let (ann, bob) = (app.user("ann").await, app.user("bob").await);
        let me = app.as_user(ann.id).await;
        let body = json!({"firstName": "Ann", "lastName": "X", "email": "ann@example.com", "mutedFrom": "2026-01-06T00:00:00Z", "mutedUntil": "2026-01-07T00:00:00Z"});
        me.put("/api/users/current", &body).await.expect(200);
        let source = app.source().escalating_to([level(&ann, minutes(60)), level(&bob, minutes(60))]).await;
        let today = source.send(app, event("today")).await.unwrap();
        ann.expect_mail(app, "today").await;
        app.happen(today, ann.id, Happening::Accepted).await;
        app.jump(minutes(24 * 60)).await;
        source.send(app, event("tomorrow")).await;
        bob.expect_mail(app, "tomorrow").await;
    }

    async fn whoever_was_paged_is_told_over_the_same_contact_that_somebody_has_it(app: TestApp) {
        let (ann, bob) = (app.user("ann").await, app.user("bob").await);
        for (person, told) in [(&ann, true), (&bob, true)] {
            let me = app.as_user(person.id).await;
            me.put("/api/users/current", &json!({"firstName": person.name, "lastName": "X", "email": format!("{}@example.com", person.name), "toldOfAnswers": told})).await.expect(200);
        }
        let mut both = level(&ann, minutes(60));
        both.users.push(bob.id);
        let source = app.source().escalating_to([both]).await;
        let alert = source.send(app, event("disk full")).await.unwrap();
        ann.expect_mail(app, "disk full").await;
        bob.expect_mail(app, "disk full").await;
        app.happen(alert, ann.id, Happening::Accepted).await;
        let accepted = bob.expect_mail(app, "Re: ").await;
        assert!(accepted.text.contains("Accepted by ann"), "{}", accepted.text);
        assert_eq!(ann.mails(app), 1, "who did it knows");
        app.happen(alert, ann.id, Happening::Resolved { reason: None }).await;
        bob.expect_mail(app, "Re: ").await;
        assert_eq!(bob.mails(app), 3, "the page, the accept, the end");
    }

    async fn a_push_contact_takes_twenty_a_minute_and_no_words_twice(app: TestApp) {
        let ann = app.user("ann").await;
        let pushed = Ntfy::start(NtfySimConfig::default()).await.unwrap();
        push_only(app, ann.id, format!("{}/ann", pushed.url())).await;
        let source = app.source().escalating_to([level(&ann, minutes(600))]).await;
        source.send(app, event("host 1 is down")).await;
        let again = source.send(app, event("host 1 is down")).await.unwrap();
        let boss = { let id = app.user_of_role("boss", Role::Admin).await.id; app.as_user(id).await };
        let held = boss.get(&format!("/api/alerts/{again}/notifications")).await.expect(200).json();
        assert_eq!(held.as_array().unwrap().len(), 1, "{held}");
        for host in 2..=22 {
            source.send(app, event(&format!("host {host} is down"))).await;
        }
        assert_eq!(pushed.messages().len(), 20);
        app.advance(seconds(30)).await;
        let summary = pushed.messages().pop().unwrap().message;
        assert_eq!(pushed.messages().len(), 21);
        assert!(summary.contains("host 1 is down") && summary.contains("host 21 is down") && summary.contains("host 22 is down"), "{summary}");
        app.advance(minutes(10)).await;
        pushed.stop().await;
    }
}

/// Pushes to a topic, at once, and nothing else.
async fn push_only(app: &TestApp, user: UserId, target: String) {
    let (db, scope, now) = (&app.app.db, app.scope(), app.app.clock.now());
    for old in preferences::list(db, &scope, user, Collection::Alerts).await.unwrap() {
        preferences::delete(db, &scope, user, Collection::Alerts, old.id, now).await.unwrap();
    }
    let new = ContactIn {
        channel: Channel::Ntfy,
        target,
        region: None,
        primary: true,
        label: None,
        sealed: None,
        vouched: true,
    };
    let contact = contacts::create(db, &scope, user, new, now).await.unwrap().id;
    let rule = PreferenceIn {
        collection: Collection::Alerts,
        method: Channel::Ntfy,
        contact,
        kind: "HIGH_PRIORITY".into(),
        delay_s: 0,
    };
    preferences::create(db, &scope, user, rule, now).await.unwrap();
}
