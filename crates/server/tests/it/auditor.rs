//! We watch ourselves: what is missing is found and mended, somebody is called for the rest, and the outside hears that all is well
//! only while it is.

use watchbell_core::alert::{Happening, Status};
use watchbell_core::auditor::Finding;
use watchbell_core::escalation::AfterAccept;
use watchbell_core::timeline::Entry;
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
        app.happen(alert, ann.id, Happening::Accepted).await;
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

    async fn work_that_was_put_off_for_days_is_brought_forward(app: TestApp) {
        let (ann, bob) = (app.user("ann").await.with_webhook(app, 600, false).await, app.user("bob").await);
        let source = app.source().escalating_to([level(&ann, minutes(30)), level(&bob, minutes(60))]).await;
        let alert = source.send(app, event("disk full")).await.unwrap();
        ann.expect_mail(app, "disk full").await;
        app.tamper("UPDATE job SET visible_at = visible_at + 864000000000 WHERE kind IN ('escalate', 'notify')").await;
        app.advance(minutes(2)).await;
        assert_eq!(last_findings(app).await, [Finding::AlertsAsleep { count: 1, first: alert }, Finding::MessagesAsleep { count: 1 }]);
        app.advance(minutes(8)).await;
        ann.expect_hook("disk full").await;
        app.advance(minutes(20)).await;
        bob.expect_mail(app, "disk full").await;
        app.happen(alert, bob.id, Happening::Accepted).await;
        app.advance(minutes(60)).await;
    }

    async fn an_escalation_that_stands_still_is_found_also_after_an_earlier_one_has_ended(app: TestApp) {
        let (boss, ann) = (app.user_of_role("boss", Role::Admin).await, app.user("ann").await);
        let source = app.source().escalating_to([level(&ann, minutes(60)), level(&ann, minutes(60))]).await;
        let alert = source.send(app, event("disk full")).await.unwrap();
        app.advance(minutes(125)).await;
        assert!(app.entries(alert).await.contains(&Entry::EscalationEnded) && boss.mails(app) == 0);
        app.happen(alert, ann.id, Happening::EscalatedNow).await;
        app.tamper("DELETE FROM job WHERE kind = 'escalate'").await;
        app.tamper(&format!("UPDATE alert SET next_step_at = NULL WHERE id = {alert}")).await;
        app.advance(minutes(2)).await;
        boss.expect_mail(app, "Watchbell found a fault of its own").await;
        app.expect_any_mails();
    }

    async fn a_step_that_lies_too_far_ahead_is_found_behind_a_thousand_that_do_not(app: TestApp) {
        let ann = app.user("ann").await;
        let source = app.source().with_policy(|policy| policy.delay_s = 7_200).escalating_to([level(&ann, minutes(60))]).await;
        for batch in 0..3 {
            let one = |nth: usize| serde_json::json!({"integrationKey": source.key, "eventType": "ALERT", "summary": format!("disk {batch} {nth}")});
            app.http.post("/api/events", &serde_json::Value::from((0..350).map(one).collect::<Vec<_>>())).await.expect(202);
        }
        app.settle().await;
        let alert = source.last_alert(app).await.unwrap();
        app.advance(minutes(2)).await;
        assert_eq!(last_findings(app).await, []);
        app.tamper(&format!("UPDATE alert SET next_step_at = next_step_at + 864000000000 WHERE id = {alert}")).await;
        app.advance(minutes(2)).await;
        assert_eq!(last_findings(app).await, [Finding::StepsTooFar { count: 1, first: alert }]);
    }

    async fn an_accepted_alert_that_nothing_looks_after_is_looked_after_again(app: TestApp) {
        let ann = app.user("ann").await;
        let rules = AfterAccept { timeout_s: 3_600, ..AfterAccept::OFF };
        let source = app.source().with_policy(|policy| policy.after_accept = rules).escalating_to([level(&ann, minutes(60))]).await;
        let (alert, left) = (source.send(app, event("disk full")).await.unwrap(), app.source().escalating_to([level(&ann, minutes(60))]).await);
        let left = left.send(app, event("line down")).await.unwrap();
        for alert in [alert, left] {
            app.happen(alert, ann.id, Happening::Accepted).await;
        }
        app.advance(minutes(2)).await;
        assert_eq!(last_findings(app).await, []);
        app.tamper("UPDATE alert SET wake_at = NULL").await;
        app.tamper("DELETE FROM job WHERE kind = 'escalate'").await;
        app.advance(minutes(2)).await;
        assert_eq!(last_findings(app).await, [Finding::AlertsAsleep { count: 1, first: alert }]);
        app.advance(minutes(57)).await;
        assert_eq!((app.alert(alert).await.status, app.alert(left).await.status), (Status::Pending, Status::Accepted));
        app.expect_any_mails();
        app.settle().await;
        app.happen(alert, ann.id, Happening::Resolved { reason: None }).await;
    }
}
