use serde_json::json;
use watchbell_sim::phone::{CallState, MessageStatus, OnCall, OnText, Provider};

use super::support::{PHONE, SENDER, World, answer, form};

async fn read(world: &World, path: &str) -> String {
    let response = world.http.get(world.url(path)).send().await.unwrap();
    assert_eq!(response.status(), 200, "{path}");
    response.text().await.unwrap()
}

async fn submit(world: &World, path: &str, fields: &[(&str, &str)]) -> u16 {
    form(world.http.post(world.url(path)), fields).send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn a_person_answers_a_call_without_script() {
    let world = World::new().await;
    world.site.write(
        "/script",
        r#"<Response><Gather numDigits="1" action="/keys"><Say language="de-DE">Ofen &lt;kalt&gt;</Say></Gather></Response>"#,
    );
    world.site.write("/keys", "<Response><Say>Danke</Say><Pause length=\"60\"/></Response>");
    assert!(read(&world, "/").await.contains("No phone rang yet"));
    world.ring(&[]).await;
    let call = world.exchange.phone(PHONE).wait_for_call().await.unwrap();
    let page = read(&world, "/").await;
    assert!(page.contains("class=\"phone ringing\"") && page.contains("<title>☎ Ringing!"), "{page}");
    assert!(page.contains("Answer") && page.contains("Decline") && page.contains(SENDER));
    assert_eq!(submit(&world, "/sim/phones/4915112345678/answer", &[("call", call.id())]).await, 303);
    call.wait_for_question().await.unwrap();
    let page = read(&world, "/").await;
    assert!(
        page.contains("Ofen &lt;kalt&gt;")
            && page.contains("Waiting for a key")
            && page.contains("aria-label=\"Key #\"")
    );
    assert_eq!(submit(&world, "/sim/phones/4915112345678/press", &[("call", call.id()), ("keys", "4")]).await, 303);
    call.wait_for_spoken("Danke").await.unwrap();
    assert_eq!(submit(&world, "/sim/phones/4915112345678/hangup", &[("call", call.id())]).await, 303);
    assert_eq!(call.wait_for_end().await.unwrap().state, CallState::Completed);
    assert!(read(&world, "/").await.contains("<kbd>4</kbd>"));
    assert_eq!(submit(&world, "/sim/phones/4915112345678/hangup", &[]).await, 303, "it is over, and the page says so");
}

#[tokio::test]
async fn texts_are_read_and_answered() {
    let world = World::new().await;
    world.exchange.connect_number(Provider::Twilio, SENDER, Some(&world.site.url("/in")), None);
    world.sms(PHONE, "Ofen kalt <b> https://bell.example/a/42").await;
    world.exchange.wait_for(|message| message.status == MessageStatus::Delivered).await.unwrap();
    let page = read(&world, "/").await;
    assert!(page.contains("&lt;b&gt;") && page.contains("href=\"https://bell.example/a/42\""), "{page}");
    let reply = [("to", SENDER), ("channel", "sms"), ("text", "42a")];
    assert_eq!(submit(&world, "/sim/phones/4915112345678/text", &reply).await, 303);
    assert_eq!(world.site.got("/in")[0].field("Body"), "42a");
    assert!(read(&world, "/").await.contains("class=\"text mine\""));
    assert_eq!(submit(&world, "/sim/phones/4915112345678/text", &[("to", SENDER), ("text", " ")]).await, 400);
}

#[tokio::test]
async fn a_phone_is_added_and_set() {
    let world = World::new().await;
    assert_eq!(submit(&world, "/sim/phones", &[("number", "+49 151 12345678")]).await, 303);
    assert_eq!(submit(&world, "/sim/phones", &[("number", "nonsense")]).await, 400);
    let set = [
        ("calls", "machine"),
        ("texts", "landline"),
        ("delayMs", "10"),
        ("ringMs", "9000"),
        ("rings", "3"),
        ("greeting", "Hier ist Ann."),
    ];
    assert_eq!(submit(&world, "/sim/phones/4915112345678", &set).await, 303);
    let behaviour = world.exchange.phone(PHONE).behaviour();
    assert_eq!((behaviour.calls, behaviour.texts, behaviour.rings), (OnCall::Machine, OnText::Landline, 3));
    let page = read(&world, "/").await;
    assert!(page.contains("Hier ist Ann.") && page.contains("meet an answering machine"));
}

#[tokio::test]
async fn the_page_loads_only_what_is_its_own_and_is_told_of_changes() {
    let world = World::new().await;
    let response = world.http.get(world.url("/")).send().await.unwrap();
    assert!(response.headers()["content-security-policy"].to_str().unwrap().starts_with("default-src 'none'"));
    let page = response.text().await.unwrap();
    assert!(!page.contains("<style") && !page.contains("style=") && !page.contains("onclick"));
    assert!(read(&world, "/phone.css").await.contains("prefers-reduced-motion"));
    assert!(read(&world, "/phone.js").await.contains("EventSource"));
    let mut changes = world.http.get(world.url("/changes")).send().await.unwrap();
    assert_eq!(changes.headers()["content-type"], "text/event-stream");
    answer(world.sim("PUT", "/phones/+4915112345678", &json!({"calls": "busy"}))).await;
    assert!(String::from_utf8_lossy(&changes.chunk().await.unwrap().unwrap()).contains("changed"));
}
