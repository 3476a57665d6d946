//! The test of the connection and the search for the zone.

use autotask::{Address, Error, Fault, discover_zone};
use serde_json::json;

use crate::server::{Reply, Seen, Server, client_of, empty, html, http, json};

/// A tenant that works.
fn tenant(seen: &Seen) -> Reply {
    match seen.path.as_str() {
        "/ATServicesRest/V1.0/Version" => {
            json(200, &json!({"majorVersion": 2026, "minorVersion": 2, "build": "7", "customerType": "x"}))
        }
        "/ATServicesRest/V1.0/ThresholdInformation" => json(
            200,
            &json!({"externalRequestThreshold": 10000, "requestThresholdTimeframe": 60, "currentTimeframeRequestCount": 5000}),
        ),
        "/ATServicesRest/V1.0/Tickets/query" => json(200, &json!({"items": [{"id": 1}]})),
        _ => empty(404),
    }
}

#[tokio::test]
async fn a_good_connection_tells_release_and_limit() {
    let server = Server::start(tenant).await;
    let connection = server.client().test_connection().await.unwrap();
    assert_eq!(connection.version.unwrap().major, Some(2026));
    assert_eq!(connection.threshold.unwrap().used_percent(), 50);
    assert_eq!(server.seen().len(), 3);
}

#[tokio::test]
async fn a_bad_connection_names_the_fault() {
    let server = Server::start(|_| empty(401)).await;
    assert_eq!(server.client().test_connection().await.unwrap_err().fault(), Fault::Credential);
    assert_eq!(server.seen().len(), 1, "one try only: more would lock the user");

    let denied = || {
        json(
            500,
            &json!({"errors": ["The logged in Resource does not have the adequate permissions to query Tickets."]}),
        )
    };
    let server = Server::start(move |seen| if seen.path.ends_with("query") { denied() } else { tenant(seen) }).await;
    assert_eq!(server.client().test_connection().await.unwrap_err().fault(), Fault::Permission);

    let server = Server::start(|_| json(429, &json!({"errors": ["Request Threshold Exceeded"]}))).await;
    assert_eq!(server.client().test_connection().await.unwrap_err().fault(), Fault::Limit);
    let server = Server::start(|_| html(200)).await;
    assert_eq!(server.client().test_connection().await.unwrap_err().fault(), Fault::Outage);
    let server = Server::start(|_| empty(404)).await;
    assert_eq!(server.client().test_connection().await.unwrap_err().fault(), Fault::Zone);
    assert_eq!(client_of("http://127.0.0.1:1").test_connection().await.unwrap_err().fault(), Fault::Unreachable);
    assert_eq!(client_of("http://zone.invalid").test_connection().await.unwrap_err().fault(), Fault::Zone);
}

#[tokio::test]
async fn an_older_zone_without_version_is_fine() {
    let server = Server::start(|seen| if seen.path.ends_with("Version") { empty(404) } else { tenant(seen) }).await;
    assert_eq!(server.client().test_connection().await.unwrap().version, None);
}

#[tokio::test]
async fn the_zone_is_found_without_credentials() {
    let server = Server::start(|seen| {
        let base = seen.headers["host"].to_str().unwrap();
        json(200, &json!({"zoneName": "America East", "url": format!("http://{base}/ATServicesRest/"), "webUrl": "https://ww3.autotask.net/", "ci": 123456}))
    })
    .await;
    let directory: Address = server.base.parse().unwrap();
    let (address, zone) = discover_zone(&http(), &directory, "api+1@example.com").await.unwrap();
    assert_eq!(address, directory);
    assert_eq!((zone.zone_name.as_deref(), zone.ci), (Some("America East"), Some(123456)));
    let seen = server.seen().remove(0);
    assert_eq!(
        (seen.path.as_str(), seen.query.as_str()),
        ("/ATServicesRest/V1.0/zoneInformation", "user=api%2B1%40example.com")
    );
    assert!(!["secret", "username", "apiintegrationcode"].iter().any(|name| seen.headers.contains_key(*name)));
}

#[tokio::test]
async fn an_unknown_user_has_no_zone() {
    let server = Server::start(|_| json(500, &json!({"errors": ["Zone information could not be determined"]}))).await;
    let error = discover_zone(&http(), &server.base.parse().unwrap(), "nobody").await.unwrap_err();
    assert!(matches!(error, Error::Zone { .. }) && error.is_permanent(), "{error}");
    let server = Server::start(|_| json(200, &json!({"url": "javascript:alert(1)"}))).await;
    assert_eq!(discover_zone(&http(), &server.base.parse().unwrap(), "x").await.unwrap_err().fault(), Fault::Zone);
}
