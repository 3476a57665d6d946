//! What was taken and fails later: a report says so, the person's next contact is used, and the timeline tells both.

use crate::channels::failing::failures;
use crate::channels::replies::reported;
use crate::channels::signed::{back, twilio};
use crate::channels::texts::ANN;
use watchbell_core::provider::{ProviderKind, Reported};
use watchbell_core::user::{Channel, ContactStatus};
use watchbell_sim::phone::{Behaviour, OnCall, OnText, Pace, TwilioAccount};
use watchbell_store::{contacts, notifications};
use watchbell_testkit::clock::wait_until;
use watchbell_testkit::{TestApp, both_databases, event, level, minutes, seconds};

/// Calls to Ann end with this word of Twilio's: her mailbox, ten minutes later otherwise, is used after so many calls.
async fn calls_that_end(app: &mut TestApp, calls: OnCall, word: &str, states: &[Reported]) {
    let lines = app.lines(&[ProviderKind::Twilio]).await;
    lines.exchange.pace(Pace { letter_ms: 0, second_ms: 1, ring_ms: 1 });
    lines.exchange.phone(ANN).behave(Behaviour { calls, ring_ms: 10, ..Behaviour::default() });
    let ann = app.user("ann").await.with_phone(app, ANN, &[(Channel::Voice, 0)]).await.with_late_mail(app, 600).await;
    let source = app.source().escalating_to([level(&ann, minutes(60))]).await;
    let alert = source.send(app, event("disk full")).await.unwrap();
    let ended = || lines.exchange.callbacks().iter().filter(|call| call.body.contains(&format!("={word}"))).count();
    for nth in 1..=states.len() {
        wait_until(&format!("call {nth} ends: {word}"), || async { ended() == nth }).await;
        let told = || async { reported(app, alert).await.iter().filter(|state| states.contains(state)).count() == nth };
        wait_until(&format!("the report of call {nth}"), told).await;
        app.settle().await;
        app.advance(seconds(11)).await;
    }
    ann.expect_mail(app, "disk full").await;
    assert_eq!(lines.exchange.calls().len(), states.len());
    let said: Vec<Reported> = reported(app, alert).await.into_iter().filter(|state| states.contains(state)).collect();
    assert_eq!(said, states);
    app.advance(minutes(15)).await;
    assert_eq!((lines.exchange.calls().len(), ann.mails(app)), (states.len(), 1), "nothing else follows");
}

/// A message by WhatsApp was taken, and is reported as not delivered with this code.
async fn whatsapp_refused_later(app: &mut TestApp, code: &str, state: Reported) {
    let lines = app.lines(&[ProviderKind::Twilio]).await;
    lines.exchange.phone(ANN).behave(Behaviour { texts: OnText::ArrivesUnreported, ..Behaviour::default() });
    let ann =
        app.user("ann").await.with_phone(app, ANN, &[(Channel::WhatsApp, 0)]).await.with_late_mail(app, 600).await;
    let source = app.source().escalating_to([level(&ann, minutes(60))]).await;
    let alert = source.send(app, event("disk full")).await.unwrap();
    let message =
        lines.exchange.phone(ANN).wait_for_whatsapp(|message| message.text.contains("disk full")).await.unwrap();
    let told = notifications::list_of_alert(&app.app.db, &app.scope(), alert, 10).await.unwrap();
    let url = back(app, &lines, ProviderKind::Twilio, told[0].id).status();
    let report = [("MessageSid", &*message.id), ("MessageStatus", "undelivered"), ("ErrorCode", code)];
    for _ in 0..2 {
        // Told twice, it acts once.
        twilio(&url, &TwilioAccount::default().auth_token, &report).await.expect(204);
        app.settle().await;
    }
    ann.expect_mail(app, "disk full").await;
    assert_eq!(reported(app, alert).await, [state]);
    assert_eq!(failures(app, alert).await, [(Some("Twilio".to_owned()), false)]);
    // The number takes text messages and calls all the same.
    let all = contacts::list(&app.app.db, &app.scope(), ann.id).await.unwrap();
    let phone = all.iter().find(|contact| contact.channel == Channel::Sms).unwrap();
    assert_eq!((phone.status, phone.stopped_at), (ContactStatus::Ok, None), "{phone:?}");
    app.advance(minutes(15)).await;
    assert_eq!(ann.mails(app), 1);
}

both_databases! {
    async fn a_call_that_cannot_be_connected_leads_to_the_next_contact_at_once(app: TestApp) {
        calls_that_end(app, OnCall::Unreachable, "failed", &[Reported::Undelivered]).await;
    }

    async fn a_busy_line_is_called_twice_before_the_next_contact(app: TestApp) {
        calls_that_end(app, OnCall::Busy, "busy", &[Reported::Busy, Reported::Busy]).await;
    }

    async fn a_phone_that_nobody_picks_up_is_called_twice_before_the_next_contact(app: TestApp) {
        calls_that_end(app, OnCall::ByHand, "no-answer", &[Reported::Unanswered, Reported::Unanswered]).await;
    }

    async fn a_whatsapp_message_outside_of_the_window_is_told_later_and_gives_way(app: TestApp) {
        whatsapp_refused_later(app, "63016", Reported::Undelivered).await;
    }

    async fn a_number_without_whatsapp_is_told_later_and_gives_way(app: TestApp) {
        whatsapp_refused_later(app, "63024", Reported::Undelivered).await;
    }
}
