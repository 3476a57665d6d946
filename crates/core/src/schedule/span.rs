//! A half-open span of time.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// From an instant until just before another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Span {
    /// The first instant.
    pub from: Timestamp,
    /// The first instant after it.
    pub until: Timestamp,
}

impl Span {
    /// A span; empty unless `from` comes before `until`.
    pub const fn new(from: Timestamp, until: Timestamp) -> Self {
        Self { from, until }
    }

    /// Whether it holds no instant.
    pub fn is_empty(&self) -> bool {
        self.from >= self.until
    }

    /// Whether an instant lies in it.
    pub fn holds(&self, at: Timestamp) -> bool {
        self.from <= at && at < self.until
    }

    /// What both hold; `None` where they share no instant.
    pub fn overlap(&self, other: &Span) -> Option<Span> {
        let both = Span::new(self.from.max(other.from), self.until.min(other.until));
        (!both.is_empty()).then_some(both)
    }
}
