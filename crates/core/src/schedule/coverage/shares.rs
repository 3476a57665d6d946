//! What each person carries.

use super::nights::nights;
use super::seconds;
use crate::ids::UserId;
use crate::schedule::zone::{DAY, civil, instant, wall};
use crate::schedule::{Shift, Span, Zone};
use jiff::civil::{Date, Time, Weekday};
use std::collections::{BTreeMap, BTreeSet};

/// Whose zone is which.
#[derive(Debug, Clone)]
pub struct Zones {
    /// The zone of whoever has none of their own: the schedule's.
    pub other: Zone,
    /// The people's own.
    pub of: BTreeMap<UserId, Zone>,
}

/// What a person carries in a span.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    /// Who.
    pub user: UserId,
    /// How long they are on call.
    pub seconds: i64,
    /// How many nights they have ([`super::NIGHT_HELD_S`]).
    pub nights: i64,
    /// How many weekends, Saturday 00:00 to Monday 00:00, they have some of.
    pub weekends: i64,
}

impl Zones {
    /// All in one zone.
    pub fn one(zone: Zone) -> Self {
        Self { other: zone, of: BTreeMap::new() }
    }

    /// The zone of a person.
    pub fn zone(&self, user: UserId) -> &Zone {
        self.of.get(&user).unwrap_or(&self.other)
    }
}

/// What each person carries, by id; whoever is not on call at all is not there.
pub fn shares(shifts: &[Shift], zones: &Zones) -> Vec<Share> {
    let each = by_person(shifts).into_iter();
    each.map(|(user, spans)| {
        let zone = zones.zone(user);
        Share {
            user,
            seconds: spans.iter().map(|span| seconds(*span)).sum(),
            nights: nights(&spans, zone).len() as i64,
            weekends: weekends(&spans, zone),
        }
    })
    .collect()
}

/// The spans of each person, by time.
pub(super) fn by_person(shifts: &[Shift]) -> BTreeMap<UserId, Vec<Span>> {
    let mut all: BTreeMap<UserId, Vec<Span>> = BTreeMap::new();
    for shift in shifts {
        if let Some(user) = shift.duty.user() {
            all.entry(user).or_default().push(shift.span);
        }
    }
    all
}

/// The civil days that a span has time in.
pub(super) fn days(span: Span, zone: &Zone) -> impl Iterator<Item = Date> {
    let first = zone.read(span.from).begun.div_euclid(DAY);
    let last = zone.read(span.until).begun.div_euclid(DAY);
    (first..=last).map(|day| civil(day * DAY).date())
}

/// How many weekends have some time of the spans.
fn weekends(spans: &[Span], zone: &Zone) -> i64 {
    let of_span = |span: Span| days(span, zone).filter(move |day| day_span(*day, zone).overlap(&span).is_some());
    let weekend = |day: Date| match day.weekday() {
        Weekday::Saturday => Some(day),
        Weekday::Sunday => day.yesterday().ok(),
        _ => None,
    };
    spans.iter().flat_map(|span| of_span(*span)).filter_map(weekend).collect::<BTreeSet<_>>().len() as i64
}

/// A civil day as a span.
fn day_span(day: Date, zone: &Zone) -> Span {
    let midnight = wall(day.to_datetime(Time::midnight()));
    Span::new(instant(zone.first(midnight)), instant(zone.first(midnight + DAY)))
}
