//! Fields of a ticket in forms: their words, the picklists behind them, and values as people type them.

use crate::engine::autotask::TenantLists;
use watchbell_core::autotask::TicketField;
use watchbell_core::condition::Scalar;
use watchbell_core::text::fold;

/// Fields in the order of the form: what people read, and the picklist on the wire.
pub(super) const FIELDS: [(TicketField, &str, Option<&str>); 13] = [
    (TicketField::Queue, "Queue", Some("queueID")),
    (TicketField::Company, "Company (id)", None),
    (TicketField::Priority, "Priority", Some("priority")),
    (TicketField::Status, "Status", Some("status")),
    (TicketField::IssueType, "Issue type", Some("issueType")),
    (TicketField::SubIssueType, "Sub-issue type", Some("subIssueType")),
    (TicketField::Category, "Ticket category", Some("ticketCategory")),
    (TicketField::TicketType, "Ticket type", Some("ticketType")),
    (TicketField::Source, "Source", Some("source")),
    (TicketField::Assigned, "Assigned (yes or no)", None),
    (TicketField::Title, "Title", None),
    (TicketField::Description, "Description", None),
    (TicketField::TitleOrDescription, "Title or description", None),
];

/// Fields that routing looks at.
pub(super) const ROUTE_FIELDS: [(TicketField, &str); 4] = [
    (TicketField::Queue, "Queue"),
    (TicketField::Company, "Company (id)"),
    (TicketField::IssueType, "Issue type"),
    (TicketField::Priority, "Priority"),
];

/// The word of a field in forms: its name, or `udf:` and the name of an own field.
pub(super) fn field_word(field: &TicketField) -> String {
    match field {
        TicketField::Udf(name) => format!("udf:{name}"),
        known => super::choices::word(known),
    }
}

/// The field of a word.
pub(super) fn parse_field(word: &str) -> Option<TicketField> {
    match word.strip_prefix("udf:") {
        Some(name) if !name.trim().is_empty() => Some(TicketField::Udf(name.to_owned())),
        Some(_) => None,
        None => super::choices::parse_word(word),
    }
}

fn known(field: &TicketField) -> Option<&'static (TicketField, &'static str, Option<&'static str>)> {
    FIELDS.iter().find(|(known, ..)| known == field)
}

/// Whether a field holds an id, so that only equality means something.
pub(super) fn is_id(field: &TicketField) -> bool {
    *field == TicketField::Company || known(field).is_some_and(|(_, _, list)| list.is_some())
}

/// A value as somebody typed it. Errors: in words for the row.
pub(super) fn parse_value(lists: &TenantLists, field: &TicketField, text: &str) -> Result<Scalar, String> {
    let name = known(field).map_or("field", |(_, name, _)| *name);
    match (field, known(field).and_then(|(_, _, list)| *list)) {
        (_, Some(list)) => {
            let values = lists.of(list);
            let by_label = values.iter().find(|value| fold(&value.label) == fold(text)).map(|value| value.id);
            let id = by_label.or_else(|| text.parse().ok());
            id.map(Scalar::Number).ok_or_else(|| format!("Autotask has no {} called {text:?}.", name.to_lowercase()))
        }
        (TicketField::Company, None) => {
            let id = text.parse().map(Scalar::Number);
            id.map_err(|_| format!("Write the company's id, a number, not {text:?}. It stands in the address of the company's page in Autotask."))
        }
        (TicketField::Assigned, None) => match fold(text).as_str() {
            "yes" | "true" | "1" => Ok(Scalar::Flag(true)),
            "no" | "false" | "0" => Ok(Scalar::Flag(false)),
            _ => Err("Write yes or no.".into()),
        },
        _ => Ok(Scalar::Text(text.to_owned())),
    }
}

/// A value as people read it.
pub(super) fn show_value(lists: &TenantLists, field: &TicketField, value: &Scalar) -> String {
    match value {
        Scalar::Flag(true) => "yes".into(),
        Scalar::Flag(false) => "no".into(),
        Scalar::Text(text) => text.clone(),
        Scalar::Number(id) => {
            let list = known(field).and_then(|(_, _, list)| *list);
            list.and_then(|list| lists.label(list, Some(*id))).unwrap_or_else(|| id.to_string())
        }
    }
}

/// The texts of a field that holds several, separated by semicolons.
pub(super) fn split(text: &str) -> impl Iterator<Item = &str> {
    text.split(';').map(str::trim).filter(|value| !value.is_empty())
}
