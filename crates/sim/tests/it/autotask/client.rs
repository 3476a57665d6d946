//! The client of the crate `autotask`, which shares no code with the stand-in.

use std::time::Duration;

use autotask::{
    Callout, Cause, Client, Credentials, Error, Filter, NewNote, NewTicket, Query, Ticket, TicketNumber, TicketPatch,
    TicketRef, discover_zone, picklist_of,
};
use secrecy::SecretString;
use watchbell_sim::autotask::{TicketIn, client, seed};

use super::receiver::Receiver;
use super::support::{Tenant, until};

pub fn client_of(tenant: &Tenant) -> Client {
    let [code, user, secret] = tenant.credentials.clone().map(|(_, value)| value);
    let credentials = Credentials::new(&user, &SecretString::from(secret), &SecretString::from(code));
    Client::new(client().unwrap(), tenant.sim.url().parse().unwrap(), credentials)
}

#[tokio::test]
async fn it_finds_the_zone_and_tests_the_connection() {
    let tenant = Tenant::new().await;
    let directory = tenant.sim.url().parse().unwrap();
    let (address, zone) = discover_zone(&client().unwrap(), &directory, "watchbell-api@msp.example").await.unwrap();
    assert!(address.as_str().starts_with(&tenant.sim.url()), "{}", address.as_str());
    assert_eq!(zone.web_url.as_deref(), Some(format!("{}/", tenant.sim.url()).as_str()));
    let connection = client_of(&tenant).test_connection().await.unwrap();
    assert_eq!(connection.threshold.unwrap().requests_max, 10_000);
    assert_eq!(client_of(&tenant).own_resource().await.unwrap().unwrap().id, seed::API_USER);
}

#[tokio::test]
async fn it_writes_and_reads_tickets_and_notes() {
    let tenant = Tenant::new().await;
    let api = client_of(&tenant);
    let id = api.create_ticket(NewTicket::new(seed::BAKERY, "Oven cold", 1, 4)).await.unwrap();
    let as_ben = api.impersonating(seed::BEN);
    as_ben.patch_ticket(TicketPatch::new(id).status(8)).await.unwrap();
    api.create_note(NewNote::new(id, "Alert", "Ben is on it")).await.unwrap();
    let ticket = api.get::<Ticket>(id).await.unwrap().unwrap();
    assert_eq!((ticket.status, ticket.last_activity_resource_id), (Some(8), Some(seed::API_USER)));
    assert_eq!(api.notes(id).await.unwrap().items[0].description.as_deref(), Some("Ben is on it"));
    let history = api.history(id).await.unwrap().items;
    assert_eq!(history.last().unwrap().resource_id, Some(seed::BEN));
    assert!(api.get::<Ticket>(1).await.unwrap().is_none());
    assert_eq!(api.roles_of(seed::BEN).await.unwrap().len(), 2);
    let statuses = picklist_of(&api.fields::<Ticket>().await.unwrap(), "status").unwrap();
    assert_eq!(statuses.label(8), Some("In Progress"));
}

#[tokio::test]
async fn it_finds_whose_ticket_it_is_and_a_ticket_whose_answer_was_lost() {
    let tenant = Tenant::new().await;
    let api = client_of(&tenant);
    let named = api.companies_named("Crumb & Crust Bakery").await.unwrap();
    assert_eq!(named.iter().map(|company| company.id).collect::<Vec<_>>(), [seed::BAKERY]);
    assert_eq!(api.companies_like("hospital").await.unwrap().len(), 2);
    let contacts = api.contacts_at("hospital.example").await.unwrap();
    assert!(contacts.len() == 2 && contacts.iter().all(|contact| contact.company_id == Some(seed::HOSPITAL)));
    for id in ["rmm-501", "501"] {
        assert_eq!(api.devices_by_rmm_id(id).await.unwrap()[0].company_id, Some(seed::BAKERY), "{id}");
    }
    assert_eq!(api.devices_titled("SRV-PACS-1").await.unwrap()[0].id, 502);
    tenant.sim.faults(|faults| faults.lose_answers = 1);
    let lost = api.create_ticket(NewTicket::new(0, "Disk full", 1, 1).external_id("watchbell-1")).await;
    assert!(matches!(lost, Err(Error::Transient { .. })), "{lost:?}");
    let found = api.tickets_by_external_id("watchbell-1").await.unwrap();
    assert_eq!((found.len(), tenant.sim.tickets().len()), (1, 1));
    assert_eq!(api.tickets_by_ids(vec![found[0].id, 987_654]).await.unwrap().len(), 1);
    assert!(api.tickets_by_external_id("watchbell-2").await.unwrap().is_empty());
}

#[tokio::test]
async fn it_pages_through_what_changed() {
    let tenant = Tenant::new().await;
    for at in 0..7 {
        tenant.sim.create_ticket(TicketIn::new(&format!("Ticket {at}"))).unwrap();
    }
    let since = tenant.sim.clock().now() - jiff::SignedDuration::from_mins(5);
    let changed = Filter::gte("lastTrackedModificationDateTime", since);
    let rows = client_of(&tenant).query_all::<Ticket>(&Query::new().filter(changed).max_records(3), 9).await.unwrap();
    assert_eq!((rows.items.len(), rows.is_cut), (7, false));
}

#[tokio::test]
async fn it_names_every_fault() {
    let tenant = Tenant::new().await;
    let api = client_of(&tenant).with_timeout(Duration::from_millis(300));
    let fault = async || {
        let error = api.get::<Ticket>(1).await.unwrap_err();
        tenant.sim.heal();
        error
    };
    tenant.sim.faults(|faults| faults.maintenance = true);
    assert!(matches!(fault().await, Error::Maintenance { .. }));
    tenant.sim.faults(|faults| (faults.hourly_max, faults.calls_of_others) = (10, 10));
    assert!(matches!(fault().await, Error::HourlyLimit { .. }));
    tenant.sim.faults(|faults| faults.transient_500 = true);
    assert!(matches!(fault().await, Error::Transient { status: 500, .. }));
    tenant.sim.faults(|faults| faults.locked = true);
    assert!(fault().await.is_permanent());
    tenant.sim.faults(|faults| faults.hang = true);
    assert!(matches!(fault().await, Error::Unreachable { cause: Cause::Timeout, .. }));
    tenant
        .sim
        .faults(|faults| faults.refuse_writes = "The logged in Resource does not have the adequate permissions".into());
    let refused = api.create_ticket(NewTicket::new(0, "x", 1, 1)).await.unwrap_err();
    assert!(matches!(refused, Error::Permission { .. }), "{refused}");
    tenant.sim.heal();
    let refused = api.create_ticket(NewTicket::new(0, "x", 99, 1)).await.unwrap_err();
    assert!(matches!(refused, Error::Validation { .. }), "{refused}");
    tenant.sim.stop().await;
    assert!(matches!(fault().await, Error::Unreachable { cause: Cause::Refused, .. }));
}

/// The client holds back by itself; a second one with the same code does not know of the first.
#[tokio::test]
async fn it_names_the_limit_of_threads() {
    let tenant = Tenant::new().await;
    tenant.sim.faults(|faults| (faults.latency_ms, faults.threads_max) = (500, 1));
    let (one, other) = (client_of(&tenant), client_of(&tenant));
    let (a, b) = tokio::join!(one.get::<Ticket>(1), other.get::<Ticket>(1));
    let refused = [a, b].into_iter().find_map(Result::err).unwrap();
    assert!(matches!(refused, Error::ThreadLimit { .. }), "{refused}");
}

#[tokio::test]
async fn it_reads_the_callout_and_fetches_its_ticket() {
    let (tenant, receiver) = (Tenant::new().await, Receiver::start().await);
    tenant.sim.callout_to(&receiver.url);
    let id = tenant.sim.create_ticket(TicketIn::new("Oven cold")).unwrap();
    let got = until(|| receiver.received().pop()).await;
    let callout =
        Callout::parse(got.headers["content-type"].to_str().ok(), got.uri.query(), got.body.as_bytes()).unwrap();
    assert_eq!(callout.status_label.as_deref(), Some("New"));
    let api = client_of(&tenant);
    assert_eq!(api.ticket(&callout.ticket).await.unwrap().unwrap().id, id);
    let number: TicketNumber = tenant.sim.ticket(id).unwrap()["ticketNumber"].as_str().unwrap().parse().unwrap();
    assert_eq!(api.ticket(&TicketRef::Number(number)).await.unwrap().unwrap().title.as_deref(), Some("Oven cold"));
}
