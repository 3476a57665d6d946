//! What the escalation of an alert remembers beside where it stands. Only the rules read it, so it is kept as one piece.

use crate::ids::UserId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What an escalation remembers; begun anew with each accept time-out, reassignment and the like.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Progress {
    /// How many of the running level have to accept; 0 and 1 are the same.
    #[serde(skip_serializing_if = "is_zero")]
    pub accepts_needed: i64,
    /// Who accepted it since it was last pending without anybody.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub accepted_by: Vec<UserId>,
    /// The place, among the targets of the running level, of the one whose turn it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub turn: Option<i64>,
    /// Whether every level so far was one that is not paged by rule.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub by_rule: bool,
    /// Whether its escalation has come to its end, and nothing follows by itself.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub ended: bool,
    /// Whether its ticket was told that nobody has accepted.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub told_unanswered: bool,
    /// When the fallback contacts were last told that nobody was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fallback_told_at: Option<Timestamp>,
    /// From when the time-outs of an accept count, where that is not the accept itself: it was snoozed until then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counts_from: Option<Timestamp>,
    /// When the ticket was last ordered to be read, to see whether anything is done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub looked_at: Option<Timestamp>,
    /// When the responder was asked whether anything is done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asked_at: Option<Timestamp>,
    /// Whether something was done about it after it was accepted.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub touched: bool,
    /// Whom the alert was given to, until the policy starts: the end of a snooze pages them, not the first level.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given_to: Option<UserId>,
    /// Whether the end of the snooze pages.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub pages_on_wake: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks by reference")]
fn is_zero(count: &i64) -> bool {
    *count == 0
}

impl Progress {
    /// Whether one more person has to accept than these.
    pub(crate) fn needs_more(&self) -> bool {
        i64::try_from(self.accepted_by.len()).unwrap_or(i64::MAX) < self.accepts_needed.max(1)
    }
}
