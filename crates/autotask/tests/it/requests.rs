//! What goes over the wire, and how answers are read.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use autotask::{
    Company, Filter, NewNote, NewTicket, Publish, Query, REQUESTS_PER_ENDPOINT_MAX, Ticket, TicketNote, TicketPatch,
    TicketRef, picklist_of,
};
use serde_json::{Value, json};
use tokio::sync::Barrier;

use crate::server::{CODE, SECRET, Server, empty, json};

#[tokio::test]
async fn every_request_carries_the_three_headers_and_nothing_prints_them() {
    let server = Server::start(|_| json(200, &json!({"item": {"id": 5, "title": "Disk full"}}))).await;
    let client = server.client();
    let ticket: Ticket = client.get(5).await.unwrap().unwrap();
    assert_eq!(ticket.title.as_deref(), Some("Disk full"));

    let seen = server.seen().remove(0);
    assert_eq!((seen.method.as_str(), seen.path.as_str()), ("GET", "/ATServicesRest/V1.0/Tickets/5"));
    assert_eq!(seen.headers["apiintegrationcode"], CODE);
    assert_eq!(seen.headers["username"], "api@example.com");
    assert_eq!(seen.headers["secret"], SECRET);
    assert!(!seen.headers.contains_key("impersonationresourceid"));
    let printed = format!("{client:?} {:?}", autotask::Credentials::new("u", &SECRET.into(), &CODE.into()));
    assert!(!printed.contains(SECRET) && !printed.contains(CODE), "{printed}");
}

#[tokio::test]
async fn a_row_that_is_not_there_is_none_both_ways() {
    let null = Server::start(|_| json(200, &json!({"item": null}))).await;
    assert!(null.client().get::<Ticket>(5).await.unwrap().is_none());
    let missing = Server::start(|_| empty(404)).await;
    assert!(missing.client().get::<Ticket>(5).await.unwrap().is_none());
    let number = TicketRef::Number("T20191029.0002".parse().unwrap());
    let none =
        Server::start(|_| json(200, &json!({"items": [], "pageDetails": {"count": 0, "nextPageUrl": null}}))).await;
    assert!(none.client().ticket(&number).await.unwrap().is_none());
}

#[tokio::test]
async fn a_ticket_is_found_by_its_number() {
    let server = Server::start(|_| json(200, &json!({"items": [{"id": 5, "ticketNumber": "T20191029.0002"}]}))).await;
    let number: autotask::TicketNumber = "T20191029.0002".parse().unwrap();
    assert_eq!(server.client().ticket_by_number(&number).await.unwrap().unwrap().id, 5);
    let seen = server.seen().remove(0);
    assert_eq!(seen.path, "/ATServicesRest/V1.0/Tickets/query");
    assert_eq!(seen.body["Filter"], json!([{"op": "eq", "field": "ticketNumber", "value": "T20191029.0002"}]));
}

#[tokio::test]
async fn where_patch_is_refused_the_whole_ticket_is_put_back() {
    let server = Server::start(|seen| match seen.method.as_str() {
        "PATCH" => json(405, &json!({"message": "The requested resource does not support http method 'PATCH'."})),
        "GET" => json(
            200,
            &json!({"item": {"id": 5, "title": "Disk full", "status": 1, "issueType": 10, "contactID": null}}),
        ),
        _ => json(200, &json!({"itemId": 5})),
    })
    .await;
    server.client().patch_ticket(TicketPatch::new(5).status(8)).await.unwrap();
    let seen = server.seen();
    let calls: Vec<(&str, &str)> = seen.iter().map(|seen| (seen.method.as_str(), seen.path.as_str())).collect();
    let tickets = "/ATServicesRest/V1.0/Tickets";
    assert_eq!(calls, [("PATCH", tickets), ("GET", "/ATServicesRest/V1.0/Tickets/5"), ("PUT", tickets)]);
    assert_eq!(seen[2].body, json!({"id": 5, "title": "Disk full", "status": 8, "issueType": 10}));

    let refused = Server::start(|_| json(405, &json!({"errors": ["no"]}))).await;
    let error = refused.client().create_ticket(NewTicket::new(0, "x", 1, 4)).await.unwrap_err();
    assert!(error.is_permanent() && error.to_string().contains("does not take"), "{error}");
}

#[tokio::test]
async fn writes_go_to_the_collection_with_the_id_in_the_body() {
    let server =
        Server::start(|seen| json(200, &json!({"itemId": if seen.path.ends_with("Notes") { 9 } else { 5 }}))).await;
    let client = server.client();
    assert_eq!(client.create_ticket(NewTicket::new(0, "Disk full", 1, 4).queue(8)).await.unwrap(), 5);
    client.patch_ticket(TicketPatch::new(5).status(8)).await.unwrap();
    let note = NewNote { publish: Publish::InternalAndCoManaged, ..NewNote::new(5, "On call", "Ann is on it") };
    assert_eq!(client.impersonating(77).create_note(note).await.unwrap(), 9);

    let seen = server.seen();
    let line = |at: usize| format!("{} {} {}", seen[at].method, seen[at].path, seen[at].body);
    assert_eq!(
        line(0),
        r#"POST /ATServicesRest/V1.0/Tickets {"companyID":0,"priority":4,"queueID":8,"status":1,"title":"Disk full"}"#
    );
    assert_eq!(line(1), r#"PATCH /ATServicesRest/V1.0/Tickets {"id":5,"status":8}"#);
    assert_eq!(
        line(2),
        r#"POST /ATServicesRest/V1.0/Tickets/5/Notes {"description":"Ann is on it","noteType":1,"publish":4,"ticketID":5,"title":"On call"}"#
    );
    assert_eq!(seen[2].headers["impersonationresourceid"], "77");
    assert_eq!(seen[2].headers["content-type"], "application/json");
}

#[tokio::test]
async fn fields_and_picklists_are_read() {
    let server = Server::start(|seen| {
        let status = json!({"name": "status", "dataType": "integer", "isRequired": true, "isPickList": true, "picklistValues": [
            {"value": "1", "label": "Neu", "sortOrder": 1, "isActive": true, "isSystem": true},
            {"value": "5", "label": "Abgeschlossen", "sortOrder": 2, "isActive": true, "isSystem": true}]});
        let own = json!({"name": "Alert Id", "label": "Alert Id", "type": "string", "isPickList": false, "picklistValues": null});
        match seen.path.rsplit('/').next().unwrap() {
            "fields" => json(200, &json!({"fields": [status]})),
            "userDefinedFields" => json(200, &json!({"fields": [own]})),
            _ => json(200, &json!({"info": {"name": "Ticket", "canQuery": true, "userAccessForQuery": "All"}})),
        }
    })
    .await;
    let client = server.client();
    let statuses = picklist_of(&client.fields::<Ticket>().await.unwrap(), "status").unwrap();
    assert_eq!(statuses.label(5), Some("Abgeschlossen"));
    let own = client.user_defined_fields::<Ticket>().await.unwrap();
    assert_eq!(
        (own[0].name.as_str(), own[0].udf_type.as_deref(), own[0].picklist()),
        ("Alert Id", Some("string"), None)
    );
    assert!(client.entity_information::<Ticket>().await.unwrap().can_query);
    let paths: Vec<_> = server.seen().into_iter().map(|seen| seen.path).collect();
    assert_eq!(paths[0], "/ATServicesRest/V1.0/Tickets/entityInformation/fields");
}

#[tokio::test]
async fn our_own_resource_is_told_by_its_user_name() {
    let server = Server::start(|_| {
        json(200, &json!({"items": [{"id": 1, "email": "api@example.com", "userName": "ann"}, {"id": 2, "userName": "API@example.com"}]}))
    })
    .await;
    assert_eq!(server.client().own_resource().await.unwrap().unwrap().id, 2);
}

/// The barrier opens for three at a time: with fewer the test hangs, with more than three the highest count shows it.
#[tokio::test]
async fn three_requests_run_at_a_time_per_endpoint_across_clones() {
    let barrier = Arc::new(Barrier::new(REQUESTS_PER_ENDPOINT_MAX));
    let (running, highest) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (now, most) = (Arc::clone(&running), Arc::clone(&highest));
    let server = Server::start_async(move |_| {
        let (barrier, now, most) = (Arc::clone(&barrier), Arc::clone(&now), Arc::clone(&most));
        async move {
            most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            barrier.wait().await;
            now.fetch_sub(1, Ordering::SeqCst);
            json(200, &json!({"item": {"id": 1}}))
        }
    })
    .await;
    let client = server.client();
    let asked = (0..12).map(|id| {
        let client = client.clone();
        tokio::spawn(async move { client.get::<Company>(id).await })
    });
    for answer in asked.collect::<Vec<_>>() {
        assert!(answer.await.unwrap().unwrap().is_some());
    }
    assert_eq!(highest.load(Ordering::SeqCst), REQUESTS_PER_ENDPOINT_MAX);
    assert_eq!(running.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn notes_and_counts_are_asked_by_query() {
    let server = Server::start(|seen| {
        let answer: Value = if seen.path.ends_with("count") {
            json!({"queryCount": 42})
        } else {
            json!({"items": [{"id": 3, "publish": 2}]})
        };
        json(200, &answer)
    })
    .await;
    let client = server.client();
    let notes = client.notes(5).await.unwrap();
    assert_eq!((notes.items[0].id, notes.is_cut), (3, false));
    assert_eq!(client.count::<TicketNote>(&Query::new().filter(Filter::exist("id"))).await.unwrap(), 42);
    let paths: Vec<_> = server.seen().into_iter().map(|seen| seen.path).collect();
    assert_eq!(paths, ["/ATServicesRest/V1.0/TicketNotes/query", "/ATServicesRest/V1.0/TicketNotes/query/count"]);
}
