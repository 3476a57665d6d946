//! What hangs on a ticket's (or company's) own URL: notes, attachments, contacts.

use axum::http::Method;
use axum::response::Response;

use super::super::entity::Entity;
use super::super::person::Actor;
use super::super::row::{Row, get_folded, int, set, text};
use super::super::ticket::Edit;
use super::super::world::World;
use super::call::Call;
use super::{answer, entities, paging};

/// PATCH on a ticket's own URL: refused, unless the tenant is set to take it.
pub fn patch_by_id(world: &mut World, actor: Actor, call: &Call, entity: Entity, id: i64) -> Response {
    if entity != Entity::Tickets || !world.faults.patch_by_id {
        return answer::wrong_verb(call);
    }
    let edited = call.object().and_then(|body| entities::edit_ticket(world, actor, id, &body, Edit::Patch));
    answer::written(edited)
}

/// The children of a row.
pub fn child(world: &mut World, actor: Actor, call: &Call, parent: (Entity, i64), rest: &[&str]) -> Response {
    let (entity, id) = parent;
    let kind = match (entity, rest.first().copied()) {
        (Entity::Tickets, Some("notes")) => Entity::TicketNotes,
        (Entity::Tickets, Some("attachments")) => Entity::TicketAttachments,
        (Entity::Companies, Some("contacts")) => Entity::Contacts,
        _ => return answer::not_found(&call.path),
    };
    match (&call.method, &rest[1..]) {
        (&Method::GET, []) => list(world, parent, kind),
        (&Method::GET, [child]) => match child.parse() {
            Ok(child) => read_one(world, parent, kind, child),
            Err(_) => answer::not_found(&call.path),
        },
        (_, []) => answer::written(call.object().and_then(|body| write(world, actor, call, id, kind, &body))),
        _ => answer::wrong_verb(call),
    }
}

fn parent_field(entity: Entity) -> &'static str {
    if entity == Entity::Companies { "companyID" } else { "ticketID" }
}

fn list(world: &World, (entity, id): (Entity, i64), kind: Entity) -> Response {
    let now = world.clock.now();
    let readable = |row: &&Row| world.tables.is_readable(kind, int(row, "id").unwrap_or_default(), now);
    let rows = world.tables.all(kind).filter(|row| int(row, parent_field(entity)) == Some(id)).filter(readable);
    paging::list(world, kind, rows)
}

fn read_one(world: &World, (entity, id): (Entity, i64), kind: Entity, child: i64) -> Response {
    let row = world.tables.get(kind, child).filter(|row| int(row, parent_field(entity)) == Some(id));
    answer::item(world, kind, row)
}

fn write(world: &mut World, actor: Actor, call: &Call, id: i64, kind: Entity, body: &Row) -> Result<i64, Vec<String>> {
    match (kind, &call.method) {
        (Entity::TicketNotes, &Method::POST) => world.create_note(actor, id, body),
        (Entity::TicketNotes, &Method::PATCH | &Method::PUT) => {
            let note = entities::body_id(body)?;
            world.edit_note(actor, note, body).map(|()| note)
        }
        (Entity::Contacts, &Method::POST) => entities::create(world, actor, kind, &under(body, "companyID", id)),
        (Entity::TicketAttachments, &Method::POST) => attach(world, actor, id, body),
        _ => Err(vec![format!("The requested resource does not support http method '{}'.", call.method)]),
    }
}

/// Only what describes an attachment is kept, not its content.
fn attach(world: &mut World, actor: Actor, ticket: i64, body: &Row) -> Result<i64, Vec<String>> {
    let encoded = get_folded(body, "data").and_then(serde_json::Value::as_str).map_or(0, str::len);
    let mut body = under(body, "ticketID", ticket);
    body.retain(|name, _| !name.eq_ignore_ascii_case("parentID"));
    set(&mut body, "parentID", ticket);
    let id = entities::create(world, actor, Entity::TicketAttachments, &body)?;
    if let Some(row) = world.tables.get_mut(Entity::TicketAttachments, id) {
        set(row, "fileSize", encoded / 4 * 3);
    }
    let title = text(&body, "title").unwrap_or_default().to_owned();
    world.write_history(ticket, actor, "Attachment Added", &title);
    Ok(id)
}

fn under(body: &Row, field: &str, id: i64) -> Row {
    let mut body = body.clone();
    body.retain(|name, _| !name.eq_ignore_ascii_case(field));
    set(&mut body, field, id);
    body
}
