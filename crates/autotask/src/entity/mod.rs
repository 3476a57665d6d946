//! The rows that Autotask keeps, one file per noun.

mod company;
mod configuration_item;
mod contact;
mod deleted_ticket_log;
mod resource;
mod role;
mod ticket;
mod ticket_history;
mod ticket_note;
mod user_defined_field;

pub use company::Company;
pub use configuration_item::ConfigurationItem;
pub use contact::Contact;
pub use deleted_ticket_log::DeletedTicketLog;
pub use resource::Resource;
pub use role::{ResourceRole, Role};
pub use ticket::Ticket;
pub use ticket_history::TicketHistory;
pub use ticket_note::{Publish, TicketNote};
pub use user_defined_field::UserDefinedField;

use crate::record::Fields;

/// A row with an id that lives at an endpoint of its own.
pub trait Entity: From<Fields> + Into<Fields> + Send + Sync {
    /// The segment of the path, such as `Tickets`; also the name by which requests are counted.
    const PATH: &'static str;

    /// The row's id, unique within its endpoint.
    fn id(&self) -> i64;
}

/// Names the endpoint of a record that has an `id`.
macro_rules! entity_at {
    ($name:ident, $path:literal) => {
        impl crate::entity::Entity for $name {
            const PATH: &'static str = $path;

            fn id(&self) -> i64 {
                self.id
            }
        }
    };
}
pub(crate) use entity_at;
