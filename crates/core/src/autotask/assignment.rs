//! Who has a ticket once somebody accepted its alert, and as what.

use super::alert_happening::{AlertHappening, Happened};
use super::status_table::StatusTable;
use super::ticket::Ticket;
use super::write_back::WriteBackRules;
use serde::{Deserialize, Serialize};

/// A resource of Autotask, and a role that it holds: one is refused without the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignment {
    /// Who.
    pub resource: i64,
    /// As what.
    pub role: i64,
}

/// A role that a resource holds for a queue of the service desk. Those of departments take no tickets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueRole {
    /// The queue.
    pub queue: i64,
    /// The role.
    pub role: i64,
}

/// Whether whoever accepted is to have the ticket: where nobody has it, and it is not over.
pub fn wants_assignment(
    rules: &WriteBackRules,
    statuses: &StatusTable,
    ticket: &Ticket,
    happening: &AlertHappening,
) -> bool {
    let is_accepted = happening.what == Happened::Accepted && !happening.through_ticket;
    let is_free = ticket.assignee.is_none() && !statuses.cells(ticket.status).resolves();
    rules.assign_on_accept && is_accepted && is_free
}

/// As what somebody has a ticket of this queue: as what they work in that queue, else their usual role at the service desk where
/// they hold it, else any. `None`: they hold none.
pub fn choose_role(held: &[QueueRole], usual: Option<i64>, queue: Option<i64>) -> Option<i64> {
    let in_queue: Vec<QueueRole> = held.iter().filter(|held| Some(held.queue) == queue).copied().collect();
    let of = if in_queue.is_empty() { held } else { &in_queue };
    of.iter().find(|held| Some(held.role) == usual).or(of.first()).map(|held| held.role)
}
