//! What is written to Autotask: new tickets, changes of tickets, notes.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::entity::Publish;
use crate::record::Fields;
use crate::time;

/// Longest title of a note that is sent, in characters; the rest is cut.
pub const NOTE_TITLE_CHARS_MAX: usize = 250;
/// Longest text of a note that is sent, in characters; the rest is cut.
pub const NOTE_TEXT_CHARS_MAX: usize = 32_000;

/// A ticket to be created. Which more fields are needed depends on the tenant and the ticket category.
#[derive(Debug, Clone, PartialEq)]
pub struct NewTicket(Fields);

/// A change of a ticket: only the fields named are touched.
#[derive(Debug, Clone, PartialEq)]
pub struct TicketPatch {
    id: i64,
    fields: Fields,
}

/// Defines setters that new tickets and patches have in common.
macro_rules! ticket_setters {
    ($($(#[$meta:meta])* $name:ident: $type:ty => $wire:literal;)*) => {
        $(
            $(#[$meta])*
            #[must_use]
            pub fn $name(self, value: $type) -> Self {
                self.set($wire, value)
            }
        )*

        /// Assigns a resource in a role that it holds. Autotask refuses one without the other.
        #[must_use]
        pub fn assign(self, resource_id: i64, role_id: i64) -> Self {
            self.set("assignedResourceID", resource_id).set("assignedResourceRoleID", role_id)
        }

        /// When it is due.
        #[must_use]
        pub fn due(self, time: Timestamp) -> Self {
            self.set("dueDateTime", time::format(time))
        }

        /// Sets a user-defined field by its name.
        #[must_use]
        pub fn user_defined_field(mut self, name: &str, value: &str) -> Self {
            let field = json!({"name": name, "value": value});
            match self.fields_mut().get_mut("userDefinedFields") {
                Some(Value::Array(fields)) => fields.push(field),
                _ => drop(self.fields_mut().insert("userDefinedFields".to_owned(), json!([field]))),
            }
            self
        }

        /// Sets any field by its name on the wire.
        #[must_use]
        pub fn set(mut self, field: &str, value: impl Into<Value>) -> Self {
            self.fields_mut().insert(field.to_owned(), value.into());
            self
        }
    };
}

/// The setters for both.
macro_rules! common_setters {
    () => {
        ticket_setters! {
            /// A status of the picklist.
            status: i64 => "status";
            /// A priority of the picklist.
            priority: i64 => "priority";
            /// A queue of the picklist.
            queue: i64 => "queueID";
            /// The title.
            title: &str => "title";
            /// The description, plain text.
            description: &str => "description";
            /// The contact at the company.
            contact: i64 => "contactID";
            /// An issue type of the picklist.
            issue_type: i64 => "issueType";
            /// A sub-issue type of the picklist; it belongs to an issue type.
            sub_issue_type: i64 => "subIssueType";
            /// A ticket type of the picklist.
            ticket_type: i64 => "ticketType";
            /// A ticket category.
            category: i64 => "ticketCategory";
            /// A source of the picklist.
            source: i64 => "source";
            /// The configuration item (device).
            configuration_item: i64 => "configurationItemID";
            /// The work type.
            billing_code: i64 => "billingCodeID";
            /// An id of our own. A new ticket with a known one may be taken for a duplicate.
            external_id: &str => "externalID";
        }
    };
}

impl NewTicket {
    /// A ticket with what every tenant requires. Company 0 is the tenant itself.
    pub fn new(company_id: i64, title: &str, status: i64, priority: i64) -> Self {
        Self(Fields::new()).set("companyID", company_id).title(title).status(status).priority(priority)
    }

    common_setters!();

    fn fields_mut(&mut self) -> &mut Fields {
        &mut self.0
    }

    pub(crate) fn into_row(self) -> Value {
        Value::Object(self.0)
    }
}

impl TicketPatch {
    /// A change of the ticket with this id, which changes nothing yet.
    pub fn new(id: i64) -> Self {
        Self { id, fields: Fields::new() }
    }

    /// The ticket.
    pub(crate) fn id(&self) -> i64 {
        self.id
    }

    common_setters!();

    fn fields_mut(&mut self) -> &mut Fields {
        &mut self.fields
    }

    /// The row; the id goes into the body, since the URL is that of the collection.
    pub(crate) fn into_row(self) -> Value {
        let id = self.id;
        Value::Object(self.set("id", id).fields)
    }
}

/// A note to be put on a ticket.
#[derive(Debug, Clone, PartialEq)]
pub struct NewNote {
    /// The ticket.
    pub ticket_id: i64,
    /// Cut to [`NOTE_TITLE_CHARS_MAX`]; whether it is required depends on the ticket category, so it is always sent.
    pub title: String,
    /// Cut to [`NOTE_TEXT_CHARS_MAX`]; plain text, as formatting is lost.
    pub text: String,
    /// 1 is an ordinary note; other values are the tenant's.
    pub note_type: i64,
    /// Who may read it; internal by default.
    pub publish: Publish,
}

impl NewNote {
    /// An ordinary internal note.
    pub fn new(ticket_id: i64, title: &str, text: &str) -> Self {
        Self { ticket_id, title: title.to_owned(), text: text.to_owned(), note_type: 1, publish: Publish::Internal }
    }

    pub(crate) fn into_row(self) -> Value {
        json!({
            "ticketID": self.ticket_id,
            "title": self.title.chars().take(NOTE_TITLE_CHARS_MAX).collect::<String>(),
            "description": self.text.chars().take(NOTE_TEXT_CHARS_MAX).collect::<String>(),
            "noteType": self.note_type,
            "publish": i64::from(self.publish),
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn a_patch_holds_the_id_and_what_was_set() {
        let patch =
            TicketPatch::new(5).status(8).assign(29, 30).user_defined_field("A", "1").user_defined_field("B", "2");
        assert_eq!(
            patch.into_row(),
            json!({"id": 5, "status": 8, "assignedResourceID": 29, "assignedResourceRoleID": 30,
                   "userDefinedFields": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]})
        );
    }

    #[test]
    fn a_new_ticket_holds_what_is_required_and_no_nulls() {
        let ticket = NewTicket::new(0, "Disk full", 1, 4).queue(8).due("2026-01-01T08:00:00Z".parse().unwrap());
        assert_eq!(
            ticket.into_row(),
            json!({"companyID": 0, "title": "Disk full", "status": 1, "priority": 4, "queueID": 8, "dueDateTime": "2026-01-01T08:00:00.000Z"})
        );
    }

    #[test]
    fn a_note_is_cut_and_internal() {
        let row = NewNote::new(5, &"ä".repeat(300), &"b".repeat(40_000)).into_row();
        assert_eq!(row["title"].as_str().unwrap().chars().count(), NOTE_TITLE_CHARS_MAX);
        assert_eq!(row["description"].as_str().unwrap().len(), NOTE_TEXT_CHARS_MAX);
        assert_eq!((row["publish"].as_i64(), row["noteType"].as_i64()), (Some(2), Some(1)));
    }
}
