//! Nights: 22:00 to 06:00 of a zone. One is somebody's when they are on call for at least half of it.

use super::seconds;
use super::shares::{Zones, by_person, days};
use crate::ids::UserId;
use crate::schedule::zone::{DAY, instant, wall};
use crate::schedule::{Shift, Span, Zone};
use jiff::civil::{Date, Time};
use std::collections::BTreeMap;

/// A night begins so long before midnight and ends so long after it, in seconds.
const NIGHT_S: [i64; 2] = [2 * 3_600, 6 * 3_600];
/// How much of a night somebody must be on call for it to be theirs, in seconds.
pub const NIGHT_HELD_S: i64 = 4 * 3_600;

/// Nights in a row of one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NightRun {
    /// Who.
    pub user: UserId,
    /// The evening on which the first begins.
    pub first: Date,
    /// How many, from 2.
    pub nights: i64,
}

/// Two nights and more in a row, by person and time.
pub fn night_runs(shifts: &[Shift], zones: &Zones) -> Vec<NightRun> {
    let mut runs: Vec<NightRun> = Vec::new();
    for (user, spans) in by_person(shifts) {
        for night in nights(&spans, zones.zone(user)) {
            match runs.last_mut().filter(|run| run.user == user && follows(run, night)) {
                Some(run) => run.nights += 1,
                None => runs.push(NightRun { user, first: night, nights: 1 }),
            }
        }
    }
    runs.retain(|run| run.nights > 1);
    runs
}

/// The evenings of the nights that are somebody's, by time.
pub(super) fn nights(spans: &[Span], zone: &Zone) -> Vec<Date> {
    let mut held: BTreeMap<Date, i64> = BTreeMap::new();
    for span in spans {
        let evenings = days(*span, zone).flat_map(|day| [day.yesterday().ok(), Some(day)]).flatten();
        let mut last = None;
        for evening in evenings.filter(|evening| last.replace(*evening) != Some(*evening)) {
            if let Some(part) = night(evening, zone).overlap(span) {
                *held.entry(evening).or_default() += seconds(part);
            }
        }
    }
    held.into_iter().filter(|(_, held_s)| *held_s >= NIGHT_HELD_S).map(|(evening, _)| evening).collect()
}

/// The night that begins on an evening.
fn night(evening: Date, zone: &Zone) -> Span {
    let midnight = wall(evening.to_datetime(Time::midnight())) + DAY;
    Span::new(instant(zone.first(midnight - NIGHT_S[0])), instant(zone.last(midnight + NIGHT_S[1])))
}

fn follows(run: &NightRun, night: Date) -> bool {
    run.first.checked_add(jiff::Span::new().days(run.nights)).is_ok_and(|next| next == night)
}
