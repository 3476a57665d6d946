//! The next step of an escalation: which level starts, who of it is paged, and what to say when nobody can be.

mod advance;
mod due;
mod failed;
mod level;
mod policy;
mod progress;
mod roster;
mod simulate;
mod wake;

pub use advance::{Advance, Page, advance, upcoming};
pub use failed::{LevelCount, after_failed_page};
pub use level::{Level, Target, replace_person};
pub use policy::{AfterAccept, Policy};
pub use progress::Progress;
pub use roster::{OnDuty, Resolved, Roster};
pub use simulate::{Simulated, SimulatedStep, simulate};
pub use wake::{looked_at_next, watch_at};

use crate::alert::Escalation;
use crate::ids::UserId;
use jiff::{SignedDuration, Timestamp};

/// What became of the messages of an alert so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Messages {
    /// The newest pass of which one is under way; whether it still goes out says [`goes_out`].
    pub under_way_of: Option<i64>,
    /// Whether some failed for good.
    pub some_failed: bool,
}

/// Whether pages of `pass` still go out while `running` runs of an escalation that began with `first`. Older ones are for who had
/// it before: they are cancelled when they are due, so that nobody may count on them.
pub fn goes_out(pass: i64, first: i64, running: i64) -> bool {
    pass >= first.min(running)
}

impl Messages {
    /// Whether one may still reach somebody.
    fn may_reach(self, escalation: &Escalation) -> bool {
        self.under_way_of.is_some_and(|pass| goes_out(pass, escalation.first_pass, escalation.pass))
    }
}

/// What a step has to know of an alert beside its row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outlook {
    /// What became of its messages.
    pub messages: Messages,
    /// Who was paged by the running level in its pass.
    pub paged: Vec<UserId>,
    /// When somebody last did something about it.
    pub touched_at: Option<Timestamp>,
}

impl Outlook {
    /// Where only the messages count.
    pub fn of(messages: Messages) -> Self {
        Self { messages, ..Self::default() }
    }
}

/// A time so many seconds later, as late as times go.
fn after(time: Timestamp, seconds: i64) -> Timestamp {
    time.saturating_add(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests;
