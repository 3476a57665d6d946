//! Who is woken, when, and what stops it.

use watchbell_core::alert::{Assignee, Happening, Priority, Status};
use watchbell_core::escalation::Level;
use watchbell_core::timeline::Entry;
use watchbell_core::user::Channel;
use watchbell_store::contacts;
use watchbell_store::preferences::{self, Collection, PreferenceIn};
use watchbell_testkit::{Person, TestApp, both_databases, event, level, minutes, seconds};

/// By mail, over an update rule.
async fn tell_of_escalations(app: &TestApp, person: &Person) {
    let (db, scope, now) = (&app.app.db, app.scope(), app.app.clock.now());
    let contacts = contacts::list(db, &scope, person.id).await.unwrap();
    let (collection, kind) = (Collection::Updates, "ALERT_ESCALATED".into());
    let rule = PreferenceIn { collection, method: Channel::Email, contact: contacts[0].id, kind, delay_s: 0 };
    preferences::create(db, &scope, person.id, rule, now).await.unwrap();
}

both_databases! {
    async fn the_second_responder_is_called_when_the_first_stays_silent(app: TestApp) {
        let (ann, bob) = (app.user("ann").await, app.user("bob").await);
        let source = app.source().escalating_to([level(&ann, minutes(15)), level(&bob, minutes(15))]).await;

        source.send(app, event("disk full")).await;
        ann.expect_mail(app, "disk full").await;

        app.advance(minutes(15) - seconds(1)).await;
        assert_eq!(bob.mails(app), 0);
        app.advance(seconds(1)).await;
        bob.expect_mail(app, "disk full").await;
    }

    async fn nothing_goes_out_after_accept(app: TestApp) {
        let (ann, bob) = (app.user("ann").await.with_webhook(app, 300, false).await, app.user("bob").await);
        let source = app.source().escalating_to([level(&ann, minutes(15)), level(&bob, minutes(15))]).await;
        let alert = source.send(app, event("disk full")).await.unwrap();
        ann.expect_mail(app, "disk full").await;

        let accepted = app.happen(alert, ann.id, Happening::Accepted).await;
        assert_eq!((accepted.status, accepted.accepted_by), (Status::Accepted, Some(ann.id)));
        app.advance(minutes(120)).await;
    }

    async fn every_pass_goes_through_all_levels_and_then_it_ends(app: TestApp) {
        let (ann, bob) = (app.user("ann").await, app.user("bob").await);
        let source = app.source().with_policy(|p| (p.repeating, p.passes) = (true, 2)).escalating_to([level(&ann, minutes(5)), level(&bob, minutes(5))]).await;
        let alert = source.send(app, event("disk full")).await.unwrap();
        for (person, mails) in [(&ann, 1), (&bob, 1), (&ann, 2), (&bob, 2)] {
            person.expect_mail(app, "disk full").await;
            assert_eq!(person.mails(app), mails);
            app.advance(minutes(5)).await;
        }
        assert!(app.entries(alert).await.contains(&Entry::EscalationEnded));
        assert_eq!(app.alert(alert).await.nobody_notified_at, None);
    }

    async fn a_quiet_alert_tells_the_first_level_only_until_it_is_raised(app: TestApp) {
        let (ann, bob) = (app.user("ann").await, app.user("bob").await);
        let source = app.source().with(|s| s.priority_rule = Priority::Low.into()).escalating_to([level(&ann, minutes(5)), level(&bob, minutes(5))]).await;
        let alert = source.send(app, event("patch day")).await.unwrap();
        ann.expect_mail(app, "patch day").await;
        app.advance(minutes(60)).await;
        assert_eq!(bob.mails(app), 0);

        app.happen(alert, ann.id, Happening::Raised).await;
        ann.expect_mail(app, "patch day").await;
        app.advance(minutes(5)).await;
        bob.expect_mail(app, "patch day").await;
    }

    async fn delayed_first_page_is_not_sent_when_it_resolves_before(app: TestApp) {
        let ann = app.user("ann").await;
        let source = app.source().with_policy(|p| p.delay_s = 120).escalating_to([level(&ann, minutes(5))]).await;
        let mut flapping = event("link down");
        flapping["alertKey"] = "link".into();
        let alert = source.send(app, flapping.clone()).await.unwrap();
        app.advance(seconds(119)).await;
        assert_eq!(ann.mails(app), 0);
        flapping["eventType"] = "RESOLVE".into();
        assert_eq!(source.send(app, flapping).await, Some(alert));
        app.advance(minutes(60)).await;
        assert_eq!(app.alert(alert).await.status, Status::Resolved);
    }

    async fn when_a_channel_fails_the_next_contact_is_tried_at_once(app: TestApp) {
        let ann = app.user("ann").await.with_webhook(app, 900, false).await;
        app.smtp.faults(watchbell_sim::smtp::SmtpFault::RefuseRecipient);
        let source = app.source().escalating_to([level(&ann, minutes(60))]).await;
        let alert = source.send(app, event("disk full")).await.unwrap();
        ann.expect_hook("disk full").await;
        let entries = app.entries(alert).await;
        assert!(entries.iter().any(|e| matches!(e, Entry::DeliveryFailed { again: false, .. })), "{entries:?}");
        assert_eq!(app.alert(alert).await.nobody_notified_at, None);
        ann.expect_hook("One of your contacts does not work any more").await;
    }

    async fn a_level_that_cannot_be_reached_gives_way_and_nobody_reached_is_said(app: TestApp) {
        let ann = app.user("ann").await.with_webhook(app, 0, true).await;
        let bob = app.user("bob").await.with_webhook(app, 0, true).await;
        ann.hook().answer(410.into());
        bob.hook().answer(410.into());
        let source = app.source().escalating_to([level(&ann, minutes(60)), level(&bob, minutes(60))]).await;
        let alert = source.send(app, event("disk full")).await.unwrap();
        let entries = app.entries(alert).await;
        assert_eq!(entries.iter().filter(|e| matches!(e, Entry::LevelUnreachable { .. })).count(), 2, "{entries:?}");
        assert!(app.alert(alert).await.nobody_notified_at.is_some());
        assert_eq!(app.alert(alert).await.status, Status::Pending);
        ann.expect_hook("disk full").await;
        bob.expect_hook("disk full").await;
    }

    async fn a_transient_failure_is_tried_three_times_within_thirty_seconds(app: TestApp) {
        let ann = app.user("ann").await.with_webhook(app, 0, true).await;
        ann.hook().answer(503.into());
        let source = app.source().escalating_to([level(&ann, minutes(60))]).await;
        let alert = source.send(app, event("disk full")).await.unwrap();
        ann.expect_hook("disk full").await;
        app.advance(seconds(29)).await;
        ann.expect_hooks_more(2);
        assert_eq!(ann.hook().received().len(), 3);
        assert!(app.alert(alert).await.nobody_notified_at.is_some());
    }

    async fn amg_03_whom_a_message_reached_gets_it_once_while_another_is_tried_again(app: TestApp) {
        let ann = app.user("ann").await.with_webhook(app, 0, true).await;
        let bob = app.user("bob").await.with_webhook(app, 0, true).await;
        bob.hook().answer(503.into());
        let source = app.source().escalating_to([Level::of_users(vec![ann.id, bob.id], 3_600)]).await;
        source.send(app, event("disk full")).await.unwrap();
        app.advance(seconds(6)).await;
        assert_eq!((ann.hook().received().len(), bob.hook().received().len()), (1, 2));
        bob.hook().answer(200.into());
        app.advance(minutes(10)).await;
        assert_eq!((ann.hook().received().len(), bob.hook().received().len()), (1, 3));
        ann.expect_hook("disk full").await;
        bob.expect_hooks_more(3);
    }

    async fn a_policy_without_anyone_says_so_at_once(app: TestApp) {
        let source = app.source().escalating_to([]).await;
        let alert = source.send(app, event("disk full")).await.unwrap();
        assert!(app.alert(alert).await.nobody_notified_at.is_some());
        assert!(app.entries(alert).await.contains(&Entry::NobodyNotified));
    }

    async fn who_gets_it_reassigned_is_woken_at_once_and_the_policy_follows(app: TestApp) {
        let (ann, bob) = (app.user("ann").await, app.user("bob").await);
        let source = app.source().escalating_to([level(&ann, minutes(5))]).await;
        let alert = source.send(app, event("disk full")).await.unwrap();
        ann.expect_mail(app, "disk full").await;
        app.happen(alert, ann.id, Happening::Accepted).await;
        let given = app.happen(alert, ann.id, Happening::Reassigned(Assignee::User(bob.id))).await;
        assert_eq!(given.status, Status::Pending);
        bob.expect_mail(app, "disk full").await;
        app.advance(minutes(5)).await;
        ann.expect_mail(app, "disk full").await;
    }

    async fn escalating_an_accepted_alert_calls_the_next_level(app: TestApp) {
        let (ann, bob) = (app.user("ann").await, app.user("bob").await);
        let source = app.source().escalating_to([level(&ann, minutes(60)), level(&bob, minutes(60))]).await;
        let alert = source.send(app, event("disk full")).await.unwrap();
        ann.expect_mail(app, "disk full").await;
        app.happen(alert, ann.id, Happening::Accepted).await;
        app.happen(alert, ann.id, Happening::EscalatedNow).await;
        bob.expect_mail(app, "disk full").await;
        assert_eq!(app.alert(alert).await.status, Status::Pending);
    }

    async fn who_wants_to_know_that_it_went_further_is_told_once_and_not_of_their_own_doing(app: TestApp) {
        let (ann, bob, eve) = (app.user("ann").await, app.user("bob").await, app.user("eve").await);
        for person in [&ann, &bob] {
            tell_of_escalations(app, person).await;
        }
        let source = app.source().escalating_to([Level::of_users(vec![ann.id, bob.id], 3_600), level(&eve, minutes(60)), level(&eve, minutes(60))]).await;
        let alert = source.send(app, event("disk full")).await.unwrap();
        ann.expect_mail(app, "disk full").await;
        bob.expect_mail(app, "disk full").await;
        app.happen(alert, ann.id, Happening::EscalatedNow).await;
        app.settle().await;
        eve.expect_mail(app, "disk full").await;
        assert_eq!((ann.mails(app), bob.mails(app)), (1, 2));
        app.advance(minutes(60)).await;
        assert_eq!((ann.mails(app), bob.mails(app)), (2, 3), "the time-out is nobody's doing");
        app.expect_any_mails();
    }
}
