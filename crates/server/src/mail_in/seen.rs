//! What came in lately, so that it counts once: mails that are delivered twice, signatures that are played again.

use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// For how long.
const KEPT: SignedDuration = SignedDuration::from_hours(24);
/// How many; the oldest are forgotten first.
const SEEN_MAX: usize = 20_000;

/// What came in lately on this node. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Seen(Arc<Mutex<BTreeMap<String, Timestamp>>>);

impl Seen {
    /// Notes that something is being taken. `false`: it is, or was.
    pub fn begin(&self, key: &str, now: Timestamp) -> bool {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.get(key).is_some_and(|at| now.duration_since(*at) < KEPT) {
            return false;
        }
        if seen.len() >= SEEN_MAX {
            make_room(&mut seen, now);
        }
        seen.insert(key.to_owned(), now);
        true
    }

    /// It was not taken after all.
    pub fn forget(&self, key: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }
}

/// Forgets what is old, and else the older half.
fn make_room(seen: &mut BTreeMap<String, Timestamp>, now: Timestamp) {
    seen.retain(|_, at| now.duration_since(*at) < KEPT);
    if seen.len() >= SEEN_MAX {
        let mut times: Vec<Timestamp> = seen.values().copied().collect();
        times.sort_unstable();
        let middle = times[times.len() / 2];
        seen.retain(|_, at| *at > middle);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn it_counts_once_a_day_and_not_where_it_failed() {
        let (seen, now) = (Seen::default(), "2026-01-05T08:00:00Z".parse::<Timestamp>().unwrap());
        assert!(seen.begin("a", now) && !seen.begin("a", now));
        seen.forget("a");
        assert!(seen.begin("a", now) && seen.begin("a", now + KEPT));
        for n in 0..2 * SEEN_MAX as i64 {
            assert!(seen.begin(&format!("n{n}"), now + SignedDuration::from_millis(n)));
        }
        assert!(seen.0.lock().unwrap().len() <= SEEN_MAX);
    }
}
