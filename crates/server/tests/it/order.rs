//! What waits goes out in its order: the most urgent first.

use crate::channels::texts::{ANN, BOB};
use watchbell_core::provider::ProviderKind;
use watchbell_core::user::Channel;
use watchbell_store::jobs::{self, JobKind};
use watchbell_store::room::{Place, Room};
use watchbell_store::{contact_tests, contacts, escalations, notifications};
use watchbell_testkit::{both_databases, event, level, minutes, seconds};

both_databases! {
    async fn que_01_who_was_not_woken_yet_goes_before_tests_and_tests_before_news(app: TestApp) {
        let lines = app.lines(&[ProviderKind::Twilio]).await;
        let ann = app.user("ann").await.with_phone(app, ANN, &[(Channel::Sms, 0)]).await;
        let bob = app.user("bob").await.with_phone(app, BOB, &[(Channel::Sms, 0)]).await;
        let (one, other) = (app.source().with_policy(|policy| policy.delay_s = 60), app.source().with_policy(|policy| policy.delay_s = 60));
        let (one, other) = (one.escalating_to([level(&ann, minutes(60))]).await, other.escalating_to([level(&bob, minutes(60))]).await);
        one.send(app, event("disk full")).await.unwrap();
        other.send(app, event("no power")).await.unwrap();
        app.app.clock.advance(seconds(60));
        let (db, scope, now) = (app.app.db.clone(), app.scope(), app.app.clock.now());
        // First what may wait: news of a contact that was refused, and a test.
        let pager = bob.add_contact(app, Channel::Ntfy, "https://ntfy.example.com/bob").await;
        let pager = contacts::get(&db, &scope, bob.id, pager).await.unwrap();
        contacts::refuse(&db, scope.org, &pager, "gone", now).await.unwrap();
        let phone = contacts::list(&db, &scope, ann.id).await.unwrap().into_iter().find(|contact| contact.channel == Channel::Sms).unwrap();
        contact_tests::plan(&db, &scope, ann.id, (phone.id, Channel::Sms), now).await.unwrap();
        escalations::step_due(&db, now, &Room::none()).await.unwrap();
        let mut order = Vec::new();
        for _ in 0..5 {
            let room = Room::of(|place| usize::from(place == Place::Channel(Channel::Sms)));
            let claimed = jobs::claim(&db, now, &room).await.unwrap();
            for job in claimed.iter().filter(|job| job.kind == JobKind::Notify) {
                let message = notifications::get_many(&db, &scope, vec![job.subject]).await.unwrap().remove(0);
                order.push(message.purpose.as_str());
            }
        }
        assert_eq!(order, ["PAGE", "PAGE", "TEST", "NOTICE"]);
        app.advance(minutes(2)).await;
        assert_eq!(lines.exchange.messages().len(), 4);
    }
}
