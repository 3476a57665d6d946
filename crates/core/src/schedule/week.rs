//! The windows of a layer as a week that repeats: joined where they touch, unrolled over the week's end.

use super::restriction::{Restriction, WeekTime};
use super::zone::DAY;
use jiff::civil::{Time, Weekday};

/// Seconds of a civil week.
pub(super) const WEEK: i64 = 7 * DAY;
/// The first Monday of wall time.
const MONDAY: i64 = 4 * DAY;

/// Windows of wall time that come back each week. Disjoint and apart from each other; the last may go on into the next week.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Week {
    /// Seconds since Monday; none means always.
    windows: Vec<(i64, i64)>,
}

impl Week {
    /// The week of a layer; always, where nothing restricts it.
    pub fn new(restrictions: &[Restriction]) -> Self {
        let mut pieces: Vec<(i64, i64)> =
            restrictions.iter().flat_map(|one| windows_of(*one)).flat_map(within_one_week).collect();
        pieces.sort_unstable();
        Self { windows: unrolled(joined(pieces)) }
    }

    /// Whether it leaves nothing out.
    pub fn is_always(&self) -> bool {
        self.windows.is_empty()
    }

    /// The last window that starts at or before a wall time, in wall time.
    pub fn latest(&self, wall: i64) -> (i64, i64) {
        let Some(last) = self.windows.last() else { return (i64::MIN, i64::MAX) };
        let (monday, since) = (wall - since_monday(wall), since_monday(wall));
        match self.windows.partition_point(|window| window.0 <= since).checked_sub(1) {
            Some(nth) => shifted(self.windows[nth], monday),
            None => shifted(*last, monday - WEEK),
        }
    }

    /// The windows from that on, without end; one that is always, where it leaves nothing out.
    pub fn windows_from(&self, wall: i64) -> impl Iterator<Item = (i64, i64)> {
        let mut next = Some(self.latest(wall));
        std::iter::from_fn(move || {
            let window = next?;
            next = (!self.is_always()).then(|| self.after(window));
            Some(window)
        })
    }

    fn after(&self, window: (i64, i64)) -> (i64, i64) {
        let monday = window.0 - since_monday(window.0);
        let nth = self.windows.partition_point(|other| other.0 <= since_monday(window.0));
        match self.windows.get(nth) {
            Some(next) => shifted(*next, monday),
            None => shifted(self.windows[0], monday + WEEK),
        }
    }
}

/// Seconds since the Monday before a wall time.
fn since_monday(wall: i64) -> i64 {
    (wall - MONDAY).rem_euclid(WEEK)
}

fn shifted(window: (i64, i64), by: i64) -> (i64, i64) {
    (window.0 + by, window.1 + by)
}

/// The windows of a restriction, each from its start on Monday or later until its end, maybe in the next week.
fn windows_of(restriction: Restriction) -> Vec<(i64, i64)> {
    let (window, period, times) = match restriction {
        Restriction::Day { from, until } => ((of_day(from), of_day(until)), DAY, 7),
        Restriction::Week { from, until } => ((of_week(from), of_week(until)), WEEK, 1),
    };
    let until = if window.1 <= window.0 { window.1 + period } else { window.1 };
    (0..times).map(|nth| shifted((window.0, until), nth * period)).collect()
}

fn within_one_week(window: (i64, i64)) -> impl Iterator<Item = (i64, i64)> {
    let beyond = (window.1 > WEEK).then(|| (0, window.1 - WEEK));
    std::iter::once((window.0, window.1.min(WEEK))).chain(beyond)
}

/// Sorted windows without overlaps, those that touch made one.
fn joined(sorted: Vec<(i64, i64)>) -> Vec<(i64, i64)> {
    let mut joined: Vec<(i64, i64)> = Vec::with_capacity(sorted.len());
    for window in sorted {
        match joined.last_mut() {
            Some(last) if window.0 <= last.1 => last.1 = last.1.max(window.1),
            _ => joined.push(window),
        }
    }
    joined
}

/// What ends with the week goes on with what begins it. A whole week is no restriction: no windows.
fn unrolled(mut windows: Vec<(i64, i64)>) -> Vec<(i64, i64)> {
    let (Some(&first), Some(&last)) = (windows.first(), windows.last()) else { return windows };
    if first == (0, WEEK) {
        return Vec::new();
    }
    if first.0 == 0 && last.1 == WEEK {
        windows.remove(0);
        if let Some(last) = windows.last_mut() {
            last.1 += first.1;
        }
    }
    windows
}

fn of_day(time: Time) -> i64 {
    i64::from(time.hour()) * 3_600 + i64::from(time.minute()) * 60 + i64::from(time.second())
}

fn of_week(at: WeekTime) -> i64 {
    days(at.day) * DAY + of_day(at.time)
}

fn days(day: Weekday) -> i64 {
    i64::from(day.to_monday_zero_offset())
}
