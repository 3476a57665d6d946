//! The texts and facts that an alert carries, made from a ticket. A broken template never stops a page: the default is used, and
//! the alert says so.

use super::people::Behind;
use super::source::TicketSource;
use std::collections::BTreeMap;
use watchbell_core::alert::Happening;
use watchbell_core::autotask::{DEFAULT_DETAILS, DEFAULT_SUMMARY, Ticket, TicketFacts};
use watchbell_core::event::{AlertKey, Content, Event, EventType};
use watchbell_core::template::{self, Rendered};
use watchbell_core::{limits, text};

/// Fields with labels: the field on the wire, and what templates call it.
const LABELLED: [(&str, &str); 8] = [
    ("status", "status"),
    ("priority", "priority"),
    ("queueID", "queue"),
    ("issueType", "issueType"),
    ("subIssueType", "subIssueType"),
    ("ticketCategory", "ticketCategory"),
    ("ticketType", "ticketType"),
    ("source", "source"),
];

/// What an alert says of its ticket.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct AlertText {
    pub(super) summary: String,
    pub(super) details: String,
    pub(super) content: Content,
}

impl AlertText {
    /// Renders the templates of a source over a ticket.
    pub(super) fn of(source: &TicketSource, ticket: &Ticket, behind: &Behind, web_url: Option<&str>) -> Self {
        let labels = labels(source, ticket);
        let facts = TicketFacts {
            ticket,
            company: behind.company.as_ref(),
            contact: behind.contact.as_ref(),
            resource: behind.assignee.as_ref(),
            labels: &labels,
            web_url,
        };
        let context = facts.template_context();
        let templates = &source.rules.templates;
        let last_resort = format!("{} [{}]", ticket.title, ticket.number);
        let summary =
            template::render_or_default(templates.summary.as_deref(), DEFAULT_SUMMARY, &last_resort, &context);
        let details = template::render_or_default(templates.details.as_deref(), DEFAULT_DETAILS, "", &context);
        let mut content = facts.content();
        content.warnings.extend(warning("summary", &summary));
        content.warnings.extend(warning("details", &details));
        let one_line = summary.text.split_whitespace().collect::<Vec<_>>().join(" ");
        Self {
            summary: text::cut(&one_line, limits::SUMMARY_CHARS_MAX),
            details: text::cut(&details.text, limits::DETAILS_CHARS_MAX),
            content: clean(content),
        }
    }

    /// The same with something to know for whoever reads it.
    pub(super) fn warned(mut self, warning: String) -> Self {
        self.content.warnings.push(warning);
        self
    }

    /// As the event that opens the alert.
    pub(super) fn to_event(&self, key: &AlertKey, priority: Option<watchbell_core::alert::Priority>) -> Event {
        Event {
            kind: EventType::Alert,
            key: Some(key.clone()),
            summary: self.summary.clone(),
            details: self.details.clone(),
            priority,
            routing_key: None,
            content: self.content.clone(),
            comments: Vec::new(),
        }
    }

    /// As news of an open alert.
    pub(super) fn to_refresh(&self) -> Happening {
        Happening::Refreshed {
            summary: self.summary.clone(),
            details: self.details.clone(),
            content: Box::new(self.content.clone()),
        }
    }
}

fn warning(which: &str, rendered: &Rendered) -> Option<String> {
    let problem = rendered.problem.as_ref()?;
    Some(format!("The {which} template of the alert source is broken, so the default was used: {problem}"))
}

fn labels(source: &TicketSource, ticket: &Ticket) -> BTreeMap<String, String> {
    let value = |field: &str| match field {
        "status" => Some(ticket.status),
        "priority" => ticket.priority,
        "queueID" => ticket.queue,
        "issueType" => ticket.issue_type,
        "subIssueType" => ticket.sub_issue_type,
        "ticketCategory" => ticket.category,
        "ticketType" => ticket.ticket_type,
        _ => ticket.source,
    };
    let label = |(field, name): &(&str, &str)| Some(((*name).to_owned(), source.lists.label(field, value(field))?));
    LABELLED.iter().filter_map(label).collect()
}

/// Texts of a tenant: without NUL, with a length.
fn clean(mut content: Content) -> Content {
    let cut = |text: &mut String| *text = text::cut(text, limits::TEXT_CHARS_MAX);
    content.customer.iter_mut().for_each(cut);
    content.priority_label.iter_mut().for_each(cut);
    content.labels.values_mut().for_each(cut);
    content.warnings.iter_mut().for_each(cut);
    if let Some(caller) = &mut content.caller {
        cut(&mut caller.name);
        caller.phone.iter_mut().for_each(cut);
        caller.email.iter_mut().for_each(cut);
    }
    if let Some(ticket) = &mut content.ticket {
        cut(&mut ticket.number);
        ticket.queue.iter_mut().for_each(cut);
        ticket.status.iter_mut().for_each(cut);
    }
    content
}
