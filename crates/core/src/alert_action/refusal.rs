//! What Autotask refuses about a ticket: which field it means, and where a person changes that.

/// How a person has it tried again.
pub const AGAIN: &str = "then press the button with its name on the alert, or Retry under Jobs.";

/// Fields of a ticket: as Autotask names them, as the form of the action names them, as the API names them.
const FIELDS: &[(&str, &str, &str)] = &[
    ("subIssueType", "Sub-issue type", "subIssueType"),
    ("issueType", "Issue type", "issueType"),
    ("queueID", "Queue", "queueId"),
    ("companyID", "Company", "companyId"),
    ("contactID", "Company", "companyId"),
    ("configurationItemID", "Company rules", "companyRules"),
    ("priority", "Priority", "priority"),
    ("ticketCategory", "Ticket category", "ticketCategory"),
    ("ticketType", "Ticket type", "ticketType"),
    ("dueDateTime", "Due in", "dueInMinutes"),
    ("billingCodeID", "Work type", "workType"),
    ("status", "Status", "status"),
    ("source", "Source", "source"),
    ("title", "Title", "titleTemplate"),
    ("description", "Description", "descriptionTemplate"),
    ("userDefinedField", "User-defined fields", "userDefinedFields"),
];

/// The field that a text of Autotask names: the one that stands first in it.
pub fn field_named_in(error: &str) -> Option<(&'static str, &'static str)> {
    let lower = error.to_lowercase();
    let place = |wire: &str| {
        lower.match_indices(&wire.to_lowercase()).map(|(at, _)| at).find(|at| is_word(&lower, *at, wire.len()))
    };
    let found = FIELDS.iter().filter_map(|(wire, form, api)| Some((place(wire)?, (*form, *api))));
    found.min_by_key(|(at, _)| *at).map(|(_, names)| names)
}

/// Whether what stands there is a word of its own: "source" is none in "Resources".
fn is_word(text: &str, at: usize, length: usize) -> bool {
    let edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
    let ends = |rest: &str| edge(rest.chars().next()) || rest.starts_with('s');
    edge(text.get(..at).and_then(|before| before.chars().next_back())) && text.get(at + length..).is_some_and(ends)
}

/// Why a ticket was refused, with the field and where to change it.
pub fn explain_refusal(error: &str, action: &str) -> String {
    match field_named_in(error) {
        Some((form, api)) => format!(
            "{error} Change \"{form}\" (API: {api}) in the alert action \"{action}\", or what the ticket category asks for in Autotask; {AGAIN}"
        ),
        None => format!("{error} Look at the alert action \"{action}\"; {AGAIN}"),
    }
}
