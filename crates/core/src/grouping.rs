//! Which open alert an event belongs to. One open alert per (source, group); the rule is the source's grouping mode.

use crate::alert::{Alert, Status};
use crate::event::AlertKey;
use crate::text;
use crate::user::words;
use jiff::Timestamp;

words! {
    /// ilert's `alertCreation`: when an event without a known alert key opens an alert of its own.
    Grouping {
        /// Each event opens an alert.
        EachEvent = "ONE_ALERT_PER_EMAIL",
        /// Each new summary opens an alert.
        PerSummary = "ONE_ALERT_PER_EMAIL_SUBJECT",
        /// At most one pending alert.
        OnePending = "ONE_PENDING_ALERT_ALLOWED",
        /// At most one open alert.
        OneOpen = "ONE_OPEN_ALERT_ALLOWED",
        /// By the extracted alert key.
        ByKey = "OPEN_RESOLVE_ON_EXTRACTION",
        /// One alert per window of time.
        PerWindow = "ONE_ALERT_GROUPED_PER_WINDOW",
    }
}

/// The group of everything, for modes that allow one alert.
const ANY: &str = "*";

/// The group that a new alert takes; `None` stands alone.
pub fn group_key(mode: Grouping, key: Option<&AlertKey>, summary: &str) -> Option<String> {
    match (mode, key) {
        (Grouping::OneOpen | Grouping::OnePending, _) => Some(ANY.into()),
        (_, Some(key)) => Some(keyed(key)),
        (Grouping::PerWindow, None) => Some(ANY.into()),
        (Grouping::PerSummary, None) if !summary.is_empty() => Some(format!("s:{}", text::fold(summary))),
        (Grouping::PerSummary | Grouping::EachEvent | Grouping::ByKey, None) => None,
    }
}

/// The group of a key.
pub fn keyed(key: &AlertKey) -> String {
    format!("k:{}", key.folded())
}

/// The groups in which an event looks for its open alert, in this order: a key equal to that of an open alert always groups.
pub fn sought(mode: Grouping, key: Option<&AlertKey>, summary: &str) -> Vec<String> {
    let mut groups: Vec<String> = key.map(keyed).into_iter().chain(group_key(mode, key, summary)).collect();
    groups.dedup();
    groups
}

/// Whether an open alert still takes events of its group; one that does not gives its group up to the next alert.
/// An alert that is found by its key takes them as long as it is open.
pub fn still_groups(mode: Grouping, window_s: Option<i64>, alert: &Alert, now: Timestamp) -> bool {
    let by_key = alert.group_key.as_deref().is_some_and(|group| group.starts_with("k:"));
    match mode {
        Grouping::OnePending if !by_key => alert.status == Status::Pending,
        Grouping::PerWindow if !by_key => {
            window_s.is_none_or(|window| now.as_second() < alert.report_time.as_second().saturating_add(window))
        }
        _ => alert.status != Status::Resolved,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::Priority;

    fn key(text: &str) -> Option<AlertKey> {
        AlertKey::parse(text).ok().flatten()
    }

    #[test]
    fn keys_are_compared_trimmed_and_without_case() {
        for mode in [Grouping::EachEvent, Grouping::PerSummary, Grouping::ByKey, Grouping::PerWindow] {
            let group = group_key(mode, key(" Host-1 ÄB ").as_ref(), "x");
            assert_eq!(group, group_key(mode, key("host-1 äb").as_ref(), "y"), "{mode}");
        }
    }

    #[test]
    fn without_a_key_the_mode_decides() {
        let cases = [
            (Grouping::EachEvent, None),
            (Grouping::ByKey, None),
            (Grouping::PerSummary, Some("s:disk full")),
            (Grouping::OneOpen, Some("*")),
            (Grouping::OnePending, Some("*")),
            (Grouping::PerWindow, Some("*")),
        ];
        for (mode, expected) in cases {
            assert_eq!(group_key(mode, None, "Disk FULL ").as_deref(), expected, "{mode}");
        }
    }

    #[test]
    fn a_window_is_half_open_and_an_accepted_alert_is_no_longer_pending() {
        let open = |status, group: &str| Alert {
            group_key: Some(group.into()),
            ..crate::alert::tests::alert(status, Priority::High)
        };
        let at = |s| Timestamp::from_second(s).unwrap();
        assert!(still_groups(Grouping::PerWindow, Some(120), &open(Status::Accepted, "*"), at(119)));
        assert!(!still_groups(Grouping::PerWindow, Some(120), &open(Status::Pending, "*"), at(120)));
        assert!(still_groups(Grouping::PerWindow, Some(i64::MAX), &open(Status::Pending, "*"), at(120)));
        assert!(!still_groups(Grouping::OnePending, None, &open(Status::Accepted, "*"), at(1)));
        assert!(still_groups(Grouping::OneOpen, None, &open(Status::Accepted, "*"), at(1)));
    }

    #[test]
    fn a_key_is_sought_first_and_groups_for_as_long_as_its_alert_is_open() {
        assert_eq!(sought(Grouping::OnePending, key("A").as_ref(), "x"), ["k:a", "*"]);
        assert_eq!(sought(Grouping::ByKey, key("A").as_ref(), "x"), ["k:a"]);
        assert_eq!(sought(Grouping::OneOpen, None, "x"), ["*"]);
        let keyed = crate::alert::tests::alert(Status::Accepted, Priority::High);
        for mode in [Grouping::PerWindow, Grouping::OnePending] {
            assert!(still_groups(mode, Some(120), &keyed, Timestamp::from_second(900).unwrap()), "{mode}");
        }
    }
}
