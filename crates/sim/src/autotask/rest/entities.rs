//! Writing rows by their collection's URL.

use axum::http::Method;
use axum::response::Response;

use super::super::coerce::read_body;
use super::super::entity::Entity;
use super::super::person::Actor;
use super::super::row::{Row, get_folded, set, stamp};
use super::super::tables::blank;
use super::super::ticket::{Edit, NOT_FOUND};
use super::super::world::World;
use super::answer;
use super::call::Call;

/// POST, PATCH and PUT of a collection. The id of PATCH and PUT is in the body.
pub fn write(world: &mut World, actor: Actor, call: &Call, entity: Entity) -> Response {
    let written = call.object().and_then(|body| match (entity, &call.method) {
        (Entity::Tickets, &Method::POST) => world.create_ticket(actor, &body),
        (_, &Method::POST) => create(world, actor, entity, &body),
        (Entity::Tickets, &Method::PUT) => edit_ticket(world, actor, body_id(&body)?, &body, Edit::Put),
        (Entity::Tickets, _) => edit_ticket(world, actor, body_id(&body)?, &body, Edit::Patch),
        (_, method) => edit(world, entity, &body, method == Method::PUT),
    });
    answer::written(written)
}

/// Changes a ticket; a null in a PATCH empties its field, or is ignored, as the tenant is set.
pub fn edit_ticket(world: &mut World, actor: Actor, id: i64, body: &Row, edit: Edit) -> Result<i64, Vec<String>> {
    let mut body = body.clone();
    if edit == Edit::Patch && !world.config.habits.patch_null_clears {
        body.retain(|_, value| !value.is_null());
    }
    world.edit_ticket(actor, id, &body, edit).map(|()| id)
}

/// The id in a body.
pub fn body_id(body: &Row) -> Result<i64, Vec<String>> {
    let id = get_folded(body, "id").and_then(|id| id.as_i64().or_else(|| id.as_str()?.trim().parse().ok()));
    id.ok_or_else(|| vec!["Missing Required Field: id.".to_owned()])
}

/// Creates a row of an entity that has no rules of its own.
pub fn create(world: &mut World, actor: Actor, entity: Entity, body: &Row) -> Result<i64, Vec<String>> {
    let mut row = blank(entity);
    row.extend(read_body(entity, body)?);
    let errors = world.check_row(entity, &row);
    if !errors.is_empty() {
        return Err(errors);
    }
    let now = world.clock.now();
    for field in ["createDate", "lastActivityDate", "attachDate", "lastModifiedDate"] {
        if row.contains_key(field) {
            set(&mut row, field, stamp(now));
        }
    }
    for field in ["createdByResourceID", "attachedByResourceID"] {
        if row.contains_key(field) {
            set(&mut row, field, actor.resource_id());
        }
    }
    let id = world.tables.add(entity, row);
    world.hide_new(entity, id, now);
    Ok(id)
}

fn edit(world: &mut World, entity: Entity, body: &Row, whole: bool) -> Result<i64, Vec<String>> {
    let id = body_id(body)?;
    let old = world.tables.get(entity, id).ok_or_else(|| vec![NOT_FOUND.to_owned()])?;
    let mut row = if whole { blank(entity) } else { old.clone() };
    if whole {
        let kept = old.iter().filter(|(name, _)| entity.is_read_only(name));
        row.extend(kept.map(|(name, value)| (name.clone(), value.clone())));
    }
    row.extend(read_body(entity, body)?);
    let errors = world.check_row(entity, &row);
    if !errors.is_empty() {
        return Err(errors);
    }
    world.tables.insert(entity, id, row);
    Ok(id)
}
