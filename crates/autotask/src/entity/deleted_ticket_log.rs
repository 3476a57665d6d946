//! What is left of a ticket that somebody deleted. No callout is sent for a deletion.

use jiff::Timestamp;

use crate::entity::entity_at;
use crate::record::record;
use crate::ticket_number::TicketNumber;

record! {
    /// A deleted ticket. Newer than the vendor's Swagger document: the names of the fields are those of client libraries.
    pub struct DeletedTicketLog {
        /// The row's id.
        "id" id: i64,
        "deletedByResourceID" deleted_by_resource_id: Option<i64>,
        "deletedDateTime" deleted_date_time: Option<Timestamp>,
        "ticketID" ticket_id: Option<i64>,
        "ticketNumber" ticket_number: Option<TicketNumber>,
        "ticketTitle" ticket_title: Option<String>,
    }
}
entity_at!(DeletedTicketLog, "DeletedTicketLogs");
