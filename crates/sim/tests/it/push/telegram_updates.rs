//! What people do, and how the bot hears of it.

use serde_json::{Value, json};
use watchbell_sim::{
    hook::{Hook, HookAnswer},
    telegram::{BadPayload, TOKEN, Telegram, TelegramPressed, TelegramSimConfig},
};

use super::support::{Answer, get, hook, http, post_form, post_json, send};

async fn start() -> Telegram {
    Telegram::start(TelegramSimConfig { retry_ms: 5, ..TelegramSimConfig::default() }).await.unwrap()
}

async fn call(telegram: &Telegram, method: &str, parameters: Value) -> Answer {
    post_json(format!("{}/bot{TOKEN}/{method}", telegram.url()), &parameters).await
}

async fn set_webhook(telegram: &Telegram, hook: &Hook) {
    let parameters = json!({"url": format!("{}/telegram", hook.url()), "secret_token": "hush-1"});
    let set = call(telegram, "setWebhook", parameters).await.json();
    assert_eq!((set["result"].as_bool(), set["description"].as_str()), (Some(true), Some("Webhook was set")));
}

#[tokio::test]
async fn pressing_start_reaches_the_webhook_with_its_secret() {
    let (telegram, bot) = (start().await, hook().await);
    set_webhook(&telegram, &bot).await;
    let ann = telegram.anyone();
    ann.start("link-4f9A_").unwrap();
    assert_eq!(ann.start("no spaces"), Err(BadPayload));
    assert_eq!(ann.start(&"a".repeat(65)), Err(BadPayload));
    let update = bot.wait_for(|call| call.json()["message"]["text"] == "/start link-4f9A_").await.unwrap();
    assert_eq!(update.header("x-telegram-bot-api-secret-token"), Some("hush-1"));
    let message = &update.json()["message"];
    assert_eq!((message["chat"]["id"].as_i64(), message["from"]["first_name"].as_str()), (Some(ann.id()), Some("Ann")));
    assert_eq!(message["entities"][0], json!({"type": "bot_command", "offset": 0, "length": 6}));
}

#[tokio::test]
async fn a_button_asks_the_bot_and_shows_its_answer() {
    let (telegram, bot) = (start().await, hook().await);
    let ann = telegram.anyone();
    ann.write("hello");
    set_webhook(&telegram, &bot).await;
    let keyboard = json!({"inline_keyboard": [[{"text": "Accept", "callback_data": "accept:7"}]]});
    call(&telegram, "sendMessage", json!({"chat_id": ann.id(), "text": "Fire", "reply_markup": keyboard})).await;
    let message = telegram.wait_for(|message| message.from_bot).await.unwrap();
    let TelegramPressed::Asked(query) = ann.press(message.message_id, "Accept") else { panic!("a query") };
    let update = bot.wait_for(|call| call.json()["callback_query"]["id"] == query).await.unwrap().json();
    assert_eq!(update["callback_query"]["data"], "accept:7");
    assert_eq!(update["callback_query"]["message"]["message_id"], message.message_id);
    assert_eq!(update["callback_query"]["from"]["id"], ann.id());

    let answer = json!({"callback_query_id": query, "text": "You have it", "show_alert": true});
    assert_eq!(call(&telegram, "answerCallbackQuery", answer.clone()).await.status, 200);
    let press = &ann.messages()[1].pressed[0];
    assert_eq!((press.answer.as_deref(), press.answered, press.alert), (Some("You have it"), true, true));
    assert_eq!(call(&telegram, "answerCallbackQuery", answer).await.status, 400, "once");
}

#[tokio::test]
async fn an_update_is_posted_until_it_is_taken() {
    let (telegram, bot) = (start().await, hook().await);
    bot.answer(HookAnswer::from(503));
    set_webhook(&telegram, &bot).await;
    let ann = telegram.anyone();
    ann.write("first");
    ann.write("second");
    bot.wait_for(|_| true).await.unwrap();
    let mut info = Value::Null;
    while info["last_error_message"].is_null() {
        info = call(&telegram, "getWebhookInfo", json!({})).await.json()["result"].clone();
    }
    assert_eq!(info["pending_update_count"], 2);
    assert!(info["last_error_message"].as_str().unwrap().contains("503"));

    bot.answer(HookAnswer::default());
    bot.wait_for(|call| call.json()["message"]["text"] == "second").await.unwrap();
    let texts: Vec<_> = bot.received().iter().map(|call| call.json()["message"]["text"].clone()).collect();
    assert!(texts.len() > 2 && texts[..texts.len() - 1].iter().all(|text| text == "first"), "in order: {texts:?}");
}

#[tokio::test]
async fn a_webhook_may_call_a_method_in_its_answer() {
    let (telegram, bot) = (start().await, hook().await);
    let ann = telegram.anyone();
    let body = json!({"method": "sendMessage", "chat_id": ann.id(), "text": "welcome"}).to_string();
    bot.answer(HookAnswer { body, ..HookAnswer::default() });
    set_webhook(&telegram, &bot).await;
    ann.start("").unwrap();
    telegram.wait_for(|message| message.from_bot && message.text == "welcome").await.unwrap();
}

#[tokio::test]
async fn updates_are_fetched_where_there_is_no_webhook() {
    let telegram = start().await;
    let ann = telegram.anyone();
    ann.write("one");
    ann.write("two");
    let updates = call(&telegram, "getUpdates", json!({"limit": 1})).await.json()["result"].clone();
    let id = updates[0]["update_id"].as_i64().unwrap();
    assert_eq!((updates.as_array().unwrap().len(), updates[0]["message"]["text"].as_str()), (1, Some("one")));
    let url = format!("{}/bot{TOKEN}/getUpdates?offset={}", telegram.url(), id + 1);
    assert_eq!(get(&url).await.json()["result"][0]["message"]["text"], "two");
    assert_eq!(telegram.pending_updates(), 1, "what was confirmed is gone");

    let later = json!({"offset": id + 2, "timeout": 30, "allowed_updates": ["message"]});
    let (answer, ()) = tokio::join!(call(&telegram, "getUpdates", later), async { ann.write("three") });
    assert_eq!(answer.json()["result"][0]["message"]["text"], "three");
}

#[tokio::test]
async fn fetching_and_a_webhook_exclude_each_other() {
    let (telegram, bot) = (start().await, hook().await);
    bot.answer(HookAnswer::from(500));
    set_webhook(&telegram, &bot).await;
    telegram.anyone().write("hello");
    let conflict = call(&telegram, "getUpdates", json!({})).await;
    assert_eq!((conflict.status, conflict.json()["error_code"].as_i64()), (409, Some(409)));
    assert_eq!(call(&telegram, "deleteWebhook", json!({"drop_pending_updates": true})).await.json()["result"], true);
    assert_eq!(call(&telegram, "getUpdates", json!({})).await.json()["result"], json!([]));
    let bad = call(&telegram, "setWebhook", json!({"url": bot.url(), "secret_token": "with space"})).await;
    assert_eq!(bad.json()["description"], "Bad Request: secret token contains unallowed characters");
}

#[tokio::test]
async fn only_kinds_that_the_bot_wants_are_kept() {
    let telegram = start().await;
    let ann = telegram.anyone();
    call(&telegram, "getUpdates", json!({"allowed_updates": ["my_chat_member"]})).await;
    ann.write("hello");
    ann.block();
    let updates = call(&telegram, "getUpdates", json!({})).await.json()["result"].clone();
    assert_eq!(updates.as_array().unwrap().len(), 1);
    assert_eq!(updates[0]["my_chat_member"]["new_chat_member"]["status"], "kicked");
}

#[tokio::test]
async fn a_person_on_the_page_does_the_same() {
    let telegram = start().await;
    let door = |what: &str| format!("{}/sim/people/900000001/{what}", telegram.url());
    assert_eq!(post_form(door("start"), "payload=https%3A%2F%2Ft.me%2Fwatchbell_bot%3Fstart%3Dabc").await.status, 303);
    assert_eq!(post_form(door("write"), "text=hello+there").await.status, 303);
    let texts: Vec<_> = telegram.messages().into_iter().map(|message| message.text).collect();
    assert_eq!(texts, ["/start abc", "hello there"]);
    assert_eq!(post_form(door("press"), "message_id=1&label=Accept").await.status, 404);
    assert_eq!(send(http().post(door("block"))).await.status, 303);
    let people = get(format!("{}/sim/people", telegram.url())).await.json();
    assert_eq!(people, json!([{"id": 900_000_001, "name": "Ann", "started": true, "blocked": true}]));
}
