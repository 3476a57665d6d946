//! Stop means stop: what was held back, tried again or collected for the old responder is not sent to them.

use watchbell_core::alert::{Assignee, Happening};
use watchbell_testkit::{both_databases, event, level, minutes, seconds};

both_databases! {
    async fn a_bundled_page_goes_with_the_alert_to_whom_it_was_given(app: TestApp) {
        let (ann, bob) = (app.user("ann").await, app.user("bob").await);
        let source = app.source().escalating_to([level(&ann, minutes(60))]).await;
        for i in 1..=3 {
            source.send(app, event(&format!("host {i}"))).await;
        }
        ann.expect_mail(app, "host 1").await;
        ann.expect_mail(app, "host 2").await;
        let third = source.last_alert(app).await.unwrap();
        app.happen(third, bob.id, Happening::Reassigned(Assignee::User(bob.id))).await;
        bob.expect_mail(app, "host 3").await;
        app.advance(minutes(10)).await;
        assert_eq!(ann.mails(app), 2);
    }

    async fn a_page_that_is_tried_again_is_not_sent_once_the_alert_is_somebody_elses(app: TestApp) {
        let (ann, bob) = (app.user("ann").await.with_webhook(app, 0, true).await, app.user("bob").await);
        ann.hook().answer(503.into());
        let source = app.source().escalating_to([level(&ann, minutes(60))]).await;
        let alert = source.send(app, event("disk full")).await.unwrap();
        ann.expect_hook("disk full").await;
        app.happen(alert, bob.id, Happening::Reassigned(Assignee::User(bob.id))).await;
        bob.expect_mail(app, "disk full").await;
        app.advance(minutes(1)).await;
        assert_eq!(ann.hook().received().len(), 1);
    }

    async fn a_summary_of_accepted_alerts_is_not_sent(app: TestApp) {
        let ann = app.user("ann").await.with_webhook(app, 0, true).await;
        let source = app.source().escalating_to([level(&ann, minutes(60))]).await;
        let mut alerts = Vec::new();
        for i in 1..=5 {
            alerts.extend(source.send(app, event(&format!("host {i}"))).await);
        }
        ann.expect_hook("host 1").await;
        ann.expect_hook("host 2").await;
        ann.hook().answer(503.into());
        app.advance(seconds(30)).await;
        ann.expect_hook("host 5").await;
        for alert in alerts {
            app.happen(alert, ann.id, Happening::Accepted).await;
        }
        app.advance(minutes(10)).await;
        assert_eq!(ann.hook().received().len(), 3);
    }

    async fn what_was_accepted_before_a_summary_is_tried_again_is_left_out_of_it(app: TestApp) {
        let ann = app.user("ann").await.with_webhook(app, 0, true).await;
        let source = app.source().escalating_to([level(&ann, minutes(60))]).await;
        let mut alerts = Vec::new();
        for i in 1..=5 {
            alerts.extend(source.send(app, event(&format!("host {i}"))).await);
        }
        ann.hook().answer(503.into());
        app.advance(seconds(30)).await;
        app.happen(alerts[2], ann.id, Happening::Accepted).await;
        ann.hook().answer(200.into());
        app.advance(seconds(10)).await;
        ann.expect_hooks_more(4);
        let last = ann.hook().received().pop().unwrap();
        assert!(last.body.contains("host 4") && last.body.contains("host 5") && !last.body.contains("host 3"), "{}", last.body);
    }

    async fn a_contact_that_was_locked_is_not_used_and_the_next_one_is(app: TestApp) {
        let ann = app.user("ann").await.with_webhook(app, 300, true).await.with_late_mail(app, 3_600).await;
        let source = app.source().escalating_to([level(&ann, minutes(120))]).await;
        source.send(app, event("disk full")).await;
        app.tamper("UPDATE contact SET status = 'LOCKED' WHERE channel = 'WEBHOOK'").await;
        app.advance(minutes(5)).await;
        assert_eq!(ann.hook().received().len(), 0);
        ann.expect_mail(app, "disk full").await;
    }

    async fn when_a_summary_fails_the_next_contact_is_used_at_once(app: TestApp) {
        let ann = app.user("ann").await.with_webhook(app, 0, true).await.with_late_mail(app, 3_600).await;
        let source = app.source().escalating_to([level(&ann, minutes(120))]).await;
        let mut alerts = Vec::new();
        for i in 1..=4 {
            alerts.extend(source.send(app, event(&format!("host {i}"))).await);
        }
        ann.expect_hooks_more(3);
        app.happen(alerts[0], ann.id, Happening::Accepted).await;
        app.happen(alerts[1], ann.id, Happening::Accepted).await;
        ann.hook().answer(410.into());
        app.advance(seconds(30)).await;
        ann.expect_mail(app, "host 3").await;
        ann.expect_mail(app, "host 4").await;
    }
}
