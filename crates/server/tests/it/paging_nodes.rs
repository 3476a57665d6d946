//! Several nodes, or a fault of one row or one job, at the same moment.

use jiff::Timestamp;
use std::sync::Arc;
use watchbell_core::alert::{Happening, Priority};
use watchbell_core::event::{AlertKey, Content, Event, EventType};
use watchbell_core::grouping::Grouping;
use watchbell_core::timeline::Actor;
use watchbell_store::events::Verdict;
use watchbell_store::ingest::{self, FirstLevel, Incoming, IngestSource, Parsed};
use watchbell_store::jobs::{self, JobKind, NewJob};
use watchbell_store::room::Room;
use watchbell_store::{Db, StoreError, alerts, doors, escalations};
use watchbell_testkit::{TestSource, both_databases, event, level, minutes, seconds};

fn incoming(source: &TestSource, key: &str) -> Vec<Incoming> {
    let source = IngestSource {
        org: doors::ORGANIZATION,
        id: source.id,
        policy: source.policy,
        grouping: Grouping::ByKey,
        grouping_window_s: None,
        opening: Priority::High.into(),
        by_person: false,
        auto_resolve_s: None,
    };
    let event = Event {
        kind: EventType::Alert,
        key: AlertKey::parse(key).unwrap(),
        summary: key.into(),
        details: String::new(),
        priority: None,
        routing_key: None,
        content: Content::default(),
        comments: Vec::new(),
    };
    vec![Incoming {
        source: Arc::new(source),
        parsed: Parsed::Event(Box::new(event)),
        content_type: None,
        body: Vec::new(),
    }]
}

async fn ask(db: &Db, jobs: Vec<NewJob>) {
    db.write(move |tx| Box::pin(jobs::ask(tx, jobs))).await.unwrap();
}

fn write_back(subject: i64, at: Timestamp) -> NewJob {
    NewJob::new(doors::ORGANIZATION, JobKind::WriteBack, subject, at)
}

async fn finish(db: &Db, job: &jobs::Job, now: Timestamp) {
    let job = job.clone();
    assert!(db.write(move |tx| Box::pin(async move { jobs::finish(tx, &job, now).await })).await.unwrap());
}

both_databases! {
    async fn accepting_while_another_node_steps_harms_neither(app: TestApp) {
        let ann = app.user("ann").await;
        let source = app.source().with_policy(|p| p.delay_s = 60).escalating_to([level(&ann, minutes(5))]).await;
        let batch = |round: i32| (0..200).map(|i| incoming(&source, &format!("{round}-{i}"))).collect::<Vec<_>>();
        let (db, scope) = (app.app.db.clone(), app.scope().acting_as(Actor::User { id: ann.id }));
        for round in 0..3 {
            let opened = ingest::commit_batch(&db, batch(round), FirstLevel::AtOnce, app.app.clock.now()).await.outcomes;
            let ids: Vec<_> = opened.into_iter().map(|one| one.unwrap()[0].alert.unwrap()).collect();
            app.app.clock.advance(seconds(60));
            let now = app.app.clock.now();
            let accept = |ids: Vec<_>| {
                let (db, scope) = (db.clone(), scope.clone());
                tokio::spawn(async move {
                    for id in ids {
                        alerts::apply(&db, &scope, id, Happening::Accepted, now).await.unwrap();
                    }
                })
            };
            let (front, back) = (accept(ids[..100].to_vec()), accept(ids[100..].iter().rev().copied().collect()));
            let room = Room::none();
            for _ in 0..3 {
                let (one, other) = tokio::join!(escalations::step_due(&db, now, &room), escalations::step_due(&db, now, &room));
                one.unwrap();
                other.unwrap();
            }
            front.await.unwrap();
            back.await.unwrap();
        }
        app.advance(minutes(10)).await;
        app.expect_any_mails();
    }

    async fn two_nodes_that_open_the_same_groups_in_other_orders_agree(app: TestApp) {
        let source = app.source().escalating_to([]).await;
        let (db, now) = (app.app.db.clone(), app.app.clock.now());
        for round in 0..5 {
            let there: Vec<_> = (0..100).map(|i| incoming(&source, &format!("{round}-{i}"))).collect();
            let back: Vec<_> = there.iter().rev().cloned().collect();
            let (one, other) = tokio::join!(
                ingest::commit_batch(&db, there, FirstLevel::AtOnce, now),
                ingest::commit_batch(&db, back, FirstLevel::AtOnce, now)
            );
            let verdicts: Vec<Verdict> = one.outcomes.into_iter().chain(other.outcomes).map(|done| done.unwrap()[0].verdict).collect();
            assert_eq!(verdicts.iter().filter(|verdict| **verdict == Verdict::Opened).count(), 100);
            assert_eq!(verdicts.iter().filter(|verdict| **verdict == Verdict::Grouped).count(), 100);
        }
    }

    async fn a_job_of_a_newer_version_holds_nobody_up(app: TestApp) {
        let ann = app.user("ann").await.with_webhook(app, 60, true).await;
        let source = app.source().escalating_to([level(&ann, minutes(60))]).await;
        for i in 0..100 {
            let columns = "org_id, kind, subject_id, pool_max, rank, due_at, visible_at, leased, again, generation, attempt, payload";
            app.tamper(&format!("INSERT INTO job ({columns}) VALUES (1, 'future', {i}, 0, 0, 0, 0, false, false, 0, 0, '{{}}')")).await;
        }
        source.send(app, event("disk full")).await;
        app.app.clock.advance(seconds(60));
        app.settle().await;
        ann.expect_hook("disk full").await;
        app.tamper("DELETE FROM job WHERE kind = 'future'").await;
    }

    async fn a_unit_that_panics_fails_alone(app: TestApp) {
        let db = app.app.db.clone();
        let panicked: Result<(), StoreError> = db.write(|_| Box::pin(async { panic!("a fault") })).await;
        assert!(panicked.is_err_and(|error| !error.is_transient()));
        let source = app.source().escalating_to([]).await;
        assert!(source.send(app, event("still here")).await.is_some());
    }

    async fn a_lane_keeps_its_order_while_its_first_job_waits_for_its_next_try(app: TestApp) {
        let (db, now) = (app.app.db.clone(), app.app.clock.now());
        ask(&db, vec![write_back(1, now).in_lane("ticket:1")]).await;
        ask(&db, vec![write_back(2, now).in_lane("ticket:1"), write_back(3, now).in_lane("ticket:2")]).await;
        let claimed = claimed(&db, now).await;
        assert_eq!(claimed.iter().map(|job| job.subject).collect::<Vec<_>>(), [1, 3]);
        let first = claimed[0].clone();
        db.write(move |tx| Box::pin(async move { jobs::retry(tx, &first, now + seconds(60), "away").await })).await.unwrap();
        finish(&db, &claimed[1], now).await;
        assert_eq!(self::claimed(&db, now).await, []);
        let later = now + seconds(60);
        let first = self::claimed(&db, later).await;
        assert_eq!(first.iter().map(|job| job.subject).collect::<Vec<_>>(), [1]);
        finish(&db, &first[0], later).await;
        let second = self::claimed(&db, later).await;
        assert_eq!(second.iter().map(|job| job.subject).collect::<Vec<_>>(), [2]);
        finish(&db, &second[0], later).await;
    }

    async fn jobs_whose_lane_is_busy_take_no_place_in_a_pool(app: TestApp) {
        let (db, now) = (app.app.db.clone(), app.app.clock.now());
        let job = |subject: i64, lane: &str| write_back(subject, now).in_lane(lane).in_pool("account", 2);
        for (subject, lane) in [(1, "a"), (2, "a"), (3, "a"), (4, "b"), (5, "c")] {
            ask(&db, vec![job(subject, lane)]).await;
        }
        let first = claimed(&db, now).await;
        assert_eq!(first.iter().map(|job| job.subject).collect::<Vec<_>>(), [1, 4]);
        finish(&db, &first[1], now).await;
        let next = claimed(&db, now).await;
        assert_eq!(next.iter().map(|job| job.subject).collect::<Vec<_>>(), [5]);
        app.tamper("DELETE FROM job WHERE kind = 'write_back'").await;
    }

    async fn what_was_asked_for_while_a_job_gave_up_is_done(app: TestApp) {
        let (db, now) = (app.app.db.clone(), app.app.clock.now());
        let job = || write_back(1, now).once("k").in_lane("x");
        ask(&db, vec![job()]).await;
        let running = claimed(&db, now).await.remove(0);
        ask(&db, vec![job()]).await;
        db.write(move |tx| Box::pin(async move { jobs::give_up(tx, &running, now, "refused").await })).await.unwrap();
        let again = claimed(&db, now).await.remove(0);
        db.write(move |tx| Box::pin(async move { jobs::give_up(tx, &again, now, "refused").await })).await.unwrap();
        let given_up = jobs::list_given_up(&db, &app.scope(), 10).await.unwrap();
        // Tried again by hand while the same was asked for anew: once is enough.
        ask(&db, vec![job()]).await;
        let id = watchbell_core::ids::JobId(given_up[0].id);
        jobs::retry_by_hand(&db, &app.scope(), id, now).await.unwrap();
        assert_eq!(jobs::list_given_up(&db, &app.scope(), 10).await.unwrap().len(), 0);
        let last = claimed(&db, now).await;
        assert_eq!(last.len(), 1);
        finish(&db, &last[0], now).await;
    }
}

async fn claimed(db: &Db, now: Timestamp) -> Vec<jobs::Job> {
    let claimed = jobs::claim(db, now, &Room::whole()).await.unwrap();
    claimed.into_iter().filter(|job| job.kind == JobKind::WriteBack).collect()
}
