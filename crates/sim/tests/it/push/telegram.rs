//! What the bot sends, and how Telegram refuses it.

use serde_json::{Value, json};
use watchbell_sim::{
    push::PushFaults,
    telegram::{Person, TOKEN, Telegram, TelegramPressed, TelegramSimConfig},
};

use super::support::{Answer, get, http, post_form, post_json, send};

/// Telegram, and a person who has started the bot.
async fn start() -> (Telegram, Person) {
    let telegram = Telegram::start(TelegramSimConfig::default()).await.unwrap();
    let ann = telegram.anyone();
    ann.start("").unwrap();
    telegram.clear();
    (telegram, ann)
}

async fn call(telegram: &Telegram, method: &str, parameters: Value) -> Answer {
    post_json(format!("{}/bot{TOKEN}/{method}", telegram.url()), &parameters).await
}

fn description(answer: &Answer) -> String {
    assert_eq!(answer.json()["ok"], false, "{}", answer.text);
    assert_eq!(answer.json()["error_code"], answer.status);
    answer.json()["description"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_message_arrives_with_its_buttons() {
    let (telegram, ann) = start().await;
    let keyboard = json!({"inline_keyboard": [[{"text": "Accept", "callback_data": "accept:1"}, {"text": "Open", "url": "https://w.example/a"}]]});
    let sent = call(
        &telegram,
        "sendMessage",
        json!({"chat_id": ann.id(), "text": "<b>Disk</b> full", "parse_mode": "HTML", "disable_notification": true,
            "reply_markup": keyboard, "link_preview_options": {"is_disabled": true}}),
    )
    .await
    .json();
    assert_eq!((sent["ok"].as_bool(), sent["result"]["text"].as_str()), (Some(true), Some("Disk full")));
    assert_eq!(sent["result"]["entities"], json!([{"type": "bold", "offset": 0, "length": 4}]));
    assert_eq!(sent["result"]["chat"], json!({"id": ann.id(), "first_name": "Ann", "type": "private"}));
    assert_eq!(sent["result"]["reply_markup"], keyboard);

    let message = telegram.wait_for(|message| message.from_bot).await.unwrap();
    assert!(message.silent);
    assert_eq!(ann.press(message.message_id, "Open"), TelegramPressed::Opens("https://w.example/a".into()));
    assert_eq!(ann.press(message.message_id, "Reject"), TelegramPressed::Nothing);
    let page = get(telegram.url()).await.text;
    assert!(page.contains("Accept") && page.contains("href=\"https://w.example/a\""), "{page}");
}

#[tokio::test]
async fn forms_and_queries_are_calls_too() {
    let (telegram, ann) = start().await;
    let url = format!("{}/bot{TOKEN}", telegram.url());
    let form = "chat_id=900000001&text=Disk+80%25&reply_markup=%7B%22inline_keyboard%22%3A%5B%5B%7B%22text%22%3A%22Accept%22%2C%22callback_data%22%3A%22a%22%7D%5D%5D%7D";
    assert_eq!(ann.id(), 900_000_001);
    assert_eq!(post_form(format!("{url}/sendmessage"), form).await.json()["result"]["text"], "Disk 80%");
    assert_eq!(get(format!("{url}/sendMessage?chat_id={}&text=hello", ann.id())).await.status, 200);
    let me = get(format!("{url}/getMe")).await.json();
    assert_eq!(
        (me["result"]["username"].as_str(), me["result"]["id"].as_i64()),
        (Some("watchbell_bot"), Some(7_000_000_001))
    );
    let messages = ann.messages();
    assert_eq!((messages.len(), messages[0].button("Accept").is_some()), (2, true));
}

#[tokio::test]
async fn what_breaks_a_rule_is_refused_in_their_words() {
    let (telegram, ann) = start().await;
    let stranger = telegram.person("Bob");
    let to_ann = |changes: Value| {
        let mut all = json!({"chat_id": ann.id(), "text": "a"});
        all.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        all
    };
    let button = |data: String| json!({"reply_markup": {"inline_keyboard": [[{"text": "A", "callback_data": data}]]}});
    let cases = [
        (json!({"text": "a"}), "Bad Request: chat_id is empty"),
        (to_ann(json!({"chat_id": 1})), "Bad Request: chat not found"),
        (to_ann(json!({"chat_id": stranger.id()})), "Bad Request: chat not found"),
        (to_ann(json!({"text": ""})), "Bad Request: message text is empty"),
        (to_ann(json!({"text": "a".repeat(4_097)})), "Bad Request: message is too long"),
        (
            to_ann(json!({"text": "<b>a", "parse_mode": "HTML"})),
            "Bad Request: can't parse entities: Can't find end tag corresponding to start tag \"b\"",
        ),
        (
            to_ann(json!({"text": "db-1", "parse_mode": "MarkdownV2"})),
            "Bad Request: can't parse entities: Character '-' is reserved and must be escaped with the preceding '\\'",
        ),
        (to_ann(button("a".repeat(65))), "Bad Request: BUTTON_DATA_INVALID"),
        (to_ann(json!({"reply_parameters": {"message_id": 4_711}})), "Bad Request: message to be replied not found"),
    ];
    for (parameters, expected) in cases {
        let refused = call(&telegram, "sendMessage", parameters).await;
        assert_eq!((refused.status, description(&refused).as_str()), (400, expected));
    }
    ann.block();
    let blocked = call(&telegram, "sendMessage", to_ann(json!({}))).await;
    assert_eq!((blocked.status, description(&blocked).as_str()), (403, "Forbidden: bot was blocked by the user"));
    assert!(telegram.messages().is_empty());
    ann.unblock();
    assert_eq!(call(&telegram, "sendMessage", to_ann(button("a".repeat(64)))).await.status, 200);
}

#[tokio::test]
async fn a_message_is_edited_once_it_differs() {
    let (telegram, ann) = start().await;
    let keyboard = json!({"inline_keyboard": [[{"text": "Accept", "callback_data": "a"}]]});
    let first = json!({"chat_id": ann.id(), "text": "open", "reply_markup": keyboard});
    let id = call(&telegram, "sendMessage", first.clone()).await.json()["result"]["message_id"].clone();
    let with_id = |mut parameters: Value| {
        parameters["message_id"] = id.clone();
        parameters
    };
    let same = call(&telegram, "editMessageText", with_id(first)).await;
    assert!(description(&same).starts_with("Bad Request: message is not modified:"));
    let edited =
        call(&telegram, "editMessageText", with_id(json!({"chat_id": ann.id(), "text": "accepted by Ann"}))).await;
    assert!(edited.json()["result"]["edit_date"].is_i64());
    let now = &telegram.messages()[0];
    assert_eq!((now.text.as_str(), now.buttons.len()), ("accepted by Ann", 0), "buttons that are not given go");
    let back = json!({"chat_id": ann.id(), "reply_markup": keyboard});
    assert_eq!(call(&telegram, "editMessageReplyMarkup", with_id(back)).await.status, 200);
    assert!(telegram.messages()[0].button("Accept").is_some());
    let gone = call(&telegram, "editMessageText", json!({"chat_id": ann.id(), "message_id": 0, "text": "a"})).await;
    assert_eq!(description(&gone), "Bad Request: message to edit not found");
    let reply = json!({"chat_id": ann.id(), "text": "b", "reply_parameters": {"message_id": id}});
    assert_eq!(call(&telegram, "sendMessage", reply).await.status, 200);
    assert_eq!(telegram.messages()[1].reply_to, id.as_i64());
}

#[tokio::test]
async fn tokens_methods_and_faults_have_their_answers() {
    let (telegram, ann) = start().await;
    let wrong = get(format!("{}/bot1:x/getMe", telegram.url())).await;
    assert_eq!((wrong.status, description(&wrong).as_str()), (401, "Unauthorized"));
    assert_eq!(get(format!("{}/botx/getMe", telegram.url())).await.status, 404);
    assert_eq!(description(&call(&telegram, "sendFax", json!({})).await), "Not Found");
    let commands = json!({"commands": [{"command": "who", "description": "Who is on call"}]});
    assert_eq!(call(&telegram, "setMyCommands", commands.clone()).await.json()["result"], true);
    assert_eq!(call(&telegram, "getMyCommands", json!({})).await.json()["result"], commands["commands"]);

    let message = json!({"chat_id": ann.id(), "text": "a"});
    telegram.faults(PushFaults::too_many(3));
    let many = call(&telegram, "sendMessage", message.clone()).await;
    assert_eq!((many.status, description(&many).as_str()), (429, "Too Many Requests: retry after 3"));
    assert_eq!(many.json()["parameters"]["retry_after"], 3);
    let faults =
        send(http().put(format!("{}/sim/faults", telegram.url())).json(&json!({"refuseCredentials": true}))).await;
    assert_eq!(faults.json()["refuseCredentials"], true);
    assert_eq!(call(&telegram, "sendMessage", message.clone()).await.status, 401);
    assert!(telegram.messages().is_empty());
    telegram.faults(PushFaults::default());
    assert_eq!(call(&telegram, "sendMessage", message).await.status, 200);
}
