//! Paging by the id.

use autotask::{Error, Filter, Query, Ticket};
use serde_json::{Value, json};

use crate::server::{Seen, Server, json};

/// Tickets 1 to 7 behind the cursor, as many as asked for.
fn seven(seen: &Seen) -> Value {
    let after = seen.body["Filter"]
        .as_array()
        .unwrap()
        .iter()
        .find(|filter| filter["op"] == "gt")
        .map_or(0, |filter| filter["value"].as_i64().unwrap());
    let rows = seen.body["MaxRecords"].as_u64().unwrap();
    let items: Vec<Value> = (after + 1..=7).take(usize::try_from(rows).unwrap()).map(|id| json!({"id": id})).collect();
    json!({"items": items, "pageDetails": {"count": items.len(), "requestCount": rows, "prevPageUrl": null, "nextPageUrl": null}})
}

fn ids(tickets: &[Ticket]) -> Vec<i64> {
    tickets.iter().map(|ticket| ticket.id).collect()
}

#[tokio::test]
async fn all_rows_are_read_once() {
    let server = Server::start(|seen| json(200, &seven(seen))).await;
    let query = Query::new().filter(Filter::not_eq("status", 5)).max_records(3);
    let rows = server.client().query_all::<Ticket>(&query, 10).await.unwrap();
    assert_eq!((ids(&rows.items), rows.is_cut), (vec![1, 2, 3, 4, 5, 6, 7], false));
    let filters: Vec<_> = server.seen().into_iter().map(|seen| seen.body["Filter"].clone()).collect();
    assert_eq!(filters.len(), 3);
    assert_eq!(
        filters[1],
        json!([{"op": "noteq", "field": "status", "value": 5}, {"op": "gt", "field": "id", "value": 3}])
    );
}

#[tokio::test]
async fn the_cap_on_pages_is_said() {
    let server = Server::start(|seen| json(200, &seven(seen))).await;
    let rows = server.client().query_all::<Ticket>(&Query::new().max_records(3), 2).await.unwrap();
    assert_eq!((ids(&rows.items), rows.is_cut), (vec![1, 2, 3, 4, 5, 6], true));
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn a_page_can_be_asked_for_again_after_an_error() {
    let fails = std::sync::atomic::AtomicBool::new(false);
    let server = Server::start(move |seen| {
        let second = seen.body.to_string().contains("\"gt\"");
        let fail = second && !fails.swap(second, std::sync::atomic::Ordering::SeqCst);
        if fail { json(503, &json!(null)) } else { json(200, &seven(seen)) }
    })
    .await;
    let mut pages = server.client().pages::<Ticket>(Query::new().max_records(4), 10);
    assert_eq!(ids(&pages.next().await.unwrap().unwrap()), [1, 2, 3, 4]);
    assert!(matches!(pages.next().await, Err(Error::Transient { status: 503, .. })));
    assert_eq!(ids(&pages.next().await.unwrap().unwrap()), [5, 6, 7]);
    assert_eq!(pages.next().await.unwrap(), None);
    assert!(!pages.has_more());
}

#[tokio::test]
async fn a_server_that_ignores_the_cursor_is_no_endless_loop() {
    let server = Server::start(|_| json(200, &json!({"items": [{"id": 1}, {"id": 2}]}))).await;
    let error = server.client().query_all::<Ticket>(&Query::new().max_records(2), 1_000).await.unwrap_err();
    assert!(matches!(error, Error::Unreadable { .. }), "{error}");
    assert_eq!(server.seen().len(), 2);
}
