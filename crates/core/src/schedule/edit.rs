//! Editing a schedule. What was in force is never touched: an edit holds from a moment, now or later, until the next one.

use super::prepared::Holidays;
use super::turns::Turns;
use super::week::Week;
use super::zone::wall;
use super::{Fault, Layer, Plan, Version, Zone, faults, free_days::FreeDays};
use crate::ids::UserId;
use jiff::Timestamp;

/// The versions of a schedule after an edit: those that would have come into force at the new one's moment or later are gone. The new
/// one is left out where it says what is in force anyway. Errors: what is wrong with the plan, or a moment that has passed.
pub fn edit(versions: &[Version], new: Version, now: Timestamp) -> Result<Vec<Version>, Vec<Fault>> {
    let mut found = faults(&new);
    if new.from < now {
        found.insert(0, Fault::new("from", "must not lie in the past: who was on call stays as it was"));
    }
    if !found.is_empty() {
        return Err(found);
    }
    let mut kept: Vec<Version> = versions.iter().filter(|version| version.from < new.from).cloned().collect();
    kept.sort_by_key(|version| version.from);
    let same = kept.last().is_some_and(|last| Version { from: last.from, ..new.clone() } == *last);
    kept.extend((!same).then_some(new));
    Ok(kept)
}

/// Lets whoever has the turn when an edit comes into force keep it, though people were added, removed or moved: each layer's order is
/// turned until it is theirs. Where they were removed, the next of the old order who is still there takes over. Layers belong
/// together by name, or else by place; one that has not begun stays as it is.
pub fn keep_turns(before: &Version, mut after: Version, holidays: &Holidays) -> Version {
    let zones = (Zone::named(&before.zone), Zone::named(&after.zone));
    let (Plan::Recurring { layers: old }, Plan::Recurring { layers: new }, (Some(was), Some(is))) =
        (&before.plan, &mut after.plan, zones)
    else {
        return after;
    };
    for (nth, layer) in new.iter_mut().enumerate() {
        let same = |other: &&Layer| !other.name.is_empty() && other.name == layer.name;
        let Some(old) = old.iter().find(same).or(old.get(nth)).filter(|old| old.users != layer.users) else { continue };
        let turn = |layer: &Layer, zone: &Zone| turn_at(layer, &layer.zone_in(zone)?, after.from, holidays);
        if let (Some(had), Some(has)) = (turn(old, &was), turn(layer, &is)) {
            turn_order(&old.users, had, &mut layer.users, has);
        }
    }
    after
}

/// The place of the person who has the turn at an instant; `None` before the first turn, and where nobody takes turns.
fn turn_at(layer: &Layer, zone: &Zone, at: Timestamp, holidays: &Holidays) -> Option<usize> {
    let begun = zone.read(at).begun;
    let takes_turns = wall(layer.starts_on) <= begun && !layer.users.is_empty();
    takes_turns.then(|| {
        let turns = Turns::new(layer, &Week::new(&layer.restrictions), &FreeDays::new(holidays));
        turns.person(turns.turn(begun), layer.users.len())
    })
}

/// Turns the new order until the place `has` is that of the person at `had`, or of the next one who is left.
fn turn_order(old: &[UserId], had: usize, new: &mut [UserId], has: usize) {
    let order = old.iter().cycle().skip(had).take(old.len());
    let keeps = order.filter_map(|user| nth_place(new, *user, earlier(old, had))).next();
    if let Some(place) = keeps {
        let length = new.len();
        new.rotate_left((place + length - has % length) % length);
    }
}

/// How often the person at a place came before in the order.
fn earlier(order: &[UserId], place: usize) -> usize {
    order.get(place).map_or(0, |user| order[..place].iter().filter(|other| *other == user).count())
}

/// The place of a person's nth time in an order, or of their last one.
fn nth_place(order: &[UserId], user: UserId, nth: usize) -> Option<usize> {
    let places: Vec<usize> =
        order.iter().enumerate().filter(|(_, other)| **other == user).map(|(place, _)| place).collect();
    places.get(nth).or(places.last()).copied()
}
