//! Where civil time meets instants. A wall time is what the clock on the wall shows, counted in seconds since 1970 as if it were UTC;
//! so a day is always 86,400 of them, and what a rota counts in is plain arithmetic.

use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, Offset, TimeZone, TimeZoneDatabase};
use jiff::{SignedDuration, Timestamp};

/// Seconds of a civil day.
pub(super) const DAY: i64 = 86_400;

/// A zone of the bundled database: the machine's own files and its zone decide nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone(TimeZone);

/// What the wall says at an instant. Both are the same but in the hours of autumn that come twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reading {
    /// The latest wall time that has been shown: what starts then has started.
    pub begun: i64,
    /// The latest wall time that will not be shown again: what ends then has ended.
    pub ended: i64,
}

impl Zone {
    /// The zone of an IANA name; `None` for a name that is not known.
    pub fn named(name: &str) -> Option<Self> {
        TimeZoneDatabase::bundled().get(name.trim()).ok().map(Self)
    }

    /// The same for those who format times.
    pub fn inner(&self) -> &TimeZone {
        &self.0
    }

    /// The instant at which something starts, or is handed over: the first that shows this time. A time that spring leaves out is the
    /// first instant after the gap.
    pub fn start_at(&self, civil: DateTime) -> Timestamp {
        instant(self.first(wall(civil)))
    }

    /// The instant at which something ends: the last that shows this time, so that the hour that autumn repeats is covered twice
    /// rather than not at all.
    pub fn end_at(&self, civil: DateTime) -> Timestamp {
        instant(self.last(wall(civil)))
    }

    /// The civil day of an instant: one that has begun stays the day, also where autumn repeats its midnight.
    pub fn day_at(&self, at: Timestamp) -> Date {
        civil(self.read(at).begun).date()
    }

    /// The first second that shows this wall time, or a later one.
    pub(super) fn first(&self, wall: i64) -> i64 {
        match self.offsets(wall) {
            AmbiguousOffset::Unambiguous { offset } | AmbiguousOffset::Fold { before: offset, .. } => {
                wall - seconds(offset)
            }
            AmbiguousOffset::Gap { after, .. } => self.change_after(wall - seconds(after)),
        }
    }

    /// The last second that shows this wall time, or a later one.
    pub(super) fn last(&self, wall: i64) -> i64 {
        match self.offsets(wall) {
            AmbiguousOffset::Unambiguous { offset } | AmbiguousOffset::Fold { after: offset, .. } => {
                wall - seconds(offset)
            }
            AmbiguousOffset::Gap { after, .. } => self.change_after(wall - seconds(after)),
        }
    }

    /// What the wall says.
    pub(super) fn read(&self, at: Timestamp) -> Reading {
        let (second, offset) = (whole_second(at), seconds(self.0.to_offset(at)));
        let shown = second + offset;
        match self.offsets(shown) {
            AmbiguousOffset::Fold { before, after } if seconds(before) == offset => {
                Reading { begun: shown, ended: self.change_after(second) + seconds(after) - 1 }
            }
            AmbiguousOffset::Fold { before, .. } => {
                Reading { begun: self.change_until(second) + seconds(before) - 1, ended: shown }
            }
            AmbiguousOffset::Unambiguous { .. } | AmbiguousOffset::Gap { .. } => Reading { begun: shown, ended: shown },
        }
    }

    fn offsets(&self, wall: i64) -> AmbiguousOffset {
        self.0.to_ambiguous_timestamp(civil(wall)).offset()
    }

    /// The first change of the clocks after a second; the second itself where there is none.
    fn change_after(&self, second: i64) -> i64 {
        self.0.following(instant(second)).next().map_or(second, |change| whole_second(change.timestamp()))
    }

    /// The last change of the clocks up to a second; the second itself where there is none.
    fn change_until(&self, second: i64) -> i64 {
        self.0.preceding(instant(second + 1)).next().map_or(second, |change| whole_second(change.timestamp()))
    }
}

/// The wall time of a civil time.
pub(super) fn wall(civil: DateTime) -> i64 {
    let edge = if civil.year() < 0 { Timestamp::MIN } else { Timestamp::MAX };
    whole_second(Offset::UTC.to_timestamp(civil).unwrap_or(edge))
}

/// The civil time of a wall time.
pub(super) fn civil(wall: i64) -> DateTime {
    Offset::UTC.to_datetime(instant(wall))
}

/// The instant of a second; the ends of time stand for what lies beyond them.
pub(super) fn instant(second: i64) -> Timestamp {
    let (least, most) = (Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
    Timestamp::from_second(second.clamp(least, most)).unwrap_or(Timestamp::MAX)
}

/// The second that an instant lies in; before 1970 too.
pub(super) fn whole_second(at: Timestamp) -> i64 {
    at.as_second() - i64::from(at.subsec_nanosecond() < 0)
}

/// An instant moved, but not beyond the ends of time.
pub(super) fn moved(at: Timestamp, by_s: i64) -> Timestamp {
    at.saturating_add(SignedDuration::from_secs(by_s)).unwrap_or(at)
}

fn seconds(offset: Offset) -> i64 {
    i64::from(offset.seconds())
}
