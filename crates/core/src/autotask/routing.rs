//! Which escalation policy a ticket's alert goes to.

use super::source_rules::Problem;
use super::ticket::Ticket;
use crate::ids::PolicyId;
use serde::{Deserialize, Serialize};

/// Rows of a table.
pub const ROUTING_ROWS_MAX: usize = 500;

/// One row; what is left empty is not asked about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoutingRow {
    /// Picklist id.
    #[serde(default)]
    pub queue: Option<i64>,
    /// Company id.
    #[serde(default)]
    pub company: Option<i64>,
    /// Picklist id.
    #[serde(default)]
    pub issue_type: Option<i64>,
    /// Picklist id.
    #[serde(default)]
    pub priority: Option<i64>,
    /// Where it goes.
    pub policy: PolicyId,
}

impl RoutingRow {
    fn matches(&self, ticket: &Ticket) -> bool {
        let pairs = [
            (self.queue, ticket.queue),
            (self.company, ticket.company),
            (self.issue_type, ticket.issue_type),
            (self.priority, ticket.priority),
        ];
        pairs.iter().all(|(wanted, found)| wanted.is_none() || wanted == found)
    }

    fn asks_nothing(&self) -> bool {
        [self.queue, self.company, self.issue_type, self.priority].iter().all(Option::is_none)
    }
}

/// The routing table: the first row that matches.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RoutingTable(pub Vec<RoutingRow>);

impl RoutingTable {
    /// The policy of the first row that matches; `None`: the source's own.
    pub fn policy(&self, ticket: &Ticket) -> Option<PolicyId> {
        self.0.iter().find(|row| row.matches(ticket)).map(|row| row.policy)
    }

    /// Refuses tables that are too long, and rows that would catch everything.
    pub fn validate(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        if self.0.len() > ROUTING_ROWS_MAX {
            problems.push(Problem::new("routing", format!("at most {ROUTING_ROWS_MAX} rows are allowed")));
        }
        let empty = self.0.iter().enumerate().filter(|(_, row)| row.asks_nothing());
        problems.extend(empty.map(|(at, _)| {
            Problem::new(
                format!("routing[{at}]"),
                "needs a queue, company, issue type or priority; for all others the source's own policy is used",
            )
        }));
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_row_that_matches_decides() {
        let row = |queue, company, policy| RoutingRow {
            queue,
            company,
            issue_type: None,
            priority: None,
            policy: PolicyId(policy),
        };
        let table = RoutingTable(vec![row(Some(8), Some(0), 1), row(Some(8), None, 2), row(None, Some(5), 3)]);
        let policy = |queue, company| {
            table.policy(&Ticket { queue: Some(queue), company: Some(company), ..Ticket::default() }).map(|id| id.0)
        };
        assert_eq!(policy(8, 0), Some(1));
        assert_eq!(policy(8, 5), Some(2));
        assert_eq!(policy(9, 5), Some(3));
        assert_eq!(policy(9, 6), None);
        assert_eq!(table.validate(), []);
        assert_eq!(RoutingTable(vec![row(None, None, 1)]).validate()[0].field, "routing[0]");
        assert_eq!(RoutingTable(vec![row(Some(1), None, 1); ROUTING_ROWS_MAX]).validate(), []);
        assert_eq!(RoutingTable(vec![row(Some(1), None, 1); ROUTING_ROWS_MAX + 1]).validate()[0].field, "routing");
    }
}
