//! Accounts that fail: the next one carries the message, and says so; what hangs delays nobody else.

use crate::channels::texts::ANN;
use watchbell_core::provider::ProviderKind;
use watchbell_core::timeline::Entry;
use watchbell_core::user::Channel;
use watchbell_sim::phone::{PhoneFaults, Provider};
use watchbell_store::connectors::{self, ConnectorState};
use watchbell_testkit::{TestApp, both_databases, event, level, minutes, seconds};

fn faults() -> PhoneFaults {
    PhoneFaults::default()
}

/// The tries that failed: by which account, and whether another followed.
pub async fn failures(app: &TestApp, alert: watchbell_core::ids::AlertId) -> Vec<(Option<String>, bool)> {
    let failures = app.entries(alert).await.into_iter().filter_map(|entry| match entry {
        Entry::DeliveryFailed { via, again, .. } => Some((via, again)),
        _ => None,
    });
    failures.collect()
}

both_databases! {
    async fn the_next_account_carries_the_message_at_once_where_one_is_refused(app: TestApp) {
        let lines = app.lines(&[ProviderKind::Twilio, ProviderKind::Vonage]).await;
        lines.exchange.faults(Provider::Twilio, PhoneFaults { refuse_credentials: true, ..faults() });
        let ann = app.user("ann").await.with_phone(app, ANN, &[(Channel::Sms, 0)]).await;
        let source = app.source().escalating_to([level(&ann, minutes(15))]).await;
        let alert = source.send(app, event("disk full")).await.unwrap();
        app.settle().await;
        let sms = lines.exchange.phone(ANN).wait_for_sms(|sms| sms.text.contains("disk full")).await.unwrap();
        assert_eq!(sms.provider, Provider::Vonage);
        assert_eq!(failures(app, alert).await, [(Some("Twilio".to_owned()), true)]);
        let account = connectors::get(&app.app.db, &app.scope(), lines.account(ProviderKind::Twilio)).await.unwrap();
        assert_eq!(account.state, ConnectorState::Red);
        // The next message does not ask it first.
        app.advance(seconds(1)).await;
        source.send(app, event("no power")).await.unwrap();
        app.settle().await;
        lines.exchange.phone(ANN).wait_for_sms(|sms| sms.text.contains("no power")).await.unwrap();
        assert_eq!(failures(app, alert).await.len(), 1);
        app.expect_any_mails();
    }

    async fn an_account_that_is_overloaded_is_asked_again_after_the_others(app: TestApp) {
        let lines = app.lines(&[ProviderKind::Twilio, ProviderKind::SmsGateway]).await;
        for provider in [Provider::Twilio, Provider::Gateway] {
            lines.exchange.faults(provider, PhoneFaults { status: Some(503), refuse_next: Some(1), ..faults() });
        }
        let ann = app.user("ann").await.with_phone(app, ANN, &[(Channel::Sms, 0)]).await;
        let source = app.source().escalating_to([level(&ann, minutes(15))]).await;
        let alert = source.send(app, event("disk full")).await.unwrap();
        app.settle().await;
        assert_eq!(failures(app, alert).await.len(), 2);
        app.advance(seconds(20)).await;
        let sms = lines.exchange.phone(ANN).wait_for_sms(|sms| sms.text.contains("disk full")).await.unwrap();
        assert_eq!(sms.provider, Provider::Twilio);
    }

    async fn oud_04_when_all_accounts_fail_the_next_contact_is_used(app: TestApp) {
        let lines = app.lines(&[ProviderKind::Twilio]).await;
        lines.exchange.faults(Provider::Twilio, PhoneFaults { status: Some(500), ..faults() });
        let ann = app.user("ann").await.with_phone(app, ANN, &[(Channel::Sms, 0)]).await.with_late_mail(app, 600).await;
        let source = app.source().escalating_to([level(&ann, minutes(15))]).await;
        let alert = source.send(app, event("disk full")).await.unwrap();
        app.advance(seconds(30)).await;
        ann.expect_mail(app, "disk full").await;
        assert_eq!(failures(app, alert).await.iter().map(|(_, again)| *again).collect::<Vec<_>>(), [true, true, false]);
    }

    async fn a_number_that_does_not_exist_is_the_contacts_fault_and_no_other_account_is_asked(app: TestApp) {
        let lines = app.lines(&[ProviderKind::Twilio, ProviderKind::Vonage]).await;
        lines.exchange.faults(Provider::Twilio, PhoneFaults { twilio_code: Some(21211), ..faults() });
        let ann = app.user("ann").await.with_phone(app, ANN, &[(Channel::Sms, 0)]).await.with_late_mail(app, 600).await;
        let source = app.source().escalating_to([level(&ann, minutes(15))]).await;
        source.send(app, event("disk full")).await.unwrap();
        app.settle().await;
        ann.expect_mail(app, "disk full").await;
        ann.expect_mail(app, "One of your contacts").await;
        assert!(lines.exchange.messages().is_empty());
    }

    async fn gapf_02_an_answer_that_is_lost_makes_one_duplicate_at_most_and_never_a_loss(app: TestApp) {
        let lines = app.lines(&[ProviderKind::Twilio]).await;
        lines.exchange.faults(Provider::Twilio, PhoneFaults { drop_answers: 1, lose_callbacks: true, ..faults() });
        let ann = app.user("ann").await.with_phone(app, ANN, &[(Channel::Sms, 0)]).await;
        let source = app.source().escalating_to([level(&ann, minutes(15))]).await;
        source.send(app, event("disk full")).await.unwrap();
        app.advance(seconds(40)).await;
        let came = lines.exchange.phone(ANN).messages().len();
        assert!((1..=2).contains(&came), "{came}");
    }

    async fn gapf_05_while_an_account_is_away_other_contacts_are_used_and_nothing_is_told_twice_afterwards(app: TestApp) {
        let lines = app.lines(&[ProviderKind::Twilio]).await;
        let ann = app.user("ann").await.with_phone(app, ANN, &[(Channel::Sms, 0)]).await.with_late_mail(app, 600).await;
        let mut alerts = Vec::new();
        lines.exchange.faults(Provider::Twilio, PhoneFaults { status: Some(503), ..faults() });
        for nth in 0..3 {
            let source = app.source().escalating_to([level(&ann, minutes(60))]).await;
            alerts.extend(source.send(app, event(&format!("alert {nth}"))).await);
            app.advance(minutes(3)).await;
            // Within seconds, not after its ten minutes.
            ann.expect_mail(app, &format!("alert {nth}")).await;
        }
        app.advance(minutes(1)).await;
        lines.exchange.faults(Provider::Twilio, faults());
        let source = app.source().escalating_to([level(&ann, minutes(60))]).await;
        alerts.extend(source.send(app, event("power is back")).await);
        lines.exchange.phone(ANN).wait_for_sms(|sms| sms.text.contains("power is back")).await.unwrap();
        for alert in alerts {
            app.happen(alert, ann.id, watchbell_core::alert::Happening::Accepted).await;
        }
        app.advance(minutes(20)).await;
        assert_eq!((lines.exchange.messages().len(), ann.mails(app)), (1, 3));
    }

    async fn amg_09_an_account_that_does_not_answer_in_time_is_tried_again_and_the_message_comes_once(app: TestApp) {
        let lines = app.lines(&[ProviderKind::Twilio]).await;
        lines.exchange.faults(Provider::Twilio, PhoneFaults { hang: true, ..faults() });
        let ann = app.user("ann").await.with_phone(app, ANN, &[(Channel::Sms, 0)]).await;
        let source = app.source().escalating_to([level(&ann, minutes(60))]).await;
        let alert = source.send(app, event("disk full")).await.unwrap();
        assert_eq!(failures(app, alert).await, [(Some("Twilio".to_owned()), true)]);
        lines.exchange.faults(Provider::Twilio, faults());
        app.advance(minutes(5)).await;
        assert_eq!(lines.exchange.messages().len(), 1);
        assert_eq!(failures(app, alert).await.len(), 1);
    }
}
