//! News of an alert, for those whom it woke and who asked for them.

use crate::channels::texts::{ANN, BOB};
use serde_json::json;
use watchbell_core::alert::{Happening, Update};
use watchbell_core::ids::AlertId;
use watchbell_core::provider::ProviderKind;
use watchbell_core::user::Channel;
use watchbell_store::preferences::{self, Collection, PreferenceIn};
use watchbell_testkit::lines::OURS;
use watchbell_testkit::{Lines, Person, TestApp, both_databases, event, level, minutes};

const RESOLVED: Happening = Happening::Resolved { reason: None };

/// Ann, who is woken by text and wants to hear by text how it ends; Bob, who knows nothing of it.
struct Story {
    lines: Lines,
    ann: Person,
    bob: Person,
    alert: AlertId,
}

impl Story {
    async fn begins(app: &mut TestApp) -> Self {
        let lines = app.lines(&[ProviderKind::Twilio]).await;
        let (ann, bob) =
            (app.user("ann").await, app.user("bob").await.with_phone(app, BOB, &[(Channel::Sms, 0)]).await);
        let phone = ann.add_contact(app, Channel::Sms, ANN).await;
        ann.only_rules(app, phone, &[(Channel::Sms, 0)]).await;
        let (collection, kind) = (Collection::Updates, Update::Resolved.as_str().to_owned());
        let rule = PreferenceIn { collection, method: Channel::Sms, contact: phone, kind, delay_s: 0 };
        preferences::create(&app.app.db, &app.scope(), ann.id, rule, app.app.clock.now()).await.unwrap();
        let source = app.source().escalating_to([level(&ann, minutes(600))]).await;
        let alert = source.send(app, event("disk full")).await.unwrap();
        lines.exchange.phone(ANN).wait_for_sms(|sms| sms.has_arrived()).await.unwrap();
        app.advance(minutes(5)).await;
        Self { lines, ann, bob, alert }
    }

    /// What Ann got since she was woken.
    fn told(&self) -> Vec<String> {
        let texts = self.lines.exchange.messages().into_iter().filter(|sms| sms.from == OURS && sms.to == ANN);
        texts.map(|sms| sms.text).filter(|text| !text.contains("\nReply ")).collect()
    }
}

both_databases! {
    async fn stu_01_who_asked_for_it_hears_that_somebody_else_ended_it(app: TestApp) {
        let story = Story::begins(app).await;
        app.happen(story.alert, story.bob.id, RESOLVED).await;
        app.advance(minutes(10)).await;
        let told = story.told();
        assert!(told.len() == 1 && told[0].starts_with("Resolved: disk full"), "{told:?}");
        assert!(!story.lines.exchange.messages().iter().any(|sms| sms.to == BOB), "he did not ask, and it did not wake him");
    }

    async fn stu_02_who_ended_it_by_an_answer_gets_the_reply_and_no_news(app: TestApp) {
        let story = Story::begins(app).await;
        story.lines.exchange.phone(ANN).text(OURS, "1r").await;
        app.advance(minutes(10)).await;
        let told = story.told();
        assert!(told.len() == 1 && told[0].starts_with(&format!("Resolved #{}", story.alert)), "{told:?}");
    }

    async fn stu_04_a_number_that_wants_no_texts_gets_no_news(app: TestApp) {
        let story = Story::begins(app).await;
        story.lines.exchange.phone(ANN).text(OURS, "stop").await;
        app.settle().await;
        let before = story.told().len();
        app.happen(story.alert, story.bob.id, RESOLVED).await;
        // Switched on again, it hears what happens from then on.
        app.advance(minutes(5)).await;
        story.lines.exchange.phone(ANN).text(OURS, "start").await;
        app.advance(minutes(10)).await;
        let told = story.told();
        assert!(!told[before..].iter().any(|text| text.starts_with("Resolved")), "{told:?}");
    }

    async fn ded_04_the_same_news_is_told_once(app: TestApp) {
        let story = Story::begins(app).await;
        // Both ways to ask for it, and an end that is said twice.
        let me = json!({"firstName": "ann", "lastName": "X", "email": "ann@example.com", "toldOfAnswers": true});
        app.as_user(story.ann.id).await.put("/api/users/current", &me).await.expect(200);
        for _ in 0..2 {
            app.happen(story.alert, story.bob.id, RESOLVED).await;
        }
        app.advance(minutes(10)).await;
        assert_eq!(story.told().len(), 1, "{:?}", story.told());
    }
}
