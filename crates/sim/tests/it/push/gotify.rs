//! Messages as Gotify takes and refuses them.

use serde_json::json;
use watchbell_sim::{
    gotify::{Gotify, GotifySimConfig, TOKEN},
    push::PushFaults,
};

use super::support::{get, http, post_form, post_json, send, try_send};

async fn start() -> Gotify {
    Gotify::start(GotifySimConfig::default()).await.unwrap()
}

#[tokio::test]
async fn a_token_is_taken_from_header_query_and_bearer() {
    let gotify = start().await;
    let url = format!("{}/message", gotify.url());
    let body = json!({"title": "P1", "message": "Disk full", "priority": 8});
    let header = send(http().post(&url).header("X-Gotify-Key", TOKEN).json(&body)).await;
    assert_eq!(header.status, 200, "{}", header.text);
    assert_eq!((header.json()["id"].as_i64(), header.json()["appid"].as_i64()), (Some(1), Some(1)));
    assert_eq!(post_json(format!("{url}?token={TOKEN}"), &body).await.status, 200);
    assert_eq!(send(http().post(&url).bearer_auth(TOKEN).json(&body)).await.status, 200);
    assert_eq!(post_form(format!("{url}?token={TOKEN}"), "message=Disk+full&priority=2").await.status, 200);
    let messages = gotify.messages();
    assert_eq!((messages.len(), messages[3].priority, messages[3].title.as_str()), (4, 2, "Watchbell"));

    for refused in [http().post(&url), http().post(&url).header("X-Gotify-Key", "x")] {
        let refused = send(refused.json(&json!({"message": "a", "token": TOKEN}))).await;
        assert_eq!((refused.status, refused.json()["errorCode"].as_i64()), (401, Some(401)));
        assert_eq!(refused.json()["error"], "Unauthorized");
    }
}

#[tokio::test]
async fn a_message_has_a_text_and_a_tap() {
    let gotify = start().await;
    let url = format!("{}/message?token={TOKEN}", gotify.url());
    for wrong in
        [json!({"title": "P1"}), json!({"message": "a", "extras": [1]}), json!({"message": "a", "priority": "p"})]
    {
        let refused = post_json(&url, &wrong).await;
        assert_eq!((refused.status, refused.json()["error"].as_str()), (400, Some("Bad Request")), "{wrong}");
    }
    let extras = json!({"client::notification": {"click": {"url": "https://w.example/a/1"}}});
    post_json(&url, &json!({"message": "Disk <full>", "extras": extras})).await;
    let message = gotify.wait_for(|_| true).await.unwrap();
    assert_eq!(message.click_url(), Some("https://w.example/a/1"));
    let page = get(gotify.url()).await.text;
    assert!(page.contains("href=\"https://w.example/a/1\"") && page.contains("Disk &lt;full&gt;"), "{page}");
}

#[tokio::test]
async fn faults_happen_when_asked_for() {
    let gotify = start().await;
    assert!(get(format!("{}/version", gotify.url())).await.json()["version"].is_string());
    let url = format!("{}/message?token={TOKEN}", gotify.url());
    let message = json!({"message": "a"});
    gotify.faults(PushFaults::too_many(7));
    let refused = post_json(&url, &message).await;
    assert_eq!((refused.status, refused.header("retry-after")), (429, "7"));
    gotify.faults(PushFaults { refuse_credentials: true, ..PushFaults::default() });
    assert_eq!(post_json(&url, &message).await.status, 401);
    assert!(gotify.messages().is_empty());
    gotify.faults(PushFaults { drop_connection: true, ..PushFaults::default() });
    assert!(try_send(http().post(&url).json(&message)).await.is_none());
    assert_eq!(gotify.messages().len(), 1);
    gotify.clear();
    gotify.stop().await;
}
