//! What can be made to go wrong, and the limits of the service.

use std::collections::{HashMap, VecDeque};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// The knobs. The default is a healthy service with its real limits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Faults {
    /// Every REST call takes this much longer, in milliseconds; its thread stays taken.
    pub latency_ms: u64,
    /// Calls are taken and never answered.
    pub hang: bool,
    /// Planned maintenance: 200 with a page of HTML.
    pub maintenance: bool,
    /// 500 without an `errors` list, on everything.
    pub transient_500: bool,
    /// The next so many calls get 500 without an `errors` list; counts down.
    pub fail_next: u32,
    /// The same for writes alone: rows can be read.
    pub fail_writes: bool,
    /// The next so many writes are done, and their answers are lost: 500 without an `errors` list, as by a gateway
    /// that gave up waiting; counts down.
    pub lose_answers: u32,
    /// Every write gets 500 with this text in `errors`; empty: none does.
    pub refuse_writes: String,
    /// Every read of rows gets 500 with the text of a missing permission.
    pub deny_reads: bool,
    /// The faults above, and the latency, meet this endpoint only; empty: all.
    pub only_endpoint: String,
    /// The API user is locked: right credentials get 401 as well.
    pub locked: bool,
    /// So many refused log-ins lock the API user; 0: never.
    pub lock_after: u32,
    /// A wrong integration code is answered with 500 and a text, as old tenants did, instead of 401.
    pub bad_code_is_500: bool,
    /// A missing id is 404 instead of 200 with a null item.
    pub missing_is_404: bool,
    /// PATCH on a ticket's own URL is taken instead of refused with 405.
    pub patch_by_id: bool,
    /// PATCH on tickets is refused with 405, as one report has it: only PUT changes them.
    pub refuse_patch: bool,
    /// The API user's security level has no webhooks, as it is by default: making and changing them gets 500.
    pub deny_webhooks: bool,
    /// The API user's security level impersonates nobody: writes as somebody else get 500.
    pub deny_impersonation: bool,
    /// A created row cannot be read for so long, in milliseconds.
    pub read_after_create_ms: u64,
    /// Calls at a time per integration code and endpoint; 0: no limit.
    pub threads_max: u32,
    /// Calls per window for the whole tenant; 0: no limit.
    pub hourly_max: u32,
    /// The window of that limit, in seconds.
    pub window_s: u32,
    /// Calls of other vendors in the window, counted against the limit.
    pub calls_of_others: u32,
    /// Added to each call from half of the limit on, in milliseconds.
    pub slow_at_half_ms: u64,
    /// Added to each call from three quarters of the limit on, in milliseconds.
    pub slow_at_three_quarters_ms: u64,
    /// A 429 has no words: only the status.
    pub bare_429: bool,
    /// The seconds in `Retry-After` of a 429; none: no such header.
    pub retry_after_s: Option<u32>,
    /// Events of webhooks are counted and never sent.
    pub lose_webhooks: bool,
    /// Every event of a webhook is sent twice, with the same number.
    pub duplicate_webhooks: bool,
    /// Of every two events of a webhook the second is sent first; the first one waits for it, or until this is off.
    pub reorder_webhooks: bool,
    /// Events of webhooks are signed with another secret.
    pub missign_webhooks: bool,
}

impl Default for Faults {
    fn default() -> Self {
        Self {
            latency_ms: 0,
            hang: false,
            maintenance: false,
            transient_500: false,
            fail_next: 0,
            fail_writes: false,
            lose_answers: 0,
            refuse_writes: String::new(),
            deny_reads: false,
            only_endpoint: String::new(),
            locked: false,
            lock_after: 0,
            bad_code_is_500: false,
            missing_is_404: false,
            patch_by_id: false,
            refuse_patch: false,
            deny_webhooks: false,
            deny_impersonation: false,
            read_after_create_ms: 0,
            threads_max: 3,
            hourly_max: 10_000,
            window_s: 3_600,
            calls_of_others: 0,
            slow_at_half_ms: 500,
            slow_at_three_quarters_ms: 1_000,
            bare_429: false,
            retry_after_s: None,
            lose_webhooks: false,
            duplicate_webhooks: false,
            reorder_webhooks: false,
            missign_webhooks: false,
        }
    }
}

impl Faults {
    /// Whether the faults meet an endpoint.
    pub fn meet(&self, endpoint: &str) -> bool {
        self.only_endpoint.is_empty() || self.only_endpoint.eq_ignore_ascii_case(endpoint)
    }
}

/// Why a call is not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Too many calls at a time.
    Threads,
    /// The limit of the window is used up.
    Hourly,
}

/// Counts calls: those under way, and those of the window.
#[derive(Debug, Default)]
pub struct Gate {
    under_way: HashMap<String, u32>,
    calls: VecDeque<Timestamp>,
    refused_logins: u32,
}

impl Gate {
    /// Lets a call in, or says why not. Returns what the service adds to its time, in milliseconds.
    pub fn enter(&mut self, faults: &Faults, thread: &str, now: Timestamp) -> Result<u64, Refusal> {
        let used = self.used(faults, now);
        if faults.hourly_max > 0 && used >= faults.hourly_max {
            return Err(Refusal::Hourly);
        }
        let under_way = self.under_way.entry(thread.to_owned()).or_default();
        if faults.threads_max > 0 && *under_way >= faults.threads_max {
            return Err(Refusal::Threads);
        }
        *under_way += 1;
        self.calls.push_back(now);
        Ok(slowness(faults, used))
    }

    /// A call is done.
    pub fn leave(&mut self, thread: &str) {
        if let Some(under_way) = self.under_way.get_mut(thread) {
            *under_way = under_way.saturating_sub(1);
        }
    }

    /// Calls in the window, those of other vendors as well.
    pub fn used(&mut self, faults: &Faults, now: Timestamp) -> u32 {
        let window = SignedDuration::from_secs(faults.window_s.into());
        while self.calls.front().is_some_and(|&first| now.duration_since(first) >= window) {
            self.calls.pop_front();
        }
        u32::try_from(self.calls.len()).unwrap_or(u32::MAX).saturating_add(faults.calls_of_others)
    }

    /// Counts a refused log-in; too many lock the user.
    pub fn refuse_login(&mut self, faults: &mut Faults) {
        self.refused_logins += 1;
        if faults.lock_after > 0 && self.refused_logins >= faults.lock_after {
            faults.locked = true;
        }
    }

    /// Forgets the window and the refused log-ins.
    pub fn reset(&mut self) {
        self.calls.clear();
        self.refused_logins = 0;
    }
}

fn slowness(faults: &Faults, used: u32) -> u64 {
    let (used, max) = (u64::from(used), u64::from(faults.hourly_max));
    match used * 4 {
        _ if max == 0 => 0,
        quarters if quarters >= max * 3 => faults.slow_at_three_quarters_ms,
        quarters if quarters >= max * 2 => faults.slow_at_half_ms,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use jiff::{SignedDuration, Timestamp};

    use super::{Faults, Gate, Refusal};

    #[test]
    fn calls_slow_down_at_half_and_at_three_quarters_and_end_at_the_limit() {
        let (mut gate, now) = (Gate::default(), Timestamp::UNIX_EPOCH);
        let faults = Faults { hourly_max: 8, threads_max: 0, ..Faults::default() };
        let slow: Vec<_> = (0..9).map(|_| gate.enter(&faults, "Tickets", now)).collect();
        assert_eq!(slow[..8], [0, 0, 0, 0, 500, 500, 1_000, 1_000].map(Ok));
        assert_eq!(slow[8], Err(Refusal::Hourly));
        assert_eq!(gate.enter(&faults, "Tickets", now + SignedDuration::from_hours(1)), Ok(0));
    }

    #[test]
    fn the_fourth_thread_of_an_endpoint_is_refused() {
        let (mut gate, faults, now) = (Gate::default(), Faults::default(), Timestamp::UNIX_EPOCH);
        for _ in 0..3 {
            gate.enter(&faults, "Tickets", now).unwrap();
        }
        assert_eq!(gate.enter(&faults, "Tickets", now), Err(Refusal::Threads));
        assert_eq!(gate.enter(&faults, "Companies", now), Ok(0));
        gate.leave("Tickets");
        assert_eq!(gate.enter(&faults, "Tickets", now), Ok(0));
    }
}
