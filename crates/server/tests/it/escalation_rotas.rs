//! Levels of schedules and teams: who is behind them when they start, hand-overs, gaps, turns, and nobody at all.

use jiff::civil::date;
use watchbell_core::alert::{Happening, Status};
use watchbell_core::escalation::Level;
use watchbell_core::ids::{ScheduleId, TeamId, UserId};
use watchbell_core::schedule::{HolidayRule, Layer, Plan, Rotation, RotationUnit, Span};
use watchbell_core::timeline::Entry;
use watchbell_core::user::TeamRole;
use watchbell_store::escalations;
use watchbell_store::fallback::{self, Fallback};
use watchbell_store::schedules::overrides::{self, OverrideIn};
use watchbell_store::schedules::{self, ScheduleIn};
use watchbell_store::teams::{self, Member, TeamIn};
use watchbell_testkit::{Person, TestApp, both_databases, event, level, minutes, seconds};

/// One layer that hands over each hour from the start of the test.
pub fn hourly(users: Vec<UserId>, attended: Option<&str>) -> Plan {
    let layer = Layer {
        name: "all day".into(),
        starts_on: date(2026, 1, 5).at(8, 0, 0, 0),
        ends_on: None,
        users,
        rotation: Rotation { unit: RotationUnit::Hours, count: 1 },
        restrictions: Vec::new(),
        keeps_turns: false,
        holidays: HolidayRule::Any,
        attended: attended.map(Into::into),
        zone: None,
    };
    Plan::Recurring { layers: vec![layer] }
}

pub async fn rota(app: &TestApp, name: &str, plan: Plan) -> ScheduleId {
    let new = ScheduleIn { name: name.into(), zone: "UTC".into(), calendar: None, plan, owners: None, teams: None };
    schedules::create(&app.app.db, &app.scope(), new, app.app.clock.now()).await.unwrap().id
}

pub async fn team(app: &TestApp, people: &[&Person]) -> TeamId {
    let members = people.iter().map(|person| Member { user: person.id, role: TeamRole::Responder }).collect();
    let new = TeamIn { name: "Network".into(), members: Some(members) };
    teams::create(&app.app.db, &app.scope(), new, app.app.clock.now()).await.unwrap().id
}

pub fn asking(schedule: ScheduleId, timeout: jiff::SignedDuration) -> Level {
    Level { schedules: vec![schedule], ..Level::of_users(Vec::new(), timeout.as_secs()) }
}

/// Nobody is on call: a rota whose only turn is over.
fn gap(user: UserId) -> Plan {
    match hourly(vec![user], None) {
        Plan::Recurring { mut layers } => {
            layers[0].ends_on = Some(date(2026, 1, 5).at(8, 0, 1, 0));
            Plan::Recurring { layers }
        }
        other => other,
    }
}

both_databases! {
    async fn who_is_on_call_is_paged_and_who_takes_over_while_nobody_answers(app: TestApp) {
        let (ann, bob, eve) = (app.user("ann").await, app.user("bob").await, app.user("eve").await);
        let night = rota(app, "Night", hourly(vec![ann.id, bob.id], None)).await;
        let source = app.source().escalating_to([asking(night, minutes(90)), level(&eve, minutes(5))]).await;
        app.advance(minutes(30)).await;
        let alert = source.send(app, event("disk full")).await.unwrap();
        ann.expect_mail(app, "disk full").await;
        app.advance(minutes(30) - seconds(1)).await;
        assert_eq!(bob.mails(app), 0);
        app.advance(seconds(1)).await;
        bob.expect_mail(app, "disk full").await;
        assert!(app.entries(alert).await.iter().any(|entry| matches!(entry, Entry::HandedOver { users, .. } if *users == [bob.id])));
        app.advance(minutes(60) - seconds(1)).await;
        assert_eq!(eve.mails(app), 0, "the level's time-out does not move");
        app.advance(seconds(1)).await;
        eve.expect_mail(app, "disk full").await;
        assert_eq!((ann.mails(app), bob.mails(app)), (1, 1));
    }

    async fn a_change_of_the_schedule_calls_who_is_on_call_now(app: TestApp) {
        let (ann, bob) = (app.user("ann").await, app.user("bob").await);
        let night = rota(app, "Night", hourly(vec![ann.id], None)).await;
        let source = app.source().escalating_to([asking(night, minutes(90))]).await;
        source.send(app, event("disk full")).await.unwrap();
        ann.expect_mail(app, "disk full").await;
        app.advance(minutes(5)).await;
        let (scope, now) = (app.scope(), app.app.clock.now());
        let edit = ScheduleIn { name: "Night".into(), zone: "UTC".into(), calendar: None, plan: hourly(vec![bob.id], None), owners: None, teams: None };
        schedules::update(&app.app.db, &scope, night, edit, schedules::Edit::default(), now).await.unwrap();
        app.app.db.write(move |tx| Box::pin(async move { escalations::schedule_changed(tx, &scope, night, now).await })).await.unwrap();
        app.settle().await;
        bob.expect_mail(app, "disk full").await;
    }

    async fn an_alert_is_given_to_who_is_on_call(app: TestApp) {
        let (ann, bob) = (app.user("ann").await, app.user("bob").await);
        let night = rota(app, "Night", hourly(vec![bob.id], None)).await;
        let empty = rota(app, "Nobody", gap(ann.id)).await;
        let source = app.source().escalating_to([level(&ann, minutes(60))]).await;
        let alert = source.send(app, event("disk full")).await.unwrap();
        ann.expect_mail(app, "disk full").await;
        app.advance(seconds(2)).await;
        let caller = app.as_user(ann.id).await;
        let nothing = serde_json::json!(null);
        caller.put(&format!("/api/alerts/{alert}/assign?schedule={empty}"), &nothing).await.expect(400);
        caller.put(&format!("/api/alerts/{alert}/assign?schedule={night}"), &nothing).await.expect(200);
        app.settle().await;
        bob.expect_mail(app, "disk full").await;
    }

    async fn everybody_of_a_team_is_paged_and_nobody_twice(app: TestApp) {
        let (ann, bob) = (app.user("ann").await, app.user("bob").await);
        let network = team(app, &[&ann, &bob]).await;
        let level = Level { teams: vec![network], ..level(&ann, minutes(5)) };
        let source = app.source().escalating_to([level]).await;
        source.send(app, event("link down")).await.unwrap();
        ann.expect_mail(app, "link down").await;
        bob.expect_mail(app, "link down").await;
    }

    async fn a_rota_that_is_empty_on_purpose_waits_and_is_never_nobody(app: TestApp) {
        let eve = app.user("eve").await;
        let hours = rota(app, "Working hours", hourly(Vec::new(), Some("the dispatchers watch the board"))).await;
        let source = app.source().escalating_to([asking(hours, minutes(15)), level(&eve, minutes(5))]).await;
        let alert = source.send(app, event("printer")).await.unwrap();
        let reason = "the dispatchers watch the board".to_owned();
        assert_eq!(app.entries(alert).await, [Entry::NotPagedByRule { pass: 1, level: 0, schedules: vec![hours], reason }]);
        app.advance(minutes(15)).await;
        eve.expect_mail(app, "printer").await;
        assert_eq!(app.alert(alert).await.nobody_notified_at, None);
    }

    async fn a_policy_of_rotas_that_are_empty_on_purpose_ends_without_an_alarm(app: TestApp) {
        let hours = rota(app, "Working hours", hourly(Vec::new(), Some("somebody watches"))).await;
        let source = app.source().escalating_to([asking(hours, minutes(15))]).await;
        let alert = source.send(app, event("printer")).await.unwrap();
        app.advance(minutes(120)).await;
        let after = app.alert(alert).await;
        assert_eq!((after.nobody_notified_at, after.escalation.next_step_at), (None, None));
        assert!(app.entries(alert).await.contains(&Entry::EscalationEnded));
    }

    async fn where_nobody_is_on_call_the_fallback_contacts_hear_of_it_and_each_minute_it_is_looked_again(app: TestApp) {
        let (ann, boss) = (app.user("ann").await, app.user("boss").await);
        let told = Fallback { users: vec![boss.id], mails: vec!["noc@example.com".into()] };
        fallback::put(&app.app.db, &app.scope(), &told, app.app.clock.now()).await.unwrap();
        let night = rota(app, "Night", gap(ann.id)).await;
        app.advance(minutes(1)).await;
        let source = app.source().escalating_to([asking(night, minutes(15))]).await;
        let alert = source.send(app, event("disk full")).await.unwrap();
        assert!(app.alert(alert).await.nobody_notified_at.is_some());
        boss.expect_mail(app, "Nobody was notified").await;
        app.expect_mail_to("noc@example.com", "Nobody was notified").await;
        let said = app.entries(alert).await;
        assert_eq!(said.iter().filter(|entry| matches!(entry, Entry::FallbackTold { .. })).count(), 2);
        app.advance(minutes(59)).await;
        assert_eq!(app.entries(alert).await, said, "looks that find nobody leave no trace");
        app.advance(minutes(1)).await;
        boss.expect_mail(app, "Nobody was notified").await;
        app.advance(seconds(1)).await;
        assert_eq!(boss.mails(app), 2, "told again after an hour");
        let edit = ScheduleIn { name: "Night".into(), zone: "UTC".into(), calendar: None, plan: hourly(vec![ann.id], None), owners: None, teams: None };
        schedules::update(&app.app.db, &app.scope(), night, edit, schedules::Edit::default(), app.app.clock.now()).await.unwrap();
        app.advance(minutes(1)).await;
        ann.expect_mail(app, "disk full").await;
        assert_eq!(app.alert(alert).await.nobody_notified_at, None);
        app.expect_any_mails();
        app.happen(alert, ann.id, Happening::Accepted).await;
        app.advance(minutes(120)).await;
    }

    async fn targets_take_turns_also_within_one_batch(app: TestApp) {
        let (ann, bob) = (app.user("ann").await, app.user("bob").await);
        let turns = Level { round_robin: true, ..Level::of_users(vec![ann.id, bob.id], 3_600) };
        let source = app.source().escalating_to([turns]).await;
        source.send(app, event("first")).await.unwrap();
        ann.expect_mail(app, "first").await;
        let mut batch = [event("second"), event("third")];
        batch.iter_mut().for_each(|event| event["integrationKey"] = source.key.clone().into());
        app.http.post("/api/events", &serde_json::json!(batch)).await.expect(202);
        app.settle().await;
        bob.expect_mail(app, "second").await;
        ann.expect_mail(app, "third").await;
    }

    async fn a_level_of_rotas_survives_a_restart_between_the_hand_overs(app: TestApp) {
        let (ann, bob) = (app.user("ann").await, app.user("bob").await);
        let night = rota(app, "Night", hourly(vec![ann.id, bob.id], None)).await;
        let source = app.source().escalating_to([asking(night, minutes(90))]).await;
        let alert = source.send(app, event("disk full")).await.unwrap();
        ann.expect_mail(app, "disk full").await;
        // Somebody deletes the job that would wake it: the look for sleepers finds the alert by its row.
        app.tamper("DELETE FROM job WHERE kind = 'escalate'").await;
        app.advance(minutes(63)).await;
        bob.expect_mail(app, "disk full").await;
        assert_eq!(app.alert(alert).await.status, Status::Pending);
    }

    async fn a_change_of_a_schedule_disturbs_only_alerts_that_it_concerns(app: TestApp) {
        let (ann, bob) = (app.user("ann").await, app.user("bob").await);
        let night = rota(app, "Night", hourly(vec![ann.id], None)).await;
        let source = app.source().escalating_to([asking(night, minutes(90))]).await;
        let later = app.source().escalating_to([level(&ann, minutes(90)), asking(night, minutes(90))]).await;
        let (alert, elsewhere) = (source.send(app, event("disk full")).await.unwrap(), later.send(app, event("line down")).await.unwrap());
        app.settle().await;
        let before = [app.alert(alert).await, app.alert(elsewhere).await];
        let take = |app: &TestApp, from: jiff::SignedDuration, until: jiff::SignedDuration| {
            let (db, scope, now) = (app.app.db.clone(), app.scope(), app.app.clock.now());
            let new = OverrideIn { user: Some(bob.id), span: Span::new(now + from, now + until), reason: None };
            async move { overrides::create(&db, &scope, night, new, now).await.unwrap() }
        };
        take(app, minutes(40_000), minutes(40_060)).await;
        app.settle().await;
        assert_eq!([app.alert(alert).await, app.alert(elsewhere).await], before, "next month is nobody's business now");
        take(app, minutes(30), minutes(60)).await;
        app.settle().await;
        let planned = app.alert(alert).await;
        assert_eq!(planned.escalation.wake_at, Some(app.app.clock.now() + minutes(30)));
        assert_eq!((planned.version, app.alert(elsewhere).await), (before[0].version + 1, before[1].clone()));
        let paged = bob.mails(app);
        app.advance(minutes(30)).await;
        assert_eq!((paged, bob.mails(app)), (0, 1));
        app.expect_any_mails();
    }

    async fn a_change_of_a_schedule_wakes_no_alert_that_is_snoozed(app: TestApp) {
        let (ann, bob) = (app.user("ann").await, app.user("bob").await);
        let night = rota(app, "Night", hourly(vec![ann.id], None)).await;
        let source = app.source().escalating_to([asking(night, minutes(90))]).await;
        let alert = source.send(app, event("disk full")).await.unwrap();
        ann.expect_mail(app, "disk full").await;
        let (scope, now) = (app.scope(), app.app.clock.now());
        let until = now + minutes(60);
        let snoozed = app.happen(alert, ann.id, Happening::Snoozed { until, pages: true }).await;
        let new = OverrideIn { user: Some(bob.id), span: Span::new(now, now + minutes(600)), reason: None };
        overrides::create(&app.app.db, &scope, night, new, now).await.unwrap();
        app.settle().await;
        assert_eq!(app.alert(alert).await, snoozed);
        app.advance(minutes(60)).await;
        bob.expect_mail(app, "disk full").await;
    }
}
