use serde_json::{Value, json};
use watchbell_sim::autotask::{Actor, Config, Habits, TicketIn, seed};

use super::support::{Answer, Tenant};

const ANNA: Actor = Actor { person: watchbell_sim::autotask::Person::Resource(seed::ANNA), impersonator: None };

#[tokio::test]
async fn a_merge_completes_the_source_and_leaves_a_note_on_both() {
    let tenant = Tenant::new().await;
    let source = tenant.sim.create_ticket(TicketIn::new("Mail down")).unwrap();
    let into = tenant.sim.create_ticket(TicketIn::new("Mail is down").with("status", 8)).unwrap();
    tenant.sim.merge(ANNA, source, into).unwrap();
    let (from, to) = (tenant.item(source).await, tenant.item(into).await);
    assert_eq!((&from["status"], &to["status"]), (&json!(5), &json!(8)));
    for (ticket, other) in [(source, &to), (into, &from)] {
        let Answer(_, body) = tenant.get(&format!("Tickets/{ticket}/Notes")).await;
        let note = &body["items"][0];
        assert!(note["description"].as_str().unwrap().contains(other["ticketNumber"].as_str().unwrap()));
        assert_eq!(note["creatorResourceID"], 4);
    }
    let problem = tenant.sim.create_ticket(TicketIn::new("Problem").with("ticketType", 3)).unwrap();
    assert!(tenant.sim.merge(ANNA, problem, into).is_err());
    assert!(tenant.sim.merge(ANNA, into, into).is_err());
}

#[tokio::test]
async fn a_deleted_ticket_is_gone_and_logged() {
    let tenant = Tenant::new().await;
    let id = tenant.sim.create_ticket(TicketIn::new("Spam")).unwrap();
    let number = tenant.item(id).await["ticketNumber"].clone();
    tenant.sim.delete(ANNA, id).unwrap();
    assert_eq!(tenant.item(id).await, Value::Null);
    assert_eq!(tenant.find(json!([{"op": "eq", "field": "id", "value": id}])).await, Vec::<i64>::new());
    let logged = json!({"filter": [{"op": "eq", "field": "ticketID", "value": id}]});
    let Answer(_, log) = tenant.send("POST", "DeletedTicketLogs/query", logged).await;
    assert_eq!((&log["items"][0]["ticketNumber"], &log["items"][0]["ticketTitle"]), (&number, &json!("Spam")));
    let next = tenant.sim.create_ticket(TicketIn::new("Ham")).unwrap();
    assert!(next > id, "ids are not used twice");
}

#[tokio::test]
async fn a_bulk_edit_fires_rules_unless_the_tenant_is_set_otherwise() {
    for fires in [true, false] {
        let tenant = Tenant::start(Config {
            habits: Habits { bulk_edit_fires_rules: fires, ..Habits::default() },
            ..Config::default()
        })
        .await;
        let ids: Vec<i64> =
            (0..3).map(|at| tenant.sim.create_ticket(TicketIn::new(&format!("{at}"))).unwrap()).collect();
        tenant.sim.callout_to("http://127.0.0.1:1/");
        tenant.sim.bulk_edit(ANNA, &ids, json!({"status": 5})).unwrap();
        assert!(tenant.sim.tickets().iter().all(|ticket| ticket["status"] == 5));
        assert_eq!(tenant.sim.deliveries().len(), if fires { 3 } else { 0 });
    }
}

#[tokio::test]
async fn instances_of_a_series_carry_its_number() {
    let tenant = Tenant::new().await;
    let (series, first) = tenant.sim.recur(TicketIn::new("Check backups"), None, 2).unwrap();
    let (_, second) = tenant.sim.recur(TicketIn::new("Check backups"), Some(&series), 1).unwrap();
    let number = |id: &i64| tenant.sim.ticket(*id).unwrap()["ticketNumber"].as_str().unwrap().to_owned();
    let numbers: Vec<_> = first.iter().chain(&second).map(number).collect();
    assert_eq!(numbers, [format!("{series}.001"), format!("{series}.002"), format!("{series}.003")]);
}

#[tokio::test]
async fn assignment_names_resource_and_role_and_can_be_taken_back() {
    let tenant = Tenant::new().await;
    let id = tenant.sim.create_ticket(TicketIn::new("Oven")).unwrap();
    tenant
        .sim
        .edit(ANNA, id, json!({"assignedResourceID": seed::BEN, "assignedResourceRoleID": seed::LEVEL_1}))
        .unwrap();
    assert_eq!(tenant.item(id).await["assignedResourceID"], seed::BEN);
    assert!(tenant.sim.edit(ANNA, id, json!({"assignedResourceID": seed::ANNA})).is_err());
    tenant.sim.edit(ANNA, id, json!({"assignedResourceID": null, "assignedResourceRoleID": null})).unwrap();
    assert_eq!(tenant.item(id).await["assignedResourceID"], Value::Null);
}
