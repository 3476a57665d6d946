//! REST webhooks: made through the API, they tell an address what changed, signed, in order, and give up after a while.

mod event;
mod queue;
mod read;
mod rows;
mod tell;

use serde::Serialize;

use super::entity::Entity;
pub use event::WebhookAction;
pub use queue::{Events, WebhookDelivery, send};

/// A webhook: what it watches, and its id; webhooks of tickets and of notes are numbered apart.
pub type HookId = (Watched, i64);

/// What webhooks watch. The service has them for companies, contacts and configuration items as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Watched {
    /// Tickets.
    Tickets,
    /// Notes of tickets.
    TicketNotes,
}

/// What hangs on a webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Child {
    /// The fields it watches or sends along.
    Fields,
    /// The user-defined ones.
    UdfFields,
    /// The people whose changes it does not tell.
    ExcludedResources,
}

impl Watched {
    /// Both.
    pub const ALL: [Watched; 2] = [Watched::Tickets, Watched::TicketNotes];

    /// The entity of its webhooks.
    pub fn hooks(self) -> Entity {
        match self {
            Watched::Tickets => Entity::TicketWebhooks,
            Watched::TicketNotes => Entity::TicketNoteWebhooks,
        }
    }

    /// The entity that is watched.
    pub fn rows(self) -> Entity {
        match self {
            Watched::Tickets => Entity::Tickets,
            Watched::TicketNotes => Entity::TicketNotes,
        }
    }

    /// The entity of a webhook's children; webhooks of notes have no user-defined fields.
    pub fn child(self, child: Child) -> Option<Entity> {
        match (self, child) {
            (Watched::Tickets, Child::Fields) => Some(Entity::TicketWebhookFields),
            (Watched::Tickets, Child::UdfFields) => Some(Entity::TicketWebhookUdfFields),
            (Watched::Tickets, Child::ExcludedResources) => Some(Entity::TicketWebhookExcludedResources),
            (Watched::TicketNotes, Child::Fields) => Some(Entity::TicketNoteWebhookFields),
            (Watched::TicketNotes, Child::UdfFields) => None,
            (Watched::TicketNotes, Child::ExcludedResources) => Some(Entity::TicketNoteWebhookExcludedResources),
        }
    }

    /// What an entity's webhooks watch, when it is one of webhooks.
    pub fn of(hooks: Entity) -> Option<Watched> {
        Watched::ALL.into_iter().find(|watched| watched.hooks() == hooks)
    }

    /// The field of the error log with a webhook's id.
    pub fn log_field(self) -> &'static str {
        match self {
            Watched::Tickets => "ticketWebhookID",
            Watched::TicketNotes => "ticketNoteWebhookID",
        }
    }

    /// Whose children an entity holds, when it is one of webhooks' children.
    pub fn of_child(entity: Entity) -> Option<(Watched, Child)> {
        let pairs = Watched::ALL.into_iter().flat_map(|watched| Child::ALL.map(|child| (watched, child)));
        pairs.into_iter().find(|(watched, child)| watched.child(*child) == Some(entity))
    }
}

impl Child {
    /// All of them.
    pub const ALL: [Child; 3] = [Child::Fields, Child::UdfFields, Child::ExcludedResources];

    /// The child of a segment of the path, in lower case.
    pub fn find(segment: &str) -> Option<Child> {
        match segment {
            "fields" => Some(Child::Fields),
            "udffields" => Some(Child::UdfFields),
            "excludedresources" => Some(Child::ExcludedResources),
            _ => None,
        }
    }

    /// The field that says what it is about.
    pub fn key(self) -> &'static str {
        match self {
            Child::Fields => "fieldID",
            Child::UdfFields => "udfFieldID",
            Child::ExcludedResources => "resourceID",
        }
    }
}

/// The name of a field in events and in the picklist of fields: `queueID` is `QueueID`.
pub fn pascal(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(chars).collect()
}
