//! What people do at the service desk and the REST API cannot: merge, delete, bulk edit, recurring series.

use super::entity::Entity;
use super::person::Actor;
use super::picklist::Language;
use super::row::{Row, int, set, stamp, text};
use super::tables::blank;
use super::ticket::{COMPLETE, Edit, NOT_FOUND};
use super::webhook::Watched;
use super::world::World;

/// Ticket types that cannot be merged: problem and change request.
const NOT_MERGEABLE: [i64; 2] = [3, 4];
/// Instances of a series made at a time.
const INSTANCES_MAX: u32 = 1_000;

impl World {
    /// Merges a ticket into another: the source is completed, the destination keeps its status, and a system note on each
    /// carries the number of the other.
    pub fn merge_tickets(&mut self, actor: Actor, source: i64, into: i64) -> Result<(), Vec<String>> {
        let (from, to) = (self.mergeable(source)?, self.mergeable(into)?);
        if source == into {
            return Err(vec!["A ticket cannot be merged into itself.".to_owned()]);
        }
        let (title, on_source, on_destination) = match self.config.language {
            Language::En => (
                "Ticket merged",
                format!("This ticket was merged into ticket {to}."),
                format!("Ticket {from} was merged into this ticket."),
            ),
            Language::De => (
                "Ticket zusammengeführt",
                format!("Dieses Ticket wurde in das Ticket {to} übernommen."),
                format!("Das Ticket {from} wurde in dieses Ticket übernommen."),
            ),
        };
        self.write_system_note(source, title, &on_source);
        self.write_system_note(into, title, &on_destination);
        self.write_history(source, actor, "Ticket Merged", &on_source);
        self.write_history(into, actor, "Ticket Merged", &on_destination);
        let mut completed = Row::new();
        set(&mut completed, "status", COMPLETE);
        self.edit_ticket(actor, source, &completed, Edit::Patch)
    }

    /// The number of a ticket that can be merged.
    fn mergeable(&self, id: i64) -> Result<String, Vec<String>> {
        let row = self.tables.get(Entity::Tickets, id).ok_or_else(|| vec![NOT_FOUND.to_owned()])?;
        if int(row, "ticketType").is_some_and(|kind| NOT_MERGEABLE.contains(&kind)) {
            return Err(vec!["Problem and change request tickets cannot be merged.".to_owned()]);
        }
        Ok(text(row, "ticketNumber").unwrap_or_default().to_owned())
    }

    /// Deletes a ticket with its notes. No rule fires, but webhooks tell it; a row of DeletedTicketLogs remains.
    pub fn delete_ticket(&mut self, actor: Actor, id: i64) -> Result<(), Vec<String>> {
        let row = self.tables.remove(Entity::Tickets, id).ok_or_else(|| vec![NOT_FOUND.to_owned()])?;
        for entity in [Entity::TicketNotes, Entity::TicketHistory, Entity::TicketAttachments] {
            self.tables.remove_where(entity, |child| int(child, "ticketID") == Some(id));
        }
        let mut log = blank(Entity::DeletedTicketLogs);
        set(&mut log, "deletedByResourceID", actor.resource_id());
        set(&mut log, "deletedDateTime", stamp(self.clock.now()));
        set(&mut log, "ticketID", id);
        set(&mut log, "ticketNumber", text(&row, "ticketNumber"));
        set(&mut log, "ticketTitle", text(&row, "title"));
        self.tables.add(Entity::DeletedTicketLogs, log);
        self.tell_deleted(actor, Watched::Tickets, id);
        Ok(())
    }

    /// Changes the same fields of many tickets. Errors: the texts of those that could not be changed; the others are.
    pub fn bulk_edit(&mut self, actor: Actor, ids: &[i64], body: &Row) -> Result<(), Vec<String>> {
        let edit = if self.config.habits.bulk_edit_fires_rules { Edit::Patch } else { Edit::Silent };
        let mut errors = Vec::new();
        for &id in ids {
            if let Err(refused) = self.edit_ticket(actor, id, body, edit) {
                errors.extend(refused.into_iter().map(|error| format!("{id}: {error}")));
            }
        }
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }

    /// Makes the next instances of a recurring series (`T....NNN`), or of a new one. Returns the series and the tickets' ids.
    pub fn recur(
        &mut self,
        actor: Actor,
        body: &Row,
        series: Option<&str>,
        count: u32,
    ) -> Result<(String, Vec<i64>), Vec<String>> {
        let series = series.map_or_else(|| self.new_series(), str::to_owned);
        let one = |_| self.create_numbered(actor, body, Some(&series));
        let ids = (0..count.min(INSTANCES_MAX)).map(one).collect::<Result<_, _>>()?;
        Ok((series, ids))
    }
}
