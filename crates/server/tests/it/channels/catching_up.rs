//! After an outage: what came due meanwhile comes once, however many rules asked for it.

use crate::channels::texts::{ANN, BOB};
use watchbell_core::notify::NotificationState;
use watchbell_core::provider::ProviderKind;
use watchbell_core::user::Channel;
use watchbell_store::notifications;
use watchbell_testkit::lines::OURS;
use watchbell_testkit::{Lines, both_databases, event, level, minutes};

/// How many texts to a number are about this.
fn texts(lines: &Lines, to: &str, about: &str) -> usize {
    let all = lines.exchange.messages();
    all.iter().filter(|sms| sms.from == OURS && sms.to == to && sms.text.contains(about)).count()
}

both_databases! {
    async fn ded_01_two_rules_that_came_due_meanwhile_send_one(app: TestApp) {
        let lines = app.lines(&[ProviderKind::Twilio]).await;
        let ann = app.user("ann").await.with_phone(app, ANN, &[(Channel::Sms, 60), (Channel::Sms, 120)]).await;
        let source = app.source().escalating_to([level(&ann, minutes(60))]).await;
        let alert = source.send(app, event("disk full")).await.unwrap();
        app.jump(minutes(3)).await;
        assert_eq!(texts(&lines, ANN, "disk full"), 1);
        let all = notifications::list_of_alert(&app.app.db, &app.scope(), alert, 10).await.unwrap();
        let dropped: Vec<_> = all.iter().filter(|message| message.state == NotificationState::Cancelled).collect();
        assert_eq!(dropped.iter().map(|message| message.reason.as_deref()).collect::<Vec<_>>(), [Some("the same was sent just now")]);
        // In time, both come.
        source.send(app, event("no power")).await.unwrap();
        app.advance(minutes(3)).await;
        assert_eq!(texts(&lines, ANN, "no power"), 2);
    }

    async fn ded_02_the_oldest_of_each_alert_and_contact_is_kept(app: TestApp) {
        let lines = app.lines(&[ProviderKind::Twilio]).await;
        let ann = app.user("ann").await.with_phone(app, ANN, &[(Channel::Sms, 60), (Channel::Sms, 120), (Channel::Sms, 180)]).await;
        let other = ann.add_contact(app, Channel::Sms, BOB).await;
        ann.add_rules(app, other, &[(Channel::Sms, 0), (Channel::Sms, 150)]).await;
        let source = app.source().escalating_to([level(&ann, minutes(60))]).await;
        source.send(app, event("disk full")).await.unwrap();
        app.settle().await;
        assert_eq!((texts(&lines, ANN, "disk full"), texts(&lines, BOB, "disk full")), (0, 1));
        let second = app.source().escalating_to([level(&ann, minutes(60))]).await;
        second.send(app, event("no power")).await.unwrap();
        app.jump(minutes(4)).await;
        app.advance(minutes(2)).await;
        assert_eq!((texts(&lines, ANN, "disk full"), texts(&lines, ANN, "no power")), (1, 1));
        assert_eq!((texts(&lines, BOB, "disk full"), texts(&lines, BOB, "no power")), (2, 2), "what was sent long before is another one");
    }
}
