//! From path and verb to what answers.

use axum::http::Method;
use axum::response::Response;
use percent_encoding::percent_decode_str;
use serde_json::json;

use super::super::entity::Entity;
use super::super::person::Actor;
use super::super::row::text;
use super::super::world::World;
use super::call::Call;
use super::{answer, entities, metadata, paging, tickets, webhooks};

/// The calls that need no credentials.
pub fn open(world: &World, call: &Call) -> Option<Response> {
    let parts = call.parts();
    match (&call.method, parts.first()?.as_str(), parts.len()) {
        (&Method::GET, "versioninformation", 1) => Some(answer::ok(json!({"apiVersions": ["V1.0"]}))),
        (&Method::GET, "zoneinformation", 1) if call.is_versioned() => {
            Some(zone_information(world, call, call.value("user").unwrap_or_default()))
        }
        // Clients that treat the zone as an entity ask for it by id: the user's name in the path.
        (&Method::GET, "zoneinformation", 2) if call.is_versioned() => {
            let user = percent_decode_str(&parts[1]).decode_utf8_lossy();
            Some(zone_information(world, call, &user))
        }
        _ => None,
    }
}

fn zone_information(world: &World, call: &Call, user: &str) -> Response {
    let is_user = |row| text(row, "userName").is_some_and(|name| name.eq_ignore_ascii_case(user));
    if user.is_empty() || !world.tables.all(Entity::Resources).any(is_user) {
        return answer::errors(vec!["Zone information could not be determined".to_owned()]);
    }
    answer::ok(json!({"zoneName": "America East 2", "url": call.base(), "webUrl": call.root(), "ci": 414_141}))
}

/// Answers a call that was let in.
pub fn answer(world: &mut World, actor: Actor, call: &Call) -> Response {
    if !call.is_versioned() {
        return answer::not_found(&call.path);
    }
    let refusal = &world.faults.refuse_writes;
    if call.is_write() && !refusal.is_empty() && world.faults.meet(call.endpoint()) {
        return answer::errors(vec![refusal.clone()]);
    }
    let parts = call.parts();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    if world.faults.deny_reads && is_read(call, &parts) && world.faults.meet(call.endpoint()) {
        let text = "The logged in Resource does not have the adequate permissions to query this entity type.";
        return answer::errors(vec![text.to_owned()]);
    }
    match (&call.method, parts.as_slice()) {
        (&Method::GET, ["version"]) => answer::ok(
            json!({"majorVersion": 2026, "minorVersion": 4, "build": "2026.4.1.100", "customerType": "Production"}),
        ),
        (&Method::GET, ["thresholdinformation"]) => threshold_information(world),
        (_, [segment, rest @ ..]) => match Entity::find(segment) {
            Some(entity) => of_entity(world, actor, call, entity, rest),
            None => answer::not_found(&call.path),
        },
        (_, []) => answer::not_found(&call.path),
    }
}

/// Whether a call reads rows.
fn is_read(call: &Call, parts: &[&str]) -> bool {
    match parts {
        [entity, "query", ..] => Entity::find(entity).is_some(),
        [entity, id, ..] => call.method == Method::GET && Entity::find(entity).is_some() && id.parse::<i64>().is_ok(),
        _ => false,
    }
}

fn threshold_information(world: &mut World) -> Response {
    let now = world.clock.now();
    let used = world.gate.used(&world.faults, now);
    answer::ok(json!({
        "externalRequestThreshold": world.faults.hourly_max,
        "requestThresholdTimeframe": world.faults.window_s / 60,
        "currentTimeframeRequestCount": used,
    }))
}

fn of_entity(world: &mut World, actor: Actor, call: &Call, entity: Entity, rest: &[&str]) -> Response {
    if let Some(answer) = webhooks::answer(world, actor, call, entity, rest) {
        return answer;
    }
    match (&call.method, rest) {
        (&Method::GET, ["entityinformation"]) => metadata::information(entity),
        (&Method::GET, ["entityinformation", "fields"]) => metadata::fields(world, entity),
        (&Method::GET, ["entityinformation", "userdefinedfields"]) => metadata::user_defined_fields(world, entity),
        (&Method::GET | &Method::POST, ["query"]) => paging::query(world, call, entity),
        (&Method::GET | &Method::POST, ["query", "count"]) => paging::count(world, call, entity),
        (&Method::GET | &Method::POST, ["query", "next"]) => paging::next(world, call, entity),
        (_, ["query" | "entityinformation", ..]) => answer::wrong_verb(call),
        (&Method::PATCH, []) if entity == Entity::Tickets && world.faults.refuse_patch => answer::wrong_verb(call),
        (method, []) if entity.writes().contains(&method.as_str()) => entities::write(world, actor, call, entity),
        (_, []) => answer::wrong_verb(call),
        (method, [id]) => match id.parse() {
            Ok(id) if method == Method::GET => paging::read_one(world, entity, id),
            Ok(id) if method == Method::PATCH => tickets::patch_by_id(world, actor, call, entity, id),
            Ok(_) => answer::wrong_verb(call),
            Err(_) => answer::not_found(&call.path),
        },
        (_, [id, child @ ..]) => match id.parse() {
            Ok(id) => tickets::child(world, actor, call, (entity, id), child),
            Err(_) => answer::not_found(&call.path),
        },
    }
}
