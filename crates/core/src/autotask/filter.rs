//! Which tickets may open an alert. Filters decide opening only; an open alert follows its ticket wherever it goes.

use super::label::Words;
use super::picklist::PicklistValue;
use super::ticket::Ticket;
use super::ticket_number::is_recurring_instance;
use crate::condition::{Condition, ConditionError, Found, Test};
use serde::{Deserialize, Serialize};

/// A field of a ticket that filters can look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TicketField {
    /// Picklist id.
    Queue,
    /// Company id.
    Company,
    /// Picklist id.
    Priority,
    /// Picklist id.
    Status,
    /// Picklist id.
    IssueType,
    /// Picklist id.
    SubIssueType,
    /// Ticket category id.
    Category,
    /// Picklist id.
    TicketType,
    /// Picklist id.
    Source,
    /// Whether it has a primary resource (true or false).
    Assigned,
    /// The title.
    Title,
    /// The description.
    Description,
    /// Title or description.
    TitleOrDescription,
    /// A user-defined field by name.
    Udf(String),
}

impl TicketField {
    fn look_up<'a>(&self, ticket: &'a Ticket) -> Vec<Found<'a>> {
        let number = |value: Option<i64>| value.map(Found::Number).into_iter().collect();
        match self {
            TicketField::Queue => number(ticket.queue),
            TicketField::Company => number(ticket.company),
            TicketField::Priority => number(ticket.priority),
            TicketField::Status => number(Some(ticket.status)),
            TicketField::IssueType => number(ticket.issue_type),
            TicketField::SubIssueType => number(ticket.sub_issue_type),
            TicketField::Category => number(ticket.category),
            TicketField::TicketType => number(ticket.ticket_type),
            TicketField::Source => number(ticket.source),
            TicketField::Assigned => vec![Found::Flag(ticket.assignee.is_some())],
            TicketField::Title => vec![Found::Text(&ticket.title)],
            TicketField::Description => vec![Found::Text(&ticket.description)],
            TicketField::TitleOrDescription => vec![Found::Text(&ticket.title), Found::Text(&ticket.description)],
            TicketField::Udf(name) => udf(ticket, name).map(Found::Text).into_iter().collect(),
        }
    }
}

/// User-defined fields are found by their name without case, because people retype names.
fn udf<'a>(ticket: &'a Ticket, name: &str) -> Option<&'a str> {
    let exact = ticket.udfs.get(name);
    let folded = || {
        let wanted = crate::text::fold(name);
        ticket.udfs.iter().find(|(key, _)| crate::text::fold(key) == wanted).map(|(_, value)| value)
    };
    exact.or_else(folded)?.as_deref()
}

/// Which tickets may open an alert.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Filter {
    /// What a ticket must be like; `None` is every ticket.
    pub condition: Option<Condition<TicketField>>,
    /// Whether instances of recurring tickets count; they are made at midnight in numbers.
    pub recurring_instances: bool,
    /// Whether change requests count.
    pub change_requests: bool,
    /// The ticket types that are change requests on this tenant; guessed at set-up ([`guess_change_request_types`]).
    pub change_request_types: Vec<i64>,
}

/// What kept a ticket out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "miss", rename_all = "snake_case")]
pub enum FilterMiss {
    /// One of the conditions.
    Condition {
        /// The field that it looked at.
        field: TicketField,
        /// What the field holds, shortened; `None` where it is empty.
        found: Option<String>,
    },
    /// It is an instance of a recurring ticket.
    RecurringInstance,
    /// It is a change request.
    ChangeRequest,
}

/// Characters of a field that are kept in a verdict.
const FOUND_CHARS_MAX: usize = 80;

impl Filter {
    /// Whether a ticket is let in; the error says what keeps it out.
    pub fn check(&self, ticket: &Ticket) -> Result<(), FilterMiss> {
        if !self.recurring_instances && is_recurring_instance(&ticket.number) {
            return Err(FilterMiss::RecurringInstance);
        }
        let is_change = ticket.ticket_type.is_some_and(|id| self.change_request_types.contains(&id));
        if !self.change_requests && is_change {
            return Err(FilterMiss::ChangeRequest);
        }
        let decided = self.condition.as_ref().and_then(|tree| tree.why_not(&|field| field.look_up(ticket)));
        decided.map_or(Ok(()), |test| Err(miss(test, ticket)))
    }

    /// Refuses conditions beyond their limits.
    pub fn validate(&self) -> Result<(), ConditionError> {
        self.condition.as_ref().map_or(Ok(()), Condition::validate)
    }
}

fn miss(test: &Test<TicketField>, ticket: &Ticket) -> FilterMiss {
    let found = test.field.look_up(ticket).into_iter().next().map(|found| match found {
        Found::Flag(flag) => flag.to_string(),
        Found::Number(number) => number.to_string(),
        Found::Text(text) => crate::text::cut(text, FOUND_CHARS_MAX),
    });
    FilterMiss::Condition { field: test.field.clone(), found }
}

const CHANGE_REQUEST: &str = "change request*|change|rfc|anderungsantrag*|anderungsanforderung*|anderungsanfrage*|aenderungsantrag*|\
                              aenderungsanforderung*|solicitud de cambio*|peticion de cambio*|cambio";

/// The ticket types that are change requests, by their labels (the ids differ between tenants).
pub fn guess_change_request_types(picklist: &[PicklistValue]) -> Vec<i64> {
    let is_change = |value: &&PicklistValue| Words::of(&value.label).have(CHANGE_REQUEST);
    picklist.iter().filter(is_change).map(|value| value.id).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    fn ticket() -> Ticket {
        Ticket {
            number: "T20261123.0001".into(),
            title: "Server down".into(),
            description: "No ping from SRV01".into(),
            status: 1,
            priority: Some(4),
            queue: Some(8),
            company: Some(0),
            issue_type: Some(10),
            sub_issue_type: Some(11),
            category: Some(3),
            ticket_type: Some(2),
            source: Some(6),
            udfs: [("Site".to_owned(), Some("Berlin".to_owned())), ("Rack".to_owned(), None)].into(),
            ..Ticket::default()
        }
    }

    fn check(condition: &str) -> Result<(), FilterMiss> {
        let condition = Some(serde_json::from_str(condition).unwrap());
        Filter { condition, ..Filter::default() }.check(&ticket())
    }

    #[test]
    fn every_field_can_be_looked_at() {
        for (field, value) in [
            (r#""queue""#, "8"),
            (r#""company""#, "0"),
            (r#""priority""#, "4"),
            (r#""status""#, "1"),
            (r#""issue_type""#, "10"),
            (r#""sub_issue_type""#, "11"),
            (r#""category""#, "3"),
            (r#""ticket_type""#, "2"),
            (r#""source""#, "6"),
            (r#""assigned""#, "false"),
            (r#""title""#, r#""server down""#),
            (r#""description""#, r#""no ping from srv01""#),
            (r#""title_or_description""#, r#""no ping from srv01""#),
            (r#"{"udf":"Site"}"#, r#""berlin""#),
            (r#"{"udf":"SITE"}"#, r#""berlin""#),
        ] {
            let test = |op: &str| format!(r#"{{"test":{{"field":{field},"op":"{op}","value":{value}}}}}"#);
            assert_eq!(check(&test("is")), Ok(()), "{field}");
            assert!(check(&test("is_not")).is_err(), "{field}");
        }
        assert_eq!(check(r#"{"test":{"field":{"udf":"Rack"},"op":"is_not_set"}}"#), Ok(()));
        assert_eq!(check(r#"{"test":{"field":{"udf":"Gone"},"op":"is_not_set"}}"#), Ok(()));
    }

    #[test]
    fn what_keeps_a_ticket_out_is_named() {
        let miss = check(r#"{"none":[{"test":{"field":"queue","op":"is","value":[8,9]}}]}"#).unwrap_err();
        assert_eq!(miss, FilterMiss::Condition { field: TicketField::Queue, found: Some("8".into()) });
    }

    #[test]
    fn recurring_instances_and_change_requests_are_left_out_unless_wanted() {
        let mut recurring = ticket();
        recurring.number.push_str(".001");
        let change = Ticket { ticket_type: Some(4), ..ticket() };
        let mut filter = Filter { change_request_types: vec![4], ..Filter::default() };
        assert_eq!(filter.check(&recurring), Err(FilterMiss::RecurringInstance));
        assert_eq!(filter.check(&change), Err(FilterMiss::ChangeRequest));
        assert_eq!(filter.check(&ticket()), Ok(()));
        filter.recurring_instances = true;
        filter.change_requests = true;
        assert_eq!((filter.check(&recurring), filter.check(&change)), (Ok(()), Ok(())));
    }

    #[test]
    fn change_requests_are_found_by_label() {
        let labels = [
            "Service Request",
            "Incident",
            "Problem",
            "Change Request",
            "Änderungsantrag",
            "Solicitud de cambio",
            "Alert",
        ];
        let picklist: Vec<_> = (1..).zip(labels).map(|(id, label)| PicklistValue::new(id, label, id)).collect();
        assert_eq!(guess_change_request_types(&picklist), [4, 5, 6]);
    }
}
