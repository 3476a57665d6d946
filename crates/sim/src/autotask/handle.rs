//! What tests and the demo do to a stand-in: act as people, and look at what came of it.

use jiff::SignedDuration;
use serde_json::Value;

use super::callout::Callout;
use super::delivery::Delivery;
use super::entity::Entity;
use super::faults::Faults;
use super::person::Actor;
use super::row::{Row, int, set};
use super::rule::Rule;
use super::seed;
use super::server::Autotask;
use super::ticket::Edit;
use super::webhook::WebhookDelivery;
use super::world::{Seen, World};
use crate::clock::Clock;

/// Autotask refused: its texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused(pub Vec<String>);

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.join("; "))
    }
}

impl std::error::Error for Refused {}

/// A ticket to be created, and by whom.
#[derive(Clone, Debug)]
pub struct TicketIn {
    /// By whom.
    pub by: Actor,
    /// Its fields, as on the wire.
    pub fields: Row,
}

impl TicketIn {
    /// A new ticket of the bakery, medium priority, in the queue of level I, by Anna.
    pub fn new(title: &str) -> Self {
        let mut fields = Row::new();
        set(&mut fields, "title", title);
        set(&mut fields, "companyID", seed::BAKERY);
        set(&mut fields, "status", 1);
        set(&mut fields, "priority", 2);
        set(&mut fields, "queueID", 29_682_833);
        Self { by: Actor::resource(seed::ANNA), fields }
    }

    /// By somebody else.
    #[must_use]
    pub fn by(mut self, actor: Actor) -> Self {
        self.by = actor;
        self
    }

    /// With another field.
    #[must_use]
    pub fn with(mut self, field: &str, value: impl Into<Value>) -> Self {
        set(&mut self.fields, field, value);
        self
    }
}

impl Autotask {
    /// Adds an active extension callout to an address, and a rule "created or edited by anyone" that executes it at once.
    pub fn callout_to(&self, url: &str) -> i64 {
        self.with(|world| world.callout_to(url))
    }

    /// Adds a callout (id 0), or replaces the one with its id.
    pub fn put_callout(&self, callout: Callout) -> i64 {
        self.with(|world| world.put_callout(callout))
    }

    /// Adds a rule (id 0), or replaces the one with its id.
    pub fn put_rule(&self, rule: Rule) -> i64 {
        self.with(|world| world.put_rule(rule))
    }

    /// Takes all rules away.
    pub fn clear_rules(&self) {
        self.with(|world| world.rules.clear());
    }

    /// Creates a ticket. Returns its id.
    pub fn create_ticket(&self, ticket: TicketIn) -> Result<i64, Refused> {
        self.with(|world| world.create_ticket(ticket.by, &ticket.fields)).map_err(Refused)
    }

    /// Changes fields of a ticket, given as a JSON object.
    pub fn edit(&self, actor: Actor, id: i64, fields: Value) -> Result<(), Refused> {
        let fields = object(fields)?;
        self.with(|world| world.edit_ticket(actor, id, &fields, Edit::Patch)).map_err(Refused)
    }

    /// Adds a note: of a contact, visible to all; of a technician, internal.
    pub fn note(&self, actor: Actor, id: i64, title: &str, text: &str) -> Result<i64, Refused> {
        self.with(|world| world.write_note(actor, id, title, text, true)).map_err(Refused)
    }

    /// Merges a ticket into another.
    pub fn merge(&self, actor: Actor, source: i64, into: i64) -> Result<(), Refused> {
        self.with(|world| world.merge_tickets(actor, source, into)).map_err(Refused)
    }

    /// Deletes a ticket.
    pub fn delete(&self, actor: Actor, id: i64) -> Result<(), Refused> {
        self.with(|world| world.delete_ticket(actor, id)).map_err(Refused)
    }

    /// Changes the same fields of many tickets.
    pub fn bulk_edit(&self, actor: Actor, ids: &[i64], fields: Value) -> Result<(), Refused> {
        let fields = object(fields)?;
        self.with(|world| world.bulk_edit(actor, ids, &fields)).map_err(Refused)
    }

    /// Makes the next instances of a recurring series, or of a new one. Returns the series and the ids.
    pub fn recur(&self, ticket: TicketIn, series: Option<&str>, count: u32) -> Result<(String, Vec<i64>), Refused> {
        self.with(|world| world.recur(ticket.by, &ticket.fields, series, count)).map_err(Refused)
    }

    /// A ticket.
    pub fn ticket(&self, id: i64) -> Option<Row> {
        self.with(|world| world.tables.get(Entity::Tickets, id).cloned())
    }

    /// All tickets.
    pub fn tickets(&self) -> Vec<Row> {
        self.with(|world| world.tables.all(Entity::Tickets).cloned().collect())
    }

    /// The notes of a ticket, the oldest first.
    pub fn notes(&self, id: i64) -> Vec<Row> {
        self.children(Entity::TicketNotes, id)
    }

    /// The history of a ticket, the oldest first.
    pub fn history(&self, id: i64) -> Vec<Row> {
        self.children(Entity::TicketHistory, id)
    }

    /// Changes the fault knobs.
    pub fn faults(&self, change: impl FnOnce(&mut Faults)) {
        self.with(|world| change(&mut world.faults));
    }

    /// Turns all faults off, forgets the used-up calls, and unlocks the API user.
    pub fn heal(&self) {
        self.with(|world| {
            world.faults = Faults::default();
            world.gate.reset();
        });
    }

    /// The callouts that were sent, the oldest first.
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.with(|world| world.deliveries.iter().cloned().collect())
    }

    /// The webhooks that were made, without their secrets; with `entityType`, the names of their `subscribedFields` and
    /// `displayAlwaysFields`, and their `excludedResources`.
    pub fn webhooks(&self) -> Vec<Row> {
        self.with(|world| world.webhooks_shown())
    }

    /// What webhooks sent, also what they could not deliver, the oldest first.
    pub fn webhook_deliveries(&self) -> Vec<WebhookDelivery> {
        self.with(|world| world.events.deliveries.iter().cloned().collect())
    }

    /// Switches all webhooks off, as the service does to those of a deactivated user.
    pub fn deactivate_webhooks(&self) {
        self.with(World::deactivate_webhooks);
    }

    /// The REST calls that were answered, the oldest first.
    pub fn requests(&self) -> Vec<Seen> {
        self.with(|world| world.requests.iter().cloned().collect())
    }

    /// Gives a value of a ticket's picklist another label, or adds it.
    pub fn rename(&self, field: &str, value: i64, label: &str) -> bool {
        self.with(|world| world.picklists.rename(field, value, label))
    }

    /// Moves its clock.
    pub fn advance(&self, by: SignedDuration) {
        self.clock().advance(by);
    }

    /// Its clock; clones share the offset.
    pub fn clock(&self) -> Clock {
        self.with(|world| world.clock.clone())
    }

    /// What a person needs to point a client at it, as (name, value).
    pub fn describe(&self) -> Vec<(&'static str, String)> {
        let url = self.url();
        self.with(|world| world.config.describe(&url))
    }

    /// Does anything at all with the tenant.
    pub fn with<T>(&self, act: impl FnOnce(&mut World) -> T) -> T {
        self.shared.with(act)
    }

    fn children(&self, entity: Entity, ticket: i64) -> Vec<Row> {
        self.with(|world| {
            world.tables.all(entity).filter(|row| int(row, "ticketID") == Some(ticket)).cloned().collect()
        })
    }
}

fn object(fields: Value) -> Result<Row, Refused> {
    match fields {
        Value::Object(fields) => Ok(fields),
        _ => Err(Refused(vec!["fields are a JSON object".to_owned()])),
    }
}
