//! The answer: who is on call, because of what.

use super::Span;
use crate::ids::{OverrideId, TemporaryScheduleId, UserId};

/// Who is on call at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Duty {
    /// This person.
    User(UserId),
    /// Nobody, on purpose: somebody watches by other means, so nobody is paged, and that is no gap.
    Attended,
    /// Nobody: a gap.
    Nobody,
}

impl Duty {
    /// The person, where there is one.
    pub fn user(self) -> Option<UserId> {
        match self {
            Duty::User(user) => Some(user),
            Duty::Attended | Duty::Nobody => None,
        }
    }
}

/// What says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Because {
    /// A layer of the plan, counted from 0 at the top, and its turn, counted from 0 at its start.
    Layer {
        /// Which.
        layer: usize,
        /// Which turn.
        turn: i64,
    },
    /// A shift entered by hand, by its place.
    Static {
        /// Which.
        shift: usize,
    },
    /// A temporary schedule.
    Temporary(TemporaryScheduleId),
    /// An override.
    Override(OverrideId),
    /// Nothing covers it.
    Gap,
}

/// A span in which the answer is the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shift {
    /// When.
    pub span: Span,
    /// Who.
    pub duty: Duty,
    /// Because of what.
    pub because: Because,
}
