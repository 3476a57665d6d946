//! What the poll of a source has to remember between two runs.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use watchbell_store::sources::Source;

/// Where the poll of a source stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PollState {
    /// Whether the tickets that were open when the source was made have been remembered.
    pub baseline_done: bool,
    /// The last ticket that the baseline has read.
    pub baseline_after: Option<i64>,
    /// How many tickets the baseline has remembered.
    pub baseline_tickets: u64,
    /// Changes up to here have been read, by Autotask's clock.
    pub read_until: Option<Timestamp>,
    /// A round of reading changes that took more than one run.
    pub round: Option<Round>,
    /// Deletions up to here have been read.
    pub deleted_until: Option<Timestamp>,
    /// When the log of deletions was last asked.
    pub deleted_asked_at: Option<Timestamp>,
    /// When it was found that the tenant has no log of deletions.
    pub no_deletion_log_since: Option<Timestamp>,
    /// When it was last looked whether the tickets of open alerts are there.
    pub presence_checked_at: Option<Timestamp>,
    /// Tickets that would have opened, but no callout came for them.
    pub without_callout: u64,
    /// When old facts of the account were last cleared away.
    pub cleaned_at: Option<Timestamp>,
    /// When a poll last worked. While the source is switched off none has to.
    pub succeeded_at: Option<Timestamp>,
    /// Why the last poll failed.
    pub error: Option<String>,
}

/// A round of reading changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Round {
    /// It reads tickets behind this one.
    pub after: i64,
    /// When it began.
    pub began: Timestamp,
    /// The newest change that it has seen.
    pub newest: Option<Timestamp>,
}

impl PollState {
    /// The state of a source; a fresh one where there is none that can be read.
    pub fn of(source: &Source) -> Self {
        source.poll_state.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
    }
}
