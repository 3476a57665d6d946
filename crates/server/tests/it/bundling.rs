//! A storm becomes two messages and a summary.

use watchbell_core::alert::{Happening, Status};
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

    async fn what_was_accepted_before_the_summary_is_left_out_of_it(app: TestApp) {
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
