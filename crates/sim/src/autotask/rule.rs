//! Workflow rules: when they fire, and what they do.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::person::By;
use super::query::{self, Test};
use super::row::Row;

/// What happened to a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Event {
    /// It was created.
    Created,
    /// A field was changed.
    Edited,
    /// A note was added.
    NoteAdded,
}

/// An event of a rule: what happened, and by whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct On {
    /// What happened.
    pub event: Event,
    /// By whom.
    pub by: By,
}

/// A condition on a field of the ticket.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Condition {
    /// The field, or the user-defined field.
    pub field: String,
    /// `changed`, `changedTo`, `changedFrom`, or an operator of queries.
    pub op: String,
    /// What it is compared with.
    #[serde(default)]
    pub value: Value,
    /// Whether the field is user-defined.
    #[serde(default)]
    pub udf: bool,
}

/// A workflow rule of tickets.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Rule {
    /// Its number.
    #[serde(default)]
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Whether it fires.
    #[serde(default = "active")]
    pub active: bool,
    /// The events; one of them is enough.
    pub on: Vec<On>,
    /// The conditions; all must hold.
    #[serde(default)]
    pub conditions: Vec<Condition>,
    /// The fields that it sets, as resource 4.
    #[serde(default)]
    pub updates: Row,
    /// The extension callouts that it executes.
    #[serde(default)]
    pub callouts: Vec<i64>,
    /// How long it waits, in milliseconds, besides the delay of all rules.
    #[serde(default)]
    pub delay_ms: u64,
}

fn active() -> bool {
    true
}

impl Rule {
    /// Whether it fires on an event, by a kind of person, that turned the ticket from `before` (none: created) into `after`.
    pub fn fires(&self, event: Event, by: By, before: Option<&Row>, after: &Row) -> bool {
        let hears = |on: &On| on.event == event && (on.by == By::Anyone || on.by == by);
        self.active && self.on.iter().any(hears) && self.conditions.iter().all(|c| c.holds(before, after))
    }
}

impl Condition {
    fn holds(&self, before: Option<&Row>, after: &Row) -> bool {
        let is = |row: &Row, op: &str| self.test(op).is_ok_and(|test| test.holds(row));
        let was = |op: &str| before.is_some_and(|row| is(row, op));
        match self.op.to_ascii_lowercase().as_str() {
            "changed" => before.is_some_and(|row| self.read(row) != self.read(after)),
            "changedto" => is(after, "eq") && !was("eq"),
            "changedfrom" => was("eq") && !is(after, "eq"),
            op => is(after, op),
        }
    }

    fn test(&self, op: &str) -> Result<Test, String> {
        query::compile_test(super::entity::Entity::Tickets, op, &self.field, self.udf, &self.value)
    }

    fn read<'a>(&self, row: &'a Row) -> Option<&'a Value> {
        if self.udf {
            let fields = row.get("userDefinedFields")?.as_array()?;
            return fields
                .iter()
                .find(|field| field["name"].as_str() == Some(&self.field))
                .map(|field| &field["value"]);
        }
        super::row::get_folded(row, &self.field)
    }
}
