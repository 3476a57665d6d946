//! Laying shifts over shifts. Lists are sorted and disjoint.

use super::{Because, Duty, Shift, Span};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// What comes out when some shifts win over others.
pub(super) fn overlay(under: &[Shift], over: &[Shift]) -> Vec<Shift> {
    let mut all = Vec::with_capacity(under.len() + over.len());
    let mut over = over.iter().copied().peekable();
    for shift in under {
        let mut rest = shift.span;
        while let Some(winner) = over.next_if(|winner| winner.span.until <= rest.from) {
            add(&mut all, winner);
        }
        while let Some(winner) = over.peek().copied().filter(|winner| winner.span.from < rest.until) {
            add(&mut all, Shift { span: Span::new(rest.from, winner.span.from), ..*shift });
            rest.from = winner.span.until;
            if winner.span.until > rest.until {
                break;
            }
            add(&mut all, winner);
            over.next();
        }
        add(&mut all, Shift { span: rest, ..*shift });
    }
    over.for_each(|winner| add(&mut all, winner));
    all
}

/// Fills a span where nothing covers it.
pub(super) fn fill(shifts: &[Shift], span: Span) -> Vec<Shift> {
    overlay(&[Shift { span, duty: Duty::Nobody, because: Because::Gap }], shifts)
}

/// What of the shifts lies in a span.
pub(super) fn cut(shifts: &[Shift], span: Span) -> Vec<Shift> {
    let first = shifts.partition_point(|shift| shift.span.until <= span.from);
    let within = shifts[first..].iter().take_while(|shift| shift.span.from < span.until);
    within.filter_map(|shift| Some(Shift { span: shift.span.overlap(&span)?, ..*shift })).collect()
}

/// The shift that holds an instant.
pub(super) fn holding(shifts: &[Shift], at: Timestamp) -> Option<&Shift> {
    shifts.get(shifts.partition_point(|shift| shift.span.until <= at)).filter(|shift| shift.span.holds(at))
}

/// Makes spans disjoint: of two that hold an instant, the later one of the list wins.
pub(super) fn later_wins(shifts: &[Shift]) -> Vec<Shift> {
    let mut changes: BTreeMap<Timestamp, Vec<usize>> = BTreeMap::new();
    for (nth, shift) in shifts.iter().enumerate().filter(|(_, shift)| !shift.span.is_empty()) {
        changes.entry(shift.span.from).or_default().push(nth);
        changes.entry(shift.span.until).or_default().push(nth);
    }
    let (mut holding, mut since, mut won) = (BTreeSet::new(), Timestamp::MIN, Vec::new());
    for (at, changed) in changes {
        if let Some(winner) = holding.last().and_then(|nth: &usize| shifts.get(*nth)) {
            push(&mut won, Shift { span: Span::new(since, at), ..*winner });
        }
        for nth in changed {
            if !holding.remove(&nth) {
                holding.insert(nth);
            }
        }
        since = at;
    }
    won
}

/// Adds a shift that is not empty.
fn add(list: &mut Vec<Shift>, shift: Shift) {
    if !shift.span.is_empty() {
        list.push(shift);
    }
}

/// Adds a shift; one that goes on with what the last one is makes it longer, an empty one is none.
fn push(list: &mut Vec<Shift>, shift: Shift) {
    match list.last_mut() {
        _ if shift.span.is_empty() => {}
        Some(last)
            if last.span.until == shift.span.from && last.duty == shift.duty && last.because == shift.because =>
        {
            last.span.until = shift.span.until;
        }
        _ => list.push(shift),
    }
}
