//! Creating and changing tickets, with everything that the service fills in by itself.

use jiff::Timestamp;
use serde_json::Value;

use super::coerce::read_body;
use super::entity::Entity;
use super::person::Actor;
use super::row::{Row, get_folded, int, is_unset, set, stamp, text};
use super::rule::Event;
use super::tables::blank;
use super::udf;
use super::webhook::Watched;
use super::world::World;

/// The status of a new ticket.
pub const NEW: i64 = 1;
/// The status that ends a ticket.
pub const COMPLETE: i64 = 5;
/// The status that stops the clock of an agreement.
pub const WAITING_CUSTOMER: i64 = 7;

/// The text for an id that does not exist.
pub const NOT_FOUND: &str = "No matching records found. The logged in Resource may not have the required permissions.";

/// Edits of these are activity; others move `lastTrackedModificationDateTime` alone, which is why pollers use that.
const ACTIVITY: &[&str] = &["status", "assignedResourceID", "title", "description", "resolution"];

/// The fields of an edit that the service made itself: not told in the history.
const FILLED: &[&str] = &[
    "completedDate",
    "completedByResourceID",
    "resolvedDateTime",
    "firstResponseDateTime",
    "lastActivityDate",
    "lastActivityPersonType",
    "lastActivityResourceID",
    "lastTrackedModificationDateTime",
];

/// How an edit came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edit {
    /// The given fields.
    Patch,
    /// The whole ticket: what is not given is emptied.
    Put,
    /// The given fields, and the workflow rules hear nothing of it.
    Silent,
}

impl World {
    /// Creates a ticket. Errors: the texts of the service.
    pub fn create_ticket(&mut self, actor: Actor, body: &Row) -> Result<i64, Vec<String>> {
        self.create_numbered(actor, body, None)
    }

    /// Creates a ticket; in a recurring series, as its next instance.
    pub fn create_numbered(&mut self, actor: Actor, body: &Row, series: Option<&str>) -> Result<i64, Vec<String>> {
        let now = self.clock.now();
        let row = self.new_ticket(actor, body, now)?;
        let number = match series {
            Some(series) => self.next_instance(series),
            None => self.next_ticket_number(now),
        };
        let id = self.tables.add(Entity::Tickets, row);
        if let Some(row) = self.tables.get_mut(Entity::Tickets, id) {
            set(row, "ticketNumber", number.clone());
        }
        self.hide_new(Entity::Tickets, id, now);
        self.write_history(id, actor, "Ticket Created", &format!("Ticket {number} created"));
        self.tell_created(actor, Watched::Tickets, id);
        self.fire(Event::Created, actor, id, None, 0);
        Ok(id)
    }

    fn new_ticket(&self, actor: Actor, body: &Row, now: Timestamp) -> Result<Row, Vec<String>> {
        let given = read_body(Entity::Tickets, body)?;
        let mut row = blank(Entity::Tickets);
        set(&mut row, "userDefinedFields", udf::merge(&self.udfs, None, body)?);
        set(&mut row, "ticketType", 1);
        set(&mut row, "ticketCategory", super::seed::STANDARD_CATEGORY);
        row.extend(given.into_iter().filter(|(_, value)| !value.is_null()));
        self.fill_by_category(&mut row);
        self.check_ticket(&row, body)?;
        for field in ["createDate", "lastActivityDate", "lastTrackedModificationDateTime"] {
            set(&mut row, field, stamp(now));
        }
        set(&mut row, "creatorResourceID", actor.resource_id());
        set(&mut row, "creatorType", actor.person_type());
        set(&mut row, "impersonatorCreatorResourceID", actor.impersonator);
        set_activity(&mut row, actor);
        fill_by_status(&mut row, actor, NEW, now);
        Ok(row)
    }

    /// Changes a ticket. Errors: the texts of the service.
    pub fn edit_ticket(&mut self, actor: Actor, id: i64, body: &Row, edit: Edit) -> Result<(), Vec<String>> {
        match edit {
            Edit::Patch => self.change_ticket(actor, id, body, 0),
            Edit::Silent => self.change_ticket(actor, id, body, u8::MAX),
            Edit::Put => self.change_ticket(actor, id, &whole(body), 0),
        }
    }

    /// Changes fields of a ticket; `depth` rules led to it. An edit that changes nothing leaves no trace.
    pub fn change_ticket(&mut self, actor: Actor, id: i64, body: &Row, depth: u8) -> Result<(), Vec<String>> {
        let before = self.tables.get(Entity::Tickets, id).cloned().ok_or_else(|| vec![NOT_FOUND.to_owned()])?;
        let now = self.clock.now();
        let mut after = before.clone();
        after.extend(read_body(Entity::Tickets, body)?);
        set(&mut after, "userDefinedFields", udf::merge(&self.udfs, before.get("userDefinedFields"), body)?);
        let changed = changed_fields(&before, &after);
        if changed.is_empty() {
            return Ok(());
        }
        self.check_ticket(&after, body)?;
        set(&mut after, "lastTrackedModificationDateTime", stamp(now));
        if changed.iter().any(|field| ACTIVITY.contains(&field.as_str())) {
            set(&mut after, "lastActivityDate", stamp(now));
        }
        set_activity(&mut after, actor);
        fill_by_status(&mut after, actor, int(&before, "status").unwrap_or(NEW), now);
        for field in changed.iter().filter(|field| !FILLED.contains(&field.as_str())) {
            let detail = self.describe_change(field, &before, &after);
            self.write_history(id, actor, "Ticket Edited", &detail);
        }
        self.tables.insert(Entity::Tickets, id, after);
        self.tell_edited(actor, Watched::Tickets, id, &before);
        self.fire(Event::Edited, actor, id, Some(&before), depth);
        Ok(())
    }

    /// `TYYYYMMDD.NNNN`: the tenant's date, and a sequence per day.
    fn next_ticket_number(&mut self, now: Timestamp) -> String {
        let day = now.to_zoned(self.zone.clone()).strftime("T%Y%m%d").to_string();
        let next = self.numbers.entry(day.clone()).or_default();
        *next += 1;
        format!("{day}.{next:04}")
    }

    /// The number of a new recurring series.
    pub fn new_series(&mut self) -> String {
        self.next_ticket_number(self.clock.now())
    }

    fn next_instance(&mut self, series: &str) -> String {
        let next = self.numbers.entry(series.to_owned()).or_default();
        *next += 1;
        format!("{series}.{next:03}")
    }

    /// Hides a new row from readers for as long as the replication is said to take.
    pub fn hide_new(&mut self, entity: Entity, id: i64, now: Timestamp) {
        if self.faults.read_after_create_ms > 0 {
            let wait = jiff::SignedDuration::from_millis(i64::try_from(self.faults.read_after_create_ms).unwrap_or(0));
            self.tables.hide_until(entity, id, now.saturating_add(wait).unwrap_or(now));
        }
    }

    fn describe_change(&self, field: &str, before: &Row, after: &Row) -> String {
        let shown = |row: &Row| match (row.get(field).unwrap_or(&Value::Null), int(row, field)) {
            (Value::Null, _) => "(none)".to_owned(),
            (_, Some(number)) => self.picklists.label(Entity::Tickets, field, number),
            (Value::String(text), _) => text.chars().take(200).collect(),
            (other, _) => other.to_string(),
        };
        format!("{field} changed from {} to {}", shown(before), shown(after))
    }

    /// Adds a row to the history of a ticket.
    pub fn write_history(&mut self, ticket: i64, actor: Actor, action: &str, detail: &str) {
        let mut row = blank(Entity::TicketHistory);
        set(&mut row, "action", action);
        set(&mut row, "date", stamp(self.clock.now()));
        set(&mut row, "detail", detail);
        set(&mut row, "resourceID", actor.resource_id());
        set(&mut row, "ticketID", ticket);
        self.tables.add(Entity::TicketHistory, row);
    }
}

/// Every field that can be written, null where the body has none.
fn whole(body: &Row) -> Row {
    let writable = Entity::Tickets.fields().iter().filter(|field| !Entity::Tickets.is_read_only(field.name));
    let value = |name: &str| get_folded(body, name).cloned().unwrap_or(Value::Null);
    let mut whole: Row = writable.map(|field| (field.name.to_owned(), value(field.name))).collect();
    if let Some(udfs) = get_folded(body, "userDefinedFields") {
        set(&mut whole, "userDefinedFields", udfs.clone());
    }
    whole
}

fn changed_fields(before: &Row, after: &Row) -> Vec<String> {
    after.iter().filter(|(name, value)| before.get(*name) != Some(value)).map(|(name, _)| name.clone()).collect()
}

fn set_activity(row: &mut Row, actor: Actor) {
    set(row, "lastActivityResourceID", actor.resource_id());
    set(row, "lastActivityPersonType", actor.person_type());
}

/// Completion fills its fields, reopening empties them; leaving New answers the customer (Waiting Customer does not).
fn fill_by_status(row: &mut Row, actor: Actor, before: i64, now: Timestamp) {
    let status = int(row, "status").unwrap_or(NEW);
    if status == COMPLETE && text(row, "completedDate").is_none() {
        set(row, "completedDate", stamp(now));
        set(row, "completedByResourceID", actor.resource_id());
        set(row, "resolvedDateTime", stamp(now));
    }
    if status != COMPLETE && before == COMPLETE {
        for field in ["completedDate", "completedByResourceID", "resolvedDateTime"] {
            set(row, field, Value::Null);
        }
    }
    if !matches!(status, NEW | WAITING_CUSTOMER) && is_unset(row, "firstResponseDateTime") {
        set(row, "firstResponseDateTime", stamp(now));
    }
}
