//! The ticket that an alert action makes, and how it and its alert follow each other from then on.

use super::company::CompanyRule;
use super::trigger::Trigger;
use crate::alert::Priority;
use crate::autotask::{
    NOTE_TYPE_ORDINARY, PUBLISH_INTERNAL, PicklistValue, Preset, PriorityClass, Problem, SourceRules, Which,
    WriteBackRules, guess_priority,
};
use crate::template;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The title where the action has no template of its own.
pub const DEFAULT_TITLE: &str = "{{ alert.summary }}";
/// The description where the action has no template of its own.
pub const DEFAULT_DESCRIPTION: &str = "{{ alert.details }}\n\nReported by {{ source }} at {{ alert.reported }}.";
/// Rules for the company.
pub const COMPANY_RULES_MAX: usize = 10;
/// User-defined fields.
pub const USER_FIELDS_MAX: usize = 50;
/// Latest due time, in minutes from the creation.
pub const DUE_IN_MIN_MAX: i64 = 365 * 24 * 60;
/// The status of new tickets, on every tenant.
const NEW: i64 = 1;
/// The status of completed tickets, on every tenant.
const COMPLETE: i64 = 5;

/// The ticket that an action makes. Numbers are ids of the tenant's picklists; what is `None` is left to Autotask.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TicketParams {
    /// The company where no rule finds one. 0 is the tenant's own.
    pub company: Option<i64>,
    /// Rules for the company, asked in order.
    pub company_rules: Vec<CompanyRule>,
    /// The queue.
    pub queue: i64,
    /// The priority; `None`: High or Low, as the alert's.
    pub priority: Option<i64>,
    /// The status; `None`: New.
    pub status: Option<i64>,
    /// The category.
    pub category: Option<i64>,
    /// The type.
    pub ticket_type: Option<i64>,
    /// The issue type.
    pub issue_type: Option<i64>,
    /// The sub-issue type, which belongs to the issue type.
    pub sub_issue_type: Option<i64>,
    /// The source.
    pub source: Option<i64>,
    /// The work type (billing code).
    pub work_type: Option<i64>,
    /// When it is due, in minutes from its creation.
    pub due_in_min: Option<i64>,
    /// User-defined fields by name, each a template.
    pub user_fields: BTreeMap<String, String>,
    /// A template; `None`: [`DEFAULT_TITLE`].
    pub title: Option<String>,
    /// A template; `None`: [`DEFAULT_DESCRIPTION`].
    pub description: Option<String>,
    /// Of which type the notes are.
    pub note_type: i64,
    /// Who sees them: 1 everybody, 2 internal, 4 internal and co-managed.
    pub note_publish: i64,
    /// Notes of further events of the alert, one for those of ten minutes.
    pub note_on_repeat: bool,
    /// Set the status In Progress when somebody accepts.
    pub in_progress_on_accept: bool,
    /// Assign the ticket to whoever accepts, where nobody has it.
    pub assign_on_accept: bool,
    /// Complete the ticket when the alert is resolved.
    pub complete_on_resolve: bool,
}

impl Default for TicketParams {
    fn default() -> Self {
        Self {
            company: None,
            company_rules: Vec::new(),
            queue: 0,
            priority: None,
            status: None,
            category: None,
            ticket_type: None,
            issue_type: None,
            sub_issue_type: None,
            source: None,
            work_type: None,
            due_in_min: None,
            user_fields: BTreeMap::new(),
            title: None,
            description: None,
            note_type: NOTE_TYPE_ORDINARY,
            note_publish: PUBLISH_INTERNAL,
            note_on_repeat: true,
            in_progress_on_accept: true,
            assign_on_accept: true,
            complete_on_resolve: false,
        }
    }
}

impl TicketParams {
    /// The status of a new ticket.
    pub fn status_for_new(&self) -> i64 {
        self.status.unwrap_or(NEW)
    }

    /// The priority of a ticket, by the tenant's list: the fixed one, else the one that is called High or Low there, else the
    /// list's second, or its last.
    pub fn priority_for(&self, alert: Priority, known: &[PicklistValue]) -> i64 {
        let class = match alert {
            Priority::High => PriorityClass::High,
            Priority::Low => PriorityClass::Low,
        };
        let called = known.iter().find(|value| guess_priority(&value.label) == Some(class)).map(|value| value.id);
        let placed = match alert {
            Priority::High => known.get(1).or(known.first()),
            Priority::Low => known.last(),
        };
        // 1 and 3 are High and Low as Autotask is delivered.
        let usual = if alert == Priority::High { 1 } else { 3 };
        self.priority.or(called).or(placed.map(|value| value.id)).unwrap_or(usual)
    }

    /// How a ticket of this action and its alert follow each other: tables as for providers with a night shift, with the
    /// tenant's statuses, and never an alert of its own.
    pub fn rules_for(
        &self,
        triggers: &[Trigger],
        statuses: &[PicklistValue],
        priorities: &[PicklistValue],
    ) -> SourceRules {
        let fresh = match statuses {
            [] => SourceRules::usual(Preset::AfterHoursMsp),
            _ => SourceRules::for_tenant(Preset::AfterHoursMsp, statuses, priorities, &[]),
        };
        let told = |trigger| triggers.contains(&trigger);
        let write_back = WriteBackRules {
            note_on_accept: told(Trigger::Acknowledged),
            in_progress_on_accept: self.in_progress_on_accept && told(Trigger::Acknowledged),
            assign_on_accept: self.assign_on_accept && told(Trigger::Acknowledged),
            note_on_resolve: told(Trigger::Resolved),
            note_on_comment: told(Trigger::CommentAdded),
            note_on_reassign: told(Trigger::Assigned),
            note_on_escalate: told(Trigger::Escalated),
            note_on_unanswered: told(Trigger::EscalationEnded),
            note_on_repeat: self.note_on_repeat,
            complete_on_resolve: self.complete_on_resolve,
            complete_status: COMPLETE,
            note_type: self.note_type,
            publish: self.note_publish,
            ..fresh.write_back.clone()
        };
        // The poll of such a source opens nothing.
        SourceRules { which: Which::PickedByWorkflowRule, poll_interval_s: None, write_back, ..fresh }
    }

    /// All that is wrong, each with the field as the API names it.
    pub fn validate(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        if self.company.is_none() && self.company_rules.is_empty() {
            let words = "is required, unless companyRules find one: whose ticket is it? 0 is your own company";
            problems.push(Problem::new("companyId", words));
        }
        if self.company_rules.len() > COMPANY_RULES_MAX {
            problems.push(Problem::new("companyRules", format!("at most {COMPANY_RULES_MAX}")));
        }
        if self.sub_issue_type.is_some() && self.issue_type.is_none() {
            problems.push(Problem::new("subIssueType", "belongs to an issueType: say that too"));
        }
        if ![1, 2, 4].contains(&self.note_publish) {
            let words = "must be 1 (everybody), 2 (internal) or 4 (internal and co-managed)";
            problems.push(Problem::new("notePublish", words));
        }
        if self.due_in_min.is_some_and(|minutes| !(1..=DUE_IN_MIN_MAX).contains(&minutes)) {
            problems.push(Problem::new("dueInMinutes", format!("must be 1 to {DUE_IN_MIN_MAX}")));
        }
        if self.user_fields.len() > USER_FIELDS_MAX {
            problems.push(Problem::new("userDefinedFields", format!("at most {USER_FIELDS_MAX}")));
        }
        problems.extend(self.template_problems());
        problems
    }

    fn template_problems(&self) -> Vec<Problem> {
        let texts = [("titleTemplate", self.title.clone()), ("descriptionTemplate", self.description.clone())];
        let texts = texts.into_iter().filter_map(|(field, text)| Some((field.to_owned(), text?)));
        let rules = self.company_rules.iter().enumerate();
        let rules = rules.map(|(nth, rule)| (format!("companyRules[{nth}].value"), rule.template()));
        let fields = self.user_fields.iter().map(|(name, text)| (format!("userDefinedFields.{name}"), text.clone()));
        let all = texts.chain(rules).chain(fields);
        all.filter_map(|(field, text)| Some(Problem::new(field, template::check(&text).err()?.to_string()))).collect()
    }
}
