//! Answers by text: which alert is meant, who may, and what is said in return.

use crate::channels::texts::{ANN, BOB};
use watchbell_core::alert::Status;
use watchbell_core::ids::AlertId;
use watchbell_core::provider::{ProviderKind, Reported};
use watchbell_core::timeline::Entry;
use watchbell_core::user::Channel;
use watchbell_testkit::lines::OURS;
use watchbell_testkit::{Lines, TestApp, TestSource, both_databases, event, level, minutes, seconds};

/// What was reported of the messages of an alert, in order.
pub async fn reported(app: &TestApp, alert: AlertId) -> Vec<Reported> {
    let states = app.entries(alert).await.into_iter().filter_map(|entry| match entry {
        Entry::Reported { state, .. } => Some(state),
        _ => None,
    });
    states.collect()
}

/// Ann with her phone at an exchange, and a source that pages her.
async fn ann(app: &mut TestApp) -> (Lines, TestSource) {
    let lines = app.lines(&[ProviderKind::Twilio]).await;
    let ann = app.user("ann").await.with_phone(app, ANN, &[(Channel::Sms, 0)]).await;
    let source = app.source().escalating_to([level(&ann, minutes(240))]).await;
    (lines, source)
}

/// Another alert; its text has arrived.
async fn page(app: &mut TestApp, lines: &Lines, source: &TestSource, summary: &str) -> AlertId {
    // Far enough from the one before that it is sent by itself.
    app.advance(minutes(4)).await;
    let alert = source.send(app, event(summary)).await.unwrap();
    app.settle().await;
    lines.exchange.phone(ANN).wait_for_sms(|sms| sms.text.contains(summary)).await.unwrap();
    alert
}

/// Writes an answer; what is said in return. The same answer may have been given before.
async fn say(app: &mut TestApp, lines: &Lines, text: &str) -> Option<String> {
    let before = answers(lines);
    lines.exchange.phone(ANN).text(OURS, text).await;
    app.settle().await;
    app.advance(seconds(2)).await;
    let after = answers(lines);
    (after.len() > before.len()).then(|| after.last().unwrap().clone())
}

fn answers(lines: &Lines) -> Vec<String> {
    // What the exchange has accepted: it need not have arrived yet.
    let messages = lines.exchange.messages().into_iter().filter(|sms| sms.from == OURS && sms.to == ANN);
    messages.filter(|sms| !sms.text.contains("\nReply ")).map(|sms| sms.text).collect()
}

async fn status(app: &TestApp, alert: AlertId) -> Status {
    app.alert(alert).await.status
}

both_databases! {
    async fn sms_08_codes_are_per_person_and_free_again_when_the_alert_is_over(app: TestApp) {
        let (lines, source) = ann(app).await;
        let first = page(app, &lines, &source, "alert one").await;
        assert!(say(app, &lines, "1a").await.unwrap().starts_with(&format!("Accepted #{first}")));
        page(app, &lines, &source, "alert two").await;
        assert!(say(app, &lines, "1a").await.unwrap().contains("already accepted"));
        assert!(say(app, &lines, "'1c'").await.unwrap().starts_with(&format!("Resolved #{first}")));
        let third = page(app, &lines, &source, "alert three").await;
        assert!(say(app, &lines, "1 a").await.unwrap().starts_with(&format!("Accepted #{third}")));
        let fourth = page(app, &lines, &source, "alert four").await;
        assert!(say(app, &lines, &format!("close {fourth}")).await.unwrap().starts_with(&format!("Resolved #{fourth}")));
        assert_eq!((status(app, first).await, status(app, third).await, status(app, fourth).await),
            (Status::Resolved, Status::Accepted, Status::Resolved));
    }

    async fn stop_also_stops_the_text_that_was_planned_before(app: TestApp) {
        let lines = app.lines(&[ProviderKind::Twilio]).await;
        let ann = app.user("ann").await.with_phone(app, ANN, &[(Channel::Sms, 300)]).await.with_late_mail(app, 600).await;
        let source = app.source().escalating_to([level(&ann, minutes(240))]).await;
        source.send(app, event("disk full")).await.unwrap();
        watchbell_store::contacts::stop_texts(&app.app.db, app.scope().org, ANN, Some(app.app.clock.now())).await.unwrap();
        app.advance(minutes(6)).await;
        assert!(lines.exchange.messages().is_empty());
        ann.expect_mail(app, "disk full").await;
    }

    async fn sms_02_the_number_of_the_alert_resolves_it(app: TestApp) {
        let (lines, source) = ann(app).await;
        let alert = page(app, &lines, &source, "disk full").await;
        assert!(say(app, &lines, &format!("close {alert}")).await.unwrap().starts_with("Resolved"));
        assert_eq!(status(app, alert).await, Status::Resolved);
    }

    async fn sms_04_a_bare_letter_means_the_only_one_that_is_open(app: TestApp) {
        let (lines, source) = ann(app).await;
        let first = page(app, &lines, &source, "disk full").await;
        let second = page(app, &lines, &source, "no power").await;
        let why = say(app, &lines, "a").await.unwrap();
        assert!(why.contains("several alerts are open"), "{why}");
        assert_eq!((status(app, first).await, status(app, second).await), (Status::Pending, Status::Pending));
        say(app, &lines, "2a").await;
        assert!(say(app, &lines, "a").await.unwrap().starts_with(&format!("Accepted #{first}")));
    }

    async fn accept_all_takes_all_that_are_open(app: TestApp) {
        let (lines, source) = ann(app).await;
        let first = page(app, &lines, &source, "disk full").await;
        let second = page(app, &lines, &source, "no power").await;
        assert_eq!(say(app, &lines, "accept all").await.unwrap(), "Accepted all 2 alerts.");
        assert_eq!((status(app, first).await, status(app, second).await), (Status::Accepted, Status::Accepted));
    }

    async fn thr_07_an_alert_now_and_then_always_goes_out_by_itself(app: TestApp) {
        let (lines, source) = ann(app).await;
        for nth in 0..8 {
            let alert = page(app, &lines, &source, &format!("alert number {nth}")).await;
            app.advance(minutes(3)).await;
            assert!(say(app, &lines, "c").await.unwrap().starts_with(&format!("Resolved #{alert}")));
            app.advance(minutes(20)).await;
        }
    }

    async fn sms_14_a_summary_is_accepted_as_a_whole(app: TestApp) {
        let (lines, source) = ann(app).await;
        let mut alerts = Vec::new();
        for nth in 0..6 {
            alerts.push(source.send(app, event(&format!("alert {nth}"))).await.unwrap());
            app.settle().await;
        }
        app.advance(seconds(40)).await;
        let summary = lines.exchange.phone(ANN).wait_for_sms(|sms| sms.text.contains("4 alerts")).await.unwrap();
        let code = summary.text.split("Reply ").nth(1).unwrap().split("aa").next().unwrap().to_owned();
        assert_eq!(say(app, &lines, &format!("{code}aa")).await.unwrap(), "Accepted all 4 alerts.");
        let mut accepted = 0;
        for alert in alerts {
            accepted += usize::from(status(app, alert).await == Status::Accepted);
        }
        assert_eq!(accepted, 4);
        say(app, &lines, "accept all").await;
    }

    async fn an_alert_of_somebody_else_is_not_changed(app: TestApp) {
        let (lines, source) = ann(app).await;
        let bob = app.user("bob").await.with_phone(app, BOB, &[(Channel::Sms, 0)]).await;
        let theirs = app.source().escalating_to([level(&bob, minutes(240))]).await;
        page(app, &lines, &source, "disk full").await;
        let other = theirs.send(app, event("no power")).await.unwrap();
        app.settle().await;
        let why = say(app, &lines, &format!("accept {other}")).await.unwrap();
        assert!(why.contains("you were not told"), "{why}");
        assert_eq!(status(app, other).await, Status::Pending);
    }

    async fn sms_10_nonsense_is_answered_five_times_and_again_after_something_that_was_understood(app: TestApp) {
        let (lines, source) = ann(app).await;
        page(app, &lines, &source, "disk full").await;
        let mut answered = 0;
        for nth in 0..10 {
            answered += usize::from(say(app, &lines, &format!("I am out of office {nth}")).await.is_some());
        }
        assert_eq!(answered, 5);
        say(app, &lines, "1a").await.unwrap();
        assert!(say(app, &lines, "I am out of office").await.is_some());
    }

    async fn sms_11_stop_ends_texts_and_leaves_calls_and_start_begins_them_again(app: TestApp) {
        let lines = app.lines(&[ProviderKind::Twilio]).await;
        let ann = app.user("ann").await.with_phone(app, ANN, &[(Channel::Sms, 0), (Channel::Voice, 0)]).await;
        let source = app.source().escalating_to([level(&ann, minutes(240))]).await;
        let texts = |lines: &Lines| lines.exchange.messages().iter().filter(|sms| sms.text.contains("\nReply ") && sms.text.contains("after")).count();
        for (word, expected) in [("help", (1, 1)), ("stop", (1, 2)), ("start", (2, 3))] {
            lines.exchange.phone(ANN).text(OURS, word).await;
            app.settle().await;
            app.advance(minutes(4)).await;
            let alert = source.send(app, event(&format!("after {word}"))).await.unwrap();
            app.settle().await;
            lines.exchange.wait_for_call(|call| !call.state.is_over()).await.unwrap().decline();
            app.settle().await;
            assert_eq!((texts(&lines), lines.exchange.calls().len()), expected, "{word}");
            app.happen(alert, ann.id, watchbell_core::alert::Happening::Resolved { reason: None }).await;
            app.advance(minutes(1)).await;
        }
    }

    async fn sms_16_start_yes_and_unstop_begin_texts_again(app: TestApp) {
        let (lines, source) = ann(app).await;
        page(app, &lines, &source, "disk full").await;
        for word in ["start", "YES", "unstop"] {
            lines.exchange.phone(ANN).text(OURS, "stop").await;
            app.settle().await;
            app.advance(minutes(4)).await;
            source.send(app, event(&format!("before {word}"))).await.unwrap();
            assert!(!lines.exchange.messages().iter().any(|sms| sms.text.contains(&format!("before {word}"))), "{word}");
            lines.exchange.phone(ANN).text(OURS, word).await;
            app.settle().await;
            // What nobody could be told of is told now, too.
            page(app, &lines, &source, &format!("after {word}")).await;
            lines.exchange.phone(ANN).wait_for_sms(|sms| sms.text.contains(&format!("before {word}"))).await.unwrap();
        }
    }

    async fn a_stranger_is_answered_once(app: TestApp) {
        let (lines, source) = ann(app).await;
        page(app, &lines, &source, "disk full").await;
        let stranger = lines.exchange.phone("+4915100000000");
        for _ in 0..3 {
            stranger.text(OURS, "1a").await;
            app.settle().await;
            app.advance(seconds(2)).await;
        }
        let told: Vec<_> = lines.exchange.messages().into_iter().filter(|sms| sms.from == OURS && sms.to != ANN).collect();
        assert_eq!(told.len(), 1);
        assert!(told[0].text.contains("no verified contact"), "{}", told[0].text);
    }
}
