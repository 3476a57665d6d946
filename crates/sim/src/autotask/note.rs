//! Notes of tickets.

use serde_json::Value;

use super::coerce::read_body;
use super::entity::Entity;
use super::person::{Actor, Person};
use super::row::{Row, set, stamp};
use super::rule::Event;
use super::tables::blank;
use super::ticket::NOT_FOUND;
use super::webhook::Watched;
use super::world::World;

/// The type of notes that a contact writes in the portal.
const CLIENT_PORTAL_NOTE: i64 = 18;
/// The type of notes that the system writes.
const SYSTEM_NOTE: i64 = 13;
/// Visible to all, customers as well.
const PUBLISH_ALL: i64 = 1;

impl World {
    /// Adds a note. Errors: the texts of the service.
    pub fn create_note(&mut self, actor: Actor, ticket: i64, body: &Row) -> Result<i64, Vec<String>> {
        let id = self.add_note(actor, ticket, body)?;
        let before = self.tables.get(Entity::Tickets, ticket).cloned();
        self.fire(Event::NoteAdded, actor, ticket, before.as_ref(), 0);
        Ok(id)
    }

    fn add_note(&mut self, actor: Actor, ticket: i64, body: &Row) -> Result<i64, Vec<String>> {
        let now = stamp(self.clock.now());
        let mut row = blank(Entity::TicketNotes);
        row.extend(read_body(Entity::TicketNotes, body)?);
        set(&mut row, "ticketID", ticket);
        let errors = self.check_row(Entity::TicketNotes, &row);
        if !errors.is_empty() {
            return Err(errors);
        }
        set(&mut row, "createDateTime", now.clone());
        set(&mut row, "lastActivityDate", now.clone());
        set(&mut row, "creatorResourceID", actor.resource_id());
        set(&mut row, "impersonatorCreatorResourceID", actor.impersonator);
        if let Person::Contact(contact) = actor.person {
            set(&mut row, "createdByContactID", contact);
        }
        let visible = row.get("publish") == Some(&Value::from(PUBLISH_ALL));
        let id = self.tables.add(Entity::TicketNotes, row);
        self.hide_new(Entity::TicketNotes, id, self.clock.now());
        self.tell_created(actor, Watched::TicketNotes, id);
        self.touch_ticket(actor, ticket, &now, visible);
        Ok(id)
    }

    /// A note is activity of its ticket, but no tracked modification.
    fn touch_ticket(&mut self, actor: Actor, ticket: i64, now: &str, visible: bool) {
        let Some(before) = self.tables.get(Entity::Tickets, ticket).cloned() else { return };
        let mut row = before.clone();
        set(&mut row, "lastActivityDate", now);
        set(&mut row, "lastActivityResourceID", actor.resource_id());
        set(&mut row, "lastActivityPersonType", actor.person_type());
        if visible {
            set(&mut row, "lastCustomerVisibleActivityDateTime", now);
        }
        self.tables.insert(Entity::Tickets, ticket, row);
        self.tell_edited(actor, Watched::Tickets, ticket, &before);
    }

    /// Changes a note. Errors: the texts of the service.
    pub fn edit_note(&mut self, actor: Actor, id: i64, body: &Row) -> Result<(), Vec<String>> {
        let before = self.tables.get(Entity::TicketNotes, id).cloned().ok_or_else(|| vec![NOT_FOUND.to_owned()])?;
        let (mut row, ticket) = (before.clone(), before.get("ticketID").cloned());
        row.extend(read_body(Entity::TicketNotes, body)?);
        set(&mut row, "ticketID", ticket.unwrap_or(Value::Null));
        let errors = self.check_row(Entity::TicketNotes, &row);
        if !errors.is_empty() {
            return Err(errors);
        }
        set(&mut row, "lastActivityDate", stamp(self.clock.now()));
        set(&mut row, "impersonatorUpdaterResourceID", actor.impersonator);
        self.tables.insert(Entity::TicketNotes, id, row);
        self.tell_edited(actor, Watched::TicketNotes, id, &before);
        Ok(())
    }

    /// Adds a note as a person writes it on a page: contacts write portal notes, technicians internal or visible ones.
    pub fn write_note(
        &mut self,
        actor: Actor,
        ticket: i64,
        title: &str,
        text: &str,
        internal: bool,
    ) -> Result<i64, Vec<String>> {
        let by_contact = matches!(actor.person, Person::Contact(_));
        let mut body = Row::new();
        set(&mut body, "title", title);
        set(&mut body, "description", text);
        set(&mut body, "noteType", if by_contact { CLIENT_PORTAL_NOTE } else { 1 });
        set(&mut body, "publish", if internal && !by_contact { 2 } else { PUBLISH_ALL });
        self.create_note(actor, ticket, &body)
    }

    /// Adds a note of the system. No rule hears of it.
    pub fn write_system_note(&mut self, ticket: i64, title: &str, text: &str) {
        let mut body = Row::new();
        set(&mut body, "title", title);
        set(&mut body, "description", text);
        set(&mut body, "noteType", SYSTEM_NOTE);
        set(&mut body, "publish", PUBLISH_ALL);
        if let Err(errors) = self.add_note(Actor::robot(), ticket, &body) {
            tracing::warn!(?errors, "a system note was refused");
        }
    }
}
