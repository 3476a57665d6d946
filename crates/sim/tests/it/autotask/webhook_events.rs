//! What webhooks send, received over real sockets and read with the crate `autotask`.

use std::sync::atomic::Ordering;

use autotask::{
    Client, NewNote, NewWebhookField, Query, Subscriptions, TicketPatch, WEBHOOK_SIGNATURE_HEADER, WebhookAction,
    WebhookEvent, WebhookEventErrorLog, WebhookKind, WebhookPatch, verify_signature,
};
use jiff::SignedDuration;
use serde_json::{Value, json};
use watchbell_sim::autotask::{Actor, Config, Fate, Habits, TicketIn, WebhookDelivery, seed};

use super::client::client_of;
use super::receiver::{Received, Receiver};
use super::support::{Answer, Tenant, until};
use super::webhooks::new_webhook;

const ANNA: Actor = Actor { person: watchbell_sim::autotask::Person::Resource(seed::ANNA), impersonator: None };
const KEY: &str = "stand-in-key-0001";

/// A tenant with a webhook of one kind, and its receiver.
pub struct Hooked {
    pub tenant: Tenant,
    pub receiver: Receiver,
    pub api: Client,
    pub kind: WebhookKind,
    pub id: i64,
}

impl Hooked {
    /// A webhook that tells of everything, subscribed to some fields.
    pub async fn to(kind: WebhookKind, fields: &[&str], habits: Habits) -> Self {
        let tenant = Tenant::start(Config { habits, ..Config::default() }).await;
        let (receiver, api) = (Receiver::start().await, client_of(&tenant));
        let id = api.create_webhook(kind, new_webhook(&receiver.url)).await.unwrap();
        let hooked = Self { tenant, receiver, api, kind, id };
        for field in fields {
            hooked.add(field, true).await;
        }
        hooked
    }

    /// Adds a field: subscribed, or sent along with every event.
    async fn add(&self, field: &str, is_subscribed: bool) {
        let names = self.api.webhook_field_names(self.kind).await.unwrap();
        let field_id = names.by_label(field).and_then(|name| name.number()).expect(field);
        let field = NewWebhookField { field_id, is_subscribed, is_display_always: !is_subscribed };
        self.api.create_webhook_field(self.kind, self.id, field).await.unwrap();
    }

    /// So many events as they were received, each with a right signature.
    pub async fn events(&self, count: usize) -> Vec<WebhookEvent> {
        let received = until(|| Some(self.receiver.received()).filter(|got| got.len() >= count)).await;
        received.iter().map(verified).collect()
    }

    /// The log, once nothing is under way in it.
    pub async fn settled(&self, count: usize) -> Vec<WebhookDelivery> {
        let is_done = |log: &Vec<WebhookDelivery>| {
            log.len() >= count && log.iter().all(|delivery| delivery.fate != Fate::UnderWay)
        };
        until(|| Some(self.tenant.sim.webhook_deliveries()).filter(is_done)).await
    }

    async fn is_active(&self) -> bool {
        self.api.webhook(self.kind, self.id).await.unwrap().unwrap().is_active
    }
}

fn verified(got: &Received) -> WebhookEvent {
    let header = got.headers[WEBHOOK_SIGNATURE_HEADER].to_str().ok();
    verify_signature(header, &KEY.into(), got.body.as_bytes()).unwrap();
    WebhookEvent::parse(got.body.as_bytes()).unwrap()
}

/// Quick to try again.
pub fn impatient() -> Habits {
    Habits { webhook_retry_ms: 10, ..Habits::default() }
}

#[tokio::test]
async fn creation_changes_and_deletion_of_a_ticket_are_told_in_order() {
    let hooked = Hooked::to(WebhookKind::Ticket, &["title", "status", "priority"], Habits::default()).await;
    hooked.add("ticketNumber", false).await;
    let sim = &hooked.tenant.sim;
    let id = sim.create_ticket(TicketIn::new("R&D's <Ofen> für \"Bäcker\" 1+1")).unwrap();
    sim.edit(ANNA, id, json!({"queueID": 8})).unwrap();
    sim.edit(ANNA, id, json!({"status": 8, "queueID": 5})).unwrap();
    sim.delete(ANNA, id).unwrap();

    let number = hooked.events(1).await[0].field("ticketNumber").cloned().unwrap();
    let events = hooked.events(3).await;
    let [create, update, delete] = &events[..] else { panic!("{events:?}") };
    assert_eq!(
        (&create.action, create.kind(), create.id),
        (&WebhookAction::Create, Some(WebhookKind::Ticket), Some(id))
    );
    let told = json!({"Title": "R&D's <Ofen> für \"Bäcker\" 1+1", "Status": 1, "Priority": 2, "TicketNumber": number});
    assert_eq!(Value::Object(create.fields.clone()), told);
    assert_eq!(Value::Object(update.fields.clone()), json!({"Status": 8, "TicketNumber": number}));
    assert_eq!((&delete.action, delete.id, delete.fields.len()), (&WebhookAction::Delete, Some(id), 0));
    let sequence: Vec<_> = events.iter().map(|event| (event.sequence_number, event.person_id)).collect();
    assert_eq!(sequence, [1, 2, 3].map(|at| (Some(at), Some(seed::ANNA))));
    let webhook = hooked.api.webhook(hooked.kind, hooked.id).await.unwrap().unwrap();
    assert!(webhook.guid.is_some() && events.iter().all(|event| event.guid == webhook.guid));

    let got = hooked.receiver.received().remove(0);
    assert_eq!((got.method.as_str(), &got.headers["content-type"]), ("POST", &"application/json".parse().unwrap()));
    assert!(got.headers[WEBHOOK_SIGNATURE_HEADER].to_str().unwrap().starts_with("sha1="));
    assert!(
        got.body.is_ascii()
            && got.body.contains(r#"R\u0026D\u0027s \u003COfen\u003E f\u00FCr \u0022B\u00E4cker\u0022 1\u002B1"#),
        "{}",
        got.body
    );
}

#[tokio::test]
async fn notes_and_user_defined_fields_are_told() {
    let hooked = Hooked::to(WebhookKind::TicketNote, &["title", "description", "publish"], Habits::default()).await;
    let ticket = hooked.tenant.sim.create_ticket(TicketIn::new("Oven")).unwrap();
    let note = hooked.tenant.sim.note(Actor::contact(seed::BAKER), ticket, "Still", "cold").unwrap();
    let path = format!("Tickets/{ticket}/Notes");
    assert_eq!(hooked.tenant.send("PATCH", &path, json!({"id": note, "description": "warm"})).await.0, 200);
    let events = hooked.events(2).await;
    assert_eq!(
        (&events[0].action, events[0].kind(), events[0].id),
        (&WebhookAction::Create, Some(hooked.kind), Some(note))
    );
    assert_eq!((events[0].person_id, events[0].number("publish")), (Some(seed::BAKER), Some(1)));
    assert_eq!(Value::Object(events[1].fields.clone()), json!({"Description": "warm"}));

    let hooked = Hooked::to(WebhookKind::Ticket, &[], Habits::default()).await;
    let udf = hooked.api.webhook_udf_field_names(hooked.kind).await.unwrap().by_label("Alert Id").unwrap().number();
    let field = NewWebhookField::subscribed(udf.unwrap());
    hooked.api.create_webhook_udf_field(hooked.kind, hooked.id, field).await.unwrap();
    let id = hooked.tenant.sim.create_ticket(TicketIn::new("Oven")).unwrap();
    let value = json!([{"name": "Alert Id", "value": "A 7"}]);
    hooked.tenant.sim.edit(ANNA, id, json!({"userDefinedFields": value})).unwrap();
    let events = hooked.events(2).await;
    assert_eq!(events[0].field("Alert Id"), Some(&Value::Null));
    assert_eq!(events[1].field("Alert Id"), Some(&json!("A 7")));
}

#[tokio::test]
async fn what_nobody_asked_for_is_not_told() {
    let hooked = Hooked::to(WebhookKind::Ticket, &["status", "lastActivityDate"], Habits::default()).await;
    let (sim, kind, id) = (&hooked.tenant.sim, hooked.kind, hooked.id);
    let excluded = hooked.api.create_webhook_excluded_resource(kind, id, seed::API_USER).await.unwrap();
    let ticket = sim.create_ticket(TicketIn::new("Told")).unwrap();
    hooked.api.patch_ticket(TicketPatch::new(ticket).status(8)).await.unwrap();
    sim.edit(ANNA, ticket, json!({"priority": 4})).unwrap();
    sim.advance(SignedDuration::from_secs(1));
    sim.note(ANNA, ticket, "A note", "is activity of its ticket").unwrap();
    hooked.api.create_note(NewNote::new(ticket, "Ours", "is excluded")).await.unwrap();
    hooked.api.delete_webhook_excluded_resource(kind, id, excluded).await.unwrap();
    hooked.api.patch_ticket(TicketPatch::new(ticket).status(21)).await.unwrap();
    let only_new = Subscriptions { create: true, ..Subscriptions::default() };
    hooked.api.patch_webhook(kind, WebhookPatch::new(id).subscriptions(only_new)).await.unwrap();
    sim.edit(ANNA, ticket, json!({"status": 1})).unwrap();
    sim.delete(ANNA, ticket).unwrap();
    let log = hooked.settled(3).await;
    let told: Vec<_> =
        log.iter().map(|delivery| format!("{:?} {}", delivery.action, delivery.attempts.len())).collect();
    assert_eq!(told, ["Create 1", "Update 1", "Update 1"]);
    let events = hooked.events(3).await;
    assert!(events[1].field("LastActivityDate").is_some() && events[1].field("Status").is_none());
    assert_eq!((events[2].number("status"), events[2].person_id), (Some(21), Some(seed::API_USER)));
}

#[tokio::test]
async fn an_event_that_fails_is_sent_again_and_the_next_ones_wait() {
    let habits = Habits { webhook_timeout_ms: 150, webhook_tries_max: 1_000, ..impatient() };
    let hooked = Hooked::to(WebhookKind::Ticket, &["title"], habits).await;
    hooked.receiver.delay_ms.store(30_000, Ordering::SeqCst);
    hooked.tenant.sim.create_ticket(TicketIn::new("First")).unwrap();
    hooked.tenant.sim.create_ticket(TicketIn::new("Second")).unwrap();
    hooked.events(1).await;
    hooked.receiver.status.store(503, Ordering::SeqCst);
    hooked.receiver.delay_ms.store(0, Ordering::SeqCst);
    let is_refused = |log: &WebhookDelivery| log.attempts.iter().any(|attempt| attempt.status == Some(503));
    until(|| hooked.tenant.sim.webhook_deliveries().first().filter(|log| is_refused(log)).map(drop)).await;
    hooked.receiver.status.store(204, Ordering::SeqCst);
    let log = hooked.settled(2).await;
    assert_eq!((log[0].fate, log[1].fate), (Fate::Delivered, Fate::Delivered));
    assert_eq!(log[0].attempts[0].answer, "The operation has timed out");
    let sequence: Vec<_> = hooked.events(3).await.iter().filter_map(|event| event.sequence_number).collect();
    assert!(sequence.is_sorted() && sequence.first() == Some(&1) && sequence.last() == Some(&2), "{sequence:?}");
}

#[tokio::test]
async fn events_come_as_late_as_the_tenant_is_set() {
    let late = Habits { webhook_delay_ms: 300, ..Habits::default() };
    let hooked = Hooked::to(WebhookKind::Ticket, &["title"], late).await;
    hooked.tenant.sim.create_ticket(TicketIn::new("First")).unwrap();
    hooked.tenant.sim.create_ticket(TicketIn::new("Second")).unwrap();
    let log = hooked.settled(2).await;
    let took = |delivery: &WebhookDelivery| delivery.attempts[0].at.duration_since(delivery.at).as_millis();
    assert!(log.iter().all(|delivery| took(delivery) >= 300), "{log:?}");
}

#[tokio::test]
async fn an_address_where_nobody_listens_fails_as_well() {
    let hooked = Hooked::to(WebhookKind::Ticket, &["title"], impatient()).await;
    let nowhere = WebhookPatch::new(hooked.id).webhook_url("http://127.0.0.1:1/hook").name("Nowhere");
    hooked.api.patch_webhook(hooked.kind, nowhere).await.unwrap();
    hooked.tenant.sim.create_ticket(TicketIn::new("Never")).unwrap();
    let log = hooked.settled(1).await;
    assert_eq!((log[0].fate, log[0].attempts.len(), log[0].attempts[4].status), (Fate::Failed, 5, None));
    assert_eq!(log[0].webhook_name, "Nowhere");
    assert_eq!(hooked.api.query::<WebhookEventErrorLog>(&Query::new()).await.unwrap().items.len(), 1);
}

#[tokio::test]
async fn an_event_is_given_up_after_five_tries_and_logged() {
    let hooked = Hooked::to(WebhookKind::Ticket, &["title"], impatient()).await;
    hooked.receiver.status.store(500, Ordering::SeqCst);
    hooked.tenant.sim.create_ticket(TicketIn::new("Never")).unwrap();
    let log = hooked.settled(1).await;
    assert_eq!((log[0].fate, log[0].attempts.len()), (Fate::Failed, 5));
    assert!(hooked.is_active().await);
    let failed = hooked.api.query::<WebhookEventErrorLog>(&Query::new()).await.unwrap().items.remove(0);
    assert_eq!((failed.ticket_webhook_id, failed.sequence_number), (Some(hooked.id), Some(1)));
    assert_eq!(failed.error_message.as_deref(), Some("500 thanks"));
    assert_eq!(failed.payload.as_ref(), Some(&hooked.receiver.received()[0].body));
    assert!(hooked.api.get::<WebhookEventErrorLog>(failed.id).await.unwrap().is_some());
    hooked.api.delete_webhook_event_error_log(failed.id).await.unwrap();
    assert!(hooked.api.get::<WebhookEventErrorLog>(failed.id).await.unwrap().is_none());
}

#[tokio::test]
async fn twenty_five_failed_events_in_a_row_switch_the_webhook_off() {
    let once = Habits { webhook_tries_max: 1, ..impatient() };
    let hooked = Hooked::to(WebhookKind::Ticket, &["title"], once).await;
    let create = |count: usize| {
        (0..count).for_each(|at| drop(hooked.tenant.sim.create_ticket(TicketIn::new(&format!("Ticket {at}")))));
    };
    hooked.receiver.status.store(500, Ordering::SeqCst);
    create(24);
    hooked.settled(24).await;
    hooked.receiver.status.store(204, Ordering::SeqCst);
    create(1);
    hooked.settled(25).await;
    hooked.receiver.status.store(500, Ordering::SeqCst);
    create(24);
    hooked.settled(49).await;
    assert!(hooked.is_active().await, "one in between was taken");
    create(2);
    let log = hooked.settled(52).await;
    assert!(!hooked.is_active().await);
    assert_eq!(log[50].attempts[0].answer, "The webhook was switched off before");
    let last = hooked.receiver.received().pop().unwrap();
    assert_eq!((last.uri.path(), verified(&last).action), ("/hook/gone", WebhookAction::Deactivated));
    create(1);
    hooked.receiver.status.store(204, Ordering::SeqCst);
    hooked.api.patch_webhook(hooked.kind, WebhookPatch::new(hooked.id).active(true)).await.unwrap();
    create(1);
    let log = hooked.settled(53).await;
    assert_eq!((log.len(), log[52].fate), (53, Fate::Delivered), "what happened meanwhile is not told later");
}

#[tokio::test]
async fn switching_off_and_deleting_are_told_to_the_deactivation_url() {
    let hooked = Hooked::to(WebhookKind::TicketNote, &["title"], Habits::default()).await;
    let (api, kind) = (&hooked.api, hooked.kind);
    api.patch_webhook(kind, WebhookPatch::new(hooked.id).active(false)).await.unwrap();
    api.patch_webhook(kind, WebhookPatch::new(hooked.id).active(true)).await.unwrap();
    api.delete_webhook(kind, hooked.id).await.unwrap();
    let other = api.create_webhook(kind, new_webhook(&hooked.receiver.url)).await.unwrap();
    let url = format!("{}/sim/webhooks/deactivate", hooked.tenant.sim.url());
    let Answer(_, webhooks) = super::support::answer(hooked.tenant.http.post(url)).await;
    assert_eq!((&webhooks[0]["id"], &webhooks[0]["isActive"]), (&json!(other), &json!(false)));
    assert_eq!((&webhooks[0]["secretKey"], &webhooks[0]["entityType"]), (&Value::Null, &json!("TicketNote")));
    hooked.tenant.sim.deactivate_webhooks();
    let events = hooked.events(3).await;
    assert!(events.iter().all(|event| event.action == WebhookAction::Deactivated && event.kind() == Some(kind)));
    assert!(hooked.receiver.received().iter().all(|got| got.uri.path() == "/hook/gone"));
    assert_eq!(hooked.settled(3).await.len(), 3);
}
