//! Numbers of events, and when a webhook is switched on again.

use super::super::{Arrival, MISSING_MAX, REARM_ONCE_IN, Sequence, WebhookArrivals, WebhookKind, WebhookStanding};
use jiff::{SignedDuration, Timestamp};

fn arrivals(numbers: &[i64]) -> (Vec<Arrival>, Sequence) {
    let mut sequence = Sequence::default();
    (numbers.iter().map(|number| sequence.take(*number)).collect(), sequence)
}

#[test]
fn a_gap_is_told_and_what_comes_late_closes_it() {
    use Arrival::{Doubled, Gap, Late, Next};
    for (numbers, said, missing) in [
        (vec![7, 8, 9], vec![Next, Next, Next], vec![]),
        (vec![1, 4], vec![Next, Gap(2)], vec![2, 3]),
        (vec![1, 3, 2, 4], vec![Next, Gap(1), Late, Next], vec![]),
        (vec![1, 2, 2, 3, 1], vec![Next, Next, Doubled, Next, Doubled], vec![]),
        (vec![5, 3], vec![Next, Doubled], vec![]),
        (vec![1, 3, 2, 2], vec![Next, Gap(1), Late, Doubled], vec![]),
        (vec![500, 1, 2, 4], vec![Next, Next, Next, Gap(1)], vec![3]),
        (vec![i64::MIN, i64::MAX, i64::MIN, -1], vec![Next, Gap(i64::MAX), Next, Gap(i64::MAX - 1)], vec![]),
    ] {
        let (got, sequence) = arrivals(&numbers);
        assert_eq!(got, said, "{numbers:?}");
        assert!(missing.is_empty() || sequence.missing == missing, "{numbers:?}: {sequence:?}");
    }
}

#[test]
fn what_is_missing_has_a_limit() {
    let (said, sequence) = arrivals(&[1, 1_000, 1_002]);
    assert_eq!(said[1..], [Arrival::Gap(998), Arrival::Gap(1)]);
    assert_eq!((sequence.missing.len(), sequence.missing.last()), (MISSING_MAX, Some(&1_001)));
}

#[test]
fn an_event_without_a_number_is_an_event() {
    let (mut arrivals, now) = (WebhookArrivals::default(), Timestamp::UNIX_EPOCH);
    assert_eq!((arrivals.take(None, now), arrivals.last_event_at), (Arrival::Next, Some(now)));
    assert_eq!((arrivals.take(Some(1), now), arrivals.take(Some(3), now)), (Arrival::Next, Arrival::Gap(1)));
    assert_eq!(arrivals.last_gap_at, Some(now));
}

#[test]
fn it_is_switched_on_once_a_day() {
    let now = Timestamp::UNIX_EPOCH;
    let standing = WebhookStanding { rearmed_at: Some(now), ..WebhookStanding::default() };
    assert!(WebhookStanding::default().may_rearm(now));
    assert!(
        !standing.may_rearm(now + REARM_ONCE_IN - SignedDuration::from_secs(1))
            && standing.may_rearm(now + REARM_ONCE_IN)
    );
}

#[test]
fn words_are_read_back() {
    for kind in WebhookKind::ALL {
        assert_eq!(WebhookKind::parse(kind.as_str()), Some(kind));
    }
    assert_eq!(WebhookKind::parse("ticket"), None);
}
