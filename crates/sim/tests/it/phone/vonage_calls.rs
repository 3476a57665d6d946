use serde_json::{Value, json};
use watchbell_sim::phone::{Behaviour, CallState, OnCall, Pace, PhoneSimConfig};

use super::{
    support::{Answer, PHONE, World, answer},
    vonage_texts::claims,
};

fn call(world: &World) -> Value {
    json!({
        "to": [{"type": "phone", "number": "4915112345678"}],
        "from": {"type": "phone", "number": "4930111111"},
        "answer_url": [world.site.url("/answer")],
        "event_url": [world.site.url("/event")],
    })
}

async fn world() -> World {
    let world = World::new().await;
    let ncco = json!([
        {"action": "talk", "text": "Alarm: Ofen kalt.", "language": "de-DE", "style": 2, "bargeIn": true},
        {"action": "input", "type": ["dtmf"], "dtmf": {"maxDigits": 1, "timeOut": 8}, "eventUrl": [world.site.url("/keys")]},
        {"action": "talk", "text": "Keine Eingabe."},
    ]);
    world.site.write("/answer", &ncco.to_string());
    world
}

fn events(world: &World) -> Vec<String> {
    world.site.got("/event").iter().map(|got| got.json()["status"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_person_answers_and_presses_a_key() {
    let world = world().await;
    world.site.write("/keys", r#"[{"action": "talk", "text": "Danke."}]"#);
    let Answer(status, begun) = answer(world.vonage("POST", "/v1/calls", &call(&world))).await;
    assert_eq!((status, &begun["status"], &begun["direction"]), (201, &json!("started"), &json!("outbound")));
    let phone = world.exchange.phone(PHONE).wait_for_call().await.unwrap();
    assert_eq!(phone.id(), begun["uuid"].as_str().unwrap());
    phone.answer();
    phone.wait_for_question().await.unwrap();
    phone.press('4');
    let over = phone.wait_for_end().await.unwrap();
    assert_eq!(over.transcript(), "Alarm: Ofen kalt.\nDanke.");
    assert_eq!(over.spoken[0].voice.as_deref(), Some("style 2"));
    let keys = &world.site.got("/keys")[0];
    let body = keys.json();
    assert_eq!(body["dtmf"], json!({"digits": "4", "timed_out": false}));
    assert_eq!((&body["uuid"], &body["conversation_uuid"]), (&begun["uuid"], &begun["conversation_uuid"]));
    claims(&world, keys);
    let asked = &world.site.got("/answer")[0];
    assert!(asked.method == "GET" && asked.url.contains("to=4915112345678"), "{}", asked.url);
    assert_eq!(claims(&world, asked)["payload_hash"], json!(null));
    world.exchange.wait_for_callback(|callback| callback.body.contains("\"completed\"")).await.unwrap();
    assert_eq!(events(&world), ["started", "ringing", "answered", "completed"]);
    world.site.got("/event").iter().for_each(|got| drop(claims(&world, got)));
    assert_eq!(world.site.got("/event")[3].json()["duration"], "0");
    let Answer(_, shown) = answer(world.vonage("GET", &format!("/v1/calls/{}", phone.id()), &json!({}))).await;
    assert_eq!(shown["status"], "completed");
}

#[tokio::test]
async fn silence_is_told_and_the_script_goes_on() {
    let world = world().await;
    answer(world.vonage("POST", "/v1/calls", &call(&world))).await;
    let phone = world.exchange.phone(PHONE).wait_for_call().await.unwrap();
    phone.answer();
    phone.wait_for_question().await.unwrap();
    phone.time_out();
    let over = phone.wait_for_end().await.unwrap();
    assert_eq!((over.state, over.transcript().as_str()), (CallState::Completed, "Alarm: Ofen kalt.\nKeine Eingabe."));
    assert_eq!(world.site.got("/keys")[0].json()["dtmf"], json!({"digits": "", "timed_out": true}));
}

#[tokio::test]
async fn machines_are_told_hung_up_on_or_given_another_script() {
    let world = world().await;
    let mut wanted = call(&world);
    wanted["machine_detection"] = json!("hangup");
    answer(world.vonage("POST", "/v1/calls", &wanted)).await;
    let phone = world.exchange.phone(PHONE).wait_for_call().await.unwrap();
    phone.answer_by_machine();
    assert_eq!(phone.wait_for_end().await.unwrap().transcript(), "");
    world.exchange.wait_for_callback(|callback| callback.body.contains("\"completed\"")).await.unwrap();
    let mut seen = events(&world);
    seen.sort();
    assert_eq!(seen, ["answered", "completed", "machine", "ringing", "started"]);

    world.exchange.clear();
    wanted.as_object_mut().unwrap().remove("machine_detection");
    wanted["advanced_machine_detection"] = json!({"behavior": "continue", "mode": "detect_beep", "beep_timeout": 45});
    world.site.write("/event", r#"[{"action": "talk", "text": "Bitte zurückrufen."}]"#);
    answer(world.vonage("POST", "/v1/calls", &wanted)).await;
    let phone = world.exchange.phone(PHONE).wait_for_call().await.unwrap();
    phone.answer_by_machine();
    assert_eq!(phone.wait_for_end().await.unwrap().transcript(), "Bitte zurückrufen.");
    assert!(world.site.got("/event").iter().any(|got| got.json()["sub_state"] == "beep_start"));
    let Answer(status, _) =
        answer(world.vonage("PUT", &format!("/v1/calls/{}", phone.id()), &json!({"action": "hangup"}))).await;
    assert_eq!(status, 404, "it is over");
}

#[tokio::test]
async fn every_end_has_its_event() {
    let pace = Pace { ring_ms: 1, ..Pace::default() };
    let world = World::start(PhoneSimConfig { pace, ..PhoneSimConfig::default() }).await;
    for (calls, status) in [
        (OnCall::Busy, "busy"),
        (OnCall::Declines, "rejected"),
        (OnCall::Unreachable, "unanswered"),
        (OnCall::ByHand, "timeout"),
    ] {
        world.exchange.phone(PHONE).behave(Behaviour { calls, ring_ms: 1, ..Behaviour::default() });
        answer(world.vonage("POST", "/v1/calls", &call(&world))).await;
        let expected = format!("\"status\":\"{status}\"");
        world.exchange.wait_for_callback(|callback| callback.body.contains(&expected)).await.unwrap();
    }
}

#[tokio::test]
async fn the_caller_hangs_up() {
    let world = world().await;
    answer(world.vonage("POST", "/v1/calls", &call(&world))).await;
    let phone = world.exchange.phone(PHONE).wait_for_call().await.unwrap();
    let hang_up = world.vonage("PUT", &format!("/v1/calls/{}", phone.id()), &json!({"action": "hangup"}));
    assert_eq!(answer(hang_up).await.0, 204);
    assert_eq!(phone.wait_for_end().await.unwrap().state, CallState::Canceled);
}

#[tokio::test]
async fn wrong_calls_and_wrong_scripts_are_told() {
    let world = world().await;
    for (name, value) in [
        ("to", json!([{"type": "phone", "number": "+49"}])),
        ("ringing_timer", json!(121)),
        ("machine_detection", json!("maybe")),
        ("answer_url", json!("http://x/")),
        ("anser_url", json!([])),
    ] {
        let mut wanted = call(&world);
        wanted[name] = value;
        assert_eq!(answer(world.vonage("POST", "/v1/calls", &wanted)).await.0, 400, "{name}");
    }
    assert_eq!(answer(world.http.post(world.url("/v1/calls")).json(&call(&world))).await.0, 401);
    world.site.write("/answer", r#"[{"action": "stream", "streamUrl": ["http://x/a.mp3"]}]"#);
    answer(world.vonage("POST", "/v1/calls", &call(&world))).await;
    let phone = world.exchange.phone(PHONE).wait_for_call().await.unwrap();
    phone.answer();
    assert_eq!(phone.wait_for_end().await.unwrap().state, CallState::Failed);
    assert!(phone.fault().unwrap().contains("stream"));
}
