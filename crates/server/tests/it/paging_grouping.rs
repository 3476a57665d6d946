//! Which alert an event belongs to, where the mode of the source makes it hard.

use serde_json::json;
use watchbell_core::alert::{Happening, Status};
use watchbell_core::grouping::Grouping;
use watchbell_store::policies::{self, PolicyIn};
use watchbell_store::sources::{self, SourceIn};
use watchbell_testkit::{both_databases, event, level, minutes};

both_databases! {
    async fn an_accepted_alert_of_a_source_with_one_pending_alert_is_still_found_by_its_key(app: TestApp) {
        let ann = app.user("ann").await;
        let source = app.source().with(|s| s.grouping = Grouping::OnePending).escalating_to([]).await;
        let keyed = |kind: &str, key: &str| json!({"eventType": kind, "summary": "disk", "alertKey": key});
        let first = source.send(app, keyed("ALERT", "a")).await.unwrap();
        app.happen(first, ann.id, Happening::Accepted).await;
        assert_eq!(source.send(app, keyed("ALERT", "A ")).await, Some(first));
        let second = source.send(app, keyed("ALERT", "b")).await.unwrap();
        assert_ne!(first, second);
        app.happen(second, ann.id, Happening::Accepted).await;
        assert_eq!(source.send(app, keyed("RESOLVE", "a")).await, Some(first));
        assert_eq!((app.alert(first).await.status, app.alert(second).await.status), (Status::Resolved, Status::Accepted));
        assert_eq!(source.send(app, keyed("RESOLVE", "b")).await, Some(second));
    }

    async fn accepting_never_fails_because_another_alert_has_the_key(app: TestApp) {
        let ann = app.user("ann").await;
        let source = app.source().with(|s| s.grouping = Grouping::OnePending).escalating_to([]).await;
        let keyed = json!({"eventType": "ALERT", "summary": "disk", "alertKey": "a"});
        let first = source.send(app, keyed.clone()).await.unwrap();
        app.tamper(&format!("UPDATE alert SET group_key = NULL WHERE id = {first}")).await;
        let second = source.send(app, keyed).await.unwrap();
        for alert in [first, second] {
            assert_eq!(app.happen(alert, ann.id, Happening::Accepted).await.status, Status::Accepted);
        }
    }

    async fn a_source_may_resolve_what_is_older_than_its_window(app: TestApp) {
        let source = app.source().with(|s| (s.grouping, s.grouping_window_s) = (Grouping::PerWindow, Some(120))).escalating_to([]).await;
        let keyed = |kind: &str| json!({"eventType": kind, "summary": "disk", "alertKey": "a"});
        let first = source.send(app, keyed("ALERT")).await;
        app.advance(minutes(10)).await;
        assert_eq!(source.send(app, keyed("RESOLVE")).await, first);
        assert_eq!(app.alert(first.unwrap()).await.status, Status::Resolved);
    }

    async fn an_event_of_a_policy_that_was_deleted_a_moment_ago_still_pages(app: TestApp) {
        let ann = app.user("ann").await;
        let source = app.source().escalating_to([level(&ann, minutes(5))]).await;
        source.send(app, event("first")).await;
        ann.expect_mail(app, "first").await;
        let (db, scope, now) = (app.app.db.clone(), app.scope(), app.app.clock.now());
        let other = PolicyIn { name: "other".into(), routing_key: None, levels: Vec::new(), passes: 1, repeating: false, delay_s: 0, after_accept: Default::default() };
        let other = policies::create(&db, &scope, other, now).await.unwrap();
        let edited = SourceIn { policy: other.id, ..sources::get(&db, &scope, source.id).await.unwrap().into() };
        sources::update(&db, &scope, source.id, edited, now).await.unwrap();
        policies::delete(&db, &scope, source.policy, now).await.unwrap();
        // The node remembers the key's source for a second: the old policy.
        assert!(source.send(app, event("second")).await.is_some());
        ann.expect_mail(app, "second").await;
    }

    async fn duplicates_burn_no_numbers(app: TestApp) {
        let source = app.source().escalating_to([]).await;
        let keyed = |key: &str| json!({"integrationKey": source.key, "eventType": "ALERT", "summary": "disk", "alertKey": key});
        for _ in 0..3 {
            app.http.post("/api/events", &json!([keyed("a"), keyed("a"), keyed("a")])).await.expect(202);
        }
        let first = source.last_alert(app).await.unwrap();
        let second = source.send(app, keyed("b")).await.unwrap();
        assert_eq!(second.0, first.0 + 1);
    }
}
