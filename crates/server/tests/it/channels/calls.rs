//! A call: who is told what, and what a key does.

use crate::channels::replies::reported;
use crate::channels::texts::{ANN, BOB};
use watchbell_core::alert::{Happening, Status};
use watchbell_core::notify::NotificationState;
use watchbell_core::provider::{ProviderKind, Reported};
use watchbell_core::timeline::Entry;
use watchbell_core::user::Channel;
use watchbell_sim::phone::{AnsweredBy, Behaviour, CallState, OnCall, PhoneFaults, Provider};
use watchbell_store::{alerts, notifications};
use watchbell_testkit::clock::wait_until;
use watchbell_testkit::{Lines, Person, TestApp, both_databases, event, level, minutes, seconds};

async fn ringing(app: &mut TestApp, kind: ProviderKind) -> (Lines, watchbell_core::ids::AlertId) {
    let lines = app.lines(&[kind]).await;
    let ann = app.user("ann").await.with_phone(app, ANN, &[(Channel::Voice, 0)]).await;
    let source = app.source().escalating_to([level(&ann, minutes(15))]).await;
    let alert = source.send(app, event("disk full")).await.unwrap();
    app.settle().await;
    (lines, alert)
}

/// Ann's phone rings, she hears what is wrong and presses a key; it rings no more.
async fn pressed(app: &mut TestApp, kind: ProviderKind, provider: Provider, key: char) -> Status {
    let (lines, alert) = ringing(app, kind).await;
    let call = lines.exchange.phone(ANN).wait_for_call().await.unwrap();
    call.answer();
    call.wait_for_spoken("disk full").await.unwrap();
    call.wait_for_question().await.unwrap();
    call.press(key);
    let ended = call.wait_for_end().await.unwrap();
    assert_eq!((ended.state, ended.fault.clone()), (CallState::Completed, None));
    app.hear(&lines, provider, |body| body.to_lowercase().contains("completed")).await;
    let answered = Entry::Answered { channel: Channel::Voice, said: format!("pressed {key}") };
    assert!(app.entries(alert).await.contains(&answered), "{:?}", app.entries(alert).await);
    let status = app.alert(alert).await.status;
    app.happen(alert, watchbell_core::ids::UserId(1), Happening::Resolved { reason: None }).await;
    app.advance(minutes(30)).await;
    assert_eq!(lines.exchange.calls().len(), 1);
    status
}

both_databases! {
    async fn key_4_of_a_call_of_twilio_accepts(app: TestApp) {
        assert_eq!(pressed(app, ProviderKind::Twilio, Provider::Twilio, '4').await, Status::Accepted);
    }

    async fn voi_03_an_unknown_key_repeats_the_menu(app: TestApp) {
        let (lines, alert) = ringing(app, ProviderKind::Twilio).await;
        let call = lines.exchange.phone(ANN).wait_for_call().await.unwrap();
        call.answer();
        call.wait_for_question().await.unwrap();
        call.press('5');
        call.wait_until(|call| call.spoken.iter().filter(|said| said.text.contains("disk full")).count() == 2).await.unwrap();
        assert_eq!(app.alert(alert).await.status, Status::Pending);
        call.wait_for_question().await.unwrap();
        call.press('4');
        call.wait_for_end().await.unwrap();
        app.hear(&lines, Provider::Twilio, |body| body.contains("completed")).await;
        assert_eq!(app.alert(alert).await.status, Status::Accepted);
    }

    async fn an_answering_machine_is_no_person_and_the_number_is_called_once_more(app: TestApp) {
        let (lines, alert) = ringing(app, ProviderKind::Twilio).await;
        lines.exchange.phone(ANN).wait_for_call().await.unwrap().answer_as(AnsweredBy::Machine);
        app.hear(&lines, Provider::Twilio, |body| body.contains("completed")).await;
        assert!(reported(app, alert).await.contains(&Reported::Machine));
        assert_eq!(app.alert(alert).await.notified_at, None);
        app.advance(seconds(11)).await;
        assert_eq!(lines.exchange.calls().len(), 2);
        lines.exchange.wait_for_call(|call| !call.state.is_over()).await.unwrap().decline();
        app.hear(&lines, Provider::Twilio, |body| body.contains("busy")).await;
        // Twice in vain: nobody is left, and that is said.
        app.advance(minutes(16)).await;
        assert!(app.entries(alert).await.contains(&Entry::NobodyNotified));
        hang_up_all(app, &lines, alert).await;
    }

    async fn one_call_at_a_time_rings_at_a_number(app: TestApp) {
        let lines = app.lines(&[ProviderKind::Twilio]).await;
        let ann = app.user("ann").await.with_phone(app, ANN, &[(Channel::Voice, 0)]).await;
        let one = app.source().escalating_to([level(&ann, minutes(15))]).await;
        let other = app.source().escalating_to([level(&ann, minutes(15))]).await;
        let first = one.send(app, event("disk full")).await.unwrap();
        let second = other.send(app, event("no power")).await.unwrap();
        app.settle().await;
        let call = lines.exchange.phone(ANN).wait_for_call().await.unwrap();
        assert_eq!(lines.exchange.calls().len(), 1);
        call.answer();
        call.wait_for_question().await.unwrap();
        call.press('4');
        call.wait_for_end().await.unwrap();
        app.hear(&lines, Provider::Twilio, |body| body.contains("completed")).await;
        app.advance(seconds(11)).await;
        assert_eq!(lines.exchange.calls().len(), 2);
        assert_eq!(app.alert(first).await.status, Status::Accepted);
        hang_up_all(app, &lines, second).await;
    }

    async fn a_phone_that_rings_is_hung_up_when_somebody_else_accepts(app: TestApp) {
        let (lines, alert) = ringing(app, ProviderKind::Twilio).await;
        let call = lines.exchange.phone(ANN).wait_for_call().await.unwrap();
        let bob = app.user("bob").await;
        app.happen(alert, bob.id, Happening::Accepted).await;
        let ended = call.wait_for_end().await.unwrap();
        assert_eq!(ended.state, CallState::Canceled);
        app.advance(minutes(5)).await;
        assert_eq!(lines.exchange.calls().len(), 1);
        assert!(reported(app, alert).await.contains(&Reported::TakenBack));
    }

    async fn a_call_that_was_being_placed_when_somebody_accepted_is_hung_up(app: TestApp) {
        let lines = app.lines(&[ProviderKind::Twilio]).await;
        let ann = app.user("ann").await.with_phone(app, ANN, &[(Channel::Voice, 0)]).await;
        let source = app.source().with_policy(|p| p.delay_s = 60).escalating_to([level(&ann, minutes(15))]).await;
        let alert = source.send(app, event("disk full")).await.unwrap();
        lines.exchange.faults(Provider::Twilio, PhoneFaults { latency_ms: 300, ..PhoneFaults::default() });
        app.app.clock.advance(seconds(60));
        let (db, scope, now) = (app.app.db.clone(), app.scope(), app.app.clock.now());
        let is_sending = || async {
            let messages = notifications::list_of_alert(&db, &scope, alert, 10).await.unwrap();
            messages.iter().any(|message| message.state == NotificationState::Sending)
        };
        let accept = async {
            wait_until("the call is being placed", is_sending).await;
            alerts::apply(&db, &scope, alert, Happening::Accepted, now).await.unwrap();
        };
        tokio::join!(app.settle(), accept);
        lines.exchange.faults(Provider::Twilio, PhoneFaults::default());
        app.advance(seconds(5)).await;
        assert_eq!(lines.exchange.calls().iter().map(|call| call.state).collect::<Vec<_>>(), [CallState::Canceled]);
    }

    async fn calls_of_a_storm_are_bundled_though_the_line_is_busy(app: TestApp) {
        let lines = app.lines(&[ProviderKind::Twilio]).await;
        let ann = app.user("ann").await.with_phone(app, ANN, &[(Channel::Voice, 0)]).await;
        let source = app.source().escalating_to([level(&ann, minutes(60))]).await;
        let mut alerts = Vec::new();
        for n in 0..8 {
            alerts.extend(source.send(app, event(&format!("host {n} is down"))).await);
            app.advance(seconds(1)).await;
        }
        let mut summaries = 0;
        for alert in &alerts[2..] {
            let messages = notifications::list_of_alert(&app.app.db, &app.scope(), *alert, 10).await.unwrap();
            summaries += messages.iter().filter(|message| message.state == NotificationState::Suppressed).count();
        }
        assert_eq!((lines.exchange.calls().len(), summaries), (1, 6));
        for alert in alerts {
            hang_up_all(app, &lines, alert).await;
        }
    }

    async fn voi_06_a_summary_reaches_somebody_when_they_pick_up_and_one_key_accepts_all_of_it(app: TestApp) {
        let (lines, ann, alerts) = summary(app, 6).await;
        let call = lines.exchange.phone(ANN).wait_for_call().await.unwrap();
        app.settle().await;
        assert_eq!(app.alert(alerts[3]).await.notified_at, None);
        call.answer();
        call.wait_for_spoken("4 alerts").await.unwrap();
        call.wait_for_question().await.unwrap();
        app.hear(&lines, Provider::Twilio, |body| body.contains("in-progress")).await;
        assert!(app.alert(alerts[3]).await.notified_at.is_some());
        call.press('4');
        call.wait_for_spoken("Accepted all 4 alerts").await.unwrap();
        call.wait_for_end().await.unwrap();
        for alert in &alerts[2..] {
            let accepted = app.alert(*alert).await;
            assert_eq!((accepted.status, accepted.accepted_by), (Status::Accepted, Some(ann.id)));
        }
        for alert in alerts {
            hang_up_all(app, &lines, alert).await;
        }
    }

    async fn a_summary_that_rings_is_hung_up_once_somebody_has_all_of_it(app: TestApp) {
        let (lines, _, alerts) = summary(app, 4).await;
        let call = lines.exchange.wait_for_call(|call| !call.state.is_over()).await.unwrap();
        let bob = app.user("bob").await;
        app.happen(alerts[2], bob.id, Happening::Accepted).await;
        app.advance(seconds(2)).await;
        assert!(lines.exchange.calls().iter().any(|call| !call.state.is_over()), "it still is about the other");
        app.happen(alerts[3], bob.id, Happening::Accepted).await;
        assert_eq!(call.wait_for_end().await.unwrap().state, CallState::Canceled);
    }

    async fn a_call_that_nobody_picks_up_leads_to_the_next_person_at_once(app: TestApp) {
        let lines = app.lines(&[ProviderKind::Twilio]).await;
        let ann = app.user("ann").await.with_phone(app, ANN, &[(Channel::Voice, 0)]).await;
        let bob = app.user("bob").await.with_phone(app, BOB, &[(Channel::Sms, 0)]).await;
        lines.exchange.phone(ANN).behave(Behaviour { calls: OnCall::Busy, ..Behaviour::default() });
        let source = app.source().escalating_to([level(&ann, minutes(15)), level(&bob, minutes(15))]).await;
        let alert = source.send(app, event("disk full")).await.unwrap();
        app.settle().await;
        app.hear(&lines, Provider::Twilio, |body| body.contains("busy")).await;
        app.advance(seconds(11)).await;
        let busy = || lines.exchange.callbacks().iter().filter(|call| call.body.contains("busy")).count();
        wait_until("the second call is reported as well", || async { busy() == 2 }).await;
        app.settle().await;
        app.advance(seconds(2)).await;
        lines.exchange.phone(BOB).wait_for_sms(|sms| sms.text.contains("disk full")).await.unwrap();
        hang_up_all(app, &lines, alert).await;
    }
}

/// So many alerts at once: the first two are over, and Ann's phone rings for a summary of the rest.
async fn summary(app: &mut TestApp, count: usize) -> (Lines, Person, Vec<watchbell_core::ids::AlertId>) {
    let lines = app.lines(&[ProviderKind::Twilio]).await;
    let ann = app.user("ann").await.with_phone(app, ANN, &[(Channel::Voice, 0)]).await;
    let source = app.source().escalating_to([level(&ann, minutes(60))]).await;
    let mut alerts = Vec::new();
    for n in 0..count {
        alerts.extend(source.send(app, event(&format!("host {n} is down"))).await);
    }
    // They go by themselves.
    for alert in &alerts[..2] {
        hang_up_all(app, &lines, *alert).await;
    }
    app.advance(seconds(45)).await;
    lines.exchange.wait_for_call(|call| !call.state.is_over()).await.unwrap();
    (lines, ann, alerts)
}

/// Ends a story: the alert is over, and no phone rings.
async fn hang_up_all(app: &mut TestApp, lines: &Lines, alert: watchbell_core::ids::AlertId) {
    app.happen(alert, watchbell_core::ids::UserId(1), Happening::Resolved { reason: None }).await;
    for call in lines.exchange.calls() {
        lines.exchange.phone(&call.to).call(&call.from).map(|call| call.hang_up());
    }
    app.settle().await;
}
