//! A ticket as the rules see it, and what is remembered of it.

use super::effect::Trigger;
use super::verdict::Verdict;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A ticket read from Autotask. All ids are Autotask's; company 0 is the tenant's own company and valid.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Ticket {
    /// The entity id.
    pub id: i64,
    /// The number that people say (`T20261123.0001`).
    pub number: String,
    /// One line.
    pub title: String,
    /// More lines.
    pub description: String,
    /// Picklist id.
    pub status: i64,
    /// Picklist id.
    pub priority: Option<i64>,
    /// Picklist id.
    pub queue: Option<i64>,
    /// The customer.
    pub company: Option<i64>,
    /// Who asked for help.
    pub contact: Option<i64>,
    /// Primary resource.
    pub assignee: Option<i64>,
    /// Resource that made it; `None` for tickets made by contacts.
    pub creator: Option<i64>,
    /// Picklist id.
    pub issue_type: Option<i64>,
    /// Picklist id.
    pub sub_issue_type: Option<i64>,
    /// Ticket category.
    pub category: Option<i64>,
    /// Picklist id (service request, incident, problem, change request, alert).
    pub ticket_type: Option<i64>,
    /// Picklist id (phone, e-mail, monitoring alert, ...).
    pub source: Option<i64>,
    /// `createDate`.
    pub created_at: Option<Timestamp>,
    /// `completedDate`.
    pub completed_at: Option<Timestamp>,
    /// `dueDateTime`.
    pub due_at: Option<Timestamp>,
    /// `firstResponseDueDateTime`.
    pub first_response_due_at: Option<Timestamp>,
    /// `lastActivityDate`: moves with notes too.
    pub last_activity_at: Option<Timestamp>,
    /// `lastTrackedModificationDateTime`: moves with every edit of a field.
    pub last_modified_at: Option<Timestamp>,
    /// `lastActivityResourceID`.
    pub last_activity_resource: Option<i64>,
    /// `completedByResourceID`.
    pub completed_by: Option<i64>,
    /// User-defined fields by name.
    pub udfs: BTreeMap<String, Option<String>>,
    /// All fields as they came, for templates.
    pub raw: serde_json::Map<String, serde_json::Value>,
}

impl Ticket {
    /// When it changed last, as well as can be told.
    pub fn changed_at(&self) -> Option<Timestamp> {
        self.last_modified_at.max(self.created_at)
    }
}

/// What is remembered per source and ticket: what was last seen, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// Picklist id.
    pub status: i64,
    /// Picklist id.
    #[serde(default)]
    pub queue: Option<i64>,
    /// Picklist id.
    #[serde(default)]
    pub priority: Option<i64>,
    /// Resource id.
    #[serde(default)]
    pub assignee: Option<i64>,
    /// The ticket's last tracked modification.
    #[serde(default)]
    pub modified_at: Option<Timestamp>,
    /// The ticket's last activity.
    #[serde(default)]
    pub activity_at: Option<Timestamp>,
    /// Whether the filter let it in.
    #[serde(default)]
    pub in_filter: bool,
    /// Whether its status has been outside the open class since its last alert opened: only then may a ticket whose alert a
    /// person resolved open another one.
    #[serde(default)]
    pub left_open_class: bool,
    /// The assignee, where a person gave it to them: nobody needs to be woken while they have it.
    #[serde(default)]
    pub taken_by: Option<i64>,
    /// The change that would have opened an alert but was seen by a poll that may not; a callout lets it act.
    #[serde(default)]
    pub awaits_callout: Option<Trigger>,
    /// What became of the last change.
    pub verdict: Verdict,
}
