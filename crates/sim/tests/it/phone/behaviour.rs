use serde_json::json;
use watchbell_sim::phone::{AnsweredBy, Behaviour, CallState, MessageStatus, OnCall, OnText, Pace, PhoneSimConfig};

use super::support::{PHONE, World, answer};

async fn world() -> World {
    let pace = Pace { ring_ms: 1, ..Pace::default() };
    let world = World::start(PhoneSimConfig { pace, ..PhoneSimConfig::default() }).await;
    world.site.write("/script", "<Response><Say>Hello</Say></Response>");
    world
}

#[tokio::test]
async fn a_phone_does_by_itself_what_it_is_set_to() {
    let world = world().await;
    for (calls, state, word) in [
        (OnCall::PicksUp, CallState::Completed, "completed"),
        (OnCall::Machine, CallState::Completed, "completed"),
        (OnCall::Busy, CallState::Busy, "busy"),
        (OnCall::Declines, CallState::Declined, "busy"),
        (OnCall::Unreachable, CallState::Unreachable, "failed"),
        (OnCall::ByHand, CallState::NoAnswer, "no-answer"),
    ] {
        world.exchange.phone(PHONE).behave(Behaviour { calls, ring_ms: 200, ..Behaviour::default() });
        let sid = world.ring(&[("MachineDetection", "Enable")]).await.1["sid"].as_str().unwrap().to_owned();
        let call = world.exchange.wait_for_call(|call| call.id == sid && call.state.is_over()).await.unwrap();
        assert_eq!(call.state(), state);
        let report = world.exchange.wait_for_callback(|callback| {
            callback.body.contains(&sid) && callback.body.contains(&format!("CallStatus={word}&"))
        });
        let report = report.await.unwrap();
        let machine = calls == OnCall::Machine;
        assert_eq!(
            (report.body.contains("machine_start"), call.get().unwrap().answered_by == Some(AnsweredBy::Machine)),
            (machine, machine)
        );
    }
}

#[tokio::test]
async fn a_caller_lets_it_ring_no_longer_than_it_says() {
    let world = world().await;
    world.ring(&[("Timeout", "0")]).await;
    let call = world.exchange.wait_for_call(|call| call.state.is_over()).await.unwrap();
    assert_eq!(call.state(), CallState::NoAnswer);
}

#[tokio::test]
async fn a_person_declines_and_a_call_rings_out() {
    let world = world().await;
    let phone = world.exchange.phone(PHONE);
    world.ring(&[]).await;
    let call = phone.wait_for_call().await.unwrap();
    assert!(call.decline());
    assert_eq!(call.wait_for_end().await.unwrap().state, CallState::Declined);
    world.ring(&[]).await;
    let call = phone.wait_for_call().await.unwrap();
    assert!(call.time_out());
    assert_eq!(call.wait_for_end().await.unwrap().state, CallState::NoAnswer);
    assert_eq!(phone.calls().len(), 2);
    world.exchange.clear();
    assert!(phone.calls().is_empty() && world.exchange.callbacks().is_empty());
}

#[tokio::test]
async fn a_text_may_arrive_without_a_report_and_late() {
    let world = world().await;
    let phone = world.exchange.phone(PHONE);
    phone.behave(Behaviour { texts: OnText::ArrivesUnreported, delay_ms: 50, ..Behaviour::default() });
    world.sms(PHONE, "slow").await;
    assert!(phone.messages().is_empty(), "the carrier has it");
    let message = phone.wait_for_sms(|_| true).await.unwrap();
    assert_eq!(message.status, MessageStatus::Sent);
}

#[tokio::test]
async fn scripts_act_over_json() {
    let world = world().await;
    world.site.write("/script", r#"<Response><Gather numDigits="2" action="/keys"/></Response>"#);
    world.site.write("/keys", "<Response/>");
    let phone = "/phones/+4915112345678";
    let busy = json!({"calls": "busy", "delayMs": 5});
    assert_eq!(answer(world.sim("PUT", phone, &busy)).await.1["calls"], "busy");
    assert_eq!(world.exchange.phone(PHONE).behaviour().delay_ms, 5);
    assert_eq!(answer(world.sim("PUT", phone, &json!({"moods": 1}))).await.0, 422);
    answer(world.sim("PUT", phone, &json!({}))).await;
    world.ring(&[]).await;
    let call = world.exchange.phone(PHONE).wait_for_call().await.unwrap();
    let act = |act: &str, body| world.sim("POST", &format!("{phone}/{act}"), &body);
    assert_eq!(answer(act("press", json!({"keys": "1"}))).await.0, 409, "nobody answered");
    assert_eq!(answer(act("answer", json!({}))).await.0, 200);
    call.wait_for_question().await.unwrap();
    assert_eq!(answer(act("press", json!({"keys": "42"}))).await.0, 200);
    assert_eq!(call.wait_for_end().await.unwrap().taken, ["42"]);
    assert_eq!(answer(world.sim("GET", "/calls", &json!({}))).await.1[0]["state"], "completed");

    let number = json!({"provider": "twilio", "smsUrl": world.site.url("/in")});
    assert_eq!(answer(world.sim("PUT", "/numbers/+4930777", &number)).await.0, 204);
    let sent = answer(act("text", json!({"to": "+4930777", "text": "42a"}))).await.1;
    assert_eq!((&sent["direction"], &sent["answer"]["Ok"][0]), (&json!("fromPhone"), &json!(200)));
    assert_eq!(world.site.got("/in")[0].field("Body"), "42a");
    assert_eq!(answer(act("dance", json!({}))).await.0, 404);
    let faults = json!({"latencyMs": 1});
    assert_eq!(answer(world.sim("PUT", "/faults/vonage", &faults)).await.1["latencyMs"], 1);
    assert_eq!(answer(world.sim("PUT", "/pace", &json!({"secondMs": 5}))).await.1["ringMs"], 5_000);
    assert_eq!(answer(world.sim("DELETE", "/messages", &json!({}))).await.0, 204);
    assert_eq!(answer(world.sim("GET", "/messages", &json!({}))).await.1, json!([]));
}
