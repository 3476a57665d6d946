//! Reminders of shifts, and what is left for the next person.

use jiff::Timestamp;
use serde_json::json;
use watchbell_core::ids::{ScheduleId, UserId};
use watchbell_core::schedule::{Plan, Span, StaticShift};
use watchbell_core::user::Channel;
use watchbell_store::schedules::overrides::{self, OverrideIn};
use watchbell_store::schedules::{self, ScheduleIn};
use watchbell_testkit::people::Person;
use watchbell_testkit::{TestApp, both_databases, minutes};

fn at(text: &str) -> Timestamp {
    format!("2026-01-{text}:00Z").parse().unwrap()
}

fn plan(shifts: &[(UserId, &str, &str)]) -> ScheduleIn {
    let shift =
        |(user, from, until): &(UserId, &str, &str)| StaticShift { user: *user, span: Span::new(at(from), at(until)) };
    let shifts = shifts.iter().map(shift).collect();
    ScheduleIn {
        name: "Network".into(),
        zone: "Europe/Berlin".into(),
        calendar: None,
        plan: Plan::Static { shifts, default_shift_s: 86_400, allows_gaps: true },
        owners: None,
        teams: None,
    }
}

async fn schedule(app: &TestApp, shifts: &[(UserId, &str, &str)]) -> ScheduleId {
    schedules::create(&app.app.db, &app.scope(), plan(shifts), app.app.clock.now()).await.unwrap().id
}

/// Hour by hour, which is how often reminders are planned anew.
async fn hours(app: &mut TestApp, count: i64) {
    for _ in 0..count {
        app.jump(minutes(60)).await;
    }
}

async fn remind(app: &TestApp, person: &Person, before_min: i64) {
    let me = app.as_user(person.id).await;
    let contact = me.get("/api/users/current/contacts/emails").await.expect(200).json()[0]["id"].clone();
    let body = json!({"method": "EMAIL", "contact": {"id": contact}, "beforeMin": before_min, "type": "ON_CALL"});
    me.post("/api/users/current/notification-preferences/duties", &body).await.expect(201);
}

both_databases! {
    async fn each_reminder_is_sent_once_at_its_time(app: TestApp) {
        let (ann, bob) = (app.user("ann").await, app.user("bob").await);
        remind(app, &ann, 60).await;
        remind(app, &ann, 1_440).await;
        remind(app, &bob, 0).await;
        // It is the 5th, 08:00.
        schedule(app, &[(ann.id, "06T12:00", "07T12:00"), (bob.id, "07T12:00", "08T12:00")]).await;
        hours(app, 3).await;
        app.jump(minutes(59)).await;
        assert_eq!(ann.mails(app), 0);
        app.jump(minutes(1)).await;
        let mail = ann.expect_mail(app, "On call for Network from Tue 6 Jan 12:00 (UTC)").await;
        assert!(mail.text.contains("until Wed 7 Jan 12:00 (UTC)"), "{}", mail.text);
        hours(app, 23).await;
        ann.expect_mail(app, "On call for Network").await;
        assert_eq!(ann.mails(app), 2);
        hours(app, 25).await;
        bob.expect_mail(app, "On call for Network from Wed 7 Jan 12:00").await;
        hours(app, 48).await;
    }

    async fn a_shift_that_was_given_away_reminds_only_who_has_it_now(app: TestApp) {
        let (ann, bob) = (app.user("ann").await, app.user("bob").await);
        remind(app, &ann, 60).await;
        remind(app, &bob, 60).await;
        let id = schedule(app, &[(ann.id, "05T12:00", "05T20:00")]).await;
        app.advance(minutes(30)).await;
        let new = OverrideIn { user: Some(bob.id), span: Span::new(at("05T12:00"), at("05T20:00")), reason: None };
        overrides::create(&app.app.db, &app.scope(), id, new, app.app.clock.now()).await.unwrap();
        app.advance(minutes(180)).await;
        bob.expect_mail(app, "On call for Network").await;
        assert_eq!(ann.mails(app), 0);
    }

    async fn onc_01_who_is_added_to_a_schedule_is_told_over_each_way_that_they_chose(app: TestApp) {
        let (ann, joe) = (app.user("ann").await, app.user("joe").await);
        remind(app, &joe, 1_440).await;
        let second = joe.add_contact(app, Channel::Email, "joe.at.home@example.com").await;
        let body = json!({"method": "EMAIL", "contact": {"id": second}, "beforeMin": 1_440, "type": "ON_CALL"});
        app.as_user(joe.id).await.post("/api/users/current/notification-preferences/duties", &body).await.expect(201);
        let id = schedule(app, &[(ann.id, "05T07:00", "06T07:00")]).await;
        hours(app, 1).await;
        let both = plan(&[(ann.id, "05T07:00", "05T10:00"), (joe.id, "05T10:00", "06T07:00")]);
        schedules::update(&app.app.db, &app.scope(), id, both, schedules::Edit::default(), app.app.clock.now()).await.unwrap();
        app.settle().await;
        for address in ["joe@example.com", "joe.at.home@example.com"] {
            app.expect_mail_to(address, "On call for Network from Mon 5 Jan 10:00").await;
        }
        hours(app, 10).await;
    }

    async fn onc_02_reminders_that_a_day_without_a_server_made_late_come_once_a_contact(app: TestApp) {
        let (ann, bob) = (app.user("ann").await, app.user("bob").await);
        remind(app, &bob, 60).await;
        remind(app, &bob, 120).await;
        schedule(app, &[(ann.id, "05T07:00", "06T08:30"), (bob.id, "06T08:30", "07T08:30")]).await;
        app.settle().await;
        app.jump(minutes(24 * 60)).await;
        bob.expect_mail(app, "On call for Network").await;
        hours(app, 3).await;
    }

    async fn who_takes_over_at_short_notice_is_told_at_once(app: TestApp) {
        let (ann, bob) = (app.user("ann").await, app.user("bob").await);
        remind(app, &bob, 1_440).await;
        let id = schedule(app, &[(ann.id, "05T12:00", "05T20:00")]).await;
        app.settle().await;
        let new = OverrideIn { user: Some(bob.id), span: Span::new(at("05T13:00"), at("05T14:00")), reason: None };
        overrides::create(&app.app.db, &app.scope(), id, new, app.app.clock.now()).await.unwrap();
        app.settle().await;
        bob.expect_mail(app, "On call for Network from Mon 5 Jan 13:00").await;
        hours(app, 10).await;
    }

    async fn a_note_for_the_next_person_is_in_their_reminder_until_they_confirm_it(app: TestApp) {
        let (ann, bob) = (app.user("ann").await, app.user("bob").await);
        remind(app, &bob, 60).await;
        let id = schedule(app, &[(ann.id, "05T07:00", "05T12:00"), (bob.id, "05T12:00", "05T20:00"), (ann.id, "05T20:00", "06T08:00"), (bob.id, "06T08:00", "06T12:00")]).await;
        let (left, path) = (app.as_user(ann.id).await, format!("/api/schedules/{id}/handoff-note"));
        left.get(&path).await.expect(404);
        left.put(&path, &json!({"text": " "})).await.expect(400);
        let note = left.put(&path, &json!({"text": "The <b>VPN</b> of Contoso flaps."})).await.expect(200).json();
        assert_eq!((&note["text"], &note["author"]["id"], note.get("confirmedBy")), (&json!("The <b>VPN</b> of Contoso flaps."), &json!(ann.id), None));
        app.advance(minutes(180)).await;
        let mail = bob.expect_mail(app, "On call for Network").await;
        assert!(mail.text.contains("The <b>VPN</b> of Contoso flaps."), "{}", mail.text);
        let next = app.as_user(bob.id).await;
        let confirmed = next.post(&format!("{path}/confirm"), &json!({})).await.expect(200).json();
        assert_eq!(confirmed["confirmedBy"]["id"], json!(bob.id));
        hours(app, 20).await;
        let mail = bob.expect_mail(app, "On call for Network from Tue 6 Jan").await;
        assert!(!mail.text.contains("VPN"), "{}", mail.text);
        next.put("/api/schedules/987654/handoff-note", &json!({"text": "x"})).await.expect(404);
    }
}
