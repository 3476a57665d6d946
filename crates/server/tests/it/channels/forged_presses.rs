//! Presses and acknowledgements of somebody whom the message was not sent to: they change nothing, and hold nothing up.

use crate::channels::devices::{chat, desk, pager};
use crate::channels::signed::{FORM, back, post};
use crate::channels::texts::ANN;
use watchbell_core::alert::Status;
use watchbell_core::ids::{AlertId, ConnectorId, NotificationId};
use watchbell_core::provider::ProviderKind;
use watchbell_core::timeline::Entry;
use watchbell_core::user::Channel;
use watchbell_server::providers;
use watchbell_sim::push::PushDesk;
use watchbell_store::{doors, notifications};
use watchbell_testkit::clock::wait_until;
use watchbell_testkit::{Person, TestApp, both_databases, event, level, minutes};

/// An alert that pages somebody.
async fn page(app: &mut TestApp, person: &Person, summary: &str) -> AlertId {
    let source = app.source().escalating_to([level(person, minutes(60))]).await;
    source.send(app, event(summary)).await.unwrap()
}

/// What the bubble below a button said to who pressed it last.
fn bubble(desk: &PushDesk, message_id: i64) -> Option<String> {
    let message = desk.telegram.messages().into_iter().find(|message| message.message_id == message_id)?;
    message.pressed.last()?.answer.clone()
}

async fn unanswered(app: &TestApp, alert: AlertId) -> bool {
    let answered = app.entries(alert).await.iter().any(|entry| matches!(entry, Entry::Answered { .. }));
    app.alert(alert).await.status == Status::Pending && !answered
}

async fn pager_account(app: &TestApp) -> ConnectorId {
    let all = watchbell_store::providers::all(&app.app.db, &app.scope()).await.unwrap();
    all.into_iter().find(|account| account.channel == Channel::Pushover).unwrap().connector
}

const RECEIPT: &str = "receipt=r1g9x8asdkj2h3k4j5h6k7j8h9k0jl&acknowledged=1";

both_databases! {
    async fn a_button_that_was_sent_to_somebody_else_says_so_and_holds_nothing_up(app: TestApp) {
        let desk = desk(app).await;
        let ann = app.user("ann").await;
        let contact = chat(app, &desk, &ann).await;
        ann.only_rules(app, contact, &[(Channel::Telegram, 0)]).await;
        let alert = page(app, &ann, "disk full").await;
        let message = desk.telegram.wait_for(|message| message.text.contains("disk full")).await.unwrap();
        desk.telegram.person("Eve").press_in_chat_of(&desk.telegram.anyone(), message.message_id, "Accept");
        let told = || async { bubble(&desk, message.message_id).is_some_and(|said| said.contains("sent to somebody else")) };
        wait_until("Eve is told", told).await;
        assert!(unanswered(app, alert).await);
        // What was pressed in vain is not told again and again, before what follows.
        desk.telegram.anyone().press(message.message_id, "Accept");
        wait_until("Ann accepts", || async { app.alert(alert).await.status == Status::Accepted }).await;
        assert_eq!(app.alert(alert).await.accepted_by, Some(ann.id));
        app.settle().await;
    }

    async fn an_acknowledgement_with_a_token_that_nobody_signed_is_not_found(app: TestApp) {
        let desk = desk(app).await;
        let ann = app.user("ann").await;
        let contact = pager(app, &desk, &ann).await;
        ann.only_rules(app, contact, &[(Channel::Pushover, 0)]).await;
        let alert = page(app, &ann, "disk full").await;
        let hook = providers::hooks_of(&app.app, &pager_account(app).await);
        let form = [("content-type", FORM.to_owned())];
        for token in ["nonsense", &"a".repeat(52)] {
            post(&format!("{hook}/status/{token}"), &form, RECEIPT.into()).await.expect(404);
        }
        let nobodys = providers::back(&app.app, doors::ORGANIZATION, &pager_account(app).await, NotificationId(987_654));
        post(&nobodys.status(), &form, RECEIPT.into()).await.expect(404);
        post(&format!("{hook}/status"), &form, RECEIPT.into()).await.expect(400);
        assert!(unanswered(app, alert).await);
    }

    async fn an_acknowledgement_of_what_another_account_carried_is_not_found(app: TestApp) {
        let (desk, lines) = (desk(app).await, app.lines(&[ProviderKind::Twilio]).await);
        let ann = app.user("ann").await.with_phone(app, ANN, &[(Channel::Sms, 0)]).await;
        pager(app, &desk, &ann).await;
        let alert = page(app, &ann, "disk full").await;
        lines.exchange.phone(ANN).wait_for_sms(|sms| sms.has_arrived()).await.unwrap();
        let text = notifications::list_of_alert(&app.app.db, &app.scope(), alert, 10).await.unwrap()[0].id;
        let token = back(app, &lines, ProviderKind::Twilio, text).status().rsplit('/').next().unwrap().to_owned();
        let hook = providers::hooks_of(&app.app, &pager_account(app).await);
        post(&format!("{hook}/status/{token}"), &[("content-type", FORM.to_owned())], RECEIPT.into()).await.expect(404);
        assert!(unanswered(app, alert).await);
        app.settle().await;
    }
}
