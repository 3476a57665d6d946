//! All four on one socket, with one page.

use serde_json::json;
use watchbell_sim::{
    gotify,
    push::{PushDesk, PushDeskConfig},
    pushover, telegram,
};

use super::{
    sender::Sender,
    support::{get, http, post_form, post_json, send},
};

/// A message to each of them.
async fn send_all(desk: &PushDesk) {
    let message = json!({"token": pushover::TOKEN, "user": pushover::USER, "message": "by Pushover", "priority": 2,
        "retry": 30, "expire": 60});
    assert_eq!(post_json(format!("{}/1/messages.json", desk.pushover.url()), &message).await.status, 200);
    let url = format!("{}/message?token={}", desk.gotify.url(), gotify::TOKEN);
    assert_eq!(post_json(url, &json!({"message": "by Gotify"})).await.status, 200);
    let ann = desk.telegram.anyone();
    ann.start("").unwrap();
    let keyboard = json!({"inline_keyboard": [[{"text": "Accept", "callback_data": "a"}]]});
    let message = json!({"chat_id": ann.id(), "text": "by Telegram", "reply_markup": keyboard});
    let url = format!("{}/bot{}/sendMessage", desk.telegram.url(), telegram::TOKEN);
    assert_eq!(post_json(url, &message).await.status, 200);
    let (sender, now_s) = (Sender::new(1), desk.web_push.clock().now().as_second());
    let device = desk.web_push.subscribe(&sender.key()).unwrap();
    let pushed = send(sender.request(&device, "by Web Push", now_s).header("TTL", "60")).await;
    assert_eq!(pushed.status, 201, "the audience is the origin, without the path: {}", pushed.text);
}

#[tokio::test]
async fn one_page_shows_all_and_its_buttons_work() {
    let desk = PushDesk::start(PushDeskConfig::default()).await.unwrap();
    send_all(&desk).await;
    let page = get(desk.url()).await.text;
    for text in ["by Pushover", "by Gotify", "by Telegram", "by Web Push"] {
        assert!(page.contains(text), "{text}: {page}");
    }
    let forms: Vec<_> = page.split("action=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let form = |end: &str| format!("{}{}", desk.url(), forms.iter().find(|form| form.ends_with(end)).expect(end));

    assert_eq!(send(http().post(form("/acknowledge"))).await.status, 303);
    assert!(desk.pushover.messages()[0].emergency.as_ref().unwrap().acknowledged_at.is_some());
    let message = desk.telegram.wait_for(|message| message.from_bot).await.unwrap();
    assert_eq!(message.message_id, 2);
    let pressed = post_form(form("/press"), "message_id=2&label=Accept").await;
    assert_eq!((pressed.status, pressed.header("location")), (303, "/"));
    assert_eq!(desk.telegram.messages()[1].pressed[0].label, "Accept");
    assert_eq!(send(http().post(form("/unsubscribe"))).await.status, 303);
}

#[tokio::test]
async fn scripts_see_all_messages_at_once() {
    let desk = PushDesk::start(PushDeskConfig::default()).await.unwrap();
    send_all(&desk).await;
    let url = format!("{}/sim/messages", desk.url());
    let all = get(&url).await.json();
    assert_eq!(all["pushover"][0]["message"], "by Pushover");
    assert_eq!(all["gotify"][0]["message"], "by Gotify");
    assert_eq!(all["telegram"][1]["text"], "by Telegram");
    assert_eq!(all["webPush"][0]["text"], "by Web Push");
    assert_eq!(get(format!("{}/sim/messages", desk.gotify.url())).await.json(), all["gotify"]);
    assert_eq!(send(http().delete(&url)).await.status, 204);
    assert!(desk.pushover.messages().is_empty() && desk.web_push.messages().is_empty());
    let addr = desk.addr();
    desk.stop().await;
    assert!(
        PushDesk::start(PushDeskConfig { listen: addr, ..PushDeskConfig::default() }).await.is_ok(),
        "the port is free"
    );
}
