//! Writing to Autotask tickets: notes and statuses. Never twice: whoever calls looks first.

use autotask::{Client, Error, NewNote, Publish, TicketPatch};
use watchbell_core::autotask::NoteOut;

/// Writes a note. A note that was written although Autotask complained counts as written.
pub async fn write_note(client: &Client, ticket_id: i64, note: &NoteOut) -> Result<(), Error> {
    let publish = Publish::from(note.publish);
    let new = NewNote { publish, ..NewNote::new(ticket_id, &note.title, &note.text) };
    match client.create_note(new).await {
        Ok(_) | Err(Error::Validation { item_id: Some(_), .. }) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Sets the status.
pub async fn write_status(client: &Client, ticket_id: i64, status: i64) -> Result<(), Error> {
    match client.patch_ticket(TicketPatch::new(ticket_id).status(status)).await {
        Ok(()) | Err(Error::Validation { item_id: Some(_), .. }) => Ok(()),
        Err(error) => Err(error),
    }
}
