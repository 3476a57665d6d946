//! A text message: sent, reported, answered, by each account that carries texts.

use crate::channels::replies::reported;
use watchbell_core::alert::Status;
use watchbell_core::notify::NotificationState;
use watchbell_core::provider::{ProviderKind, Reported};
use watchbell_core::timeline::Entry;
use watchbell_core::user::Channel;
use watchbell_sim::phone::{Behaviour, OnText, Provider};
use watchbell_store::{contacts, notifications};
use watchbell_testkit::clock::wait_until;
use watchbell_testkit::lines::OURS;
use watchbell_testkit::{TestApp, both_databases, event, level, minutes, seconds};

pub const ANN: &str = "+4915112345678";
pub const BOB: &str = "+4915187654321";

/// Ann is paged by text; it arrives, she accepts by an answer, and hears that she has it.
async fn lives(app: &mut TestApp, kind: ProviderKind, provider: Provider) {
    let lines = app.lines(&[kind]).await;
    let ann = app.user("ann").await.with_phone(app, ANN, &[(Channel::Sms, 0)]).await;
    let source = app.source().escalating_to([level(&ann, minutes(15))]).await;
    let alert = source.send(app, event("disk full")).await.unwrap();
    app.settle().await;
    let sms = lines.exchange.phone(ANN).wait_for_sms(|sms| sms.text.contains("disk full")).await.unwrap();
    assert!(sms.text.ends_with("Reply 1a to accept, 1r to resolve, 1e to escalate"), "{}", sms.text);
    app.hear(&lines, provider, |body| body.contains("delivered") || body.contains("DELIVRD")).await;
    wait_until("the report", || async { reported(app, alert).await == [Reported::Delivered] }).await;
    let told = notifications::list_of_alert(&app.app.db, &app.scope(), alert, 10).await.unwrap();
    assert_eq!(told.iter().map(|one| one.state).collect::<Vec<_>>(), [NotificationState::Delivered]);
    lines.exchange.phone(ANN).text(OURS, "1a").await;
    app.settle().await;
    lines.exchange.phone(ANN).wait_for_sms(|sms| sms.text.starts_with(&format!("Accepted #{alert}"))).await.unwrap();
    let accepted = app.alert(alert).await;
    assert_eq!((accepted.status, accepted.accepted_by), (Status::Accepted, Some(ann.id)));
    let answered = Entry::Answered { channel: Channel::Sms, said: "1a".into() };
    assert!(app.entries(alert).await.contains(&answered));
    app.advance(minutes(60)).await;
    assert_eq!(lines.exchange.messages().iter().filter(|sms| sms.from == OURS).count(), 2);
}

both_databases! {
    async fn sms_01_a_text_of_twilio_is_delivered_and_accepted_by_an_answer(app: TestApp) {
        lives(app, ProviderKind::Twilio, Provider::Twilio).await;
    }

    async fn sms_01_a_text_of_vonage_is_delivered_and_accepted_by_an_answer(app: TestApp) {
        lives(app, ProviderKind::Vonage, Provider::Vonage).await;
    }

    async fn sms_01_a_text_of_a_gateway_is_delivered_and_accepted_by_an_answer(app: TestApp) {
        lives(app, ProviderKind::SmsGateway, Provider::Gateway).await;
    }

    async fn a_text_that_never_arrives_gives_way_to_the_next_contact_at_once_and_stops_texts_to_the_number(app: TestApp) {
        let lines = app.lines(&[ProviderKind::Twilio]).await;
        let landline = Behaviour { texts: OnText::Landline, ..Behaviour::default() };
        lines.exchange.phone(ANN).behave(landline);
        let ann = app.user("ann").await.with_phone(app, ANN, &[(Channel::Sms, 0)]).await;
        let ann = ann.with_late_mail(app, 600).await;
        let source = app.source().escalating_to([level(&ann, minutes(15))]).await;
        let alert = source.send(app, event("disk full")).await.unwrap();
        app.settle().await;
        app.hear(&lines, Provider::Twilio, |body| body.contains("30006")).await;
        ann.expect_mail(app, "disk full").await;
        ann.expect_mail(app, "One of your contacts does not work any more").await;
        let contacts = contacts::list(&app.app.db, &app.scope(), ann.id).await.unwrap();
        let phone = contacts.iter().find(|contact| contact.channel == Channel::Sms).unwrap();
        assert!(phone.stopped_at.is_some() && phone.lock_reason.as_ref().is_some_and(|why| why.contains("30006")), "{phone:?}");
        assert_eq!(reported(app, alert).await, [Reported::Refused]);
    }

    async fn a_report_that_is_lost_is_asked_for(app: TestApp) {
        let lines = app.lines(&[ProviderKind::Twilio]).await;
        lines.exchange.faults(Provider::Twilio, watchbell_sim::phone::PhoneFaults { lose_callbacks: true, ..Default::default() });
        let ann = app.user("ann").await.with_phone(app, ANN, &[(Channel::Sms, 0)]).await;
        let source = app.source().escalating_to([level(&ann, minutes(15))]).await;
        let alert = source.send(app, event("disk full")).await.unwrap();
        app.settle().await;
        lines.exchange.phone(ANN).wait_for_sms(|sms| sms.has_arrived()).await.unwrap();
        assert!(reported(app, alert).await.is_empty());
        app.advance(seconds(61)).await;
        assert_eq!(reported(app, alert).await, [Reported::Delivered]);
    }

    async fn a_report_that_is_told_twice_counts_once(app: TestApp) {
        let lines = app.lines(&[ProviderKind::Twilio]).await;
        lines.exchange.faults(Provider::Twilio, watchbell_sim::phone::PhoneFaults { duplicate_callbacks: true, ..Default::default() });
        let ann = app.user("ann").await.with_phone(app, ANN, &[(Channel::Sms, 0)]).await;
        let source = app.source().escalating_to([level(&ann, minutes(15))]).await;
        let alert = source.send(app, event("disk full")).await.unwrap();
        app.settle().await;
        app.hear(&lines, Provider::Twilio, |body| body.contains("delivered")).await;
        lines.exchange.phone(ANN).text(OURS, "a").await;
        app.settle().await;
        assert_eq!(reported(app, alert).await, [Reported::Delivered]);
        let accepts = app.entries(alert).await.iter().filter(|entry| **entry == Entry::Accepted).count();
        let answers = lines.exchange.messages().iter().filter(|sms| sms.text.starts_with("Accepted")).count();
        assert_eq!((accepts, answers), (1, 1));
    }
}
