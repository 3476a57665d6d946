//! A refusal for good: the person's next contact is used at once, and a contact that is to blame is not used again.

use crate::channels::failing::failures;
use crate::channels::texts::ANN;
use crate::channels::ways::{Reached, Way, over_ways};
use watchbell_core::user::ContactStatus;
use watchbell_sim::ntfy::NtfyFaults;
use watchbell_sim::phone::{Behaviour, OnText, PhoneFaults, Provider};
use watchbell_sim::push::PushFaults;
use watchbell_sim::smtp::SmtpFault;
use watchbell_store::contacts;
use watchbell_testkit::{TestApp, event, level, minutes};

/// What becomes of the contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// It is not used any more.
    Locked,
    /// Its number gets no texts any more; it may still be called.
    Stopped,
    /// It stays as it is: who refused does not say that the contact is to blame.
    Kept,
}

/// What the refusal of a way leads to, and a word of its reason.
fn expected(way: Way) -> (Fate, &'static str) {
    match way {
        Way::Email => (Fate::Locked, "5.1.1"),
        Way::SmsByTwilio => (Fate::Stopped, "21211"),
        Way::SmsByVonage => (Fate::Stopped, "is no telephone number"),
        Way::VoiceByTwilio => (Fate::Locked, "21211"),
        Way::VoiceByVonage => (Fate::Locked, "is no telephone number"),
        Way::Telegram => (Fate::Locked, "blocked"),
        Way::Pushover => (Fate::Locked, "does not know this user"),
        Way::Gotify => (Fate::Locked, "refused the token"),
        Way::UnifiedPush | Way::WebPush => (Fate::Locked, "410"),
        // A number without WhatsApp takes text messages and calls all the same.
        Way::SmsByGateway | Way::Ntfy | Way::WhatsApp => (Fate::Kept, ""),
    }
}

/// The other side refuses Ann from now on.
fn refuse(app: &TestApp, reached: &Reached) {
    let (desk, exchange) = (&reached.desk, &reached.lines.exchange);
    let gone = PushFaults { refuse_recipient: true, ..PushFaults::default() };
    match reached.way {
        Way::Email => app.smtp.faults(SmtpFault::RefuseRecipient),
        Way::WhatsApp => {
            exchange.faults(Provider::Twilio, PhoneFaults { twilio_code: Some(63_024), ..PhoneFaults::default() });
        }
        Way::Telegram => desk.telegram.faults(gone),
        Way::Pushover => desk.pushover.faults(gone),
        Way::Gotify => desk.gotify.faults(gone),
        Way::Ntfy => reached.ntfy.faults(NtfyFaults { status: Some(403), ..NtfyFaults::default() }),
        Way::UnifiedPush | Way::WebPush => desk.web_push.faults(gone),
        _ => exchange.phone(ANN).behave(Behaviour { texts: OnText::Invalid, ..Behaviour::default() }),
    }
}

async fn the_next_contact_at_once(app: &mut TestApp, way: Way) {
    let reached = Reached::over(app, way).await.with_next(app).await;
    let source = app.source().escalating_to([level(&reached.ann, minutes(60))]).await;
    refuse(app, &reached);
    let alert = source.send(app, event("disk full")).await.unwrap();
    reached.next_gets(app, "disk full").await;
    let tries: Vec<bool> = failures(app, alert).await.into_iter().map(|(_, again)| again).collect();
    assert_eq!(tries, [false], "{way:?}: one try, and no more");

    let (fate, reason) = expected(way);
    let contact = contacts::get(&app.app.db, &app.scope(), reached.ann.id, reached.contact).await.unwrap();
    let became = match (contact.status, contact.stopped_at) {
        (ContactStatus::Ok, None) => Fate::Kept,
        (ContactStatus::Ok, Some(_)) => Fate::Stopped,
        _ => Fate::Locked,
    };
    assert_eq!(became, fate, "{way:?}: {contact:?}");
    let why = contact.lock_reason.unwrap_or_default();
    assert!(why.contains(reason), "{way:?}: {why}");
    match (way, fate) {
        (_, Fate::Kept) => {}
        (Way::Email, _) => reached.next_gets(app, "One of your contacts").await,
        _ => drop(reached.ann.expect_mail(app, "One of your contacts").await),
    }
}

over_ways! { the_next_contact_at_once }
