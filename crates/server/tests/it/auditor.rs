//! We watch ourselves: what is missing is found and mended, somebody is called for the rest, and the outside hears that all is well
//! only while it is.

use watchbell_core::auditor::Finding;
use watchbell_core::user::Role;
use watchbell_sim::hook::{Hook, HookSimConfig};
use watchbell_store::auditor::{self, Settings};
use watchbell_store::jobs::JobKind;
use watchbell_store::standing;
use watchbell_testkit::{TestApp, both_databases, event, level, minutes};

/// An outside watch that wants to hear each minute that all is well.
async fn outside_watch(app: &TestApp, settings: Settings) -> Hook {
    let watch = Hook::start(HookSimConfig::default()).await.unwrap();
    let settings = Settings { ping_url: Some(format!("{}/ping/secret", watch.url())), ..settings };
    let (scope, now) = (app.scope(), app.app.clock.now());
    auditor::put_settings(&app.app.db, &scope, &settings, now).await.unwrap();
    standing::bring_forward(&app.app.db, &scope, JobKind::Ping, now).await.unwrap();
    watch
}

async fn last_findings(app: &TestApp) -> Vec<Finding> {
    auditor::standing(&app.app.db, &app.scope()).await.unwrap().last_findings
}

both_databases! {
    async fn a_job_row_deleted_by_hand_is_found_within_two_minutes_and_the_outside_ping_stops(app: TestApp) {
        let (ann, bob) = (app.user("ann").await, app.user("bob").await);
        let source = app.source().escalating_to([level(&ann, minutes(60)), level(&bob, minutes(60))]).await;
        let watch = outside_watch(app, Settings::default()).await;
        let alert = source.send(app, event("disk full")).await.unwrap();
        ann.expect_mail(app, "disk full").await;
        app.advance(minutes(5)).await;
        let heard = watch.received();
        assert!((4..=6).contains(&heard.len()), "{}", heard.len());
        assert_eq!((heard[0].method.as_str(), heard[0].path.as_str()), ("GET", "/ping/secret"));

        app.tamper("DELETE FROM job WHERE kind = 'escalate'").await;
        app.advance(minutes(2)).await;
        assert_eq!(last_findings(app).await, [Finding::AlertsAsleep { count: 1, first: alert }]);
        let heard = watch.received().len();
        app.advance(minutes(3)).await;
        assert_eq!(watch.received().len(), heard, "the outside hears nothing for a while");
        app.advance(minutes(5)).await;
        assert!(watch.received().len() > heard, "all is well again");
        app.advance(minutes(45)).await;
        bob.expect_mail(app, "disk full").await;
        watch.stop().await;
    }

    async fn the_auditors_own_job_that_was_deleted_by_hand_is_set_up_anew(app: TestApp) {
        let watch = outside_watch(app, Settings::default()).await;
        app.advance(minutes(3)).await;
        app.tamper("DELETE FROM job WHERE kind IN ('reconcile', 'clean_up')").await;
        app.advance(minutes(2)).await;
        let gone = |key: &str| Finding::JobGone { key: key.into() };
        assert_eq!(last_findings(app).await, [gone("clean_up"), gone("reconcile")]);
        let heard = watch.received().len();
        app.advance(minutes(2)).await;
        assert_eq!(watch.received().len(), heard);
        let ran_at = auditor::standing(&app.app.db, &app.scope()).await.unwrap().ran_at.unwrap();
        assert!(app.app.clock.now().duration_since(ran_at) <= minutes(1));
        app.tamper("UPDATE job SET visible_at = visible_at + 864000000000 WHERE kind = 'reconcile'").await;
        app.advance(minutes(2)).await;
        assert_eq!(last_findings(app).await, [gone("reconcile")], "put off for ten days is as good as gone");
        watch.stop().await;
    }

    async fn what_cannot_be_mended_is_told_to_the_administrators(app: TestApp) {
        let (boss, ann) = (app.user_of_role("boss", Role::Admin).await, app.user("ann").await);
        let source = app.source().escalating_to([level(&ann, minutes(60)), level(&ann, minutes(60))]).await;
        let alert = source.send(app, event("disk full")).await.unwrap();
        ann.expect_mail(app, "disk full").await;
        app.tamper("DELETE FROM job WHERE kind = 'escalate'").await;
        app.tamper(&format!("UPDATE alert SET next_step_at = NULL WHERE id = {alert}")).await;
        app.advance(minutes(2)).await;
        let told = boss.expect_mail(app, "Watchbell found a fault of its own").await;
        assert!(told.text.contains(&alert.to_string()) && told.text.contains("no time at which the next one starts"), "{}", told.text);
        app.advance(minutes(30)).await;
        assert_eq!(boss.mails(app), 1, "once, not each minute");
    }

    async fn a_chosen_policy_is_called_by_an_alert_that_ends_with_the_fault(app: TestApp) {
        let (ann, bob) = (app.user("ann").await, app.user("bob").await);
        let source = app.source().escalating_to([level(&ann, minutes(60)), level(&ann, minutes(60))]).await;
        let watchers = app.source().escalating_to([level(&bob, minutes(60))]).await;
        let watch = outside_watch(app, Settings { policy: Some(watchers.policy), ping_post: true, ..Settings::default() }).await;
        let alert = source.send(app, event("disk full")).await.unwrap();
        ann.expect_mail(app, "disk full").await;
        app.tamper("DELETE FROM job WHERE kind = 'escalate'").await;
        app.tamper(&format!("UPDATE alert SET next_step_at = NULL WHERE id = {alert}")).await;
        app.advance(minutes(2)).await;
        bob.expect_mail(app, "Watchbell found a fault of its own").await;
        let own = watchbell_store::sources::find_by_name(&app.app.db, &app.scope(), "Watchbell").await.unwrap().unwrap();
        assert_eq!(own.policy, watchers.policy);
        assert!(watch.received().iter().all(|received| received.method == "POST"));
        app.happen(alert, ann.id, watchbell_core::alert::Happening::Accepted).await;
        app.advance(minutes(2)).await;
        let open = watchbell_store::overview::count(&app.app.db, &app.scope(), watchbell_store::overview::Counted::PendingAlerts).await.unwrap();
        assert_eq!(open, 0, "its alert is resolved");
        app.advance(minutes(90)).await;
        watch.stop().await;
    }

    async fn an_outside_watch_that_is_away_is_named_without_its_address(app: TestApp) {
        let watch = outside_watch(app, Settings::default()).await;
        watch.answer(500.into());
        app.advance(minutes(2)).await;
        let standing = auditor::standing(&app.app.db, &app.scope()).await.unwrap();
        assert_eq!((standing.ping_error.as_deref(), standing.pinged_at), (Some("It answered 500."), None));
        watch.stop().await;
        app.advance(minutes(2)).await;
        let error = auditor::standing(&app.app.db, &app.scope()).await.unwrap().ping_error.unwrap();
        assert!(!error.contains("secret"), "{error}");
        let metrics = app.http.get("/metrics").await.expect(200).text;
        assert!(metrics.contains("watchbell_auditor_well"), "{metrics}");
    }
}
