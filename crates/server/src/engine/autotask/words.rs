//! Verdicts in words, for the list of recent events and the timeline.

use watchbell_core::autotask::{Actor, FilterMiss, Manner, Reason, ResolveReason, SourceRules, TicketField, Verdict};

/// What became of a sight of a ticket.
pub fn say_verdict(verdict: &Verdict, rules: &SourceRules) -> String {
    match verdict {
        Verdict::Opened => "An alert opened.".into(),
        Verdict::OpenedQuietly => "A quiet alert opened, as the priority table says.".into(),
        Verdict::OpenedInSummary => "A quiet alert opened: the change is more than 30 minutes old.".into(),
        Verdict::Resolved { reason } => format!("The alert was resolved: {}.", say_resolve_reason(reason, rules)),
        Verdict::NextLevel => "The next level was called.".into(),
        Verdict::Accepted { by } => format!("The alert was accepted by {}.", name(by)),
        Verdict::ToldResponder => "The responder was told.".into(),
        Verdict::Raised => "The alert was raised to one that pages.".into(),
        Verdict::AcceptNotCounted { by } => {
            format!("The change by {} does not accept the alert: only persons' changes count.", name(by))
        }
        Verdict::LeftFilter { miss } => format!("The ticket left the filter ({}); its alert stays.", say_miss(miss)),
        Verdict::Followed => "The ticket changed; its alert follows.".into(),
        Verdict::NotPaged { reason } => format!("No alert: {}.", say_reason(reason, rules)),
        Verdict::OwnEdit => "This change is Watchbell's own.".into(),
        Verdict::Recorded => "Remembered when the source was made: a later change counts.".into(),
        Verdict::Unchanged => "Nothing that counts has changed.".into(),
        Verdict::Overtaken => "A newer state of the ticket was seen already.".into(),
    }
}

/// Why no alert opened, as the end of a sentence.
pub fn say_reason(reason: &Reason, rules: &SourceRules) -> String {
    match reason {
        Reason::Filter { miss } => format!("the filter leaves the ticket out ({})", say_miss(miss)),
        Reason::Status { status } => format!("the status {} opens none", say_status(*status, rules)),
        Reason::Priority { priority } => format!("the priority {} opens none", say_priority(*priority, rules)),
        Reason::Assigned { .. } => "the ticket is assigned".into(),
        Reason::AssignedByPerson { .. } => "a person gave the ticket to somebody".into(),
        Reason::OlderThanSource => "the ticket is older than the alert source; a later change counts".into(),
        Reason::ResolvedByPerson => {
            "a person resolved its alert, and the status has not left and come back since".into()
        }
        Reason::NoCallout => "no callout came for it, and only what the workflow rule picks opens".into(),
        Reason::WatchOnly { manner, .. } => format!("the source only watches; live, this {}", would(*manner)),
        Reason::Gone => "the ticket no longer exists".into(),
        Reason::MadeByAction => "an alert action made the ticket of another alert, which follows it".into(),
    }
}

fn would(manner: Manner) -> &'static str {
    match manner {
        Manner::Page => "would have paged",
        Manner::Quiet => "would have opened a quiet alert",
        Manner::Summary => "would have been told in a summary",
    }
}

/// Why an alert resolved, as the end of a sentence.
pub fn say_resolve_reason(reason: &ResolveReason, rules: &SourceRules) -> String {
    match reason {
        ResolveReason::Completed { status, by } => {
            format!("the ticket came to {} (by {})", say_status(*status, rules), name(by))
        }
        ResolveReason::MergedInto { number } => format!("the ticket was merged into {number}"),
        ResolveReason::Gone => "the ticket was deleted".into(),
        ResolveReason::LeftFilter { miss } => format!("the ticket left the filter ({})", say_miss(miss)),
        ResolveReason::WouldNotHaveOpened { because } => {
            format!("now that the ticket could be read, it opens none: {}", say_reason(because, rules))
        }
    }
}

/// A status as the tenant calls it.
pub(super) fn say_status(status: i64, rules: &SourceRules) -> String {
    let row = rules.statuses.rows.iter().find(|row| row.id == status);
    row.map_or_else(|| status.to_string(), |row| format!("\"{}\"", row.label))
}

fn say_priority(priority: Option<i64>, rules: &SourceRules) -> String {
    let Some(priority) = priority else { return "(none)".into() };
    let row = rules.priorities.rows.iter().find(|row| row.id == priority);
    row.map_or_else(|| priority.to_string(), |row| format!("\"{}\"", row.label))
}

/// Who it was, for a sentence.
pub(super) fn name(actor: &Actor) -> &str {
    actor.name().filter(|name| !name.is_empty()).unwrap_or("somebody in Autotask")
}

fn say_miss(miss: &FilterMiss) -> String {
    match miss {
        FilterMiss::Condition { field, found } => {
            format!("{} is {}", say_field(field), found.as_deref().unwrap_or("empty"))
        }
        FilterMiss::RecurringInstance => "instances of recurring tickets are left out".into(),
        FilterMiss::ChangeRequest => "change requests are left out".into(),
    }
}

fn say_field(field: &TicketField) -> String {
    match field {
        TicketField::Queue => "queue".into(),
        TicketField::Company => "company".into(),
        TicketField::Priority => "priority".into(),
        TicketField::Status => "status".into(),
        TicketField::IssueType => "issue type".into(),
        TicketField::SubIssueType => "sub-issue type".into(),
        TicketField::Category => "category".into(),
        TicketField::TicketType => "ticket type".into(),
        TicketField::Source => "source".into(),
        TicketField::Assigned => "assigned".into(),
        TicketField::Title => "title".into(),
        TicketField::Description => "description".into(),
        TicketField::TitleOrDescription => "title or description".into(),
        TicketField::Udf(name) => format!("the field \"{name}\""),
    }
}
