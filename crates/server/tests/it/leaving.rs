//! Somebody's account is deleted while alerts are open: none goes with them.

use crate::escalation_rotas::{asking, hourly, rota, team};
use watchbell_core::alert::{Happening, Status};
use watchbell_core::escalation::Level;
use watchbell_core::ids::TeamId;
use watchbell_core::timeline::Entry;
use watchbell_core::user::TeamRole;
use watchbell_store::teams::{self, Member};
use watchbell_store::users;
use watchbell_testkit::{Person, TestApp, both_databases, event, level, minutes, seconds};

async fn leaves(app: &mut TestApp, person: &Person, replacement: Option<&Person>) {
    let (scope, now) = (app.scope(), app.app.clock.now());
    users::delete(&app.app.db, &scope, person.id, replacement.map(|person| person.id), now).await.unwrap();
    app.settle().await;
}

async fn has_no_rules(app: &TestApp, person: &Person) {
    app.tamper(&format!("DELETE FROM notification_preference WHERE user_id = {}", person.id)).await;
}

async fn joins(app: &TestApp, team: TeamId, person: &Person) {
    let member = Member { user: person.id, role: TeamRole::Responder };
    teams::put_member(&app.app.db, &app.scope(), team, member, app.app.clock.now()).await.unwrap();
}

fn of_team(team: TeamId, timeout: jiff::SignedDuration) -> Level {
    Level { teams: vec![team], ..Level::of_users(Vec::new(), timeout.as_secs()) }
}

both_databases! {
    async fn an_alert_that_somebody_had_pages_again_when_they_leave(app: TestApp) {
        let (ann, bob) = (app.user("ann").await, app.user("bob").await);
        let network = team(app, &[&ann, &bob]).await;
        let source = app.source().escalating_to([of_team(network, minutes(60))]).await;
        let alert = source.send(app, event("disk full")).await.unwrap();
        ann.expect_mail(app, "disk full").await;
        bob.expect_mail(app, "disk full").await;
        app.happen(alert, ann.id, Happening::Accepted).await;
        leaves(app, &ann, None).await;
        bob.expect_mail(app, "disk full").await;
        let after = app.alert(alert).await;
        assert_eq!((after.status, after.accepted_by, bob.mails(app)), (Status::Pending, None, 2));
        let said = app.entries(alert).await;
        let why = "ann Example, who had it, has no account any more";
        assert!(said.contains(&Entry::Unaccepted { reason: why.into() }), "{said:?}");
        app.happen(alert, bob.id, Happening::Accepted).await;
    }

    async fn who_accepted_it_too_has_it_then_and_nobody_is_paged(app: TestApp) {
        let (ann, bob) = (app.user("ann").await, app.user("bob").await);
        let network = team(app, &[&ann, &bob]).await;
        let source = app.source().escalating_to([of_team(network, minutes(60))]).await;
        let alert = source.send(app, event("disk full")).await.unwrap();
        ann.expect_mail(app, "disk full").await;
        bob.expect_mail(app, "disk full").await;
        app.happen(alert, ann.id, Happening::Accepted).await;
        app.happen(alert, bob.id, Happening::Accepted).await;
        leaves(app, &ann, None).await;
        app.advance(minutes(120)).await;
        let after = app.alert(alert).await;
        assert_eq!((after.status, after.accepted_by), (Status::Accepted, Some(bob.id)));
        let eve = app.user("eve").await;
        joins(app, network, &eve).await;
        leaves(app, &bob, None).await;
        eve.expect_mail(app, "disk full").await;
        assert_eq!(app.alert(alert).await.status, Status::Pending);
    }

    async fn when_the_last_message_of_an_ended_policy_goes_with_them_nobody_was_notified(app: TestApp) {
        let ann = app.user("ann").await.with_webhook(app, 600, true).await;
        let bob = app.user("bob").await;
        let network = team(app, &[&ann, &bob]).await;
        let source = app.source().escalating_to([of_team(network, minutes(5))]).await;
        has_no_rules(app, &bob).await;
        let alert = source.send(app, event("disk full")).await.unwrap();
        app.advance(minutes(7)).await;
        assert!(app.entries(alert).await.contains(&Entry::EscalationEnded));
        assert_eq!(app.alert(alert).await.nobody_notified_at, None, "her message is under way");
        leaves(app, &ann, None).await;
        app.advance(seconds(5)).await;
        assert!(app.alert(alert).await.nobody_notified_at.is_some());
        assert!(app.alert(alert).await.escalation.next_step_at.is_some(), "it is looked again each minute");
    }

    async fn a_level_that_loses_the_only_one_whom_it_paged_gives_way(app: TestApp) {
        let (ann, bob, eve) = (app.user("ann").await, app.user("bob").await, app.user("eve").await);
        let network = team(app, &[&ann, &bob]).await;
        let source = app.source().escalating_to([of_team(network, minutes(60)), level(&eve, minutes(60))]).await;
        has_no_rules(app, &bob).await;
        let alert = source.send(app, event("disk full")).await.unwrap();
        ann.expect_mail(app, "disk full").await;
        leaves(app, &ann, None).await;
        app.advance(seconds(5)).await;
        eve.expect_mail(app, "disk full").await;
        assert!(app.entries(alert).await.contains(&Entry::LevelUnreachable { pass: 1, level: 0 }));
    }

    async fn who_takes_their_place_in_a_rota_is_called_by_the_level_that_runs(app: TestApp) {
        let (ann, bob, eve) = (app.user("ann").await, app.user("bob").await, app.user("eve").await);
        let night = rota(app, "Night", hourly(vec![ann.id], None)).await;
        let source = app.source().escalating_to([asking(night, minutes(60)), level(&eve, minutes(60))]).await;
        let alert = source.send(app, event("disk full")).await.unwrap();
        ann.expect_mail(app, "disk full").await;
        app.advance(minutes(1)).await;
        leaves(app, &ann, Some(&bob)).await;
        bob.expect_mail(app, "disk full").await;
        app.advance(minutes(5)).await;
        assert_eq!((eve.mails(app), app.alert(alert).await.escalation.level), (0, 0));
    }
}
