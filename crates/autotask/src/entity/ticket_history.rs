//! What happened to a ticket, as Autotask itself wrote it down.

use jiff::Timestamp;

use crate::entity::entity_at;
use crate::record::record;

record! {
    /// One change of a ticket; read-only.
    pub struct TicketHistory {
        /// The row's id.
        "id" id: i64,
        "action" action: Option<String>,
        "date" date: Option<Timestamp>,
        /// In words: "X changed from A to B".
        "detail" detail: Option<String>,
        /// Who did it; 4 is Autotask itself (workflow rules).
        "resourceID" resource_id: Option<i64>,
        "ticketID" ticket_id: Option<i64>,
    }
}
entity_at!(TicketHistory, "TicketHistory");
