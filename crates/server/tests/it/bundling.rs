//! A storm becomes two messages and a summary.

use watchbell_core::alert::{Happening, Status};
use watchbell_core::user::Channel;
use watchbell_store::jobs::{self, JobKind, NewJob};
use watchbell_store::{contacts, doors};
use watchbell_testkit::{both_databases, event, level, minutes, seconds};

both_databases! {
    async fn the_third_and_later_message_become_one_summary(app: TestApp) {
        let ann = app.user("ann").await;
        let source = app.source().escalating_to([level(&ann, minutes(60))]).await;
        for i in 1..=20 {
            source.send(app, event(&format!("host {i} is down"))).await;
        }
        ann.expect_mail(app, "host 1 is down").await;
        ann.expect_mail(app, "host 2 is down").await;
        assert_eq!(ann.mails(app), 2);
        app.advance(seconds(30)).await;
        let summary = ann.expect_mail(app, "18").await;
        for i in 3..=20 {
            assert!(summary.text.contains(&format!("host {i} is down")), "{}", summary.text);
        }
        app.advance(minutes(10)).await;
    }

    async fn bun_05_what_is_left_alone_is_an_ordinary_message(app: TestApp) {
        let ann = app.user("ann").await;
        let source = app.source().escalating_to([level(&ann, minutes(60))]).await;
        let mut alerts = Vec::new();
        for i in 1..=4 {
            alerts.extend(source.send(app, event(&format!("host {i} is down"))).await);
        }
        ann.expect_mail(app, "host 1 is down").await;
        ann.expect_mail(app, "host 2 is down").await;
        app.happen(alerts[2], ann.id, Happening::Resolved { reason: None }).await;
        assert_eq!(app.alert(alerts[2]).await.status, Status::Resolved);
        app.advance(minutes(5)).await;
        // Alone, it is an ordinary message.
        ann.expect_mail(app, "host 4 is down").await;
    }

    async fn bun_04_what_was_resolved_before_the_summary_is_left_out_of_it(app: TestApp) {
        let ann = app.user("ann").await;
        let source = app.source().escalating_to([level(&ann, minutes(60))]).await;
        let mut alerts = Vec::new();
        for i in 1..=5 {
            alerts.extend(source.send(app, event(&format!("host {i} is down"))).await);
        }
        ann.expect_mail(app, "host 1 is down").await;
        ann.expect_mail(app, "host 2 is down").await;
        app.happen(alerts[4], ann.id, Happening::Resolved { reason: None }).await;
        app.advance(minutes(5)).await;
        let summary = ann.expect_mail(app, "2 alerts").await;
        assert!(summary.text.contains("host 3 is down") && summary.text.contains("host 4 is down"), "{}", summary.text);
        assert!(!summary.text.contains("host 5 is down"), "{}", summary.text);
    }

    async fn bun_02_a_summary_comes_so_long_after_the_oldest_that_waits(app: TestApp) {
        let ann = app.user("ann").await;
        let source = app.source().escalating_to([level(&ann, minutes(60))]).await;
        for name in ["first", "second"] {
            source.send(app, event(name)).await;
            ann.expect_mail(app, name).await;
        }
        for nth in 0..4 {
            source.send(app, event(&format!("host {nth} is down"))).await;
            app.advance(seconds(9)).await;
        }
        // 36 seconds after the first of the four, 9 after the last.
        let summary = ann.expect_mail(app, "4 alerts").await;
        for nth in 0..4 {
            assert!(summary.text.contains(&format!("host {nth} is down")), "{}", summary.text);
        }
        assert_eq!(ann.mails(app), 3);
        app.advance(minutes(10)).await;
    }

    async fn bun_07_a_summary_that_is_asked_for_once_more_sends_nothing(app: TestApp) {
        let ann = app.user("ann").await;
        let source = app.source().escalating_to([level(&ann, minutes(60))]).await;
        for i in 1..=4 {
            source.send(app, event(&format!("host {i} is down"))).await;
        }
        ann.expect_mail(app, "host 1 is down").await;
        ann.expect_mail(app, "host 2 is down").await;
        app.advance(seconds(30)).await;
        ann.expect_mail(app, "2 alerts").await;
        let contact = contacts::list(&app.app.db, &app.scope(), ann.id).await.unwrap()[0].id;
        let again = NewJob::new(doors::ORGANIZATION, JobKind::Summarize, contact.0, app.app.clock.now());
        let again = again.once("a job of before").with((source.id.0, Channel::Email));
        app.app.db.write(move |tx| Box::pin(jobs::ask(tx, vec![again]))).await.unwrap();
        app.advance(minutes(10)).await;
        assert_eq!(ann.mails(app), 3);
    }

    async fn bundling_counts_each_source_by_itself(app: TestApp) {
        let ann = app.user("ann").await;
        let noisy = app.source().escalating_to([level(&ann, minutes(60))]).await;
        let other = app.source().escalating_to([level(&ann, minutes(60))]).await;
        for i in 1..=5 {
            noisy.send(app, event(&format!("noise {i}"))).await;
        }
        other.send(app, event("customer is down")).await;
        ann.expect_mail(app, "customer is down").await;
        ann.expect_mail(app, "noise 1").await;
        ann.expect_mail(app, "noise 2").await;
        app.advance(seconds(30)).await;
        ann.expect_mail(app, "3").await;
    }
}
