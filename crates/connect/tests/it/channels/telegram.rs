//! A bot as the person sees it who chats with it.

use watchbell_connect::channels::{
    AlertChange, Back, Fault, Heard, Hook, Inbound, Message, Outcome, Parcel, Provider, Refused, Settings, Telegram,
    telegram::Receiving,
};
use watchbell_core::user::Channel;
use watchbell_sim::{
    hook::{self, HookSimConfig},
    push::PushFaults,
    telegram::{self as sim, Person, TOKEN, TelegramPressed, TelegramSimConfig},
};

use super::messages::{http, id, now, page, summary, test_message, update};

/// As the server makes them: 48 bytes in base64url.
const LINK: &str = "AAAAAAAAAAEAAAAAAAAAKnR5BzaHGBq1jH2nhvY7VxGBrrsA-7_rGyzpKeWbJmQx";

fn bot_of(service: &sim::Telegram, token: &str) -> Telegram {
    let mut settings = Settings::default();
    settings.set_secret("botToken", token.into());
    settings.set("apiUrl", &service.url());
    Telegram::configure(&settings).unwrap()
}

/// Telegram with one person who has opened the bot.
async fn chat() -> (sim::Telegram, Telegram, Person) {
    let service = sim::Telegram::start(TelegramSimConfig::default()).await.unwrap();
    let (bot, person) = (bot_of(&service, TOKEN), service.anyone());
    person.start("k7-Q_3").unwrap();
    (service, bot, person)
}

async fn send(bot: &Telegram, to: &str, message: &Message) -> Outcome {
    let (back, id) = (Back::new("https://bell.example/hooks/p/7", LINK), id("notification-1"));
    let parcel = Parcel { channel: Channel::Telegram, to, message, id: &id, back: &back, now: now() };
    bot.send(&http(), &parcel).await
}

/// A page that its reader can answer.
fn answerable() -> Message {
    let mut page = page();
    page.reply_code = Some(42);
    page.alert.url = "https://bell.example.com/alerts/42".into();
    Message::Page(page)
}

/// All that the bot has not heard yet.
async fn hear(bot: &Telegram) -> Vec<Heard> {
    let updates = bot.get_updates(&http(), 0, 0).await.unwrap();
    let next = updates.last().map_or(0, |update| update.id + 1);
    assert!(bot.get_updates(&http(), next, 0).await.unwrap().is_empty(), "what was heard is forgotten there");
    updates.into_iter().filter_map(|update| update.heard).collect()
}

fn fault(outcome: &Outcome) -> Option<Fault> {
    match outcome {
        Outcome::Permanent { fault, .. } => Some(*fault),
        _ => None,
    }
}

#[tokio::test]
async fn a_page_has_buttons_and_no_link_but_ours() {
    let (service, bot, person) = chat().await;
    let outcome = send(&bot, &person.id().to_string(), &answerable()).await;
    let shown = service.messages().pop().unwrap();
    let provider_id = format!("{}:{}", person.id(), shown.message_id);
    assert_eq!(outcome, Outcome::Sent { provider_id: Some(provider_id) });
    let labels: Vec<Vec<_>> =
        shown.buttons.iter().map(|row| row.iter().map(|button| button.text.as_str()).collect()).collect();
    assert_eq!(labels, [vec!["Accept", "Resolve"], vec!["Escalate"], vec!["Open the alert", "Open the ticket"]]);
    assert!(shown.entities.iter().all(|entity| matches!(entity.kind, "bold" | "code" | "pre")), "{:?}", shown.entities);
    insta::assert_snapshot!("page_telegram", shown.text);
}

#[tokio::test]
async fn a_press_accepts_and_the_message_says_so() {
    let (service, bot, person) = chat().await;
    let address = person.id().to_string();
    let Outcome::Sent { provider_id: Some(sent) } = send(&bot, &address, &answerable()).await else { panic!() };
    let message = service.messages().pop().unwrap();
    hear(&bot).await;
    assert!(matches!(person.press(message.message_id, "Accept"), TelegramPressed::Asked(_)));

    let heard = hear(&bot).await;
    let [Heard::Press { token, verb, from, press_id: Some(press) }] = heard.as_slice() else { panic!("{heard:?}") };
    assert_eq!((token.as_str(), verb.as_str(), from.as_deref()), (LINK, "accept", Some(address.as_str())));
    bot.answer_press(&http(), press, "Accepted").await.unwrap();
    let accepted = update(AlertChange::Accepted { by: "Ann".into() });
    bot.edit(&http(), &sent, &accepted).await.unwrap();
    bot.edit(&http(), &sent, &accepted).await.unwrap();

    let message = service.messages().pop().unwrap();
    assert!(message.pressed[0].answered && message.pressed[0].answer.as_deref() == Some("Accepted"));
    assert!(message.text.contains("Accepted by Ann") && message.edit_date.is_some(), "{}", message.text);
    assert!(message.button("Accept").is_none() && message.button("Escalate").is_none());
    assert_eq!(bot.edit(&http(), &format!("{address}:999"), &accepted).await, Ok(()), "it was deleted there");
}

#[tokio::test]
async fn words_joining_and_blocking_are_heard() {
    let (_service, bot, person) = chat().await;
    let address = person.id().to_string();
    person.write("42a");
    person.block();
    let heard = hear(&bot).await;
    let [Heard::Joined { word, address: joined, name }, Heard::Text(text), Heard::Left { address: left, .. }] =
        heard.as_slice()
    else {
        panic!("{heard:?}")
    };
    assert_eq!((word.as_str(), joined, name.as_str()), ("k7-Q_3", &address, "Ann"));
    assert_eq!((text.text.as_str(), &text.from, left), ("42a", &address, &address));

    let outcome = send(&bot, &address, &test_message()).await;
    assert_eq!(fault(&outcome), Some(Fault::Contact), "{outcome:?}");
}

#[tokio::test]
async fn a_webhook_is_believed_by_its_secret() {
    let (service, bot, person) = chat().await;
    let ours = hook::Hook::start(HookSimConfig::default()).await.unwrap();
    hear(&bot).await;
    bot.set_webhook(&http(), &format!("{}/message", ours.url())).await.unwrap();
    person.write("accept all");
    let call = ours.wait_for(|call| call.body.contains("accept all")).await.unwrap();

    let receive = |secret: Option<String>, hook, body: &[u8]| {
        bot.receive(&Inbound {
            hook,
            method: "POST",
            url: "https://bell.example/hooks/p/7/message",
            header: &move |name| secret.clone().filter(|_| name == "x-telegram-bot-api-secret-token"),
            query: "",
            body,
            now: now(),
        })
    };
    let secret = call.header("x-telegram-bot-api-secret-token").map(str::to_owned);
    let heard = receive(secret.clone(), Hook::Message, call.body.as_bytes()).unwrap();
    assert!(matches!(heard.as_slice(), [Heard::Text(text)] if text.text == "accept all"), "{heard:?}");
    for forged in [None, Some(String::new()), Some("wrong".into())] {
        let heard = receive(forged, Hook::Message, call.body.as_bytes());
        assert!(matches!(heard, Err(Refused::Forged(_))), "{heard:?}");
    }
    assert!(matches!(receive(secret.clone(), Hook::Message, b"{}"), Err(Refused::Unreadable(_))));
    assert!(matches!(receive(secret, Hook::Status, call.body.as_bytes()), Err(Refused::Unreadable(_))));

    let outcome = bot.get_updates(&http(), 0, 0).await.unwrap_err();
    assert!(matches!(&outcome, Outcome::Transient { error, .. } if error.contains("409")), "{outcome:?}");
    bot.delete_webhook(&http()).await.unwrap();
    assert_eq!(bot.receiving(), Receiving::Poll);
    assert!(bot.get_updates(&http(), 0, 0).await.is_ok());
    drop(service);
}

#[tokio::test]
async fn a_refusal_says_whose_fault_it_is() {
    let (service, bot, person) = chat().await;
    let stranger = service.person("Bob");
    let wrong = bot_of(&service, "7000000001:AAwrongwrongwrong");
    let address = person.id().to_string();
    for (bot, to, expected) in [
        (&bot, stranger.id().to_string(), Some(Fault::Contact)),
        (&bot, "@channel".into(), Some(Fault::Contact)),
        (&wrong, address.clone(), Some(Fault::Account)),
        (&bot, address, None),
    ] {
        let outcome = send(bot, &to, &test_message()).await;
        assert_eq!(fault(&outcome), expected, "{outcome:?}");
        assert!(!format!("{outcome:?}").contains("AAwrong"));
    }
    assert_eq!(bot.probe(&http(), now()).await, Outcome::Sent { provider_id: Some("@watchbell_bot".into()) });
    assert_eq!(fault(&wrong.probe(&http(), now()).await), Some(Fault::Account));
}

#[tokio::test]
async fn a_busy_service_is_transient_and_says_when() {
    let (service, bot, person) = chat().await;
    for (faults, expected) in [
        (PushFaults::too_many(7), Some(7)),
        (PushFaults::status(502), None),
        (PushFaults { drop_connection: true, ..PushFaults::default() }, None),
    ] {
        service.faults(faults);
        let outcome = send(&bot, &person.id().to_string(), &test_message()).await;
        let Outcome::Transient { retry_after, .. } = &outcome else { panic!("{outcome:?}") };
        assert_eq!(retry_after.map(|wait| wait.as_secs()), expected);
    }
}

#[tokio::test]
async fn the_longest_texts_still_fit() {
    let (_service, bot, person) = chat().await;
    let mut long = page();
    long.alert.summary = "ü".repeat(2_000);
    long.details = "🔥 <&> https://evil.example\n".repeat(20_000);
    for message in [Message::Page(long), summary(60, 2_000)] {
        let outcome = send(&bot, &person.id().to_string(), &message).await;
        assert!(outcome.is_sent(), "{outcome:?}");
    }
}
