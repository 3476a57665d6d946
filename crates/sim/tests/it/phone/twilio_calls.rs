use serde_json::json;
use watchbell_sim::phone::{AnsweredBy, CallState, Pace, PhoneSimConfig, Provider, twilio_signature};

use super::support::{Answer, PHONE, SENDER, World, answer};

const QUESTION: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<Response>
  <Gather numDigits="1" timeout="8" action="/keys?step=1">
    <Say language="de-DE" voice="Polly.Vicki">Alarm: Ofen kalt.</Say>
    <Say language="de-DE">Vier nimmt an.</Say>
  </Gather>
  <Say language="de-DE">Keine Eingabe.</Say>
  <Redirect>/script</Redirect>
</Response>"#;

async fn world() -> World {
    let world = World::new().await;
    world.site.write("/script", QUESTION);
    world.site.write("/keys", "<Response><Say>Danke.</Say><Hangup/></Response>");
    world
}

#[tokio::test]
async fn a_person_answers_hears_the_question_and_presses_a_key() {
    let world = world().await;
    let Answer(status, begun) = world.ring(&[]).await;
    assert_eq!((status, &begun["status"]), (201, &json!("queued")));
    let call = world.exchange.phone(PHONE).wait_for_call().await.unwrap();
    assert_eq!((call.id(), call.state()), (begun["sid"].as_str().unwrap(), CallState::Ringing));
    assert!(call.answer());
    call.wait_for_question().await.unwrap();
    assert_eq!(call.spoken()[0].language.as_deref(), Some("de-DE"));
    assert!(call.press('4'));
    let over = call.wait_for_end().await.unwrap();
    assert_eq!(
        (over.state, over.taken.as_slice(), over.fault),
        (CallState::Completed, ["4".to_owned()].as_slice(), None)
    );
    assert_eq!(over.spoken.last().unwrap().text, "Danke.");
    let keys = &world.site.got("/keys")[0];
    assert_eq!((keys.field("Digits").as_str(), keys.field("CallStatus").as_str()), ("4", "in-progress"));
    assert!(keys.url.ends_with("/keys?step=1") && keys.field("AnsweredBy").is_empty());
    world.exchange.wait_for_callback(|callback| callback.body.contains("CallStatus=completed")).await.unwrap();
    let reports = world.site.got("/status");
    let seen: Vec<_> = reports.iter().map(|got| (got.field("CallStatus"), got.field("SequenceNumber"))).collect();
    let expected = [("initiated", "0"), ("ringing", "1"), ("in-progress", "2"), ("completed", "3")];
    assert_eq!(seen, expected.map(|(status, number)| (status.to_owned(), number.to_owned())));
    assert_eq!((reports[3].field("CallDuration").as_str(), reports[0].field("CallDuration").as_str()), ("0", ""));
    for got in reports.iter().chain(&world.site.got("/script")).chain([keys]) {
        let expected = twilio_signature(&world.twilio.auth_token, &got.url, &got.form());
        assert_eq!(got.header("x-twilio-signature"), expected);
    }
    assert!(!call.press('1'), "the call is over");
}

#[tokio::test]
async fn silence_falls_through_and_a_redirect_begins_again() {
    let world = world().await;
    world.ring(&[]).await;
    let call = world.exchange.phone(PHONE).wait_for_call().await.unwrap();
    call.answer();
    call.wait_for_question().await.unwrap();
    assert!(call.time_out());
    call.wait_until(|call| call.taken.len() == 1 && call.asks).await.unwrap();
    assert_eq!(call.get().unwrap().transcript().matches("Alarm").count(), 2);
    assert!(call.spoken().iter().any(|spoken| spoken.text == "Keine Eingabe."));
    assert!(call.hang_up());
    assert_eq!(call.wait_for_end().await.unwrap().state, CallState::Completed);
    assert!(world.site.got("/keys").is_empty());
}

#[tokio::test]
async fn a_time_out_of_the_script_runs_by_itself() {
    let pace = Pace { second_ms: 1, ..Pace::default() };
    let world = World::start(PhoneSimConfig { pace, ..PhoneSimConfig::default() }).await;
    world.site.write(
        "/script",
        r#"<Response><Gather timeout="2" actionOnEmptyResult="true" action="/keys" method="GET"><Say>?</Say></Gather></Response>"#,
    );
    world.site.write("/keys", "<Response><Pause length=\"3\"/></Response>");
    world.ring(&[]).await;
    let call = world.exchange.phone(PHONE).wait_for_call().await.unwrap();
    call.answer();
    assert_eq!(call.wait_for_end().await.unwrap().taken, [""]);
    let keys = &world.site.got("/keys")[0];
    assert!(keys.url.contains("Digits=&") && keys.body.is_empty(), "{}", keys.url);
    let expected = twilio_signature(&world.twilio.auth_token, &keys.url, &[]);
    assert_eq!(keys.header("x-twilio-signature"), expected);
}

#[tokio::test]
async fn the_key_that_finishes_is_not_part_of_the_keys() {
    let world = world().await;
    world.site.write("/script", r#"<Response><Gather action="/keys"/></Response>"#);
    world.ring(&[]).await;
    let call = world.exchange.phone(PHONE).wait_for_call().await.unwrap();
    call.answer();
    "12*#".chars().for_each(|key| assert!(call.press(key)));
    assert_eq!(call.wait_for_end().await.unwrap().taken, ["12*"]);
    assert_eq!(world.site.got("/keys")[0].field("Digits"), "12*");
}

#[tokio::test]
async fn detection_tells_persons_from_machines() {
    for (by, mode, word) in [
        (AnsweredBy::Human, "Enable", "human"),
        (AnsweredBy::Machine, "Enable", "machine_start"),
        (AnsweredBy::Machine, "DetectMessageEnd", "machine_end_beep"),
        (AnsweredBy::Unknown, "Enable", "unknown"),
    ] {
        let world = world().await;
        world.ring(&[("MachineDetection", mode), ("MachineDetectionTimeout", "10")]).await;
        let call = world.exchange.phone(PHONE).wait_for_call().await.unwrap();
        call.answer_as(by);
        call.wait_for_question().await.unwrap();
        assert_eq!(world.site.got("/script")[0].field("AnsweredBy"), word);
    }
}

#[tokio::test]
async fn wrong_scripts_fail_loudly() {
    for (document, word) in [
        ("<Response><Dial>+49</Dial></Response>", "<Dial>"),
        ("<Response><Gather numdigits=\"1\"/></Response>", "numdigits"),
        ("<Response><Say>broken", "XML"),
        ("", "no element"),
    ] {
        let world = world().await;
        world.site.write("/script", document);
        world.ring(&[]).await;
        let call = world.exchange.phone(PHONE).wait_for_call().await.unwrap();
        call.answer();
        let over = call.wait_for_end().await.unwrap();
        assert_eq!(over.state, CallState::Failed);
        assert!(over.fault.as_ref().is_some_and(|fault| fault.contains("/script")), "{over:?}");
        assert!(call.fault().unwrap().contains(word) || word == "XML", "{:?}", call.fault());
    }
    let world = world().await;
    world.site.fail("/script", 500);
    world.ring(&[]).await;
    let call = world.exchange.phone(PHONE).wait_for_call().await.unwrap();
    call.answer();
    assert!(call.wait_for_end().await.unwrap().fault.unwrap().contains("answered 500"));
}

#[tokio::test]
async fn the_caller_ends_a_call() {
    let world = world().await;
    let Answer(_, begun) = world.ring(&[]).await;
    let call = world.exchange.phone(PHONE).wait_for_call().await.unwrap();
    let path = format!("/Calls/{}.json", begun["sid"].as_str().unwrap());
    assert_eq!(answer(world.twilio("POST", &path, &[("Status", "canceled")])).await.0, 200);
    assert_eq!(call.wait_for_end().await.unwrap().state, CallState::Canceled);
    assert_eq!(answer(world.twilio("GET", &path, &[])).await.1["status"], "canceled");
    assert_eq!(answer(world.twilio("POST", &path, &[("Status", "completed")])).await.1["code"], 21220);

    world.ring(&[]).await;
    let call = world.exchange.phone(PHONE).wait_for_call().await.unwrap();
    call.answer();
    call.wait_for_question().await.unwrap();
    let path = format!("/Calls/{}.json", call.id());
    assert_eq!(answer(world.twilio("POST", &path, &[("Status", "completed")])).await.0, 200);
    assert_eq!(call.wait_for_end().await.unwrap().state, CallState::Completed);
}

#[tokio::test]
async fn refused_calls_have_their_codes() {
    let world = world().await;
    let script = world.site.url("/script");
    for (fields, code) in [
        (vec![("To", "1"), ("From", SENDER), ("Url", script.as_str())], 21211),
        (vec![("To", PHONE), ("From", "Bell"), ("Url", script.as_str())], 21212),
        (vec![("To", PHONE), ("From", SENDER), ("Url", "nonsense")], 21205),
        (vec![("To", PHONE), ("From", SENDER)], 21205),
        (vec![("To", PHONE), ("From", SENDER), ("Twiml", "<Nonsense/>")], 21218),
    ] {
        let Answer(status, body) = answer(world.twilio("POST", "/Calls.json", &fields)).await;
        assert_eq!((status, &body["code"]), (400, &json!(code)));
    }
}

#[tokio::test]
async fn a_script_can_come_with_the_call_and_a_phone_can_call_in() {
    let world = world().await;
    let fields =
        [("To", PHONE), ("From", SENDER), ("Twiml", "<Response><Say>Hello</Say><Play digits=\"1w2\"/></Response>")];
    answer(world.twilio("POST", "/Calls.json", &fields)).await;
    let phone = world.exchange.phone(PHONE);
    let call = phone.wait_for_call().await.unwrap();
    call.answer();
    assert_eq!(call.wait_for_end().await.unwrap().transcript(), "Hello\n(tones 1w2)");

    world.exchange.connect_number(Provider::Twilio, SENDER, None, Some(&world.site.url("/script")));
    let call = phone.call(SENDER).unwrap();
    call.wait_for_question().await.unwrap();
    let got = &world.site.got("/script")[0];
    assert_eq!((got.field("Direction").as_str(), got.field("From").as_str()), ("inbound", PHONE));
    call.hang_up();
    call.wait_for_end().await.unwrap();
    assert!(phone.call("+4930999999").is_none());
}
