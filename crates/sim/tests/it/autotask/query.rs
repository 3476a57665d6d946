use serde_json::{Value, json};
use watchbell_sim::autotask::{Actor, Autotask, TicketIn, seed};

use super::support::{Answer, Tenant, errors, ids};

fn open(sim: &Autotask, count: usize) -> Vec<i64> {
    (0..count)
        .map(|at| sim.create_ticket(TicketIn::new(&format!("Ticket {at}")).with("priority", at % 4 + 1)).unwrap())
        .collect()
}

#[tokio::test]
async fn filters_work_by_get_and_by_post_with_keys_in_any_case() {
    let tenant = Tenant::new().await;
    let all = open(&tenant.sim, 8);
    let critical = json!([{"op": "eq", "field": "priority", "value": 4}]);
    assert_eq!(tenant.find(critical.clone()).await, [all[3], all[7]]);
    let search = json!({"Filter": critical, "MaxRecords": 1, "IncludeFields": ["ID", "ticketnumber"]}).to_string();
    let Answer(status, body) = tenant.get_with("tickets/QUERY", ("Search", &search)).await;
    assert_eq!(status, 200);
    let item = body["items"][0].as_object().unwrap();
    assert_eq!((body["items"].as_array().unwrap().len(), item.len()), (1, 2));
    assert!(item.contains_key("id") && item.contains_key("ticketNumber"));
    let Answer(_, count) = tenant.send("POST", "Tickets/query/count", json!({"filter": critical})).await;
    assert_eq!(count, json!({"queryCount": 2}));
    let quoted = ("search", "{'filter':[{'op':'exist','field':'id'}]}");
    assert_eq!(tenant.get_with("Tickets/query/count", quoted).await.1, json!({"queryCount": 8}));
}

#[tokio::test]
async fn user_defined_fields_can_be_asked_for() {
    let tenant = Tenant::new().await;
    open(&tenant.sim, 2);
    let udfs = json!([{"name": "Alert Id", "value": "A-7"}, {"name": "Affected Users", "value": 12}]);
    let id = tenant.sim.create_ticket(TicketIn::new("With fields").with("userDefinedFields", udfs)).unwrap();
    assert_eq!(tenant.find(json!([{"op": "eq", "field": "Alert Id", "udf": true, "value": "A-7"}])).await, [id]);
    assert_eq!(tenant.find(json!([{"op": "gt", "field": "Affected Users", "udf": true, "value": 9}])).await, [id]);
    let fields = tenant.item(id).await["userDefinedFields"].clone();
    assert_eq!(fields[0], json!({"name": "Alert Id", "value": "A-7"}));
    assert_eq!(fields[1], json!({"name": "After Hours", "value": null}));
}

/// Some clients follow with GET, some repeat the POST with its body, some do neither and ask for greater ids.
#[tokio::test]
async fn pages_follow_each_other_by_get_and_by_post() {
    let tenant = Tenant::new().await;
    let all = open(&tenant.sim, 7);
    for verb in ["GET", "POST"] {
        let body = json!({"MaxRecords": 3, "filter": [{"op": "exist", "field": "id"}]});
        let Answer(_, mut page) = tenant.send("POST", "Tickets/query", body.clone()).await;
        let mut seen = ids(&page);
        assert_eq!(page["pageDetails"]["prevPageUrl"], Value::Null);
        while let Some(next) = page["pageDetails"]["nextPageUrl"].as_str().map(str::to_owned) {
            assert!(next.starts_with(&tenant.sim.url()) && next.contains("/query/next?paging="), "{next}");
            page = if verb == "GET" {
                tenant.get(&next).await.1
            } else {
                tenant.send("POST", &next, body.clone()).await.1
            };
            assert!(page["pageDetails"]["prevPageUrl"].is_string());
            seen.extend(ids(&page));
        }
        assert_eq!(seen, all);
        assert_eq!((&page["pageDetails"]["count"], &page["pageDetails"]["requestCount"]), (&json!(1), &json!(3)));
        let back = page["pageDetails"]["prevPageUrl"].as_str().unwrap().to_owned();
        assert_eq!(ids(&tenant.get(&back).await.1), all[3..6]);
    }
}

#[tokio::test]
async fn a_page_has_at_most_500_rows() {
    let tenant = Tenant::new().await;
    let all = open(&tenant.sim, 501);
    let Answer(_, page) = tenant
        .send(
            "POST",
            "Tickets/query",
            json!({"MaxRecords": 9_999, "filter": [{"op": "gte", "field": "id", "value": 0}]}),
        )
        .await;
    assert_eq!(ids(&page), all[..500]);
    assert_eq!(tenant.find(json!([{"op": "gt", "field": "id", "value": all[499]}])).await, all[500..]);
}

#[tokio::test]
async fn what_cannot_be_asked_is_refused() {
    let tenant = Tenant::new().await;
    let many: Vec<_> = (0..501).map(|id| json!({"op": "eq", "field": "id", "value": id})).collect();
    for (filter, says) in [
        (json!([{"op": "or", "items": many}]), "Queries are limited to 500 or fewer 'OR' conditions"),
        (json!([{"op": "eq", "field": "shoeSize", "value": 1}]), "shoeSize"),
        (json!([{"op": "resembles", "field": "title", "value": "x"}]), "not a valid operator"),
        (json!([]), "filter is required"),
    ] {
        let Answer(status, body) = tenant.send("POST", "Tickets/query", json!({ "filter": filter })).await;
        assert_eq!(status, 500);
        assert!(errors(&body).contains(says), "{body}");
    }
    let broken = tenant.request("POST", "Tickets/query").body("{\"filter\": [");
    assert_eq!(super::support::answer(broken).await.0, 500);
}

#[tokio::test]
async fn the_watermark_of_pollers_moves_with_every_edit_and_with_no_note() {
    let tenant = Tenant::new().await;
    let id = tenant.sim.create_ticket(TicketIn::new("Printer")).unwrap();
    let made = tenant.item(id).await;
    tenant.sim.advance(jiff::SignedDuration::from_mins(10));
    tenant.sim.note(Actor::resource(seed::ANNA), id, "Looked", "It blinks.").unwrap();
    let noted = tenant.item(id).await;
    assert_ne!(made["lastActivityDate"], noted["lastActivityDate"]);
    assert_eq!(made["lastTrackedModificationDateTime"], noted["lastTrackedModificationDateTime"]);
    tenant.sim.advance(jiff::SignedDuration::from_mins(10));
    tenant.sim.edit(Actor::resource(seed::ANNA), id, json!({"queueID": 8})).unwrap();
    let moved = tenant.item(id).await;
    assert_eq!(noted["lastActivityDate"], moved["lastActivityDate"]);
    let since = json!([{"op": "gt", "field": "lastTrackedModificationDateTime", "value": noted["lastActivityDate"]}]);
    assert_eq!(tenant.find(since).await, [id]);
    let seen = moved.clone();
    tenant.sim.advance(jiff::SignedDuration::from_mins(10));
    tenant.sim.edit(Actor::resource(seed::ANNA), id, json!({"queueID": 8})).unwrap();
    assert_eq!(tenant.item(id).await, seen, "an edit that changes nothing leaves no trace");
}
