//! Every way in which Autotask fails, over a real socket.

use std::time::Duration;

use autotask::{Cause, Error, Fault, NewTicket, Query, Ticket};
use serde_json::json;

use crate::server::{CODE, Reply, SECRET, Server, client_of, empty, html, json};

async fn fault_of(reply: fn() -> Reply) -> Error {
    let server = Server::start(move |_| reply()).await;
    server.client().query::<Ticket>(&Query::new()).await.unwrap_err()
}

#[tokio::test]
async fn answers_become_the_faults_of_the_taxonomy() {
    let error = fault_of(|| empty(401)).await;
    assert!(matches!(error, Error::Credential { .. }) && error.is_permanent(), "{error}");
    assert!(error.to_string().contains("127.0.0.1:"), "names the host: {error}");

    let error = fault_of(|| json(500, &json!({"errors": ["Role does not exist or is invalid", "second"]}))).await;
    assert_eq!(error.to_string(), "Autotask refused the request: Role does not exist or is invalid; second");
    assert!(error.is_permanent());

    let error = fault_of(|| html(200)).await;
    assert!(matches!(error, Error::Maintenance { .. }), "{error}");
    assert_eq!(error.backoff().unwrap().first, Duration::from_secs(30));

    let wait = || vec![("retry-after", "7".to_owned())];
    let server = Server::start(move |_| Reply { headers: wait(), ..empty(429) }).await;
    let error = server.client().get::<Ticket>(1).await.unwrap_err();
    assert_eq!(error, Error::ThreadLimit { retry_after: Some(Duration::from_secs(7)) });

    let error = fault_of(|| json(429, &json!({"errors": ["Request Threshold Exceeded"]}))).await;
    assert!(matches!(error, Error::HourlyLimit { retry_after: None }), "{error}");
    let error = fault_of(|| html(502)).await;
    assert!(matches!(error, Error::Transient { status: 502, .. }) && !error.is_permanent(), "{error}");
    let error = fault_of(|| json(200, &json!({"unexpected": true}))).await;
    assert!(matches!(error, Error::Unreadable { .. }), "{error}");
}

#[tokio::test]
async fn a_partial_failure_of_a_write_names_the_row() {
    let server = Server::start(|_| json(200, &json!({"itemId": 9, "errors": ["UDF was not saved"]}))).await;
    let error = server.client().create_ticket(NewTicket::new(0, "x", 1, 1)).await.unwrap_err();
    assert_eq!(error, Error::Validation { errors: vec!["UDF was not saved".to_owned()], item_id: Some(9) });
}

#[tokio::test]
async fn a_redirect_is_not_followed_with_our_headers() {
    let other = Server::start(|_| empty(200)).await;
    let base = other.base.clone();
    let server = Server::start(move |_| Reply { headers: vec![("location", base.clone())], ..empty(302) }).await;
    let error = server.client().get::<Ticket>(1).await.unwrap_err();
    assert!(matches!(error, Error::Zone { .. }), "{error}");
    assert!(other.seen().is_empty());
}

#[tokio::test]
async fn a_large_answer_is_cut_off() {
    let server = Server::start(|_| json(200, &json!({"item": {"id": 1, "description": "x".repeat(100_000)}}))).await;
    let error = server.client().with_body_bytes_max(50_000).get::<Ticket>(1).await.unwrap_err();
    assert_eq!(error, Error::TooLarge { bytes_max: 50_000 });
    assert!(server.client().get::<Ticket>(1).await.unwrap().is_some());
}

#[tokio::test]
async fn secrets_that_the_server_echoes_are_not_shown() {
    let server = Server::start(|seen| {
        json(500, &json!({"errors": [format!("secret {} and code {}", seen.headers["secret"].to_str().unwrap(), seen.headers["apiintegrationcode"].to_str().unwrap())]}))
    })
    .await;
    let error = server.client().get::<Ticket>(1).await.unwrap_err();
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains(SECRET) && !shown.contains(CODE) && shown.contains("***"), "{shown}");
}

#[tokio::test]
async fn no_connection_says_where_it_stopped() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let closed = format!("http://{}", listener.local_addr().unwrap());
    let hanging = client_of(&closed).with_timeout(Duration::from_millis(50));
    let error = hanging.get::<Ticket>(1).await.unwrap_err();
    assert!(matches!(error, Error::Unreachable { cause: Cause::Timeout, .. }), "{error}");

    drop(listener);
    let error = client_of(&closed).get::<Ticket>(1).await.unwrap_err();
    assert!(matches!(error, Error::Unreachable { cause: Cause::Refused, .. }), "{error}");
    assert_eq!((error.fault(), error.is_permanent()), (Fault::Unreachable, false));

    let error = client_of("http://zone.invalid").get::<Ticket>(1).await.unwrap_err();
    assert!(matches!(error, Error::Unreachable { cause: Cause::Name, .. }), "{error}");
    assert_eq!(error.fault(), Fault::Zone);
}

#[tokio::test]
async fn credentials_that_no_header_can_carry_are_a_credential_fault() {
    let server = Server::start(|_| empty(200)).await;
    for secret in ["", "line\nbreak", "nul\0"] {
        let credentials = autotask::Credentials::new("u", &secret.into(), &CODE.into());
        let client = autotask::Client::new(crate::server::http(), server.base.parse().unwrap(), credentials);
        assert_eq!(client.get::<Ticket>(1).await.unwrap_err().fault(), Fault::Credential);
    }
    assert!(server.seen().is_empty());
}
