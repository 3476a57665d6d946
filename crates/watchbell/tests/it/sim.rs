//! The stand-ins as commands: they print what a person needs, and they are real servers.

use crate::program::PROGRAM;
use serde_json::json;
use std::collections::BTreeMap;
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use watchbell_sim::autotask::seed::BAKERY;
use watchbell_sim::hook::{Hook, HookSimConfig};
use watchbell_testkit::http::Caller;

/// A stand-in that runs, and the first lines that it printed, by name.
async fn start(words: &[&str], lines: usize) -> (Child, BTreeMap<String, String>) {
    let mut command = Command::new(PROGRAM);
    command.arg("sim").args(words).env_clear().stdout(Stdio::piped()).kill_on_drop(true);
    let mut child = command.spawn().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut printed = BTreeMap::new();
    for _ in 0..lines {
        let line = output.next_line().await.unwrap().expect("a line");
        let (name, value) = line.split_once("  ").expect("a name and a value");
        printed.insert(name.to_owned(), value.trim().to_owned());
    }
    (child, printed)
}

#[tokio::test]
async fn autotask_prints_its_credentials_and_calls_out_at_once() {
    let (first, second) =
        (Hook::start(HookSimConfig::default()).await.unwrap(), Hook::start(HookSimConfig::default()).await.unwrap());
    let (one, two) = (format!("{}/one", first.url()), format!("{}/two", second.url()));
    let (_child, printed) = start(
        &["autotask", "--listen", "127.0.0.1:0", "--callout", &one, "--callout", &two, "--api-secret", "hush"],
        5,
    )
    .await;
    assert_eq!(printed["Password (Secret)"], "hush");
    assert_eq!(printed["Username (Key)"], "watchbell-api@msp.example");
    assert_eq!(printed["Tracking Identifier"].len(), 27);
    let autotask = Caller::new(printed["Page"].clone());
    let zone =
        autotask.get("/ATServicesRest/V1.0/zoneInformation?user=watchbell-api@msp.example").await.expect(200).json();
    assert_eq!(format!("{}V1.0/", zone["url"].as_str().unwrap()), printed["REST base URL"]);
    let ticket =
        json!({"title": "Printer on fire", "companyID": BAKERY, "status": 1, "priority": 2, "queueID": 29_682_833});
    autotask.post("/sim/tickets", &ticket).await.expect(200);
    first.wait_for(|call| call.path == "/one").await.unwrap();
    second.wait_for(|call| call.path == "/two").await.unwrap();
}

#[tokio::test]
async fn the_mail_server_shows_its_mails_as_json() {
    let (_child, printed) = start(&["smtp", "--listen", "127.0.0.1:0", "--http", "127.0.0.1:0"], 3).await;
    assert!(printed["SMTP"].starts_with("smtp://127.0.0.1:"));
    let mails = Caller::new(printed["Page"].clone()).get("/messages").await.expect(200).json();
    assert_eq!(mails, json!([]));
}

#[tokio::test]
async fn ntfy_and_the_hook_answer_and_end_when_asked() {
    let (mut ntfy, printed) = start(&["ntfy", "--listen", "127.0.0.1:0"], 2).await;
    Caller::new(printed["Page"].clone()).get("/").await.expect(200);
    let (_hook, printed) = start(&["hook", "--listen", "127.0.0.1:0"], 2).await;
    let hook = Caller::new(printed["Any URL below"].clone());
    hook.post("/anything", &json!({"a": 1})).await.expect(200);
    assert_eq!(hook.get("/v1/sim/received").await.expect(200).json()[0]["path"], "/anything");
    let pid = ntfy.id().unwrap().to_string();
    Command::new("kill").args(["-TERM", &pid]).status().await.unwrap();
    assert!(ntfy.wait().await.unwrap().success(), "SIGTERM is a good end");
}

#[tokio::test]
async fn the_telephone_exchange_prints_how_to_connect_and_shows_its_phones() {
    let (_child, printed) = start(&["phone", "--listen", "127.0.0.1:0"], 11).await;
    let page = Caller::new(printed["Page"].clone());
    page.get("/").await.expect(200);
    assert!(printed["Twilio account SID"].starts_with("AC") && printed["SMS gateway"].contains("/gateway/send?to="));
    page.get("/gateway/send?to=%2B4915112345678&text=Hello").await.expect(200);
    assert_eq!(page.get("/sim/messages").await.expect(200).json()[0]["text"], "Hello");
}

#[tokio::test]
async fn push_has_four_services_on_one_port() {
    let (_child, printed) =
        start(&["push", "--listen", "127.0.0.1:0", "--person", "Bob", "--person", "Cleo"], 10).await;
    let pushover = Caller::new(printed["Pushover"].clone());
    let message =
        json!({"token": printed["Application token"], "user": printed["User key"], "message": "Printer on fire"});
    assert_eq!(pushover.post("/1/messages.json", &message).await.expect(200).json()["status"], 1);
    let gotify = Caller::new(printed["Gotify"].clone());
    let path = format!("/message?token={}", printed["Gotify token"]);
    gotify.post(&path, &json!({"message": "Printer on fire"})).await.expect(200);
    let telegram = Caller::new(printed["Telegram"].clone());
    telegram.get(&format!("/bot{}/getMe", printed["Bot token"])).await.expect(200);
    assert_eq!(telegram.get("/sim/people").await.expect(200).json()[1]["name"], "Cleo");
    let unified = Caller::new(printed["Web Push subscriptions"].clone()).post("", &json!({})).await.expect(201).json();
    assert!(unified["endpoint"].as_str().unwrap().starts_with(&printed["Page"]));
    let page = Caller::new(printed["Page"].clone());
    let messages = page.get("/sim/messages").await.expect(200).json();
    assert_eq!(messages["pushover"][0]["message"], "Printer on fire");
    assert_eq!(messages["gotify"][0]["message"], "Printer on fire");
    assert!(page.get("/").await.expect(200).text.contains("Printer on fire"));
}

#[tokio::test]
async fn a_port_that_is_taken_is_named() {
    let hook = Hook::start(HookSimConfig::default()).await.unwrap();
    let address = hook.addr().to_string();
    for kind in ["autotask", "ntfy", "phone", "push", "hook"] {
        let refused = crate::program::run(&[], &["sim", kind, "--listen", &address], "").await.refused();
        assert!(refused.contains(&format!("cannot listen on {address}")), "{refused}");
    }
}
