//! How fast messages go out: an account, an address and a person take so many at once; the rest follows.

use crate::channels::texts::ANN;
use watchbell_core::alert::Status;
use watchbell_core::provider::ProviderKind;
use watchbell_core::user::Channel;
use watchbell_testkit::lines::OURS;
use watchbell_testkit::{Lines, both_databases, event, level, minutes, seconds};

fn sent(lines: &Lines) -> usize {
    lines.exchange.messages().iter().filter(|sms| sms.from == OURS).count()
}

both_databases! {
    async fn an_address_gets_five_at_once_and_then_one_a_second(app: TestApp) {
        let lines = app.lines(&[ProviderKind::Twilio]).await;
        let ann = app.user("ann").await.with_phone(app, ANN, &[(Channel::Sms, 0)]).await;
        let mut alerts = Vec::new();
        for nth in 0..8 {
            // Each from a source of its own: they are not bundled.
            let source = app.source().escalating_to([level(&ann, minutes(60))]).await;
            alerts.extend(source.send(app, event(&format!("alert {nth}"))).await);
        }
        app.settle().await;
        assert_eq!(sent(&lines), 5);
        for expected in 6..=8 {
            app.advance(seconds(1)).await;
            assert_eq!(sent(&lines), expected);
        }
        app.advance(minutes(5)).await;
        assert_eq!(sent(&lines), 8);
        assert_eq!(app.alert(alerts[7]).await.status, Status::Pending);
    }

    async fn a_person_gets_twenty_at_once_and_then_one_a_second(app: TestApp) {
        let lines = app.lines(&[ProviderKind::Twilio]).await;
        let ann = app.user("ann").await.with_phone(app, ANN, &[(Channel::Sms, 0)]).await;
        for nth in 1..5 {
            let contact = ann.add_contact(app, Channel::Sms, &format!("+491512345670{nth}")).await;
            ann.add_rules(app, contact, &[(Channel::Sms, 0)]).await;
        }
        for nth in 0..5 {
            let source = app.source().escalating_to([level(&ann, minutes(60))]).await;
            source.send(app, event(&format!("alert {nth}"))).await.unwrap();
        }
        app.settle().await;
        assert_eq!(sent(&lines), 20);
        for expected in 21..=25 {
            app.advance(seconds(1)).await;
            assert_eq!(sent(&lines), expected);
        }
    }

    async fn an_account_sends_as_fast_as_it_was_told(app: TestApp) {
        let slowly = |settings: &mut watchbell_connect::channels::Settings| settings.set("messagesPerSecond", "1");
        let lines = app.lines_with(&[ProviderKind::Twilio], slowly).await;
        for nth in 0..4 {
            let one = app.user(&format!("user{nth}")).await.with_phone(app, &format!("+491512345670{nth}"), &[(Channel::Sms, 0)]).await;
            let source = app.source().escalating_to([level(&one, minutes(60))]).await;
            source.send(app, event(&format!("alert {nth}"))).await.unwrap();
        }
        app.settle().await;
        for expected in 1..=4 {
            assert_eq!(sent(&lines), expected);
            app.advance(seconds(1)).await;
        }
    }

    async fn que_02_a_noisy_source_does_not_starve_another(app: TestApp) {
        let lines = app.lines(&[ProviderKind::Twilio]).await;
        let ann = app.user("ann").await.with_phone(app, ANN, &[(Channel::Sms, 0)]).await;
        let noisy = app.source().escalating_to([level(&ann, minutes(60))]).await;
        let other = app.source().escalating_to([level(&ann, minutes(60))]).await;
        for nth in 0..40 {
            noisy.send(app, event(&format!("noise {nth}"))).await;
        }
        other.send(app, event("customer is down")).await.unwrap();
        app.settle().await;
        let texts: Vec<_> = lines.exchange.messages().into_iter().map(|sms| sms.text).collect();
        assert_eq!(texts.len(), 3, "{texts:?}");
        assert!(texts[2].contains("customer is down"), "{texts:?}");
        app.advance(minutes(15)).await;
        let summaries = lines.exchange.messages().into_iter().filter(|sms| sms.text.contains("38 alerts")).count();
        assert_eq!((summaries, sent(&lines)), (1, 4));
    }
}
