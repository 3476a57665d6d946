//! What keeps a page from being lost when something is broken.

use watchbell_core::alert::Happening;
use watchbell_core::ids::ScheduleId;
use watchbell_core::timeline::Entry;
use watchbell_store::jobs::{self, Job, JobKind};
use watchbell_store::room::Room;
use watchbell_store::{alerts, escalations, hand_overs, job_changes};
use watchbell_testkit::{both_databases, event, level, minutes, seconds};

both_databases! {
    async fn an_alert_whose_job_was_lost_is_woken_and_paged(app: TestApp) {
        let (ann, bob) = (app.user("ann").await, app.user("bob").await);
        let source = app.source().escalating_to([level(&ann, minutes(5)), level(&bob, minutes(5))]).await;
        source.send(app, event("disk full")).await;
        ann.expect_mail(app, "disk full").await;
        app.tamper("DELETE FROM job WHERE kind = 'escalate'").await;
        app.advance(minutes(4)).await;
        assert_eq!(bob.mails(app), 0);
        app.advance(minutes(1)).await;
        bob.expect_mail(app, "disk full").await;
    }

    async fn a_row_that_cannot_be_read_holds_nobody_elses_page_back(app: TestApp) {
        let ann = app.user("ann").await;
        let bob = app.user("bob").await;
        let broken = app.source().with_policy(|p| p.delay_s = 60).escalating_to([level(&ann, minutes(5))]).await;
        let healthy = app.source().with_policy(|p| p.delay_s = 60).escalating_to([level(&bob, minutes(5))]).await;
        let alert = broken.send(app, event("broken")).await.unwrap();
        healthy.send(app, event("healthy")).await;
        app.tamper(&format!("UPDATE alert SET content = 'no json' WHERE id = {alert}")).await;
        app.advance(seconds(60)).await;
        bob.expect_mail(app, "healthy").await;
        app.tamper(&format!("UPDATE alert SET content = '{{}}' WHERE id = {alert}")).await;
        app.advance(seconds(60)).await;
        ann.expect_mail(app, "broken").await;
    }

    async fn a_send_that_was_cut_off_is_done_again_and_says_so(app: TestApp) {
        let ann = app.user("ann").await;
        let source = app.source().with_policy(|p| p.delay_s = 60).escalating_to([level(&ann, minutes(5))]).await;
        let alert = source.send(app, event("disk full")).await.unwrap();
        app.app.clock.advance(seconds(60));
        // A node takes the send and dies before it is done: its lease ends after 30 seconds.
        let taken = escalations::step_due(&app.app.db, app.app.clock.now(), &Room::whole()).await.unwrap();
        assert_eq!(taken.sends.len(), 1);
        app.settle().await;
        assert_eq!(ann.mails(app), 0);
        app.advance(seconds(31)).await;
        ann.expect_mail(app, "disk full").await;
        assert!(app.entries(alert).await.iter().any(|entry| matches!(entry, Entry::PossiblyTwice { .. })));
    }

    async fn a_duplicate_storm_leaves_a_bounded_number_of_rows(app: TestApp) {
        let source = app.source().escalating_to([]).await;
        let one = |i: usize| serde_json::json!({"integrationKey": source.key, "eventType": "ALERT", "summary": format!("again {i}"), "alertKey": "storm"});
        for batch in 0..20 {
            let events: Vec<_> = (0..500).map(|i| one(batch * 500 + i)).collect();
            app.http.post("/api/events", &serde_json::Value::from(events)).await.expect(202);
        }
        app.settle().await;
        let alert = source.last_alert(app).await.unwrap();
        assert_eq!(app.alert(alert).await.event_count, 10_000);
        let kept = watchbell_store::events::list_of_alert(&app.app.db, &app.scope(), alert, None, 20_000).await.unwrap();
        assert!((1_100..1_700).contains(&kept.len()), "{}", kept.len());
        let first = kept.iter().rev().take(100).all(|e| String::from_utf8_lossy(&e.body).contains("again "));
        assert!(first && String::from_utf8_lossy(&kept.last().unwrap().body).contains("\"again 0\""));
        assert!(String::from_utf8_lossy(&kept[0].body).contains("\"again 9999\""));
    }

    async fn two_people_who_accept_at_once_are_both_responders(app: TestApp) {
        let (ann, bob) = (app.user("ann").await, app.user("bob").await);
        let source = app.source().escalating_to([level(&ann, minutes(5))]).await;
        let alert = source.send(app, event("disk full")).await.unwrap();
        ann.expect_mail(app, "disk full").await;
        let as_user = |user| app.scope().acting_as(watchbell_core::timeline::Actor::User { id: user });
        let (db, now) = (&app.app.db, app.app.clock.now());
        let (by_ann, by_bob) = (as_user(ann.id), as_user(bob.id));
        let both = tokio::join!(alerts::apply(db, &by_ann, alert, Happening::Accepted, now), alerts::apply(db, &by_bob, alert, Happening::Accepted, now));
        both.0.unwrap();
        both.1.unwrap();
        let accepted = app.entries(alert).await.into_iter().filter(|entry| *entry == Entry::Accepted).count();
        assert_eq!(accepted, 2);
    }

    async fn a_job_that_takes_long_keeps_its_lease_for_as_long_as_it_takes_it_anew(app: TestApp) {
        let (db, scope, room) = (app.app.db.clone(), app.scope(), Room::whole());
        let began = app.app.clock.now();
        db.write(move |tx| Box::pin(async move { hand_overs::schedule_changed(tx, &scope, ScheduleId(1), began).await })).await.unwrap();
        let claimed = |now| {
            let (db, room) = (db.clone(), room.clone());
            async move { jobs::claim(&db, now, &room).await.unwrap().into_iter().find(|job| job.kind == JobKind::ScheduleChanged) }
        };
        let renewed = |job: &Job, now| {
            let (db, job) = (db.clone(), job.clone());
            async move { db.write(move |tx| Box::pin(async move { job_changes::renew(tx, &job, now).await })).await.unwrap() }
        };
        let job = claimed(began).await.expect("the job");
        assert!(renewed(&job, began + seconds(20)).await);
        assert_eq!(claimed(began + seconds(49)).await, None, "the lease counts from the last chunk");
        let other = claimed(began + seconds(51)).await.expect("the node that had it is gone");
        assert!(!renewed(&job, began + seconds(51)).await, "and writes nothing more");
        assert!(renewed(&other, began + seconds(52)).await);
        app.advance(minutes(2)).await;
    }
}
