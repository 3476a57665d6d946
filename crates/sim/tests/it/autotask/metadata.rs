use std::collections::BTreeMap;

use serde_json::{Value, json};
use watchbell_sim::autotask::{Config, Habits, Language, TicketIn};

use super::support::Tenant;

async fn picks(tenant: &Tenant, field: &str) -> Vec<Value> {
    let body = tenant.get("Tickets/entityInformation/fields").await.1;
    let fields = body["fields"].as_array().unwrap();
    let found = fields.iter().find(|found| found["name"] == field).unwrap();
    assert_eq!(found["isPickList"], true);
    found["picklistValues"].as_array().unwrap().clone()
}

fn label(picks: &[Value], value: &str) -> String {
    picks.iter().find(|pick| pick["value"] == value).unwrap()["label"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn priorities_rank_by_sort_order_and_values_are_text() {
    let tenant = Tenant::new().await;
    let mut ranked = picks(&tenant, "priority").await;
    ranked.sort_by_key(|pick| pick["sortOrder"].as_i64());
    let ranked: Vec<_> =
        ranked.iter().map(|pick| (pick["value"].as_str().unwrap(), pick["label"].as_str().unwrap())).collect();
    assert_eq!(ranked, [("4", "Critical"), ("1", "High"), ("2", "Medium"), ("3", "Low")]);
    let sub = picks(&tenant, "subIssueType").await;
    assert!(sub.iter().any(|pick| pick["label"] == "Backup" && pick["parentValue"] == "12"));
    let status = picks(&tenant, "status").await;
    let system: Vec<_> =
        status.iter().filter(|pick| pick["isSystem"] == true).map(|pick| pick["value"].as_str().unwrap()).collect();
    assert_eq!(system, ["1", "7", "5"]);
}

#[tokio::test]
async fn a_german_tenant_has_german_labels_and_a_renamed_one_its_own() {
    let status_labels = BTreeMap::from([(5, "Erledigt & weg".to_owned()), (30, "Warten auf Mond".to_owned())]);
    let tenant = Tenant::start(Config { language: Language::De, status_labels, ..Config::default() }).await;
    let status = picks(&tenant, "status").await;
    assert_eq!(label(&status, "1"), "Neu");
    assert_eq!(label(&status, "5"), "Erledigt & weg");
    assert_eq!(label(&status, "30"), "Warten auf Mond");
    assert_eq!(label(&picks(&tenant, "priority").await, "4"), "Kritisch");
    assert!(tenant.sim.create_ticket(TicketIn::new("Drucker").with("status", 30)).is_ok());
    assert!(tenant.sim.rename("queueID", 29_682_833, "Nachtschicht"));
    assert_eq!(label(&picks(&tenant, "queueID").await, "29682833"), "Nachtschicht");
}

#[tokio::test]
async fn entities_describe_themselves() {
    let tenant = Tenant::new().await;
    let info = tenant.get("tickets/entityinformation").await.1["info"].clone();
    assert_eq!(
        (&info["name"], &info["canCreate"], &info["canDelete"]),
        (&json!("Ticket"), &json!(true), &json!(false))
    );
    let udfs = tenant.get("Tickets/entityInformation/userDefinedFields").await.1;
    let list = udfs["fields"].as_array().unwrap().iter().find(|udf| udf["name"] == "After Hours").unwrap();
    assert_eq!((list["isPickList"].as_bool(), list["picklistValues"].as_array().unwrap().len()), (Some(true), 2));
    let threshold = tenant.get("ThresholdInformation").await.1;
    assert_eq!(
        (&threshold["externalRequestThreshold"], &threshold["requestThresholdTimeframe"]),
        (&json!(10_000), &json!(60))
    );
    assert!(threshold["currentTimeframeRequestCount"].as_i64().unwrap() >= 3);
}

#[tokio::test]
async fn the_seed_can_be_read_over_rest() {
    let tenant = Tenant::new().await;
    let all = json!({"filter": [{"op": "gte", "field": "id", "value": 0}]});
    for (entity, at_least) in [
        ("Companies", 4),
        ("Contacts", 4),
        ("Resources", 6),
        ("Roles", 3),
        ("ResourceRoles", 4),
        ("ConfigurationItems", 2),
        ("TicketCategories", 4),
        ("DeletedTicketLogs", 0),
        ("TicketHistory", 0),
    ] {
        let body = tenant.send("POST", &format!("{entity}/query"), all.clone()).await.1;
        assert!(body["items"].as_array().unwrap().len() >= at_least, "{entity}");
    }
    assert_eq!(tenant.get("Resources/4").await.1["item"]["lastName"], "Administrator");
    assert!(tenant.get("Contacts/30682901").await.1["item"]["isActive"].is_i64());
}

#[tokio::test]
async fn times_lose_their_zone_where_the_tenant_is_set_so() {
    let tenant =
        Tenant::start(Config { habits: Habits { times_without_z: true, ..Habits::default() }, ..Config::default() })
            .await;
    let id = tenant.sim.create_ticket(TicketIn::new("Time")).unwrap();
    let made = tenant.item(id).await["createDate"].as_str().unwrap().to_owned();
    assert_eq!(made.len(), "2024-01-31T15:04:05.307".len());
    assert_eq!(tenant.find(json!([{"op": "eq", "field": "createDate", "value": made}])).await, [id]);
}
