//! Writing to Autotask tickets: notes, statuses and who has them. Never twice: whoever calls looks first.

use autotask::{Client, Error, NewNote, Publish, TicketPatch};
use watchbell_core::autotask::{Assignment, NoteOut};

/// Writes a note. A note that was written although Autotask complained counts as written.
pub async fn write_note(client: &Client, ticket_id: i64, note: &NoteOut) -> Result<(), Error> {
    let publish = Publish::from(note.publish);
    let new = NewNote { publish, ..NewNote::new(ticket_id, &note.title, &note.text) };
    match client.create_note(new).await {
        Ok(_) | Err(Error::Validation { item_id: Some(_), .. }) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Sets the status, gives the ticket to somebody, or both at once.
pub async fn write_fields(
    client: &Client,
    ticket_id: i64,
    (status, assignment): (Option<i64>, Option<Assignment>),
) -> Result<(), Error> {
    let patch = TicketPatch::new(ticket_id);
    let patch = status.into_iter().fold(patch, TicketPatch::status);
    let patch = assignment.into_iter().fold(patch, |patch, given| patch.assign(given.resource, given.role));
    match client.patch_ticket(patch).await {
        Ok(()) | Err(Error::Validation { item_id: Some(_), .. }) => Ok(()),
        Err(error) => Err(error),
    }
}
