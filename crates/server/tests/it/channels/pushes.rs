//! Chats and pushes: what is shown on the device, and what a button does.

use jiff::SignedDuration;
use watchbell_core::alert::{Happening, Status};
use watchbell_core::ids::{AlertId, ContactId};
use watchbell_core::provider::Reported;
use watchbell_core::timeline::Entry;
use watchbell_core::user::{Channel, ContactStatus, Role};
use watchbell_server::{answers, providers};
use watchbell_sim::push::PushDesk;
use watchbell_store::{contacts, doors, jobs};
use watchbell_testkit::clock::wait_until;
use watchbell_testkit::{Person, TestApp, both_databases, event, level, minutes};

use crate::channels::devices::{chat, chat_of, desk, device, pager};
use crate::channels::replies::reported;
use crate::pages::browser::Browser;

/// An alert that pages somebody.
async fn page(app: &mut TestApp, person: &Person) -> AlertId {
    let source = app.source().escalating_to([level(person, minutes(15))]).await;
    source.send(app, event("disk full")).await.unwrap()
}

async fn status(app: &TestApp, person: &Person, id: ContactId) -> (ContactStatus, Option<String>) {
    let contact = contacts::get(&app.app.db, &app.scope(), person.id, id).await.unwrap();
    (contact.status, contact.lock_reason)
}

/// Ann's chat.
async fn in_chat(app: &mut TestApp, desk: &PushDesk) -> (Person, ContactId) {
    let person = app.user("ann").await;
    let contact = chat(app, desk, &person).await;
    person.only_rules(app, contact, &[(Channel::Telegram, 0)]).await;
    (person, contact)
}

/// Ann's pager.
async fn with_pager(app: &mut TestApp, desk: &PushDesk) -> Person {
    let person = app.user("ann").await;
    let contact = pager(app, desk, &person).await;
    person.only_rules(app, contact, &[(Channel::Pushover, 0)]).await;
    person
}

both_databases! {
    async fn a_button_of_a_chat_accepts_and_the_message_says_so(app: TestApp) {
        let desk = desk(app).await;
        let (ann, _) = in_chat(app, &desk).await;
        let alert = page(app, &ann).await;
        let message = desk.telegram.wait_for(|message| message.text.contains("disk full")).await.unwrap();
        desk.telegram.anyone().press(message.message_id, "Accept");
        wait_until("the alert is accepted", || async { app.alert(alert).await.status == Status::Accepted }).await;
        assert!(app.entries(alert).await.contains(&Entry::Answered { channel: Channel::Telegram, said: "accept".into() }));
        desk.telegram.wait_for(|message| message.from_bot && message.text.contains("Accepted by ann")).await.unwrap();
        app.settle().await;
    }

    async fn words_in_a_chat_are_an_answer_as_by_text(app: TestApp) {
        let desk = desk(app).await;
        let (ann, _) = in_chat(app, &desk).await;
        let alert = page(app, &ann).await;
        desk.telegram.wait_for(|message| message.text.contains("disk full")).await.unwrap();
        desk.telegram.anyone().write("1r");
        wait_until("the alert is resolved", || async { app.alert(alert).await.status == Status::Resolved }).await;
        app.settle().await;
        desk.telegram.wait_for(|message| message.from_bot && message.text.starts_with("Resolved #")).await.unwrap();
    }

    async fn the_word_of_a_person_ends_after_15_minutes(app: TestApp) {
        let desk = desk(app).await;
        let bob = app.user("bob").await;
        let word = answers::word_of(&app.app, doors::ORGANIZATION, bob.id);
        app.app.clock.advance(minutes(15));
        in_chat(app, &desk).await;
        desk.telegram.anyone().start(&word).unwrap();
        let asked = || async { !jobs::backlog(&app.app.db, app.app.clock.now()).await.unwrap().is_empty() };
        wait_until("the answer is to be sent", asked).await;
        app.settle().await;
        desk.telegram.wait_for(|message| message.from_bot && message.text.contains("older than 15 minutes")).await.unwrap();
        assert_eq!(chat_of(app, &bob).await, None);
    }

    async fn a_bot_that_is_blocked_locks_the_chat_and_tells_its_owner_by_mail(app: TestApp) {
        let desk = desk(app).await;
        let (ann, contact) = in_chat(app, &desk).await;
        desk.telegram.anyone().block();
        let locked = || async { status(app, &ann, contact).await.0 == ContactStatus::Blacklisted };
        wait_until("the chat is locked", locked).await;
        app.settle().await;
        ann.expect_mail(app, "One of your contacts does not work any more").await;
        assert!(status(app, &ann, contact).await.1.is_some_and(|why| why.contains("blocked")));
    }

    async fn acknowledging_an_emergency_push_accepts(app: TestApp) {
        let desk = desk(app).await;
        let ann = with_pager(app, &desk).await;
        let alert = page(app, &ann).await;
        let push = desk.pushover.wait_for(|push| push.priority == 2).await.unwrap();
        desk.pushover.acknowledge(&push.emergency.unwrap().receipt).await;
        app.settle().await;
        let accepted = app.alert(alert).await;
        assert_eq!((accepted.status, accepted.accepted_by), (Status::Accepted, Some(ann.id)));
        assert_eq!(reported(app, alert).await, [Reported::Read]);
    }

    async fn an_emergency_push_ends_when_somebody_else_accepts(app: TestApp) {
        let desk = desk(app).await;
        let ann = with_pager(app, &desk).await;
        let alert = page(app, &ann).await;
        desk.pushover.wait_for(|push| push.priority == 2).await.unwrap();
        let bob = app.user("bob").await;
        app.happen(alert, bob.id, Happening::Accepted).await;
        assert_eq!(reported(app, alert).await, [Reported::TakenBack]);
    }

    async fn a_push_to_a_browser_is_encrypted_for_it_and_an_ended_subscription_is_told_of_by_mail(app: TestApp) {
        let desk = desk(app).await;
        let ann = app.user("ann").await;
        let key = app.app.channels.vapid_public_key().unwrap();
        let subscription = desk.web_push.subscribe(&key).unwrap().to_json();
        let keys = serde_json::to_string(&subscription["keys"]).unwrap();
        let browser = device(app, &ann, Channel::WebPush, subscription["endpoint"].as_str().unwrap(), &keys).await;
        ann.only_rules(app, browser, &[(Channel::WebPush, 0)]).await;
        let alert = page(app, &ann).await;
        let push = desk.web_push.wait_for(|push| push.text.contains("disk full")).await.unwrap();
        let json = push.json.unwrap();
        assert!(push.encrypted && push.urgency == "high");
        assert_eq!((&json["web_push"], &json["notification"]["actions"][0]["title"]), (&8030.into(), &"Accept".into()));
        app.happen(alert, ann.id, Happening::Resolved { reason: None }).await;
        desk.web_push.unsubscribe(&push.subscription);
        app.advance(SignedDuration::from_secs(1)).await;
        page(app, &ann).await;
        ann.expect_mail(app, "One of your contacts does not work any more").await;
        assert_eq!(status(app, &ann, browser).await.0, ContactStatus::Blacklisted);
    }

    async fn a_push_to_an_app_goes_by_its_own_distributor(app: TestApp) {
        let desk = desk(app).await;
        let ann = app.user("ann").await;
        let unified = desk.web_push.unified().unwrap().to_json();
        let contact = ann.add_contact(app, Channel::UnifiedPush, unified["endpoint"].as_str().unwrap()).await;
        ann.only_rules(app, contact, &[(Channel::UnifiedPush, 0)]).await;
        page(app, &ann).await;
        let push = desk.web_push.wait_for(|push| push.text.contains("disk full")).await.unwrap();
        assert!(!push.encrypted);
    }

    async fn nobody_else_reads_where_an_app_is_pushed_to(app: TestApp) {
        let desk = desk(app).await;
        let (ann, guest) = (app.user("ann").await, app.user_of_role("guest", Role::Guest).await);
        let endpoint = desk.web_push.unified().unwrap().to_json()["endpoint"].as_str().unwrap().to_owned();
        let (_, secret) = endpoint.split_once("://").unwrap().1.split_once('/').unwrap();
        let contact = ann.add_contact(app, Channel::UnifiedPush, &endpoint).await;
        ann.only_rules(app, contact, &[(Channel::UnifiedPush, 0)]).await;
        let alert = page(app, &ann).await;
        desk.web_push.wait_for(|push| push.text.contains("disk full")).await.unwrap();
        app.settle().await;
        let caller = app.as_user(guest.id).await;
        let listed = caller.get(&format!("/api/alerts/{alert}/notifications")).await.expect(200).text;
        let log = caller.get(&format!("/api/alerts/{alert}/log-entries?include=vars")).await.expect(200).text;
        let shown = Browser::of(app, &guest).await.get(&format!("/alerts/{alert}")).await.expect(200).text;
        for told in [listed, log, shown] {
            assert!(told.contains("127.0.0.1") && !told.contains(secret), "{told}");
        }
        let refused = contacts::get(&app.app.db, &app.scope(), ann.id, contact).await.unwrap();
        contacts::refuse(&app.app.db, doors::ORGANIZATION, &refused, "410 gone", app.app.clock.now()).await.unwrap();
        app.settle().await;
        let mail = ann.expect_mail(app, "One of your contacts does not work any more").await;
        assert!(mail.text.contains("127.0.0.1") && !mail.text.contains(secret), "{}", mail.text);
    }

    async fn a_forged_call_of_a_bot_is_refused(app: TestApp) {
        let desk = desk(app).await;
        in_chat(app, &desk).await;
        let all = watchbell_store::providers::all(&app.app.db, &app.scope()).await.unwrap();
        let hook = format!("{}/{}/message", providers::HOOKS, all[0].connector);
        app.http.post(&hook, &serde_json::json!({"update_id": 1})).await.expect(403);
    }
}
