//! Webhooks, what hangs on them, and the log of events that were given up.

use axum::http::Method;
use axum::response::Response;

use super::super::entity::Entity;
use super::super::person::Actor;
use super::super::ticket::NOT_FOUND;
use super::super::webhook::{Child, Watched};
use super::super::world::World;
use super::call::Call;
use super::{answer, entities, paging};

/// Answers what webhooks have and other entities have not.
pub fn answer(world: &mut World, actor: Actor, call: &Call, entity: Entity, rest: &[&str]) -> Option<Response> {
    match (Watched::of(entity), &call.method, rest) {
        (Some(watched), &Method::POST | &Method::PATCH | &Method::PUT, []) => Some(write(world, actor, call, watched)),
        (Some(watched), &Method::DELETE, [id]) => {
            let id = id.parse().ok()?;
            Some(answer::written(world.delete_webhook(watched, id).map(|()| id)))
        }
        (Some(watched), _, [id, segment, rest @ ..]) => {
            let entity = Child::find(segment).and_then(|child| Some((child, watched.child(child)?)))?;
            Some(children(world, call, (watched, id.parse().ok()?), entity, rest))
        }
        (None, &Method::DELETE, [id]) if entity == Entity::WebhookEventErrorLogs => {
            let id = id.parse().ok()?;
            let removed = world.tables.remove(entity, id).map(|_| id);
            Some(answer::written(removed.ok_or_else(|| vec![NOT_FOUND.to_owned()])))
        }
        _ => None,
    }
}

fn write(world: &mut World, actor: Actor, call: &Call, watched: Watched) -> Response {
    answer::written(call.object().and_then(|body| {
        if call.method == Method::POST {
            return world.create_webhook(actor, watched, &body);
        }
        let id = entities::body_id(&body)?;
        world.edit_webhook(watched, id, &body, call.method == Method::PUT).map(|()| id)
    }))
}

fn children(
    world: &mut World,
    call: &Call,
    (watched, webhook): (Watched, i64),
    (child, entity): (Child, Entity),
    rest: &[&str],
) -> Response {
    match (&call.method, rest) {
        (&Method::GET, []) => paging::list(world, entity, world.webhook_children(watched, webhook, child)),
        (&Method::POST, []) => {
            let body = call.object();
            answer::written(body.and_then(|body| world.put_webhook_child((watched, webhook), child, None, &body)))
        }
        (&Method::PATCH | &Method::PUT, []) if child != Child::ExcludedResources => {
            answer::written(call.object().and_then(|body| {
                let id = entities::body_id(&body)?;
                world.put_webhook_child((watched, webhook), child, Some(id), &body)
            }))
        }
        (&Method::GET | &Method::DELETE, [id]) => match id.parse() {
            Ok(id) if call.method == Method::GET => {
                answer::item(world, entity, world.webhook_child(entity, webhook, id))
            }
            Ok(id) => answer::written(world.delete_webhook_child((watched, webhook), child, id).map(|()| id)),
            Err(_) => answer::not_found(&call.path),
        },
        _ => answer::wrong_verb(call),
    }
}
