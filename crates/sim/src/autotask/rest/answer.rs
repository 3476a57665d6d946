//! Answers of the REST API, in the shapes and words of the service.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use serde_json::{Value, json};

use super::super::entity::{Entity, Kind};
use super::super::faults::Faults;
use super::super::row::Row;
use super::super::world::World;
use super::call::Call;

/// 200 with JSON.
pub fn ok(body: Value) -> Response {
    axum::Json(body).into_response()
}

/// 500 with `errors`: how the service refuses what it was asked.
pub fn errors(errors: Vec<String>) -> Response {
    (StatusCode::INTERNAL_SERVER_ERROR, axum::Json(json!({ "errors": errors }))).into_response()
}

/// `{"itemId":..}`, or the errors.
pub fn written(result: Result<i64, Vec<String>>) -> Response {
    match result {
        Ok(id) => ok(json!({ "itemId": id })),
        Err(refused) => errors(refused),
    }
}

/// `{"item":..}`; for a missing id null, or 404.
pub fn item(world: &World, entity: Entity, row: Option<&Row>) -> Response {
    match row {
        Some(row) => ok(json!({ "item": wire(world, entity, row.clone()) })),
        None if world.faults.missing_is_404 => message(StatusCode::NOT_FOUND, "The requested resource was not found."),
        None => ok(json!({ "item": null })),
    }
}

/// A row as it is sent: times with or without `Z`, and no secret key of a webhook.
pub fn wire(world: &World, entity: Entity, mut row: Row) -> Value {
    if let Some(secret) = row.get_mut("secretKey") {
        *secret = Value::Null;
    }
    if world.config.habits.times_without_z {
        for field in entity.fields().iter().filter(|field| field.kind == Kind::Time) {
            if let Some(Value::String(time)) = row.get_mut(field.name) {
                time.truncate(time.trim_end_matches('Z').len());
            }
        }
    }
    Value::Object(row)
}

/// 404 for a path that does not exist.
pub fn not_found(path: &str) -> Response {
    message(StatusCode::NOT_FOUND, &format!("No HTTP resource was found that matches the request URI '{path}'."))
}

/// 405 for a verb that the path does not have.
pub fn wrong_verb(call: &Call) -> Response {
    let text = format!("The requested resource does not support http method '{}'.", call.method);
    message(StatusCode::METHOD_NOT_ALLOWED, &text)
}

fn message(status: StatusCode, text: &str) -> Response {
    (status, axum::Json(json!({ "message": text }))).into_response()
}

/// 401 with an empty body, whatever was wrong.
pub fn unauthorized() -> Response {
    (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, "Basic Realm=\"webservices\"")]).into_response()
}

/// 429: too many threads.
pub fn thread_limit(call: &Call, faults: &Faults) -> Response {
    let text = format!(
        "Itgenatr005: Thread Threshold Exceeded. The Autotask API thread threshold of {} threads has been exceeded. Method: {} {}",
        faults.threads_max,
        call.method,
        call.endpoint()
    );
    too_many(text, faults)
}

/// 429: the tenant's limit is used up.
pub fn hourly_limit(faults: &Faults) -> Response {
    let text = format!(
        "Request Threshold Exceeded. The database's limit of {} external requests in {} minutes has been exceeded.",
        faults.hourly_max,
        faults.window_s / 60
    );
    too_many(text, faults)
}

fn too_many(text: String, faults: &Faults) -> Response {
    let mut answer = match faults.bare_429 {
        true => StatusCode::TOO_MANY_REQUESTS.into_response(),
        false => (StatusCode::TOO_MANY_REQUESTS, axum::Json(json!({ "errors": [text] }))).into_response(),
    };
    if let Some(seconds) = faults.retry_after_s {
        answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    answer
}

/// Planned maintenance: a page, with 200.
pub fn maintenance() -> Response {
    Html("<!DOCTYPE html><html><head><title>Autotask</title></head><body><h1>Scheduled maintenance</h1></body></html>")
        .into_response()
}

/// 500 without an `errors` list.
pub fn transient() -> Response {
    (StatusCode::INTERNAL_SERVER_ERROR, Html("<html><body>Server Error</body></html>")).into_response()
}
