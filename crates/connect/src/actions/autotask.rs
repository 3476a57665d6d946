//! Writing to Autotask tickets: notes, statuses and who has them. Never twice: whoever calls looks first.

use autotask::{Client, Error, NewNote, Publish, TicketPatch};
use watchbell_core::autotask::{NoteOut, TicketFields};

/// Writes a note. A note that was written although Autotask complained counts as written.
pub async fn write_note(client: &Client, ticket_id: i64, note: &NoteOut) -> Result<(), Error> {
    let publish = Publish::from(note.publish);
    let new = NewNote { publish, note_type: note.note_type, ..NewNote::new(ticket_id, &note.title, &note.text) };
    match client.create_note(new).await {
        Ok(_) | Err(Error::Validation { item_id: Some(_), .. }) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Writes fields of a ticket, all at once. What was written although Autotask complained counts as written.
pub async fn write_fields(client: &Client, ticket_id: i64, fields: &TicketFields) -> Result<(), Error> {
    let patch = TicketPatch::new(ticket_id);
    let patch = fields.status.into_iter().fold(patch, TicketPatch::status);
    let patch = fields.assignment.into_iter().fold(patch, |patch, given| patch.assign(given.resource, given.role));
    let patch = fields.resolution.iter().fold(patch, |patch, text| patch.set("resolution", text.as_str()));
    match client.patch_ticket(patch).await {
        Ok(()) | Err(Error::Validation { item_id: Some(_), .. }) => Ok(()),
        Err(error) => Err(error),
    }
}
