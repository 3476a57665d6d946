//! A policy: levels in order, how often, and what follows an accept.

use super::Level;
use crate::ids::PolicyId;
use serde::{Deserialize, Serialize};

/// What follows an accept after which nothing happens. Each is off where it is 0.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AfterAccept {
    /// An alert that is not resolved so many seconds after the accept returns to pending and pages again.
    pub timeout_s: i64,
    /// Where nobody did anything about it for so many seconds after the accept, the responder is asked.
    pub ask_after_s: i64,
    /// So many seconds after the question without an answer it returns to pending and pages again.
    pub page_after_s: i64,
}

impl AfterAccept {
    /// An accept counts until somebody says otherwise.
    pub const OFF: Self = Self { timeout_s: 0, ask_after_s: 0, page_after_s: 0 };
}

/// One version of a policy; immutable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Which.
    pub id: PolicyId,
    /// Which version.
    pub version: i64,
    /// In order.
    pub levels: Vec<Level>,
    /// How many times through the levels, 1 to 9.
    pub passes: i64,
    /// Seconds before the first page.
    pub delay_s: i64,
    /// What follows an accept.
    pub after_accept: AfterAccept,
}

impl Policy {
    /// The level of this number, from 0.
    pub fn level(&self, number: i64) -> Option<&Level> {
        usize::try_from(number).ok().and_then(|number| self.levels.get(number))
    }
}
