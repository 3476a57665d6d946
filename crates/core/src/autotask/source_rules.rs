//! The settings of an Autotask source that decide what its tickets mean.

use super::filter::{Filter, guess_change_request_types};
use super::given_rules::GivenRules;
use super::picklist::PicklistValue;
use super::priority_table::PriorityTable;
use super::routing::RoutingTable;
use super::status_table::StatusTable;
use super::write_back::WriteBackRules;
use serde::{Deserialize, Serialize};

/// Seconds between two polls: least, usual, most.
pub const POLL_INTERVAL_S: (u32, u32, u32) = (30, 60, 3_600);
/// Seconds that an unread ticket waits before an alert opens without it: usual and most.
pub const UNREADABLE_AFTER_S: (u32, u32) = (60, 3_600);

/// The summary of an alert where the source has no template of its own.
pub const DEFAULT_SUMMARY: &str = "{{ company.companyName }}: {{ ticket.title }} [{{ ticket.ticketNumber }}]";
/// The details of an alert where the source has no template of its own.
pub const DEFAULT_DETAILS: &str = "{{ ticket.description }}";

/// A named set of tables.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Preset {
    /// ilert's tables, read as changes. The default over the API.
    #[default]
    LikeIlert,
    /// How providers with a night shift work. The default on the page.
    AfterHoursMsp,
}

/// "Which tickets reach us?"
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Which {
    /// Every ticket, filtered here: the poll may open.
    #[default]
    AllFilteredHere,
    /// Those my workflow rule picks: the poll only updates, resolves, and counts what it saw without a callout.
    PickedByWorkflowRule,
}

/// Whose change of a ticket accepts its alert.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AcceptCountsFor {
    /// A person's only: no workflow rule, no API user.
    #[default]
    Persons,
    /// Anyone's.
    Anyone,
}

/// What becomes of an open alert whose ticket leaves the filter.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeavingFilter {
    /// It stays, and follows its ticket.
    #[default]
    Keep,
    /// It resolves with the reason.
    Resolve,
}

/// The texts of alerts; see [`crate::template`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Templates {
    /// One line; `None`: [`DEFAULT_SUMMARY`].
    pub summary: Option<String>,
    /// More lines; `None`: [`DEFAULT_DETAILS`].
    pub details: Option<String>,
}

/// The settings of an Autotask source. Tables that are left out are the preset's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "GivenRules")]
pub struct SourceRules {
    /// What the tables were made from, and what new rows are made from.
    pub preset: Preset,
    /// Which tickets reach us.
    pub which: Which,
    /// Whether it only watches: tickets are read and decided on, but open nothing ([`super::Reason::WatchOnly`]). Alerts that are
    /// open follow their tickets.
    pub watch_only: bool,
    /// Seconds between two polls; `None`: no poll.
    pub poll_interval_s: Option<u32>,
    /// Status table.
    pub statuses: StatusTable,
    /// Priority table.
    pub priorities: PriorityTable,
    /// Which tickets may open.
    pub filter: Filter,
    /// Whose changes accept.
    pub accept_counts_for: AcceptCountsFor,
    /// What becomes of an open alert whose ticket leaves the filter.
    pub leaving_filter: LeavingFilter,
    /// Seconds that a ticket which cannot be read waits before an alert opens all the same.
    pub unreadable_after_s: u32,
    /// What is written to tickets.
    pub write_back: WriteBackRules,
    /// Which policy.
    pub routing: RoutingTable,
    /// The texts of alerts.
    pub templates: Templates,
}

impl Default for SourceRules {
    fn default() -> Self {
        Self::usual(Preset::LikeIlert)
    }
}

impl SourceRules {
    /// A preset for a tenant whose picklists could not be read yet: with what Autotask ships.
    pub fn usual(preset: Preset) -> Self {
        Self::for_tenant(preset, &usual_statuses(), &usual_priorities(), &[])
    }

    /// A preset for a tenant's picklists: statuses, priorities, ticket types.
    pub fn for_tenant(
        preset: Preset,
        statuses: &[PicklistValue],
        priorities: &[PicklistValue],
        ticket_types: &[PicklistValue],
    ) -> Self {
        let statuses = StatusTable::preset(preset, statuses);
        Self {
            preset,
            which: Which::default(),
            watch_only: false,
            poll_interval_s: Some(POLL_INTERVAL_S.1),
            write_back: WriteBackRules::for_statuses(&statuses),
            statuses,
            priorities: PriorityTable::preset(preset, priorities),
            filter: Filter { change_request_types: guess_change_request_types(ticket_types), ..Filter::default() },
            accept_counts_for: AcceptCountsFor::default(),
            leaving_filter: LeavingFilter::default(),
            unreadable_after_s: UNREADABLE_AFTER_S.0,
            routing: RoutingTable::default(),
            templates: Templates::default(),
        }
    }

    /// Takes over picklists that were read anew: new values get rows as the preset has them, what people set stays.
    pub fn adopt(&mut self, statuses: &[PicklistValue], priorities: &[PicklistValue], ticket_types: &[PicklistValue]) {
        self.statuses.adopt(self.preset, statuses);
        self.priorities.adopt(self.preset, priorities);
        if self.filter.change_request_types.is_empty() {
            self.filter.change_request_types = guess_change_request_types(ticket_types);
        }
        let fresh = WriteBackRules::for_statuses(&self.statuses);
        self.write_back.in_progress_status = self.write_back.in_progress_status.or(fresh.in_progress_status);
    }

    /// All that is wrong with the settings, each with the field it is about; empty when they can be saved.
    pub fn validate(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let (least, _, most) = POLL_INTERVAL_S;
        if self.poll_interval_s.is_some_and(|interval_s| !(least..=most).contains(&interval_s)) {
            problems.push(Problem::new("poll_interval_s", format!("must be between {least} and {most} seconds")));
        }
        if self.unreadable_after_s > UNREADABLE_AFTER_S.1 {
            problems
                .push(Problem::new("unreadable_after_s", format!("must be at most {} seconds", UNREADABLE_AFTER_S.1)));
        }
        if ![1, 2, 4].contains(&self.write_back.publish) {
            let words = "must be 1 (everybody), 2 (internal) or 4 (internal and co-managed)";
            problems.push(Problem::new("write_back.publish", words));
        }
        problems.extend(self.statuses.validate());
        problems.extend(self.priorities.validate());
        problems.extend(self.routing.validate());
        problems.extend(self.filter.validate().err().map(|error| Problem::new("filter.condition", error.to_string())));
        let texts = [("summary", self.templates.summary.as_deref()), ("details", self.templates.details.as_deref())];
        let texts = texts.map(|(name, source)| (format!("templates.{name}"), source)).into_iter();
        let notes = self.write_back.templates().map(|(name, source)| (format!("write_back.{name}"), source));
        for (field, source) in texts.chain(notes) {
            let error = source.and_then(|source| crate::template::check(source).err());
            problems.extend(error.map(|error| Problem::new(field, error.to_string())));
        }
        problems
    }
}

/// What is wrong with a setting.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {message}")]
pub struct Problem {
    /// The field, as a path of the settings' JSON (`statuses.rows[3].became`).
    pub field: String,
    /// What is wrong, in words for the person who set it.
    pub message: String,
}

impl Problem {
    /// A problem of a field.
    pub fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: field.into(), message: message.into() }
    }
}

/// The statuses that Autotask ships, for a source whose picklists could not be read yet; renewed by `adopt` once they are.
fn usual_statuses() -> Vec<PicklistValue> {
    [(1, "New"), (5, "Complete"), (7, "Waiting Customer")].map(|(id, label)| PicklistValue::new(id, label, id)).into()
}

/// The priorities that Autotask ships.
fn usual_priorities() -> Vec<PicklistValue> {
    [(4, "Critical", 1), (1, "High", 2), (2, "Medium", 3), (3, "Low", 4)]
        .map(|(id, label, order)| PicklistValue::new(id, label, order))
        .into()
}
