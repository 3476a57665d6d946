//! A channel that is dead, a line that is away, a node that is slow or full: pages are late at worst, and only those concerned.

use std::sync::Arc;
use watchbell_core::alert::Happening;
use watchbell_core::escalation::Level;
use watchbell_core::ids::{AlertId, NotificationId};
use watchbell_core::notify::{NotificationState, Purpose};
use watchbell_core::timeline::Entry;
use watchbell_core::user::Channel;
use watchbell_server::engine::Engine;
use watchbell_sim::hook::HookAnswer;
use watchbell_sim::smtp::{SmtpFault, SmtpFaults};
use watchbell_store::deliveries::{Delivery, Ended};
use watchbell_store::jobs::{self, JobKind};
use watchbell_store::nudge::{self, Listener};
use watchbell_store::room::{Place, Room};
use watchbell_store::{Sql, StoreError, alerts, deliveries, escalations, job_changes, notifications, responders};
use watchbell_testkit::clock::wait_until;
use watchbell_testkit::{TestApp, both_databases, event, level, minutes, seconds};

/// A source that pages so many people by mail, all at once.
async fn crowd(app: &mut TestApp, name: &str, people: usize) -> String {
    let mut users = Vec::new();
    for nth in 0..people {
        users.push(app.user(&format!("{name}{nth}")).await.id);
    }
    app.source().escalating_to([Level::of_users(users, 3_600)]).await.key
}

async fn send(app: &TestApp, key: &str, summary: &str) {
    let mut event = event(summary);
    event["integrationKey"] = key.into();
    app.http.post("/api/events", &event).await.expect(202);
}

/// Somebody with an open transaction that holds an alert.
struct Holder {
    let_go: Arc<tokio::sync::Notify>,
    task: tokio::task::JoinHandle<Result<(), StoreError>>,
}

impl Holder {
    async fn let_go(self) {
        self.let_go.notify_one();
        self.task.await.unwrap().unwrap();
    }
}

async fn hold(app: &TestApp, alert: AlertId) -> Holder {
    let (db, scope, now) = (app.app.db.clone(), app.scope(), app.app.clock.now());
    let (locked, let_go) = (Arc::new(tokio::sync::Notify::new()), Arc::new(tokio::sync::Notify::new()));
    let (rung, rope) = (locked.clone(), let_go.clone());
    let task = tokio::spawn(async move {
        let comment = Happening::Commented { text: "wait".into(), author: None };
        db.write(move |tx| {
            Box::pin(async move {
                alerts::apply_in(tx, &scope, alert, &comment, now).await?;
                rung.notify_one();
                rope.notified().await;
                Ok(())
            })
        })
        .await
    });
    locked.notified().await;
    Holder { let_go, task }
}

both_databases! {
    async fn a_mail_server_that_hangs_keeps_no_webhook_waiting(app: TestApp) {
        app.smtp.faults(SmtpFault::Hang);
        let ann = app.user("ann").await.with_webhook(app, 0, true).await;
        let quick = app.source().escalating_to([level(&ann, minutes(60))]).await;
        let (one, other) = (crowd(app, "one", 20).await, crowd(app, "other", 20).await);
        let engine = tokio::spawn(Engine::new(app.app.clone()).run(Arc::default()));
        send(app, &one, "disk full").await;
        send(app, &other, "disk full").await;
        app.app.wake.notify_one();
        let hanging = || async { under_way(app).await > 0 };
        wait_until("mails hang", hanging).await;
        send(app, &quick.key, "customer is down").await;
        ann.expect_hook("customer is down").await;
        let noted = || async { in_state(app, 3, NotificationState::Sent).await == 1 };
        wait_until("the webhook is noted", noted).await;
        assert!(under_way(app).await <= 3, "no more mails than connections are under way");
        engine.abort();
        let _ = engine.await;
        // The others go out when the server is well again: nothing is lost.
        app.smtp.faults(SmtpFaults::default());
        app.advance(minutes(2)).await;
        assert_eq!(app.smtp.messages().len(), 40);
        app.expect_any_mails();
    }

    async fn a_node_takes_what_it_has_a_place_for(app: TestApp) {
        let ann = app.user("ann").await.with_webhook(app, 0, true).await;
        let quick = app.source().with_policy(|p| p.delay_s = 60).escalating_to([level(&ann, minutes(60))]).await;
        let mut users = Vec::new();
        for name in ["bob", "cleo", "dan"] {
            users.push(app.user(name).await.id);
        }
        let slow = app.source().with_policy(|p| p.delay_s = 60).escalating_to([Level::of_users(users, 3_600)]).await;
        slow.send(app, event("disk full")).await;
        quick.send(app, event("disk full")).await;
        app.app.clock.advance(seconds(60));
        let (db, now) = (app.app.db.clone(), app.app.clock.now());
        assert_eq!(escalations::step_due(&db, now, &Room::none()).await.unwrap().sends, []);
        let pages = |mails: usize| {
            let room = Room::of(|place| if place == Place::Channel(Channel::Email) { mails } else { 16 });
            let db = db.clone();
            async move { jobs::claim(&db, now, &room).await.unwrap().into_iter().filter(|job| job.kind == JobKind::Notify).count() }
        };
        assert_eq!([pages(0).await, pages(2).await, pages(2).await, pages(2).await], [1, 2, 1, 0]);
        app.advance(minutes(1)).await;
        ann.expect_hook("disk full").await;
        app.expect_any_mails();
        assert_eq!(app.smtp.messages().len(), 3);
    }

    async fn gat_03_when_the_line_was_away_people_are_paged_as_soon_as_it_is_back(app: TestApp) {
        let (ann, bob) = (app.user("ann").await.with_webhook(app, 0, true).await, app.user("bob").await.with_webhook(app, 0, true).await);
        ann.hook().answer(503.into());
        bob.hook().answer(503.into());
        let source = app.source().escalating_to([level(&ann, minutes(15)), level(&bob, minutes(15))]).await;
        let alert = source.send(app, event("disk full")).await.unwrap();
        app.advance(minutes(6)).await;
        assert!(app.alert(alert).await.nobody_notified_at.is_some());
        let tried = ann.hook().received().len();
        assert!((9..=12).contains(&tried), "at once, and after 1, 2, 4 minutes: {tried}");
        ann.hook().answer(HookAnswer::default());
        app.advance(minutes(5)).await;
        assert_eq!(ann.hook().received().len(), tried + 1);
        assert_eq!(app.alert(alert).await.nobody_notified_at, None);
        assert_eq!(app.entries(alert).await.iter().filter(|entry| **entry == Entry::NobodyNotified).count(), 1);
        // From here the policy goes its way, and stops when somebody has it.
        app.happen(alert, ann.id, Happening::Accepted).await;
        app.advance(minutes(60)).await;
        ann.expect_hooks_more(tried + 1);
        bob.expect_hooks_more(bob.hook().received().len());
    }

    async fn a_node_that_was_too_slow_leaves_the_page_to_the_one_that_has_it_now(app: TestApp) {
        let ann = app.user("ann").await;
        let source = app.source().with_policy(|p| p.delay_s = 60).escalating_to([level(&ann, minutes(60))]).await;
        source.send(app, event("disk full")).await;
        app.app.clock.advance(seconds(60));
        let db = app.app.db.clone();
        escalations::step_due(&db, app.app.clock.now(), &Room::none()).await.unwrap();
        let claim = |at| { let db = db.clone(); async move {
            let claimed = jobs::claim(&db, at, &Room::whole()).await.unwrap();
            claimed.into_iter().filter(|job| job.kind == JobKind::Notify).collect::<Vec<_>>()
        } };
        let slow = claim(app.app.clock.now()).await;
        app.app.clock.advance(seconds(31));
        let now = app.app.clock.now();
        let quick = claim(now).await;
        assert_eq!((slow.len(), quick.len()), (1, 1));
        assert_eq!(deliveries::begin(&db, quick, now).await.unwrap().len(), 1);
        assert_eq!(deliveries::begin(&db, slow, now).await.unwrap(), []);
        app.advance(minutes(1)).await;
        ann.expect_mail(app, "disk full").await;
    }

    async fn what_was_sent_is_recorded_though_somebody_holds_another_alert(app: TestApp) {
        if !app.app.db.is_postgres() {
            return; // One writer: nobody can hold a row.
        }
        let mut alerts = Vec::new();
        for name in ["held", "free"] {
            let user = app.user(name).await;
            let source = app.source().with_policy(|p| p.delay_s = 60).escalating_to([level(&user, minutes(60))]).await;
            alerts.push(source.send(app, event(name)).await.unwrap());
        }
        app.app.clock.advance(seconds(60));
        let (db, now) = (app.app.db.clone(), app.app.clock.now());
        let sends = escalations::step_due(&db, now, &Room::whole()).await.unwrap().sends;
        let mut ended = Vec::new();
        for send in sends {
            let outgoing = deliveries::outgoing(&db, send.job.org, NotificationId(send.job.subject)).await.unwrap().unwrap();
            let (alert, delivery) = (outgoing.alert_id.map(AlertId), Delivery::Sent { provider_id: Some("p1".into()), via: None, rings: false, asks: false });
            ended.push(Ended { job: send.job, purpose: Some(Purpose::Page), alert, delivery, at: now });
        }
        let holder = hold(app, alerts[0]).await;
        let recorded = deliveries::finish_plain(&db, ended.clone()).await.unwrap();
        let left: Vec<Ended> = ended.into_iter().filter(|one| !recorded.contains(&one.job.id)).collect();
        assert_eq!(left.iter().map(|one| one.alert).collect::<Vec<_>>(), [Some(alerts[0])]);
        assert_eq!((app.alert(alerts[0]).await.notified_at, app.alert(alerts[1]).await.notified_at), (None, Some(now)));
        holder.let_go().await;
        assert_eq!(deliveries::finish_plain(&db, left).await.unwrap().len(), 1);
        assert_eq!(app.alert(alerts[0]).await.notified_at, Some(now));
    }

    async fn an_alert_that_somebody_holds_holds_nobody_elses_page_back(app: TestApp) {
        if !app.app.db.is_postgres() {
            return; // One writer: nobody can hold a row.
        }
        let (ann, bob) = (app.user("ann").await, app.user("bob").await);
        let source = app.source().with_policy(|p| p.delay_s = 60);
        let source = source.escalating_to([level(&ann, minutes(60))]).await;
        let other = app.source().with_policy(|p| p.delay_s = 60).escalating_to([level(&bob, minutes(60))]).await;
        let held = source.send(app, event("held")).await.unwrap();
        other.send(app, event("free")).await;
        app.app.clock.advance(seconds(60));
        let holder = hold(app, held).await;
        app.settle().await;
        bob.expect_mail(app, "free").await;
        assert_eq!(ann.mails(app), 0);
        holder.let_go().await;
        app.settle().await;
        ann.expect_mail(app, "held").await;
    }

    async fn who_is_called_for_help_with_an_accepted_alert_is_paged(app: TestApp) {
        let ann = app.user("ann").await;
        let bob = app.user("bob").await.with_webhook(app, 300, false).await;
        let source = app.source().escalating_to([level(&ann, minutes(60))]).await;
        let alert = source.send(app, event("disk full")).await.unwrap();
        ann.expect_mail(app, "disk full").await;
        app.happen(alert, ann.id, Happening::Accepted).await;
        app.app.clock.advance(seconds(5));
        responders::add(&app.app.db, &app.scope(), alert, bob.id, app.app.clock.now()).await.unwrap();
        app.settle().await;
        bob.expect_mail(app, "disk full").await;
        // Accepting ends it for him: his second contact stays silent.
        app.happen(alert, bob.id, Happening::Accepted).await;
        app.advance(minutes(30)).await;
        assert_eq!(bob.hook().received().len(), 0);
    }

    async fn help_that_is_called_for_is_not_called_again_when_the_alert_is_over(app: TestApp) {
        let ann = app.user("ann").await;
        let bob = app.user("bob").await.with_webhook(app, 300, true).await;
        let source = app.source().escalating_to([level(&ann, minutes(60))]).await;
        let alert = source.send(app, event("disk full")).await.unwrap();
        ann.expect_mail(app, "disk full").await;
        // Added before somebody has it: accepting stops his page too.
        responders::add(&app.app.db, &app.scope(), alert, bob.id, app.app.clock.now()).await.unwrap();
        app.app.clock.advance(seconds(5));
        app.happen(alert, ann.id, Happening::Accepted).await;
        app.advance(minutes(10)).await;
        let cleo = app.user("cleo").await.with_webhook(app, 300, true).await;
        responders::add(&app.app.db, &app.scope(), alert, cleo.id, app.app.clock.now()).await.unwrap();
        app.happen(alert, ann.id, Happening::Resolved { reason: None }).await;
        app.advance(minutes(10)).await;
        assert_eq!(bob.hook().received().len() + cleo.hook().received().len(), 0);
    }

    async fn an_alert_that_cannot_be_read_keeps_no_summary_back(app: TestApp) {
        let ann = app.user("ann").await.with_webhook(app, 0, true).await;
        let source = app.source().escalating_to([level(&ann, minutes(60))]).await;
        let mut ids = Vec::new();
        for i in 1..=4 {
            ids.extend(source.send(app, event(&format!("host {i}"))).await);
        }
        app.tamper(&format!("UPDATE alert SET content = 'no json' WHERE id = {}", ids[2])).await;
        app.advance(seconds(30)).await;
        ann.expect_hook("host 1").await;
        ann.expect_hook("host 2").await;
        let summary = ann.expect_hook("host 4").await;
        assert_eq!(summary.json()["summary"]["count"], 2, "{}", summary.body);
    }

    async fn a_clock_that_is_set_back_makes_no_page_late(app: TestApp) {
        if app.app.db.is_postgres() {
            return; // Nodes are held to the clock of the database, which no test can set.
        }
        let (ann, bob) = (app.user("ann").await, app.user("bob").await.with_webhook(app, 300, false).await);
        let source = app.source().escalating_to([level(&ann, minutes(15)), level(&bob, minutes(15))]).await;
        source.send(app, event("disk full")).await;
        ann.expect_mail(app, "disk full").await;
        app.app.clock.advance(-minutes(120));
        app.advance(minutes(15)).await;
        bob.expect_mail(app, "disk full").await;
        // Also where nobody was there to see it: the last run wrote later than it is now.
        app.app.clock.advance(-minutes(120));
        Engine::new(app.app.clone()).run_until_idle().await;
        let (now, next) = (app.app.clock.now(), job_changes::next_due_after(&app.app.db, app.app.clock.now()).await.unwrap());
        assert!(next.is_some_and(|next| next <= now + minutes(5)), "{next:?} is long after {now}");
        app.advance(minutes(5)).await;
        bob.expect_hook("disk full").await;
    }

    async fn a_busy_node_is_heard_by_the_others(app: TestApp) {
        let Some(mut listener) = Listener::begin(&app.app.db).await.unwrap() else { return };
        nudge::nudge(&app.app.db).await.unwrap();
        listener.heard().await.unwrap();
    }

    async fn locks_of_a_node_that_lost_its_power_are_given_free(app: TestApp) {
        if !app.app.db.is_postgres() {
            return;
        }
        let setting = Sql { sqlite: "SELECT ''", postgres: "SELECT current_setting('idle_in_transaction_session_timeout')" };
        let found: Option<(String,)> = app.app.db.one(setting, Vec::new()).await.unwrap();
        assert_eq!(found, Some(("10s".into(),)));
    }
}

/// How many mails of the first two alerts are on their way.
async fn under_way(app: &TestApp) -> usize {
    in_state(app, 1, NotificationState::Sending).await + in_state(app, 2, NotificationState::Sending).await
}

async fn in_state(app: &TestApp, alert: i64, state: NotificationState) -> usize {
    let all = notifications::list_of_alert(&app.app.db, &app.scope(), AlertId(alert), 100).await.unwrap();
    all.iter().filter(|one| one.state == state).count()
}
