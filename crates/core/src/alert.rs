//! An alert: one problem, where it stands, and where its escalation stands. What a happening does to it is [`apply`], the state machine.

mod accepts;
mod apply;
mod change;
mod happening;
mod snooze;

use crate::escalation::Progress;
use crate::event::Content;
use crate::hold::Hold;
use crate::ids::{AlertId, PolicyId, SourceId, UserId};
use crate::text;
use crate::user::words;
use jiff::Timestamp;

pub(crate) use accepts::{give_to, return_to_pending};
pub use apply::apply;
pub use change::{Change, Noted, TicketNews, Update, Work, WriteBackOrder};
pub use happening::{Assignee, Happening};

words! {
    /// Where an alert stands. Resolved is final.
    Status {
        /// Nobody has it.
        Pending = "PENDING",
        /// Somebody has it: escalation stopped.
        Accepted = "ACCEPTED",
        /// Over.
        Resolved = "RESOLVED",
    }

    /// Whether an alert escalates.
    Priority {
        /// Pages: escalates level by level.
        High = "HIGH",
        /// Quiet: tells the first level only.
        Low = "LOW",
    }
}

/// Where the escalation of an alert stands. The alert row is the truth of it; jobs only wake it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Escalation {
    /// The policy.
    pub policy: PolicyId,
    /// Its version, immutable: editing a policy leaves running alerts alone.
    pub version: i64,
    /// Passes begun over the alert's whole life, from 1: a restart goes on counting.
    pub pass: i64,
    /// The pass in which the current escalation began; the next one where somebody asked for more and it has not been stepped yet.
    pub first_pass: i64,
    /// The level that runs; -1 before the first.
    pub level: i64,
    /// A person to page before the policy begins.
    pub direct: Option<UserId>,
    /// When the next step is; `None` when it is over or stopped.
    pub next_step_at: Option<Timestamp>,
    /// When it is looked at before that, or beside it: a hand-over, the end of a snooze, a time-out of an accept.
    pub wake_at: Option<Timestamp>,
}

impl Escalation {
    /// Before the first level, which starts at that time.
    pub fn begin(policy: PolicyId, version: i64, at: Timestamp) -> Self {
        let (pass, level) = (1, -1);
        Self { policy, version, pass, first_pass: pass, level, direct: None, next_step_at: Some(at), wake_at: None }
    }

    /// From the first level again, in a new pass: what was planned in an old one keeps its identity.
    pub(crate) fn restart(&mut self, at: Timestamp) {
        self.pass += 1;
        self.first_pass = self.pass;
        self.level = -1;
        self.direct = None;
        (self.next_step_at, self.wake_at) = (Some(at), None);
    }
}

/// One problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// The number that people say.
    pub id: AlertId,
    /// Who reported it.
    pub source: SourceId,
    /// Its key as the source wrote it.
    pub key: Option<String>,
    /// What later events are matched with while it is open; see [`crate::grouping`].
    pub group_key: Option<String>,
    /// One line.
    pub summary: String,
    /// More lines.
    pub details: String,
    /// Where it stands.
    pub status: Status,
    /// Whether it escalates.
    pub priority: Priority,
    /// Where its escalation stands.
    pub escalation: Escalation,
    /// What its escalation remembers.
    pub progress: Progress,
    /// Until when nobody is disturbed.
    pub snoozed_until: Option<Timestamp>,
    /// When somebody was first reached, since somebody last asked for people to be called.
    pub notified_at: Option<Timestamp>,
    /// When it was found that nobody could be reached.
    pub nobody_notified_at: Option<Timestamp>,
    /// Why nobody is paged yet, where something holds its first page back.
    pub held: Option<Hold>,
    /// When it is raised if nobody has it by then: its source's rule made it quiet for this time of the day.
    pub raise_at: Option<Timestamp>,
    /// Grows with every change; guards concurrent changes.
    pub version: i64,
    /// Events so far, exact.
    pub event_count: i64,
    /// When it opened.
    pub report_time: Timestamp,
    /// When the last event came.
    pub last_event_at: Timestamp,
    /// When it was accepted.
    pub accepted_at: Option<Timestamp>,
    /// Which user accepted it.
    pub accepted_by: Option<UserId>,
    /// When it was resolved.
    pub resolved_at: Option<Timestamp>,
    /// Whether a person resolved it (a source otherwise, or time).
    pub resolved_by_person: bool,
    /// What it carries.
    pub content: Content,
}

impl Alert {
    /// The customer and the problem, each named once.
    pub fn headline(&self) -> String {
        match &self.content.customer {
            Some(customer) if !text::names(&self.summary, customer) => format!("{customer}: {}", self.summary),
            _ => self.summary.clone(),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
