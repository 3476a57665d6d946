//! Autotask: callouts to pointers, rows of the API to the plain types of the rules. Pure.

use autotask::{
    Callout, CalloutError, Entity as _, FieldInformation, Resource, ResourceRole, TicketHistory, TicketNote, TicketRef,
};
use std::collections::BTreeMap;
use watchbell_core::autotask::{Actor, HistoryEntry, PicklistValue, QueueRole, SystemNote, Ticket};

/// `lastActivityPersonType` of a contact.
const PERSON_IS_CONTACT: i64 = 2;
/// `licenseType` of API users, where the picklist does not say it.
const API_LICENSE: i64 = 7;

/// What a callout points to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pointer {
    /// The ticket.
    pub ticket: TicketRef,
    /// The status as the callout calls it.
    pub status_label: Option<String>,
}

impl Pointer {
    /// What its event is about: `ticket:7865`, or `number:T20191029.0002`.
    pub fn subject(&self) -> String {
        subject_of(&self.ticket)
    }
}

/// What an event about a ticket is about.
pub fn subject_of(ticket: &TicketRef) -> String {
    match ticket {
        TicketRef::Id(id) => format!("ticket:{id}"),
        TicketRef::Number(number) => format!("number:{number}"),
    }
}

/// Reads a callout in any form that Autotask may send. Errors are for the person who set it up.
pub fn parse(content_type: Option<&str>, query: Option<&str>, body: &[u8]) -> Result<Pointer, CalloutError> {
    let callout = Callout::parse(content_type, query, body)?;
    Ok(Pointer { ticket: callout.ticket, status_label: callout.status_label })
}

/// A row of Tickets as the rules see it.
pub fn to_ticket(row: &autotask::Ticket) -> Ticket {
    let text = |text: &Option<String>| text.as_deref().unwrap_or_default().replace('\0', "");
    Ticket {
        id: row.id,
        number: row.ticket_number.as_ref().map(ToString::to_string).unwrap_or_default(),
        title: text(&row.title),
        description: text(&row.description),
        // A ticket always has one; 0 is in no picklist, and what is not known opens.
        status: row.status.unwrap_or_default(),
        priority: row.priority,
        queue: row.queue_id,
        company: row.company_id,
        contact: row.contact_id,
        assignee: row.assigned_resource_id,
        creator: row.creator_resource_id,
        issue_type: row.issue_type,
        sub_issue_type: row.sub_issue_type,
        category: row.ticket_category,
        ticket_type: row.ticket_type,
        source: row.source,
        created_at: row.create_date,
        completed_at: row.completed_date,
        due_at: row.due_date_time,
        first_response_due_at: row.first_response_due_date_time,
        last_activity_at: row.last_activity_date,
        last_modified_at: row.last_tracked_modification_date_time,
        last_activity_resource: row.last_activity_resource_id,
        completed_by: row.completed_by_resource_id,
        udfs: row.user_defined_fields.iter().map(|field| (field.name.clone(), field.value.clone())).collect(),
        raw: row.clone().into(),
    }
}

/// Who touched a ticket last, before the name is looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LastTouch {
    /// Somebody who works there, or a program.
    Resource(i64),
    /// Somebody at the customer.
    Contact,
    /// Nobody could say.
    Unknown,
}

/// Who touched a ticket last.
pub fn last_touch(row: &autotask::Ticket) -> LastTouch {
    match (row.last_activity_person_type, row.last_activity_resource_id) {
        (Some(PERSON_IS_CONTACT), _) => LastTouch::Contact,
        (_, Some(id)) => LastTouch::Resource(id),
        (_, None) => LastTouch::Unknown,
    }
}

/// Whether a resource is a program's: such have no tickets. See [`to_actor`].
pub fn is_program(resource: &Resource, api_licenses: &[i64], own_user: &str) -> bool {
    matches!(to_actor(resource, api_licenses, own_user), Actor::ApiUser { .. } | Actor::System)
}

/// The roles that a resource holds for queues.
pub fn queue_roles(held: &[ResourceRole]) -> Vec<QueueRole> {
    held.iter().filter_map(|held| Some(QueueRole { queue: held.queue_id?, role: held.role_id? })).collect()
}

/// A resource as an actor. `api_licenses`: the licence types of API users on this tenant; `own_user`: our API user's name.
pub fn to_actor(resource: &Resource, api_licenses: &[i64], own_user: &str) -> Actor {
    let is_own = resource.user_name.as_deref().is_some_and(|name| name.eq_ignore_ascii_case(own_user));
    let has_api_license = resource.license_type.is_some_and(|license| match api_licenses {
        [] => license == API_LICENSE,
        known => known.contains(&license),
    });
    Actor::from_resource(resource.id(), resource.full_name(), is_own || has_api_license)
}

/// The licence types of API users, by their labels.
pub fn api_licenses(fields: &[FieldInformation]) -> Vec<i64> {
    let Some(list) = autotask::picklist_of(fields, "licenseType") else { return Vec::new() };
    let is_api = |label: &str| label.split(|c: char| !c.is_alphanumeric()).any(|word| word.eq_ignore_ascii_case("api"));
    list.values.iter().filter(|value| is_api(&value.label)).filter_map(autotask::PicklistValue::number).collect()
}

/// Every picklist of an entity, by the field's name on the wire, in the order of the screen.
pub fn picklists(fields: &[FieldInformation]) -> BTreeMap<String, Vec<PicklistValue>> {
    let lists = fields.iter().filter_map(FieldInformation::picklist);
    lists.map(|list| (list.field.clone(), values_of(&list))).collect()
}

fn values_of(list: &autotask::Picklist) -> Vec<PicklistValue> {
    let value = |value: &autotask::PicklistValue| {
        let label = watchbell_core::text::cut(&value.label, watchbell_core::limits::NAME_CHARS_MAX);
        Some(PicklistValue::new(value.number()?, label, value.sort_order.unwrap_or_default()))
    };
    let mut values: Vec<PicklistValue> = list.values.iter().filter_map(value).collect();
    values.sort_by_key(|value| (value.sort_order, value.id));
    values
}

/// The history as far as statuses are concerned.
pub fn history(entries: &[TicketHistory]) -> Vec<HistoryEntry> {
    let entry = |entry: &TicketHistory| HistoryEntry {
        resource: entry.resource_id,
        detail: entry.detail.clone().unwrap_or_default(),
    };
    entries.iter().map(entry).collect()
}

/// Notes as far as merges are concerned.
pub fn system_notes(notes: &[TicketNote]) -> Vec<SystemNote> {
    let note = |note: &TicketNote| SystemNote {
        creator: note.creator_resource_id,
        title: note.title.clone().unwrap_or_default(),
        text: note.description.clone().unwrap_or_default(),
        created_at: note.create_date_time,
    };
    notes.iter().map(note).collect()
}

#[cfg(test)]
#[path = "autotask_tests.rs"]
mod tests;
