//! The events API in the OpenAPI document. Its handlers are hooks: they read bytes, need no API key, and are not made of these shapes.

use super::alerts::{ImageShape, LinkShape};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::openapi::OpenApi;
use utoipa::{OpenApi as _, ToSchema};

/// What somebody said about an alert.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EventComment)]
struct CommentShape {
    creator: String,
    content: String,
}

/// A service that an event speaks of. Read and left out: there are no services yet.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EventServiceRef)]
struct ServiceShape {
    id: Option<i64>,
    alias: Option<String>,
}

/// An event.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Event)]
#[serde(rename_all = "camelCase")]
struct EventShape {
    /// The integration key of the alert source; also taken as `apiKey`.
    integration_key: String,
    /// ALERT, ACCEPT, RESOLVE or COMMENT.
    event_type: String,
    /// Required for ALERT.
    summary: String,
    details: Option<String>,
    /// Events with the key of an open alert belong to it; also taken as `incidentKey`.
    alert_key: Option<String>,
    /// HIGH or LOW.
    priority: Option<String>,
    #[schema(minimum = 1, maximum = 5)]
    severity: Option<i32>,
    images: Option<Vec<ImageShape>>,
    links: Option<Vec<LinkShape>>,
    comments: Option<Vec<CommentShape>>,
    labels: Option<BTreeMap<String, String>>,
    services: Option<Vec<ServiceShape>>,
    #[schema(value_type = Option<Object>)]
    custom_details: Option<serde_json::Value>,
    /// Escalation policies by routing key, separated by commas: the first that is known counts.
    routing_key: Option<String>,
}

/// Nothing: an event is on disk, what follows comes later.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EventResponse)]
struct ResponseShape {}

/// Send an event, or an array of events of which all are kept or none. Needs no API key: the integration key names the alert source.
#[utoipa::path(post, path = "/events", tag = "Events", security(()), request_body = EventShape, responses((status = 202, body = ResponseShape)))]
#[expect(dead_code, reason = "stands for the hook of the same path, in the document only")]
fn send_event() {}

#[derive(utoipa::OpenApi)]
#[openapi(paths(send_event))]
struct Events;

/// The part of the document.
pub fn document() -> OpenApi {
    Events::openapi()
}
