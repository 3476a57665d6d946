//! Answers from where a message came: they accept, resolve, or call the next level; and what became of the message is told.
//! Mails are answered in `mail_in` and `pages::links`.

use crate::channels::replies::reported;
use crate::channels::texts::ANN;
use crate::channels::ways::{Reached, Way, over_ways};
use watchbell_core::alert::{Happening, Status};
use watchbell_core::timeline::Entry;
use watchbell_sim::ntfy::Pressed;
use watchbell_testkit::clock::wait_until;
use watchbell_testkit::http::client;
use watchbell_testkit::lines::OURS;
use watchbell_testkit::{TestApp, event, level, minutes};

/// What an answer asks for: the letter of a text, the key of a call, and the button.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Verb(char, char, &'static str);

const ACCEPT: Verb = Verb('a', '4', "Accept");
const RESOLVE: Verb = Verb('r', '6', "Resolve");
const ESCALATE: Verb = Verb('e', '8', "Escalate");

fn verbs(way: Way) -> &'static [Verb] {
    match way {
        Way::Pushover | Way::Gotify | Way::Ntfy | Way::UnifiedPush => &[ACCEPT],
        Way::WebPush => &[ACCEPT, RESOLVE],
        _ => &[ACCEPT, RESOLVE, ESCALATE],
    }
}

/// Answers the message about an alert, by whatever the way has. One alert is open at a time: its code is 1.
async fn answer(reached: &Reached, verb: Verb, summary: &str) {
    let (desk, phone) = (&reached.desk, reached.lines.exchange.phone(ANN));
    let (Verb(letter, key, label), text) = (verb, format!("1{}", verb.0));
    match reached.way {
        Way::VoiceByTwilio | Way::VoiceByVonage => {
            let call = phone.wait_for_call().await.unwrap();
            call.answer();
            call.wait_for_spoken(summary).await.unwrap();
            call.wait_for_question().await.unwrap();
            call.press(key);
            assert_eq!(call.wait_for_end().await.unwrap().fault, None);
        }
        Way::WhatsApp => {
            phone.wait_for_whatsapp(|message| message.text.contains(summary)).await.unwrap();
            phone.whatsapp(OURS, &text).await;
        }
        Way::Telegram => {
            let message = desk.telegram.wait_for(|message| message.text.contains(summary)).await.unwrap();
            match letter {
                'e' => desk.telegram.anyone().write(&text),
                _ => drop(desk.telegram.anyone().press(message.message_id, label)),
            }
        }
        Way::Pushover => {
            let push = desk.pushover.wait_for(|push| format!("{push:?}").contains(summary)).await.unwrap();
            desk.pushover.acknowledge(&push.emergency.unwrap().receipt).await;
        }
        Way::Gotify => {
            let message = desk.gotify.wait_for(|message| format!("{message:?}").contains(summary)).await.unwrap();
            confirm(message.click_url().unwrap()).await;
        }
        Way::Ntfy => {
            let message = reached.ntfy.wait_for(|message| format!("{message:?}").contains(summary)).await.unwrap();
            let pressed = reached.ntfy.press(&message.id, label).await;
            assert!(matches!(pressed, Pressed::Answered(200, _)), "{pressed:?}");
        }
        Way::UnifiedPush | Way::WebPush => {
            let push = desk.web_push.wait_for(|push| push.text.contains(summary)).await.unwrap();
            let json = push.json.unwrap();
            confirm(json["notification"]["data"][label.to_lowercase()].as_str().unwrap()).await;
        }
        _ => {
            phone.wait_for_sms(|sms| sms.text.contains(summary)).await.unwrap();
            phone.text(OURS, &text).await;
        }
    }
}

/// The request of a service worker, or of the page behind a link.
async fn confirm(url: &str) {
    let request = client().post(url).header("content-type", "application/x-www-form-urlencoded");
    assert_eq!(request.body("confirm=1").send().await.unwrap().status(), 200, "{url}");
}

async fn accepts_resolves_and_escalates(app: &mut TestApp, way: Way) {
    let reached = Reached::over(app, way).await;
    let bob = app.user("bob").await;
    let source = app.source().escalating_to([level(&reached.ann, minutes(15)), level(&bob, minutes(60))]).await;
    for verb in verbs(way) {
        let summary = format!("disk full: {}", verb.2);
        let alert = source.send(app, event(&summary)).await.unwrap();
        answer(&reached, *verb, &summary).await;
        let entry = match *verb {
            ACCEPT => Entry::Accepted,
            RESOLVE => Entry::Resolved { reason: None },
            _ => Entry::EscalatedNow,
        };
        let is_done = || async { app.entries(alert).await.contains(&entry) };
        wait_until(&format!("{way:?}: {entry:?}"), is_done).await;
        if let Some(state) = way.reported() {
            let is_told = || async { reported(app, alert).await.contains(&state) };
            wait_until(&format!("{way:?}: the report {state:?}"), is_told).await;
        }
        app.settle().await;
        let after = app.alert(alert).await;
        match *verb {
            ACCEPT => {
                assert_eq!((after.status, after.accepted_by), (Status::Accepted, Some(reached.ann.id)), "{way:?}")
            }
            RESOLVE => assert_eq!(after.status, Status::Resolved, "{way:?}"),
            _ => {
                assert_eq!(after.status, Status::Pending, "{way:?}");
                bob.expect_mail(app, &summary).await;
            }
        }
        // Nobody else is paged: the test fails at its end on a mail that was not expected.
        reached.later(app, minutes(20)).await;
        if *verb != RESOLVE {
            app.happen(alert, reached.ann.id, Happening::Resolved { reason: None }).await;
        }
    }
}

over_ways! { accepts_resolves_and_escalates;
    sms_by_twilio: SmsByTwilio,
    sms_by_vonage: SmsByVonage,
    sms_by_gateway: SmsByGateway,
    voi_02_voice_by_twilio: VoiceByTwilio,
    voice_by_vonage: VoiceByVonage,
    whatsapp: WhatsApp,
    telegram: Telegram,
    pushover: Pushover,
    gotify: Gotify,
    ntfy: Ntfy,
    unified_push: UnifiedPush,
    web_push: WebPush,
}
