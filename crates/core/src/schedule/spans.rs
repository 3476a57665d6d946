//! Sorted lists of seconds, each from one until another, none touching the next.

/// From a second until another.
pub(super) type Seconds = (i64, i64);

/// Joins what overlaps or touches, where it comes by its start.
pub(super) fn push_joined(list: &mut Vec<Seconds>, next: Seconds) {
    match list.last_mut() {
        Some(last) if next.0 <= last.1 => last.1 = last.1.max(next.1),
        _ if next.0 < next.1 => list.push(next),
        _ => {}
    }
}

/// What both lists hold.
pub(super) fn both(one: &[Seconds], other: &[Seconds]) -> Vec<Seconds> {
    let (mut one, mut other) = (one.iter().peekable(), other.iter().peekable());
    let mut found = Vec::new();
    while let (Some(a), Some(b)) = (one.peek(), other.peek()) {
        let common = (a.0.max(b.0), a.1.min(b.1));
        if common.0 < common.1 {
            found.push(common);
        }
        if a.1 <= b.1 {
            one.next();
        } else {
            other.next();
        }
    }
    found
}

/// What the first list holds and the second does not.
pub(super) fn without(list: &[Seconds], left_out: &[Seconds]) -> Vec<Seconds> {
    let mut found = Vec::new();
    let mut nth = 0;
    for &(mut from, until) in list {
        while left_out.get(nth).is_some_and(|out| out.1 <= from) {
            nth += 1;
        }
        let mut next = nth;
        while let Some(out) = left_out.get(next).filter(|out| out.0 < until) {
            if from < out.0 {
                found.push((from, out.0));
            }
            from = from.max(out.1);
            next += 1;
        }
        if from < until {
            found.push((from, until));
        }
    }
    found
}
