//! "Nobody was notified": said when it is so, and only then. And who asks for more gets more.

use watchbell_core::alert::{Happening, Priority};
use watchbell_core::timeline::Entry;
use watchbell_sim::hook::HookAnswer;
use watchbell_sim::smtp::{SmtpFault, SmtpFaults};
use watchbell_testkit::{both_databases, event, level, minutes, seconds};

both_databases! {
    async fn a_level_without_time_out_reaches_people_and_nobody_says_otherwise(app: TestApp) {
        let (ann, bob) = (app.user("ann").await, app.user("bob").await);
        let source = app.source().escalating_to([level(&ann, seconds(0)), level(&bob, seconds(0))]).await;
        let alert = source.send(app, event("disk full")).await.unwrap();
        ann.expect_mail(app, "disk full").await;
        bob.expect_mail(app, "disk full").await;
        assert!(!app.entries(alert).await.contains(&Entry::NobodyNotified));
        assert!(app.entries(alert).await.contains(&Entry::EscalationEnded));
    }

    async fn it_is_not_said_while_a_message_waits_and_it_is_when_the_last_one_fails(app: TestApp) {
        let ann = app.user("ann").await.with_webhook(app, 900, true).await;
        let bob = app.user("bob").await.with_webhook(app, 0, true).await;
        ann.hook().answer(410.into());
        bob.hook().answer(410.into());
        let source = app.source().escalating_to([level(&ann, minutes(5)), level(&bob, minutes(60))]).await;
        let alert = source.send(app, event("disk full")).await.unwrap();
        app.advance(minutes(14)).await;
        bob.expect_hook("disk full").await;
        assert!(app.entries(alert).await.contains(&Entry::EscalationEnded));
        assert_eq!(app.alert(alert).await.nobody_notified_at, None);
        app.advance(minutes(2)).await;
        ann.expect_hook("disk full").await;
        assert!(app.alert(alert).await.nobody_notified_at.is_some());
        assert_eq!(app.entries(alert).await.iter().filter(|entry| **entry == Entry::NobodyNotified).count(), 1);
    }

    async fn escalating_from_the_last_level_starts_at_the_first_again(app: TestApp) {
        let (ann, bob) = (app.user("ann").await, app.user("bob").await);
        let source = app.source().escalating_to([level(&ann, minutes(10)), level(&bob, minutes(10))]).await;
        let alert = source.send(app, event("disk full")).await.unwrap();
        ann.expect_mail(app, "disk full").await;
        app.happen(alert, ann.id, Happening::EscalatedNow).await;
        bob.expect_mail(app, "disk full").await;
        app.happen(alert, bob.id, Happening::Accepted).await;
        app.happen(alert, bob.id, Happening::EscalatedNow).await;
        assert_eq!(ann.mails(app), 2);
        ann.expect_mail(app, "disk full").await;
        // And it ends as it would have from the start.
        app.advance(minutes(120)).await;
        bob.expect_mail(app, "disk full").await;
        assert_eq!((ann.mails(app), bob.mails(app)), (2, 2));
    }

    async fn escalating_a_quiet_alert_calls_the_next_level(app: TestApp) {
        let (ann, bob) = (app.user("ann").await, app.user("bob").await);
        let source = app.source().with(|s| s.priority_rule = Priority::Low.into()).escalating_to([level(&ann, minutes(5)), level(&bob, minutes(5))]).await;
        let alert = source.send(app, event("patch day")).await.unwrap();
        ann.expect_mail(app, "patch day").await;
        app.happen(alert, ann.id, Happening::EscalatedNow).await;
        bob.expect_mail(app, "patch day").await;
        assert_eq!(app.alert(alert).await.priority, Priority::High);
        app.advance(minutes(60)).await;
    }

    async fn a_message_of_a_pass_that_is_over_keeps_nobody_from_saying_so(app: TestApp) {
        let ann = app.user("ann").await.with_webhook(app, 1_800, false).await;
        let source = app.source().escalating_to([level(&ann, minutes(15))]).await;
        let alert = source.send(app, event("disk full")).await.unwrap();
        ann.expect_mail(app, "disk full").await;
        app.advance(minutes(17)).await;
        // The line breaks; the webhook of the first pass is still to come, and will be left out.
        app.smtp.faults(SmtpFault::RefuseContent);
        ann.hook().answer(410.into());
        app.happen(alert, ann.id, Happening::EscalatedNow).await;
        app.advance(minutes(5)).await;
        let lost = app.alert(alert).await;
        assert!(lost.nobody_notified_at.is_some() && lost.escalation.next_step_at.is_some(), "{lost:?}");
        app.smtp.faults(SmtpFaults::default());
        ann.hook().answer(HookAnswer::default());
        let mails = ann.mails(app);
        app.advance(minutes(10)).await;
        assert!(ann.mails(app) > mails);
        app.happen(alert, ann.id, Happening::Accepted).await;
        app.expect_any_mails();
        ann.expect_hooks_more(ann.hook().received().len());
    }
}
