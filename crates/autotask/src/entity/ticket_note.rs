//! A note on a ticket.

use jiff::Timestamp;

use crate::entity::{UserDefinedField, entity_at};
use crate::record::record;

record! {
    /// A note on a ticket. Notes cannot be deleted through the API.
    pub struct TicketNote {
        /// The row's id.
        "id" id: i64,
        "createDateTime" create_date_time: Option<Timestamp>,
        "creatorResourceID" creator_resource_id: Option<i64>,
        "description" description: Option<String>,
        "impersonatorCreatorResourceID" impersonator_creator_resource_id: Option<i64>,
        "impersonatorUpdaterResourceID" impersonator_updater_resource_id: Option<i64>,
        "lastActivityDate" last_activity_date: Option<Timestamp>,
        /// 1 is an ordinary note, 2 a "Task Detail" (automation), 18 a client portal note.
        "noteType" note_type: Option<i64>,
        /// Who may read it: see [`Publish`].
        "publish" publish: Option<i64>,
        "ticketID" ticket_id: Option<i64>,
        "title" title: Option<String>,
        /// What the tenant added itself.
        "userDefinedFields" user_defined_fields: Vec<UserDefinedField>,
    }
}
entity_at!(TicketNote, "TicketNotes");

/// Who may read a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Publish {
    /// 1: all Autotask users; the customer reads it as well.
    AllUsers,
    /// 2: the service provider's own people.
    Internal,
    /// 4: the service provider's own people and co-managed users.
    InternalAndCoManaged,
    /// Any other value of the picklist.
    Other(i64),
}

impl From<Publish> for i64 {
    fn from(publish: Publish) -> Self {
        match publish {
            Publish::AllUsers => 1,
            Publish::Internal => 2,
            Publish::InternalAndCoManaged => 4,
            Publish::Other(value) => value,
        }
    }
}

impl From<i64> for Publish {
    fn from(value: i64) -> Self {
        match value {
            1 => Self::AllUsers,
            2 => Self::Internal,
            4 => Self::InternalAndCoManaged,
            other => Self::Other(other),
        }
    }
}
