//! What the service says of its entities.

use axum::response::Response;
use serde_json::{Value, json};

use super::super::entity::{Entity, Field, Kind};
use super::super::picklist::PickValue;
use super::super::webhook::{Child, Watched};
use super::super::world::World;
use super::answer;

/// `{"info":..}`
pub fn information(entity: Entity) -> Response {
    let writes = |verb: &str| entity.writes().contains(&verb);
    let hung = Watched::of_child(entity);
    let creates = writes("POST")
        || hung.is_some()
        || matches!(entity, Entity::TicketNotes | Entity::Contacts | Entity::TicketAttachments);
    let updates = writes("PATCH")
        || entity == Entity::TicketNotes
        || hung.is_some_and(|(_, child)| child != Child::ExcludedResources);
    let deletes = hung.is_some() || Watched::of(entity).is_some() || entity == Entity::WebhookEventErrorLogs;
    let access = |allowed: bool| if allowed { "All" } else { "None" };
    let hooked = matches!(
        entity,
        Entity::Tickets | Entity::TicketNotes | Entity::Companies | Entity::Contacts | Entity::ConfigurationItems
    );
    answer::ok(json!({"info": {
        "name": entity.name(),
        "canCreate": creates,
        "canDelete": deletes,
        "canQuery": true,
        "canUpdate": updates,
        "userAccessForCreate": access(creates),
        "userAccessForDelete": access(deletes),
        "userAccessForQuery": access(true),
        "userAccessForUpdate": access(updates),
        "hasUserDefinedFields": entity == Entity::Tickets,
        "supportsWebhookCallouts": hooked,
    }}))
}

/// `{"fields":..}`
pub fn fields(world: &World, entity: Entity) -> Response {
    let fields: Vec<Value> = entity.fields().iter().map(|field| describe(world, entity, field)).collect();
    answer::ok(json!({ "fields": fields }))
}

/// `{"fields":..}` of the user-defined ones.
pub fn user_defined_fields(world: &World, entity: Entity) -> Response {
    let udfs = if entity == Entity::Tickets { world.udfs.as_slice() } else { &[] };
    let fields: Vec<Value> = udfs.iter().map(super::super::udf::Udf::wire).collect();
    answer::ok(json!({ "fields": fields }))
}

fn describe(world: &World, entity: Entity, field: &Field) -> Value {
    let picks = world.picklists.of(entity, field.name).map(|list| list.iter().map(PickValue::wire).collect::<Vec<_>>());
    let picks = picks.or_else(|| category_picks(world, entity, field.name));
    let picks = picks.or_else(|| watchable_picks(world, entity, field.name));
    let reference = entity.reference(field.name).filter(|_| picks.is_none());
    json!({
        "name": field.name,
        "dataType": field.kind.data_type(),
        "length": if field.kind == Kind::Text { entity.length(field.name) } else { 0 },
        "isRequired": entity.required().contains(&field.name),
        "isReadOnly": entity.is_read_only(field.name),
        "isQueryable": entity.is_queryable(field.name),
        "isReference": reference.is_some(),
        "referenceEntityType": reference.map_or("", Entity::name),
        "isPickList": picks.is_some(),
        "picklistValues": picks,
        "picklistParentValueField": if field.name == "subIssueType" { "issueType" } else { "" },
        "isSupportedWebhookField": matches!(entity, Entity::Tickets | Entity::TicketNotes) && field.name != "id",
    })
}

/// The fields that a webhook can watch: their numbers are a picklist of its children.
fn watchable_picks(world: &World, entity: Entity, field: &str) -> Option<Vec<Value>> {
    let (watched, child) = Watched::of_child(entity).filter(|(_, child)| child.key() == field)?;
    let picks = world.watchable(watched, child)?;
    Some(picks.iter().map(PickValue::wire).collect())
}

/// The categories are rows and a picklist at once.
fn category_picks(world: &World, entity: Entity, field: &str) -> Option<Vec<Value>> {
    if (entity, field) != (Entity::Tickets, "ticketCategory") {
        return None;
    }
    let pick = |(order, row): (i64, &super::super::row::Row)| {
        let value = PickValue {
            value: row["id"].as_i64().unwrap_or_default(),
            label: row["name"].as_str().unwrap_or_default().to_owned(),
            sort_order: order,
            parent: None,
            is_active: true,
            is_system: false,
            is_default: row["isGlobalDefault"] == true,
        };
        value.wire()
    };
    Some((1..).zip(world.tables.all(Entity::TicketCategories)).map(pick).collect())
}
