use serde_json::json;
use watchbell_sim::phone::{
    Behaviour, Channel, MessageStatus, OnText, PhoneSimConfig, Provider, TwilioAccount, twilio_signature,
};

use super::support::{Answer, Got, PHONE, SENDER, World, answer, form};

/// Every webhook of Twilio must carry this.
fn assert_signed(world: &World, got: &Got) {
    let expected = twilio_signature(&world.twilio.auth_token, &got.url, &got.form());
    assert_eq!(got.header("x-twilio-signature"), expected, "{}", got.url);
}

#[test]
fn the_signature_is_that_of_twilios_own_example() {
    let form = [
        ("Digits", "1234"),
        ("To", "+18005551212"),
        ("From", "+14158675310"),
        ("Caller", "+14158675310"),
        ("CallSid", "CA1234567890ABCDE"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()));
    let url = "https://mycompany.com/myapp.php?foo=1&bar=2";
    assert_eq!(twilio_signature("12345", url, &form), "GvWf1cFY/Q7PnoempGyD5oXAezc=");
}

#[tokio::test]
async fn a_text_arrives_and_each_step_is_reported_and_signed() {
    let world = World::new().await;
    let Answer(status, sent) = world.sms(PHONE, "Ofen kalt: 42a nimmt an €").await;
    assert_eq!((status, &sent["status"], &sent["to"]), (201, &json!("queued"), &json!(PHONE)));
    assert!(sent["sid"].as_str().unwrap().starts_with("SM") && sent["sid"].as_str().unwrap().len() == 34);
    let phone = world.exchange.phone("+49 151 12345678");
    let message = phone.wait_for_sms(|message| message.text.contains("42a")).await.unwrap();
    assert_eq!((message.id.as_str(), message.from.as_str()), (sent["sid"].as_str().unwrap(), SENDER));
    world.exchange.wait_for_callback(|callback| callback.body.contains("MessageStatus=delivered")).await.unwrap();
    let reports = world.site.got("/status");
    let statuses: Vec<_> = reports.iter().map(|got| got.field("MessageStatus")).collect();
    assert_eq!(statuses, ["queued", "sent", "delivered"]);
    reports.iter().for_each(|got| assert_signed(&world, got));
    assert_eq!(reports[2].field("MessageSid"), message.id);
    let Answer(_, shown) = answer(world.twilio("GET", &format!("/Messages/{}.json", message.id), &[])).await;
    assert_eq!((&shown["status"], &shown["error_code"]), (&json!("delivered"), &json!(null)));
}

#[tokio::test]
async fn what_the_carrier_does_not_deliver_is_reported_with_its_code() {
    let world = World::new().await;
    for (texts, code) in [
        (OnText::Unreachable, "30003"),
        (OnText::Unknown, "30005"),
        (OnText::Landline, "30006"),
        (OnText::Filtered, "30007"),
    ] {
        world.exchange.phone(PHONE).behave(Behaviour { texts, ..Behaviour::default() });
        let Answer(_, sent) = world.sms(PHONE, "Hello").await;
        let sid = sent["sid"].as_str().unwrap().to_owned();
        let report = world.exchange.wait_for_callback(|callback| {
            callback.body.contains(&sid) && callback.body.contains(&format!("ErrorCode={code}"))
        });
        assert!(report.await.unwrap().body.contains("MessageStatus=undelivered"));
        let Answer(_, shown) = answer(world.twilio("GET", &format!("/Messages/{sid}.json"), &[])).await;
        assert_eq!(shown["error_code"].to_string(), code);
    }
    assert!(world.exchange.phone(PHONE).messages().is_empty());
}

#[tokio::test]
async fn refusals_have_the_codes_of_twilio() {
    let world = World::new().await;
    let refused = async |fields: &[(&str, &str)]| {
        let Answer(status, body) = answer(world.twilio("POST", "/Messages.json", fields)).await;
        assert_eq!(body["status"], status);
        assert!(body["more_info"].as_str().unwrap().ends_with(&body["code"].to_string()));
        (status, body["code"].as_u64().unwrap())
    };
    assert_eq!(refused(&[("To", "nonsense"), ("From", SENDER), ("Body", "a")]).await, (400, 21211));
    assert_eq!(refused(&[("To", PHONE), ("Body", "a")]).await, (400, 21603));
    assert_eq!(refused(&[("To", PHONE), ("From", SENDER)]).await, (400, 21602));
    let long = "a".repeat(1_601);
    assert_eq!(refused(&[("To", PHONE), ("From", SENDER), ("Body", &long)]).await, (400, 21617));
    let whatsapp = format!("whatsapp:{PHONE}");
    assert_eq!(refused(&[("To", &whatsapp), ("From", SENDER), ("Body", "a")]).await, (400, 21910));
    let good = [("To", PHONE), ("From", SENDER), ("Body", "a")];
    for (texts, code) in [(OnText::Invalid, 21211), (OnText::Unverified, 21608), (OnText::RegionOff, 21408)] {
        world.exchange.phone(PHONE).behave(Behaviour { texts, ..Behaviour::default() });
        assert_eq!(refused(&good).await, (400, code));
    }
    let Answer(status, body) = answer(world.twilio("GET", "/Messages/SM0.json", &[])).await;
    assert_eq!((status, &body["code"]), (404, &json!(20404)));
}

#[tokio::test]
async fn only_the_account_and_its_key_come_in() {
    let world = World::new().await;
    let url = world.url(&format!("/2010-04-01/Accounts/{}.json", world.twilio.account_sid));
    let (sid, token) = (world.twilio.account_sid.clone(), world.twilio.auth_token.clone());
    let (key, secret) = (world.twilio.api_key.clone(), world.twilio.api_secret.clone());
    for (user, password) in [(&sid, &token), (&key, &secret)] {
        let Answer(status, body) = answer(world.http.get(&url).basic_auth(user, Some(password))).await;
        assert_eq!((status, &body["status"]), (200, &json!("active")));
    }
    let wrong = answer(world.http.get(&url).basic_auth(&sid, Some(&secret))).await;
    assert_eq!((wrong.0, &wrong.1["code"]), (401, &json!(20003)));
    assert_eq!(answer(world.http.get(&url)).await.0, 401);
    let other = world.url("/2010-04-01/Accounts/AC0.json");
    assert_eq!(answer(world.http.get(other).basic_auth(&sid, Some(&token))).await.0, 401);
}

#[tokio::test]
async fn a_phone_answers_and_the_site_answers_back() {
    let world = World::new().await;
    world.exchange.connect_number(Provider::Twilio, SENDER, Some(&world.site.url("/in?org=1")), None);
    world.site.write("/in", "<Response><Message>Thanks &amp; good night</Message></Response>");
    let phone = world.exchange.phone(PHONE);
    let sent = phone.text(SENDER, "42a").await;
    assert_eq!(sent.answer.unwrap().unwrap().0, 200);
    let got = &world.site.got("/in")[0];
    assert_signed(&world, got);
    let fields = ["From", "To", "Body", "NumMedia", "OptOutType"].map(|name| got.field(name));
    assert_eq!(fields, [PHONE, SENDER, "42a", "0", ""]);
    assert_eq!((got.field("MessageSid"), got.field("SmsSid")), (sent.id.clone(), sent.id));
    let reply = phone.wait_for_sms(|message| message.text == "Thanks & good night").await.unwrap();
    assert_eq!(reply.from, SENDER);
    let lost = phone.text("+4930222222", "42a").await;
    assert!(lost.answer.unwrap().unwrap_err().contains("no webhook"));
}

#[tokio::test]
async fn twilio_obeys_stop_and_start_and_the_site_hears_of_it() {
    let world = World::new().await;
    world.exchange.webhooks(|webhooks| webhooks.twilio_sms = Some(world.site.url("/in")));
    assert_eq!(world.sms(PHONE, "one").await.0, 201);
    let phone = world.exchange.phone(PHONE);
    phone.wait_for_sms(|message| message.text == "one").await.unwrap();
    phone.text(SENDER, " stop ").await;
    assert_eq!(world.site.got("/in")[0].field("OptOutType"), "STOP");
    let Answer(status, body) = world.sms(PHONE, "two").await;
    assert_eq!((status, &body["code"]), (400, &json!(21610)));
    phone.text(SENDER, "START").await;
    assert_eq!(world.sms(PHONE, "three").await.0, 201);

    let twilio = TwilioAccount { obeys_stop: false, ..TwilioAccount::default() };
    let world = World::start(PhoneSimConfig { twilio, ..PhoneSimConfig::default() }).await;
    world.exchange.connect_number(Provider::Twilio, SENDER, Some(&world.site.url("/in")), None);
    world.exchange.phone(PHONE).text(SENDER, "STOP").await;
    assert_eq!((world.site.got("/in")[0].field("OptOutType").as_str(), world.sms(PHONE, "a").await.0), ("", 201));
}

#[tokio::test]
async fn whatsapp_has_its_own_addresses_templates_and_window() {
    let twilio = TwilioAccount {
        whatsapp_window: true,
        templates: [("HX1".to_owned(), "Alarm {{1}}: {{2}}".to_owned())].into(),
        ..TwilioAccount::default()
    };
    let world = World::start(PhoneSimConfig { twilio, ..PhoneSimConfig::default() }).await;
    let (to, from) = (format!("whatsapp:{PHONE}"), format!("whatsapp:{SENDER}"));
    let send = async |further: &[(&str, &str)]| {
        let mut fields = vec![("To", to.as_str()), ("From", from.as_str())];
        fields.extend(further);
        answer(world.twilio("POST", "/Messages.json", &fields)).await
    };
    let template = [("ContentSid", "HX1"), ("ContentVariables", r#"{"1":"42a","2":"Ofen kalt"}"#)];
    let Answer(status, body) = send(&template).await;
    assert_eq!((status, &body["to"]), (201, &json!(to)));
    let phone = world.exchange.phone(PHONE);
    let message = phone.wait_for_whatsapp(|_| true).await.unwrap();
    assert_eq!((message.text.as_str(), message.channel), ("Alarm 42a: Ofen kalt", Channel::Whatsapp));
    send(&[("Body", "free")]).await;
    let failed = world.exchange.wait_for(|message| message.status == MessageStatus::Failed).await.unwrap();
    let Answer(_, shown) = answer(world.twilio("GET", &format!("/Messages/{}.json", failed.id), &[])).await;
    assert_eq!(shown["error_code"], 63016);
    world.exchange.webhooks(|webhooks| webhooks.twilio_sms = Some(world.site.url("/in")));
    phone.whatsapp(SENDER, "hello").await;
    assert_eq!(world.site.got("/in")[0].field("From"), to);
    send(&[("Body", "free again")]).await;
    phone.wait_for_whatsapp(|message| message.text == "free again").await.unwrap();
}

#[tokio::test]
async fn a_messaging_service_can_send() {
    let world = World::new().await;
    let fields = [("To", PHONE), ("MessagingServiceSid", "MG00000000000000000000000000000001"), ("Body", "a")];
    let Answer(status, body) = answer(world.twilio("POST", "/Messages.json", &fields)).await;
    assert_eq!((status, &body["status"], &body["from"]), (201, &json!("accepted"), &json!(null)));
    let broken = world.http.post(world.url("/2010-04-01/Accounts/x/Messages.json"));
    assert_eq!(answer(form(broken, &fields)).await.0, 401);
}
