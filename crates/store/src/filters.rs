//! What a list of alerts is narrowed to. The statements are constants: each part of a filter that is not asked for lets everything
//! through by its own condition.

use crate::value::Value;
use jiff::Timestamp;
use watchbell_core::alert::Status;
use watchbell_core::ids::{OrgId, PolicyId, SourceId, UserId};

/// Which alerts are asked for; an empty list means any.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AlertFilter {
    /// Where they stand.
    pub states: Vec<Status>,
    /// Who reported them.
    pub sources: Vec<SourceId>,
    /// Who is paged for them.
    pub policies: Vec<PolicyId>,
    /// Who has them, was added to them or given them, or is being paged for them now.
    pub responders: Vec<UserId>,
    /// Opened at or after this.
    pub from: Option<Timestamp>,
    /// Opened before this.
    pub until: Option<Timestamp>,
}

impl AlertFilter {
    /// Whether resolved alerts are left out: the open ones have an index of their own, and are few.
    pub fn is_open_only(&self) -> bool {
        !self.states.is_empty() && !self.states.contains(&Status::Resolved)
    }

    /// The arguments of the conditions below, from `$1`.
    pub(crate) fn args(&self, org: OrgId) -> Vec<Value> {
        let states = if self.states.is_empty() { Status::ALL } else { &self.states };
        let states: Vec<String> = states.iter().map(|state| state.as_str().to_owned()).collect();
        let (from, until) = (self.from.unwrap_or(Timestamp::MIN), self.until.unwrap_or(Timestamp::MAX));
        let sources: Vec<i64> = self.sources.iter().map(|id| id.0).collect();
        let policies: Vec<i64> = self.policies.iter().map(|id| id.0).collect();
        let responders: Vec<i64> = self.responders.iter().map(|id| id.0).collect();
        crate::args![org, from, until, states, sources, policies, responders]
    }
}

/// The conditions of [`AlertFilter::args`] on `alert`, in SQLite's words.
macro_rules! conditions_sqlite {
    () => {
        "alert.org_id = $1 AND alert.report_time >= $2 AND alert.report_time < $3 AND alert.status IN (SELECT value FROM json_each($4))
            AND (json_array_length($5) = 0 OR alert.source_id IN (SELECT value FROM json_each($5)))
            AND (json_array_length($6) = 0 OR alert.policy_id IN (SELECT value FROM json_each($6)))
            AND (json_array_length($7) = 0
                OR EXISTS (SELECT 1 FROM alert_responder r WHERE r.org_id = alert.org_id AND r.alert_id = alert.id AND r.user_id IN (SELECT value FROM json_each($7)))
                OR (alert.status = 'PENDING' AND EXISTS (SELECT 1 FROM notification n WHERE n.org_id = alert.org_id AND n.alert_id = alert.id AND n.purpose = 'PAGE'
                    AND n.pass = alert.pass AND n.level = alert.level AND n.user_id IN (SELECT value FROM json_each($7))
                    AND n.state IN ('PLANNED', 'SENDING', 'SENT', 'DELIVERED', 'SUPPRESSED'))))"
    };
}
pub(crate) use conditions_sqlite;

/// The same for PostgreSQL.
macro_rules! conditions_postgres {
    () => {
        "alert.org_id = $1 AND alert.report_time >= $2 AND alert.report_time < $3 AND alert.status = ANY($4::text[])
            AND (cardinality($5::bigint[]) = 0 OR alert.source_id = ANY($5::bigint[]))
            AND (cardinality($6::bigint[]) = 0 OR alert.policy_id = ANY($6::bigint[]))
            AND (cardinality($7::bigint[]) = 0
                OR EXISTS (SELECT 1 FROM alert_responder r WHERE r.org_id = alert.org_id AND r.alert_id = alert.id AND r.user_id = ANY($7::bigint[]))
                OR (alert.status = 'PENDING' AND EXISTS (SELECT 1 FROM notification n WHERE n.org_id = alert.org_id AND n.alert_id = alert.id AND n.purpose = 'PAGE'
                    AND n.pass = alert.pass AND n.level = alert.level AND n.user_id = ANY($7::bigint[])
                    AND n.state IN ('PLANNED', 'SENDING', 'SENT', 'DELIVERED', 'SUPPRESSED'))))"
    };
}
pub(crate) use conditions_postgres;
