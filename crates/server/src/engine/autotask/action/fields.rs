//! The fields of a new ticket.

use super::super::tenant::TenantLists;
use super::company::Found;
use autotask::NewTicket;
use jiff::{SignedDuration, Timestamp};
use watchbell_core::alert::Priority;
use watchbell_core::alert_action::{ActionFacts, TicketParams, description, title};
use watchbell_core::limits::TEXT_CHARS_MAX;
use watchbell_core::{template, text};

/// A ticket to be made, and what is wrong with the words of its action.
pub(super) struct Filled {
    pub(super) ticket: NewTicket,
    pub(super) problems: Vec<String>,
}

/// The ticket of an alert.
pub(super) fn of_alert(
    params: &TicketParams,
    facts: &ActionFacts<'_>,
    found: &Found,
    (mark, lists): (&str, &TenantLists),
    now: Timestamp,
) -> Filled {
    let context = facts.template_context();
    let (title, description) = (title(params, facts, &context), description(params, facts, &context));
    let mut problems: Vec<String> = Vec::new();
    let wrong = |what: &str, problem: Option<template::TemplateError>| {
        problem.map(|problem| format!("the template of the {what}, so Watchbell's words were used: {problem}"))
    };
    problems.extend(wrong("title", title.problem));
    problems.extend(wrong("description", description.problem));
    let new = base(params, (found.company.id, &title.text), (facts.alert.priority, mark), lists, now);
    let new = new.description(&description.text);
    let mut new = found.device.into_iter().fold(new, NewTicket::configuration_item);
    for (name, source) in &params.user_fields {
        match template::render(source, &context) {
            Ok(value) if value.is_empty() => {}
            Ok(value) => new = new.user_defined_field(name, &text::cut(&value, TEXT_CHARS_MAX)),
            Err(problem) => problems.push(format!("the user-defined field \"{name}\", which was left out: {problem}")),
        }
    }
    Filled { ticket: new, problems }
}

/// What every ticket of an action has.
pub(super) fn base(
    params: &TicketParams,
    (company, title): (i64, &str),
    (priority, mark): (Priority, &str),
    lists: &TenantLists,
    now: Timestamp,
) -> NewTicket {
    let priority = params.priority_for(priority, lists.of("priority"));
    let new = NewTicket::new(company, title, params.status_for_new(), priority).queue(params.queue).external_id(mark);
    let new = params.category.into_iter().fold(new, NewTicket::category);
    let new = params.ticket_type.into_iter().fold(new, NewTicket::ticket_type);
    let new = params.issue_type.into_iter().fold(new, NewTicket::issue_type);
    let new = params.sub_issue_type.into_iter().fold(new, NewTicket::sub_issue_type);
    let new = params.source.into_iter().fold(new, NewTicket::source);
    let new = params.work_type.into_iter().fold(new, NewTicket::billing_code);
    let due = params.due_in_min.and_then(|minutes| now.saturating_add(SignedDuration::from_mins(minutes)).ok());
    due.into_iter().fold(new, NewTicket::due)
}
