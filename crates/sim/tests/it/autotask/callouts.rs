use std::sync::atomic::Ordering;

use jiff::SignedDuration;
use jiff::tz::TimeZone;
use serde_json::json;
use watchbell_sim::autotask::{Actor, Callout, Config, Fate, Format, Identity, Method, Resend, TicketIn, seed};

use super::receiver::Receiver;
use super::support::{Tenant, until};

async fn with(callout: Callout) -> (Tenant, Receiver) {
    let (tenant, receiver) = (Tenant::new().await, Receiver::start().await);
    let id = tenant.sim.callout_to(&receiver.url);
    tenant.sim.put_callout(Callout { id, url: receiver.url.clone(), ..callout });
    (tenant, receiver)
}

#[tokio::test]
async fn the_body_is_byte_for_byte_as_captured() {
    let (tenant, receiver) = with(Callout::default()).await;
    let id = tenant.sim.create_ticket(TicketIn::new("Oven cold").with("status", 7)).unwrap();
    let got = until(|| receiver.received().pop()).await;
    assert_eq!((got.method.as_str(), got.uri.path()), ("POST", "/hook"));
    assert_eq!(got.headers["content-type"], "application/x-www-form-urlencoded");
    let ticket = tenant.sim.ticket(id).unwrap();
    let at: jiff::Timestamp = ticket["createDate"].as_str().unwrap().parse().unwrap();
    let local = at.to_zoned(TimeZone::get("America/New_York").unwrap());
    let time = format!("{}00000{}:00", local.strftime("%Y-%m-%dT%H:%M:%S%.3f"), local.strftime("%:z"));
    let number = ticket["ticketNumber"].as_str().unwrap();
    assert_eq!(
        got.body,
        format!(
            "id={id}&number={number}&status=Waiting+Customer&created_datetime={time}&last_activity_datetime={time}"
        )
    );
    let delivery = until(|| tenant.sim.deliveries().pop().filter(|delivery| delivery.fate == Fate::Delivered)).await;
    assert_eq!((delivery.attempts[0].status, delivery.attempts.len()), (Some(204), 1));
}

#[tokio::test]
async fn every_setting_of_a_callout_is_obeyed() {
    let basic = Callout {
        username: "at".into(),
        password: "pw".into(),
        method: Method::Get,
        domain: "msp".into(),
        ..Callout::default()
    };
    let (tenant, receiver) = with(basic).await;
    let id = tenant.sim.create_ticket(TicketIn::new("A")).unwrap();
    let got = until(|| receiver.received().pop()).await;
    assert_eq!(
        (got.method.as_str(), got.headers["authorization"].to_str().unwrap(), got.body.as_str()),
        ("GET", "Basic YXQ6cHc=", "")
    );
    let query = got.uri.query().unwrap();
    assert!(query.starts_with(&format!("id={id}&number=T")) && query.ends_with("&domain=msp"), "{query}");

    let xml = Callout { format: Format::Xml, identity: Identity::NumberAsId, ..Callout::default() };
    let (tenant, receiver) = with(xml).await;
    tenant.sim.create_ticket(TicketIn::new("B")).unwrap();
    let got = until(|| receiver.received().pop()).await;
    assert!(got.headers["content-type"].to_str().unwrap().starts_with("text/xml"));
    assert!(got.body.contains("<ticket><id>T20") && got.body.contains("<status>New</status>"), "{}", got.body);

    let (tenant, receiver) = with(Callout { format: Format::Json, ..Callout::default() }).await;
    let id = tenant.sim.create_ticket(TicketIn::new("C")).unwrap();
    let got = until(|| receiver.received().pop()).await;
    let body: serde_json::Value = serde_json::from_str(&got.body).unwrap();
    assert_eq!((&body["id"], &body["status"]), (&json!(id), &json!("New")));
}

#[tokio::test]
async fn only_tickets_with_the_chosen_field_are_sent() {
    let (tenant, receiver) = with(Callout { udf: "Alert Id".into(), ..Callout::default() }).await;
    tenant.sim.create_ticket(TicketIn::new("Without")).unwrap();
    let udfs = json!([{"name": "Alert Id", "value": "A 7"}]);
    let id = tenant.sim.create_ticket(TicketIn::new("With").with("userDefinedFields", udfs)).unwrap();
    let got = until(|| receiver.received().pop()).await;
    assert!(got.body.starts_with(&format!("id={id}&")) && got.body.ends_with("&Alert+Id=A+7"));
    assert_eq!(tenant.sim.deliveries().len(), 1);
}

#[tokio::test]
async fn a_callout_that_times_out_is_sent_again_until_it_is_answered() {
    let patient = Callout { timeout_ms: 200, retry_ms: 20, tries_max: 7, ..Callout::default() };
    let (tenant, receiver) = with(patient).await;
    receiver.delay_ms.store(30_000, Ordering::SeqCst);
    tenant.sim.create_ticket(TicketIn::new("Slow")).unwrap();
    until(|| (receiver.received().len() >= 2).then_some(())).await;
    receiver.delay_ms.store(0, Ordering::SeqCst);
    let delivery = until(|| tenant.sim.deliveries().pop().filter(|delivery| delivery.fate == Fate::Delivered)).await;
    assert_eq!(delivery.attempts[0].answer, "The operation has timed out");
    let bodies: Vec<_> = receiver.received().into_iter().map(|received| received.body).collect();
    assert!(bodies.len() >= 3 && bodies.iter().all(|body| *body == bodies[0]));
}

#[tokio::test]
async fn tries_end_and_an_error_is_not_sent_again_unless_set_so() {
    let impatient = Callout { timeout_ms: 30, retry_ms: 1, tries_max: 3, ..Callout::default() };
    let (tenant, receiver) = with(impatient).await;
    receiver.delay_ms.store(30_000, Ordering::SeqCst);
    tenant.sim.create_ticket(TicketIn::new("Never")).unwrap();
    let delivery = until(|| tenant.sim.deliveries().pop().filter(|delivery| delivery.fate == Fate::Failed)).await;
    assert_eq!(delivery.attempts.len(), 3);

    for (resend, tries) in [(Resend::TimeOut, 1), (Resend::AnyFailure, 3)] {
        let (tenant, receiver) = with(Callout { resend, retry_ms: 1, tries_max: 3, ..Callout::default() }).await;
        receiver.status.store(400, Ordering::SeqCst);
        tenant.sim.create_ticket(TicketIn::new("Rude")).unwrap();
        let delivery = until(|| tenant.sim.deliveries().pop().filter(|delivery| delivery.fate == Fate::Failed)).await;
        assert_eq!(
            (delivery.attempts.len(), delivery.attempts[0].status, delivery.attempts[0].answer.as_str()),
            (tries, Some(400), "thanks")
        );
    }
}

#[tokio::test]
async fn configured_callouts_hear_of_creation_edits_and_api_edits_but_not_of_deletion() {
    let receiver = Receiver::start().await;
    let tenant = Tenant::start(Config { callouts: vec![receiver.url.parse().unwrap()], ..Config::default() }).await;
    let id = tenant.sim.create_ticket(TicketIn::new("Oven")).unwrap();
    tenant.sim.advance(SignedDuration::from_secs(1));
    tenant.sim.edit(Actor::resource(seed::ANNA), id, json!({"priority": 4})).unwrap();
    tenant.send("PATCH", "Tickets", json!({"id": id, "status": 8})).await;
    tenant.sim.note(Actor::contact(seed::BAKER), id, "Still", "cold").unwrap();
    tenant.sim.delete(Actor::resource(seed::ANNA), id).unwrap();
    until(|| (receiver.received().len() >= 3).then_some(())).await;
    let mut sent: Vec<_> =
        tenant.sim.deliveries().iter().map(|delivery| delivery.message.body.contains("status=In+Progress")).collect();
    sent.sort_unstable();
    assert_eq!(sent, [false, false, true]);
}
