//! Whether a ticket was completed by a merge: its notes say so.

use super::account::Account;
use super::health::Trouble;
use super::source::TicketSource;
use watchbell_connect::sources::autotask as rows;
use watchbell_core::alert::{Alert, Status};
use watchbell_core::autotask::{Ticket, merge_destination};

/// The number of the ticket that a completed ticket with an open alert was merged into. Errors: `Away`, since an alert must not be
/// lost in a merge; without the permission to read notes it counts as completed.
pub(super) async fn destination(
    account: &Account,
    source: &TicketSource,
    ticket: &Ticket,
    alert: Option<&Alert>,
) -> Result<Option<String>, Trouble> {
    let is_open = alert.is_some_and(|alert| alert.status != Status::Resolved);
    if !is_open || !source.rules.statuses.cells(ticket.status).resolves() {
        return Ok(None);
    }
    match account.ask(account.client.notes(ticket.id)).await {
        Ok(notes) => Ok(merge_destination(ticket, &rows::system_notes(&notes.items))),
        Err(Trouble::Refused(error)) => {
            tracing::warn!(%error, ticket = ticket.id, "notes cannot be read: a merge looks like a completion");
            Ok(None)
        }
        Err(other) => Err(other),
    }
}
