//! How a provider misbehaves.

use serde::{Deserialize, Serialize};

use super::{Provider, State};
use crate::clock::pause;
use std::time::Duration;

/// Faults of one provider's API and of its callbacks; the default is none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct PhoneFaults {
    /// Requests are refused with this status.
    pub status: Option<u16>,
    /// And with this `Retry-After`.
    pub retry_after_s: Option<u64>,
    /// How many requests the status meets; none is every one.
    pub refuse_next: Option<u32>,
    /// Sending is refused with this code of Twilio's, as 21408 or 21610.
    pub twilio_code: Option<u32>,
    /// The account has no money left (Vonage 402).
    pub low_balance: bool,
    /// Every credential is wrong.
    pub refuse_credentials: bool,
    /// Requests are never answered.
    pub hang: bool,
    /// How long each request takes, in milliseconds.
    pub latency_ms: u64,
    /// So many next messages and calls are accepted, and the connection ends instead of the answer.
    pub drop_answers: u32,
    /// Reports are not sent.
    pub lose_callbacks: bool,
    /// Reports, and texts of phones, are sent twice.
    pub duplicate_callbacks: bool,
    /// Reports come so much later, in milliseconds, and out of their order.
    pub late_callbacks_ms: u64,
}

/// A request that a fault met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Met {
    pub status: u16,
    pub retry_after_s: Option<u64>,
}

impl State {
    /// What the faults of a provider do to a request before it is read.
    pub async fn meet_faults(&self, provider: Provider) -> Option<Met> {
        let faults = self.faults_of(provider);
        if faults.hang {
            std::future::pending::<()>().await;
        }
        if faults.latency_ms > 0 {
            pause(Duration::from_millis(faults.latency_ms)).await;
        }
        self.change_faults(provider, |faults| {
            let status = faults.status?;
            match &mut faults.refuse_next {
                Some(0) => return None,
                Some(left) => *left -= 1,
                None => {}
            }
            Some(Met { status, retry_after_s: faults.retry_after_s })
        })
    }

    /// Whether the answer to what was just accepted is dropped.
    pub fn drops_answer(&self, provider: Provider) -> bool {
        self.change_faults(provider, |faults| {
            let drops = faults.drop_answers > 0;
            faults.drop_answers = faults.drop_answers.saturating_sub(1);
            drops
        })
    }
}
