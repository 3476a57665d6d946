use serde_json::{Value, json};
use watchbell_sim::autotask::{Actor, Config, Habits, TicketIn, seed};

use super::support::{Answer, Tenant, errors};

fn new_ticket() -> Value {
    json!({"Title": "Disk full", "COMPANYID": 0, "status": 1, "Priority": 2, "queueID": "29683487"})
}

#[tokio::test]
async fn a_ticket_gets_a_number_and_everything_the_service_fills_in() {
    let tenant = Tenant::new().await;
    let Answer(status, body) = tenant.send("POST", "Tickets", new_ticket()).await;
    let id = body["itemId"].as_i64().unwrap();
    assert_eq!((status, body), (200, json!({ "itemId": id })));
    let item = tenant.item(id).await;
    let number = item["ticketNumber"].as_str().unwrap();
    assert!(number.len() == 14 && number.starts_with("T2") && number.ends_with(".0001"), "{number}");
    assert_eq!(item["creatorResourceID"], seed::API_USER);
    assert_eq!((&item["companyID"], &item["queueID"]), (&json!(0), &json!(29_683_487)));
    assert_eq!(item["createDate"], item["lastTrackedModificationDateTime"]);
    // Every field is there, null when unset.
    assert_eq!(item.as_object().unwrap().len(), 73);
    assert_eq!(item["completedDate"], Value::Null);
    assert_eq!(tenant.get("Tickets/99").await, Answer(200, json!({"item": null})));
    tenant.sim.faults(|faults| faults.missing_is_404 = true);
    assert_eq!(tenant.get("Tickets/99").await.0, 404);
}

#[tokio::test]
async fn completion_fills_its_fields_and_reopening_empties_them() {
    let tenant = Tenant::new().await;
    let id = tenant.sim.create_ticket(TicketIn::new("Mail")).unwrap();
    assert_eq!(
        tenant.send("PATCH", "Tickets", json!({"ID": id, "Status": 5})).await,
        Answer(200, json!({ "itemId": id }))
    );
    let done = tenant.item(id).await;
    assert!(
        done["completedDate"].is_string()
            && done["resolvedDateTime"].is_string()
            && done["firstResponseDateTime"].is_string()
    );
    assert_eq!(done["completedByResourceID"], seed::API_USER);
    tenant.sim.edit(Actor::resource(seed::BEN), id, json!({"status": 24})).unwrap();
    let open = tenant.item(id).await;
    assert_eq!((&open["completedDate"], &open["completedByResourceID"]), (&Value::Null, &Value::Null));
    let filter = json!({"filter": [{"op": "eq", "field": "ticketID", "value": id}]});
    let Answer(_, history) = tenant.send("POST", "TicketHistory/query", filter).await;
    let details: Vec<_> = history["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["detail"].clone(), row["resourceID"].clone()))
        .collect();
    assert_eq!(details[1], (json!("status changed from New to Complete"), json!(seed::API_USER)));
    assert_eq!(details[2], (json!("status changed from Complete to Reopened"), json!(seed::BEN)));
}

#[tokio::test]
async fn patch_keeps_and_put_empties_what_is_not_given() {
    let tenant = Tenant::new().await;
    let id =
        tenant.sim.create_ticket(TicketIn::new("VPN").with("description", "slow").with("externalID", "x-1")).unwrap();
    tenant.send("PATCH", "Tickets", json!({"id": id, "priority": "1"})).await;
    let item = tenant.item(id).await;
    assert_eq!(
        (&item["priority"], &item["description"], &item["externalID"]),
        (&json!(1), &json!("slow"), &json!("x-1"))
    );
    tenant.send("PUT", "Tickets", json!({"id": id, "title": "VPN", "companyID": 0, "status": 8, "priority": 1})).await;
    let item = tenant.item(id).await;
    assert_eq!((&item["status"], &item["description"], &item["queueID"]), (&json!(8), &Value::Null, &Value::Null));
    assert!(item["createDate"].is_string());
    let Answer(status, body) = tenant.send("PUT", "Tickets", json!({"id": id, "status": 8})).await;
    assert_eq!(status, 500);
    assert!(errors(&body).contains("title"));
}

#[tokio::test]
async fn a_null_in_a_patch_is_ignored_where_the_tenant_is_set_so() {
    let tenant =
        Tenant::start(Config { habits: Habits { patch_null_clears: false, ..Habits::default() }, ..Config::default() })
            .await;
    let id = tenant.sim.create_ticket(TicketIn::new("VPN")).unwrap();
    tenant.send("PATCH", "Tickets", json!({"id": id, "queueID": null, "status": 8})).await;
    let item = tenant.item(id).await;
    assert_eq!((&item["queueID"], &item["status"]), (&json!(29_682_833), &json!(8)));
}

#[tokio::test]
async fn what_is_wrong_is_refused_in_the_services_words() {
    let tenant = Tenant::new().await;
    let both = "Data violation: When assigning a Resource, you must assign both a assignedResourceID and assignedResourceRoleID.";
    let contact =
        format!("contactID [{}] is not associated to companyID [{}] or its parent.", seed::BAKER, seed::LAW_FIRM);
    for (wrong, says) in [
        (json!({"title": null}), "Missing Required Field: title."),
        (json!({"status": 99}), "Value does not reference an existing entity for status . "),
        (json!({"status": true}), "Unexpected character encountered while parsing value: t. Path 'status'."),
        (
            json!({"companyID": 77}),
            "Reference value on field: companyID of type: Company does not exist or is invalid.",
        ),
        (
            json!({"contactID": 77}),
            "Reference value on field: contactID of type: Contact does not exist or is invalid.",
        ),
        (json!({"companyID": seed::LAW_FIRM, "contactID": seed::BAKER}), contact.as_str()),
        (json!({"assignedResourceID": seed::ANNA}), both),
        (
            json!({"assignedResourceID": seed::ANNA, "assignedResourceRoleID": seed::LEVEL_2}),
            "Role does not exist or is invalid",
        ),
        (
            json!({"assignedResourceID": seed::API_USER, "assignedResourceRoleID": seed::LEVEL_1}),
            "Reference value on field: assignedResourceID",
        ),
        (
            json!({"issueType": 10, "subIssueType": 1201}),
            "Value does not reference an existing entity for subIssueType . ",
        ),
        (json!({"title": "x".repeat(256)}), "title must be less than or equal to 255 characters"),
        (json!({"ticketCategory": 5}), "Missing Required Field: dueDateTime."),
        (json!({"userDefinedFields": [{"name": "Nope", "value": "1"}]}), "Nope"),
        (json!({"userDefinedFields": [{"name": "After Hours", "value": "Maybe"}]}), "After Hours"),
    ] {
        let mut body = json!({"title": "Disk", "companyID": 0, "status": 1, "priority": 2});
        body.as_object_mut().unwrap().extend(wrong.as_object().unwrap().clone());
        let Answer(status, answer) = tenant.send("POST", "Tickets", body).await;
        assert_eq!(status, 500, "{wrong}");
        assert!(errors(&answer).contains(says), "{wrong}: {answer}");
    }
    assert!(tenant.sim.tickets().is_empty());
    let good = json!({"title": "Disk", "companyID": 0, "status": 1, "priority": 2, "assignedResourceID": seed::BEN, "assignedResourceRoleID": seed::LEVEL_2});
    assert_eq!(tenant.send("POST", "Tickets", good).await.0, 200);
}

#[tokio::test]
async fn verbs_and_paths_that_do_not_exist_say_so() {
    let tenant = Tenant::new().await;
    let id = tenant.sim.create_ticket(TicketIn::new("Mail")).unwrap();
    assert_eq!(tenant.send("DELETE", &format!("Tickets/{id}"), json!({})).await.0, 405);
    assert_eq!(tenant.send("PATCH", &format!("Tickets/{id}"), json!({"status": 8})).await.0, 405);
    assert_eq!(tenant.get("Shoes/query").await.0, 404);
    assert_eq!(tenant.get("Tickets/query/sideways").await.0, 405);
    tenant.sim.faults(|faults| faults.patch_by_id = true);
    assert_eq!(tenant.send("PATCH", &format!("Tickets/{id}"), json!({"status": 8})).await.0, 200);
    assert_eq!(tenant.item(id).await["status"], 8);
}

#[tokio::test]
async fn notes_are_added_changed_read_and_asked_for() {
    let tenant = Tenant::new().await;
    let id = tenant.sim.create_ticket(TicketIn::new("Mail")).unwrap();
    let note = json!({"TicketID": id, "Title": "Alert", "Description": "Ann is on it", "NoteType": 1, "Publish": 2});
    let Answer(_, made) = tenant.send("POST", &format!("Tickets/{id}/Notes"), note).await;
    let note = made["itemId"].as_i64().unwrap();
    let Answer(_, read) = tenant.get(&format!("Tickets/{id}/Notes/{note}")).await;
    assert_eq!(
        (&read["item"]["description"], &read["item"]["creatorResourceID"]),
        (&json!("Ann is on it"), &json!(seed::API_USER))
    );
    tenant.send("PATCH", &format!("Tickets/{id}/Notes"), json!({"id": note, "description": "Ben is on it"})).await;
    let Answer(_, asked) = tenant
        .send(
            "POST",
            "TicketNotes/query",
            json!({"filter": [{"op": "contains", "field": "description", "value": "ben"}]}),
        )
        .await;
    assert_eq!(asked["items"][0]["id"], note);
    assert_eq!(tenant.get(&format!("Tickets/{id}/Notes")).await.1["items"][0]["id"], note);
    let Answer(status, refused) = tenant.send("POST", &format!("Tickets/{id}/Notes"), json!({"title": "x"})).await;
    assert_eq!(status, 500);
    assert!(errors(&refused).contains("description"));
    assert_eq!(
        tenant.send("POST", "Tickets/77/Notes", json!({"description": "x", "noteType": 1, "publish": 1})).await.0,
        500
    );
}

#[tokio::test]
async fn companies_and_contacts_are_made_and_changed() {
    let tenant = Tenant::new().await;
    let company =
        json!({"companyName": "New Co", "companyType": 1, "phone": "+1 518 555 0177", "ownerResourceID": seed::ANNA});
    let id = tenant.send("POST", "Companies", company).await.1["itemId"].as_i64().unwrap();
    let contact = json!({"firstName": "Kim", "lastName": "Lee", "isActive": 1, "mobilePhone": "+1 518 555 0178"});
    let made = tenant.send("POST", &format!("Companies/{id}/Contacts"), contact).await.1["itemId"].as_i64().unwrap();
    assert_eq!(tenant.get(&format!("Contacts/{made}")).await.1["item"]["companyID"], id);
    tenant.send("PATCH", "Companies", json!({"id": id, "phone": "+1 518 555 0179"})).await;
    assert_eq!(tenant.get(&format!("Companies/{id}")).await.1["item"]["phone"], "+1 518 555 0179");
    assert_eq!(tenant.get("Companies/0").await.1["item"]["companyName"], "Northbell IT Services");
}
