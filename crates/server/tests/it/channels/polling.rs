//! A bot that nobody can call: Watchbell asks it what people wrote and pressed. Each test lets it ask only while something waits
//! there: it would wait for seconds otherwise.

use crate::channels::devices::{chat_of, desk};
use jiff::SignedDuration;
use watchbell_connect::channels::Settings;
use watchbell_core::alert::Status;
use watchbell_core::provider::ProviderKind;
use watchbell_core::timeline::Entry;
use watchbell_core::user::Channel;
use watchbell_server::answers;
use watchbell_sim::push::PushDesk;
use watchbell_store::doors;
use watchbell_testkit::{Person, TestApp, both_databases, event, level, minutes};

/// Ann, whose chat with a bot that is asked was joined by her word.
async fn in_chat(app: &mut TestApp, desk: &PushDesk) -> Person {
    let mut settings = Settings::default();
    settings.set_secret("botToken", desk.telegram.token().to_owned().into());
    settings.set("receive", "POLL");
    settings.set("apiUrl", &desk.telegram.url());
    app.connect(ProviderKind::Telegram, settings).await;
    let ann = app.user("ann").await;
    desk.telegram.anyone().start(&answers::word_of(&app.app, doors::ORGANIZATION, ann.id)).unwrap();
    asked(app, desk).await;
    let contact = chat_of(app, &ann).await.expect("the chat is a contact");
    ann.only_rules(app, contact, &[(Channel::Telegram, 0)]).await;
    ann
}

/// The bot is asked once.
async fn asked(app: &mut TestApp, desk: &PushDesk) {
    assert!(desk.telegram.pending_updates() > 0, "it would wait for something to happen");
    app.jump(SignedDuration::from_millis(250)).await;
}

both_databases! {
    async fn a_bot_that_is_asked_hears_who_joins_accepts_and_resolves(app: TestApp) {
        let desk = desk(app).await;
        let ann = in_chat(app, &desk).await;
        let source = app.source().escalating_to([level(&ann, minutes(60))]).await;
        let alert = source.send(app, event("disk full")).await.unwrap();
        let message = desk.telegram.wait_for(|message| message.text.contains("disk full")).await.unwrap();
        desk.telegram.anyone().press(message.message_id, "Accept");
        assert_eq!(app.alert(alert).await.status, Status::Pending, "nobody calls us");
        asked(app, &desk).await;
        let accepted = app.alert(alert).await;
        assert_eq!((accepted.status, accepted.accepted_by), (Status::Accepted, Some(ann.id)));
        assert!(app.entries(alert).await.contains(&Entry::Answered { channel: Channel::Telegram, said: "accept".into() }));
        desk.telegram.wait_for(|message| message.from_bot && message.text.contains("Accepted by ann")).await.unwrap();

        desk.telegram.anyone().write("1r");
        asked(app, &desk).await;
        assert_eq!(app.alert(alert).await.status, Status::Resolved);
        desk.telegram.wait_for(|message| message.from_bot && message.text.starts_with("Resolved #")).await.unwrap();
        // What was heard is not asked for again: the bot forgot all but the last.
        assert_eq!(desk.telegram.pending_updates(), 1);
    }

    async fn what_was_pressed_in_vain_holds_up_nothing_that_follows(app: TestApp) {
        let desk = desk(app).await;
        let ann = in_chat(app, &desk).await;
        let source = app.source().escalating_to([level(&ann, minutes(60))]).await;
        let alert = source.send(app, event("disk full")).await.unwrap();
        let message = desk.telegram.wait_for(|message| message.text.contains("disk full")).await.unwrap();
        desk.telegram.person("Eve").press_in_chat_of(&desk.telegram.anyone(), message.message_id, "Resolve");
        desk.telegram.anyone().write("1a");
        asked(app, &desk).await;
        let accepted = app.alert(alert).await;
        assert_eq!((accepted.status, accepted.accepted_by), (Status::Accepted, Some(ann.id)));
        let said = desk.telegram.messages().into_iter().find(|it| it.message_id == message.message_id).unwrap().pressed[0].answer.clone();
        assert!(said.as_deref().is_some_and(|said| said.contains("sent to somebody else")), "{said:?}");
    }
}
