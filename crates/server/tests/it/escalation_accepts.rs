//! Several who have to accept, snoozes, and accepts after which nothing happens.

use serde_json::json;
use watchbell_core::alert::{Happening, Status};
use watchbell_core::escalation::{AfterAccept, Level};
use watchbell_core::timeline::Entry;
use watchbell_testkit::{both_databases, event, level, minutes};

both_databases! {
    async fn esc_30_the_alert_is_accepted_when_as_many_as_are_needed_have_it(app: TestApp) {
        let bob = app.user("bob").await.with_webhook(app, 600, false).await;
        let (jane, eve) = (app.user("jane").await.with_webhook(app, 600, false).await, app.user("eve").await);
        let both = Level { accepts_needed: 2, ..Level::of_users(vec![bob.id, jane.id], 1_800) };
        let source = app.source().escalating_to([both, level(&eve, minutes(30))]).await;
        let alert = source.send(app, event("core switch")).await.unwrap();
        bob.expect_mail(app, "core switch").await;
        jane.expect_mail(app, "core switch").await;
        let caller = app.as_user(bob.id).await;
        let first = caller.put(&format!("/api/alerts/{alert}/accept"), &json!(null)).await.expect(200).json();
        assert_eq!((&first["status"], &first["acceptsNeeded"], &first["acceptedBy"][0]["id"]), (&json!("PENDING"), &json!(2), &json!(bob.id)));
        app.settle().await;
        app.advance(minutes(10)).await;
        jane.expect_hook("core switch").await;
        assert_eq!(bob.hook().received().len(), 0, "the messages to who accepted stop");
        let second = app.happen(alert, jane.id, Happening::Accepted).await;
        assert_eq!(second.status, Status::Accepted);
        let said = app.entries(alert).await;
        assert!(said.contains(&Entry::AcceptedPartly { count: 1, needed: 2 }) && said.contains(&Entry::Accepted));
        app.advance(minutes(60)).await;
        app.expect_any_mails();
        let shown = caller.get(&format!("/api/alerts/{alert}")).await.expect(200).json();
        let accepted = shown["responders"].as_array().unwrap().iter().filter(|responder| responder["status"] == "ACCEPTED").count();
        assert_eq!(accepted, 2);
    }

    async fn esc_32_closing_it_calls_nobody_more(app: TestApp) {
        let (bob, jane) = (app.user("bob").await, app.user("jane").await);
        let both = Level { accepts_needed: 2, ..Level::of_users(vec![bob.id, jane.id], 1_800) };
        let source = app.source().with_policy(|policy| (policy.repeating, policy.passes) = (true, 9)).escalating_to([both]).await;
        let alert = source.send(app, event("core switch")).await.unwrap();
        bob.expect_mail(app, "core switch").await;
        jane.expect_mail(app, "core switch").await;
        app.happen(alert, bob.id, Happening::Resolved { reason: None }).await;
        app.expect_any_mails();
        app.advance(minutes(31)).await;
        assert_eq!(app.alert(alert).await.status, Status::Resolved);
    }

    async fn an_accept_that_leads_to_nothing_pages_again(app: TestApp) {
        let ann = app.user("ann").await;
        let rules = AfterAccept { timeout_s: 3_600, ..AfterAccept::OFF };
        let source = app.source().with_policy(|policy| policy.after_accept = rules).escalating_to([level(&ann, minutes(60))]).await;
        let alert = source.send(app, event("disk full")).await.unwrap();
        ann.expect_mail(app, "disk full").await;
        app.happen(alert, ann.id, Happening::Accepted).await;
        app.advance(minutes(59)).await;
        assert_eq!(app.alert(alert).await.status, Status::Accepted);
        app.advance(minutes(1)).await;
        ann.expect_mail(app, "disk full").await;
        let after = app.alert(alert).await;
        assert_eq!((after.status, after.escalation.pass), (Status::Pending, 2));
        assert!(app.entries(alert).await.iter().any(|entry| matches!(entry, Entry::Unaccepted { reason } if reason.contains("not resolved within 60 minutes"))));
    }

    async fn who_does_nothing_after_an_accept_is_asked_first(app: TestApp) {
        let ann = app.user("ann").await;
        let rules = AfterAccept { ask_after_s: 600, page_after_s: 300, timeout_s: 0 };
        let source = app.source().with_policy(|policy| policy.after_accept = rules).escalating_to([level(&ann, minutes(60))]).await;
        let alert = source.send(app, event("disk full")).await.unwrap();
        ann.expect_mail(app, "disk full").await;
        app.happen(alert, ann.id, Happening::Accepted).await;
        app.advance(minutes(10)).await;
        ann.expect_mail(app, "Is anything done about alert").await;
        app.advance(minutes(5)).await;
        ann.expect_mail(app, "disk full").await;
        assert_eq!(app.alert(alert).await.status, Status::Pending);
        app.happen(alert, ann.id, Happening::Accepted).await;
        app.happen(alert, ann.id, Happening::Commented { text: "on it".into(), author: None }).await;
        app.advance(minutes(60)).await;
        assert_eq!(app.alert(alert).await.status, Status::Accepted, "a comment is enough");
    }

    async fn a_snooze_over_the_api_keeps_everybody_quiet_until_it_is_over(app: TestApp) {
        let (ann, bob) = (app.user("ann").await, app.user("bob").await);
        let source = app.source().escalating_to([level(&ann, minutes(5)), level(&bob, minutes(5))]).await;
        let alert = source.send(app, event("disk full")).await.unwrap();
        ann.expect_mail(app, "disk full").await;
        let caller = app.as_user(ann.id).await;
        let path = format!("/api/alerts/{alert}/snooze");
        for (bad, field) in [
            (json!({}), "until"),
            (json!({"minutes": 0}), "minutes"),
            (json!({"minutes": 43_201}), "minutes"),
            (json!({"until": "2020-01-01T00:00:00Z"}), "until"),
            (json!({"until": "soon"}), "until"),
            (json!({"until": "2026-01-05T09:00:00Z", "minutes": 5}), "until"),
        ] {
            let error = caller.put(&path, &bad).await.expect(400).json();
            assert!(error["message"].as_str().unwrap().starts_with(field), "{bad}: {error}");
        }
        let snoozed = caller.put(&path, &json!({"minutes": 30})).await.expect(200).json();
        assert_eq!((&snoozed["status"], &snoozed["snoozedUntil"]), (&json!("PENDING"), &json!("2026-01-05T08:30:00Z")));
        app.advance(minutes(29)).await;
        assert_eq!(bob.mails(app), 0);
        app.advance(minutes(1)).await;
        ann.expect_mail(app, "disk full").await;
        app.happen(alert, ann.id, Happening::Accepted).await;
        caller.put(&path, &json!({"until": "2026-01-05T10:00:00Z"})).await.expect(200);
        app.advance(minutes(90)).await;
        ann.expect_mail(app, "The snooze of alert").await;
        assert_eq!(app.alert(alert).await.status, Status::Accepted);
        caller.put(&path, &json!({"minutes": 5, "escalateOnWake": true})).await.expect(200);
        app.advance(minutes(5)).await;
        ann.expect_mail(app, "disk full").await;
        app.happen(alert, ann.id, Happening::Resolved { reason: None }).await;
        caller.put(&path, &json!({"minutes": 5})).await.expect(409);
    }
}
